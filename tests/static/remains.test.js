// What is left of a change: the counterexamples of the curriculum, and small changes themselves.

import assert from "node:assert/strict";
import { test } from "node:test";

import { largest, powers, radius, remains } from "../../static/js/remains.js";
import { near } from "./fixtures.js";

const NILPOTENT = [[3, -3], [3, -3]];

/** tanh units, from h_0, with a constant push. @param {number[][]} W @param {number[]} b @param {number} steps @param {number[]} [h] */
function states(W, b, steps, h = b.map(() => 0)) {
  return Array.from({ length: steps }, () => (h = W.map((row, j) => Math.tanh(row.reduce((sum, w, k) => sum + w * h[k], b[j])))));
}

/** @param {number[][]} hs */
const slopes = (hs) => hs.map((h) => h.map((v) => 1 - v * v));

test("the spectral radius and the largest singular value of small matrices", () => {
  assert.equal(radius(NILPOTENT), 0);
  near(largest(NILPOTENT), 6, 1e-12, "sigma");
  const turn = [[0.6, -0.8], [0.8, 0.6]];
  near(radius(turn), 1, 1e-12, "rho of a turn");
  near(largest(turn), 1, 1e-12, "sigma of a turn");
  near(radius([[2, 5], [0, -3]]), 3, 1e-12, "rho of a triangle");
  near(largest([[1, 2], [3, 4]]), 5.464985704219043, 1e-10, "sigma");
  assert.equal(radius([[-2]]), 2);
  assert.equal(largest([[0, 0], [0, 0]]), 0);
  near(largest([[1, 0, 0], [0, 5, 0], [0, 0, 2]]), 5, 1e-10, "sigma of three");
});

test("a radius of 0 with a product beyond 1e18", () => {
  const left = remains(NILPOTENT, slopes(states(NILPOTENT, [1, 3], 100)));
  assert.equal(left.length, 101);
  assert.ok(left[100] > 18 && left[100] < 19.5, String(left[100]));
  const flat = remains(NILPOTENT, new Array(100).fill([1, 1])); // nothing that bends: gone after two steps
  assert.ok(flat[1] > 0 && flat.slice(2).every((v) => v === -Infinity));
});

test("a weight of 2 that remembers, and of which next to nothing is left", () => {
  const hs = [[Math.tanh(1)], ...states([[2]], [0], 23, [Math.tanh(1)])];
  near(hs[23][0], 0.9575, 5e-5, "h");
  const left = remains([[2]], slopes(hs.slice(1)));
  assert.ok(left[23] < -17 && left[23] > -19, String(left[23]));
});

test("it is what a small change comes to", () => {
  const W = [[0.7, -0.4], [0.9, 0.5]];
  const b = [0.1, -0.2];
  const start = [0.3, -0.1];
  const left = remains(W, slopes(states(W, b, 6, start)));
  const tiny = 1e-6;
  let most = 0;
  for (let angle = 0; angle < Math.PI; angle += 0.002) {
    const ends = [1, -1].map((sign) => states(W, b, 6, [start[0] + sign * tiny * Math.cos(angle), start[1] + sign * tiny * Math.sin(angle)])[5]);
    most = Math.max(most, Math.hypot(ends[0][0] - ends[1][0], ends[0][1] - ends[1][1]) / (2 * tiny));
  }
  near(10 ** left[6], most, 1e-5, "the largest of all directions");
});

test("it never passes what the largest singular value allows", () => {
  const random = ((seed) => () => (seed = (seed * 16807) % 2147483647) / 2147483647)(7);
  for (let n = 1; n <= 5; n++) {
    const W = Array.from({ length: n }, () => Array.from({ length: n }, () => 3 * (random() - 0.5)));
    const left = remains(W, Array.from({ length: 20 }, () => W.map(() => random())));
    const most = powers(largest(W), left.length);
    left.forEach((v, k) => assert.ok(v <= most[k] + 1e-9));
  }
});
