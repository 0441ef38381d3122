// What a person tries out on a network: every change is answered at once by a run worked out here, the engine's follows
// once the hand rests; and there is a way back and on again.

import { withEdit } from "./edits.js";
import { difference, readEdits, tried, writeEdits } from "./trying.js";

/** @import { Changed, Edit, Maybe, Model, Notice, Trace, Tried, Tries } from "./types.d.ts" */

const REST = 150; // ms after which the engine is asked
/** More than rounding: then the numbers of one of the two are wrong, and that is said. */
export const MOST = 1e-4;
/** Characters of all changes: with what is read beside them an address stays under 4 kB. */
const LONGEST = 900;

/** @param {Tried} one @returns {one is { state: any }} */
const isState = (one) => typeof one === "object" && one !== null;

/**
 * @template {Changed & { trace: Trace, model: Model }} Run
 * @template {{ run: Run, query: { edit: Maybe<string> }, tries: Tries }} State
 * @param {{ get: () => State, set: (patch: any) => void }} store
 * @param {{
 *   ask: (edit: Maybe<string>) => Promise<unknown>, trace: (signal: AbortSignal) => Promise<Trace>,
 *   stale?: object, confirmed?: () => void, complain: (error: unknown) => void, notice: (notice: Notice) => void,
 * }} service stale: what of the state is of another run; confirmed: the engine has answered; ask: the question with other edits, answered by the engine alone; trace: the engine's answer to the question as it is
 */
export function createTries(store, { ask, trace, stale = {}, confirmed: then = () => {}, complain, notice }) {
  let settled = store.get().query.edit;
  let confirmed = settled; // what the engine has answered
  /** What of the state was otherwise before what it reads was moved by hand, until the engine has answered. @type {any} */
  let shifted = null;
  /** The same, until the hand rests. @type {any} */
  let held = null;
  let wait = 0;
  let asking = new AbortController();

  /** @param {Maybe<string>} edit @returns {Promise<void> | void} */
  function show(edit) {
    const { run, query } = store.get();
    stop();
    const other = tried(run, readEdits(edit, run.model.graph, run.plain));
    if (!other) return void ask(edit);
    store.set({ run: other, query: { ...query, edit }, ...stale });
    wait = window.setTimeout(confirm, REST);
  }

  /** The engine's own numbers, in place of those that were worked out here. */
  async function confirm() {
    asking = new AbortController();
    const { signal } = asking;
    const { edit } = store.get().query;
    try {
      const answer = await trace(signal);
      const { run } = store.get();
      if (signal.aborted) return;
      const { most, name, t } = difference(answer.values, run.trace.values);
      confirmed = edit;
      shifted = null;
      store.set({ run: { ...run, pending: false, trace: answer } });
      then();
      if (!(most <= MOST)) notice({ code: "differs", detail: "", params: { most: most.toPrecision(2), name, t: t + 1 } });
    } catch (error) {
      if (signal.aborted) return;
      back(confirmed);
      complain(error);
    }
  }

  /** What the engine refuses is taken back. @param {Maybe<string>} edit */
  function back(edit) {
    if (shifted) store.set(shifted);
    shifted = null;
    const { run, query } = store.get();
    settled = edit;
    const before = tried(run, readEdits(edit, run.model.graph, run.plain)) ?? run;
    store.set({ query: { ...query, edit }, run: { ...before, pending: false } });
  }

  /** What leads back here from where a step leads. @param {Tried} to @returns {Tried} */
  const now = (to) => (isState(to) ? { state: snapshot(Object.keys(to.state)) } : settled);

  /** @param {Tried} to */
  function go(to) {
    if (!isState(to)) {
      settled = to;
      return show(to);
    }
    stop();
    shifted = held = null;
    store.set({ ...to.state, ...stale });
    settled = store.get().query.edit;
    wait = window.setTimeout(confirm, REST);
  }

  /** @param {string[]} names */
  const snapshot = (names) => Object.fromEntries(names.map((name) => [name, /** @type {any} */ (store.get())[name]]));

  const stop = () => {
    asking.abort();
    clearTimeout(wait);
  };

  return {
    /** What it reads was moved by hand, and worked out here: the engine is asked once the hand rests. @param {any} patch run and query */
    shift(patch) {
      stop();
      shifted ??= snapshot(Object.keys(patch));
      held ??= snapshot(Object.keys(patch));
      store.set({ ...patch, ...stale });
      wait = window.setTimeout(confirm, REST);
    },
    /** The hand that moved it rests: from here there is a way back. */
    rest() {
      if (held) store.set({ tries: { past: [...store.get().tries.past, { state: held }], future: [] } });
      held = null;
    },
    /** Another question is asked: nothing more of this one is. */
    stop,
    /** While a hand moves. @param {Edit} edit @param {Maybe<number>} [plain] the value that is no change */
    move(edit, plain = null) {
      const next = writeEdits(withEdit(store.get().run.edits, edit, plain));
      if ((next ?? "").length > LONGEST) return notice({ code: "many_edits", detail: "", params: { most: LONGEST } });
      show(next);
    },
    /** The hand rests: from here there is a way back. */
    settle() {
      const { query, tries } = store.get();
      if (query.edit === settled) return;
      store.set({ tries: { past: [...tries.past, settled], future: [] } });
      settled = query.edit;
    },
    /** Both at once. @param {Edit} edit @param {Maybe<number>} [plain] */
    put(edit, plain = null) {
      this.move(edit, plain);
      this.settle();
    },
    /** Without one of them. @param {Edit} edit */
    drop(edit) {
      show(writeEdits(store.get().run.edits.filter((one) => one !== edit)));
      this.settle();
    },
    undo() {
      const { past, future } = store.get().tries;
      if (!past.length) return;
      const to = past[past.length - 1];
      store.set({ tries: { past: past.slice(0, -1), future: [now(to), ...future] } });
      go(to);
    },
    redo() {
      const { past, future } = store.get().tries;
      if (!future.length) return;
      const [to] = future;
      store.set({ tries: { past: [...past, now(to)], future: future.slice(1) } });
      go(to);
    },
    /** As it was trained; that too can be undone. */
    reset() {
      show(null);
      this.settle();
    },
    /** Another question is on screen: what was tried out on it is what its address says. @param {Maybe<string>} edit @param {boolean} another whether of another network */
    begin(edit, another) {
      stop();
      shifted = held = null;
      settled = confirmed = edit;
      const { past, future } = store.get().tries;
      const kept = (/** @type {Tried[]} */ all) => (another ? [] : all.filter((one) => !isState(one))); // what was read then is not what is read now
      if (kept(past).length < past.length || kept(future).length < future.length) store.set({ tries: { past: kept(past), future: kept(future) } });
    },
  };
}
