// What a picture needs to know of a cell, read from its graph. There is no word of RNN, LSTM or GRU here.

import { edgesInto, edgesToHeads, localOf, ownerOf } from "./graph.js";

/** @import { Graph, GraphLayer, GraphNode, Values, Weights } from "./types.d.ts" */

/**
 * What flows into a unit. index: its place in what the layer reads as `source`; from: the unit that it comes
 * from, by full name, dt steps away.
 * @typedef {{
 *   source: string, index: number, weight: number, value: number, product: number,
 *   from: { node: string, index: number, dt: number },
 * }} Term
 */

/** The nodes that a column shows: gates and states, the output last, in order of computation. @param {GraphLayer} layer */
export function shownNodes(layer) {
  const shown = layer.nodes.filter((node) => node.role === "gate" || node.role === "state");
  return [...shown.filter((node) => node.id !== layer.output), ...shown.filter((node) => node.id === layer.output)];
}

/** @param {GraphLayer} layer @param {GraphNode} node */
export const sizeOf = (layer, node) => (node.size === "I" ? layer.inputs : layer.hidden);

/** What a layer hands to the next step: its "state", "held" inputs, or "none". @param {GraphLayer} layer */
export const memoryKind = (layer) => (!layer.states.length ? "none" : layer.states.includes(layer.output) ? "state" : "held");

/** The states of a layer that are carried on to the next step. @param {GraphLayer} layer */
export const carried = (layer) => layer.states.map((state) => ({ state, read: `${state}_prev` }));

/**
 * The rows of a stacked parameter that a node reads.
 * @param {GraphLayer} layer
 * @param {Weights} weights
 * @param {[string, string | null]} parameter
 * @returns {any[]}
 */
export function rowsOf(layer, weights, [name, gate]) {
  const all = /** @type {any[]} */ (weights[`${layer.name}.${name}`]);
  const block = layer.rows[name].indexOf(gate);
  const height = all.length / layer.rows[name].length;
  return all.slice(block * height, (block + 1) * height);
}

/**
 * The first bias of the sum that a node bends, and its row for a unit; null where it has none of its own: a state that
 * gates mix adds up what has biases already.
 * @param {GraphLayer} layer @param {Weights} weights @param {string} id of the node @param {number} unit
 */
export function biasOf(layer, weights, id, unit) {
  const nodes = Object.fromEntries(layer.nodes.map((node) => [node.id, node]));
  const todo = [...(nodes[id]?.inputs ?? [])];
  for (let at = todo.shift(); at; at = todo.shift()) {
    const node = nodes[at];
    if (!node || !["term", "preactivation"].includes(node.role)) continue;
    for (const [name, gate] of node.parameters) {
      const all = /** @type {any} */ (weights[`${layer.name}.${name}`]);
      if (typeof all[0] === "number" && layer.rows[name]) return { name: `${layer.name}.${name}`, row: layer.rows[name].indexOf(gate) * (all.length / layer.rows[name].length) + unit };
    }
    todo.push(...node.inputs);
  }
  return null;
}

/**
 * The pieces that a layer reads as `name`, in their order, each with its place among them.
 * @param {Graph} graph
 * @param {GraphLayer} layer
 * @param {string} name `x`, or a carried state: `h_prev`
 */
function piecesOf(graph, layer, name) {
  let start = 0;
  return edgesInto(graph, `${layer.name}.${name}`).map(({ from, dt }) => {
    const owner = graph.layers.find((other) => other.name === ownerOf(from));
    const node = owner?.nodes.find((n) => n.id === localOf(from));
    const piece = { from, dt, start, end: start + (owner && node ? sizeOf(owner, node) : layer.inputs) };
    start = piece.end;
    return piece;
  });
}

/** The unit that each number of what a layer reads as `name` comes from. @param {Graph} graph @param {GraphLayer} layer @param {string} name @returns {Term["from"][]} */
export const originsOf = (graph, layer, name) => piecesOf(graph, layer, name).flatMap(({ from, dt, start, end }) => Array.from({ length: end - start }, (_, index) => ({ node: from, index, dt })));

/**
 * The value that a layer reads at step t, by its local name; `x` is all that its edges bring, end to end.
 * @param {Graph} graph
 * @param {GraphLayer} layer
 * @param {Values} values
 * @param {string} name
 * @param {number} t
 * @returns {number[] | null}
 */
export function valueAt(graph, layer, values, name, t) {
  if (name !== "x") return values[`${layer.name}.${name}`]?.[t] ?? null;
  return edgesInto(graph, `${layer.name}.x`).flatMap(({ from }) => [...values[from][t]]);
}

/**
 * How strongly each source flows into a layer at step t: the norm of all its products with the weights, over
 * all gates. Sources are what the edges to `x` bring, by full name, and the carried states, by their local one.
 * A state that is merely held flows with its own norm.
 * @param {Graph} graph
 * @param {GraphLayer} layer
 * @param {Weights} weights
 * @param {Values} values
 * @param {number} t
 * @returns {Record<string, number>}
 */
export function flows(graph, layer, weights, values, t) {
  /** @type {Record<string, number>} */
  const squares = {};
  for (const node of layer.nodes) {
    const read = node.inputs[0];
    const outside = read === "x" || read.endsWith("_prev");
    if (!outside || (node.op !== "linear" && node.op !== "hold")) continue;
    const a = valueAt(graph, layer, values, read, t);
    if (!a) continue;
    for (const { from, start, end } of piecesOf(graph, layer, read)) {
      const source = read === "x" ? from : read;
      const part = a.slice(start, end);
      const flow = node.op === "hold" ? part : multiply(rowsOf(layer, weights, node.parameters[0]), part, start);
      squares[source] = (squares[source] ?? 0) + flow.reduce((sum, v) => sum + v * v, 0);
    }
  }
  return Object.fromEntries(Object.entries(squares).map(([name, s]) => [name, Math.sqrt(s)]));
}

/** The full name of a head's matrix: tied, it is that of the embedding. @param {Weights} weights @param {string} head */
export const headMatrix = (weights, head) => (weights[`${head}.W`] ? `${head}.W` : "embedding.W");

/**
 * How strongly each layer flows into what the heads say at step t, as `flows` has it for a layer.
 * @param {Graph} graph
 * @param {Weights} weights
 * @param {Values} values
 * @param {number} t
 * @returns {Record<string, Record<string, number>>} by what is said, and by the source's full name
 */
export function flowsToHeads(graph, weights, values, t) {
  return Object.fromEntries(
    graph.heads.map(({ name, value }) => {
      const W = /** @type {number[][]} */ (weights[headMatrix(weights, name)]);
      let start = 0;
      const found = edgesInto(graph, value).map(({ from }) => {
        const flow = Math.hypot(...multiply(W, values[from][t], start));
        start += values[from][t].length;
        return [from, flow];
      });
      return [value, Object.fromEntries(found)];
    }),
  );
}

/** The columns of a matrix from `start` on, times a. @param {number[][]} W @param {number[]} a @param {number} start */
const multiply = (W, a, start) => W.map((row) => a.reduce((sum, v, k) => sum + row[start + k] * v, 0));

/** What a layer makes of its input before anything else: for each a node, and what it goes into. @param {GraphLayer} layer */
export const inputTerms = (layer) =>
  layer.nodes.filter((node) => node.op === "linear" && node.inputs[0] === "x").map((node) => ({ node, into: node.parameters[0][1] ?? layer.output }));

/**
 * How far the input at step t pushes each unit: W x without the bias. A layer that has no weights for its input
 * takes it as it is.
 * @param {Graph} graph @param {GraphLayer} layer @param {Weights} weights @param {Values} values @param {number} t
 * @param {GraphNode} [node] one of its inputTerms
 * @returns {number[]}
 */
export function push(graph, layer, weights, values, t, node) {
  const x = /** @type {number[]} */ (valueAt(graph, layer, values, "x", t));
  return node ? multiply(rowsOf(layer, weights, node.parameters[0]), x, 0) : x;
}

/**
 * What flows into one unit of a node at step t, as products w · value, the strongest first.
 * Follows the node down to the matrices it is made of.
 * @param {Graph} graph
 * @param {GraphLayer} layer
 * @param {Weights} weights
 * @param {Values} values
 * @param {{ node: string, index: number, t: number }} unit
 * @returns {Term[]}
 */
export function incoming(graph, layer, weights, values, { node, index, t }) {
  const byId = new Map(layer.nodes.map((n) => [n.id, n]));
  /** @type {Set<string>} */
  const visited = new Set();
  /** @type {Term[]} */
  const terms = [];
  /** @param {string} id */
  const visit = (id) => {
    const here = byId.get(id);
    if (!here || visited.has(id)) return;
    visited.add(id);
    if (here.op !== "linear") return here.inputs.forEach(visit);
    const source = here.inputs[0];
    const a = valueAt(graph, layer, values, source, t);
    const row = rowsOf(layer, weights, here.parameters[0])[index];
    const origins = originsOf(graph, layer, source);
    a?.forEach((value, k) => terms.push({ source, index: k, weight: row[k], value, product: row[k] * value, from: origins[k] }));
  };
  visit(node);
  return terms.filter((term) => term.product !== 0).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
}

/**
 * For each layer, an order of its units in which neighbours mean similar things: by the angle that their
 * readout weights point to, when the classes are taken as equal steps around a circle. Units that the readout
 * does not read keep theirs.
 * @param {Graph} graph
 * @param {Weights} weights
 * @returns {Record<string, number[]>} unit numbers, by the layer's name
 */
export function unitOrders(graph, weights) {
  const W = /** @type {number[][] | undefined} */ (weights["readout.W"]);
  const read = edgesToHeads(graph).filter((edge) => edge.to === "logits").map((edge) => ownerOf(edge.from));
  let start = 0;
  /** @type {Record<string, number[]>} */
  const orders = {};
  for (const { name, hidden } of graph.layers) {
    const units = Array.from({ length: hidden }, (_, j) => j);
    orders[name] = units;
    if (!W || !read.includes(name)) continue;
    const angles = units.map((j) => angleOf(W.map((row) => row[start + j])));
    units.sort((a, b) => angles[a] - angles[b]);
    start += hidden;
  }
  return orders;
}

/** Where weights around a circle point to. @param {number[]} weights */
function angleOf(weights) {
  let [x, y] = [0, 0];
  weights.forEach((w, k) => {
    const angle = (2 * Math.PI * k) / weights.length;
    x += w * Math.cos(angle);
    y += w * Math.sin(angle);
  });
  return Math.atan2(y, x);
}
