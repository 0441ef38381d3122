// The chapter on the landscape of a hidden state: each input bends it anew, and the run is a way through it.

import { NUMBER, read, readLook, write, writeLook } from "./address.js";
import { ApiError, fetchModel, fetchPath, fetchRests, fetchTrace } from "./api.js";
import { argmax } from "./ball.js";
import { find } from "./dom.js";
import { forward } from "./forward.js";
import { fill, percent, signed } from "./ink.js";
import { modelName } from "./names.js";
import { LEAVES } from "./ops.js";
import { speak, startDialogs, startHistory, startKeys, startTheme } from "./page.js";
import { basins, field, planeOf, slowLine, stepOf } from "./space.js";
import { softmax } from "./softmax.js";
import { createStore } from "./store.js";
import { choice, menu } from "./views/choice.js";
import { landscape } from "./views/landscape.js";
import { dials } from "./views/dials.js";
import { notices } from "./views/notices.js";
import { table } from "./views/table.js";
import { barOf, beginWalk, createWalking, drawPlaybar, lookOf, startClock, walkKeys } from "./walking.js";
import { beatAt, plainWave } from "./wave.js";

/** @import { Field } from "./address.js" */
/** @import { Plane, Rest } from "./space.js" */
/** @import { Maybe, Model, Trace, Walk, Weights } from "./types.d.ts" */

const ARROWS = 17; // to a side
const CELLS = 36;
const TINTS = 6;
const LONGEST = 60; // letters, or words
const MOST = 1; // of a start that is set by hand
const WAIT = 120; // ms after which the engine is asked where states rest
/** @type {{ words: any, networks: { id: string, text: string | null, motion: string | null }[] }} */
const { words, networks } = JSON.parse(find("boot").textContent ?? "");
const said = words.learn.space;

/** @typedef {{ of: string, text: string, start: Maybe<number[]>, units: Maybe<[number, number]> }} Query start: h_0 as it was set by hand, a place of the plane; units: whose plane it is, of more than two */
/** @typedef {{ model: Model, weights: Weights, trace: Trace }} Reading */
/** @typedef {Walk & { query: Query, reading: Maybe<Reading>, plane: Maybe<Plane>, states: number[][], ghost: Maybe<number[][]>, rests: Maybe<Rest[]>, basins: number[], run: { wave: import("./wave.js").Wave } }} Lesson states: h_0 first; ghost: as it goes from h_0 = 0 */

const known = (/** @type {string} */ id) => networks.find((one) => one.id === id) ?? networks[0];

/** @type {Record<string, Field>} */
const FIELDS = {
  of: { default: networks[0].id, read: (text) => (networks.some(({ id }) => id === text) ? text : undefined), write: String },
  input: { default: null, read: (text) => text.slice(0, 400), write: String },
  start: {
    default: null,
    read(text) {
      const found = text.split(",").map((part) => (NUMBER.test(part) ? Number(part) : NaN));
      return found.length === 2 && found.every((v) => Math.abs(v) <= 10) ? found : undefined;
    },
    write: (start) => start.map((/** @type {number} */ v) => Number(v.toFixed(3))).join(","),
  },
  units: { default: null, read: (text) => (/^\d{1,3},\d{1,3}$/.test(text) ? text.split(",").map(Number) : undefined), write: String },
};

/** @param {{ search: string, hash: string }} location */
function readPlace(location) {
  const { values, bad } = read(FIELDS, location.search);
  const { look } = readLook(location.hash, 1);
  return { query: { of: values.of, text: values.input ?? textOf(values.of), start: values.start, units: values.units }, look, bad };
}

/** What a network begins with: a text, or how a ball moves. @param {string} id */
const textOf = (id) => known(id).text ?? known(id).motion ?? "";

/** @param {number} length */
const walkOf = (length) => ({ wave: plainWave(length) });

const here = readPlace(location);
const store = createStore(
  /** @type {Lesson} */ ({ query: here.query, reading: null, plane: null, states: [], ghost: null, rests: null, basins: [], run: walkOf(1), ...beginWalk(walkOf(1), here) }),
);
const walking = createWalking(store);
let asking = new AbortController();
let resting = new AbortController();
let wait = 0;
/** Where states rest, by network and input. @type {Map<string, Rest[]>} */
const rested = new Map();

/** The state of the only layer, h_0 first. @param {Reading} reading @param {number[]} start */
function statesOf({ model: { graph }, weights, trace }, start) {
  const [layer] = graph.layers;
  const name = `${layer.name}.${layer.output}`;
  return [start, ...forward({ ...graph, heads: [] }, weights, trace.values.x, { initial: { [name]: start } })[name].map((row) => [...row])];
}

/**
 * A run and its landscape; the start that is asked for lies at the same place of this plane.
 * @param {Reading} reading @param {Plane} plane @param {Maybe<number[]>} start @param {Partial<Lesson>} [more] what changes with it
 */
function show(reading, plane, start, more = {}) {
  const size = reading.model.hidden;
  const plain = statesOf(reading, new Array(size).fill(0));
  const states = start ? statesOf(reading, plane.at(start)) : plain;
  store.set({ ...more, reading, plane, states, ghost: start ? plain : null });
}

/** @param {Partial<Query>} patch @param {Maybe<number>} [t] @returns {Promise<boolean>} whether it is on screen */
async function ask(patch, t = null) {
  const before = store.get();
  const query = { ...before.query, ...patch };
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  store.set({ query });
  try {
    const { motion } = known(query.of);
    const question = motion ? { points: (await fetchPath(query.text, 3, 16, signal)).points } : { text: query.text };
    const [trace, { model, weights }] = await Promise.all([fetchTrace({ model: query.of, ...question }, signal), fetchModel(query.of)]);
    if (signal.aborted) return false;
    if (!trace.length || trace.length > LONGEST) throw new ApiError("unexpected", fill(said.length, { most: LONGEST }));
    const reading = { model, weights, trace };
    const units = query.units?.every((j) => j < model.hidden) && model.hidden > 2 ? query.units : null;
    const plane = planeOf(statesOf(reading, new Array(model.hidden).fill(0)), units);
    const run = walkOf(trace.length);
    const step = Math.min(run.wave.length, t ?? run.wave.length);
    const start = query.start && query.start.map((v) => Math.max(-plane.reach, Math.min(plane.reach, v)));
    show(reading, plane, start, { query: { ...query, units, start }, run, position: step, look: { ...store.get().look, t: step }, playing: false, rests: null, basins: [], ...(before.reading && { notices: [] }) });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    const { reading, query: now } = store.get();
    if (reading) store.set({ query: { ...now, of: reading.model.id } }); // what is typed stays
    walking.complain(error);
    return false;
  }
}

/** @param {number[]} start a place of the plane */
function begin(start) {
  const { query, reading, plane } = store.get();
  if (!reading || !plane) return;
  store.set({ query: { ...query, start } });
  show(reading, plane, start);
}

/** The step that is looked at, from 0. @param {Lesson} s */
const columnOf = ({ run, position }) => beatAt(run.wave, position) - 1;

/** What comes in at a step: a token, or a point. @param {Reading} reading @param {number} t */
function inputOf({ trace: { input } }, t) {
  if (input.tokens) return { text: input.tokens[t] };
  return { points: [input.points[t]] };
}

/** Where states rest while the input of this step goes on; asked of the engine once the hand rests. @param {Lesson} s */
function rest(s) {
  const { reading, plane } = s;
  clearTimeout(wait);
  resting.abort();
  if (!reading || !plane) return;
  const t = columnOf(s);
  const input = inputOf(reading, t);
  const key = `${reading.model.pinned} ${JSON.stringify(input)}`;
  const found = rested.get(key);
  if (found) return settle(s, found);
  store.set({ rests: null, basins: [] });
  resting = new AbortController();
  const { signal } = resting;
  wait = window.setTimeout(async () => {
    try {
      const { rests } = await fetchRests(reading.model.id, input, s.states.slice(0, 200), signal);
      rested.set(key, rests);
      if (!signal.aborted) settle(store.get(), rests);
    } catch (error) {
      if (signal.aborted) return;
      settle(store.get(), []);
      walking.complain(error);
    }
  }, WAIT);
}

/** @param {Lesson} s @param {Rest[]} rests */
function settle(s, rests) {
  const { reading, plane } = s;
  if (!reading || !plane) return;
  const goals = drawingIn(rests).map(({ state }) => state);
  const step = stepOf(reading.model.graph, reading.weights, reading.trace.values.x[columnOf(s)]);
  store.set({ rests, basins: plane.whole ? basins(step, plane, goals, CELLS) : [] });
}

/** @param {Rest[]} rests */
const drawingIn = (rests) => rests.filter(({ fixed, kind }) => fixed && kind === "stable");

/** The colour of an answer: as on the page of the review, or by its number. @param {Reading} reading @param {number[]} state */
function tintOf(reading, state) {
  const { k, output } = answerIn(reading, state);
  return Object.hasOwn(words.review.feelings, output) ? output : `tint-${k % TINTS}`;
}

/** What the network would answer in a state. @param {Reading} reading @param {number[]} state */
function answerIn({ model: { graph }, weights, trace }, state) {
  const { name } = graph.heads[0];
  const p = softmax(LEAVES.linear(state, [weights[`${name}.W`], weights[`${name}.b`]]));
  const k = argmax(p);
  const output = trace.outputs[k];
  return { k, output, name: words.directions[output] ?? words.review.feelings[output] ?? output, p: p[k] };
}

startClock(store);

/** @type {{ of: unknown[], arrows: ReturnType<typeof field> }} */
let drawn = { of: [], arrows: [] };

/** The same while a start is dragged. @param {Lesson} s */
function arrowsOf(s) {
  const { reading, plane } = s;
  const of = [reading, plane, columnOf(s)];
  if (reading && plane && of.some((one, k) => one !== drawn.of[k])) drawn = { of, arrows: field(stepOf(reading.model.graph, reading.weights, reading.trace.values.x[columnOf(s)]), plane, ARROWS) };
  return drawn.arrows;
}

/** @param {Lesson} s */
function drawLandscape(s) {
  const { reading, plane, states, ghost, rests } = s;
  if (!reading || !plane || !states.length) return;
  const goals = drawingIn(rests ?? []);
  const places = (/** @type {number[][]} */ all) => all.map((state) => plane.of(state));
  landscape(/** @type {any} */ (find("landscape")), {
    reach: plane.reach,
    arrows: arrowsOf(s),
    basins: s.basins.map((goal) => (goal < 0 || !goals[goal] ? "" : tintOf(reading, goals[goal].state))),
    way: places(states),
    ghost: ghost && places(ghost),
    current: columnOf(s) + 1,
    marks: (rests ?? []).map((one) => ({ place: plane.of(one.state), kind: one.kind, fixed: one.fixed, name: goals.includes(one) ? answerIn(reading, one.state).name : "", says: kindOf(one) })),
    said: { label: says(s), ...(plane.whole ? { x: said.unit0, y: said.unit1 } : s.query.units ? { x: fill(said.unitAxis, { k: s.query.units[0], share: percent(plane.shares[0]) }), y: fill(said.unitAxis, { k: s.query.units[1], share: percent(plane.shares[1]) }) } : { x: fill(said.axis, { k: 1, share: percent(plane.shares[0]) }), y: fill(said.axis, { k: 2, share: percent(plane.shares[1]) }) }) },
    onPlace: begin,
  });
}

/** @param {Rest} one */
const kindOf = ({ fixed, kind, speed }) => (fixed ? said.kinds[kind] : fill(said.kinds.slow, { speed: speed.toExponential(1) }));

/** What the input of the chosen step does. @param {Lesson} s */
function says(s) {
  const { reading, rests, plane, states } = s;
  if (!reading || !plane) return said.waiting;
  const t = columnOf(s);
  const input = inputOf(reading, t);
  const what = input.text ?? fill(said.point, { t: t + 1 });
  const now = answerIn(reading, states[t + 1]);
  const there = fill(said.now, { what, t: t + 1, answer: now.name, percent: percent(now.p) });
  if (!rests) return `${there} ${said.waiting}`;
  const goals = drawingIn(rests);
  const list = [...new Set(goals.map((one) => answerIn(reading, one.state).name))].join(", ");
  return `${there} ${goals.length ? fill(goals.length === 1 ? said.one : said.some, { count: goals.length, list }) : plane.whole ? said.none : said.noneWide}`;
}

/** @param {Lesson} s */
function drawSays(s) {
  const { reading, plane, rests } = s;
  find("fate").textContent = says(s);
  if (!reading || !plane) return;
  const distance = (/** @type {number[]} */ state) => Math.hypot(...plane.at(plane.of(state)).map((v, j) => v - state[j]));
  find("slice").hidden = plane.whole;
  find("slice").textContent = plane.whole ? "" : fill(s.query.units ? said.sliceUnits : said.slice, { units: reading.model.hidden, shares: plane.shares.map(percent).join(" + ") });
  const line = slowLine(rests ?? []);
  find("line").hidden = !rests;
  find("line").textContent = line.length ? fill(said.line, { count: line.length, list: line.map(({ eigenvalues: [[re, im]] }) => Math.hypot(re, im).toFixed(3)).join(", ") }) : said.noLine;
  table(find("rests"), {
    caption: said.table.caption,
    head: [said.table.kind, said.table.place, said.table.answer, said.table.speed, said.table.eigenvalues, ...(plane.whole ? [] : [said.table.away])],
    rows: inOrder(rests ?? []).map((one) => ({
      name: one.fixed ? said.names[one.kind] : said.names.slow,
      cells: [plane.of(one.state).map((v) => signed(v)).join(" "), answerIn(reading, one.state).name, one.fixed ? "0" : one.speed.toExponential(1), one.eigenvalues.slice(0, 2).map(eigenvalue).join(", "), ...(plane.whole ? [] : [distance(one.state).toFixed(2)])].map((text) => ({ text })),
    })),
  });
}

const KINDS = ["stable", "saddle", "unstable", "marginal"];

/** Those that draw in first, slow ones last. @param {Rest[]} rests */
const inOrder = (rests) => [...rests].sort((a, b) => Number(b.fixed) - Number(a.fixed) || (a.fixed ? KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) : a.speed - b.speed));

/** @param {[number, number]} value */
const eigenvalue = ([re, im]) => `${signed(re, 3)}${Math.abs(im) > 5e-4 ? ` ${signed(im, 3)}i` : ""}`;

/** @param {Lesson} s */
function drawControls(s) {
  const { query, reading, plane } = s;
  menu(find("network-of"), networks.map(({ id }) => ({ value: id, text: `${words.header[id.split("-")[0]]}: ${modelName(id, words)}` })), query.of);
  const { motion } = known(query.of);
  find("read").hidden = Boolean(motion);
  find("moves").hidden = !motion;
  const field = /** @type {HTMLInputElement} */ (find("text"));
  if (document.activeElement !== field) field.value = query.text;
  if (motion) menu(find("motion"), Object.keys(words.motions).map((name) => ({ value: name, text: words.motions[name] })), query.text);
  find("made").textContent = reading ? fill(said.made, { model: modelName(reading.model.id, words), units: reading.model.hidden }) : "";
  const start = query.start ?? (plane && reading ? plane.of(new Array(reading.model.hidden).fill(0)) : [0, 0]);
  const put = (/** @type {number} */ k) => (/** @type {number} */ v) => begin(start.map((old, j) => (j === k ? v : old)));
  const most = Math.max(MOST, Number((plane?.reach ?? MOST).toFixed(2)));
  if (find("start").dataset.most !== String(most)) find("start").replaceChildren();
  find("start").dataset.most = String(most);
  dials(find("start"), { dials: [0, 1].map((k) => ({ name: startName(s, k), value: Number(start[k].toFixed(3)), put: put(k) })), most, step: 0.05, wrong: fill(said.wrong, { most }) });
  /** @type {HTMLButtonElement} */ (find("start-back")).disabled = !query.start;
  drawPlane(s);
}

/** What a start is called along one side of the plane. @param {Lesson} s @param {number} k */
const startName = ({ plane, query: { units } }, k) => (plane && !plane.whole && !units ? fill(said.startAxis, { k: k + 1 }) : fill(said.startUnit, { k: units ? units[k] : k }));

/** Which plane is cut through more than two units. @param {Lesson} s */
function drawPlane({ query, reading, plane }) {
  const wide = Boolean(plane && !plane.whole);
  find("planes").hidden = !wide;
  if (!wide || !reading) return;
  const { units } = query;
  choice(find("plane-which"), [
    { text: said.planes.components, on: !units, act: () => void ask({ units: null, start: null }, store.get().look.t) },
    { text: said.planes.units, on: Boolean(units), act: () => void ask({ units: units ?? [0, 1], start: null }, store.get().look.t) },
  ]);
  find("plane-pair").hidden = !units;
  find("plane-pair").querySelectorAll("input").forEach((input, k) => {
    input.max = String(reading.model.hidden - 1);
    if (units && document.activeElement !== input) input.value = String(units[k]);
    input.oninput = () => {
      const j = input.valueAsNumber;
      const now = store.get().query.units;
      if (now && Number.isInteger(j) && j >= 0 && j < reading.model.hidden) void ask({ units: k ? [now[0], j] : [j, now[1]], start: null }, store.get().look.t);
    };
    input.onblur = () => (input.value = String(store.get().query.units?.[k] ?? ""));
  });
}

/** The inputs of the run, to choose from. @param {Lesson} s */
function drawInputs(s) {
  const { reading } = s;
  const tokens = reading ? reading.trace.input.tokens ?? reading.trace.input.points.map((_, t) => String(t + 1)) : [];
  const room = find("inputs");
  if (room.childElementCount !== tokens.length) room.replaceChildren(...tokens.map(() => Object.assign(document.createElement("button"), { type: "button" })));
  [...room.children].forEach((button, t) => {
    button.textContent = tokens[t];
    button.setAttribute("aria-pressed", String(t === columnOf(s)));
    /** @type {HTMLElement} */ (button).onclick = () => walking.beat(t + 1);
  });
  drawPlaybar(s, { actions: walking, words, steps: said.play, now: tokens[columnOf(s)] ?? "" });
}

/** @type {HTMLSelectElement} */ (find("network-of")).onchange = (event) => {
  const of = /** @type {HTMLSelectElement} */ (event.target).value;
  void ask({ of, text: textOf(of), start: null, units: null });
};
/** @type {HTMLSelectElement} */ (find("motion")).onchange = (event) => void ask({ text: /** @type {HTMLSelectElement} */ (event.target).value });
/** @type {HTMLInputElement} */ (find("text")).oninput = (event) => void ask({ text: /** @type {HTMLInputElement} */ (event.target).value });
find("start-back").onclick = () => {
  const { query, reading, plane } = store.get();
  if (!reading || !plane) return;
  store.set({ query: { ...query, start: null } });
  show(reading, plane, null);
};

store.watch((s) => [s.reading, columnOf(s)], rest);
store.watch((s) => [s.states, s.rests, s.basins, columnOf(s)], drawLandscape);
store.watch((s) => [s.states, s.rests, columnOf(s)], drawSays);
store.watch((s) => [s.query, s.reading, s.plane], drawControls);
store.watch((s) => [s.reading, ...barOf(s)], drawInputs);
store.watch((s) => [s.notices], (s) => notices(find("notices"), { notices: s.notices, words, onDismiss: walking.dismiss }));

startKeys({ ...walkKeys(walking), Home: () => walking.beat(1), End: () => walking.beat(store.get().run.wave.length) });

/** @param {Lesson} s */
function addressOf(s) {
  const { of, text, start, units } = s.query;
  const asked = write(FIELDS, { of, input: text === textOf(of) ? null : text, start, units });
  return `${location.pathname}${asked && `?${asked}`}${writeLook(lookOf(s), 1)}`;
}
startHistory({
  store,
  watched: (s) => [s.query, s.look, Math.ceil(s.position)],
  addressOf,
  begun: `${location.pathname}${location.search}${location.hash}`,
  typing: () => document.activeElement?.tagName === "INPUT" || document.activeElement === document.body,
  back() {
    const { query, look } = readPlace(location);
    /** @type {HTMLInputElement} */ (find("text")).value = query.text;
    return ask(query, look.t);
  },
});
startTheme({ store, look: walking.look, recolor: () => drawLandscape(store.get()) });
startDialogs({
  words,
  links() {
    const s = store.get();
    const asked = s.reading?.trace.input.tokens ? new URLSearchParams({ model: s.reading.model.pinned, text: s.reading.trace.input.text }) : null;
    return { page: addressOf(s), json: asked ? `/api/trace?${asked}` : "/api/models" };
  },
});
speak(store, (s) => [s.states, s.rests, columnOf(s), s.playing], (s) => (s.rests ? says(s) : ""));
find("playbar").hidden = false;
if (!(await ask(here.query, location.hash.includes("t=") ? here.look.t : null)) && !store.get().reading) await ask({ of: networks[0].id, text: textOf(networks[0].id), start: null, units: null });
document.documentElement.dataset.ready = "true";
