// The weights of a network: each is one number, and every step uses the same.

import { headMatrix, originsOf, valueAt } from "./cell.js";
import { edgesInto } from "./graph.js";

/** @import { Graph, GraphLayer, Maybe, Trace, Weights } from "./types.d.ts" */
/** @import { Term } from "./cell.js" */

/**
 * @typedef {{
 *   name: string, gate: Maybe<string>, layer: Maybe<GraphLayer>, source: string, into: string, first: number, rows: number, columns: number,
 * }} Matrix
 *   the rows of a parameter that one gate reads, or a head; name: the parameter's full name; source: what is multiplied, by the
 *   layer's name for it; into: the full name of what a column shows of it; first: its first row in the parameter
 * @typedef {{ matrix: Matrix, row: number, column: number, weight: number }} Weight row: within the matrix
 * @typedef {{ t: number, value: number, product: number }} Use t: the step, from 0
 */

/** All matrices of a network, in order of computation. @param {Graph} graph @param {Weights} weights @returns {Matrix[]} */
export function matricesOf(graph, weights) {
  const ofLayers = graph.layers.flatMap((layer) =>
    layer.nodes.flatMap((node) => {
      if (node.op !== "linear") return [];
      const [[name, gate]] = node.parameters;
      const full = `${layer.name}.${name}`;
      const all = /** @type {number[][]} */ (weights[full]);
      const rows = all.length / layer.rows[name].length;
      const first = layer.rows[name].indexOf(gate) * rows;
      return [{ name: full, gate, layer, source: node.inputs[0], into: `${layer.name}.${gate ?? layer.output}`, first, rows, columns: all[0].length }];
    }),
  );
  const ofHeads = graph.heads
    .filter(({ value }) => value === "logits")
    .map(({ name, value, size }) => {
      const full = headMatrix(weights, name);
      return { name: full, gate: null, layer: null, source: value, into: value, first: 0, rows: size, columns: /** @type {number[][]} */ (weights[full])[0].length };
    });
  return [...ofLayers, ...ofHeads];
}

/** `W_hh`; a head's with its name: `readout.W`. @param {Matrix} matrix */
export const parameterOf = ({ name, layer }) => (layer ? name.slice(layer.name.length + 1) : name);

/** `layers.0.W_hh.35.7`: where a weight stands in the answer of the service. @param {Omit<Weight, "weight">} weight */
export const idOf = ({ matrix, row, column }) => `${matrix.name}.${matrix.first + row}.${column}`;

/** @param {Matrix[]} matrices @param {Weights} weights @param {Maybe<string>} id @returns {Maybe<Weight>} null where there is none of that name */
export function weightOf(matrices, weights, id) {
  const [, name, row, column] = /^(.+)\.(\d+)\.(\d+)$/.exec(id ?? "") ?? [];
  const matrix = matrices.find((one) => one.name === name && Number(row) >= one.first && Number(row) < one.first + one.rows);
  if (!matrix || Number(column) >= matrix.columns) return null;
  return { matrix, row: Number(row) - matrix.first, column: Number(column), weight: /** @type {number[][]} */ (weights[name])[Number(row)][Number(column)] };
}

/** The unit that a weight is multiplied with. @param {Graph} graph @param {Trace["values"]} values @param {Weight} weight @returns {Term["from"]} */
export function originOf(graph, values, { matrix: { layer, source }, column }) {
  const own = { node: `${layer?.name}.${source}`, index: column, dt: 0 };
  const read = layer ? originsOf(graph, layer, source) : edgesInto(graph, source).flatMap(({ from, dt }) => values[from][0].map((_, index) => ({ node: from, index, dt })));
  return read[column] ?? own;
}

/** What a weight is multiplied with, step by step. @param {Graph} graph @param {Pick<Trace, "length" | "values">} trace @param {Weight} weight @returns {Use[]} */
export function usesOf(graph, { length, values }, { matrix: { layer, source }, column, weight }) {
  const steps = layer || graph.read === "all" ? Array.from({ length }, (_, t) => t) : [length - 1];
  const read = (/** @type {number} */ t) => (layer ? valueAt(graph, layer, values, source, t) : edgesInto(graph, source).flatMap(({ from }) => [...values[from][t]]));
  return steps.map((t) => {
    const value = read(t)?.[column] ?? 0;
    return { t, value, product: weight * value };
  });
}

/**
 * Whether a matrix is of what flows in a ribbon of the diagram.
 * @param {Graph} graph @param {Matrix} matrix
 * @param {{ layer?: string, state?: string, source?: string, readers?: string, head?: string }} ribbon of what is carried: its
 *   layer and state; what is said: its head; else its source by full name, and what reads it
 */
export function flowsIn(graph, { layer, source }, ribbon) {
  if (ribbon.head) return !layer && source === ribbon.head;
  if (ribbon.state) return layer?.name === ribbon.layer && source === `${ribbon.state}_prev`;
  const [reader, read] = layer ? [layer.name, `${layer.name}.${source}`] : [source, source];
  return (ribbon.readers ?? "").split(" ").includes(reader) && edgesInto(graph, read).some(({ from, dt }) => from === ribbon.source && !dt);
}
