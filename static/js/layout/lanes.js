// Which way what flows up takes: past the boxes that do not read it, each source in a lane of its own.

import { edgesInto, edgesToHeads } from "../graph.js";

/** @import { Graph } from "../types.d.ts" */

/**
 * @typedef {{ source: string, gap: number, lane: number, readers: string[] }} Lane
 *   gap: below the cell of that number, the lowest being 0; readers: the layers above that still read the
 *   source, and what the heads say, by full name
 */

/**
 * To the heads there are lanes where they read more than the cell right below them.
 * @param {Graph} graph
 * @returns {{ lanes: Lane[], count: number }}
 */
export function lanesOf(graph) {
  const { layers } = graph;
  const sources = ["x", ...layers.map((layer) => `${layer.name}.${layer.output}`)]; // each enters the gap of its number
  const read = layers.map((layer, gap) => ({ name: layer.name, gap, from: edgesInto(graph, `${layer.name}.x`).map((edge) => edge.from) }));
  const reading = [...read, ...readByHeads(graph)];
  /** @type {Lane[]} */
  const lanes = [];
  /** The gap from which each lane is free. @type {number[]} */
  const free = [];
  sources.forEach((source, first) => {
    const readers = reading.filter(({ from }) => from.includes(source));
    if (!readers.length) return;
    const last = Math.max(...readers.map(({ gap }) => gap));
    const found = free.findIndex((gap) => gap <= first);
    const lane = found < 0 ? free.length : found;
    free[lane] = last + 1;
    for (let gap = first; gap <= last; gap++) {
      lanes.push({ source, gap, lane, readers: readers.filter((reader) => reader.gap >= gap).map(({ name }) => name) });
    }
  });
  return { lanes, count: Math.max(1, free.length) };
}

/** @param {Graph} graph */
function readByHeads(graph) {
  const edges = edgesToHeads(graph);
  const names = new Set(edges.map((edge) => edge.to));
  const all = [...names].map((name) => ({ name, gap: graph.layers.length, from: edges.filter((edge) => edge.to === name).map((edge) => edge.from) }));
  return all.filter(({ from }) => from.length > 1);
}
