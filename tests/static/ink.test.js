import assert from "node:assert/strict";
import { test } from "node:test";

import { adding, fill, inkOn, percent, signed } from "../../static/js/ink.js";

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

test("rounded numbers add up to their rounded sum, each of them rounded up or down", () => {
  for (let seed = 1; seed < 200; seed++) {
    const values = Array.from({ length: 1 + (seed % 11) }, (_, k) => Math.sin(seed * 7.1 + k * 3.3) * (seed % 3 ? 1 : 40));
    const shown = adding(values, 3);
    const sum = (/** @type {number[]} */ all) => all.reduce((a, b) => a + b, 0);
    assert.equal(sum(shown).toFixed(3).replace("-0.000", "0.000"), sum(values).toFixed(3).replace("-0.000", "0.000"));
    shown.forEach((v, k) => assert.ok(Math.abs(v - values[k]) < 1e-3 + 1e-9));
  }
  assert.deepEqual(adding([1 / 3, 1 / 3, 1 / 3], 3), [0.334, 0.333, 0.333]);
});

test("text stands out from any colour", () => {
  const light = (/** @type {number[]} */ rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (let r = 0; r < 256; r += 15) for (let g = 0; g < 256; g += 15) for (let b = 0; b < 256; b += 15) {
    const under = light([r, g, b]) + 0.05;
    const contrast = inkOn(`rgb(${r}, ${g}, ${b})`) === "#ffffff" ? 1.05 / under : under / 0.05;
    assert.ok(contrast >= 4.5, `${r} ${g} ${b}: ${contrast}`);
  }
});
