// What a person can do. Each action patches the store; those that change the question ask the service.

import { fetchModel, fetchPath, fetchTally, fetchTrace } from "./api.js";
import { thrown } from "./ball.js";
import { makeRun, splitScene, withHidden, withPoint } from "./run.js";
import { createTries } from "./tries.js";
import { writeEdits } from "./trying.js";
import { alongside, createWalking } from "./walking.js";
import { positionOf, readyAt, stepAt } from "./wave.js";

/** @import { Boot, Look, Maybe, Point, Query, Run, State } from "./types.d.ts" */
/** @typedef {ReturnType<typeof import("./store.js").createStore<State>>} Store */

/** @typedef {{ t?: number, beat?: Maybe<number>, play?: boolean, look?: Partial<Look> }} Then t, beat, look: where one looks; play: and it plays */

export const HIDDEN = /** @type {[number, number]} */ ([9, 14]);

/** @param {Store} store @param {Boot} boot */
export function createActions(store, boot) {
  const walking = createWalking(store);
  const { complain } = walking;
  let asking = new AbortController();
  let answered = store.get().query; // the question of the run that is on screen
  let elsewhere = false; // whether a point was moved since the other networks were asked
  let tallies = 0;
  let betting = 0;

  /** @param {Query} query @param {AbortSignal} signal @returns {Promise<Run>} */
  async function fetchRun(query, signal) {
    const frames = query.hide ? boot.defaults.framesWithBlackout : boot.defaults.frames;
    let path = null;
    let points = query.points;
    if (!points) {
      const [motion, seed] = splitScene(query.scene ?? boot.defaults.scene);
      path = await fetchPath(motion, seed, boot.defaults.thrown, signal);
      points = path.points.slice(0, frames);
    }
    const question = {
      model: query.model,
      points: withHidden(points, query.hide),
      memory: query.memory,
      generate: query.memory ? query.generate : 0,
      edit: query.edit,
    };
    const [trace, { model, weights }] = await Promise.all([fetchTrace(question, signal), fetchModel(query.model)]);
    return makeRun({ points, path, trace, model, weights, edit: query.edit });
  }

  /** The same input for every network. @param {Run} run @param {Query} query @param {AbortSignal} signal */
  async function fetchRivals(run, query, signal) {
    const points = run.trace.input.points.slice(0, run.trace.length - run.trace.generated);
    await Promise.all(
      alongside(store.get().models, query.model, boot.small).map(async ({ id }) => {
        const trace = await fetchTrace({ model: id, points, memory: query.memory, only: ["probs"] }, signal);
        if (!signal.aborted) store.set({ rivals: { ...store.get().rivals, [id]: trace.values.probs } });
      }),
    );
  }

  /**
   * Change the question; the run on screen stays until the new one is there, and for good if it fails.
   * @param {Partial<Query>} patch
   * @param {Then} [then] where to look once it is there
   * @returns {Promise<boolean>} whether it is: not if it failed, or another was asked meanwhile
   */
  async function ask(patch, then = {}) {
    const query = { ...store.get().query, ...patch };
    asking.abort();
    tries.stop();
    asking = new AbortController();
    const { signal } = asking;
    store.set({ query, busy: true, ...(then.t && { playing: false }) });
    try {
      const run = await fetchRun(query, signal);
      if (signal.aborted) return false;
      tries.begin(query.edit, query.model !== answered.model);
      answered = query;
      store.set({ run, query, rivals: {}, notices: [], busy: false, ...placeIn(run, then), playing: Boolean(then.play) || store.get().playing });
      fetchRivals(run, query, signal).catch(complain);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      store.set({ query: { ...answered, edit: writeEdits(store.get().run.edits) }, busy: false });
      complain(error);
      return false;
    }
  }

  /** Where one looks in a new run: where one did in the old. @param {Run} run @param {Then} then */
  function placeIn({ wave }, { t, beat, play, look: where }) {
    const { position, run: before } = store.get();
    const look = { ...store.get().look, ...where };
    const step = Math.min(wave.length, t ?? stepAt(before.wave, position, look.t));
    const alike = !t && wave.direct === before.wave.direct && wave.sweeps === before.wave.sweeps;
    const place = alike ? Math.min(wave.beats, position) : play ? 1 : positionOf(wave, { t: step, beat });
    return { position: place, look: { ...look, t: step } };
  }

  const tries = createTries(/** @type {any} */ (store), {
    ask: (edit) => ask({ edit }),
    async trace(signal) {
      const { run, query } = store.get();
      return fetchTrace({ model: query.model, points: run.trace.input.points, memory: run.trace.memory, edit: query.edit }, signal);
    },
    confirmed() {
      if (!elsewhere) return;
      elsewhere = false; // other points, other answers of all
      const { run, query } = store.get();
      answered = query;
      fetchRivals(run, query, asking.signal).catch(complain);
    },
    complain,
    notice: walking.notice,
  });

  const actions = {
    ...walking,
    ask,
    tries,

    /** @param {string} motion @param {number} [seed] */
    scene(motion, seed = Math.floor(Math.random() * 10000)) {
      return ask({ scene: `${motion}-${seed}`, points: null }, { t: 1 });
    },

    /** Another ball of the same kind; after a throw of one's own, the default kind. */
    again() {
      return actions.scene(splitScene(store.get().query.scene ?? boot.defaults.scene)[0]);
    },

    /** @param {Point} start @param {Point} step */
    throwBall(start, step) {
      const frames = store.get().query.hide ? boot.defaults.framesWithBlackout : boot.defaults.frames;
      const points = thrown(start, step, frames).map(rounded);
      return ask({ points, scene: null }, { t: 1, play: true });
    },

    /** @param {Point[]} points */
    drawPath(points) {
      return ask({ points: points.map(rounded), scene: null, hide: null }, { t: 1, play: true });
    },

    /** Whether a point of the run can be put elsewhere: not one that is hidden, or that the network made up. @param {number} t from 0 */
    canMove(t) {
      const { trace } = store.get().run;
      return !trace.generated && Boolean(trace.input.points[t]);
    },

    /** A hand moves a point: the run answers at once, and the one from before stays behind it. @param {number} t from 0 @param {Point} place */
    movePoint(t, place) {
      const { run, query, moving, busy } = store.get();
      if (busy || !actions.canMove(t)) return;
      const before = moving ?? run;
      asking.abort();
      asking = new AbortController();
      elsewhere = true;
      const other = withPoint(run, t, rounded(place), before);
      tries.shift({ run: other, query: { ...query, scene: null, points: other.points }, moving: before, playing: false, rivals: {} });
    },

    /** The hand rests. */
    moved() {
      tries.rest();
      if (store.get().moving) store.set({ moving: null });
    },

    /** @param {string} id */
    model: (id) => ask({ model: id, edit: null }),
    memory: () => ask({ memory: !store.get().query.memory, generate: 0 }),
    hide: () => ask({ hide: store.get().query.hide ? null : HIDDEN }, {}),
    generate: () => ask({ generate: store.get().query.generate ? 0 : boot.limits.generate }),

    /** @param {boolean} drawing */
    drawing: (drawing) => store.set({ drawing }),

    /** Hundreds of throws of the kind on screen. @param {number} [seed] */
    async tally(seed = 1) {
      const mine = ++tallies;
      const { scene } = store.get().query;
      store.set({ tallying: true });
      try {
        const tally = await fetchTally(scene ? splitScene(scene)[0] : null, seed);
        if (mine === tallies) store.set({ tally, tallying: false });
      } catch (error) {
        if (mine === tallies) store.set({ tallying: false });
        complain(error);
      }
    },

    /** The same input, read by another network. @param {Run} run @param {string} id @returns {Promise<Run>} */
    async rerun(run, id) {
      const question = { model: id, points: run.trace.input.points, memory: run.trace.memory };
      const [trace, { model, weights }] = await Promise.all([fetchTrace(question), fetchModel(id)]);
      return makeRun({ ...run, trace: { ...trace, generated: run.trace.generated }, model, weights }); // to it too these are made up
    },

    rivals() {
      const { run, query } = store.get();
      return fetchRivals(run, query, asking.signal).catch(complain);
    },

    /** The run of the opening question with its last n moments. @param {number} n */
    async moments(n) {
      const mine = ++betting;
      const points = boot.bet.points.slice(-n);
      try {
        const [trace, { model, weights }, ...probs] = await Promise.all([
          fetchTrace({ model: boot.defaults.model, points }),
          fetchModel(boot.defaults.model),
          ...BET_RIVALS.map((id) => fetchTrace({ model: id, points, only: ["probs"] })),
        ]);
        const betRun = makeRun({ points, path: null, trace, model, weights });
        const betRivals = Object.fromEntries(BET_RIVALS.map((id, k) => [id, probs[k].values.probs]));
        if (mine === betting) store.set({ betRun, betRivals });
      } catch (error) {
        complain(error);
      }
    },

    /** @param {number} choice */
    bet: (choice) => store.set({ bet: { ...store.get().bet, choice, told: true } }),
    showTruth: () => store.set({ bet: { ...store.get().bet, shown: true } }),
    openLab: () => store.set({ mode: "lab", position: readyAt(store.get().run.wave, 1) }),
    openBet() {
      betting++;
      store.set({ mode: "bet", playing: false, betRun: null, bet: { choice: null, told: false, shown: false } });
      return actions.moments(1);
    },
  };
  return actions;
}

export const BET_RIVALS = ["ball-memoryless", "ball-window-2", "ball-rnn"];
export const BET_MOMENTS = 4;

/** @param {Point} p @returns {Point} */
const rounded = ([x, y]) => [Math.round(x * 10000) / 10000, Math.round(y * 10000) / 10000];
