// node tests/static/forward_time.js: how long a network runs in JavaScript, for a drag to be answered in its frame.
//
// The shipped ball-gru (32 units) over 16 steps, with the work of an edit before it. An absolute
// time: no test asks for it.

import os from "node:os";

import { applyEdits, readEdit } from "../../static/js/edits.js";
import { forward } from "../../static/js/forward.js";
import { fixture } from "./fixtures.js";

const { graph, weights } = fixture("ball-gru");
const x = Array.from({ length: 16 }, (_, t) => [Math.sin(t), Math.cos(t), 1]);
const plain = forward(graph, weights, x);

/** @param {number} k */
function once(k) {
  const edit = readEdit(`scale:layers.0.W_hh:${1 + k / 1000}`, graph, weights);
  const { weights: now, initial, forced } = applyEdits(graph, weights, edit ? [edit] : []);
  return forward(graph, now, x, { initial, forced }).logits[15][0] - plain.logits[15][0];
}

/** @type {number[]} */
const times = [];
let sum = 0;
for (let k = 0; k < 600; k++) {
  const start = performance.now();
  sum += once(k);
  if (k >= 100) times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
const at = (/** @type {number} */ share) => times[Math.floor(share * (times.length - 1))].toFixed(2);
console.log(`${os.cpus()[0].model}, ${os.cpus().length} cores, load ${os.loadavg()[0].toFixed(2)}`);
console.log(`ball-gru, 16 steps, ${times.length} runs with another edit each: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms (checksum ${sum.toFixed(3)})`);
