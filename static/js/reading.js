// The review's questions: what its address says, and what a person can do. Each action patches the store.

import { EDIT, MEMORY, read, readLook, write, writeLook } from "./address.js";
import { ApiError, fetchAttributions, fetchModel, fetchTrace, fetchWord } from "./api.js";
import { writeEdit } from "./edits.js";
import { createTries } from "./tries.js";
import { changed, readEdits, shifted, writeEdits } from "./trying.js";
import { alongside, createWalking, placeOf } from "./walking.js";
import { stepAt, waveOf } from "./wave.js";

/** @import { Field } from "./address.js" */
/** @import { Edit, Look, Maybe, Model, Reading, ReadingBoot, ReadingQuery, ReadingState, Trace, Weights } from "./types.d.ts" */
/** @typedef {ReturnType<typeof import("./store.js").createStore<ReadingState>>} Store */

/** ms after a run before what stands beside it is asked for: while somebody types, only the run is. */
const PAUSE = 250;

/** Characters of a text that the service reads, and of one in an address, which stays under 4 kB. */
const LONGEST_TEXT = 20000;
const LONGEST_ADDRESS = 2900;

/** Characters of a word that the service looks up; no longer one is known. */
const LONGEST = 200;

/** The model is always said: it is what makes it the page of the review. @param {ReadingBoot["defaults"]} defaults @returns {Record<string, Field>} */
const fieldsOf = (defaults) => ({
  model: { default: null, read: (text) => text.split("@")[0], write: String },
  input: { default: defaults.text, read: String, write: String },
  memory: MEMORY,
  edit: EDIT,
});

/** @param {{ search: string, hash: string }} location @param {ReadingBoot["defaults"]} defaults */
export function readReading(location, defaults) {
  const { input, model, memory, edit } = read(fieldsOf(defaults), location.search).values;
  return {
    /** @type {ReadingQuery} */
    query: { model: model ?? defaults.model, text: input, memory, edit },
    ...readLook(location.hash, null),
  };
}

/** @param {ReadingQuery} query @param {Look} look @param {number} length of the run @param {ReadingBoot["defaults"]} defaults */
export function writeReading({ model, text, memory, edit }, look, length, defaults) {
  const asked = write(fieldsOf(defaults), { model, input: text, memory, edit });
  return `/?${asked}${writeLook(look, Math.max(1, length))}`;
}

/** @param {{ text: string, cut: Maybe<number>, trace: Trace, model: Model, weights: Weights, edit?: Maybe<string> }} parts edit: with which the trace was made @returns {Reading} */
export function makeReading({ weights, edit = null, ...parts }) {
  const { graph } = parts.model;
  return { ...parts, wave: waveOf(graph, parts.trace.length), ...changed(parts, weights, readEdits(edit, graph, weights)) };
}

/** The first characters of a text, none of them cut in two. @param {string} text @param {number} share */
function firstOf(text, share) {
  const characters = [...text];
  return characters.slice(0, Math.floor(characters.length * share)).join("");
}

/** Without half a character at its end. @param {string} text */
const whole = (text) => text.replace(/[\ud800-\udbff]$/, "");

/** What a run read, as an address says it: of a text that was cut what was kept, and never more than an address holds. @param {Reading} run */
export function textOf({ text, cut, trace }) {
  let said = cut ? trace.input.tokens.join(" ") : text;
  while (encodeURIComponent(said).length > LONGEST_ADDRESS) said = firstOf(said, 0.9);
  return said;
}

/** Where a value is held, or a start is given, what each word did is not worked out. @param {Edit} edit */
export const isHeld = ({ kind }) => kind === "force" || kind === "start";

/** @param {Store} store @param {ReadingBoot} boot */
export function createReading(store, boot) {
  const walking = createWalking(store);
  const { complain } = walking;
  let asking = new AbortController();
  let words = 0;
  const { words: most } = boot.limits;

  /** The trace of a text, of its first words only if there are too many. @param {ReadingQuery} query @param {AbortSignal} signal */
  async function fetchCut({ text, ...how }, signal) {
    const between = text.trim().split(/\s+/); // what stands between spaces may be several words
    const first = between.length > 2 * most ? between.slice(0, 2 * most).join(" ") : text;
    const { trace, asked } = await fetchFirst({ ...how, text: whole(first.slice(0, LONGEST_TEXT)) }, signal);
    if (trace.length <= most && asked === text) return { trace, cut: null };
    const kept = trace.input.tokens.slice(0, most).join(" ");
    const came = asked === text ? trace.length : asked === first ? Math.max(trace.length, between.length) : Infinity;
    return { trace: await fetchTrace({ ...how, text: kept }, signal), cut: came };
  }

  /** A text, or as much of it as the service reads at once. @param {ReadingQuery} query @param {AbortSignal} signal @returns {Promise<{ trace: Trace, asked: string }>} */
  async function fetchFirst(query, signal) {
    try {
      return { trace: await fetchTrace(query, signal), asked: query.text };
    } catch (error) {
      const { text } = query;
      if (!(error instanceof ApiError) || error.code !== "over_limit" || text.length < 2) throw error;
      const { limit = 1, came = 2 } = error.params;
      return fetchFirst({ ...query, text: firstOf(text, Math.min(0.5, limit / came)) }, signal);
    }
  }

  /** @param {Reading} run */
  const readers = (run) => alongside(store.get().models, run.model.id, boot.small);

  /** The same words for every network. @param {Reading} run @param {ReadingQuery} query @param {AbortSignal} signal */
  async function fetchRivals(run, query, signal) {
    const text = run.trace.input.tokens.join(" ");
    const found = await Promise.all(
      readers(run).map(async ({ id }) => {
        const { values, initial } = await fetchTrace({ model: id, text, memory: query.memory, only: ["probs"] }, signal);
        return [id, { probs: values.probs, initial: initial?.probs ?? [] }];
      }),
    );
    if (!signal.aborted) store.set({ rivals: Object.fromEntries(found) });
  }

  /** What each word did; of a run without memory there is nothing to tell apart. @param {Reading} run @param {ReadingQuery} query @param {AbortSignal} signal */
  async function fetchWhy(run, query, signal) {
    if (!run.trace.length || !query.memory || run.edits.some(isHeld)) return;
    const attributions = await fetchAttributions(query.model, run.trace.input.tokens.join(" "), run.edits.map(writeEdit), signal);
    if (!signal.aborted) store.set({ attributions });
  }

  /** What is shown beside the run. */
  function beside() {
    const { run, query } = store.get();
    return Promise.all([fetchRivals(run, query, asking.signal), fetchWhy(run, query, asking.signal)]).catch(complain);
  }

  /**
   * Change the question; the run on screen stays until the new one is there, and for good if it fails.
   * @param {Partial<ReadingQuery>} patch
   * @param {Maybe<number>} [t] where to look once it is there; at the last word if null, where one did if left out
   * @param {Partial<Omit<Look, "t">>} [where] where else to look
   * @returns {Promise<boolean>} whether it is there: not if it failed, or another was asked meanwhile
   */
  async function ask(patch, t, where = {}) {
    const query = { ...store.get().query, ...patch };
    asking.abort();
    tries.stop();
    asking = new AbortController();
    const { signal } = asking;
    store.set({ query, busy: true });
    try {
      const [{ trace, cut }, { model, weights }] = await Promise.all([fetchCut(query, signal), fetchModel(query.model)]);
      if (signal.aborted) return false;
      const run = makeReading({ text: query.text, cut, trace, model, weights, edit: query.edit });
      tries.begin(query.edit, query.model !== store.get().answered.model);
      const { look, position, run: before } = store.get();
      const place = placeOf(run, t === undefined ? stepAt(before.wave, position, look.t) : t);
      store.set({ run, query, busy: false, answered: query, attributions: null, notices: [], playing: false, position: place.position, look: { ...look, ...where, t: place.t } });
      setTimeout(() => signal.aborted || beside(), PAUSE);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      store.set({ busy: false, query: { ...store.get().answered, edit: writeEdits(store.get().run.edits), text: query.text } }); // what is typed stays
      complain(error);
      return false;
    }
  }

  const tries = createTries(/** @type {any} */ (store), {
    ask: (edit) => ask({ edit }),
    async trace(signal) {
      const { run, query } = store.get();
      return fetchTrace({ model: query.model, text: run.trace.input.tokens.join(" "), memory: run.trace.memory, edit: query.edit }, signal);
    },
    stale: { attributions: null },
    confirmed: () => void beside(),
    complain,
    notice: walking.notice,
  });

  return {
    ...walking,
    ask,
    tries,
    readers,
    /** Every key that is pressed. @param {string} text */
    text: (text) => ask({ text }, null),
    /** @param {string} model */
    model: (model) => ask({ model, edit: null }),
    memory: () => ask({ memory: !store.get().query.memory }),
    beside,
    /** The same words, read by another network. @param {Reading} run @param {string} id @returns {Promise<Reading>} */
    async rerun({ text, cut, trace: { input, memory } }, id) {
      const [trace, { model, weights }] = await Promise.all([fetchTrace({ model: id, text: input.tokens.join(" "), memory }), fetchModel(id)]);
      return makeReading({ text, cut, trace, model, weights });
    },
    /** A word as numbers; the last one that was asked for is shown, or none. @param {Maybe<string>} token */
    async lookUp(token) {
      const asked = ++words;
      if (token === null) return store.set({ word: null });
      try {
        const word = await fetchWord(store.get().run.model.id, token.slice(0, LONGEST));
        if (asked === words) store.set({ word });
      } catch (error) {
        if (asked === words) complain(error);
      }
    },
    /**
     * Put a word elsewhere: the network reads the same rows in another order, worked out here at once; the run as it
     * was stands behind it. Not of a text that was cut: its end would be lost.
     * @param {number} from @param {number} to places, from 0
     */
    move(from, to) {
      const { run, query, look, busy } = store.get();
      const { tokens, unknown } = run.trace.input;
      if (busy || run.cut || from === to || !(from in tokens) || to < 0 || to >= tokens.length) return false;
      const order = [...tokens.keys()];
      order.splice(to, 0, ...order.splice(from, 1));
      const input = { tokens: order.map((k) => tokens[k]), unknown: order.flatMap((k, t) => (unknown.includes(k) ? [t] : [])), text: order.map((k) => tokens[k]).join(" ") };
      const other = shifted(run, order.map((k) => [...run.trace.values.x[k]]), input, run.trace.values);
      asking.abort();
      asking = new AbortController();
      const place = placeOf(run, null);
      const asked = { ...query, text: input.text };
      tries.shift({ query: asked, answered: asked, run: { ...other, text: input.text, moved: { t: to, from: null } }, playing: false, position: place.position, look: { ...look, t: place.t }, rivals: {} });
      tries.rest();
      return true;
    },
  };
}
