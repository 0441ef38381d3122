import assert from "node:assert/strict";
import { test } from "node:test";

import { makeRun, splitScene, withHidden } from "../../static/js/run.js";

/** @import { Maybe, Point } from "../../static/js/types.d.ts" */

/** @type {Maybe<Point>[]} */
const points = [[0.1, 0.1], [0.2, 0.1], [0.3, 0.1], [0.3, 0.2]];

/** @param {Maybe<Point>[]} shown @param {number} [generated] @param {any} [path] */
const run = (shown, generated = 0, path = null) =>
  makeRun({ points, path, trace: /** @type {any} */ ({ length: shown.length + generated, generated, input: { points: [...shown, ...Array(generated).fill([0.5, 0.5])] } }), model: /** @type {any} */ ({ graph: { layers: [], edges: [] } }), weights: {} });

test("hidden frames are those of the range, counted from 1", () => {
  assert.deepEqual(withHidden(points, [2, 3]), [points[0], null, null, points[3]]);
  assert.deepEqual(withHidden(points, [9, 14]), points);
  assert.equal(withHidden(points, null), points);
});

test("a scene is a motion and a seed", () => {
  assert.deepEqual(splitScene("bouncing-7"), ["bouncing", 7]);
  assert.deepEqual(splitScene("a-b-12"), ["a-b", 12]);
});

test("where the ball went is known from where it is seen next, hidden from the network or not", () => {
  assert.deepEqual(run(points).truths, [0, 0, 2, null]);
  assert.deepEqual(run(withHidden(points, [2, 3])).truths, [0, 0, 2, null]);
  assert.deepEqual(run(withHidden(points, [2, 3])).seen, [true, false, false, true]);
});

test("the path of the service knows the last step too", () => {
  const path = { motion: "straight", points, truth: [], directions: ["E", "E", "N", "N", "W", "W"] };
  assert.deepEqual(run(points, 0, path).truths, [0, 0, 2, 2]);
});

test("what a network makes up has no truth to be compared with", () => {
  const path = { motion: "straight", points, truth: [], directions: ["E", "E", "N", "N", "W", "W"] };
  assert.deepEqual(run(points, 2, path).truths, [0, 0, 2, 2, null, null]);
});
