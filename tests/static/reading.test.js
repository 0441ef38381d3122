// The review's questions: what its address says, and what is asked of the service.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createReading, makeReading, readReading, textOf, writeReading } from "../../static/js/reading.js";
import { createStore } from "../../static/js/store.js";
import { placeOf } from "../../static/js/walking.js";

const defaults = { model: "review-gru", text: "that was phenomenal" };
const look = { t: 3, beat: null, unit: null, view: null, fold: 1, weight: null, with: null, theme: "auto", motion: "auto" };
const graph = {
  layers: [{ name: "layers.0", layer: 0, direction: "forward", inputs: 2, hidden: 2, states: ["h"], output: "h", nodes: [{ id: "h", op: "hold", inputs: ["x"], parameters: [], role: "state", size: "H", formula: "" }], rows: {}, gates: [] }],
  heads: [{ name: "readout", value: "logits", size: 3 }],
  read: "all",
  edges: [
    { from: "x", to: "layers.0.x", layer: 0, direction: "forward", dt: 0 },
    { from: "layers.0.h", to: "logits", layer: 0, direction: "forward", dt: 0 },
  ],
};

const weights = { "readout.W": [[1, 0], [0, 1], [0, 0]], "readout.b": [0, 0, 0] };
globalThis.window = /** @type {any} */ (globalThis);

/** @param {string} text */
const traceOf = (text) => {
  const tokens = text.split(/\s+/).filter(Boolean);
  return { length: tokens.length, generated: 0, input: { text, tokens, unknown: [] }, outputs: [], memory: true, values: { x: tokens.map((token) => [token.length, 1]), "layers.0.h": tokens.map((token) => [token.length, 1]), probs: tokens.map(() => [0.2, 0.3, 0.5]) }, initial: { probs: [0.3, 0.4, 0.3] } };
};

/** @param {() => boolean} holds within some seconds */
async function until(holds) {
  for (let k = 0; k < 200 && !holds(); k++) await new Promise((done) => setTimeout(done, 25));
  assert.ok(holds());
}

/** @param {(body: any) => unknown} [answer] */
function aRoom(answer = (body) => traceOf(body.input.text)) {
  /** @type {any[]} */
  const asked = [];
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {string} */ address, /** @type {any} */ options) => {
      const json = (/** @type {unknown} */ body, status = 200) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
      if (address.includes("attributions")) return json({ outputs: [], input: { tokens: [] } });
      if (address.includes("/weights")) return json({ weights });
      if (address.startsWith("/api/models")) return json({ id: "review-gru", graph });
      const body = JSON.parse(options.body);
      if (!body.only) asked.push(body.input.text);
      const found = answer(body);
      return found ? json(found) : json({ error: body.input.text.length > 200 ? "over_limit" : "refused", detail: "Too many." }, 422);
    }
  );
  const query = { model: "review-gru", text: "not bad", memory: true };
  const run = makeReading(/** @type {any} */ ({ text: query.text, cut: null, trace: traceOf(query.text), model: { id: "review-gru", graph }, weights }));
  const state = { query, answered: query, look, position: 2, playing: false, speed: 1, run, tries: { past: [], future: [] }, rivals: {}, notices: [], models: [{ id: "review-gru" }, { id: "review-small" }, { id: "review-bow" }] };
  const store = /** @type {any} */ (createStore(state));
  return { store, asked, actions: createReading(store, /** @type {any} */ ({ limits: { words: 60 }, small: ["review-small"], defaults })) };
}

test("what is written is read again", () => {
  for (const query of [
    { model: "review-bow", text: "good, not bad & more = 100%?", memory: false, edit: null },
    { model: "review-gru", text: "", memory: true, edit: "force:layers.0.z:0" },
    { model: "review-gru", text: defaults.text, memory: true, edit: null },
    { model: "review-lstm", text: "\u05e9\u05dc\u05d5\u05dd \u{1f600} #t=4", memory: true, edit: "h0[2]:-0.4;scale:layers.0.W_hh:1.2" },
  ]) {
    const here = { ...look, t: 2, unit: { node: "layers.0.z", index: 7 } };
    const address = writeReading(query, /** @type {any} */ (here), 5, defaults);
    const url = new URL(address, "http://localhost");
    const found = readReading(url, defaults);
    assert.deepEqual(found.query, query);
    assert.deepEqual(found.look, here);
    assert.deepEqual(found.bad, []);
  }
});

test("the model always stands in the address, the last step and the default text never", () => {
  const query = { model: defaults.model, text: defaults.text, memory: true, edit: null };
  assert.equal(writeReading(query, /** @type {any} */ (look), 3, defaults), "/?model=review-gru");
  assert.equal(readReading({ search: "?model=review-gru@1a2b3c4d", hash: "" }, defaults).query.model, "review-gru");
  assert.equal(readReading({ search: "", hash: "" }, defaults).look.t, null);
  assert.deepEqual(readReading({ search: "", hash: "#t=x" }, defaults).bad, ["t"]);
});

test("one looks at the last word, or at the one that was asked for", () => {
  const run = aRoom().store.get().run;
  assert.deepEqual(placeOf(run, null), { t: 2, position: 2 });
  assert.deepEqual(placeOf(run, 1), { t: 1, position: 1 });
  assert.deepEqual(placeOf(run, 99), { t: 2, position: 2 });
  const nothing = makeReading(/** @type {any} */ ({ ...run, trace: traceOf("") }));
  assert.deepEqual(placeOf(nothing, null), { t: 1, position: 0 });
});

test("what is typed is read, and looked at where it ends", async () => {
  const { store, asked, actions } = aRoom();
  await actions.text("not bad at all");
  assert.deepEqual(asked, ["not bad at all"]);
  const s = store.get();
  assert.deepEqual([s.run.text, s.look.t, s.position, s.run.cut], ["not bad at all", 4, 4, null]);
});

test("a long text is cut to its first words, a very long one before it is sent", async () => {
  const { store, asked, actions } = aRoom();
  await actions.text("word ".repeat(75));
  assert.equal(store.get().run.trace.length, 60);
  assert.equal(store.get().run.cut, 75);
  await actions.text("word ".repeat(10000));
  assert.deepEqual([store.get().run.trace.length, store.get().run.cut], [60, 10000]);
  assert.ok(asked.every((text) => text.split(" ").length <= 121));
});

test("a text of which the service says that it is too much is read as far as it can be", async () => {
  const { store, asked, actions } = aRoom((body) => (body.input.text.length > 200 ? null : traceOf(body.input.text)));
  await actions.text("!".repeat(300));
  assert.equal(store.get().run.trace.length, 1);
  assert.deepEqual(asked.map((text) => text.length), [300, 150, 150]);
  assert.deepEqual(store.get().notices, []);
  await actions.text(`${"x".repeat(30000)} ${"y ".repeat(30)}`);
  assert.ok(asked.every((text) => text.length <= 20000));
});

test("an address stays short, whatever is read", () => {
  const { store } = aRoom();
  const run = store.get().run;
  assert.equal(textOf(run), run.text);
  const cut = { ...run, text: "word ".repeat(10000), cut: 10000 };
  assert.equal(textOf(cut), run.trace.input.tokens.join(" "));
  const long = textOf({ ...run, text: "\u{1f600}".repeat(3000) });
  assert.ok(encodeURIComponent(long).length <= 2900);
});

test("a question that fails leaves the run on screen, with a notice", async () => {
  const { store, actions } = aRoom((body) => (body.input.text.includes("!") ? null : traceOf(body.input.text)));
  const before = store.get().run;
  await actions.text("no!");
  assert.equal(store.get().run, before);
  assert.deepEqual(store.get().notices.map((/** @type {any} */ n) => n.code), ["refused"]);
  await actions.text("yes");
  assert.deepEqual(store.get().notices, []);
});

test("only the last of several questions is answered", async () => {
  const { store, actions } = aRoom();
  await Promise.all([actions.text("a"), actions.text("a b"), actions.text("a b c")]);
  assert.equal(store.get().run.trace.length, 3);
});

test("a word that is moved is read elsewhere at once, before the engine is asked", async () => {
  const { store, asked, actions } = aRoom();
  await actions.text("good not bad");
  assert.equal(actions.move(0, 1), true);
  assert.equal(actions.move(1, 2), true);
  const { run, query, look: where } = store.get();
  assert.deepEqual([run.text, run.trace.input.tokens, query.text, where.t], ["not bad good", ["not", "bad", "good"], "not bad good", 3]);
  assert.deepEqual(run.trace.values.x, [[3, 1], [3, 1], [4, 1]]);
  assert.deepEqual(run.ghost.values["layers.0.h"], [[3, 1], [4, 1], [3, 1]], "as it was before");
  assert.equal(run.ghost.parted, 1);
  assert.equal(asked.at(-1), "good not bad");
  await until(() => !store.get().run.pending);
  assert.equal(asked.at(-1), "not bad good");
  const before = asked.length;
  assert.deepEqual([actions.move(2, 3), actions.move(0, -1), actions.move(1, 1)], [false, false, false]);
  assert.equal(asked.length, before, "there is no such place");
});

test("words that the engine does not read are back where they were, and it is said", async () => {
  const { store, actions } = aRoom((body) => (body.input.text === "bad not" ? null : traceOf(body.input.text)));
  await actions.text("not bad");
  actions.move(0, 1);
  await until(() => store.get().notices.length > 0);
  assert.deepEqual([store.get().run.text, store.get().query.text, store.get().run.trace.input.tokens], ["not bad", "not bad", ["not", "bad"]]);
  assert.deepEqual(store.get().notices.map((/** @type {any} */ n) => n.code), ["refused"]);
});

test("the small networks of a chapter read along only where one was chosen", () => {
  const { store, actions } = aRoom();
  const names = (/** @type {any} */ run) => actions.readers(run).map(({ id }) => id);
  assert.deepEqual(names(store.get().run), ["review-gru", "review-bow"]);
  assert.deepEqual(names({ model: { id: "review-small" } }), ["review-gru", "review-small", "review-bow"]);
});
