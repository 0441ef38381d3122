// The square of two units, cut in two.

import assert from "node:assert/strict";
import { test } from "node:test";

import { halves } from "../../static/js/layout/plane.js";

/** @param {[number, number][]} places */
const area = (places) => Math.abs(places.reduce((sum, [x, y], k) => sum + x * places[(k + 1) % places.length][1] - places[(k + 1) % places.length][0] * y, 0)) / 2;

test("both parts are all of the square, and lie on their sides of the line", () => {
  for (let k = 0; k < 300; k++) {
    const w = [Math.sin(k * 1.7) * 3, Math.cos(k * 2.3) * 3];
    const c = Math.sin(k * 0.9) * 4;
    const { positive, negative } = halves(w, c);
    assert.ok(Math.abs(area(positive) + area(negative) - 4) < 1e-9);
    for (const [x, y] of positive) assert.ok(w[0] * x + w[1] * y + c > -1e-9);
    for (const [x, y] of negative) assert.ok(w[0] * x + w[1] * y + c < 1e-9);
  }
});

test("one unit cuts upright, and a line may miss the square", () => {
  const { positive } = halves([2], -1);
  assert.ok(Math.abs(area(positive) - 1) < 1e-9);
  assert.ok(positive.every(([x]) => x >= 0.5));
  assert.deepEqual(halves([1, 1], 5).negative, []);
  assert.equal(area(halves([1, 1], 5).positive), 4);
});
