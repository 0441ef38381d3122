// Walking through a run, the same on every page: where one looks, what a person can do there, and the clock that plays it.

import { ApiError } from "./api.js";
import { find } from "./dom.js";
import { ownerOf } from "./graph.js";
import { createPlayer } from "./player.js";
import { playbar, SPEEDS } from "./views/playbar.js";
import { beatAt, positionOf, readyAt, stepAt } from "./wave.js";

/** @import { Look, Maybe, Notice, Place, Walk, WalkStore } from "./types.d.ts" */
/** @import { Wave } from "./wave.js" */

/** Where one looks in a run: at a step, or at the last. @param {{ wave: Wave }} run @param {Maybe<number>} t @param {Maybe<number>} beat */
export function placeOf({ wave }, t, beat = null) {
  const step = Math.max(1, Math.min(wave.length, t ?? wave.length));
  return { t: step, position: wave.length ? positionOf(wave, { t: step, beat }) : 0 };
}

/** What no address says: the diagram unrolled, nothing pointed at, no way behind one, nothing to undo. */
export const FRESH = { folded: 0, pointed: null, trail: [], tries: { past: [], future: [] } };

/**
 * What a page's state begins with, as its address and the service say.
 * @param {{ wave: Wave }} run
 * @param {{ look: Omit<Look, "t"> & { t: Maybe<number> }, bad: string[] }} where
 * @param {Notice[]} [notices] @returns {Omit<Walk, "run">}
 */
export function beginWalk(run, where, notices = []) {
  const { t, position } = placeOf(run, where.look.t, where.look.beat);
  const bad = where.bad.map((field) => ({ code: "bad_address", field, detail: "" }));
  return { look: { ...where.look, t }, position, ...FRESH, playing: false, speed: 1, notices: [...notices, ...bad] };
}

/** Those that answer beside the one on screen: not the small ones that are made for a chapter. @template {{ id: string }} M @param {M[]} models @param {string} id @param {string[]} small */
export const alongside = (models, id, small) => models.filter((model) => model.id === id || !small.includes(model.id));

/** The smallest first. @template {{ parameters: number }} M @param {M[]} models */
export const bySize = (models) => [...models].sort((a, b) => a.parameters - b.parameters);

/**
 * The bar that plays it; of a run without steps there is nothing to play.
 * @param {Walk} walk
 * @param {{ actions: ReturnType<typeof createWalking>, words: any, steps: any, now?: string }} room steps: the words for what one steps through
 */
export function drawPlaybar({ run: { wave }, position, playing, speed }, { actions, words, steps, now = "" }) {
  const container = find("playbar");
  container.classList.toggle("nothing", wave.length === 0);
  playbar(container, {
    beat: wave.length ? beatAt(wave, position) : 0,
    beats: wave.beats,
    playing,
    finished: position >= wave.beats,
    speed,
    words,
    steps,
    now,
    onPlay: actions.play,
    onBeat: actions.beat,
    onReset: actions.reset,
    onSpeed: actions.speed,
  });
}

/** What the play bar shows of a moment. @param {Walk} walk */
export const barOf = ({ run, position, playing, speed }) => [run, beatAt(run.wave, position), position >= run.wave.beats, playing, speed];

/** Where one looks, as the address has it. @param {Walk} walk @returns {Look} */
export function lookOf({ look, position, run: { wave } }) {
  if (!wave.length) return { ...look, t: 1, beat: null };
  const t = stepAt(wave, position, look.t);
  const beat = beatAt(wave, position);
  return { ...look, t, beat: beat === readyAt(wave, t) ? null : beat };
}

/** @param {WalkStore} store */
export function createWalking(store) {
  /** At a step, from 1; where its answer is not there yet, just when it is. @param {number} t */
  function standing(t) {
    const { run, position, look } = store.get();
    const step = Math.min(run.wave.length, Math.max(1, t));
    const ready = readyAt(run.wave, step);
    const there = !run.wave.direct && position >= ready;
    return { look: { ...look, t: step }, position: there ? position : ready, playing: false };
  }

  /** @param {Place} place @param {Place[]} trail the way there */
  function arrive({ t, node, index }, trail) {
    const there = standing(t + 1);
    store.set({ ...there, look: { ...there.look, unit: { node, index } }, trail });
  }

  const actions = {
    /** Jump to the end of a beat, from 1. @param {number} beat */
    beat(beat) {
      store.set({ position: Math.min(store.get().run.wave.beats, Math.max(1, beat)), playing: false, trail: [] });
    },
    /** @param {number} t from 1 */
    step(t) {
      if (store.get().run.wave.length) store.set({ ...standing(t), trail: [] });
    },
    /** To where a value comes from; the way back is kept. @param {Place} place */
    follow(place) {
      const { look, position, run, trail } = store.get();
      const here = look.unit && { t: stepAt(run.wave, position, look.t) - 1, ...look.unit };
      arrive(place, here ? [...trail, here] : []);
    },
    /** Back to a place on the way. @param {number} k from 0 */
    back(k) {
      const { trail } = store.get();
      arrive(trail[k], trail.slice(0, k));
    },
    play() {
      const { playing, position, run } = store.get();
      if (!run.wave.length) return;
      store.set({ playing: !playing, trail: [], ...(!playing && position >= run.wave.beats && { position: 0 }) });
    },
    reset: () => actions.beat(1),
    /** @param {number} by beats */
    stepBy(by) {
      const { position, run } = store.get();
      actions.beat(beatAt(run.wave, position) + by);
    },
    /** @param {number} speed */
    speed: (speed) => store.set({ speed }),
    /** @param {number} by places in the list of speeds */
    speedBy(by) {
      const k = SPEEDS.indexOf(store.get().speed) + by;
      actions.speed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, k))]);
    },
    /** Another node of the same unit is the same place on one's way. @param {Look["unit"]} unit */
    unit(unit) {
      const { look, trail } = store.get();
      const same = unit && look.unit && unit.index === look.unit.index && ownerOf(unit.node) === ownerOf(look.unit.node);
      store.set({ look: { ...look, unit }, trail: same ? trail : [] });
    },
    /** Up one level: what is opened closes, then the unit is let go. */
    up() {
      const { look } = store.get();
      store.set({ look: { ...look, ...(look.view ? { view: null } : { unit: null }) }, trail: [] });
    },
    /** @param {Maybe<string>} weight under the pointer */
    point: (weight) => store.set({ pointed: weight }),
    /** @param {Partial<Look>} patch */
    look: (patch) => store.set({ look: { ...store.get().look, ...patch } }),
    /** @param {Notice} notice */
    notice(notice) {
      const rest = store.get().notices.filter((n) => n.code !== notice.code || n.field !== notice.field);
      store.set({ notices: [...rest, notice] });
    },
    /** @param {Notice} notice */
    dismiss: (notice) => store.set({ notices: store.get().notices.filter((n) => n !== notice) }),
    /** Say what went wrong; a question that was overtaken did not. @param {unknown} error @param {string} [field] */
    complain(error, field) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      if (!(error instanceof ApiError)) throw error;
      actions.notice({ code: error.code, field, detail: error.message, params: error.params });
    },
  };
  return actions;
}

/** Whether things move, or stand at once where they end. @param {Look} look */
export const isReduced = ({ motion }) => (motion === "auto" ? matchMedia("(prefers-reduced-motion: reduce)").matches : motion === "reduced");

/** The clock runs while the state says so. @param {WalkStore} store */
export function startClock(store) {
  const player = createPlayer({
    get: () => {
      const { position, run, speed, look } = store.get();
      return { position, length: run.wave.beats, speed, reduced: isReduced(look) };
    },
    move: (position) => store.set({ position }),
    end: () => store.set({ playing: false }),
  });
  store.watch((s) => [s.playing], (s) => (s.playing ? player.play() : player.pause()));
}

/** As if one pressed the button, where it is there and what it opens is not open. @param {string} id */
function pressToOpen(id) {
  const button = find(id);
  if (button && !button.hidden && button.getAttribute("aria-expanded") === "false") button.click();
}

/** The keys that every page has. @param {ReturnType<typeof createWalking>} actions @returns {Record<string, () => void>} */
export const walkKeys = (actions) => ({
  " ": () => actions.play(),
  ArrowRight: () => actions.stepBy(1),
  ArrowLeft: () => actions.stepBy(-1),
  r: () => actions.reset(),
  "[": () => actions.speedBy(-1),
  "]": () => actions.speedBy(1),
  Enter: () => pressToOpen("cell-open"),
  Escape: () => actions.up(),
  "?": () => find("help").click(),
});
