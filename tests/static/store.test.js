import assert from "node:assert/strict";
import { test } from "node:test";

import { createStore } from "../../static/js/store.js";

test("a watcher is called at once, and again when what it selected has changed", () => {
  const store = createStore({ a: 1, b: 1 });
  /** @type {number[]} */
  const seen = [];
  store.watch((s) => [s.a], (s) => void seen.push(s.a));
  store.set({ b: 2 });
  store.set({ a: 2 });
  assert.deepEqual(seen, [1, 2]);
});

test("setting the same again tells nobody", () => {
  const store = createStore({ a: 1, list: [1] });
  let calls = 0;
  store.watch((s) => [s], () => void calls++);
  store.set({ a: 1, list: store.get().list });
  store.set({ a: NaN });
  store.set({ a: NaN });
  assert.equal(calls, 2);
});

test("state is frozen, and the first state is a copy", () => {
  const first = { a: 1 };
  const store = createStore(first);
  first.a = 9;
  assert.equal(store.get().a, 1);
  assert.throws(() => Object.assign(store.get(), { a: 2 }), TypeError);
  const before = store.get();
  store.set({ a: 2 });
  assert.equal(before.a, 1);
});

test("one patch is one call, however much it changes", () => {
  const store = createStore({ a: 1, b: 1 });
  let calls = 0;
  store.watch((s) => [s.a, s.b], () => void calls++);
  store.set({ a: 2, b: 2 });
  assert.equal(calls, 2);
});

test("whoever stops watching hears no more", () => {
  const store = createStore({ a: 1 });
  let calls = 0;
  const stop = store.watch((s) => [s.a], () => void calls++);
  stop();
  store.set({ a: 2 });
  assert.equal(calls, 1);
});

test("a watcher may set, and all end with the last state", () => {
  const store = createStore({ a: 1, double: 2 });
  /** @type {number[]} */
  const seen = [];
  store.watch((s) => [s.a], (s) => store.set({ double: 2 * s.a }));
  store.watch((s) => [s.double], (s) => void seen.push(s.double));
  store.set({ a: 5 });
  assert.deepEqual(seen, [2, 10]);
});
