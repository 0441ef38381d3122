// The questions of the names: what the address says, and what a person can do. Each action patches the store.

import { EDIT, read, readLook, write, writeLook } from "./address.js";
import { fetchModel, fetchName, fetchTrace } from "./api.js";
import { softmax } from "./softmax.js";
import { createTries } from "./tries.js";
import { changed, readEdits, writeEdits } from "./trying.js";
import { createWalking, placeOf } from "./walking.js";
import { stepAt, waveOf } from "./wave.js";

/** @import { Field } from "./address.js" */
/** @import { Look, Maybe, Model, Spelling, SpellingBoot, SpellingQuery, SpellingState, Trace, Weights } from "./types.d.ts" */
/** @typedef {ReturnType<typeof import("./store.js").createStore<SpellingState>>} Store */

export const MORE = 8;

const natural = (/** @type {string} */ text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

/** The model is always said: it is what makes it the page of the names. @param {SpellingBoot} boot @returns {Record<string, Field>} */
const fieldsOf = ({ defaults, limits: { temperature: [coolest, hottest] } }) => ({
  model: { default: null, read: (text) => text.split("@")[0], write: String },
  input: { default: defaults.prefix, read: String, write: String },
  go: { default: defaults.goes_on, read: (text) => (text === "on" ? true : text === "off" ? false : undefined), write: (on) => (on ? "on" : "off") },
  temperature: { default: defaults.temperature, read: (text) => (Number(text) > 0 ? Math.min(hottest, Math.max(coolest, Number(text))) : undefined), write: String },
  top: { default: defaults.top_k, read: natural, write: String },
  seed: { default: defaults.seed, read: natural, write: String },
  edit: EDIT,
});

/** @param {{ search: string, hash: string }} location @param {SpellingBoot} boot */
export function readSpelling(location, boot) {
  const { model, input, go, temperature, top, seed, edit } = read(fieldsOf(boot), location.search).values;
  return {
    /** @type {SpellingQuery} */
    query: { model: model ?? boot.defaults.model, prefix: input, goes_on: go, temperature, top_k: top, seed, edit },
    ...readLook(location.hash, null),
  };
}

/** @param {SpellingQuery} query @param {Look} look @param {number} length of the run @param {SpellingBoot} boot */
export function writeSpelling({ model, prefix, goes_on, temperature, top_k, seed, edit }, look, length, boot) {
  const asked = write(fieldsOf(boot), { model, input: prefix, go: goes_on, temperature, top: top_k, seed, edit });
  return `/?${asked}${writeLook(look, length)}`;
}

/** @param {{ trace: Trace, model: Model, weights: Weights, edit?: Maybe<string>, drawn?: boolean }} parts edit: with which the trace was made; drawn: by the network @returns {Spelling} */
export function makeSpelling({ weights, edit = null, drawn = false, ...parts }) {
  const { graph } = parts.model;
  return { ...parts, drawn, wave: waveOf(graph, parts.trace.length), ...changed(parts, weights, readEdits(edit, graph, weights)) };
}

/** The letters of a run without the end before them. @param {{ trace: Trace }} run */
export const nameOf = ({ trace }) => trace.input.tokens.slice(1).join("");

/**
 * What a letter is drawn from: softmax of the scores over the temperature, of the likeliest only.
 * @param {number[]} logits @param {number} temperature @param {number} top 0 is all
 */
export function drawnFrom(logits, temperature, top) {
  const order = logits.map((_, k) => k).sort((a, b) => logits[b] - logits[a] || a - b);
  const kept = new Set(top ? order.slice(0, top) : order);
  return softmax(logits.map((z, k) => (kept.has(k) ? z : -Infinity)), temperature);
}

/** @param {Store} store @param {SpellingBoot} boot */
export function createSpelling(store, boot) {
  const walking = createWalking(store);
  const { complain } = walking;
  let asking = new AbortController();

  /** @param {SpellingQuery} query @param {AbortSignal} signal @param {string[]} [only] */
  const fetchRun = ({ model, prefix, goes_on, temperature, top_k, seed, edit }, signal, only) =>
    goes_on ? fetchName({ model, prefix, temperature, top_k, seed, edits: edit?.split(";") ?? [], only }, signal) : fetchTrace({ model, text: prefix, edit, only }, signal);

  /** Other seeds of this network, and this seed of other networks. @param {SpellingQuery} query @param {AbortSignal} signal */
  async function fetchBeside(query, signal) {
    const going = { ...query, goes_on: true };
    const seeds = Array.from({ length: MORE }, (_, k) => query.seed + 1 + k);
    const names = (/** @type {SpellingQuery[]} */ all) => Promise.all(all.map((one) => fetchRun(one, signal, []).then((trace) => nameOf({ trace }))));
    const [more, others] = await Promise.all([names(seeds.map((seed) => ({ ...going, seed }))), names(store.get().models.map(({ id }) => ({ ...going, model: id, edit: id === query.model ? query.edit : null })))]);
    if (signal.aborted) return;
    store.set({ more: seeds.map((seed, k) => ({ seed, name: more[k] })), others: Object.fromEntries(store.get().models.map(({ id }, k) => [id, others[k]])) });
  }

  /**
   * Change the question; the run on screen stays until the new one is there, and for good if it fails.
   * @param {Partial<SpellingQuery>} patch @param {Maybe<number>} [t] where to look once it is there; at the end if it is null
   * @param {Partial<Omit<Look, "t">>} [where] where else
   * @returns {Promise<boolean>} whether it is there: not if it failed, or another was asked meanwhile
   */
  async function ask(patch, t = null, where = {}) {
    const query = { ...store.get().query, ...patch };
    asking.abort();
    tries.stop();
    asking = new AbortController();
    const { signal } = asking;
    store.set({ query });
    try {
      const [trace, { model, weights }] = await Promise.all([fetchRun(query, signal), fetchModel(query.model)]);
      if (signal.aborted) return false;
      const run = makeSpelling({ trace, model, weights, edit: query.edit, drawn: query.goes_on });
      tries.begin(query.edit, query.model !== store.get().asked.model);
      const place = placeOf(run, t);
      store.set({ run, query, asked: query, notices: [], playing: false, position: place.position, look: { ...store.get().look, ...where, t: place.t } });
      fetchBeside(query, signal).catch(complain);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      store.set({ query: { ...store.get().asked, edit: writeEdits(store.get().run.edits), prefix: query.prefix } }); // what is typed stays
      complain(error);
      return false;
    }
  }

  const tries = createTries(/** @type {any} */ (store), {
    ask(edit) {
      const { run, position, look } = store.get();
      return ask({ edit }, stepAt(run.wave, position, look.t));
    },
    trace: (signal) => fetchRun({ ...store.get().query }, signal),
    confirmed: () => void fetchBeside(store.get().query, asking.signal).catch(complain),
    complain,
    notice: walking.notice,
  });

  return {
    ...walking,
    ask,
    tries,
    beside: () => fetchBeside(store.get().query, asking.signal).catch(complain),
    /** The same name, read by another network. @param {SpellingState["run"]} run @param {string} id */
    async rerun(run, id) {
      const [trace, { model, weights }] = await Promise.all([fetchTrace({ model: id, text: nameOf(run) }), fetchModel(id)]);
      return makeSpelling({ trace, model, weights });
    },
    /** @param {string} model */
    model: (model) => ask({ model, edit: null }),
    another: () => ask({ seed: Math.floor(Math.random() * 1e6), goes_on: true }),
  };
}
