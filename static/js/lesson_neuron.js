// The chapter on one unit that remembers: a pulse comes in, and three numbers decide what becomes of it.

import { NUMBER, read, readLook, write, writeLook } from "./address.js";
import { find } from "./dom.js";
import { adding, below, fill, signed } from "./ink.js";
import { speak, startDialogs, startHistory, startKeys, startTheme } from "./page.js";
import { arrives, CURVES, fate, rests, run } from "./single.js";
import { createStore } from "./store.js";
import { choice } from "./views/choice.js";
import { cobweb } from "./views/cobweb.js";
import { dials } from "./views/dials.js";
import { notices } from "./views/notices.js";
import { series } from "./views/series.js";
import { table } from "./views/table.js";
import { barOf, beginWalk, createWalking, drawPlaybar, lookOf, startClock, walkKeys } from "./walking.js";
import { beatAt, plainWave } from "./wave.js";

/** @import { Field } from "./address.js" */
/** @import { Moment, Single } from "./single.js" */
/** @import { Maybe, Walk } from "./types.d.ts" */

const STEPS = 24;
const MOST = 3; // of a number that is set by hand
const LEVEL = 0.5; // what the question asks h to stay above, so many steps after the pulse:
const LATER = 19;
/** @type {{ words: any }} */
const { words } = JSON.parse(find("boot").textContent ?? "");
const said = words.learn.neuron;

/** @typedef {{ single: Single, xs: number[] }} Query */
/** @typedef {Walk & { query: Query, before: Maybe<Single>, run: { wave: import("./wave.js").Wave, moments: Moment[] } }} Lesson before: the numbers as they were before the last change */

/** @type {Single} */
const BEGIN = { w_x: 1, w_hh: 0.9, b: 0, bend: "tanh" };

/** What is worth a look, by the name that the words have for it. @type {Record<string, Single>} */
const PRESETS = {
  fades: BEGIN,
  flips: { ...BEGIN, w_hh: -0.9 },
  latches: { ...BEGIN, w_hh: 1.3 },
  swings: { ...BEGIN, w_hh: -1.5 },
  off: { ...BEGIN, w_hh: 1.2, bend: "relu" },
  keeps: { ...BEGIN, w_hh: 1, bend: "none" },
};

/** 1:1;5:-1, a number for each step in which something comes. @param {number[]} xs */
const writeInputs = (xs) => xs.flatMap((x, t) => (x ? [`${t + 1}:${x}`] : [])).join(";") || "-";

/** @param {string} text @returns {number[] | undefined} */
function readInputs(text) {
  const xs = new Array(STEPS).fill(0);
  for (const pair of text === "-" ? [] : text.split(";")) {
    const [t, x, ...more] = pair.split(":");
    const fine = !more.length && /^\d{1,2}$/.test(t) && NUMBER.test(x ?? "") && Number(t) >= 1 && Number(t) <= STEPS && Math.abs(Number(x)) <= MOST;
    if (!fine) return undefined;
    xs[Number(t) - 1] = Number(x);
  }
  return xs;
}

/** @param {string} text @returns {[number, number, number] | undefined} */
function readNumbers(text) {
  const found = text.split(",").map((part) => (NUMBER.test(part) ? Number(part) : NaN));
  return found.length === 3 && found.every((v) => Math.abs(v) <= MOST) ? /** @type {[number, number, number]} */ (found) : undefined;
}

/** @type {Record<string, Field>} */
const FIELDS = {
  numbers: { default: "1,0.9,0", read: (text) => (readNumbers(text) ? text : undefined), write: String },
  bend: { default: "tanh", read: (text) => (Object.hasOwn(CURVES, text) ? text : undefined), write: String },
  x: { default: "1:1", read: (text) => (readInputs(text) ? text : undefined), write: String },
};

/** @param {{ search: string, hash: string }} location */
function readPlace(location) {
  const { values, bad } = read(FIELDS, location.search);
  const [w_x, w_hh, b] = /** @type {[number, number, number]} */ (readNumbers(values.numbers));
  const { look } = readLook(location.hash, 1);
  return { query: { single: { w_x, w_hh, b, bend: values.bend }, xs: /** @type {number[]} */ (readInputs(values.x)) }, look, bad };
}

const wave = plainWave(STEPS);
/** @param {Query} query */
const runOf = ({ single, xs }) => ({ wave, moments: run(single, xs) });

const here = readPlace(location);
const store = createStore(/** @type {Lesson} */ ({ query: here.query, before: null, run: runOf(here.query), ...beginWalk(runOf(here.query), here) }));
const walking = createWalking(store);

/** Whether a hand moves a number: what was there when it began stays as a ghost. */
let moving = false;

/** @param {Partial<Query>} patch */
function ask(patch) {
  const { query, before } = store.get();
  const next = { ...query, ...patch };
  store.set({ query: next, run: runOf(next), before: moving || next.single === query.single ? before : query.single });
}

/** @param {Partial<Single>} patch */
function move(patch) {
  ask({ single: { ...store.get().query.single, ...patch } });
  moving = true;
}

const settle = () => {
  moving = false;
};

startClock(store);

/** The step that is looked at, from 0. @param {Lesson} s */
const columnOf = ({ run: { wave: way }, position }) => beatAt(way, position) - 1;

/** @param {Query} query */
const bounded = ({ single }) => single.bend === "tanh";

/** @param {Lesson} s */
function drawSeries(s) {
  const { query, run: now, before } = s;
  const { single, xs } = query;
  const other = before && run(before, xs).map(({ h }) => h);
  series(/** @type {any} */ (find("series")), {
    xs,
    hs: now.moments.map(({ h }) => h),
    without: run(single, xs.map(() => 0)).map(({ h }) => h),
    ghost: other,
    bounded: bounded(query),
    current: columnOf(s),
    level: bounded(query) ? LEVEL : null,
    said: { label: says(s), x: said.x, h: said.h },
    onStep: (t) => walking.beat(t + 1),
    onToggle: toggle,
  });
}

/** @param {number} t */
function toggle(t) {
  const { xs } = store.get().query;
  ask({ xs: xs.map((x, k) => (k === t ? (x ? 0 : 1) : x)) });
}

/** @param {Lesson} s */
function drawMap(s) {
  const { query: { single, xs }, run: { moments }, before } = s;
  const step = (/** @type {Single} */ { w_hh, b, bend }) => (/** @type {number} */ h) => CURVES[bend].f(w_hh * h + b);
  const last = xs.findLastIndex((x, t) => x !== 0 && t <= columnOf(s));
  cobweb(/** @type {any} */ (find("cobweb")), {
    next: step(single),
    ghost: before && step(before),
    reach: bounded(s.query) ? 1.2 : 3,
    way: moments.slice(Math.max(0, last), columnOf(s) + 1).map(({ h }) => h),
    rests: rests(single),
    said: { label: said.map.label, from: said.map.from, to: said.map.to },
  });
  const found = rests(single);
  const named = found.map(({ h, factor, kind }) => fill(said.map.kinds[kind], { h: signed(h), factor: signed(factor) }));
  const every = single.bend !== "tanh" && single.w_hh === 1 && single.b === 0;
  find("cobweb-says").textContent = every ? said.map.every[single.bend] : named.length ? `${said.map.rests} ${named.join(" ")}` : said.map.nowhere;
}

/** What becomes of the pulse, in a sentence. @param {Lesson} s */
function says({ query: { single, xs } }) {
  const { kind, flips, half, restless } = fate(single, xs);
  const text = kind === "fades" && half === null ? said.fates.slow : said.fates[kind];
  return `${fill(text, { half: half === 1 ? said.steps.one : fill(said.steps.many, { half }) })}${flips && kind !== "swings" ? ` ${said.fates.flips}` : ""}${restless ? ` ${said.fates.restless}` : ""}`;
}

/** To four places; what would be nothing at four, or too long, by its power of ten. @param {number} v */
function four(v) {
  const size = Math.abs(v);
  return (size === 0 || (size >= 5e-5 && size < 1e5) ? size.toFixed(4) : size.toExponential(1)).replace(/^/, v < 0 ? "\u2212" : "").replace("e-", "e\u2212");
}

/** The arithmetic of the step that is looked at; what is shown adds up. @param {Lesson} s */
function worked(s) {
  const t = columnOf(s);
  const { single: { w_x, w_hh, b, bend }, xs } = s.query;
  const { x, before, a, h, slope, factor } = s.run.moments[t];
  const [push, memory, bias] = Math.abs(a) < 1e5 ? adding([w_x * x, w_hh * before, b], 4) : [w_x * x, w_hh * before, b];
  const first = xs.findIndex((v) => v !== 0);
  const lines = [
    fill(said.worked.sum, { t: below(t + 1), before_t: below(t), x: four(x), before: four(before), w_x, w_hh, b }),
    fill(said.worked.adds, { push: four(push), memory: four(memory), b: four(bias), a: four(a) }),
    fill(said.worked.bends[bend], { t: below(t + 1), a: four(a), h: four(h) }),
    fill(said.worked.factor, { t: below(t + 1), slope: four(slope), factor: four(factor), w_hh }),
  ];
  if (first >= 0 && t > first) lines.push(fill(said.worked.arrives, { first: below(first + 1), product: four(arrives(s.run.moments, first, t)) }));
  return lines;
}

/** @param {Lesson} s */
function drawStep(s) {
  find("pulse").textContent = fill(s.query.xs[columnOf(s)] ? said.take : said.send, { t: columnOf(s) + 1 });
  find("worked-title").textContent = fill(said.workedTitle, { t: columnOf(s) + 1 });
  find("worked").replaceChildren(...worked(s).map((text) => Object.assign(document.createElement("li"), { textContent: text.replaceAll("-", "\u2212") })));
  drawPlaybar(s, { actions: walking, words, steps: said.play });
}

/** @param {Lesson} s */
function drawTable({ query: { xs }, run: { moments } }) {
  const first = xs.findIndex((x) => x !== 0);
  table(find("series-table"), {
    caption: said.table.caption,
    head: said.table.head.map((/** @type {string} */ name) => fill(name, { first: below(Math.max(0, first) + 1) })),
    rows: moments.map(({ x, a, h, slope }, t) => ({ name: String(t + 1), cells: [x, a, h, slope, first < 0 || t < first ? NaN : arrives(moments, first, t)].map((v) => ({ text: Number.isNaN(v) ? "\u2013" : four(v) })) })),
  });
}

/** @param {Lesson} s */
function drawNumbers({ query: { single, xs } }) {
  const dial = (/** @type {"w_x" | "w_hh" | "b"} */ name) => ({ name: said.numbers[name], value: single[name], put: (/** @type {number} */ v) => move({ [name]: v }), settle });
  dials(find("numbers"), { dials: [dial("w_x"), dial("w_hh"), dial("b")], most: MOST, step: 0.05, wrong: fill(said.wrong, { most: MOST }) });
  choice(find("bends"), Object.keys(CURVES).map((bend) => ({ text: said.bends[bend], on: bend === single.bend, act: () => ask({ single: { ...single, bend: /** @type {Single["bend"]} */ (bend) } }) })));
  const same = (/** @type {Single} */ a) => JSON.stringify(a) === JSON.stringify({ ...a, ...single });
  choice(
    find("presets"),
    Object.entries(PRESETS).map(([name, preset]) => ({ text: said.presets[name], on: same(preset), act: () => ask({ single: preset, xs: pulse }) })),
  );
  /** @type {HTMLButtonElement} */ (find("inputs-back")).disabled = writeInputs(xs) === FIELDS.x.default;
}

const pulse = /** @type {number[]} */ (readInputs(FIELDS.x.default));

/** What the question asks for, with the numbers of now. @param {Lesson} s */
function drawCheck({ query: { single, xs }, run: { moments } }) {
  const asked = single.w_x === 1 && single.b === 0 && single.bend === "tanh" && writeInputs(xs) === FIELDS.x.default;
  const { h } = moments[LATER];
  find("check-now").textContent = asked ? fill(h > LEVEL ? said.check.yes : said.check.no, { h: four(h), w_hh: four(single.w_hh) }) : said.check.other;
}

find("pulse").onclick = () => toggle(columnOf(store.get()));
find("inputs-back").onclick = () => ask({ xs: pulse });
new ResizeObserver(() => drawSeries(store.get())).observe(/** @type {Element} */ (find("series").parentElement));

store.watch((s) => [s.run, s.before, columnOf(s)], drawSeries);
store.watch((s) => [s.run, s.before, columnOf(s)], drawMap);
store.watch((s) => [s.run], (s) => (find("fate").textContent = says(s)));
store.watch((s) => [s.run], drawTable);
store.watch((s) => [s.query], drawNumbers);
store.watch((s) => [s.run], drawCheck);
store.watch((s) => [s.run, ...barOf(s)], drawStep);
store.watch((s) => [s.notices], (s) => notices(find("notices"), { notices: s.notices, words, onDismiss: walking.dismiss }));

startKeys({ ...walkKeys(walking), Home: () => walking.beat(1), End: () => walking.beat(STEPS), x: () => toggle(columnOf(store.get())) });

/** @param {Lesson} s */
function addressOf(s) {
  const { single, xs } = s.query;
  const asked = write(FIELDS, { numbers: [single.w_x, single.w_hh, single.b].join(","), bend: single.bend, x: writeInputs(xs) });
  return `${location.pathname}${asked && `?${asked}`}${writeLook(lookOf(s), 1)}`;
}
startHistory({
  store,
  watched: (s) => [s.query, s.look, Math.ceil(s.position)],
  addressOf,
  typing: () => document.activeElement?.tagName === "INPUT",
  back() {
    const { query, look } = readPlace(location);
    ask(query);
    walking.beat(look.t);
    return true;
  },
});
startTheme({ store, look: walking.look, recolor: () => drawSeries(store.get()) });
startDialogs({ words, links: () => ({ page: addressOf(store.get()), json: "/api/models" }) }); // no service has what is set by hand
speak(store, (s) => [s.run, columnOf(s), s.playing], (s) => `${says(s)} ${fill(said.live, { t: columnOf(s) + 1, h: four(s.run.moments[columnOf(s)].h) })}`);
find("playbar").hidden = false;
document.documentElement.dataset.ready = "true";
