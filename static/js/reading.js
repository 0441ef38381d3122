// The review's questions: what its address says, and what a person can do. Each action patches the store.

import { HASH, MEMORY, read, write } from "./address.js";
import { ApiError, fetchAttributions, fetchModel, fetchTrace, fetchWord } from "./api.js";
import { positionOf, readyAt, stepAt, waveOf } from "./wave.js";

/** @import { Field } from "./address.js" */
/** @import { Look, Maybe, Model, Notice, Reading, ReadingBoot, ReadingQuery, ReadingState, Trace, Weights } from "./types.d.ts" */
/** @typedef {ReturnType<typeof import("./store.js").createStore<ReadingState>>} Store */

/** Characters of a word that the service looks up; no longer one is known. */
const LONGEST = 200;

/** In an address without a step, the last one is looked at. @type {Record<string, Field>} */
const LOOK = { ...HASH, t: { ...HASH.t, default: null } };

/** The model is always said: it is what makes it the page of the review. @param {ReadingBoot["defaults"]} defaults @returns {Record<string, Field>} */
const fieldsOf = (defaults) => ({
  model: { default: null, read: (text) => text.split("@")[0], write: String },
  input: { default: defaults.text, read: String, write: String },
  memory: MEMORY,
});

/** @param {{ search: string, hash: string }} location @param {ReadingBoot["defaults"]} defaults */
export function readReading(location, defaults) {
  const asked = read(fieldsOf(defaults), location.search);
  const look = read(LOOK, location.hash.replace(/^#/, ""));
  const { node, unit, ...rest } = look.values;
  const { input, model, memory } = asked.values;
  return {
    /** @type {ReadingQuery} */
    query: { model: model ?? defaults.model, text: input, memory },
    /** @type {Omit<Look, "t"> & { t: Maybe<number> }} */
    look: { ...rest, unit: node && { node, index: unit ?? 0 } },
    bad: look.bad,
  };
}

/** @param {ReadingQuery} query @param {Look} look @param {number} length of the run @param {ReadingBoot["defaults"]} defaults */
export function writeReading({ model, text, memory }, look, length, defaults) {
  const asked = write(fieldsOf(defaults), { model, input: text, memory });
  const where = write(LOOK, { ...look, t: look.t === Math.max(1, length) ? null : look.t, node: look.unit?.node ?? null, unit: look.unit?.index ?? null });
  return `/?${asked}${where && `#${where}`}`;
}

/** @param {{ text: string, cut: Maybe<number>, trace: Trace, model: Model, weights: Weights }} parts @returns {Reading} */
export const makeReading = (parts) => ({ ...parts, wave: waveOf(parts.model.graph, parts.trace.length) });

/** Where one looks in a run: at a step, or at the last. @param {{ wave: import("./wave.js").Wave }} run @param {Maybe<number>} t @param {Maybe<number>} beat */
export function placeOf({ wave }, t, beat = null) {
  const step = Math.max(1, Math.min(wave.length, t ?? wave.length));
  return { t: step, position: wave.length ? positionOf(wave, { t: step, beat }) : 0 };
}

/** @param {Store} store @param {ReadingBoot} boot */
export function createReading(store, boot) {
  let asking = new AbortController();
  let words = 0;
  const { words: most } = boot.limits;

  /** The trace of a text, of its first words only if there are too many. @param {ReadingQuery} query @param {AbortSignal} signal */
  async function fetchCut({ model, text, memory }, signal) {
    const between = text.trim().split(/\s+/); // what stands between spaces may be several words
    const asked = between.length > 2 * most ? between.slice(0, 2 * most).join(" ") : text;
    const trace = await fetchTrace({ model, text: asked, memory }, signal);
    if (trace.length <= most && asked === text) return { trace, cut: null };
    const kept = trace.input.tokens.slice(0, most).join(" ");
    const came = Math.max(trace.length, between.length);
    return { trace: await fetchTrace({ model, text: kept, memory }, signal), cut: came };
  }

  /** The same words for every network. @param {Reading} run @param {ReadingQuery} query @param {AbortSignal} signal */
  async function fetchRivals(run, query, signal) {
    const text = run.trace.input.tokens.join(" ");
    const found = await Promise.all(
      store.get().models.map(async ({ id }) => {
        const { values, initial } = await fetchTrace({ model: id, text, memory: query.memory, only: ["probs"] }, signal);
        return [id, { probs: values.probs, initial: initial?.probs ?? [] }];
      }),
    );
    if (!signal.aborted) store.set({ rivals: Object.fromEntries(found) });
  }

  /** What each word did; of a run without memory there is nothing to tell apart. @param {Reading} run @param {ReadingQuery} query @param {AbortSignal} signal */
  async function fetchWhy(run, query, signal) {
    if (!run.trace.length || !query.memory) return;
    const attributions = await fetchAttributions(query.model, run.trace.input.tokens.join(" "), signal);
    if (!signal.aborted) store.set({ attributions });
  }

  /** @param {unknown} error */
  function complain(error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    if (!(error instanceof ApiError)) throw error;
    actions.notice({ code: error.code, detail: error.message });
  }

  /**
   * Change the question; the run on screen stays until the new one is there, and for good if it fails.
   * @param {Partial<ReadingQuery>} patch
   * @param {Maybe<number>} [t] where to look once it is there; at the last word if null, where one did if left out
   */
  async function ask(patch, t) {
    const query = { ...store.get().query, ...patch };
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    store.set({ query });
    try {
      const [{ trace, cut }, { model, weights }] = await Promise.all([fetchCut(query, signal), fetchModel(query.model)]);
      if (signal.aborted) return;
      const run = makeReading({ text: query.text, cut, trace, model, weights });
      const { look, position, run: before } = store.get();
      const place = placeOf(run, t === undefined ? stepAt(before.wave, position, look.t) : t);
      store.set({ run, attributions: null, notices: [], playing: false, position: place.position, look: { ...look, t: place.t } });
      fetchRivals(run, query, signal).catch(complain);
      fetchWhy(run, query, signal).catch(complain);
    } catch (error) {
      if (!signal.aborted) complain(error);
    }
  }

  const actions = {
    ask,
    /** Every key that is pressed. @param {string} text */
    text: (text) => ask({ text }, null),
    /** @param {string} model */
    model: (model) => ask({ model }),
    memory: () => ask({ memory: !store.get().query.memory }),
    /** What is shown beside the run. */
    beside() {
      const { run, query } = store.get();
      return Promise.all([fetchRivals(run, query, asking.signal), fetchWhy(run, query, asking.signal)]).catch(complain);
    },
    /** A word as numbers; the last one that was asked for is shown. @param {string} token */
    async lookUp(token) {
      const asked = ++words;
      try {
        const word = await fetchWord(store.get().run.model.id, token.slice(0, LONGEST));
        if (asked === words) store.set({ word });
      } catch (error) {
        complain(error);
      }
    },
    /** Put a word elsewhere. @param {number} from @param {number} to places, from 0 */
    move(from, to) {
      const tokens = [...store.get().run.trace.input.tokens];
      if (from === to || to < 0 || to >= tokens.length) return Promise.resolve();
      tokens.splice(to, 0, ...tokens.splice(from, 1));
      return ask({ text: tokens.join(" ") }, to + 1);
    },
    /** Jump to the end of a beat, from 1. @param {number} beat */
    beat(beat) {
      store.set({ position: Math.min(store.get().run.wave.beats, Math.max(1, beat)), playing: false });
    },
    /** Look at a word, from 1. @param {number} t */
    step(t) {
      const { run, look } = store.get();
      const step = Math.min(run.wave.length, Math.max(1, t));
      if (run.wave.length) store.set({ look: { ...look, t: step }, position: readyAt(run.wave, step), playing: false });
    },
    play() {
      const { playing, position, run } = store.get();
      if (!run.wave.length) return;
      store.set({ playing: !playing, ...(!playing && position >= run.wave.beats && { position: 0 }) });
    },
    reset: () => actions.beat(1),
    /** @param {number} speed */
    speed: (speed) => store.set({ speed }),
    /** @param {Look["unit"]} unit */
    unit: (unit) => store.set({ look: { ...store.get().look, unit } }),
    /** @param {Partial<Look>} patch */
    look: (patch) => store.set({ look: { ...store.get().look, ...patch } }),
    /** @param {Notice} notice */
    notice(notice) {
      store.set({ notices: [...store.get().notices.filter((n) => n.code !== notice.code), notice] });
    },
    /** @param {Notice} notice */
    dismiss: (notice) => store.set({ notices: store.get().notices.filter((n) => n !== notice) }),
  };
  return actions;
}
