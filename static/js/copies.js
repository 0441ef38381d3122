// A run of one tanh layer as copies of one network, a copy a word: what each sums, what comes of it, and what it says.

import { incoming, rowsOf } from "./cell.js";
import { brief, fill, signed } from "./ink.js";
import { walk } from "./neuron.js";
import { total } from "./softmax.js";

/** @import { Model, Trace, Weights } from "./types.d.ts" */
/** @import { Neurons } from "./neuron.js" */

/**
 * @typedef {{ name: string, of: string, value: number }} Line a term of a sum, and what it is made of
 * @typedef {{
 *   word: string, lines: Line[], a: number, h: number, states: number[],
 *   out: { lines: Line[], z: number } | null, answers: { name: string, p: number }[],
 * }} Copy
 *   lines: of the unit that is looked at, adding up to a; states: of all units
 */

const STRONGEST = 3;
const DIGITS = 4;

/** @param {number} w @param {number} value */
const product = (w, value) => `${signed(w)} \u00d7 ${signed(value, DIGITS)}`;

/** @param {Neurons} neurons of one unit @param {string[]} tokens @param {any} words @returns {Copy[]} */
export const copiesByHand = (neurons, tokens, words) =>
  walk(neurons, tokens).map(({ word, push, before, a, h, z, p }) => ({
    word,
    lines: [
      { name: `w_x[${brief(word, 16)}]`, of: "\u00d7 1", value: push[0] },
      { name: "w_hh h", of: product(neurons.W_hh[0][0], before[0]), value: neurons.W_hh[0][0] * before[0] },
      { name: "b_h", of: "", value: neurons.b_h[0] },
    ],
    a: a[0],
    h: h[0],
    states: h,
    out: { lines: [{ name: "w_hy h", of: product(neurons.w_hy[0], h[0]), value: neurons.w_hy[0] * h[0] }, { name: "b_y", of: "", value: neurons.b_y }], z },
    answers: [{ name: words.review.feelings.positive, p }],
  }));

/**
 * Of a trained network with one layer of tanh units.
 * @param {{ trace: Trace, model: Model, weights: Weights }} run @param {number} unit @param {any} words @returns {Copy[]}
 */
export function copiesOf({ trace, model, weights }, unit, words) {
  const { graph } = model;
  const [layer] = graph.layers;
  const sum = layer.nodes.find((node) => node.role === "preactivation");
  const bias = layer.nodes.filter((node) => node.op === "linear").reduce((all, node) => all + rowsOf(layer, weights, node.parameters[1])[unit], 0);
  return trace.input.tokens.map((word, t) => {
    const terms = incoming(graph, layer, weights, trace.values, { node: layer.output, index: unit, t });
    const sumOf = (/** @type {typeof terms} */ some) => total(some.map(({ product: v }) => v));
    const pushed = terms.filter(({ source }) => source === "x");
    const remembered = terms.filter(({ source }) => source !== "x");
    const rest = remembered.slice(STRONGEST);
    const states = [...trace.values[`${layer.name}.${layer.output}`][t]];
    return {
      word,
      lines: [
        { name: `W_ih x[${brief(word, 16)}]`, of: fill(words.learn.reading.products, { count: layer.inputs }), value: sumOf(pushed) },
        ...(remembered.length ? [] : [{ name: "W_hh h", of: words.learn.reading.nothing, value: 0 }]),
        ...remembered.slice(0, STRONGEST).map(({ index, weight, value, product: v }) => ({ name: `w_hh h[${index}]`, of: product(weight, value), value: v })),
        ...(rest.length ? [{ name: fill(words.learn.reading.rest, { count: rest.length }), of: "", value: sumOf(rest) }] : []),
        { name: "b_h", of: "", value: bias },
      ],
      a: trace.values[`${layer.name}.${sum?.id}`][t][unit],
      h: states[unit],
      states,
      out: null,
      answers: trace.outputs.map((name, k) => ({ name: words.review.feelings[name], p: trace.values.probs[t][k] })),
    };
  });
}
