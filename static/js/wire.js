// A trace as bytes: a JSON header and raw float32, as the API's documentation describes them.

import { sizeOf } from "./cell.js";

/** @import { Graph, Trace } from "./types.d.ts" */

export const BINARY = "application/vnd.unrolled.trace+binary";

/** From so many numbers on, bytes are quicker than JSON, to send and to read. */
export const LARGE = 5_000;

const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * One time step of a value: a view of the bytes that came, read as an array is. A Float32Array's own map
 * makes numbers of whatever it is given; this one returns an array, so that a view need not know the difference.
 */
class Row extends Float32Array {
  /** @template U @param {(value: number, k: number) => U} make @returns {U[]} */
  // @ts-expect-error: not what a Float32Array promises, which is the point
  map(make) {
    return Array.from(this, make);
  }
}

/** Nothing is copied: the rows lie in the buffer. @param {ArrayBuffer} buffer @returns {Trace} */
export function decode(buffer) {
  const start = 4 + new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, start - 4)));
  if (!LITTLE) turn(buffer, start);
  /** @type {Record<string, Row[]>} */
  const values = {};
  for (const [name, { offset, stride, size }] of Object.entries(header.values)) {
    values[name] = [];
    for (let t = 0; t < header.length; t++) values[name].push(new Row(buffer, start + 4 * (offset + t * stride), size));
  }
  return { ...header, values: /** @type {any} */ (values) };
}

/** From the wire's order of bytes into that of a big-endian machine. @param {ArrayBuffer} buffer @param {number} start */
export function turn(buffer, start) {
  const view = new DataView(buffer, start);
  for (let at = 0; at < view.byteLength; at += 4) view.setUint32(at, view.getUint32(at, true));
}

/** How many numbers one time step of a network's trace is. @param {Graph} graph */
export function numbersPerStep({ layers, heads }) {
  let count = layers[0].inputs;
  for (const layer of layers) {
    const kept = layer.nodes.filter((node) => node.role !== "term");
    const carried = layer.nodes.filter((node) => layer.states.includes(node.id));
    for (const node of [...kept, ...carried]) count += sizeOf(layer, node);
  }
  for (const { value, size } of heads) count += value === "logits" ? 2 * size : size; // as many probs
  return count;
}
