import assert from "node:assert/strict";
import { test } from "node:test";

import { fill, percent, signed } from "../../static/js/ink.js";

test("a number has a sign always, and a real minus", () => {
  assert.equal(signed(0.617), "+0.62");
  assert.equal(signed(-0.1), "\u22120.10");
  assert.equal(signed(-0.001), "+0.00");
  assert.equal(signed(0), "+0.00");
  assert.equal(signed(-0.0006, 3), "\u22120.001");
});

test("a share is a whole number of percent", () => {
  assert.equal(percent(0.784), "78\u202f%");
  assert.equal(percent(1), "100\u202f%");
  assert.equal(percent(0), "0\u202f%");
});

test("gaps are filled, with 0 and nothing too, and a gap without a value stays", () => {
  assert.equal(fill("{a} of {b}{c}", { a: 0, b: "x", c: "" }), "0 of x");
  assert.equal(fill("{a} {missing}", { a: 1 }), "1 {missing}");
  assert.equal(fill("{a}", { a: "{b}", b: 2 }), "{b}");
});
