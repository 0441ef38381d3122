// What a node of a cell's graph makes of its inputs: a row an operation, as the engine's language has them.

import { sigmoid } from "./softmax.js";

/** What bends a sum: how it is written, and the range that it bends into. @type {Record<string, { f: (v: number) => number, sign: string, range: [number, number] }>} */
export const BENDS = {
  tanh: { f: Math.tanh, sign: "tanh", range: [-1, 1] },
  sigmoid: { f: sigmoid, sign: "\u03c3", range: [0, 1] },
  relu: { f: (v) => Math.max(0, v), sign: "relu", range: [0, Infinity] },
};

/** Unit by unit. @type {Record<string, (a: number, b: number) => number>} */
export const OPS = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  complement: (a) => 1 - a,
  hold: (a) => a,
  ...Object.fromEntries(Object.entries(BENDS).map(([name, { f }]) => [name, f])),
};

/** Where parameters are read; the first has a row for each unit. @type {Record<string, (a: ArrayLike<number>, parameters: any[]) => number[]>} */
export const LEAVES = {
  linear(a, [W, b]) {
    const value = new Array(W.length);
    for (let j = 0; j < W.length; j++) value[j] = dot(W[j], a) + (b ? b[j] : 0);
    return value;
  },
  diag: (a, [p]) => Array.from(p, (w, j) => Number(w) * a[j]),
};

/** @param {number[]} row @param {ArrayLike<number>} a */
function dot(row, a) {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += row[k] * a[k];
  return sum;
}
