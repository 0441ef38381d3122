// Questions to the service. An error becomes an ApiError with the service's code and sentence.

import { BINARY, decode, LARGE, numbersPerStep } from "./wire.js";

/** @import { Query, Trace, BallPath, Model, Weights, Tally, Point, Maybe } from "./types.d.ts" */

export class ApiError extends Error {
  /** @param {string} code @param {string} detail @param {Record<string, any>} [params] */
  constructor(code, detail, params = {}) {
    super(detail);
    this.code = code;
    this.params = params;
  }
}

/** A question taken back is no error of the service; it may be taken back while the answer arrives. @param {unknown} cause */
const takenBack = (cause) => cause instanceof DOMException && cause.name === "AbortError";

/** @param {Response} response @returns {Promise<any>} */
const read = (response) => (response.headers.get("Content-Type") === BINARY ? response.arrayBuffer().then(decode) : response.json());

/** @param {string} address @param {RequestInit} [options] @returns {Promise<any>} */
async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch (cause) {
    if (takenBack(cause)) throw cause;
    throw new ApiError("unreachable", "");
  }
  const body = await read(response).catch((cause) => {
    if (takenBack(cause)) throw cause;
    return null;
  });
  if (!response.ok || body === null) {
    throw new ApiError(body?.error ?? "unreachable", body?.detail ?? "", body?.params);
  }
  return body;
}

/** @param {string} address @param {object} body @param {AbortSignal} [signal] */
const post = (address, body, signal) => ask(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });

/** @type {Map<string, Model>} */
const known = new Map();

/**
 * A large trace is asked for as bytes; its rows are then Float32Arrays, with the map of an array.
 * @param {{ model: string, points?: Maybe<Point>[], text?: string, memory?: boolean, generate?: number, edit?: Maybe<string>, only?: string[] }} question
 * @param {AbortSignal} [signal]
 * @returns {Promise<Trace>}
 */
export function fetchTrace({ model, points, text, memory = true, generate = 0, edit = null, only }, signal) {
  const edits = edit?.split(";") ?? [];
  const body = { model, input: points ? { points } : { text }, memory, generate, edits, ...(only && { only }) };
  const graph = known.get(model)?.graph;
  const steps = points ? points.length + generate : (text ?? "").split(" ").length;
  const numbers = graph && !only ? steps * numbersPerStep(graph) : 0;
  return ask("/api/trace", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(numbers >= LARGE && { Accept: BINARY }) },
    body: JSON.stringify(body),
    signal,
  });
}

/** @param {{ model: string, prefix: string, temperature: number, top_k: number, seed: number, edits: string[], only?: string[] }} question @param {AbortSignal} [signal] @returns {Promise<Trace>} */
export const fetchName = (question, signal) =>
  post("/api/generate", question, signal);

/** Where sentences end that a model was not trained on. @param {string} model @returns {Promise<import("./types.d.ts").EndStates>} */
export const fetchStates = (model) => ask(`/api/models/${model}/states`);

/** @param {string} model @param {string} word @returns {Promise<import("./types.d.ts").WordNumbers>} */
export const fetchWord = (model, word) => ask(`/api/models/${model}/words?word=${encodeURIComponent(word)}`);

/** @param {{ model: string, points?: Maybe<Point>[], text?: string, at: number, output: string, edits?: string[] }} question @returns {Promise<import("./types.d.ts").Flows>} */
export const fetchFlows = ({ model, points, text, at, output, edits = [] }) =>
  post("/api/flows", { model, input: points ? { points } : { text }, at, output, edits });

/** @param {string} model @param {string} text @param {string[]} edits @param {AbortSignal} [signal] @returns {Promise<import("./types.d.ts").Attributions>} */
export const fetchAttributions = (model, text, edits, signal) =>
  post("/api/attributions", { model, text, edits }, signal);

/** What a network that recalls letters still knows of each, by lag. @param {string} model @param {{ length: number, seed: number, trained?: boolean }} draw @param {AbortSignal} [signal] @returns {Promise<import("./types.d.ts").Memory>} */
export const fetchMemory = (model, { length, seed, trained = true }, signal) => ask(`/api/models/${model}/memory?length=${length}&seed=${seed}&trained=${trained}`, { signal });

/** Where states rest while one input goes on. @param {string} model @param {{ text?: string, points?: Maybe<Point>[] }} input @param {number[][]} starts @param {AbortSignal} [signal] @returns {Promise<{ rests: import("./space.js").Rest[] }>} */
export const fetchRests = (model, input, starts, signal) =>
  post("/api/rests", { model, input, starts: starts.map((row) => [...row]) }, signal);

/** What is left of a small change, as the engine has it: ‖ds_T/ds_k‖ from k = 0 on. @param {string} model @param {string} text @param {string[]} edits @param {AbortSignal} [signal] @returns {Promise<{ remains: Maybe<number>[], spectra: Record<string, { radius: number, largest: number }[]> }>} */
export const fetchRemains = (model, text, edits, signal) =>
  post("/api/remains", { model, input: { text }, edits }, signal);

/** @param {string} motion @param {number} seed @param {number} frames @param {AbortSignal} [signal] @returns {Promise<BallPath>} */
export async function fetchPath(motion, seed, frames, signal) {
  const answer = await ask(`/api/ball/paths?motion=${motion}&seed=${seed}&frames=${frames}`, { signal });
  return answer.paths[0];
}

/** @param {Maybe<string>} motion @param {number} seed @returns {Promise<Tally>} */
export const fetchTally = (motion, seed) =>
  ask(`/api/ball/tally?count=500&seed=${seed}${motion ? `&motion=${motion}` : ""}`);

/** Is long, and of it the page needs a row for each word, which a trace has as x. */
const EMBEDDING = "embedding.W";

/** @type {Map<string, Promise<{ model: Model, weights: Weights }>>} */
const models = new Map();

/** @param {string} id @returns {Promise<{ model: Model, weights: Weights }>} */
export function fetchModel(id) {
  if (!models.has(id)) {
    const both = Promise.all([ask(`/api/models/${id}`), ask(`/api/models/${id}/weights?without=${EMBEDDING}`)]);
    const found = both.then(([model, { weights }]) => {
      known.set(id, model);
      return { model, weights };
    });
    found.catch(() => models.delete(id));
    models.set(id, found);
  }
  return /** @type {Promise<{ model: Model, weights: Weights }>} */ (models.get(id));
}

/** What the page came with need not be asked again. @param {Model} model @param {Weights} weights */
export function rememberModel(model, weights) {
  known.set(model.id, model);
  models.set(model.id, Promise.resolve({ model, weights }));
}
