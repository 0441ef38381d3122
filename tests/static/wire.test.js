// The bytes are the service's own: what is decoded has to be its JSON, number for number.

import assert from "node:assert/strict";
import { test } from "node:test";

import { argmax, entropy } from "../../static/js/ball.js";
import { flows } from "../../static/js/cell.js";
import { decode, numbersPerStep, turn } from "../../static/js/wire.js";
import { bytes, fixture } from "./fixtures.js";

const json = fixture("trace-arrays");
const LAYOUTS = ["arrays", "steps"];

/** Decimals say which float32 is meant. @param {number[][]} rows */
const float32 = (rows) => rows.map((row) => [...row].map(Math.fround));

for (const layout of LAYOUTS) {
  test(`${layout}: decoded bytes are the JSON answer, number for number`, () => {
    const { values, ...rest } = /** @type {any} */ (decode(bytes(`trace-${layout}`)));
    const { values: expected, ...others } = json;
    assert.deepEqual(rest, { ...others, layout });
    assert.deepEqual(Object.keys(values), Object.keys(expected));
    for (const [name, rows] of Object.entries(expected)) {
      assert.deepEqual(values[name].map((/** @type {Float32Array} */ row) => [...row]), float32(rows), name);
    }
  });

  test(`${layout}: rows are views of the bytes that came`, () => {
    const buffer = bytes(`trace-${layout}`);
    for (const row of Object.values(decode(buffer).values).flat()) {
      assert.ok(/** @type {unknown} */ (row) instanceof Float32Array);
      assert.equal(/** @type {any} */ (row).buffer, buffer);
    }
  });
}

test("a view may do with a row what it does with an array", () => {
  const { values } = decode(bytes("trace-arrays"));
  const { graph, weights } = fixture("ball-rnn");
  const [row, same] = [values.probs[3], float32(json.values.probs)[3]];
  assert.deepEqual(row.map((p, k) => ({ p, k })), same.map((p, k) => ({ p, k })));
  assert.deepEqual([argmax(row), entropy(row)], [argmax(same), entropy(same)]);
  const exact = Object.fromEntries(Object.entries(json.values).map(([name, rows]) => [name, float32(/** @type {any} */ (rows))]));
  assert.deepEqual(flows(graph, graph.layers[0], weights, values, 3), flows(graph, graph.layers[0], weights, exact, 3));
});

for (const name of ["ball-rnn", "ball-gru", "ball-window-4", "lstm-small", "lstm-both-ways", "rnn-both-ways"]) {
  test(`${name}: the graph says how many numbers a step has`, () => {
    const { graph, values, steps } = fixture(name);
    const count = Object.values(values).reduce((sum, rows) => sum + rows[steps[0]].length, 0);
    assert.equal(numbersPerStep(graph), count);
  });
}

test("a big-endian machine gets the numbers that were sent", () => {
  const buffer = bytes("trace-arrays");
  const start = 4 + new DataView(buffer).getUint32(0, true);
  const sent = new DataView(buffer.slice(start));
  turn(buffer, start);
  const there = new DataView(buffer, start);
  for (let at = 0; at < sent.byteLength; at += 4) assert.equal(there.getFloat32(at, false), sent.getFloat32(at, true));
});

test("what breaks off in the middle is refused", () => {
  for (const length of [3, 100, 2000]) assert.throws(() => decode(bytes("trace-arrays").slice(0, length)), String(length));
});
