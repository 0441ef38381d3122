// The page of the names: the first state from the page, the store, and which part of it each view draws.

import { rememberModel } from "./api.js";
import { argmax } from "./ball.js";
import { incoming, unitOrders } from "./cell.js";
import { localOf, ownerOf } from "./graph.js";
import { diverging, fill, percent } from "./ink.js";
import { gutterOf, unrolledLayout } from "./layout/unrolled.js";
import { stepSentence } from "./names.js";
import { createHistory, say, startDialogs, startKeys, startTheme } from "./page.js";
import { createPlayer } from "./player.js";
import { placeOf } from "./reading.js";
import { createSpelling, drawnFrom, makeSpelling, nameOf, readSpelling, writeSpelling } from "./spelling.js";
import { createStore } from "./store.js";
import { bars } from "./views/bars.js";
import { wordChip, wordHeight } from "./views/chips.js";
import { diagram } from "./views/diagram.js";
import { namesCard } from "./views/names_card.js";
import { notices } from "./views/notices.js";
import { playbar, SPEEDS } from "./views/playbar.js";
import { unitSentence } from "./views/selection.js";
import { valuesTable } from "./views/values.js";
import { beatAt, readyAt, stepAt } from "./wave.js";

/** @import { Look, SpellingBoot, SpellingQuery, SpellingState } from "./types.d.ts" */

/** Height that the sentence and the table's summary need below the diagram. */
const BELOW = 96;
const LEAST = 320;
const WIDEST = 110; // px of a column
const TOPS = [0, 1, 2, 3, 5, 10];
const START = "\u25b8"; // stands for the end that is read before any letter

const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (find(id));
/** @type {SpellingBoot} */
const boot = JSON.parse(find("boot").textContent ?? "");
const { words } = boot;
const where = readSpelling(location, boot.defaults);
rememberModel(boot.model, boot.weights);
const first = makeSpelling({ trace: boot.trace, model: boot.model, weights: boot.weights });
const place = placeOf(first, where.look.t, where.look.beat);

const store = createStore(
  /** @type {SpellingState} */ ({
    query: boot.asked,
    asked: boot.asked,
    look: { ...where.look, t: place.t },
    position: place.position,
    playing: false,
    speed: 1,
    run: first,
    more: [],
    others: {},
    notices: [...boot.notices, ...where.bad.map((field) => ({ code: "bad_address", field, detail: "" }))],
    models: [...boot.models].sort((a, b) => a.parameters - b.parameters),
  }),
);
const actions = createSpelling(store, boot);

const still = matchMedia("(prefers-reduced-motion: reduce)");
const player = createPlayer({
  get: () => {
    const { position, run, speed, look } = store.get();
    return { position, length: run.wave.beats, speed, reduced: look.motion === "auto" ? still.matches : look.motion === "reduced" };
  },
  move: (position) => store.set({ position }),
  end: () => store.set({ playing: false }),
});
store.watch((s) => [s.playing], (s) => (s.playing ? player.play() : player.pause()));

let color = diverging(document.body);
/** @type {WeakMap<object, Record<string, number[]>>} */
const orders = new WeakMap();

/** The step that is looked at, from 0. @param {SpellingState} s */
const columnOf = ({ run, position, look }) => stepAt(run.wave, position, look.t) - 1;

/** `after em`. @param {SpellingState["run"]} run @param {number} t from 0 */
const afterOf = (run, t) => (t ? fill(words.names.after, { text: nameOf(run).slice(0, t) }) : words.names.begin);

/** The letter that came after each step; after the last one the end, where the network stopped itself. @param {SpellingState} s */
function followers({ run, asked }) {
  const { tokens } = run.trace.input;
  const { outputs } = run.trace;
  const ended = asked.goes_on && tokens.length - 1 < boot.limits.letters;
  return tokens.map((_, t) => (t + 1 < tokens.length ? outputs.indexOf(tokens[t + 1]) : ended ? outputs.indexOf("end") : null));
}

/** @param {SpellingState} s */
function drawNetwork(s) {
  const { run } = s;
  const container = find("diagram");
  const width = container.clientWidth;
  if (!width) return;
  const { graph } = run.model;
  const column = columnOf(s);
  const compact = width < 560;
  const { length, values, outputs } = run.trace;
  const shown = [START, ...run.trace.input.tokens.slice(1)];
  const known = s.look.unit && values[s.look.unit.node]?.[0]?.[s.look.unit.index] !== undefined;
  const unit = known ? s.look.unit : null;
  const layer = graph.layers.find(({ name }) => name === ownerOf(unit?.node ?? "")) ?? graph.layers[graph.layers.length - 1];
  const room = compact ? 340 : Math.max(LEAST, find("network").clientHeight - (container.offsetTop - find("network").offsetTop) - BELOW);
  const each = Math.min(WIDEST, (width - gutterOf(graph.layers, compact)) / length);
  const layout = unrolledLayout({ width, room, length, layers: graph.layers, open: layer.name, focus: column, compact, foot: wordHeight(shown, each), widest: WIDEST });
  if (!orders.has(run.model)) orders.set(run.model, unitOrders(graph, run.weights));
  /** @type {import("./views/diagram.js").DiagramProps} */
  const props = {
    layout,
    trace: run.trace,
    graph,
    wave: run.wave,
    weights: run.weights,
    orders: orders.get(run.model) ?? {},
    position: s.position,
    current: column,
    unit,
    terms: unit ? incoming(graph, layer, run.weights, values, { node: localOf(unit.node), index: unit.index, t: column }) : [],
    letters: outputs.map((name) => (name === "end" ? words.names.end : name)),
    truths: [],
    color,
    words,
    compact,
    drawInput: wordChip(shown, []),
    sayStep: (t) => `${stepSentence(run.trace, t, words)}, ${afterOf(run, t)}`,
    onStep: actions.step,
    onUnit: actions.unit,
  };
  diagram(container, props);
  find("unit-sentence").textContent = unitSentence(props, unit) || words.diagram.hint;
  valuesTable(find("values-table"), { trace: run.trace, graph, layer, t: column, words });
}

/** @param {SpellingState} s */
function drawAnswer(s) {
  const { run, asked, others, models } = s;
  const column = columnOf(s);
  const { outputs, values } = run.trace;
  const { temperature, top_k: top } = asked;
  const probs = asked.goes_on ? drawnFrom([...values.logits[column]], temperature, top) : [...values.probs[column]];
  const names = outputs.map((name) => (name === "end" ? words.names.end : name));
  bars(find("bars"), { probs, names, letters: names, truth: followers(s)[column], right: asked.goes_on ? words.names.drawn : words.names.came });
  find("answer-step").textContent = afterOf(run, column);
  find("plain").textContent = fill(words.names.plain, { temperature: (asked.goes_on ? temperature : 1).toFixed(1) });
  find("others").replaceChildren(
    ...models.map(({ id }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = id === run.model.id ? "reader chosen" : "reader";
      button.setAttribute("aria-pressed", String(id === run.model.id));
      const [name, says] = [document.createElement("span"), document.createElement("span")];
      name.className = "reader-name";
      name.textContent = words.models[id]?.short ?? id;
      says.className = "reader-says";
      says.textContent = others[id] === undefined ? "\u2026" : others[id] || words.names.nothing;
      button.append(name, says);
      button.onclick = () => void actions.ask({ model: id });
      return button;
    }),
  );
}

/** @param {SpellingState} s */
function drawPlaybar({ run: { wave }, position, playing, speed }) {
  playbar(find("playbar"), {
    beat: beatAt(wave, position),
    beats: wave.beats,
    playing,
    finished: position >= wave.beats,
    speed,
    words,
    steps: words.play,
    now: "",
    onPlay: actions.play,
    onBeat: actions.beat,
    onReset: actions.reset,
    onSpeed: actions.speed,
  });
}

/** @param {SpellingState} s */
function drawName(s) {
  const column = columnOf(s);
  const letters = [...nameOf(s.run)].map((letter, k) => {
    const span = document.createElement("span");
    span.textContent = letter;
    if (k + 1 > column) span.className = "ahead";
    return span;
  });
  find("name").replaceChildren(...(letters.length ? letters : [words.names.nothing]));
}

/** @param {SpellingState} s */
function drawControls({ query, models, more }) {
  const settled = (/** @type {string} */ id, /** @type {string} */ value) => {
    if (document.activeElement !== input(id)) input(id).value = value;
  };
  settled("prefix", query.prefix);
  settled("seed", String(query.seed));
  input("temperature").value = String(query.temperature);
  find("temperature-says").textContent = query.temperature.toFixed(1);
  find("go").setAttribute("aria-checked", String(query.goes_on));
  const top = /** @type {HTMLSelectElement} */ (find("top"));
  const tops = TOPS.includes(query.top_k) ? TOPS : [...TOPS, query.top_k];
  top.replaceChildren(...tops.map((k) => new Option(k ? fill(words.names.topSome, { k }) : words.names.topAll, String(k))));
  top.value = String(query.top_k);
  const choice = /** @type {HTMLSelectElement} */ (find("model"));
  if (choice.options.length !== models.length) choice.replaceChildren(...models.map(({ id }) => new Option(words.models[id]?.name ?? id, id)));
  choice.value = query.model;
  for (const id of ["temperature", "top", "seed"]) input(id).disabled = !query.goes_on;
  find("more").replaceChildren(
    ...more.map(({ seed, name }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name || words.names.nothing;
      button.onclick = () => void actions.ask({ seed, goes_on: true });
      return button;
    }),
  );
}

store.watch((s) => [s.run, s.position, s.look], drawNetwork);
store.watch((s) => [s.run, s.position, s.look.t, s.others], drawAnswer);
store.watch((s) => [s.run, s.position, s.playing, s.speed], drawPlaybar);
store.watch((s) => [s.run, s.position, s.look.t], drawName);
store.watch((s) => [s.query, s.run, s.more], drawControls);
store.watch((s) => [s.run.model], (s) => namesCard(find("card"), { model: s.run.model, words }));
store.watch((s) => [s.notices], (s) => notices(find("notices"), { notices: s.notices, words, onDismiss: actions.dismiss }));

// What a person does.
find("another").onclick = () => void actions.another();
find("go").onclick = () => void actions.ask({ goes_on: !store.get().query.goes_on });
input("prefix").oninput = () => void actions.ask({ prefix: input("prefix").value });
input("temperature").oninput = () => void actions.ask({ temperature: Number(input("temperature").value) });
input("seed").oninput = () => {
  const seed = Number(input("seed").value);
  if (Number.isInteger(seed) && seed >= 0 && seed < 1e9 && input("seed").value) actions.ask({ seed });
};
find("top").onchange = () => void actions.ask({ top_k: Number(input("top").value) });
find("model").onchange = () => void actions.ask({ model: input("model").value });

startKeys({
  " ": () => actions.play(),
  ArrowRight: () => stepBy(1),
  ArrowLeft: () => stepBy(-1),
  Home: () => actions.step(1),
  End: () => actions.step(store.get().run.trace.length),
  n: () => void actions.another(),
  r: () => actions.reset(),
  "[": () => speedBy(-1),
  "]": () => speedBy(1),
  Escape: () => actions.unit(null),
  "?": () => find("help").click(),
});

/** @param {number} by */
function stepBy(by) {
  const { position, run } = store.get();
  actions.beat(beatAt(run.wave, position) + by);
}

/** @param {number} by */
function speedBy(by) {
  const k = SPEEDS.indexOf(store.get().speed) + by;
  actions.speed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, k))]);
}

/** Where one looks, as the address has it. @param {SpellingState} s @returns {Look} */
function lookOf(s) {
  const t = columnOf(s) + 1;
  const beat = beatAt(s.run.wave, s.position);
  return { ...s.look, t, beat: beat === readyAt(s.run.wave, t) ? null : beat };
}

/** @param {SpellingState} s @param {Partial<SpellingQuery>} [patch] */
const addressOf = (s, patch = {}) => writeSpelling({ ...s.asked, ...patch }, lookOf(s), s.run.trace.length, boot.defaults);
const past = createHistory(addressOf(store.get()));
store.watch((s) => [s.run, s.look, Math.ceil(s.position)], (s) => {
  past.write(addressOf(s), ["prefix", "seed", "temperature"].includes(document.activeElement?.id ?? ""));
});
window.addEventListener("popstate", () => {
  const { query, look } = readSpelling(location, boot.defaults);
  past.follow(location.pathname + location.search + location.hash);
  input("prefix").value = query.prefix;
  store.set({ look: { ...store.get().look, unit: look.unit } });
  actions.ask(query, look.t);
});

startTheme({
  store,
  look: actions.look,
  recolor() {
    color = diverging(document.body);
    drawNetwork(store.get());
  },
});
startDialogs({
  words,
  links() {
    const s = store.get();
    const asked = new URLSearchParams({ model: s.run.model.pinned, text: nameOf(s.run) });
    return { page: addressOf(s, { model: s.run.model.pinned }), json: `/api/trace?${asked}` };
  },
});
new ResizeObserver(() => drawNetwork(store.get())).observe(find("lab"));

let silent = true; // not for the page's first picture
store.watch((s) => [s.run, columnOf(s), s.playing], (s) => {
  const column = columnOf(s);
  if (!s.playing && !silent) {
    const probs = s.run.trace.values.probs[column];
    const k = argmax([...probs]);
    say(fill(words.names.says, { t: column + 1, after: afterOf(s.run, column), direction: s.run.trace.outputs[k], percent: percent(probs[k]) }));
  }
  silent = false;
});
store.watch((s) => [s.look.unit], ({ look }) => {
  if (look.unit) say(find("unit-sentence").textContent ?? "");
});

find("playbar").hidden = false;
actions.beside();
document.documentElement.dataset.ready = "true";
