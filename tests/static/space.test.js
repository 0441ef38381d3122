// The landscape of a state: a step is a step of the run, places lead where they end, slow points are told from others.

import assert from "node:assert/strict";
import { test } from "node:test";

import { basins, field, grid, planeOf, slowLine, stepOf } from "../../static/js/space.js";
import { fixture, near } from "./fixtures.js";

/** Two latches, each for itself. @param {number[]} h */
const latches = (h) => h.map((v) => Math.tanh(2 * v));
const LEVEL = 0.957504;
const CORNERS = [[-LEVEL, -LEVEL], [LEVEL, -LEVEL], [-LEVEL, LEVEL], [LEVEL, LEVEL]];
const WHOLE = planeOf([[0, 0], [1, 1]]);

test("a step is a step of the run", () => {
  for (const name of ["ball-rnn", "ball-gru"]) {
    const { graph, weights, values, steps } = fixture(name);
    for (const t of steps) {
      const next = stepOf(graph, weights, values.x[t])(values["layers.0.h_prev"][t]);
      next.forEach((v, j) => near(v, values["layers.0.h"][t][j], 1e-5, `${name} ${t} ${j}`));
    }
  }
});

test("two units are a plane of their own", () => {
  assert.ok(WHOLE.whole);
  assert.deepEqual(WHOLE.at([0.3, -0.2]), [0.3, -0.2]);
  assert.deepEqual(WHOLE.of([0.3, -0.2]), [0.3, -0.2]);
});

test("of more units it is the plane in which they differ most", () => {
  const rows = [[0, 0, 0], [1, 0, 0.1], [0, 2, 0], [1, 2, -0.1], [0.5, 1, 0]];
  const plane = planeOf(rows);
  assert.ok(!plane.whole && plane.shares[0] + plane.shares[1] > 0.99);
  for (const place of [[0.4, -0.3], [0, 0]]) plane.of(plane.at(place)).forEach((v, k) => near(v, place[k], 1e-12, "there and back"));
  for (const row of rows) assert.ok(plane.of(row).every((v) => Math.abs(v) < plane.reach));
});

test("or the plane of two of them, the others as on the mean", () => {
  const plane = planeOf([[0, 1, 0.2], [1, 3, 0.4]], [2, 0]);
  assert.ok(!plane.whole);
  assert.deepEqual(plane.of([5, 6, 7]), [7, 5]);
  assert.deepEqual(plane.at([0.7, -0.5]), [-0.5, 2, 0.7]);
  near(plane.shares[0], 0.04 / 5.04, 1e-12, "share");
});

test("arrows lead where a step leads", () => {
  const arrows = field(latches, WHOLE, 5);
  assert.equal(arrows.length, 25);
  for (const { from, to, length } of arrows) {
    assert.deepEqual(to, latches(from));
    near(length, Math.hypot(to[0] - from[0], to[1] - from[1]), 1e-12, "length");
  }
});

test("each quarter leads to its own corner", () => {
  const found = basins(latches, WHOLE, CORNERS, 8);
  grid(WHOLE.reach, 8).forEach(([u, v], k) => assert.equal(found[k], Number(u > 0) + 2 * Number(v > 0)));
  assert.ok(basins((h) => [-h[1], h[0]], WHOLE, CORNERS, 4).every((goal) => goal === -1), "a turn comes nowhere");
});

/** @param {number[]} state @param {[number, number]} value @param {number} [speed] @returns {import("../../static/js/space.js").Rest} */
const rest = (state, value, speed = 1e-4) => ({ state, speed, fixed: false, kind: "marginal", eigenvalues: [value] });

test("only several slow places along a line are one", () => {
  const row = [0, 1, 2, 3].map((v) => [v, 2 * v, 0.05 * (v % 2)]);
  assert.equal(slowLine(row.map((state) => rest(state, [1, 0]))).length, 4);
  assert.equal(slowLine(row.slice(0, 2).map((state) => rest(state, [1, 0]))).length, 0, "two are too few");
  assert.equal(slowLine(row.map((state) => rest(state, [-1, 0]))).length, 0, "what changes sides holds nothing");
  assert.equal(slowLine(row.map((state) => rest(state, [2.1, 0]))).length, 0, "they are left quickly");
  assert.equal(slowLine(row.map((state) => rest(state, [1, 0], 0.02))).length, 0, "they move");
  assert.equal(slowLine([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]].map((state) => rest(state, [1, 0]))).length, 0, "they lie in no line");
});
