// The service is played here: what it answers, and how it fails, is the contract's.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { ApiError, fetchModel, fetchPath, fetchTally, fetchTrace, rememberModel } from "../../static/js/api.js";
import { BINARY, decode, LARGE, numbersPerStep } from "../../static/js/wire.js";
import { bytes, fixture } from "./fixtures.js";

const real = globalThis.fetch;
/** @type {{ address: string, options: RequestInit | undefined }[]} */
let asked = [];

/** @param {(address: string, options?: RequestInit) => Promise<unknown> | unknown} answer */
function serve(answer) {
  asked = [];
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {string} */ address, /** @type {RequestInit | undefined} */ options) => {
      asked.push({ address, options });
      return answer(address, options);
    }
  );
}

/** @param {unknown} body @param {number} [status] */
const json = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

/** @param {Promise<unknown>} promise @returns {Promise<ApiError>} */
async function failure(promise) {
  const error = await promise.then(() => assert.fail("it did not fail"), (e) => e);
  assert.ok(error instanceof ApiError, String(error));
  return error;
}

afterEach(() => {
  globalThis.fetch = real;
});

test("a trace is asked for as the contract writes it", async () => {
  serve(() => json({ length: 2 }));
  assert.deepEqual(await fetchTrace({ model: "ball-rnn", points: [[0.1, 0.2], null] }), { length: 2 });
  const [{ address, options }] = asked;
  assert.equal(address, "/api/trace");
  assert.equal(options?.method, "POST");
  assert.deepEqual(options?.headers, { "Content-Type": "application/json" });
  assert.deepEqual(JSON.parse(String(options?.body)), { model: "ball-rnn", input: { points: [[0.1, 0.2], null] }, memory: true, generate: 0, edits: [] });
});

test("only is sent where it is given", async () => {
  serve(() => json({}));
  await fetchTrace({ model: "m", points: [], memory: false, generate: 3, only: ["probs"] });
  const body = JSON.parse(String(asked[0].options?.body));
  assert.deepEqual([body.only, body.memory, body.generate], [["probs"], false, 3]);
});

test("a large trace of a known model is asked for as bytes, and read from them", async () => {
  const graph = fixture("ball-gru").graph;
  rememberModel(/** @type {any} */ ({ id: "large", graph }), {});
  const frames = Math.ceil(LARGE / numbersPerStep(graph));
  const points = (/** @type {number} */ n) => Array(n).fill([0.5, 0.5]);
  serve(() => new Response(bytes("trace-arrays"), { headers: { "Content-Type": BINARY } }));
  const trace = await fetchTrace({ model: "large", points: points(frames) });
  assert.deepEqual(trace, decode(bytes("trace-arrays")));
  await fetchTrace({ model: "large", points: points(frames - 1), generate: 1 });
  await fetchTrace({ model: "large", points: points(frames - 1) });
  await fetchTrace({ model: "large", points: points(frames), only: ["probs"] });
  await fetchTrace({ model: "unheard-of", points: points(frames) });
  const accepted = asked.map(({ options }) => /** @type {any} */ (options?.headers).Accept);
  assert.deepEqual(accepted, [BINARY, BINARY, undefined, undefined, undefined]);
});

test("bytes that break off are an answer that did not come", async () => {
  serve(() => new Response(bytes("trace-arrays").slice(0, 2000), { headers: { "Content-Type": BINARY } }));
  assert.equal((await failure(fetchTrace({ model: "m", points: [] }))).code, "unreachable");
});

test("an error has the service's code, sentence and values", async () => {
  serve(() => json({ error: "over_limit", detail: "At most 200.", params: { limit: 200 } }, 422));
  const error = await failure(fetchTrace({ model: "m", points: [] }));
  assert.deepEqual([error.code, error.message, error.params], ["over_limit", "At most 200.", { limit: 200 }]);
});

test("a service that cannot be reached is said to be so", async () => {
  serve(() => Promise.reject(new TypeError("Failed to fetch")));
  assert.equal((await failure(fetchTally(null, 1))).code, "unreachable");
});

test("so is one that answers with something else than JSON", async () => {
  for (const [text, status] of /** @type {[string, number][]} */ ([["<h1>Bad gateway</h1>", 502], ["", 500], ["<h1>ok</h1>", 200], ["", 200]])) {
    serve(() => new Response(text, { status }));
    const error = await failure(fetchTally(null, 1));
    assert.equal(error.code, "unreachable", text);
    assert.equal(error.message, "");
  }
});

test("an error without our fields is no puzzle", async () => {
  serve(() => json({ message: "no" }, 503));
  const error = await failure(fetchTally(null, 1));
  assert.deepEqual([error.code, error.message, error.params], ["unreachable", "", {}]);
});

/** @param {unknown} error */
const isTakenBack = (error) => error instanceof DOMException && error.name === "AbortError";

test("a question that is taken back is no error of the service", async () => {
  const asking = new AbortController();
  serve((address, options) => {
    asking.abort();
    options?.signal?.throwIfAborted();
  });
  await assert.rejects(fetchTrace({ model: "m", points: [] }, asking.signal), isTakenBack);
});

test("nor is one that is taken back while its answer arrives", async () => {
  const asking = new AbortController();
  serve(() => ({
    ok: true,
    headers: new Headers(),
    json: () => {
      asking.abort();
      return Promise.reject(asking.signal.reason);
    },
  }));
  await assert.rejects(fetchTrace({ model: "m", points: [] }, asking.signal), isTakenBack);
});

test("a path is the first of the answer", async () => {
  serve(() => json({ paths: [{ motion: "curve" }, {}] }));
  assert.deepEqual(await fetchPath("curve", 7, 28), { motion: "curve" });
  assert.equal(asked[0].address, "/api/ball/paths?motion=curve&seed=7&frames=28");
});

test("a tally is of one motion, or of all", async () => {
  serve(() => json({ count: 500 }));
  await fetchTally(null, 3);
  await fetchTally("circular", 3);
  assert.deepEqual(asked.map(({ address }) => address), ["/api/ball/tally?count=500&seed=3", "/api/ball/tally?count=500&seed=3&motion=circular"]);
});

test("a model is asked for once, and again only after a failure", async () => {
  let fails = true;
  serve((address) => (fails ? json({ error: "unknown_model", detail: "No." }, 404) : json(address.includes("/weights") ? { weights: { a: [1] } } : { id: "one" })));
  assert.equal((await failure(fetchModel("one"))).code, "unknown_model");
  fails = false;
  const [first, second] = await Promise.all([fetchModel("one"), fetchModel("one")]);
  assert.deepEqual(first, { model: { id: "one" }, weights: { a: [1] } });
  assert.equal(first, second);
  assert.equal(asked.length, 4);
});

test("what the page came with is not asked for at all", async () => {
  serve(() => assert.fail("it asked"));
  const model = /** @type {any} */ ({ id: "boot" });
  rememberModel(model, {});
  assert.equal((await fetchModel("boot")).model, model);
});
