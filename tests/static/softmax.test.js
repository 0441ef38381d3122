// Softmax, step by step: against the engine's own numbers, and by what must always hold.

import assert from "node:assert/strict";
import { test } from "node:test";

import { crossEntropy, divided, gather, grouped, jacobian, lossSteps, softmax, softmaxSteps, total } from "../../static/js/softmax.js";
import { fixture } from "./fixtures.js";

const close = (/** @type {number} */ a, /** @type {number} */ b, within = 1e-12, what = "") => assert.ok(Math.abs(a - b) <= within * Math.max(1, Math.abs(b)), `${what} ${a} is not ${b}`);
/** @type {any[]} */
const engine = fixture("softmax");

for (const { logits, temperature, target, steps, loss } of engine) {
  test(`scores ${logits} at ${temperature} are the engine's`, () => {
    const found = /** @type {any} */ (softmaxSteps(logits, temperature));
    for (const name of ["scaled", "shifted", "exp", "probs", "sigmoids"]) {
      assert.equal(found[name].length, logits.length);
      found[name].forEach((/** @type {number} */ v, /** @type {number} */ k) => close(v, steps[name][k], 1e-12, name));
    }
    close(found.max, steps.max);
    close(found.sum, steps.sum);
    found.naive.probs.forEach((/** @type {number} */ p, /** @type {number} */ k) => (steps.naive[k] === null ? assert.ok(Number.isNaN(p)) : close(p, steps.naive[k])));
    jacobian(found.probs, temperature).forEach((row, i) => row.forEach((v, j) => close(v, steps.jacobian[i][j])));
    const each = logits.map((/** @type {number} */ z, /** @type {number} */ k) => [k]);
    const lost = lossSteps(logits, target, temperature, each);
    close(lost.loss, loss.loss);
    lost.gradient.forEach((g, k) => close(g, loss.gradient[k]));
    lost.check.forEach((g, k) => close(g, loss.gradient[k], 1e-5, "finite differences"));
  });
}

test("scores that are too large for e need their maximum subtracted", () => {
  const { probs, naive } = softmaxSteps([1000, 1001, 1002]);
  [0.09003057317038046, 0.24472847105479764, 0.6652409557748218].forEach((p, k) => close(probs[k], p));
  assert.equal(naive.sum, Infinity);
  assert.ok(naive.probs.every(Number.isNaN));
  close(crossEntropy([1000, 0], 1), 1000);
});

test("a group of classes behaves as one", () => {
  const logits = [0.3, -1, 2, 0.5, -0.2, 1.1];
  const groups = grouped(logits, 4);
  assert.deepEqual(groups, [[2], [5], [3], [0, 1, 4]]);
  assert.deepEqual(grouped(logits, 6), [[0], [1], [2], [3], [4], [5]]);
  close(total(gather(softmax(logits), groups)), 1);
  for (const target of [2, 4]) {
    const { gradient, check } = lossSteps(logits, target, 0.7, groups);
    close(total(gradient), 0);
    gradient.forEach((g, k) => close(g, check[k], 1e-6));
  }
});

test("the division: rows, a stack, all of the width, and rows again", () => {
  const exp = [0.2, 1, 0.05];
  const at = (/** @type {number} */ stage) => divided(exp, stage);
  assert.deepEqual(at(0).map(({ x, row }) => [x, row]), [[0, 0], [0, 1], [0, 2]]);
  const stacked = at(1);
  assert.ok(stacked.every(({ row }) => row === 3));
  stacked.forEach(({ x, width }, k) => k && close(x, stacked[k - 1].x + stacked[k - 1].width));
  assert.ok(total(stacked.map(({ width }) => width)) < 1);
  for (let k = 0; k < 3; k++) close(at(0)[k].width / at(0)[0].width, exp[k] / exp[0]);
  close(total(at(2).map(({ width }) => width)), 1);
  const probs = softmax(exp.map(Math.log));
  at(3).forEach(({ x, width, row }, k) => {
    assert.equal(x, 0);
    assert.equal(row, k);
    close(width, probs[k]);
  });
});
