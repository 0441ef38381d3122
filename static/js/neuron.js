// A layer of a few tanh units and one sigmoid, with numbers set by hand: the article's network, and the puzzle's.

import { sigmoid } from "./softmax.js";

/**
 * @typedef {{ push: Record<string, number[]>, W_hh: number[][], b_h: number[], w_hy: number[], b_y: number }} Neurons
 *   push: of each word on each unit, w_x times the one-hot word; a word that it does not list pushes nothing
 * @typedef {{ word: string, push: number[], before: number[], a: number[], h: number[], z: number, p: number }} Moment
 *   before: h of the word before; a = W_x x + W_hh h_before + b_h; z = w_hy h + b_y
 */

/** @param {number[]} a @param {number[]} b */
const dot = (a, b) => a.reduce((sum, v, k) => sum + v * b[k], 0);

/** The words, one after the other, from h_0 = 0. @param {Neurons} neurons @param {string[]} tokens @returns {Moment[]} */
export function walk({ push, W_hh, b_h, w_hy, b_y }, tokens) {
  let before = b_h.map(() => 0);
  return tokens.map((word) => {
    const pushed = Object.hasOwn(push, word) ? push[word] : b_h.map(() => 0);
    const a = b_h.map((b, j) => pushed[j] + dot(W_hh[j], before) + b);
    const h = a.map(Math.tanh);
    const z = dot(w_hy, h) + b_y;
    const moment = { word, push: pushed, before, a, h, z, p: sigmoid(z) };
    before = h;
    return moment;
  });
}

/** How many numbers it needs for so many words. @param {Neurons} neurons @param {number} words */
export const sizeOf = ({ W_hh, b_h }, words) => (words + W_hh.length + 2) * b_h.length + 1;

/** The article's one neuron, with numbers of our own, and words to try it on. @type {Neurons} */
export const ARTICLE = { push: { that: [0.1], was: [0], phenomenal: [1.6], terrible: [-1.6], good: [1], bad: [-1], not: [-0.4] }, W_hh: [[0.8]], b_h: [0], w_hy: [3], b_y: -0.2 };

/** What the puzzle asks: each reads from h_0, and should end on its side of one half. */
export const PUZZLE = [
  { tokens: ["good"], positive: true },
  { tokens: ["bad"], positive: false },
  { tokens: ["not", "good"], positive: false },
  { tokens: ["not", "bad"], positive: true },
];

/** The score after the last word of each, and whether it is on its side. @param {Neurons} neurons */
export const solve = (neurons) =>
  PUZZLE.map(({ tokens, positive }) => {
    const moments = walk(neurons, tokens);
    const { z } = moments[moments.length - 1];
    return { tokens, positive, moments, z, right: positive ? z > 0 : z < 0 };
  });

/** Two units that know "not": K is 3. One waits above, one below, and "not" lifts both out of reach of what comes. @type {Neurons} */
export const SOLUTION = { push: { good: [3, 3], bad: [-3, -3], not: [9, 9] }, W_hh: [[3, 3], [3, 3]], b_h: [-6, 0], w_hy: [-1, 1], b_y: -1 };

/** What the puzzle begins with, for one unit and for two. @type {Record<number, Neurons>} */
export const BEGIN = {
  1: { push: { good: [1], bad: [-1], not: [0] }, W_hh: [[1]], b_h: [0], w_hy: [1], b_y: 0 },
  2: { push: { good: [1, 0], bad: [-1, 0], not: [0, 1] }, W_hh: [[1, 0], [0, 1]], b_h: [0, 0], w_hy: [1, 0], b_y: 0 },
};

/** All numbers of the puzzle, in one order. @param {Neurons} neurons @returns {number[]} */
export const numbersOf = ({ push, W_hh, b_h, w_hy, b_y }) => [...push.good, ...push.bad, ...push.not, ...W_hh.flat(), ...b_h, ...w_hy, b_y];

/** @param {number[]} numbers @returns {Neurons | null} null where they are not of one or two units */
export function neuronsOf(numbers) {
  const n = { 7: 1, 15: 2 }[numbers.length];
  if (!n || !numbers.every(Number.isFinite)) return null;
  const left = [...numbers];
  const take = () => left.splice(0, n);
  const push = { good: take(), bad: take(), not: take() };
  return { push, W_hh: Array.from({ length: n }, take), b_h: take(), w_hy: take(), b_y: left[0] };
}

/**
 * The best of so many random settings, by the sentences that they get right.
 * @param {number} units @param {number} tries @param {() => number} random from 0 to 1
 */
export function search(units, tries, random = Math.random) {
  const count = units === 1 ? 7 : 15;
  let best = { neurons: BEGIN[units], right: -1 };
  for (let k = 0; k < tries && best.right < PUZZLE.length; k++) {
    const neurons = /** @type {Neurons} */ (neuronsOf(Array.from({ length: count }, () => Math.round(120 * (random() - 0.5)) / 10)));
    const right = solve(neurons).filter((one) => one.right).length;
    if (right > best.right) best = { neurons, right };
  }
  return best;
}

/**
 * Why one unit cannot: it says "positive" where what is summed passes a threshold q (or stays below it, if w_hy is
 * negative). Good passes it and bad does not; "not" before them adds the same m to both.
 * @param {Neurons} neurons of one unit
 */
export function threshold({ push, W_hh, b_h, w_hy, b_y }) {
  const sign = w_hy[0] < 0 ? -1 : 1;
  const q = w_hy[0] === 0 ? NaN : Math.atanh(Math.min(1, Math.max(-1, -b_y / w_hy[0]))); // a readout that does not listen has none
  const m = W_hh[0][0] * Math.tanh(push.not[0] + b_h[0]);
  const [g, b] = [push.good[0] + b_h[0], push.bad[0] + b_h[0]];
  return { g: sign * g, b: sign * b, m: sign * m, q: sign * q };
}
