// Every number of every cell is the sum, the product or the bend that it is said to be: against the engine's own.

import assert from "node:assert/strict";
import { test } from "node:test";

import { explain, namedNodes } from "../../static/js/explain.js";
import { BENDS } from "../../static/js/ops.js";
import { valueAt } from "../../static/js/cell.js";
import { fixture, near } from "./fixtures.js";

/** @import { GraphLayer } from "../../static/js/types.d.ts" */

const NAMES = ["ball-rnn", "ball-gru", "ball-window-4", "lstm-small", "gru-stacked", "lstm-both-ways", "rnn-both-ways", "bag-small", "rnn-relu-small", "memoryless-small"];
const layers = NAMES.flatMap((name) => {
  const { graph, ...rest } = fixture(name);
  return graph.layers.map((/** @type {GraphLayer} */ layer) => ({ name: `${name} ${layer.name}`, graph, layer, ...rest }));
});

for (const { name, graph, layer, weights, values, steps } of layers) {
  test(`${name}: what every unit of every node is made of adds up to the engine's value`, () => {
    assert.ok(namedNodes(layer).length);
    for (const node of namedNodes(layer)) {
      const full = `${layer.name}.${node.id}`;
      for (const t of steps) {
        values[full][t].forEach((/** @type {number} */ expected, /** @type {number} */ index) => {
          const found = explain(graph, layer, weights, values, { node: node.id, index, t });
          const where = `${full}[${index}] at ${t}`;
          near(found.value, expected, 1e-6, where);
          const sum = found.summands.reduce((all, { product }) => all + product, 0);
          near(sum, found.sum, 2e-5 * Math.max(1, Math.abs(found.sum)), where);
          near(found.op ? BENDS[found.op].f(sum) : sum, expected, 2e-5 * Math.max(1, Math.abs(expected)), where);
        });
      }
    }
  });

  test(`${name}: a term is weight times value times what lies over it, and comes from a unit that has that value`, () => {
    for (const node of namedNodes(layer)) {
      const t = steps[steps.length - 1];
      for (const summand of explain(graph, layer, weights, values, { node: node.id, index: 0, t }).summands) {
        if (summand.kind === "term") {
          assert.equal(summand.product, summand.weight * summand.value * summand.factor);
          assert.equal(summand.value, valueAt(graph, layer, values, summand.source, t)?.[summand.index]);
          const from = /** @type {import("../../static/js/explain.js").From} */ (summand.from);
          const there = values[from.node]?.[t + from.dt];
          if (there) near(there[from.index], summand.value, 1e-6, `${from.node}[${from.index}]`);
        } else if (summand.kind === "product") {
          assert.equal(summand.product, summand.factors.reduce((all, { value }) => all * value, summand.factor));
        }
        assert.ok(!(summand.factor !== 1 && !summand.over));
      }
    }
  });
}

test("what a gate lies over is expanded: the reset gate over the candidate's memory", () => {
  const { graph, weights, values, steps } = fixture("ball-gru");
  const { summands } = explain(graph, graph.layers[0], weights, values, { node: "n", index: 3, t: steps[1] });
  const over = summands.filter((one) => one.over === "r");
  assert.equal(over.length, graph.layers[0].hidden + 1);
  assert.ok(over.every(({ factor }) => factor === values["layers.0.r"][steps[1]][3]));
});
