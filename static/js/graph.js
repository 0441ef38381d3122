// How the parts of a network hang together, read from the edges of its graph.

/** @import { Graph, GraphLayer } from "./types.d.ts" */

/** `layers.0.reverse.h` -> `layers.0.reverse`; nothing for what belongs to no layer. @param {string} full */
export const ownerOf = (full) => full.slice(0, Math.max(0, full.lastIndexOf(".")));

/** `layers.0.reverse.h` -> `h`. @param {string} full */
export const localOf = (full) => full.slice(full.lastIndexOf(".") + 1);

/** What is read as `to`, in the order in which it stands there. @param {Graph} graph @param {string} to */
export const edgesInto = (graph, to) => graph.edges.filter((edge) => edge.to === to);

/** @param {Graph} graph @param {string} full @returns {GraphLayer | undefined} */
export const layerOf = (graph, full) => graph.layers.find((layer) => layer.name === ownerOf(full));

/** The edges to what reads the layers: the heads. @param {Graph} graph */
export const edgesToHeads = (graph) => graph.edges.filter((edge) => !layerOf(graph, edge.to));

/**
 * +1 where a layer runs from the first step to the last, −1 where it runs back. What hands nothing on could
 * run either way, and runs forwards.
 * @param {Graph} graph
 * @param {GraphLayer} layer
 */
export const wayOf = (graph, layer) =>
  graph.edges.some((edge) => ownerOf(edge.to) === layer.name && edge.dt > 0) ? -1 : 1;
