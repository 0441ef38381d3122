// What a picture needs to know of a cell, read from its graph. There is no word of RNN, LSTM or GRU here.

/** @import { Graph, GraphLayer, GraphNode, Values, Weights } from "./types.d.ts" */

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

/** The value that a node reads at step t, by its local name. @param {GraphLayer} layer @param {Values} values @param {string} name @param {number} t */
export function valueAt(layer, values, name, t) {
  if (name !== "x") return values[`${layer.name}.${name}`]?.[t] ?? null;
  const below = Number(layer.name.split(".")[1]) - 1;
  return below < 0 ? values.x[t] : values[`layers.${below}.${layer.output}`][t];
}

/**
 * How strongly each source (x, or a carried state) flows into the cell at step t: the norm of all its
 * products with the weights, over all gates. A state that is merely held flows with its own norm.
 * @param {GraphLayer} layer
 * @param {Weights} weights
 * @param {Values} values
 * @param {number} t
 * @returns {Record<string, number>}
 */
export function flows(layer, weights, values, t) {
  /** @type {Record<string, number>} */
  const squares = {};
  for (const node of layer.nodes) {
    const source = node.inputs[0];
    const outside = source === "x" || source.endsWith("_prev");
    if (!outside || (node.op !== "linear" && node.op !== "hold")) continue;
    const a = valueAt(layer, values, source, t);
    if (!a) continue;
    const flow = node.op === "hold" ? a : multiply(rowsOf(layer, weights, node.parameters[0]), a);
    squares[source] = (squares[source] ?? 0) + flow.reduce((sum, v) => sum + v * v, 0);
  }
  return Object.fromEntries(Object.entries(squares).map(([name, s]) => [name, Math.sqrt(s)]));
}

/** @param {number[][]} W @param {number[]} a */
const multiply = (W, a) => W.map((row) => row.reduce((sum, w, k) => sum + w * a[k], 0));

/**
 * What flows into one unit of a node at step t, as products w · value, the strongest first.
 * Follows the node down to the matrices it is made of.
 * @param {GraphLayer} layer
 * @param {Weights} weights
 * @param {Values} values
 * @param {{ node: string, index: number, t: number }} unit
 * @returns {{ source: string, index: number, weight: number, value: number, product: number }[]}
 */
export function incoming(layer, weights, values, { node, index, t }) {
  const byId = new Map(layer.nodes.map((n) => [n.id, n]));
  /** @type {Set<string>} */
  const visited = new Set();
  /** @type {{ source: string, index: number, weight: number, value: number, product: number }[]} */
  const terms = [];
  /** @param {string} id */
  const visit = (id) => {
    const here = byId.get(id);
    if (!here || visited.has(id)) return;
    visited.add(id);
    if (here.op !== "linear") return here.inputs.forEach(visit);
    const source = here.inputs[0];
    const a = valueAt(layer, values, source, t);
    const row = rowsOf(layer, weights, here.parameters[0])[index];
    a?.forEach((value, k) => terms.push({ source, index: k, weight: row[k], value, product: row[k] * value }));
  };
  visit(node);
  return terms.filter((term) => term.product !== 0).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
}

/**
 * An order of the output units in which neighbours mean similar things: by the angle that their
 * readout weights point to, when the classes are taken as equal steps around a circle.
 * @param {Graph} graph
 * @param {Weights} weights
 * @returns {number[]} unit numbers
 */
export function unitOrder(graph, weights) {
  const hidden = graph.layers[graph.layers.length - 1].hidden;
  const W = /** @type {number[][]} */ (weights["readout.W"]);
  const units = Array.from({ length: hidden }, (_, j) => j);
  if (!W) return units;
  const angles = units.map((j) => {
    let [x, y] = [0, 0];
    W.forEach((row, k) => {
      const angle = (2 * Math.PI * k) / W.length;
      x += row[j] * Math.cos(angle);
      y += row[j] * Math.sin(angle);
    });
    return Math.atan2(y, x);
  });
  return units.sort((a, b) => angles[a] - angles[b]);
}
