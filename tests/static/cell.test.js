// The fixtures are real networks: what the scripts derive has to add up to the engine's own numbers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { carried, flows, incoming, rowsOf, shownNodes, sizeOf, unitOrder, valueAt } from "../../static/js/cell.js";
import { fixture, near } from "./fixtures.js";

/** @import { GraphLayer, GraphNode } from "../../static/js/types.d.ts" */

const NAMES = ["ball-rnn", "ball-gru", "ball-window-4", "lstm-small"];
const models = NAMES.map((name) => ({ name, ...fixture(name) }));
/** @type {{ name: string, layer: GraphLayer, weights: any, values: any, steps: number[] }[]} */
const layers = models.flatMap(({ name, graph, weights, values, steps }) =>
  graph.layers.map((/** @type {GraphLayer} */ layer) => ({ name: `${name} ${layer.name}`, layer, weights, values, steps })),
);

/** The nodes that a sum is made of, or null where it is more than a sum. @param {GraphLayer} layer @param {string} id @returns {GraphNode[] | null} */
function summands(layer, id) {
  const node = layer.nodes.find((n) => n.id === id);
  if (node?.op === "linear") return [node];
  if (node?.op !== "add") return null;
  const parts = node.inputs.map((input) => summands(layer, input));
  return parts.every((part) => part) ? /** @type {GraphNode[]} */ (parts.flat()) : null;
}

for (const { name, layer, weights, values, steps } of layers) {
  test(`${name}: what flows into a unit adds up to the engine's pre-activation`, () => {
    const sums = layer.nodes.filter((node) => node.role === "preactivation" && summands(layer, node.id));
    assert.ok(sums.length, "there is a plain sum");
    for (const node of sums) {
      const parts = /** @type {GraphNode[]} */ (summands(layer, node.id));
      for (const t of steps) {
        for (let index = 0; index < layer.hidden; index++) {
          const terms = incoming(layer, weights, values, { node: node.id, index, t });
          const bias = parts.flatMap((part) => part.parameters.slice(1)).reduce((sum, p) => sum + rowsOf(layer, weights, p)[index], 0);
          const total = terms.reduce((sum, term) => sum + term.product, bias);
          near(total, values[`${layer.name}.${node.id}`][t][index], 1e-4, `${node.id}[${index}] at ${t}`);
        }
      }
    }
  });

  test(`${name}: terms come the strongest first, each once, with the value that it carries`, () => {
    for (const node of shownNodes(layer).filter((n) => n.size === "H")) {
      const [t, index] = [steps[steps.length - 1], layer.hidden - 1];
      const terms = incoming(layer, weights, values, { node: node.id, index, t });
      assert.ok(terms.length >= layer.inputs, node.id);
      terms.forEach((term, k) => {
        assert.equal(term.product, term.weight * term.value);
        assert.equal(term.value, valueAt(layer, values, term.source, t)?.[term.index]);
        if (k) assert.ok(Math.abs(term.product) <= Math.abs(terms[k - 1].product));
      });
    }
  });

  test(`${name}: a flow is the norm of all products`, () => {
    for (const t of steps) {
      /** @type {Record<string, number>} */
      const squares = {};
      for (const node of layer.nodes.filter((n) => n.op === "linear")) {
        const source = node.inputs[0];
        const a = source === "x" ? valueAt(layer, values, "x", t) : values[`${layer.name}.${source}`][t];
        for (const row of rowsOf(layer, weights, node.parameters[0])) {
          let product = 0;
          for (let k = 0; k < a.length; k++) product += row[k] * a[k];
          squares[source] = (squares[source] ?? 0) + product * product;
        }
      }
      const found = flows(layer, weights, values, t);
      assert.ok(found.x > 0);
      for (const [source, flow] of Object.entries(found)) {
        if (source in squares && !layer.nodes.some((n) => n.op === "hold" && n.inputs[0] === source)) {
          near(flow, Math.sqrt(squares[source]), 1e-9, `${source} at ${t}`);
        }
      }
      const read = layer.nodes.flatMap((n) => n.inputs).filter((input) => /_prev$/.test(input));
      assert.ok(Object.keys(found).every((source) => source === "x" || read.includes(source)));
    }
  });

  test(`${name}: a column shows gates and states, the output last`, () => {
    const shown = shownNodes(layer).map((node) => node.id);
    assert.equal(shown[shown.length - 1], layer.output);
    assert.deepEqual([...shown].sort(), [...new Set([...layer.gates, ...layer.states, layer.output])].sort());
    const places = shown.slice(0, -1).map((id) => layer.nodes.findIndex((node) => node.id === id));
    assert.deepEqual(places, [...places].sort((a, b) => a - b), "in order of computation");
    for (const node of shownNodes(layer)) {
      assert.equal(sizeOf(layer, node), values[`${layer.name}.${node.id}`][steps[0]].length);
    }
  });

  test(`${name}: every row of a parameter belongs to one gate`, () => {
    for (const [parameter, gates] of Object.entries(layer.rows)) {
      const rows = gates.flatMap((gate) => rowsOf(layer, weights, [parameter, gate]));
      assert.deepEqual(rows, weights[`${layer.name}.${parameter}`]);
    }
  });
}

test("states are read under their name of one step later", () => {
  assert.deepEqual(carried(models[1].graph.layers[0]), [{ state: "h", read: "h_prev" }]);
  assert.deepEqual(carried(models[3].graph.layers[0]).map(({ read }) => read), ["h_prev", "c_prev"]);
});

test("a second layer reads what the first puts out", () => {
  const { graph, values, steps } = models[3];
  assert.deepEqual(valueAt(graph.layers[1], values, "x", steps[0]), values["layers.0.h"][steps[0]]);
  assert.deepEqual(valueAt(graph.layers[0], values, "x", steps[0]), values.x[steps[0]]);
});

test("a hidden frame lets nothing in", () => {
  const { graph, weights, values } = models[0];
  const dark = { ...values, x: values.x.map((/** @type {number[]} */ row) => row && row.map(() => 0)) };
  const found = flows(graph.layers[0], weights, dark, 1);
  assert.equal(found.x, 0);
  assert.ok(found.h_prev > 0);
});

for (const { name, graph, weights } of models) {
  test(`${name}: the order of units has each once`, () => {
    const order = unitOrder(graph, weights);
    const hidden = graph.layers[0].hidden;
    assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: hidden }, (_, j) => j));
    assert.deepEqual(unitOrder(graph, weights), order);
  });
}

test("units that speak for neighbouring directions are neighbours", () => {
  const eye = Array.from({ length: 8 }, (_, k) => Array.from({ length: 8 }, (__, j) => (j === k ? 1 : 0)));
  const graph = /** @type {any} */ ({ layers: [{ hidden: 8 }] });
  const order = unitOrder(graph, { "readout.W": eye });
  order.forEach((unit, k) => assert.equal((order[(k + 1) % 8] - unit + 8) % 8, 1));
});

test("without a readout units keep their order", () => {
  assert.deepEqual(unitOrder(/** @type {any} */ ({ layers: [{ hidden: 3 }] }), {}), [0, 1, 2]);
});
