// The chapter on what is left of a change: spectral radius, largest singular value, and the product that counts.

import { NUMBER, read, readLook, write, writeLook } from "./address.js";
import { fetchModel, fetchRemains, fetchTrace } from "./api.js";
import { find } from "./dom.js";
import { applyEdits } from "./edits.js";
import { forward } from "./forward.js";
import { fill, signed } from "./ink.js";
import { modelName } from "./names.js";
import { speak, startDialogs, startHistory, startKeys, startTheme } from "./page.js";
import { largest, powers, radius, remains } from "./remains.js";
import { createStore } from "./store.js";
import { choice, menu } from "./views/choice.js";
import { curves, power } from "./views/curves.js";
import { dials } from "./views/dials.js";
import { notices } from "./views/notices.js";
import { table } from "./views/table.js";
import { barOf, beginWalk, createWalking, drawPlaybar, lookOf, startClock, walkKeys } from "./walking.js";
import { beatAt, plainWave } from "./wave.js";

/** @import { Field } from "./address.js" */
/** @import { Matrix } from "./remains.js" */
/** @import { Maybe, Model, Trace, Walk, Weights } from "./types.d.ts" */

const MOST = 3; // of a number that is set by hand
const LONGEST = 100; // steps
const REST = 200; // ms after which the engine is asked
const AGREE = 1e-3; // powers of ten within which the engine's numbers are those that were worked out here
const HAND = "hand";
const SCALED = "layers.0.W_hh";
/** @type {{ words: any, sources: Record<string, string> }} */
const { words, sources } = JSON.parse(find("boot").textContent ?? "");
const said = words.learn.fading;

/** @typedef {{ source: string, numbers: number[], scale: number, bends: boolean, steps: number }} Query numbers: W by rows, then b, of two units */
/** @typedef {{ model: Model, weights: Weights, trace: Trace, alone: { radius: number, largest: number } }} Trained alone: what its matrix says, unscaled */
/** @typedef {{ left: number[], W: Matrix, rho: number, sigma: number, ends: Maybe<number[][]>, asked: Query }} Found left: by lag, as powers of ten; ends: the last states, begun with +1 and with \u22121 */
/** @typedef {Walk & { query: Query, trained: Maybe<Trained>, found: Found, engine: Maybe<number[]>, run: { wave: import("./wave.js").Wave } }} Lesson */

/** @type {Query} */
const BEGIN = { source: HAND, numbers: [0.9, -0.3, 0.3, 0.9, 0, 0], scale: 1, bends: true, steps: 60 };

/** What is worth a look, by the name that the words have for it. @type {Record<string, Query>} */
const PRESETS = {
  fades: BEGIN,
  nilpotent: { ...BEGIN, numbers: [3, -3, 3, -3, 1, 3], steps: 100 },
  flat: { ...BEGIN, numbers: [3, -3, 3, -3, 1, 3], bends: false },
  latch: { ...BEGIN, numbers: [2, 0, 0, 0, 0, 0], steps: 23 },
  turn: { ...BEGIN, numbers: [0.8, -0.6, 0.6, 0.8, 0, 0], bends: false },
  explodes: { ...BEGIN, numbers: [0.9, -0.6, 0.6, 0.9, 0, 0], bends: false },
};

const numbers = (/** @type {string} */ text) => text.split(",").map((part) => (NUMBER.test(part) ? Number(part) : NaN));
const within = (/** @type {number} */ v) => Math.abs(v) <= MOST;

/** @type {Record<string, Field>} */
const FIELDS = {
  of: { default: HAND, read: (text) => (text === HAND || Object.hasOwn(sources, text) ? text : undefined), write: String },
  numbers: { default: BEGIN.numbers.join(","), read: (text) => (numbers(text).length === 6 && numbers(text).every(within) ? text : undefined), write: String },
  scale: { default: 1, read: (text) => (NUMBER.test(text) && within(Number(text)) ? Number(text) : undefined), write: String },
  f: { default: "tanh", read: (text) => (["tanh", "none"].includes(text) ? text : undefined), write: String },
  steps: { default: BEGIN.steps, read: (text) => (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= LONGEST ? Number(text) : undefined), write: String },
};

/** @param {{ search: string, hash: string }} location */
function readPlace(location) {
  const { values, bad } = read(FIELDS, location.search);
  const { look } = readLook(location.hash, 1);
  return { query: { source: values.of, numbers: numbers(values.numbers), scale: values.scale, bends: values.f === "tanh", steps: values.steps }, look, bad };
}

/** The run of two units: a push of the first one at the first step, then nothing. @param {Matrix} W @param {number[]} b @param {boolean} bends @param {number} steps @param {number} push */
function states(W, b, bends, steps, push) {
  let h = [0, 0];
  return Array.from({ length: steps + 1 }, (_, t) => {
    const a = W.map((row, j) => row[0] * h[0] + row[1] * h[1] + b[j] + (t === 0 && j === 0 ? push : 0));
    h = bends ? a.map(Math.tanh) : a;
    return h;
  });
}

/** @param {Query} query @param {Maybe<Trained>} trained @returns {Found} */
function work(query, trained) {
  const { scale, bends, steps } = query;
  const one = (/** @type {number[][]} */ hs) => hs.map((h) => h.map((v) => (bends ? 1 - v * v : 1)));
  if (trained) {
    const { model, weights, trace, alone } = trained;
    const edited = applyEdits(model.graph, weights, [{ kind: "scale", name: SCALED, index: [], value: scale }]);
    const hs = forward(model.graph, edited.weights, trace.values.x, edited)["layers.0.h"];
    const W = /** @type {Matrix} */ (edited.weights[SCALED]);
    return { left: remains(W, one(hs)), W, rho: Math.abs(scale) * alone.radius, sigma: Math.abs(scale) * alone.largest, ends: null, asked: query };
  }
  const [a, b, c, d, ...bias] = query.numbers;
  const W = [[a, b], [c, d]].map((row) => row.map((w) => scale * w));
  const [up, down] = [1, -1].map((push) => states(W, bias, bends, steps, push));
  return { left: remains(W, one(up.slice(1))), W, rho: radius(W), sigma: largest(W), ends: [up[steps], down[steps]], asked: query };
}

/** @param {Found} found */
const walkOf = ({ left }) => ({ wave: plainWave(left.length - 1) });

const here = readPlace(location);
const byHand = { ...here.query, source: HAND };
const first = work(byHand, null);
const store = createStore(/** @type {Lesson} */ ({ query: byHand, trained: null, found: first, engine: null, run: walkOf(first), ...beginWalk(walkOf(first), here) }));
const walking = createWalking(store);
let asking = new AbortController();
let wait = 0;
let latest = 0;
/** What is asked for, until it is on screen. @type {Maybe<Query>} */
let wanted = null;

/** @param {Query} query @param {Maybe<Trained>} trained */
function show(query, trained) {
  const found = work(query, trained);
  const run = walkOf(found);
  const { position } = store.get();
  store.set({ query, trained, found, engine: null, run, position: Math.min(position, run.wave.length), playing: false });
  asking.abort();
  clearTimeout(wait);
  if (trained && query.bends) wait = window.setTimeout(confirm, REST);
}

/** The engine's own numbers, in place of those that were worked out here. */
async function confirm() {
  asking = new AbortController();
  const { signal } = asking;
  const { query, trained, found } = store.get();
  if (!trained) return;
  try {
    const edits = query.scale === 1 ? [] : [`scale:${SCALED}:${query.scale}`];
    const answer = await fetchRemains(trained.model.id, trained.trace.input.text, edits, signal);
    if (signal.aborted) return;
    const engine = [...answer.remains].reverse().map((v) => (v === null ? Infinity : Math.log10(v)));
    const far = engine.findIndex((v, k) => Math.abs(v - found.left[k]) > AGREE && v > -300);
    store.set({ engine });
    if (far >= 0) walking.notice({ code: "differs", detail: "", params: { most: Math.abs(10 ** engine[far] - 10 ** found.left[far]).toPrecision(2), name: SCALED, t: far } });
  } catch (error) {
    if (!signal.aborted) walking.complain(error);
  }
}

/** @param {Partial<Query>} patch @returns {Promise<boolean>} whether it is on screen */
async function ask(patch) {
  const mine = ++latest;
  wanted = { ...(wanted ?? store.get().query), ...patch };
  const known = store.get().trained;
  try {
    const trained = wanted.source === HAND ? null : known?.model.id === wanted.source ? known : await fetchTrained(wanted.source);
    if (mine !== latest) return false;
    show(wanted, trained);
    wanted = null;
    return true;
  } catch (error) {
    if (mine !== latest) return false;
    wanted = null;
    drawControls(store.get());
    walking.complain(error);
    return false;
  }
}

/** @param {string} id @returns {Promise<Trained>} */
async function fetchTrained(id) {
  const text = sources[id];
  const [trace, { model, weights }, { spectra }] = await Promise.all([fetchTrace({ model: id, text }), fetchModel(id), fetchRemains(id, text, [])]);
  return { model, weights, trace, alone: spectra[SCALED][0] };
}

startClock(store);

/** The lag that is looked at. @param {Lesson} s */
const lagOf = ({ run, position }) => beatAt(run.wave, position);

/** 3.2 \u00b7 10\u207b\u2075 @param {number} log */
function size(log) {
  if (log === -Infinity) return "0";
  if (!Number.isFinite(log)) return "\u221e";
  if (Math.abs(log) < 3) return (10 ** log).toPrecision(3);
  const whole = Math.floor(log);
  return `${(10 ** (log - whole)).toFixed(1)} \u00b7 ${power(whole)}`;
}

/** What is left, by the engine where it has answered. @param {Lesson} s */
const leftOf = ({ found, engine }) => engine ?? found.left;

/** @param {Lesson} s */
function drawCurves(s) {
  const { rho, sigma } = s.found;
  const left = leftOf(s);
  const shown = (/** @type {number[]} */ all) => all.map((v) => (Number.isNaN(v) ? null : v));
  curves(/** @type {any} */ (find("curves")), {
    powers: true,
    current: lagOf(s),
    curves: [
      { cls: "ceiling", name: said.lines.sigma, values: shown(powers(sigma, left.length)) },
      { cls: "rho", name: said.lines.rho, values: shown(powers(rho, left.length)) },
      { cls: "left", name: said.lines.left, values: shown(left) },
    ],
    said: { label: verdict(s), x: said.lag, y: said.size },
    onLag: (lag) => lag > 0 && walking.beat(lag),
  });
}

/** What single numbers say, and what is. @param {Lesson} s */
function verdict(s) {
  const left = leftOf(s);
  const end = left[left.length - 1];
  const kind = (/** @type {number} */ log) => (log > 1 ? "grows" : log < -1 ? "fades" : "keeps");
  const alone = (left.length - 1) * Math.log10(s.found.rho);
  return fill(said.verdict.text, { real: said.verdict[kind(end)], left: size(end), steps: left.length - 1, said: size(alone), promised: said.verdict.promised[kind(alone)] });
}

/** @param {Lesson} s */
function drawStep(s) {
  const lag = lagOf(s);
  const { rho, sigma, ends } = s.found;
  const left = leftOf(s);
  const rows = [
    { name: said.rows.rho, cells: [rho.toFixed(3), size(lag * Math.log10(rho))] },
    { name: said.rows.sigma, cells: [sigma.toFixed(3), size(lag * Math.log10(sigma))] },
    { name: said.rows.left, cells: [left[lag] > -Infinity ? (10 ** (left[lag] / lag)).toFixed(3) : "0", size(left[lag])], marked: true },
  ].map(({ cells, ...row }) => ({ ...row, cells: cells.map((text) => ({ text })) }));
  table(find("three"), { caption: fill(said.three, { lag }), head: [said.number, said.each, fill(said.after, { lag })], rows });
  find("remembers").hidden = !ends;
  if (ends) {
    const [up, down] = ends;
    const apart = Math.hypot(up[0] - down[0], up[1] - down[1]);
    const show = (/** @type {number[]} */ h) => `(${h.map((v) => (Math.abs(v) < 1e4 ? signed(v, 4) : v.toExponential(1))).join(", ")})`;
    find("remembers").textContent = fill(said.remembers, { up: show(up), down: show(down), apart: apart < 1e4 ? apart.toFixed(4) : apart.toExponential(1), steps: s.query.steps });
  }
  drawPlaybar(s, { actions: walking, words, steps: said.play });
}

/** @param {Lesson} s */
function drawTable(s) {
  const { rho, sigma } = s.found;
  const rows = leftOf(s).map((log, lag) => ({ name: String(lag), cells: [size(log), size(lag * Math.log10(rho) || 0), size(lag * Math.log10(sigma) || 0)].map((text) => ({ text })) }));
  table(find("curves-table"), { caption: said.table.caption, head: [said.lag, said.lines.left, said.lines.rho, said.lines.sigma], rows });
}

/** @param {Lesson} s */
function drawControls({ query, trained }) {
  const hand = !trained;
  const options = [{ value: HAND, text: said.hand }, ...Object.keys(sources).map((id) => ({ value: id, text: fill(said.trained, { task: words.header[id.split("-")[0]], name: modelName(id, words) }) }))];
  menu(find("source"), options, query.source);
  find("made").textContent = hand ? said.made : fill(said.madeTrained, { text: trained.trace.input.text, units: trained.model.hidden });
  const scale = { name: said.scale, value: query.scale, put: (/** @type {number} */ v) => void ask({ scale: v }) };
  dials(find("scale"), { dials: [scale], most: MOST, step: 0.05, wrong: fill(said.wrong, { most: MOST }) });
  find("by-hand").hidden = !hand;
  const put = (/** @type {number} */ k) => (/** @type {number} */ v) => void ask({ numbers: query.numbers.map((old, j) => (j === k ? v : old)) });
  dials(find("numbers"), { dials: said.numbers.map((/** @type {string} */ name, /** @type {number} */ k) => ({ name, value: query.numbers[k], put: put(k) })), most: MOST, step: 0.05, wrong: fill(said.wrong, { most: MOST }) });
  const field = /** @type {HTMLInputElement} */ (find("steps"));
  if (document.activeElement !== field) field.value = String(query.steps);
  choice(find("bends"), [true, false].map((bends) => ({ text: bends ? said.bends.tanh : said.bends.none, on: bends === query.bends, act: () => void ask({ bends }) })));
  choice(
    find("presets"),
    Object.entries(PRESETS).map(([name, preset]) => ({ text: said.presets[name].name, on: JSON.stringify(preset) === JSON.stringify(query), act: () => void ask(preset).then(() => walking.beat(store.get().run.wave.length)) })),
  );
  const now = Object.entries(PRESETS).find(([, preset]) => JSON.stringify(preset) === JSON.stringify(query));
  find("preset-says").textContent = now ? said.presets[now[0]].says : "";
}

/** @type {HTMLSelectElement} */ (find("source")).onchange = (event) => void ask({ source: /** @type {HTMLSelectElement} */ (event.target).value, scale: 1, bends: true });
const steps = /** @type {HTMLInputElement} */ (find("steps"));
steps.oninput = () => {
  const fine = Number.isInteger(steps.valueAsNumber) && steps.valueAsNumber >= 1 && steps.valueAsNumber <= LONGEST;
  steps.setAttribute("aria-invalid", String(!fine));
  find("steps-wrong").hidden = fine;
  if (fine) void ask({ steps: steps.valueAsNumber });
};
steps.onblur = () => {
  steps.value = String(store.get().query.steps);
  steps.setAttribute("aria-invalid", "false");
  find("steps-wrong").hidden = true;
};
new ResizeObserver(() => drawCurves(store.get())).observe(/** @type {Element} */ (find("curves").parentElement));

store.watch((s) => [s.found, s.engine, lagOf(s)], drawCurves);
store.watch((s) => [s.found, s.engine], (s) => (find("verdict").textContent = verdict(s)));
store.watch((s) => [s.found, s.engine], drawTable);
store.watch((s) => [s.query, s.trained], drawControls);
store.watch((s) => [s.found, s.engine, ...barOf(s)], drawStep);
store.watch((s) => [s.notices], (s) => notices(find("notices"), { notices: s.notices, words, onDismiss: walking.dismiss }));

startKeys({ ...walkKeys(walking), Home: () => walking.beat(1), End: () => walking.beat(store.get().run.wave.length) });

/** @param {Lesson} s */
function addressOf(s) {
  const { source, scale, bends, steps: count } = s.query;
  const asked = write(FIELDS, { of: source, numbers: s.query.numbers.join(","), scale, f: bends ? "tanh" : "none", steps: count });
  return `${location.pathname}${asked && `?${asked}`}${writeLook(lookOf(s), 1)}`;
}
startHistory({
  store,
  watched: (s) => [s.query, s.look, Math.ceil(s.position)],
  addressOf,
  begun: addressOf({ ...store.get(), query: here.query }),
  typing: () => document.activeElement?.tagName === "INPUT",
  async back() {
    const { query, look } = readPlace(location);
    const there = await ask(query);
    if (there) walking.beat(look.t);
    return there;
  },
});
startTheme({ store, look: walking.look, recolor: () => drawCurves(store.get()) });
startDialogs({ words, links: () => ({ page: addressOf(store.get()), json: "/api/models" }) }); // the numbers of a trained one are asked for by POST
speak(store, (s) => [s.found, lagOf(s), s.playing], (s) => `${verdict(s)} ${fill(said.live, { lag: lagOf(s), left: size(leftOf(s)[lagOf(s)]) })}`);
find("playbar").hidden = false;
if (here.query.source !== HAND) {
  await ask(here.query);
  walking.beat(here.look.t);
}
document.documentElement.dataset.ready = "true";
