import assert from "node:assert/strict";
import { test } from "node:test";

import { DIRECTIONS, STEP, argmax, clamp, clampStep, direction, distance, entropy, fold, resample, seenDirections, thrown } from "../../static/js/ball.js";
import { fixture, near } from "./fixtures.js";

/** @import { Point } from "../../static/js/types.d.ts" */

const engine = fixture("ball");

test("directions are the engine's, all the way round", () => {
  assert.deepEqual(DIRECTIONS, engine.directions);
  for (const [dx, dy, k] of engine.steps) assert.equal(direction(dx, dy), k, `(${dx}, ${dy})`);
});

test("up is North", () => {
  assert.equal(DIRECTIONS[direction(0, 0.06)], "N");
  assert.equal(DIRECTIONS[direction(0, -0.06)], "S");
  assert.equal(DIRECTIONS[direction(0.06, 0.06)], "NE");
  assert.equal(DIRECTIONS[direction(-0.06, 0)], "W");
});

test("walls are mirrors, as in the engine", () => {
  for (const [u, folded] of engine.fold) near(fold(u), folded, 1e-6, `fold(${u})`);
});

test("a thrown ball stays in the box and moves by its step between walls", () => {
  for (const [x, y, dx, dy] of [[0.5, 0.5, 0.09, 0], [0.1, 0.9, -0.07, 0.05], [1, 1, 0.04, 0.04], [0, 0, -0.06, -0.06]]) {
    const path = thrown([x, y], [dx, dy], 40);
    assert.equal(path.length, 40);
    assert.ok(distance(path[0], [x, y]) < 1e-12);
    for (const point of path) assert.ok(point.every((v) => v >= 0 && v <= 1), String(point));
    for (let t = 1; t < 40; t++) assert.ok(distance(path[t - 1], path[t]) <= Math.hypot(dx, dy) + 1e-12);
  }
  const [, second] = thrown([0.2, 0.3], [0.05, 0.06], 2);
  near(second[0], 0.25, 1e-12, "x");
  near(second[1], 0.36, 1e-12, "y");
});

test("a throw is as long as the steps that networks were trained on, in its own direction", () => {
  for (const length of [0.001, 0.03, 0.04, 0.06, 0.09, 0.5, 7]) {
    for (let k = 0; k < 16; k++) {
      const angle = (k * Math.PI) / 8 + 0.01;
      const [dx, dy] = clampStep(length * Math.cos(angle), length * Math.sin(angle));
      const came = Math.hypot(dx, dy);
      assert.ok(came >= STEP.least - 1e-12 && came <= STEP.most + 1e-12);
      near(Math.atan2(dy, dx), Math.atan2(Math.sin(angle), Math.cos(angle)), 1e-9, "angle");
    }
  }
});

/** A stroke as a pointer gives it: unevenly spaced. @param {(s: number) => Point} shape @returns {Point[]} */
const stroke = (shape, count = 80) => Array.from({ length: count }, (_, k) => shape((k / (count - 1)) ** 2));

/** @type {Record<string, Point[]>} */
const STROKES = {
  "a line": stroke((s) => [0.1 + 0.7 * s, 0.2]),
  "a slope": stroke((s) => [0.9 - 0.8 * s, 0.1 + 0.3 * s]),
  "a short line": stroke((s) => [0.4 + 0.13 * s, 0.5]),
  "an arc": stroke((s) => [0.5 + 0.3 * Math.cos(5 * s), 0.5 + 0.3 * Math.sin(5 * s)]),
  "a long spiral": stroke((s) => [0.5 + 0.45 * s * Math.cos(40 * s), 0.5 + 0.45 * s * Math.sin(40 * s)], 600),
  "out of the box": stroke((s) => [0.5 + 0.9 * s, 0.5 + 0.1 * s]),
};

/** The nearest place on the stroke as an arc length, at or after `from`. @param {Point[]} line @param {Point} point @param {number} from */
function whereOn(line, point, from) {
  let [best, at, passed] = [Infinity, 0, 0];
  for (let k = 1; k < line.length; k++) {
    const [a, b] = [line[k - 1], line[k]];
    const span = distance(a, b);
    for (let f = 0; f <= 1; f += 0.02) {
      const s = passed + f * span;
      const d = distance([clamp(a[0] + f * (b[0] - a[0])), clamp(a[1] + f * (b[1] - a[1]))], point);
      if (s >= from && s <= from + 0.12 && d < best - 1e-9) [best, at] = [d, s];
    }
    passed += span;
  }
  assert.ok(best < 2e-3, `${point} is not on the stroke`);
  return at;
}

for (const [name, line] of Object.entries(STROKES)) {
  test(`${name} becomes steps of equal length, from 4 to 9 % of the box`, () => {
    const points = resample(line, 200);
    assert.ok(points && points.length >= 3);
    for (const point of points) assert.ok(point.every((v) => v >= 0 && v <= 1));
    assert.deepEqual(points[0], line[0]);
    if (name === "out of the box") return; // pressed flat against the wall
    let last = 0;
    const lengths = points.slice(1).map((point) => {
      const s = whereOn(line, point, last);
      const step = s - last;
      last = s;
      return step;
    });
    for (const step of lengths) {
      near(step, lengths[0], 4e-3, "an equal step");
      assert.ok(step >= STEP.least - 3e-3 && step <= STEP.most + 3e-3, String(step));
    }
  });
}

test("a stroke that is too short is no path", () => {
  assert.equal(resample([], 16), null);
  assert.equal(resample([[0.5, 0.5]], 16), null);
  assert.equal(resample([[0.1, 0.1], [0.9, 0.9]], 16), null);
  assert.equal(resample(stroke((s) => [0.5 + 0.1 * s, 0.5]), 16), null);
  assert.equal(resample(Array(50).fill([0.5, 0.5]), 16), null);
});

test("a path has no more frames than are allowed", () => {
  assert.equal(resample(STROKES["a long spiral"], 20)?.length, 20);
  assert.ok((resample(STROKES["a long spiral"], 1000)?.length ?? 0) < 200);
});

test("doubt is 3 bits among eight equals, and none where one is certain", () => {
  near(entropy(Array(8).fill(1 / 8)), 3, 1e-12, "even");
  near(entropy([0, 0, 1, 0, 0, 0, 0, 0]), 0, 1e-12, "certain");
  near(entropy([0.5, 0.5, 0, 0, 0, 0, 0, 0]), 1, 1e-12, "two");
});

test("the likeliest class is the first of the largest", () => {
  assert.equal(argmax([0.1, 0.4, 0.4, 0.1]), 1);
  assert.equal(argmax([-3, -1, -2]), 1);
  assert.equal(argmax([7]), 0);
});

test("a direction is known where the ball is seen twice and has moved", () => {
  assert.deepEqual(seenDirections([[0.1, 0.1], [0.2, 0.1], null, [0.2, 0.2], [0.2, 0.3], [0.2001, 0.3]]), [0, null, null, 2, null, null]);
});
