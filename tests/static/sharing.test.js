import assert from "node:assert/strict";
import { test } from "node:test";

import { incoming, shownNodes } from "../../static/js/cell.js";
import { lanesOf } from "../../static/js/layout/lanes.js";
import { flowsIn, idOf, matricesOf, originOf, usesOf, weightOf } from "../../static/js/sharing.js";
import { fixture } from "./fixtures.js";

const NAMES = ["ball-rnn", "ball-gru", "ball-window-4", "lstm-small", "gru-stacked", "lstm-both-ways", "rnn-both-ways"];

/** Of the trace the steps that are there. @param {any} made */
function runOf({ values, steps, graph, weights }) {
  const kept = Object.fromEntries(Object.entries(values).map(([name, rows]) => [name, steps.map((/** @type {number} */ t) => rows[t] ?? rows[rows.length - 1])]));
  return { trace: { values: kept, length: steps.length }, graph, weights, matrices: matricesOf(graph, weights) };
}

for (const name of NAMES) {
  const { trace, graph, weights, matrices } = runOf(fixture(name));

  test(`${name}: every number of every matrix has one name, and is found by it`, () => {
    const names = new Set();
    for (const matrix of matrices) {
      for (let row = 0; row < matrix.rows; row++) {
        for (let column = 0; column < matrix.columns; column++) {
          const id = idOf({ matrix, row, column });
          const found = weightOf(matrices, weights, id);
          assert.deepEqual([found?.matrix, found?.row, found?.column], [matrix, row, column]);
          assert.equal(found?.weight, weights[matrix.name][matrix.first + row][column]);
          names.add(id);
        }
      }
    }
    const used = new Set(matrices.map((matrix) => matrix.name));
    assert.equal(names.size, [...used].reduce((sum, one) => sum + weights[one].length * weights[one][0].length, 0));
  });

  test(`${name}: what a weight adds at each step is what flows into its unit there`, () => {
    for (const matrix of matrices) {
      const { layer, source, into, first } = matrix;
      if (!layer || !shownNodes(layer).some(({ id }) => `${layer.name}.${id}` === into)) continue;
      for (const [row, column] of [[0, 0], [matrix.rows - 1, matrix.columns - 1]]) {
        const weight = weightOf(matrices, weights, `${matrix.name}.${first + row}.${column}`);
        assert.ok(weight);
        const uses = usesOf(graph, trace, weight);
        assert.equal(uses.length, trace.length);
        for (const { t, product } of uses) {
          const terms = incoming(graph, layer, weights, trace.values, { node: into.slice(layer.name.length + 1), index: row, t });
          const mine = terms.filter((term) => term.source === source && term.index === column);
          if (mine.length) assert.deepEqual(mine[0].from, originOf(graph, trace.values, weight));
          assert.ok(product === 0 ? mine.every((term) => term.product === 0) : mine.some((term) => Math.abs(term.product - product) < 1e-12), `${matrix.name} step ${t}`);
        }
      }
    }
  });

  test(`${name}: what the head's weights add, and its bias, is the score`, () => {
    const head = matrices[matrices.length - 1];
    const bias = weights[head.name.replace(/W$/, "b")];
    for (let row = 0; row < head.rows; row++) {
      const columns = Array.from({ length: head.columns }, (_, column) => usesOf(graph, trace, /** @type {any} */ (weightOf(matrices, weights, idOf({ matrix: head, row, column })))));
      columns[0].forEach(({ t }, k) => {
        const sum = columns.reduce((all, uses) => all + uses[k].product, bias?.[row] ?? 0);
        const said = trace.values.logits[Math.min(t, trace.values.logits.length - 1)][row];
        assert.ok(Math.abs(sum - said) < 1e-4, `step ${t}: ${sum} is not ${said}`);
      });
    }
  });

  test(`${name}: what comes up into a layer or is carried flows in matrices of that layer`, () => {
    for (const lane of lanesOf(graph).lanes) {
      const mine = matrices.filter((matrix) => flowsIn(graph, matrix, { source: lane.source, readers: lane.readers.join(" ") }));
      assert.ok(mine.every(({ layer, source }) => lane.readers.includes(layer ? layer.name : source)));
    }
    for (const layer of graph.layers) {
      for (const state of layer.states) {
        const mine = matrices.filter((matrix) => flowsIn(graph, matrix, { layer: layer.name, state }));
        assert.deepEqual(mine, matrices.filter((matrix) => matrix.layer === layer && matrix.source === `${state}_prev`));
      }
    }
  });
}

test("what names no weight is none", () => {
  const { weights, matrices } = runOf(fixture("ball-gru"));
  for (const id of [null, "", "layers.0.W_hh", "layers.0.W_hh.0", "layers.0.W_hh.96.0", "layers.0.W_hh.0.32", "layers.1.W_hh.0.0", "constructor.0.0"]) {
    assert.equal(weightOf(matrices, weights, id), null, String(id));
  }
});
