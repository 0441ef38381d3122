// The order of computation, read from the graph: which beat of the animation computes which column of which layer.
//
// In a beat every layer of a sweep computes one column. A layer that runs the same way as all that it reads
// goes along in their sweep, a slot later in each beat. One that reads another way waits for a sweep of its own:
// what runs from the last step to the first has been to the first only at its end.

import { edgesInto, edgesToHeads, ownerOf, wayOf } from "./graph.js";

/** @import { Graph, Maybe } from "./types.d.ts" */

/**
 * @typedef {{ name: string, layer: number, way: number, sweep: number, slot: number, slots: number }} Turn
 *   way: +1 or −1; slot of slots: its share of a beat
 * @typedef {{
 *   length: number, beats: number, sweeps: number, direct: boolean, turns: Turn[],
 *   entries: number[], answers: Maybe<number>[],
 * }} Wave
 *   direct: a beat is a time step, with its answer at the end; turns: of the layers, in order of computation;
 *   entries, answers: of each column, the beat in which its input enters and its outputs grow, from 0;
 *   null where the heads say nothing
 */

/** @param {Graph} graph @param {number} length of the trace @returns {Wave} */
export function waveOf(graph, length) {
  const turns = turnsOf(graph);
  const sweeps = Math.max(1, ...turns.map((turn) => turn.sweep + 1));
  const columns = Array.from({ length }, (_, t) => t);
  const readers = turns.filter(({ name }) => edgesInto(graph, `${name}.x`).some((edge) => edge.from === "x"));
  const sources = edgesToHeads(graph).map((edge) => ownerOf(edge.from));
  const last = turns.filter((turn) => sources.includes(turn.name));
  const wave = { length, beats: sweeps * length, sweeps, turns };
  return {
    ...wave,
    direct: turns.every((turn) => turn.sweep === 0 && turn.way > 0),
    entries: columns.map((t) => Math.min(wave.beats, ...readers.map((turn) => beatOf(wave, turn, t)))),
    answers: columns.map((t) => (graph.read === "last" ? (t === length - 1 ? endOf(wave, last) : null) : Math.max(0, ...last.map((turn) => beatOf(wave, turn, t))))),
  };
}

/** @param {Graph} graph @returns {Turn[]} */
function turnsOf(graph) {
  /** @type {Turn[]} */
  const turns = [];
  for (const layer of graph.layers) {
    const way = wayOf(graph, layer);
    const read = edgesInto(graph, `${layer.name}.x`).flatMap((edge) => turns.filter(({ name }) => name === ownerOf(edge.from)));
    const sweep = Math.max(0, ...read.map((below) => below.sweep + (below.way === way ? 0 : 1)));
    const slot = Math.max(0, ...read.filter((below) => below.sweep === sweep).map((below) => below.slot + 1));
    turns.push({ name: layer.name, layer: layer.layer, way, sweep, slot, slots: 1 });
  }
  return turns.map((turn) => ({ ...turn, slots: 1 + Math.max(...turns.filter(({ sweep }) => sweep === turn.sweep).map(({ slot }) => slot)) }));
}

/** The beat, from 0, in which a layer computes column t. @param {{ length: number }} wave @param {Turn} turn @param {number} t */
export const beatOf = ({ length }, { sweep, way }, t) => sweep * length + (way > 0 ? t : length - 1 - t);

/** The beat in which the last of some layers ends. @param {{ length: number }} wave @param {Turn[]} turns */
const endOf = ({ length }, turns) => Math.max(0, ...turns.map(({ sweep }) => sweep * length + length - 1));

/**
 * The position at which step t, from 1, has its answer; where the heads say nothing of it, all its values.
 * @param {Wave} wave
 * @param {number} t
 */
export function readyAt(wave, t) {
  const column = Math.min(wave.length, Math.max(1, t)) - 1;
  return 1 + (wave.answers[column] ?? Math.max(0, ...wave.turns.map((turn) => beatOf(wave, turn, column))));
}

/**
 * The position that an address stands for: a beat if it gives one, where that is not the step itself.
 * @param {Wave} wave
 * @param {{ t: number, beat?: Maybe<number> }} look
 */
export const positionOf = (wave, { t, beat }) => (wave.direct ? readyAt(wave, t) : Math.min(wave.beats, beat ?? readyAt(wave, t)));

/** The beat that a position is in or has just ended, from 1. @param {Wave} wave @param {number} position */
export const beatAt = ({ beats }, position) => Math.min(beats, Math.max(1, Math.ceil(position)));

/** The layers at work in a beat, from 1, each with its time step, from 1. @param {Wave} wave @param {number} beat */
export function atWork({ turns, length }, beat) {
  const sweep = Math.floor((beat - 1) / length);
  const step = ((beat - 1) % length) + 1;
  return turns.filter((turn) => turn.sweep === sweep).map((turn) => ({ ...turn, t: turn.way > 0 ? step : length + 1 - step }));
}

/** The time step that is looked at, from 1: where a beat is one, the one at work. @param {Wave} wave @param {number} position @param {number} t */
export const stepAt = (wave, position, t) => (wave.direct ? beatAt(wave, position) : Math.min(wave.length, Math.max(1, t)));

/** Of steps that stand on their own, one a beat. @param {number} length @returns {Wave} */
export function plainWave(length) {
  const each = Array.from({ length }, (_, k) => k);
  return { length, beats: length, sweeps: 1, direct: true, turns: [], entries: each, answers: each };
}
