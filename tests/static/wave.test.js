// The schedule is held against every edge of graphs at random: stacked, both ways, each layer its own way.

import assert from "node:assert/strict";
import { test } from "node:test";

import { momentOf, progressIn } from "../../static/js/frame.js";
import { edgesToHeads, layerOf, ownerOf, wayOf } from "../../static/js/graph.js";
import { atWork, beatAt, positionOf, readyAt, stepAt, waveOf } from "../../static/js/wave.js";
import { fixture } from "./fixtures.js";

/** @import { Graph } from "../../static/js/types.d.ts" */

/** Numbers by a simple rule, so that a failure can be repeated. @param {number} seed */
function random(seed) {
  let state = (48271 * seed) % 2147483647;
  for (let k = 0; k < 3; k++) state = (state * 16807) % 2147483647; // the first ones of small seeds are all small
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

/**
 * @param {(1 | -1)[][]} ways of the directions of each layer
 * @param {"all" | "last"} [read]
 * @param {(k: number) => boolean} [skips] whether a layer also reads the input
 * @returns {Graph}
 */
function graphOf(ways, read = "all", skips = () => false) {
  const names = ways.map((both, k) => both.map((way) => `layers.${k}${way < 0 ? ".reverse" : ""}`));
  /** @type {any[]} */
  const layers = ways.flatMap((both, k) => both.map((way, d) => ({ name: names[k][d], layer: k, states: ["h"], output: "h", nodes: [] })));
  const edge = (/** @type {string} */ from, /** @type {string} */ to, dt = 0) => ({ from, to, layer: 0, direction: "", dt });
  const edges = ways.flatMap((both, k) =>
    both.flatMap((way, d) => [
      ...(k === 0 || skips(k) ? [edge("x", `${names[k][d]}.x`)] : []),
      ...(names[k - 1] ?? []).map((below) => edge(`${below}.h`, `${names[k][d]}.x`)),
      edge(`${names[k][d]}.h`, `${names[k][d]}.h_prev`, -way),
    ]),
  );
  edges.push(...names[names.length - 1].map((top) => edge(`${top}.h`, "logits")));
  return { layers, heads: [], read, edges };
}

const UP = /** @type {(1 | -1)[]} */ ([1]);
const BOTH = /** @type {(1 | -1)[]} */ ([1, -1]);

/** @type {[string, Graph, number][]} */
const CASES = Array.from({ length: 60 }, (_, seed) => {
  const next = random(seed + 1);
  const depth = 1 + (seed % 4);
  const kind = seed % 3;
  const ways = Array.from({ length: depth }, () => (kind === 0 ? UP : kind === 1 ? BOTH : next() < 0.4 ? BOTH : next() < 0.5 ? UP : /** @type {(1 | -1)[]} */ ([-1])));
  const skips = Array.from({ length: depth }, () => next() < 0.3);
  const graph = graphOf(ways, next() < 0.25 ? "last" : "all", (k) => skips[k]);
  const length = 1 + Math.floor(9 * next());
  return [`${JSON.stringify(ways)} ${graph.read}, ${length} steps`, graph, length];
});

/** Many positions of a run, whole ones too. @param {number} beats */
const positions = (beats) => Array.from({ length: 20 * beats + 1 }, (_, k) => k / 20);

/** @param {import("../../static/js/wave.js").Wave} wave @param {number} position */
const allMoments = (wave, position) => Array.from({ length: wave.length }, (_, t) => momentOf(wave, position, t));

test("the cases are of many kinds", () => {
  const depths = CASES.map(([, graph]) => 1 + Math.max(...graph.layers.map((layer) => layer.layer)));
  for (const depth of [1, 2, 3, 4]) assert.ok(depths.filter((d) => d === depth).length >= 5, `${depth} layers`);
  assert.ok(new Set(CASES.map(([, graph, length]) => waveOf(graph, length).sweeps)).size >= 4);
  assert.ok(CASES.filter(([, graph]) => graph.read === "last").length >= 5);
});

test("a column looks another where one of its beats has gone on, and nowhere else", () => {
  for (const [name, graph, length] of CASES) {
    const wave = waveOf(graph, length);
    for (let t = 0; t < length; t++) {
      const looks = new Map();
      for (const position of positions(wave.beats)) {
        const [beats, look] = [progressIn(wave, position, t).join(), JSON.stringify(momentOf(wave, position, t))];
        assert.equal(looks.get(beats) ?? look, look, `${name}, column ${t}`);
        looks.set(beats, look);
      }
    }
  }
});

test("nothing begins before all that it reads is there", () => {
  for (const [name, graph, length] of CASES) {
    const wave = waveOf(graph, length);
    for (const position of positions(wave.beats)) {
      const moments = allMoments(wave, position);
      for (const { from, to, dt } of graph.edges.filter((edge) => layerOf(graph, edge.to))) {
        moments.forEach((moment, t) => {
          if (moment.layers[ownerOf(to)].flow === 0 || !moments[t + dt]) return;
          const there = from === "x" ? moments[t].input : moments[t + dt].layers[ownerOf(from)].units;
          assert.equal(there, 1, `${name}: ${to} at step ${t} flows at ${position}, ${from} is not there`);
        });
      }
    }
  }
});

test("a layer is computed from what has flowed", () => {
  for (const [name, graph, length] of CASES) {
    const wave = waveOf(graph, length);
    for (const position of positions(wave.beats)) {
      for (const { layers } of allMoments(wave, position)) {
        for (const { flow, units } of Object.values(layers)) assert.ok(units === 0 || flow === 1, name);
      }
    }
  }
});

test("an answer grows once all that it reads is there", () => {
  for (const [name, graph, length] of CASES) {
    const wave = waveOf(graph, length);
    for (const position of positions(wave.beats)) {
      const moments = allMoments(wave, position);
      moments.forEach(({ output }, t) => {
        if (output === 0) return;
        for (const { from } of edgesToHeads(graph)) {
          const layer = graph.layers.find((other) => other.name === ownerOf(from));
          assert.ok(layer);
          const step = graph.read === "all" ? t : wayOf(graph, layer) > 0 ? length - 1 : 0;
          assert.equal(moments[step].layers[layer.name].units, 1, `${name}: the answer of step ${t} at ${position}`);
        }
      });
    }
  }
});

test("nothing ever goes back; at the start there is nothing, at the end everything", () => {
  for (const [name, graph, length] of CASES) {
    const wave = waveOf(graph, length);
    const shares = (/** @type {number} */ position) =>
      allMoments(wave, position).flatMap(({ input, output, layers }, t) => [
        input,
        ...(wave.answers[t] === null ? [] : [output]),
        ...Object.values(layers).flatMap(({ flow, units }) => [flow, units]),
      ]);
    assert.ok(shares(0).every((share) => share === 0), name);
    assert.ok(shares(wave.beats).every((share) => share === 1), name);
    let before = shares(0);
    for (const position of positions(wave.beats)) {
      const now = shares(position);
      assert.ok(now.every((share, k) => share >= before[k] && share <= 1), `${name} at ${position}`);
      before = now;
    }
  }
});

test("no beat is idle", () => {
  for (const [name, graph, length] of CASES) {
    const wave = waveOf(graph, length);
    for (let beat = 1; beat <= wave.beats; beat++) {
      assert.notDeepEqual(allMoments(wave, beat - 1), allMoments(wave, beat), `${name}: beat ${beat}`);
      assert.ok(atWork(wave, beat).length, `${name}: beat ${beat}`);
    }
  }
});

test("what is said to be at work is what moves", () => {
  for (const [name, graph, length] of CASES) {
    const wave = waveOf(graph, length);
    for (let beat = 1; beat <= wave.beats; beat++) {
      const [before, after] = [allMoments(wave, beat - 1), allMoments(wave, beat)];
      const moved = after.flatMap(({ layers }, t) => Object.keys(layers).filter((layer) => layers[layer].units > before[t].layers[layer].units).map((layer) => `${layer} ${t + 1}`));
      assert.deepEqual(atWork(wave, beat).map((turn) => `${turn.name} ${turn.t}`).sort(), moved.sort(), `${name}: beat ${beat}`);
    }
  }
});

test("an answer is ready at its beat and not before", () => {
  for (const [name, graph, length] of CASES) {
    const wave = waveOf(graph, length);
    for (let t = 1; t <= length; t++) {
      if (wave.answers[t - 1] === null) continue;
      const ready = readyAt(wave, t);
      assert.equal(momentOf(wave, ready, t - 1).output, 1, name);
      assert.ok(momentOf(wave, ready - 0.01, t - 1).output < 1, name);
    }
  }
});

test("an address stands for a beat, where a beat is more than the step", () => {
  const [up, both] = [graphOf([UP, UP]), graphOf([BOTH, BOTH])].map((graph) => waveOf(graph, 6));
  assert.deepEqual([positionOf(up, { t: 3, beat: null }), positionOf(up, { t: 3, beat: 5 }), positionOf(up, { t: 99 })], [3, 3, 6]);
  assert.deepEqual([positionOf(both, { t: 3, beat: null }), positionOf(both, { t: 3, beat: 5 }), positionOf(both, { t: 3, beat: 99 })], [10, 5, 12]);
});

test("layers that all run forwards are computed in one beat, the lowest first", () => {
  const wave = waveOf(graphOf([UP, UP, UP]), 5);
  assert.deepEqual([wave.beats, wave.direct, wave.answers], [5, true, [0, 1, 2, 3, 4]]);
  const halfway = momentOf(wave, 2.5, 2).layers;
  assert.equal(halfway["layers.0"].units, 1);
  assert.equal(halfway["layers.2"].units, 0);
  assert.deepEqual(positions(5).map((p) => stepAt(wave, p, 99)), positions(5).map((p) => beatAt(wave, p)));
});

test("both directions sweep at once, layer after layer", () => {
  const wave = waveOf(graphOf([BOTH, BOTH]), 6);
  assert.deepEqual([wave.beats, wave.sweeps, wave.direct], [12, 2, false]);
  assert.deepEqual(atWork(wave, 2).map(({ name, t }) => [name, t]), [["layers.0", 2], ["layers.0.reverse", 5]]);
  assert.deepEqual(atWork(wave, 7).map(({ name, t }) => [name, t]), [["layers.1", 1], ["layers.1.reverse", 6]]);
  assert.deepEqual(wave.answers, [11, 10, 9, 9, 10, 11], "from the middle outwards");
  assert.equal(stepAt(wave, 3, 5), 5, "where one looks is not where it computes");
});

test("what nothing is handed on in still has its beats", () => {
  const { graph } = fixture("ball-window-4");
  const still = { ...graph, edges: graph.edges.filter((/** @type {any} */ edge) => edge.dt === 0) };
  assert.deepEqual(waveOf(still, 4), waveOf(graph, 4));
  assert.deepEqual(waveOf(graph, 4).answers, [0, 1, 2, 3]);
});

test("the engine's graphs take so many sweeps", () => {
  const sweeps = { "ball-rnn": 1, "gru-stacked": 1, "lstm-both-ways": 1, "rnn-both-ways": 2 };
  for (const [name, count] of Object.entries(sweeps)) assert.equal(waveOf(fixture(name).graph, 8).beats, 8 * count, name);
});
