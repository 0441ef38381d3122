// node tests/static/decode_time.js: how long the page needs to read a large trace from its bytes.
//
// The trace is shaped as that of an LSTM with H = 128 over T = 200 time steps. Its numbers are random, for what
// they are makes no difference to how long it takes.

import { loadavg } from "node:os";

import { decode } from "../../static/js/wire.js";

const [T, H, ROUNDS] = [200, 128, 301];
const CELL = ["h_prev", "c_prev", "a_i", "i", "a_f", "f", "a_g", "g", "a_o", "o", "keep", "write", "c", "h"];
const SIZES = [["x", 3], ...CELL.map((name) => [`layers.0.${name}`, H]), ["logits", 8], ["probs", 8], ["displacement", 2]];

/** @param {"arrays" | "steps"} layout @returns {ArrayBuffer} */
function made(layout) {
  const perStep = SIZES.reduce((sum, [, size]) => sum + Number(size), 0);
  let before = 0;
  /** @type {Record<string, object>} */
  const values = {};
  for (const [name, size] of SIZES) {
    values[name] = layout === "steps" ? { offset: before, stride: perStep, size } : { offset: before * T, stride: size, size };
    before += Number(size);
  }
  const points = Array.from({ length: T }, () => [0.1234, 0.5678]);
  let header = JSON.stringify({ model: "m", task: "ball", input: { points }, length: T, layout, values });
  header = header.padEnd(4 * Math.ceil(header.length / 4));
  const bytes = new Uint8Array(4 + header.length + 4 * T * perStep);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(new TextEncoder().encode(header), 4);
  new Float32Array(bytes.buffer, 4 + header.length).forEach((_, k, numbers) => (numbers[k] = Math.random()));
  return bytes.buffer;
}

for (const layout of /** @type {const} */ (["arrays", "steps"])) {
  const buffer = made(layout);
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    decode(buffer);
    return performance.now() - start;
  });
  const [first] = times;
  times.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => times[Math.floor(share * (ROUNDS - 1))].toFixed(3);
  const count = Object.values(decode(buffer).values).flat().reduce((sum, row) => sum + row.length, 0);
  console.log(`${layout}: ${count} numbers in ${at(0.5)} ms (quartiles ${at(0.25)}-${at(0.75)}, the first ${first.toFixed(3)})`);
}
console.log(`load average ${loadavg()[0].toFixed(2)}, Node.js ${process.version}`);
