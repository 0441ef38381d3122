import assert from "node:assert/strict";
import { test } from "node:test";

import { createActions } from "../../static/js/actions.js";
import { createStore } from "../../static/js/store.js";
import { waveOf } from "../../static/js/wave.js";

// A service that answers when it is told to, or fails.

const BOOT = /** @type {any} */ ({
  defaults: { model: "a", scene: "straight-1", frames: 2, framesWithBlackout: 3, thrown: 4 },
  limits: { frames: 200, generate: 12 },
  small: [],
});
const PATH = { motion: "straight", points: [[0, 0], [0.1, 0], [0.2, 0], [0.3, 0]], truth: [], directions: ["E", "E", "E", "E"] };
const GRAPH = { layers: [], edges: [], read: "all" };
const RUN = { name: "the run of a", edits: [], trace: { length: 2 }, wave: waveOf(/** @type {any} */ (GRAPH), 2) };
const QUERY = { model: "a", scene: "straight-1", points: null, hide: null, memory: true, generate: 0, edit: null };

/** @param {(address: string, body: any) => any} answer a body, or a status to fail with */
function lab(answer) {
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {string} */ address, /** @type {any} */ options = {}) => {
      const found = await answer(address, options.body && JSON.parse(options.body));
      if (options.signal?.aborted) throw new DOMException("", "AbortError");
      return typeof found === "number"
        ? Response.json({ error: "bad", detail: "No." }, { status: 500 })
        : Response.json(found);
    }
  );
  const store = createStore(/** @type {any} */ ({ query: QUERY, look: { t: 1 }, run: RUN, tries: { past: [], future: [] }, rivals: {}, notices: [], models: [{ id: "b" }], position: 1, bet: {} }));
  return { store, actions: createActions(store, BOOT) };
}

/** @param {string} address @param {any} body @returns {any} */
function normal(address, body) {
  if (address.includes("paths")) return { paths: [PATH] };
  if (address.includes("weights")) return { weights: {} };
  if (address.includes("models")) return { id: address.split("/").pop(), graph: GRAPH };
  return { model: body.model, length: body.input.points.length, generated: 0, input: body.input, memory: body.memory, values: { probs: [] } };
}

test("a question that is answered is the one on screen", async () => {
  const { store, actions } = lab(normal);
  await actions.model("b1");
  assert.equal(store.get().query.model, "b1");
  assert.equal(store.get().run.model.id, "b1");
  assert.equal(store.get().busy, false);
});

test("a question that fails leaves the run and its own question, with a notice", async () => {
  const { store, actions } = lab((address, body) => (body?.model === "b2" ? 422 : normal(address, body)));
  await actions.model("b2");
  assert.deepEqual(store.get().query, QUERY);
  assert.equal(store.get().run, RUN);
  assert.equal(store.get().notices[0].code, "bad");
});

test("a failure goes back to what was answered, not to a question that was overtaken", async () => {
  /** @type {(value?: any) => void} */
  let release = () => {};
  const gate = new Promise((resolve) => (release = resolve));
  const { store, actions } = lab(async (address, body) => {
    if (body?.model === "slow") await gate;
    return body?.model === "b3" ? 422 : normal(address, body);
  });
  const overtaken = actions.model("slow");
  await actions.model("b3");
  release();
  await overtaken;
  assert.deepEqual(store.get().query, QUERY);
  assert.equal(store.get().run, RUN);
});

test("a rival that fails does not undo the run", async () => {
  const { store, actions } = lab((address, body) => (body?.only ? 500 : normal(address, body)));
  await actions.model("b4");
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(store.get().query.model, "b4");
  assert.equal(store.get().run.model.id, "b4");
  assert.equal(store.get().notices.length, 1);
});
