// Where a number comes from: what one unit of a node is made of, followed through the graph to its products.
// There is no word of a cell here: sums, products and bends are read from the nodes.

import { originsOf, rowsOf, valueAt } from "./cell.js";
import { BENDS, OPS } from "./ops.js";
import { total } from "./softmax.js";

/** @import { Graph, GraphLayer, GraphNode, Values, Weights } from "./types.d.ts" */

/**
 * A part of a sum. A term is weight × value × factor, factor being a gate that lies over the whole product, or 1;
 * a bias is weight × factor; a product is that of values of this unit.
 * @typedef {{ node: string, index: number, dt: number }} From a unit by its full name, dt steps away
 * @typedef {{
 *   kind: "term" | "bias" | "product", product: number, factor: number, over: string | null,
 *   weight: number, value: number, source: string, index: number, from: From | null,
 *   factors: { name: string, value: number }[],
 * }} Summand
 * @typedef {{ op: string, inner: string, sum: number, value: number, summands: Summand[] }} Explained
 *   op: what bends the sum, "" where nothing does; inner: the node that is the sum
 */

/**
 * @param {Graph} graph @param {GraphLayer} layer @param {Weights} weights @param {Values} values
 * @param {{ node: string, index: number, t: number }} unit node: its name in the layer
 * @returns {Explained}
 */
export function explain(graph, layer, weights, values, { node, index, t }) {
  const { byId, valueOf, summandsOf } = unitOf(graph, layer, weights, values, { index, t });
  const here = byId.get(node);
  const op = here && here.op in BENDS ? here.op : "";
  const inner = op && here ? here.inputs[0] : node;
  return { op, inner, sum: valueOf(inner), value: valueOf(node), summands: summandsOf(inner, 1, null) };
}

/**
 * One unit at one step: the value of any of its nodes, and what a sum of it is made of.
 * @param {Graph} graph @param {GraphLayer} layer @param {Weights} weights @param {Values} values
 * @param {{ index: number, t: number }} place
 */
export function unitOf(graph, layer, weights, values, { index, t }) {
  const byId = new Map(layer.nodes.map((n) => [n.id, n]));

  /** The value of a node or of what the layer reads; one without a name is worked out. @param {string} id @returns {number} */
  function valueOf(id) {
    const kept = values[`${layer.name}.${id}`]?.[t];
    if (kept) return kept[index];
    const here = byId.get(id);
    if (!here) return valueAt(graph, layer, values, id, t)?.[index] ?? 0;
    if (here.op === "linear") return total(summandsOf(id, 1, null).map(({ product }) => product));
    const [a, b] = here.inputs.map(valueOf);
    if (here.op === "diag") return rowsOf(layer, weights, here.parameters[0])[index] * a;
    return OPS[here.op](a, b);
  }

  /** @param {string} id @param {number} factor @param {string | null} over what the factor is @returns {Summand[]} */
  function summandsOf(id, factor, over) {
    const here = byId.get(id);
    if (here?.op === "linear") return linearOf(here, factor, over);
    if (here?.op === "add") return here.inputs.flatMap((input) => summandsOf(input, factor, over));
    if (here?.op === "mul") {
      const [a, b] = here.inputs;
      const sums = (/** @type {string} */ name) => byId.get(name)?.op === "linear";
      if (sums(b) && !over) return summandsOf(b, factor * valueOf(a), a);
      if (sums(a) && !over) return summandsOf(a, factor * valueOf(b), b);
      return [productOf([a, b], factor, over)];
    }
    return [productOf(here?.op === "hold" ? here.inputs : [id], factor, over)];
  }

  /** @param {GraphNode} here @param {number} factor @param {string | null} over @returns {Summand[]} */
  function linearOf(here, factor, over) {
    const source = here.inputs[0];
    const row = rowsOf(layer, weights, here.parameters[0])[index];
    const read = valueAt(graph, layer, values, source, t) ?? [];
    const origins = originsOf(graph, layer, source);
    const shared = { factor, over, source, factors: [] };
    const terms = [...read].map((value, k) => ({ ...shared, kind: /** @type {const} */ ("term"), weight: row[k], value, index: k, from: origins[k], product: row[k] * value * factor }));
    const bias = here.parameters[1] && rowsOf(layer, weights, here.parameters[1])[index];
    return bias === undefined ? terms : [...terms, { ...shared, kind: "bias", weight: bias, value: 1, index, from: null, product: bias * factor }];
  }

  /** What has no name is written out: (1 \u2212 z). @param {string} id @returns {string} */
  function nameOf(id) {
    const here = byId.get(id);
    if (here?.role !== "term") return id;
    return here.op === "complement" ? `(1 \u2212 ${nameOf(here.inputs[0])})` : `(${here.formula})`;
  }

  /** @param {string[]} ids @param {number} factor @param {string | null} over @returns {Summand} */
  function productOf(ids, factor, over) {
    const factors = ids.map((id) => ({ name: nameOf(id), value: valueOf(id) }));
    const product = factors.reduce((all, { value }) => all * value, factor);
    return { kind: "product", factor, over, factors, product, weight: 1, value: product, source: ids[0], index, from: null };
  }

  return { byId, valueOf, summandsOf };
}

/** The nodes of a layer that have a name, in order of computation: what can be asked where it comes from. @param {GraphLayer} layer */
export const namedNodes = (layer) => layer.nodes.filter((node) => node.role !== "term");
