import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { applyEdits } from "../../static/js/edits.js";
import { forward } from "../../static/js/forward.js";
import { createStore } from "../../static/js/store.js";
import { createTries } from "../../static/js/tries.js";
import { changed, difference, PARTED, readEdits, shifted, tried, writeEdits } from "../../static/js/trying.js";
import { fixture } from "./fixtures.js";

const { graph, weights } = fixture("gru-stacked");
const X = [[0.4, -0.2, 1], [0.6, 0, 1], [0, 0, 0], [1, 0.4, 1]];
const model = /** @type {any} */ ({ graph });

globalThis.window = /** @type {any} */ (globalThis);

/** What the engine would say. @param {string | null} edit @returns {any} */
function traceOf(edit) {
  const now = applyEdits(graph, weights, readEdits(edit, graph, weights));
  return { length: 4, generated: 0, memory: true, values: forward(graph, now.weights, X, now) };
}

/** @param {string | null} edit @returns {any} */
function runOf(edit) {
  const trace = traceOf(edit);
  return { trace, model, ...changed({ trace, model }, weights, readEdits(edit, graph, weights)) };
}

/** @param {(edit: string | null) => any} [answer] of the engine */
function room(answer = traceOf) {
  const store = createStore(/** @type {any} */ ({ run: runOf(null), query: { edit: null }, tries: { past: [], future: [] } }));
  /** @type {any[]} */
  const said = [];
  const tries = createTries(/** @type {any} */ (store), {
    ask: async (edit) => store.set({ run: runOf(edit), query: { edit } }),
    trace: async () => answer(store.get().query.edit),
    complain: (error) => said.push(error),
    notice: (notice) => said.push(notice),
  });
  return { store, tries, said, rest: () => new Promise((done) => setTimeout(done, 200)) };
}

const SCALE = { kind: /** @type {const} */ ("scale"), name: "layers.0.W_hh", index: [] };
/** @type {ReturnType<typeof room>} */
let here;
beforeEach(() => void (here = room()));

test("a change is answered at once, as the engine answers it, and the ghost is the run as it was", () => {
  const { store, tries } = here;
  const before = store.get().run;
  tries.move({ ...SCALE, value: 1.7 }, 1);
  const { run, query } = store.get();
  assert.equal(query.edit, "scale:layers.0.W_hh:1.7");
  assert.deepEqual(run.trace.values, traceOf(query.edit).values);
  assert.deepEqual(run.ghost.values.probs, before.trace.values.probs);
  assert.ok(run.pending);
  const far = (/** @type {string} */ name, /** @type {number} */ t) => run.trace.values[name][t].some((/** @type {number} */ v, /** @type {number} */ j) => Math.abs(v - before.trace.values[name][t][j]) > PARTED);
  const apart = X.map((_, t) => far("layers.0.h", t) || far("layers.1.h", t));
  assert.equal(run.ghost.parted, apart.indexOf(true) < 0 ? null : apart.indexOf(true));
});

test("the engine's numbers take their place once the hand rests", async () => {
  const { store, tries, said, rest } = here;
  tries.move({ ...SCALE, value: 1.2 }, 1);
  tries.move({ ...SCALE, value: 1.3 }, 1);
  await rest();
  assert.equal(store.get().run.pending, false);
  assert.equal(store.get().query.edit, "scale:layers.0.W_hh:1.3");
  assert.deepEqual(said, []);
});

test("numbers that differ by more than rounding are told of", async () => {
  const { store, tries, said, rest } = room((edit) => {
    const trace = traceOf(edit);
    trace.values["layers.1.h"][2] = trace.values["layers.1.h"][2].map((/** @type {number} */ v) => v + 2e-4);
    return trace;
  });
  tries.put({ ...SCALE, value: 1.2 }, 1);
  await rest();
  assert.deepEqual([said[0].code, said[0].params.name, said[0].params.t], ["differs", "layers.1.h", 3]);
  assert.deepEqual(difference(store.get().run.trace.values, traceOf("scale:layers.0.W_hh:1.2").values).name, "layers.1.h");
});

test("what the engine refuses goes back to what it answered last", async () => {
  const { store, tries, said, rest } = room((edit) => {
    if (edit?.includes("1.9")) throw new Error("no");
    return traceOf(edit);
  });
  tries.put({ ...SCALE, value: 1.2 }, 1);
  await rest();
  tries.put({ ...SCALE, value: 1.9 }, 1);
  await rest();
  assert.equal(said.length, 1);
  assert.equal(store.get().query.edit, "scale:layers.0.W_hh:1.2");
  assert.deepEqual(store.get().run.trace.values, traceOf("scale:layers.0.W_hh:1.2").values);
});

test("undo and redo go where the hand rested, and another change forgets what was undone", () => {
  const { store, tries } = here;
  const edit = () => store.get().query.edit;
  for (const value of [1.1, 1.2, 1.3]) tries.move({ ...SCALE, value }, 1);
  tries.settle();
  tries.put({ kind: "force", name: "layers.0.z", index: [], value: 1 });
  const both = edit();
  tries.undo();
  assert.equal(edit(), "scale:layers.0.W_hh:1.3");
  tries.undo();
  assert.equal(edit(), null);
  tries.undo();
  tries.redo();
  tries.redo();
  assert.equal(edit(), both);
  tries.redo();
  tries.reset();
  assert.equal(edit(), null);
  tries.undo();
  assert.equal(edit(), both);
  tries.undo();
  tries.put({ ...SCALE, value: 0.5 }, 1);
  assert.deepEqual(store.get().tries.future, []);
  tries.drop(store.get().run.edits[0]);
  assert.equal(edit(), null);
  tries.settle();
  assert.deepEqual(store.get().tries.past.at(-1), "scale:layers.0.W_hh:0.5");
});

test("what a network made up is waited for", () => {
  const run = runOf(null);
  assert.equal(tried({ ...run, trace: { ...run.trace, generated: 2 } }, []), null);
  assert.equal(tried({ ...run, drawn: true }, []), null);
  assert.equal(writeEdits(runOf("h0[2]:0.4;nonsense;force:layers.0.z:1").edits), "h0[2]:0.4;force:layers.0.z:1");
});

test("with another input the run is what a run over it is, and the one before stands behind it", () => {
  const edit = "scale:layers.0.W_hh:1.5";
  const run = runOf(edit);
  const x = X.map((row, t) => (t === 2 ? [-1, 1.2, 1] : row));
  const other = shifted(run, x, {}, run.trace.values);
  const now = applyEdits(graph, weights, readEdits(edit, graph, weights));
  assert.deepEqual(other.trace.values, forward(graph, now.weights, x, now));
  assert.deepEqual([other.ghost?.values, other.ghost?.parted, other.pending], [run.trace.values, 2, true]);
  const plain = tried({ ...other, moved: { t: 2, from: null } }, []);
  assert.deepEqual([plain?.ghost, plain?.moved], [null, undefined]);
});

test("what is read and was moved is undone and done again, beside edits", async () => {
  const { store, tries, rest } = room();
  const plain = store.get().run;
  const moved = (/** @type {number} */ v) => shifted(store.get().run, X.map((row, t) => (t === 1 ? [v, v, 1] : row)), {}, plain.trace.values);
  tries.shift({ run: moved(0.1), query: { edit: null, points: 1 } });
  tries.shift({ run: moved(0.9), query: { edit: null, points: 2 } });
  tries.rest();
  const after = store.get().run;
  tries.put({ kind: "scale", name: "layers.0.W_hh", index: [], value: 2 });
  assert.equal(store.get().tries.past.length, 2, "a drag is one step");
  tries.undo();
  tries.undo();
  assert.deepEqual([store.get().run.trace.values, store.get().query], [plain.trace.values, { edit: null }]);
  tries.redo();
  assert.deepEqual([store.get().run.trace.values, store.get().query], [after.trace.values, { edit: null, points: 2 }]);
  tries.redo();
  assert.equal(store.get().query.edit, "scale:layers.0.W_hh:2");
  tries.begin(null, false);
  assert.deepEqual(store.get().tries.past, [null], "of another question only edits are kept");
  await rest();
});

test("changes stay within what an address holds", () => {
  const { store, tries, said } = room();
  for (let k = 0; k < 54; k++) tries.put({ kind: "weight", name: `layers.${k % 2}.W_hh`, index: [k % 9, Math.floor(k / 18)], value: 0.1234 + k });
  assert.ok(store.get().query.edit.length <= 900);
  assert.ok(said.length > 0 && said.every((/** @type {any} */ one) => one.code === "many_edits"));
  const last = store.get().query.edit;
  tries.undo();
  assert.notEqual(store.get().query.edit, last);
});
