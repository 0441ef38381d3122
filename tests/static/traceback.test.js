// The strongest units of each step, and what share of the whole they are.

import assert from "node:assert/strict";
import test from "node:test";

import { FEW, traceback } from "../../static/js/traceback.js";

const VALUES = {
  x: [[1, -3], [0.5, 0.25], [0, 0]],
  "layers.0.h": [[0.1, -0.4, 0.2, 0.3, -0.05], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]],
};

test("the strongest of each step come first, whichever their sign, and what is 0 never", () => {
  const { units } = traceback(VALUES);
  assert.deepEqual(units.map(({ t, index }) => [t, index]), [[0, 1], [0, 3], [0, 2], [1, 2]]);
  assert.deepEqual(units.map(({ flow }) => flow), [-0.4, 0.3, 0.2, 1]);
  assert.ok(units.every(({ t }) => units.filter((unit) => unit.t === t).length <= FEW));
});

test("shares are of all that flows, step by step and together; where nothing flows there is none", () => {
  const { shares, share } = traceback(VALUES);
  assert.ok(Math.abs(/** @type {number} */ (shares[0]) - 0.9 / 1.05) < 1e-12);
  assert.deepEqual(shares.slice(1), [1, null]);
  assert.ok(Math.abs(share - 1.9 / 2.05) < 1e-12);
});

test("what comes in with a step is the sum over its input", () => {
  assert.deepEqual(traceback(VALUES).entering, [-2, 0.75, 0]);
});

test("layers are taken each for itself", () => {
  const { units, shares } = traceback({ ...VALUES, "layers.1.h": [[0, 0, 0, 0, 0], [2, 0, 0, 0, 0], [0, 0, 0, 0, 0]] });
  assert.equal(units.filter(({ name }) => name === "layers.1.h").length, 1);
  assert.deepEqual(shares[1], 1);
});
