import assert from "node:assert/strict";
import { test } from "node:test";

import { phases, progressOf, staggered } from "../../static/js/frame.js";
import { beatAt, stepAt, waveOf } from "../../static/js/wave.js";
import { fixture } from "./fixtures.js";

const wave = (/** @type {number} */ length) => waveOf(fixture("ball-rnn").graph, length);
const fine = Array.from({ length: 1001 }, (_, k) => k / 1000);

test("at the start of a beat there is nothing, at its end everything", () => {
  assert.deepEqual(phases(0), { input: 0, flow: 0, units: 0, output: 0 });
  assert.deepEqual(phases(1), { input: 1, flow: 1, units: 1, output: 1 });
});

test("no part ever goes back, and one begins only when the one before it is done", () => {
  let before = phases(0);
  for (const p of fine) {
    const now = phases(p);
    const shares = [now.input, now.flow, now.units, now.output];
    shares.forEach((share, k) => {
      assert.ok(share >= Object.values(before)[k] && share >= 0 && share <= 1);
      if (k && share > 0) assert.equal(shares[k - 1], 1);
    });
    before = now;
  }
});

test("layers that share a beat follow each other within it, and leave the input and the outputs their times", () => {
  for (const slots of [1, 2, 3, 4]) {
    for (const p of fine) {
      const now = Array.from({ length: slots }, (_, slot) => phases(p, { slot, slots }));
      now.forEach(({ input, flow, units, output }, slot) => {
        assert.ok(flow === 0 || input > 1 - 1e-9);
        assert.ok(flow === 0 || slot === 0 || now[slot - 1].units > 1 - 1e-9, `${slot} of ${slots} at ${p}`);
        assert.ok(output === 0 || units > 1 - 1e-9);
      });
    }
  }
});

test("a column is untouched before its time step and finished after it", () => {
  assert.equal(progressOf(3, 3), 0);
  assert.equal(progressOf(3.25, 3), 0.25);
  assert.equal(progressOf(4, 3), 1);
  assert.equal(progressOf(0, 15), 0);
  assert.equal(progressOf(16, 0), 1);
});

test("exactly one column is under way", () => {
  for (const p of fine.map((f) => 8 * f)) {
    const underWay = [...Array(8).keys()].filter((k) => progressOf(p, k) > 0 && progressOf(p, k) < 1);
    assert.ok(underWay.length <= 1);
    if (underWay.length) assert.equal(underWay[0], beatAt(wave(8), p) - 1);
  }
});

test("units come one after the other, and all have come at the end", () => {
  for (const count of [1, 2, 3, 32, 128]) {
    const at = (/** @type {number} */ units) => Array.from({ length: count }, (_, k) => staggered(units, k, count));
    assert.ok(at(0).every((v) => v === 0));
    assert.ok(at(1).every((v) => v === 1), `all ${count} units are there`);
    for (const units of fine) {
      const now = at(units);
      assert.ok(now.every((v, k) => v >= 0 && v <= 1 && (k === 0 || v <= now[k - 1])));
    }
    assert.ok(at(0.001)[0] > 0, "the first begins at once");
    assert.ok(count === 1 || at(0.499)[count - 1] === 0, "the last waits");
  }
});

test("a time step is counted from 1, and is one of those there are", () => {
  assert.equal(stepAt(wave(16), 0, 1), 1);
  assert.equal(stepAt(wave(16), 1, 1), 1);
  assert.equal(stepAt(wave(16), 1.001, 1), 2);
  assert.equal(stepAt(wave(16), 16, 1), 16);
  assert.equal(stepAt(wave(16), 99, 1), 16);
  assert.equal(stepAt(wave(16), -1, 1), 1);
  assert.equal(stepAt(wave(1), 0.5, 1), 1);
});
