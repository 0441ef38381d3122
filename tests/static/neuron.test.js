// The numbers set by hand: those that the curriculum gives, the engine's own layer, and the proof about one unit.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ARTICLE, BEGIN, neuronsOf, numbersOf, PUZZLE, search, sizeOf, solve, SOLUTION, threshold, walk } from "../../static/js/neuron.js";
import { fixture, near } from "./fixtures.js";

/** Random numbers that are the same each time. @param {number} seed */
const random = (seed) => () => (seed = (seed * 16807) % 2147483647) / 2147483647;

test("the article's review", () => {
  const moments = walk(ARTICLE, ["that", "was", "phenomenal"]);
  const expected = { a: [0.1, 0.0797, 1.6637], h: [0.0997, 0.0796, 0.9307], p: [0.5247, 0.5097, 0.9304] };
  moments.forEach((moment, t) => {
    near(moment.a[0], expected.a[t], 6e-5, `a ${t}`);
    near(moment.h[0], expected.h[t], 6e-5, `h ${t}`);
    near(moment.p, expected.p[t], 6e-5, `p ${t}`);
    assert.deepEqual(moment.before, t ? moments[t - 1].h : [0]);
  });
  assert.equal(sizeOf(ARTICLE, 3), 7);
});

test("the engine runs the same numbers to the same states", () => {
  for (const { neurons, words, h, z } of fixture("neurons")) {
    walk(neurons, words).forEach((moment, t) => {
      moment.h.forEach((v, j) => near(v, h[t][j], 1e-12, `h ${t} ${j}`));
      near(moment.z, z[t], 1e-12, `z ${t}`);
    });
  }
});

test("a word that is not listed pushes nothing, and no word says nothing", () => {
  const [moment] = walk(ARTICLE, ["well"]);
  assert.deepEqual([moment.push, moment.a], [[0], [0]]);
  assert.deepEqual(walk(ARTICLE, []), []);
});

test("two units solve the puzzle, by a wide margin", () => {
  const expected = [0.99, -0.995, -0.995, 0.99];
  solve(SOLUTION).forEach(({ z, right }, k) => {
    assert.ok(right);
    near(z, expected[k], 6e-4, PUZZLE[k].tokens.join(" "));
  });
});

test("one unit gets three of four, whatever its numbers are, and never four", () => {
  assert.equal(search(1, 3000, random(1)).right, 3);
  for (let seed = 2; seed < 40; seed++) {
    const { neurons } = search(1, 20, random(seed));
    const found = solve(neurons);
    assert.ok(found.filter((one) => one.right).length < 4);
    const { g, b, m, q } = threshold(neurons);
    if (Math.abs(neurons.b_y) < Math.abs(neurons.w_hy[0])) {
      assert.deepEqual([g > q, b < q, g + m < q, b + m > q], found.map((one) => one.right), JSON.stringify(neurons));
    }
  }
});

test("numbers are written and read in one order", () => {
  for (const neurons of [BEGIN[1], BEGIN[2], SOLUTION]) assert.deepEqual(neuronsOf(numbersOf(neurons)), neurons);
  assert.equal(neuronsOf([1, 2, 3]), null);
  assert.equal(neuronsOf(Array(7).fill(NaN)), null);
});
