// The fixtures are real networks: what the scripts derive has to add up to the engine's own numbers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { carried, flows, incoming, inputTerms, push, rowsOf, shownNodes, sizeOf, unitOrders, valueAt, biasOf } from "../../static/js/cell.js";
import { edgesInto } from "../../static/js/graph.js";
import { fixture, near } from "./fixtures.js";

/** @import { Graph, GraphLayer, GraphNode } from "../../static/js/types.d.ts" */

const NAMES = ["ball-rnn", "ball-gru", "ball-window-4", "lstm-small", "gru-stacked", "lstm-both-ways", "rnn-both-ways"];
const models = NAMES.map((name) => ({ name, ...fixture(name) }));
/** @type {{ name: string, graph: Graph, layer: GraphLayer, weights: any, values: any, steps: number[] }[]} */
const layers = models.flatMap(({ name, graph, weights, values, steps }) =>
  graph.layers.map((/** @type {GraphLayer} */ layer) => ({ name: `${name} ${layer.name}`, graph, layer, weights, values, steps })),
);

/** The nodes that a sum is made of, or null where it is more than a sum. @param {GraphLayer} layer @param {string} id @returns {GraphNode[] | null} */
function summands(layer, id) {
  const node = layer.nodes.find((n) => n.id === id);
  if (node?.op === "linear") return [node];
  if (node?.op !== "add") return null;
  const parts = node.inputs.map((input) => summands(layer, input));
  return parts.every((part) => part) ? /** @type {GraphNode[]} */ (parts.flat()) : null;
}

for (const { name, graph, layer, weights, values, steps } of layers) {
  test(`${name}: what flows into a unit adds up to the engine's pre-activation`, () => {
    const sums = layer.nodes.filter((node) => node.role === "preactivation" && summands(layer, node.id));
    assert.ok(sums.length, "there is a plain sum");
    for (const node of sums) {
      const parts = /** @type {GraphNode[]} */ (summands(layer, node.id));
      for (const t of steps) {
        for (let index = 0; index < layer.hidden; index++) {
          const terms = incoming(graph, layer, weights, values, { node: node.id, index, t });
          const bias = parts.flatMap((part) => part.parameters.slice(1)).reduce((sum, p) => sum + rowsOf(layer, weights, p)[index], 0);
          const total = terms.reduce((sum, term) => sum + term.product, bias);
          near(total, values[`${layer.name}.${node.id}`][t][index], 1e-4, `${node.id}[${index}] at ${t}`);
        }
      }
    }
  });

  test(`${name}: what the input pushes is the sum of what flows from it`, () => {
    for (const { node, into } of inputTerms(layer)) {
      for (const t of steps) {
        const pushed = push(graph, layer, weights, values, t, node);
        assert.equal(pushed.length, layer.hidden);
        pushed.forEach((value, index) => {
          const terms = incoming(graph, layer, weights, values, { node: node.id, index, t });
          assert.ok(terms.every((term) => term.source === "x"));
          near(value, terms.reduce((sum, term) => sum + term.product, 0), 1e-5, `${into}[${index}] at ${t}`);
        });
      }
    }
    if (!inputTerms(layer).length) assert.equal(push(graph, layer, weights, values, steps[0]), valueAt(graph, layer, values, "x", steps[0]));
  });

  test(`${name}: terms come the strongest first, each once, with the value that it carries`, () => {
    for (const node of shownNodes(layer).filter((n) => n.size === "H")) {
      const [t, index] = [steps[steps.length - 1], layer.hidden - 1];
      const terms = incoming(graph, layer, weights, values, { node: node.id, index, t });
      assert.ok(terms.length >= layer.inputs, node.id);
      terms.forEach((term, k) => {
        assert.equal(term.product, term.weight * term.value);
        assert.equal(term.value, valueAt(graph, layer, values, term.source, t)?.[term.index]);
        if (k) assert.ok(Math.abs(term.product) <= Math.abs(terms[k - 1].product));
      });
    }
  });

  test(`${name}: a flow is the norm of all products, and what several sources bring adds up`, () => {
    const sources = edgesInto(graph, `${layer.name}.x`).map((edge) => edge.from);
    for (const t of steps) {
      /** @type {Record<string, number>} */
      const squares = {};
      for (const node of layer.nodes.filter((n) => n.op === "linear")) {
        const read = node.inputs[0];
        const a = /** @type {number[]} */ (valueAt(graph, layer, values, read, t));
        const widths = sources.map((from) => values[from][t].length);
        for (const row of rowsOf(layer, weights, node.parameters[0])) {
          const product = (/** @type {number} */ from, /** @type {number} */ to) => a.reduce((sum, v, k) => (k >= from && k < to ? sum + row[k] * v : sum), 0);
          const pieces = read === "x" ? sources.map((from, k) => ({ from, start: widths.slice(0, k).reduce((x, y) => x + y, 0), width: widths[k] })) : [{ from: read, start: 0, width: a.length }];
          for (const { from, start, width } of pieces) squares[from] = (squares[from] ?? 0) + product(start, start + width) ** 2;
        }
      }
      const found = flows(graph, layer, weights, values, t);
      assert.ok(sources.every((source) => found[source] > 0));
      for (const [source, flow] of Object.entries(found)) {
        if (source in squares && !layer.nodes.some((n) => n.op === "hold" && n.inputs[0] === source)) {
          near(flow, Math.sqrt(squares[source]), 1e-9, `${source} at ${t}`);
        }
      }
      const read = layer.nodes.flatMap((n) => n.inputs).filter((input) => /_prev$/.test(input));
      assert.ok(Object.keys(found).every((source) => sources.includes(source) || read.includes(source)));
    }
  });

  test(`${name}: a term comes from the unit that holds its value, steps away where the edge says so`, () => {
    const [t, index] = [steps[0], 0];
    const terms = incoming(graph, layer, weights, values, { node: layer.output, index, t });
    const known = terms.filter(({ from }) => values[from.node][t + from.dt]);
    assert.ok(known.length >= layer.inputs);
    for (const { from, value } of known) assert.equal(values[from.node][t + from.dt][from.index], value, `${from.node}[${from.index}]`);
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

test("a layer reads what those below put out, end to end", () => {
  const { graph, values, steps } = models[3];
  assert.deepEqual(valueAt(graph, graph.layers[1], values, "x", steps[0]), values["layers.0.h"][steps[0]]);
  assert.deepEqual(valueAt(graph, graph.layers[0], values, "x", steps[0]), values.x[steps[0]]);
  const both = fixture("rnn-both-ways");
  const [t] = both.steps;
  for (const layer of both.graph.layers.slice(2)) {
    assert.deepEqual(valueAt(both.graph, layer, both.values, "x", t), [...both.values["layers.0.h"][t], ...both.values["layers.0.reverse.h"][t]]);
  }
});

test("what runs back reads the state of the step after", () => {
  const { graph, weights, values } = fixture("lstm-both-ways");
  const terms = (/** @type {number} */ k, /** @type {number} */ t) => incoming(graph, graph.layers[k], weights, values, { node: "i", index: 0, t }).filter(({ source }) => source === "h_prev");
  assert.deepEqual(terms(1, 0).map(({ from }) => [from.node, from.dt]), Array(3).fill(["layers.0.reverse.h", 1]));
  assert.deepEqual(terms(0, 1).map(({ from }) => [from.node, from.dt]), Array(3).fill(["layers.0.h", -1]));
  for (const { value, from } of terms(1, 0)) assert.equal(value, values["layers.0.reverse.h"][1][from.index]);
});

test("a hidden frame lets nothing in", () => {
  const { graph, weights, values } = models[0];
  const dark = { ...values, x: values.x.map((/** @type {number[]} */ row) => row && row.map(() => 0)) };
  const found = flows(graph, graph.layers[0], weights, dark, 1);
  assert.equal(found.x, 0);
  assert.ok(found.h_prev > 0);
});

for (const { name, graph, weights } of models) {
  test(`${name}: the order of each layer's units has each once`, () => {
    const orders = unitOrders(graph, weights);
    for (const { name: layer, hidden } of graph.layers) {
      assert.deepEqual([...orders[layer]].sort((a, b) => a - b), Array.from({ length: hidden }, (_, j) => j));
    }
    assert.deepEqual(unitOrders(graph, weights), orders);
  });
}

const EIGHT = { hidden: 8, output: "h" };
const TO_LOGITS = (/** @type {string} */ name) => ({ from: `${name}.h`, to: "logits", dt: 0 });
const eye = Array.from({ length: 8 }, (_, k) => Array.from({ length: 8 }, (__, j) => (j === k ? 1 : 0)));

/** @param {number[]} order */
function neighbours(order) {
  order.forEach((unit, k) => assert.equal((order[(k + 1) % 8] - unit + 8) % 8, 1));
}

test("units that speak for neighbouring directions are neighbours", () => {
  const graph = /** @type {any} */ ({ layers: [{ name: "a", ...EIGHT }], edges: [TO_LOGITS("a")] });
  neighbours(unitOrders(graph, { "readout.W": eye }).a);
});

test("of two directions each has the columns of the readout that read it", () => {
  const graph = /** @type {any} */ ({ layers: [{ name: "a", ...EIGHT }, { name: "b", ...EIGHT }], edges: [TO_LOGITS("a"), TO_LOGITS("b")] });
  const turned = eye.map((row, k) => [...row, ...eye[(3 * k) % 8]]);
  const orders = unitOrders(graph, { "readout.W": turned });
  neighbours(orders.a);
  neighbours(orders.b.map((unit) => (3 * unit) % 8)); // 3 · 3 = 1 modulo 8
});

test("without a readout units keep their order", () => {
  const graph = /** @type {any} */ ({ layers: [{ name: "a", hidden: 3 }], edges: [TO_LOGITS("a")] });
  assert.deepEqual(unitOrders(graph, {}), { a: [0, 1, 2] });
});

test("the bias of a unit is the one that is added to its sum; a state that gates mix has none", () => {
  const { graph, weights } = fixture("gru-stacked");
  for (const layer of graph.layers) {
    const found = (/** @type {string} */ id) => biasOf(layer, weights, id, 1);
    assert.deepEqual(["r", "z", "n"].map(found), [0, 1, 2].map((block) => ({ name: `${layer.name}.b_ih`, row: block * layer.hidden + 1 })));
    assert.deepEqual(["h", "keep", "x"].map(found), [null, null, null]);
  }
});
