// One unit: the curriculum's figures, what becomes of a pulse, and where the unit rests.

import assert from "node:assert/strict";
import { test } from "node:test";

import { arrives, CURVES, fate, rests, run } from "../../static/js/single.js";
import { near } from "./fixtures.js";

const PULSE = [1, ...new Array(23).fill(0)];
/** @param {number} w_hh @param {any} [more] */
const single = (w_hh, more = {}) => ({ w_x: 1, w_hh, b: 0, bend: "tanh", ...more });

test("a pulse nineteen steps later", () => {
  for (const [w_hh, h] of [[1.1, 0.506], [1.3, 0.752], [1, 0.262]]) near(run(single(w_hh), PULSE)[19].h, h, 6e-4, `w_hh ${w_hh}`);
});

test("each step is its equation, and a small change arrives as the product of the factors says", () => {
  for (const bend of /** @type {const} */ (["tanh", "relu", "none"])) {
    const numbers = { w_x: 0.7, w_hh: -1.2, b: 0.1, bend };
    const xs = [0.5, -1, 2, 0, 0.3, 0];
    const moments = run(numbers, xs);
    moments.forEach(({ x, before, a, h }, t) => {
      assert.equal(before, t ? moments[t - 1].h : 0);
      assert.equal(a, 0.7 * x - 1.2 * before + 0.1);
      assert.equal(h, CURVES[bend].f(a));
    });
    const tiny = 1e-6;
    const start = moments[0].h;
    const ends = [start + tiny, start - tiny].map((h) => run(numbers, xs.slice(1), h).at(-1)?.h ?? NaN);
    near((ends[0] - ends[1]) / (2 * tiny), arrives(moments, 0, xs.length - 1), 1e-7, bend);
  }
});

/** @type {[number, any, string, boolean, number | null][]} */
const FATES = [
  [0.9, {}, "fades", false, 4],
  [-0.9, {}, "fades", true, 4],
  [0.5, { bend: "none" }, "fades", false, 1],
  [0.9, { bend: "none" }, "fades", false, 7],
  [1, {}, "fades", false, 8],
  [1.3, {}, "stays", false, null],
  [-1.5, {}, "swings", true, null],
  [1.2, { bend: "relu" }, "grows", false, null],
  [-1.2, { bend: "none" }, "grows", true, null],
  [1, { bend: "none" }, "stays", false, null],
  [1.001, { bend: "none" }, "grows", false, null],
  [1.0005, { bend: "relu" }, "grows", false, null],
  [-1.001, { bend: "none" }, "grows", true, null],
  [0.99999, { bend: "none" }, "fades", false, null],
  [0.9, { w_x: 0 }, "nothing", false, null],
  [0.9, { w_x: -1, bend: "relu" }, "nothing", false, null],
];
for (const [w_hh, more, kind, flips, half] of FATES) {
  test(`what becomes of a pulse: ${w_hh} ${JSON.stringify(more)}`, () => assert.deepEqual(fate(single(w_hh, more), PULSE), { kind, flips, half, restless: false }));
}

test("a unit that swings by itself is said to", () => {
  assert.equal(fate(single(-1.5, { b: 0.1 }), PULSE).restless, true);
  assert.equal(fate(single(-2, { b: 1, bend: "relu" }), PULSE).restless, true);
});

test("half of what a pulse did is gone after so many steps, wherever it came, and without what else came", () => {
  const later = [0, 0, 0, 1, 0, 0, -1, ...new Array(17).fill(0)];
  assert.deepEqual(fate(single(0.9), later), fate(single(0.9), PULSE));
  assert.equal(fate(single(0.9), PULSE.map(() => 0)).kind, "nothing");
  const { half } = fate(single(0.9), PULSE);
  const hs = run(single(0.9), PULSE).map(({ h }) => h);
  assert.ok(half && hs[half] <= hs[0] / 2 && hs[half - 1] > hs[0] / 2);
});

test("where it rests, what is near comes back or goes", () => {
  for (const w_hh of [-2, -0.5, 0.3, 1.1, 1.3, 2.5]) {
    for (const b of [-0.4, 0, 0.05, 1.2]) {
      for (const bend of /** @type {const} */ (["tanh", "relu", "none"])) {
        const numbers = single(w_hh, { b, bend });
        const found = rests(numbers);
        for (const { h, kind } of found) {
          near(CURVES[bend].f(w_hh * h + b), h, 1e-9, "it stays");
          const away = run(numbers, new Array(40).fill(0), h + 1e-4).map((m) => Math.abs(m.h - h));
          assert.equal(kind, away[39] < 1e-4 ? "stable" : "unstable", `${w_hh} ${b} ${bend} ${h}`);
        }
        if (bend === "tanh") assert.equal(found.length % 2, 1);
      }
    }
  }
  assert.deepEqual(rests(single(1.3)).map(({ kind }) => kind), ["stable", "unstable", "stable"]);
  assert.deepEqual(rests(single(1)).map(({ kind }) => kind), ["neither"]);
  assert.deepEqual(rests(single(1, { b: 1, bend: "none" })), []);
});
