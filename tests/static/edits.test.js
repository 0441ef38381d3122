import assert from "node:assert/strict";
import { test } from "node:test";

import { applyEdits, readEdit, sameTarget, withEdit, writeEdit } from "../../static/js/edits.js";
import { fixture } from "./fixtures.js";

/** @import { Edit } from "../../static/js/types.d.ts" */

const { graph, weights } = fixture("gru-stacked");
const read = (/** @type {string} */ text) => /** @type {Edit} */ (readEdit(text, graph, weights));

test("what is read is written again, short", () => {
  for (const [text, written] of [
    ["layers.0.W_hh[3,1]:0.5", null],
    ["layers.1.b_ih[8]:-2", null],
    ["scale:layers.1.W_ih:1.2", null],
    ["scale:readout.W:1.23456789", "scale:readout.W:1.2346"],
    ["force:layers.0.z:1", null],
    ["force:layers.1.h[2]:0", null],
    ["h0[2]:.4", "h0[2]:0.4"],
    ["layers.0.h0[2]:0.4", "h0[2]:0.4"],
    ["layers.1.h0[0]:1e-3", "layers.1.h0[0]:0.001"],
  ]) assert.equal(writeEdit(read(String(text))), written ?? text);
});

test("what this network does not have is no edit of it", () => {
  for (const text of ["", "nonsense", "layers.0.W_hh[99,0]:1", "layers.0.W_hh[0]:1", "layers.0.b_ih[0,1]:1", "layers.2.W_hh[0,0]:1", "scale:layers.0.W_hh[1]:2", "scale:nothing:2", "force:layers.0.f:1", "force:layers.0.h[3]:1", "force:layers.0.a_r.x:1", "c0[0]:1", "h0:1", "h0[0,0]:1", "h0[3]:1", "h0[0]:1e7", "h0[0]:x", "h0[0]:0x1", "h0[0]:"])
    assert.equal(readEdit(text, graph, weights), null, text);
});

test("one after the other, and nothing of the network that was", () => {
  const before = structuredClone(weights);
  const now = applyEdits(graph, weights, ["layers.0.W_hh[1,2]:0.5", "scale:layers.0.W_hh:2", "layers.0.W_hh[0,0]:7", "force:layers.0.z:1", "force:layers.0.z[1]:0", "force:layers.1.h[2]:0", "h0[2]:0.4", "h0[0]:1"].map(read));
  assert.deepEqual(weights, before);
  assert.equal(now.weights["layers.0.W_ih"], weights["layers.0.W_ih"], "what is not changed is shared");
  const W = /** @type {number[][]} */ (now.weights["layers.0.W_hh"]);
  assert.deepEqual([W[1][2], W[0][0], W[2][2]], [1, 7, 2 * before["layers.0.W_hh"][2][2]]);
  assert.deepEqual(now.forced, { "layers.0.z": [1, 0, 1], "layers.1.h": [null, null, 0] });
  assert.deepEqual(now.initial, { "layers.0.h": [1, 0, 0.4] });
});

test("an edit of the same takes the place of the one before, and one that changes nothing goes", () => {
  const [first, second] = ["scale:layers.0.W_hh:1.5", "h0[2]:0.4"].map(read);
  const both = withEdit(withEdit([], first, 1), second, 0);
  assert.deepEqual(both, [first, second]);
  const other = { ...first, value: 0.5 };
  assert.ok(sameTarget(first, other) && !sameTarget(first, second));
  assert.deepEqual(withEdit(both, other, 1), [other, second]);
  assert.deepEqual(withEdit(both, { ...first, value: 1 }, 1), [second]);
  assert.deepEqual(withEdit([], { ...first, value: 1 }, 1), []);
  assert.deepEqual(withEdit([], { ...second, value: 0 }), [{ ...second, value: 0 }], "a unit may be held at 0");
});
