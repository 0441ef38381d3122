// The landscape of a hidden state: what one step with the same input makes of every state in a plane, and where that leads.

import { carried } from "./cell.js";
import { computed, nodesOf } from "./forward.js";
import { pca, project } from "./pca.js";

/** @import { Graph, Weights } from "./types.d.ts" */

/** @typedef {(state: number[]) => number[]} Step F: a state before a step -> the state after it */
/**
 * @typedef {{ whole: boolean, reach: number, shares: number[], at: (place: number[]) => number[], of: (state: number[]) => number[] }} Plane
 *   whole: it is all there is, two units; reach: what is shown, to all sides; shares: of the variance that its axes carry; at: a place -> the state there; of: a state -> its place, or that of its shadow
 */

/** What one input does, of a network of one layer with one state. @param {Graph} graph @param {Weights} weights @param {ArrayLike<number>} x @returns {Step} */
export function stepOf(graph, weights, x) {
  const [layer] = graph.layers;
  const nodes = nodesOf(layer, weights);
  const [{ read }] = carried(layer);
  return (state) => computed(nodes, { x, [read]: state })[layer.output];
}

/** Two units as they are; of more, the plane in which states differ most, or two of them where the others are as on the mean. @param {number[][]} states @param {[number, number] | null} [pair] @returns {Plane} */
export function planeOf(states, pair = null) {
  const size = states[0].length;
  if (size > 2 && pair) {
    const mean = Array.from({ length: size }, (_, j) => states.reduce((sum, state) => sum + state[j], 0) / states.length);
    const spread = (/** @type {number} */ j) => states.reduce((sum, state) => sum + (state[j] - mean[j]) ** 2, 0);
    const total = mean.reduce((sum, _, j) => sum + spread(j), 0) || 1;
    const of = (/** @type {number[]} */ state) => pair.map((j) => state[j]);
    const reach = 1.1 * Math.max(1, ...states.flatMap(of).map(Math.abs));
    const at = (/** @type {number[]} */ place) => mean.map((m, j) => (pair.includes(j) ? place[pair.lastIndexOf(j)] : m));
    return { whole: false, reach, shares: pair.map((j) => spread(j) / total), at, of };
  }
  if (size <= 2) return { whole: true, reach: 1.1, shares: [], at: (place) => place.slice(0, size), of: (state) => [state[0], state[1] ?? 0] };
  const found = pca(states.map((state) => [...state]));
  const places = states.map((state) => project(found, [...state]));
  const reach = 1.25 * Math.max(0.2, ...places.flat().map(Math.abs));
  const at = (/** @type {number[]} */ [u, v]) => found.mean.map((m, j) => m + u * found.axes[0][j] + v * found.axes[1][j]);
  return { whole: false, reach, shares: found.shares, at, of: (state) => project(found, state) };
}

/** Places over the plane, row by row. @param {number} reach @param {number} count to a side */
export function grid(reach, count) {
  const each = Array.from({ length: count }, (_, k) => -reach + ((k + 0.5) * 2 * reach) / count);
  return each.flatMap((v) => each.map((u) => [u, v]));
}

/** Where a step leads from each place, and whether far; of a slice only where no unit is beyond 1. @param {Step} step @param {Plane} plane @param {number} count to a side */
export const field = (step, plane, count) =>
  grid(plane.reach, count).flatMap((from) => {
    const state = plane.at(from);
    if (!plane.whole && state.some((v) => Math.abs(v) > 1)) return [];
    const to = plane.of(step(state));
    return [{ from, to, length: Math.hypot(to[0] - from[0], to[1] - from[1]) }];
  });

const LONG = 150; // steps after which a state that has come nowhere is left alone
const THERE = 0.03;

/**
 * To which of the resting states that draw in each place leads; \u22121 where to none of them.
 * @param {Step} step @param {Plane} plane @param {number[][]} goals @param {number} count to a side
 */
export function basins(step, plane, goals, count) {
  if (!goals.length) return grid(plane.reach, count).map(() => -1);
  return grid(plane.reach, count).map((from) => {
    let state = plane.at(from);
    for (let k = 0; k < LONG; k++) {
      state = step(state);
      const there = goals.findIndex((goal) => goal.every((v, j) => Math.abs(v - state[j]) < THERE));
      if (there >= 0) return there;
    }
    return -1;
  });
}

/** @typedef {{ state: number[], speed: number, fixed: boolean, kind: string, eigenvalues: [number, number][] }} Rest */

const LINE = { near: 0.02, speed: 1e-3, few: 3, share: 0.8 };

/**
 * Places at which next to nothing moves, whose largest eigenvalue is near 1, and which lie along a line: only there is
 * a line attractor spoken of. That some eigenvalue is 1 proves nothing, for it is so wherever a step is slowest.
 * @param {Rest[]} rests
 */
export function slowLine(rests) {
  const found = rests.filter(({ speed, eigenvalues: [[re, im]] }) => speed <= LINE.speed && Math.abs(re - 1) <= LINE.near && Math.abs(im) <= LINE.near);
  const along = found.length >= LINE.few && pca(found.map(({ state }) => [...state])).shares[0] >= LINE.share;
  return along ? found : [];
}
