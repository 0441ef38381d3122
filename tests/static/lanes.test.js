import assert from "node:assert/strict";
import { test } from "node:test";

import { flowsToHeads } from "../../static/js/cell.js";
import { lanesOf } from "../../static/js/layout/lanes.js";
import { fixture, near } from "./fixtures.js";

const NAMES = ["ball-rnn", "ball-gru", "ball-window-4", "lstm-small", "gru-stacked", "lstm-both-ways", "rnn-both-ways"];
const graphs = NAMES.map((name) => ({ name, ...fixture(name) }));

for (const { name, graph } of graphs) {
  test(`${name}: what a layer reads arrives in the gap right below it`, () => {
    const { lanes } = lanesOf(graph);
    graph.layers.forEach((/** @type {any} */ layer, /** @type {number} */ gap) => {
      const arriving = lanes.filter((lane) => lane.gap === gap && lane.readers.includes(layer.name)).map((lane) => lane.source);
      const read = graph.edges.filter((/** @type {any} */ edge) => edge.to === `${layer.name}.x`).map((/** @type {any} */ edge) => edge.from);
      assert.deepEqual(arriving.sort(), read.sort());
    });
  });

  test(`${name}: a source keeps its lane, has it to itself, and leaves no gap out`, () => {
    const { lanes, count } = lanesOf(graph);
    const places = lanes.map(({ gap, lane }) => `${gap} ${lane}`);
    assert.equal(new Set(places).size, places.length);
    for (const source of new Set(lanes.map((lane) => lane.source))) {
      const own = lanes.filter((lane) => lane.source === source);
      assert.equal(new Set(own.map(({ lane }) => lane)).size, 1);
      own.forEach((lane, k) => assert.equal(lane.gap, own[0].gap + k));
      assert.ok(own[0].lane < count);
    }
  });
}

test("one way up needs one lane, and none to the heads right above", () => {
  for (const name of ["ball-rnn", "lstm-small", "gru-stacked"]) {
    const { graph } = fixture(name);
    const { lanes, count } = lanesOf(graph);
    assert.deepEqual([count, lanes.length], [1, graph.layers.length], name);
  }
});

test("both directions of the last layer reach the heads", () => {
  const { graph } = fixture("rnn-both-ways");
  const top = lanesOf(graph).lanes.filter((lane) => lane.gap === graph.layers.length);
  assert.deepEqual(top.map(({ source }) => source), ["layers.1.h", "layers.1.reverse.h"]);
  for (const { readers } of top) assert.deepEqual(readers, ["logits", "displacement"]);
});

for (const { name, graph, weights, values, steps } of graphs) {
  test(`${name}: what flows to the heads is what they add up`, () => {
    for (const t of steps) {
      const found = flowsToHeads(graph, weights, values, t);
      for (const { name: head, value } of graph.heads) {
        const from = Object.keys(found[value]);
        const features = from.flatMap((source) => values[source][t]);
        const only = (/** @type {string} */ source) => from.flatMap((other) => values[other][t].map((/** @type {number} */ v) => (other === source ? v : 0)));
        const product = (/** @type {number[]} */ a) => weights[`${head}.W`].map((/** @type {number[]} */ row) => row.reduce((sum, w, k) => sum + w * a[k], 0));
        product(features).forEach((/** @type {number} */ v, /** @type {number} */ k) => near(v + weights[`${head}.b`][k], values[value][t][k], 1e-4, value));
        for (const source of from) near(found[value][source], Math.hypot(...product(only(source))), 1e-9, `${source} to ${value}`);
      }
    }
  });
}
