// A network, run here: the graph that the service sends, node by node in order of computation. There is no word of
// a cell in it. A drag is answered by these numbers in its own frame; those that count are the engine's, which follow.

import { carried, headMatrix, rowsOf, sizeOf } from "./cell.js";
import { edgesInto } from "./graph.js";
import { LEAVES, OPS } from "./ops.js";
import { softmax } from "./softmax.js";

/** @import { Graph, GraphLayer, Maybe, Values, Weights } from "./types.d.ts" */

/**
 * How it is run, by full names.
 * @typedef {{ memory?: boolean, initial?: Record<string, number[]>, forced?: Record<string, Maybe<number>[]> }} How
 *   memory: without it every carried state is zero at each step; initial: `layers.0.h` and its like, zeros where it
 *   is not given; forced: what units of a value take at every step, null where they are free
 */

/**
 * Every value that a trace of it has.
 * @param {Graph} graph @param {Weights} weights @param {number[][]} x a row a step @param {How} [how] @returns {Values}
 */
export function forward(graph, weights, x, how = {}) {
  /** @type {Values} */
  const values = { x };
  for (const layer of graph.layers) runLayer(graph, layer, weights, values, how);
  for (const { name, value } of graph.heads) values[value] = runHead(graph, weights, values, name, value);
  if (values.logits) values.probs = values.logits.map((row) => softmax(row));
  return values;
}

/** @param {Graph} graph @param {GraphLayer} layer @param {Weights} weights @param {Values} values where its own are put @param {How} how */
function runLayer(graph, layer, weights, values, { memory = true, initial = {}, forced = {} }) {
  const length = values.x.length;
  const input = edgesInto(graph, `${layer.name}.x`);
  const states = carried(layer);
  const nodes = nodesOf(layer, weights, forced);
  const kept = [...states.map(({ read }) => read), ...nodes.filter(({ role }) => role !== "term").map(({ id }) => id)];
  const rows = kept.map((name) => /** @type {const} */ ([name, (values[`${layer.name}.${name}`] = Array(length))]));
  const nothing = Object.fromEntries(states.map(({ state, read }) => [read, Array(widthOf(layer, state)).fill(0)]));
  /** @type {Record<string, ArrayLike<number>>} */
  let before = { ...nothing };
  if (memory) for (const { state, read } of states) before[read] = initial[`${layer.name}.${state}`] ?? before[read];
  const backwards = layer.direction === "reverse";
  for (let k = 0; k < length; k++) {
    const t = backwards ? length - 1 - k : k;
    const x = input.length === 1 ? values[input[0].from][t] : input.flatMap(({ from }) => [...values[from][t]]);
    const here = computed(nodes, { x, ...before });
    for (const [name, all] of rows) all[t] = here[name];
    before = memory ? Object.fromEntries(states.map(({ state, read }) => [read, here[state]])) : nothing;
  }
}

/** A layer's nodes with what they read of the weights, once for all steps. @param {GraphLayer} layer @param {Weights} weights @param {How["forced"]} [forced] */
export const nodesOf = (layer, weights, forced = {}) =>
  layer.nodes.map((node) => ({
    ...node,
    blocks: node.parameters.map((parameter) => rowsOf(layer, weights, parameter)),
    forced: forced[`${layer.name}.${node.id}`],
  }));

/** One step: what is there, and all that is made of it. @param {ReturnType<typeof nodesOf>} nodes @param {Record<string, any>} here */
export function computed(nodes, here) {
  for (const node of nodes) here[node.id] = valueOf(node, here);
  return here;
}

/** @param {GraphLayer} layer @param {string} state */
const widthOf = (layer, state) => sizeOf(layer, /** @type {any} */ (layer.nodes.find(({ id }) => id === state)));

/** One node at one step. @param {{ op: string, inputs: string[], blocks: any[], forced?: Maybe<number>[] }} node @param {Record<string, number[]>} here @returns {number[]} */
function valueOf({ op, inputs: [a, b], blocks, forced }, here) {
  const f = OPS[op];
  const value = f ? each(f, here[a], here[b] ?? here[a]) : LEAVES[op](here[a], blocks);
  return forced ? value.map((v, j) => forced[j] ?? v) : value;
}

/** @param {(a: number, b: number) => number} f @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function each(f, a, b) {
  const value = new Array(a.length);
  for (let j = 0; j < a.length; j++) value[j] = f(a[j], b[j]);
  return value;
}

/** What a head makes of what it reads: of every step, or of each direction's last. @param {Graph} graph @param {Weights} weights @param {Values} values @param {string} name @param {string} value */
function runHead(graph, weights, values, name, value) {
  const sources = edgesInto(graph, value).map(({ from }) => ({ rows: values[from], layer: graph.layers.find((layer) => from === `${layer.name}.${layer.output}`) }));
  const parameters = [weights[headMatrix(weights, name)], weights[`${name}.b`]];
  if (graph.read === "all") return values.x.map((_, t) => LEAVES.linear(sources.flatMap(({ rows }) => [...rows[t]]), parameters));
  const ends = sources.flatMap(({ rows, layer }) => [...(rows[layer?.direction === "reverse" ? 0 : rows.length - 1] ?? Array(layer?.hidden ?? 0).fill(0))]);
  return [LEAVES.linear(ends, parameters)];
}
