// Which way what flows up takes: past the boxes that do not read it, each source in a lane of its own.

import { edgesInto, ownerOf } from "../graph.js";

/** @import { Graph } from "../types.d.ts" */

/**
 * @typedef {{ source: string, gap: number, lane: number, readers: string[] }} Lane
 *   gap: below the box of that number, the lowest being 0; readers: the layers above that still read the source
 */

/** @param {Graph} graph @returns {{ lanes: Lane[], count: number }} */
export function lanesOf(graph) {
  const sources = new Map([["x", 0], ...graph.layers.map((layer, k) => /** @type {[string, number]} */ ([`${layer.name}.${layer.output}`, k + 1]))]);
  const places = graph.layers.map((layer) => edgesInto(graph, `${layer.name}.x`).map((edge) => edge.from));
  /** @type {Lane[]} */
  const lanes = [];
  /** The gap from which each lane is free. @type {number[]} */
  const free = [];
  for (const [source, first] of sources) {
    const readers = places.flatMap((from, k) => (from.includes(source) ? [k] : []));
    if (!readers.length) continue;
    const last = readers[readers.length - 1];
    const found = free.findIndex((gap) => gap <= first);
    const lane = found < 0 ? free.length : found;
    free[lane] = last + 1;
    for (let gap = first; gap <= last; gap++) {
      lanes.push({ source, gap, lane, readers: readers.filter((k) => k >= gap).map((k) => graph.layers[k].name) });
    }
  }
  return { lanes, count: Math.max(1, free.length) };
}
