// One unit on its own: h_t = f(w_x x_t + w_hh h_t−1 + b), what becomes of a pulse in it, and where it rests.

import { BENDS } from "./ops.js";

/** @typedef {"tanh" | "relu" | "none"} Bend */
/** @typedef {{ w_x: number, w_hh: number, b: number, bend: Bend }} Single */
/**
 * @typedef {{ x: number, before: number, a: number, h: number, slope: number, factor: number }} Moment
 *   before: h of the step before; slope: f'(a); factor: dh_t/dh_t−1 = w_hh f'(a)
 */

/** What bends the sum, and how steep it is there. @type {Record<Bend, { f: (a: number) => number, slope: (a: number) => number }>} */
export const CURVES = {
  tanh: { f: BENDS.tanh.f, slope: (a) => 1 - Math.tanh(a) ** 2 },
  relu: { f: BENDS.relu.f, slope: (a) => (a > 0 ? 1 : 0) },
  none: { f: (a) => a, slope: () => 1 },
};

/** Step by step, from h_0. @param {Single} single @param {number[]} xs @returns {Moment[]} */
export function run({ w_x, w_hh, b, bend }, xs, h = 0) {
  const { f, slope } = CURVES[bend];
  return xs.map((x) => {
    const before = h;
    const a = w_x * x + w_hh * before + b;
    h = f(a);
    return { x, before, a, h, slope: slope(a), factor: w_hh * slope(a) };
  });
}

/** How much of a small change of h at one step arrives at another: the product of the factors in between. @param {Moment[]} moments @param {number} from @param {number} to from 0 */
export const arrives = (moments, from, to) => moments.slice(from + 1, to + 1).reduce((product, { factor }) => product * factor, 1);

const LONG = 10_000; // steps in which a half-life is looked for
const HUGE = 1e6;
const GONE = 1e-3; // of what the pulse did at first

/**
 * What becomes of the first pulse if nothing comes after it: the run with it beside the run without it, far beyond
 * the picture.
 * @param {Single} single @param {number[]} xs
 * @returns {{ kind: "nothing" | "fades" | "stays" | "swings" | "grows", flips: boolean, half: number | null, restless: boolean }}
 *   restless: without any pulse too it never comes to rest;   half: steps after the pulse until half of what it did is gone, null where that never comes; flips: its trace
 *   changes its sign at each step
 */
export function fate(single, xs) {
  const at = xs.findIndex((x) => x !== 0);
  const silence = new Array(LONG).fill(0);
  const start = run(single, xs.slice(0, Math.max(0, at))).reduce((_, { h }) => h, 0);
  const mine = at < 0 ? [] : run(single, [xs[at], ...silence], start);
  const without = run(single, [0, ...silence], start);
  const restless = Math.abs(without[LONG].h - without[LONG - 1].h) > GONE;
  const left = mine.map(({ h }, k) => h - without[k].h);
  const size = Math.abs(left[0] ?? 0);
  if (!size) return { kind: "nothing", flips: false, half: null, restless };
  const flips = left[0] * left[1] < 0 && left[1] * left[2] < 0;
  const [middle, last] = [left[LONG / 2], left[LONG]];
  if (mine.some(({ h }) => !(Math.abs(h) < HUGE)) || Math.abs(last) > 1.01 * Math.max(size, Math.abs(middle))) return { kind: "grows", flips, half: null, restless };
  const remains = Math.abs(last) > GONE * size && Math.abs(last) > 0.99 * Math.abs(middle);
  if (remains) return { kind: last * left[LONG - 1] < 0 ? "swings" : "stays", flips, half: null, restless };
  const half = left.findIndex((v) => Math.abs(v) <= size / 2);
  return { kind: "fades", flips, half: half < 0 ? null : half, restless };
}

/**
 * Where it rests when nothing comes: h = f(w_hh h + b), and whether what is beside it comes back.
 * @param {Single} single
 * @returns {{ h: number, factor: number, kind: "stable" | "unstable" | "neither" }[]} by h; with w_hh = 1 and b = 0,
 *   every h is one where nothing bends, and of ReLU every h from 0 on: then only 0 is listed, as neither
 */
export function rests({ w_hh, b, bend }) {
  const { f, slope } = CURVES[bend];
  const away = (/** @type {number} */ h) => f(w_hh * h + b) - h;
  const places = bend === "tanh" ? crossings(away) : straight(w_hh, b, bend);
  return places.map((h) => {
    const a = w_hh * h + b;
    const factor = bend === "relu" && a === 0 ? Math.max(0, w_hh) : w_hh * slope(a); // at its bend: what is above passes
    const size = Math.abs(factor);
    return { h, factor, kind: Math.abs(size - 1) < 1e-6 ? "neither" : size < 1 ? "stable" : "unstable" };
  });
}

/** Where a line meets h = a h + b: of relu, on its rising and on its flat part. @param {number} w @param {number} b @param {Bend} bend */
function straight(w, b, bend) {
  const rising = w === 1 ? (b === 0 ? [0] : []) : [b / (1 - w)];
  if (bend === "none") return rising;
  return [...new Set([...(b <= 0 ? [0] : []), ...rising.filter((h) => h > 0)])].sort((p, q) => p - q);
}

const GRID = 4001;

/** Where a function of h changes its sign between −1 and 1, halved until it is exact. @param {(h: number) => number} f */
function crossings(f) {
  const found = [];
  for (let k = 0; k + 1 < GRID; k++) {
    let [low, high] = [-1 + (2 * k) / (GRID - 1), -1 + (2 * (k + 1)) / (GRID - 1)];
    if (f(low) === 0) found.push(low);
    else if (f(low) * f(high) < 0) {
      for (let i = 0; i < 60; i++) {
        const middle = (low + high) / 2;
        if (f(low) * f(middle) <= 0) high = middle;
        else low = middle;
      }
      found.push((low + high) / 2);
    }
  }
  return f(1) === 0 ? [...found, 1] : found;
}
