// What a moment of the animation looks like, as a function of one number.
//
// The position p runs from 0 to the number of beats. What beat k (from 0) computes is untouched while p ≤ k,
// finished once p ≥ k + 1, and in between its values appear in order of computation.

import { beatOf } from "./wave.js";

/** @import { Wave } from "./wave.js" */

/** Shares of a beat: the input enters, flows in, the cell's nodes are computed, the outputs grow. */
const INPUT = [0, 0.15];
const FLOW = [0.15, 0.5];
const UNITS = [0.5, 0.72];
const OUTPUT = [0.72, 1];

/** @param {number} p @param {number[]} span */
const within = (p, [from, to]) => Math.min(1, Math.max(0, (p - from) / (to - from)));

/** @param {number} position @param {number} beat from 0 @returns {number} 0 to 1 */
export const progressOf = (position, beat) => Math.min(1, Math.max(0, position - beat));

/**
 * How far each part of a column is. Layers that share a beat flow and are computed one after the other.
 * @param {number} progress 0 to 1
 * @param {{ slot: number, slots: number }} [turn]
 */
export function phases(progress, { slot, slots } = { slot: 0, slots: 1 }) {
  const shift = ((UNITS[1] - FLOW[0]) * slot) / slots;
  const squeezed = (/** @type {number[]} */ span) => span.map((p) => FLOW[0] + shift + (p - FLOW[0]) / slots);
  return {
    input: within(progress, INPUT),
    flow: within(progress, squeezed(FLOW)),
    units: within(progress, squeezed(UNITS)),
    output: within(progress, OUTPUT),
  };
}

/** How far each beat is that has a part in column t: all that its moment depends on. @param {Wave} wave @param {number} position @param {number} t */
export function progressIn(wave, position, t) {
  const answer = wave.answers[t];
  const beats = [wave.entries[t], ...(answer === null ? [] : [answer]), ...wave.turns.map((turn) => beatOf(wave, turn, t))];
  return beats.map((beat) => progressOf(position, beat));
}

/**
 * How far everything of column t is, from 0.
 * @param {Wave} wave
 * @param {number} position
 * @param {number} t
 * @returns {{ input: number, output: number, layers: Record<string, { flow: number, units: number }> }}
 */
export function momentOf(wave, position, t) {
  const answer = wave.answers[t];
  return {
    input: phases(progressOf(position, wave.entries[t])).input,
    output: answer === null ? 0 : phases(progressOf(position, answer)).output,
    layers: Object.fromEntries(
      wave.turns.map((turn) => {
        const { flow, units } = phases(progressOf(position, beatOf(wave, turn, t)), turn);
        return [turn.name, { flow, units }];
      }),
    ),
  };
}

/**
 * How far unit number `index` of `count` is, one after the other.
 * @param {number} units the phase, 0 to 1
 * @param {number} index
 * @param {number} count
 */
export function staggered(units, index, count) {
  const each = 0.5;
  const start = count > 1 ? ((1 - each) * index) / (count - 1) : 0;
  return within(units, [start, start + each]);
}
