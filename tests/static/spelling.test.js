// The questions of the names: what the address says, and what a letter is drawn from.

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawnFrom, readSpelling, writeSpelling } from "../../static/js/spelling.js";

const defaults = { model: "names-gru", prefix: "", goes_on: true, temperature: 0.8, top_k: 0, seed: 7, edit: null };
const boot = /** @type {any} */ ({ defaults, limits: { temperature: [0.2, 3] } });
const look = /** @type {any} */ ({ t: 3, beat: null, unit: null, view: null, fold: 1, weight: null, with: null, theme: "auto", motion: "auto" });

test("what is written is read again", () => {
  for (const query of [
    defaults,
    { model: "names-rnn", prefix: "ma & more", goes_on: false, temperature: 2.5, top_k: 3, seed: 0, edit: "scale:layers.0.W_hh:1.2" },
    { model: "names-lstm", prefix: "\u00e9", goes_on: true, temperature: 0.2, top_k: 26, seed: 999999999, edit: null },
  ]) {
    const address = writeSpelling(query, { ...look, t: 2 }, 5, boot);
    const found = readSpelling(new URL(address, "http://localhost"), boot);
    assert.deepEqual(found.query, query);
    assert.equal(found.look.t, 2);
    assert.deepEqual(found.bad, []);
  }
  assert.equal(writeSpelling(defaults, look, 3, boot), "/?model=names-gru");
});

test("what cannot be read is the default", () => {
  const { query } = readSpelling({ search: "?temperature=0&top=-1&seed=x&go=maybe", hash: "" }, boot);
  assert.deepEqual(query, defaults);
});

test("a temperature beyond the slider is brought within", () => {
  for (const [written, found] of [["99", 3], ["0.05", 0.2], ["1.25", 1.25]]) {
    assert.equal(readSpelling({ search: `?temperature=${written}`, hash: "" }, boot).query.temperature, found);
  }
});

test("a letter is drawn from softmax of the scores over the temperature, of the likeliest", () => {
  const logits = [0, 2, -1, 1, 2];
  const close = (/** @type {number[]} */ a, /** @type {number[]} */ b) => a.forEach((v, k) => assert.ok(Math.abs(v - b[k]) < 1e-12));
  const softmax = (/** @type {number[]} */ z) => z.map((v) => Math.exp(v) / z.reduce((s, w) => s + Math.exp(w), 0));
  close(drawnFrom(logits, 1, 0), softmax(logits));
  close(drawnFrom(logits, 0.5, 0), softmax(logits.map((z) => 2 * z)));
  assert.deepEqual(drawnFrom(logits, 3, 1), [0, 1, 0, 0, 0], "of equals the first");
  assert.deepEqual(drawnFrom(logits, 3, 2).map((p) => p > 0), [false, true, false, false, true]);
  close(drawnFrom([1000, 999], 1, 0), softmax([1, 0]));
});
