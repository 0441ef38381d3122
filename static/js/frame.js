// What a moment of the animation looks like, as a function of one number.
//
// The position p runs from 0 to T. Column k (from 0) is untouched while p ≤ k, finished once p ≥ k + 1,
// and in between its values appear in order of computation.

/** Shares of a beat: the input enters, flows in, the cell's nodes are computed, the outputs grow. */
const INPUT = [0, 0.15];
const FLOW = [0.15, 0.5];
const UNITS = [0.5, 0.72];
const OUTPUT = [0.72, 1];

/** @param {number} p @param {number[]} span */
const within = (p, [from, to]) => Math.min(1, Math.max(0, (p - from) / (to - from)));

/** @param {number} position @param {number} column @returns {number} 0 to 1 */
export const progressOf = (position, column) => Math.min(1, Math.max(0, position - column));

/** How far each part of a column is. @param {number} progress 0 to 1 */
export const phases = (progress) => ({
  input: within(progress, INPUT),
  flow: within(progress, FLOW),
  units: within(progress, UNITS),
  output: within(progress, OUTPUT),
});

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

/** The column that is being computed or was last, from 0. @param {number} position @param {number} length */
export const currentColumn = (position, length) => Math.min(length - 1, Math.max(0, Math.ceil(position) - 1));

/** The time step that a position stands for, from 1. @param {number} position @param {number} length */
export const stepOf = (position, length) => currentColumn(position, length) + 1;
