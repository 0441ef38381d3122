// The page of the names: the first state from the page, the store, and which part of it each view draws.

import { rememberModel } from "./api.js";
import { argmax } from "./ball.js";
import { startDetail } from "./detail.js";
import { find } from "./dom.js";
import { writeEdit } from "./edits.js";
import { startFolding } from "./folding.js";
import { diverging, fill, percent } from "./ink.js";
import { slotsFor } from "./layout/unrolled.js";
import { stepSentence } from "./names.js";
import { speak, startDialogs, startHistory, startKeys, startTheme } from "./page.js";
import { startParts } from "./parts.js";
import { startPushes } from "./pushed.js";
import { createSpelling, drawnFrom, makeSpelling, nameOf, readSpelling, writeSpelling } from "./spelling.js";
import { createStore } from "./store.js";
import { bars } from "./views/bars.js";
import { wordChip, wordHeight } from "./views/chips.js";
import { menu, modelMenu } from "./views/choice.js";
import { namesCard } from "./views/names_card.js";
import { network } from "./views/network.js";
import { notices } from "./views/notices.js";
import { readers } from "./views/readers.js";
import { writeEdits } from "./trying.js";
import { barOf, beginWalk, bySize, drawPlaybar, lookOf, startClock, walkKeys } from "./walking.js";
import { stepAt } from "./wave.js";
import { startWhatIf } from "./whatif.js";

/** @import { SpellingBoot, SpellingQuery, SpellingState } from "./types.d.ts" */

/** The diagram's height at least, what the sentence and the table's summary need below it, and a column's width at most. */
const ROOM = { least: 320, below: 96, widest: 110 };
const TOPS = [0, 1, 2, 3, 5, 10];
const START = "\u25b8"; // stands for the end that is read before any letter

const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (find(id));
/** @type {SpellingBoot} */
const boot = JSON.parse(find("boot").textContent ?? "");
const { words } = boot;
const where = readSpelling(location, boot);
rememberModel(boot.model, boot.weights);
const first = makeSpelling({ trace: boot.trace, model: boot.model, weights: boot.weights, edit: boot.asked.edit, drawn: boot.asked.goes_on });

const store = createStore(
  /** @type {SpellingState} */ ({
    query: boot.asked,
    asked: boot.asked,
    ...beginWalk(first, where, boot.notices),
    run: first,
    more: [],
    others: {},
    models: bySize(boot.models),
  }),
);
const actions = createSpelling(store, boot);

startClock(store);
const rollUp = startFolding(store, actions.look);

let color = diverging(document.body);

const detail = startDetail({ words, color: () => color, look: actions.look, get: () => store.get().look, onResize: redraw });

const drawPushes = startPushes({ color: () => color, words, actions });

const whatIf = startWhatIf({ words, doing: actions.tries });
whatIf.room.addEventListener("toggle", () => whatIf.draw(store.get()));

/** How a run is drawn. @param {SpellingState["run"]} run */
const drawingOf = (run) => ({
  ghost: run.ghost,
  letters: run.trace.outputs.map(letterName),
  names: run.trace.outputs.map(letterName),
  truths: [],
  drawInput: wordChip(shownOf(run), []),
  sayStep: (/** @type {number} */ t) => stepSentence(run.trace, t, words),
});

const parts = startParts({
  color: () => color,
  words,
  actions,
  models: store.get().models,
  nameOf: (output) => letterName(output),
  drawingOf: (run) => ({ ...drawingOf(run), probs: (t) => answerOf({ ...store.get(), run }, t), foot: (width) => wordHeight(shownOf(run), width) }),
  rerun: actions.rerun,
});

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

/** The columns as the diagram has them. @type {import("./layout/unrolled.js").Layout | null} */
let columns = null;

/** What the columns read. @param {SpellingState["run"]} run */
const shownOf = (run) => [START, ...run.trace.input.tokens.slice(1)];

/** @param {SpellingState} s */
const shownIn = (s) => ({ ...s, layout: columns, column: columnOf(s), labels: shownOf(s.run) });

/** What stands below the columns, where they stand. @param {SpellingState} s */
function drawMore(s) {
  parts.draw(shownIn(s));
  drawPushes(shownIn(s));
}

function redraw() {
  drawNetwork(store.get());
  drawMore(store.get());
}

/** @param {SpellingState} s */
function drawNetwork(s) {
  const { run, look, position } = s;
  const shown = shownOf(run);
  columns = network({
    ...ROOM,
    slots: slotsFor(run.trace.length),
    run,
    look,
    position,
    folded: s.folded,
    pointed: s.pointed,
    trail: s.trail,
    column: columnOf(s),
    ...drawingOf(run),
    color,
    words,
    hint: words.diagram.hint,
    foot: (places, each) => wordHeight(places.map((t) => shown[t]), each),
    sayStep: (t) => stepSays(s, t),
    actions,
    tokens: shown,
  });
  parts.drawBeside(shownIn(s));
}

/** 1.0, 0.7, 0.04 @param {number} temperature */
const degrees = (temperature) => (Math.round(10 * temperature) === 10 * temperature ? temperature.toFixed(1) : String(Number(temperature.toPrecision(3))));

/** @param {string} name of an output */
const letterName = (name) => (name === "end" ? words.names.end : name);

/** What a letter is drawn from after a step, or what the network says of a name that it reads. @param {Pick<SpellingState, "asked">} s @param {number} column @param {import("./types.d.ts").Values} values */
const probsOf = ({ asked }, column, values) => (asked.goes_on ? drawnFrom([...values.logits[column]], asked.temperature, asked.top_k) : [...values.probs[column]]);

/** @param {SpellingState} s @param {number} column */
const answerOf = (s, column) => probsOf(s, column, s.run.trace.values);

/** A column, for a screen reader. @param {SpellingState} s @param {number} column */
function stepSays(s, column) {
  const probs = answerOf(s, column);
  const k = argmax(probs);
  return fill(words.names.says, { t: column + 1, after: afterOf(s.run, column), direction: s.run.trace.outputs[k], percent: percent(probs[k]) });
}

/** @param {SpellingState} s */
function drawAnswer(s) {
  const { run, asked, others, models } = s;
  const column = columnOf(s);
  const { outputs, values } = run.trace;
  const { temperature, top_k: top } = asked;
  const probs = answerOf(s, column);
  const names = outputs.map(letterName);
  bars(find("bars"), { probs, names, letters: names, truth: followers(s)[column], right: asked.goes_on ? words.names.drawn : words.names.came, ghost: run.ghost && probsOf(s, column, run.ghost.values), was: words.whatif.was });
  find("answer-step").textContent = afterOf(run, column);
  find("plain").textContent = fill(words.names.plain, { temperature: degrees(asked.goes_on ? temperature : 1) });
  detail.live({ names, logits: values.logits[column], truth: followers(s)[column], what: find("answer-step").textContent ?? "", model: run.model, temperature: asked.goes_on ? temperature : 1, top: asked.goes_on ? top : 0 });
  const rows = models.map(({ id }) => ({ id, probs: [], says: others[id] === "" ? words.names.nothing : others[id] ?? null, chosen: id === run.model.id }));
  readers(find("others"), { rows, outputs, words, onChoose: (id) => void actions.model(id) });
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
  [input("temperature").min, input("temperature").max] = boot.limits.temperature.map(String);
  input("temperature").value = String(query.temperature);
  find("temperature-says").textContent = degrees(query.temperature);
  find("go").setAttribute("aria-checked", String(query.goes_on));
  const tops = TOPS.includes(query.top_k) ? TOPS : [...TOPS, query.top_k];
  menu(find("top"), tops.map((k) => ({ value: String(k), text: k ? fill(words.names.topSome, { k }) : words.names.topAll })), String(query.top_k));
  modelMenu(models, query.model, words);
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

store.watch((s) => [s.run, s.position, s.look, s.folded, s.pointed], drawNetwork);
store.watch((s) => [s.run, columnOf(s), s.look], drawMore);
store.watch((s) => [s.run, columnOf(s), s.look, s.pointed], (s) => parts.drawShared(shownIn(s)));
store.watch((s) => [s.run, columnOf(s), s.others], drawAnswer);
store.watch(barOf, (s) => drawPlaybar(s, { actions, words, steps: words.play }));
store.watch((s) => [s.run, columnOf(s)], drawName);
store.watch((s) => [s.query, s.run, s.more], drawControls);
store.watch((s) => [s.run, s.look, s.tries], whatIf.draw);
store.watch((s) => [s.run.model], (s) => namesCard(find("card"), { model: s.run.model, words }));
store.watch((s) => [s.look.view], detail.drawOpen);
store.watch((s) => [s.notices], (s) => notices(find("notices"), { notices: s.notices, words, onDismiss: actions.dismiss }));

// What a person does.
find("another").onclick = () => void actions.another();
find("go").onclick = () => void actions.ask({ goes_on: !store.get().query.goes_on });
input("prefix").oninput = () => void actions.ask({ prefix: input("prefix").value });
input("temperature").oninput = () => void actions.ask({ temperature: Number(input("temperature").value) });
input("seed").oninput = () => {
  const seed = input("seed").valueAsNumber;
  const fine = Number.isInteger(seed) && seed >= 0 && seed < 1e9;
  input("seed").setAttribute("aria-invalid", String(!fine));
  find("seed-wrong").hidden = fine;
  if (fine) actions.ask({ seed });
};
input("seed").onblur = () => {
  input("seed").value = String(store.get().query.seed);
  input("seed").setAttribute("aria-invalid", "false"); // what was wrong stays said until a next one is right
};
find("top").onchange = () => void actions.ask({ top_k: Number(input("top").value) });
find("model").onchange = () => void actions.model(input("model").value);

startKeys({
  ...walkKeys(actions),
  Home: () => actions.step(1),
  End: () => actions.step(store.get().run.trace.length),
  n: () => void actions.another(),
  s: () => detail.toggle(),
  b: () => parts.traceBack(),
  c: () => parts.compare(),
  u: () => rollUp(),
  w: () => whatIf.toggle(),
  z: () => actions.tries.undo(),
  y: () => actions.tries.redo(),
});

/** @param {SpellingState} s @param {Partial<SpellingQuery>} [patch] */
const addressOf = (s, patch = {}) => writeSpelling({ ...s.asked, edit: writeEdits(s.run.edits), ...patch }, lookOf(s), s.run.trace.length, boot);
startHistory({
  store,
  watched: (s) => [s.run, s.look, Math.ceil(s.position)],
  addressOf: (s) => addressOf(s),
  typing: () => ["prefix", "seed", "temperature"].includes(document.activeElement?.id ?? "") || Boolean(document.activeElement?.closest("#whatif")),
  back() {
    const { query, look } = readSpelling(location, boot);
    input("prefix").value = query.prefix;
    return actions.ask(query, look.t, look);
  },
});

startTheme({
  store,
  look: actions.look,
  recolor() {
    color = diverging(document.body);
    redraw();
    detail.drawOpen();
  },
});
startDialogs({
  words,
  links() {
    const s = store.get();
    const asked = new URLSearchParams({ model: s.run.model.pinned, text: nameOf(s.run) });
    for (const edit of s.run.edits) asked.append("edit", writeEdit(edit));
    return { page: addressOf(s, { model: s.run.model.pinned }), json: `/api/trace?${asked}` };
  },
});
new ResizeObserver(redraw).observe(find("lab"));

speak(store, (s) => [s.run, columnOf(s), s.playing], (s) => stepSays(s, columnOf(s)));
speak(store, (s) => [s.look.unit], ({ look }) => (look.unit ? find("unit-sentence").textContent ?? "" : ""), true);

find("playbar").hidden = false;
actions.beside();
document.documentElement.dataset.ready = "true";
