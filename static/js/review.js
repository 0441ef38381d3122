// The page of the review, and of other texts that are read to their end: the first state from the page, the store, and which part of it each view draws.

import { rememberModel } from "./api.js";
import { argmax, certainty, entropy } from "./ball.js";
import { memoryKind } from "./cell.js";
import { startDetail } from "./detail.js";
import { find } from "./dom.js";
import { writeEdit } from "./edits.js";
import { startFolding } from "./folding.js";
import { momentOf } from "./frame.js";
import { diverging, fill, percent } from "./ink.js";
import { later } from "./later.js";
import { gutterOf, slotsFor } from "./layout/unrolled.js";
import { shortName, stepSentence } from "./names.js";
import { speak, startDialogs, startHistory, startKeys, startTheme } from "./page.js";
import { startParts } from "./parts.js";
import { startPushes } from "./pushed.js";
import { KINDS, outputName, partsSay } from "./readings.js";
import { createReading, isHeld, makeReading, readReading, textOf, writeReading } from "./reading.js";
import { createStore } from "./store.js";
import { attributionNotes, attributions, attributionTable } from "./views/attributions.js";
import { bands, prefix } from "./views/bands.js";
import { bars } from "./views/bars.js";
import { wordChip, wordHeight } from "./views/chips.js";
import { hideCell } from "./views/cell.js";
import { modelMenu } from "./views/choice.js";
import { network } from "./views/network.js";
import { notices } from "./views/notices.js";
import { readers } from "./views/readers.js";
import { tokens } from "./views/tokens.js";
import { word } from "./views/word.js";
import { writeEdits } from "./trying.js";
import { barOf, beginWalk, bySize, drawPlaybar, lookOf, startClock, walkKeys } from "./walking.js";
import { stepAt } from "./wave.js";
import { startWhatIf } from "./whatif.js";

/** @import { ReadingBoot, ReadingState } from "./types.d.ts" */

/** The diagram's height at least, what the sentence and the table's summary need below it, and a column's width at most. */
const ROOM = { least: 320, below: 96, widest: 132 };

/** @type {ReadingBoot} */
const boot = JSON.parse(find("boot").textContent ?? "");
const { words } = boot;
const kind = KINDS[boot.task];
const where = readReading(location, boot.defaults);
rememberModel(boot.model, boot.weights);
const first = makeReading({ ...boot, text: boot.asked.text, cut: null, edit: boot.asked.edit });

const store = createStore(
  /** @type {ReadingState} */ ({
    query: boot.asked,
    ...beginWalk(first, where, boot.notices),
    answered: boot.asked,
    run: first,
    busy: false,
    rivals: {},
    attributions: null,
    word: null,
    models: bySize(boot.models),
  }),
);
const actions = createReading(store, boot);

startClock(store);
const rollUp = startFolding(store, actions.look);

let color = diverging(document.body);

const detail = startDetail({ words, color: () => color, look: actions.look, get: () => store.get().look, onResize: redraw });

const drawPushes = startPushes({ color: () => color, words, actions });

const whatIf = startWhatIf({ words, doing: actions.tries });
whatIf.room.addEventListener("toggle", () => whatIf.draw(store.get()));

/** How a run is drawn. @param {ReadingState["run"]} run */
const drawingOf = ({ trace, ghost }) => ({
  ghost,
  letters: trace.outputs.map((name) => words.review.short[name] ?? name),
  names: trace.outputs.map((name) => outputName(name, words)),
  truths: kind.truth(trace) === null ? [] : trace.input.tokens.map(() => kind.truth(trace)),
  drawInput: wordChip(trace.input.tokens, trace.input.unknown),
  sayStep: (/** @type {number} */ t) => `${stepSentence(trace, t, words)}, ${fill(words.review.afterText, { text: prefix(trace.input.tokens, t, 60) })}`,
});

const parts = startParts({
  color: () => color,
  words,
  actions,
  models: actions.readers(first),
  nameOf: (output) => outputName(output, words),
  tone: (trace, t) => kind.towards(trace, trace.values.probs[t]),
  drawingOf: (run) => ({ ...drawingOf(run), foot: (width) => wordHeight(run.trace.input.tokens, width) }),
  rerun: actions.rerun,
});

/** The word that is looked at, from 0; −1 where nothing is read. @param {ReadingState} s */
const columnOf = ({ run, position, look }) => (run.trace.length ? stepAt(run.wave, position, look.t) - 1 : -1);

/** @param {ReadingState} s */
function drawNetwork(s) {
  const { run, look, position } = s;
  const width = find("bands").clientWidth;
  if (!width) return;
  const column = columnOf(s);
  const { input, length, values, initial } = run.trace;
  find("diagram").hidden = find("opened").hidden = length === 0;
  columns = length
    ? network({
        ...ROOM,
        slots: slotsFor(length),
        run,
        look,
        position,
        folded: s.folded,
        pointed: s.pointed,
        trail: s.trail,
        column,
        ...drawingOf(run),
        color,
        words,
        hint: words.diagram.hint,
        foot: (places, each) => wordHeight(places.map((t) => input.tokens[t]), each),
        actions,
        tokens: input.tokens,
      })
    : null;
  if (!length) {
    hideCell();
    find("cell-open").hidden = true;
    find("unit-sentence").textContent = words.review.nothing;
    find("values-table").replaceChildren();
  }
  const layout = columns ?? { width, columns: [], gap: 8, box: 40, gutter: gutterOf(run.model.graph.layers, false) };
  const grown = input.tokens.map((_, t) => momentOf(run.wave, position, t).output);
  parts.drawBeside(shownIn(s));
  const split = (/** @type {number[]} */ p) => kind.split(run.trace, p);
  bands(find("bands"), {
    layout,
    parts: kind.parts,
    shares: values.probs.map(split),
    initial: split(initial?.probs ?? []),
    say: (shares) => partsSay(shares, kind.parts, words),
    grown,
    current: column,
    tokens: input.tokens,
    words,
    onStep: actions.step,
  });
}

/** The columns as the diagram has them. @type {import("./layout/unrolled.js").Layout | null} */
let columns = null;

/** @param {ReadingState} s */
function drawWhy(s) {
  const { attributions: found, run } = s;
  const held = run.edits.some(isHeld);
  find("why").hidden = !run.trace.length || !s.query.memory || held;
  find("why-off").hidden = !run.trace.length || (s.query.memory && !held);
  find("why-off").textContent = s.query.memory ? words.review.methods.held : words.review.methods.off;
  find("why").classList.toggle("waiting", !found);
  if (!found || !columns || found.input.tokens.length !== columns.columns.length) return;
  attributions(find("why-strip"), { layout: columns, found, towards: kind.towards, color, current: columnOf(s), words, onStep: actions.step });
  attributionNotes(find("why-notes"), { found, towards: kind.towards, words });
  attributionTable(find("why-table"), { found, towards: kind.towards, words });
}

/** @param {ReadingState} s */
const shownIn = (s) => ({ ...s, layout: columns, column: columnOf(s), labels: s.run.trace.input.tokens });

/** What stands below the columns, where they stand. @param {ReadingState} s */
function drawMore(s) {
  parts.draw(shownIn(s));
  drawPushes(shownIn(s));
}

/** @param {ReadingState} s */
function drawAnswer(s) {
  const { run, rivals } = s;
  const column = columnOf(s);
  const { outputs, values, initial, input } = run.trace;
  const probs = column < 0 ? initial?.probs ?? [] : values.probs[column];
  const names = outputs.map((name) => outputName(name, words));
  const truth = kind.truth(run.trace);
  bars(find("bars"), { probs, names, letters: names, truth, right: words.review.right, ghost: run.ghost?.values.probs[column] ?? null, was: words.whatif.was });
  const after = column < 0 ? words.review.before : fill(words.review.afterText, { text: prefix(input.tokens, column, 90) });
  find("after").textContent = after;
  find("answer-step").textContent = column < 0 ? words.review.before : fill(words.review.answerAfter, { model: shortName(run.model.id, words), text: prefix(input.tokens, column, 34) });
  find("entropy").textContent = entropy(probs).toFixed(2);
  find("entropy-says").textContent = words.review.doubt[certainty(probs)];
  const rows = actions.readers(run).map(({ id }) => {
    const mine = id === run.model.id && run.edits.length ? { probs: values.probs, initial: initial?.probs } : rivals[id];
    const said = (column < 0 ? mine?.initial : mine?.probs[column]) ?? null;
    return { id, probs: said ? kind.split(run.trace, said) : [], says: said && `${outputName(outputs[argmax(said)], words)} ${percent(Math.max(...said))}`, chosen: id === run.model.id };
  });
  readers(find("rivals"), { rows, outputs: kind.parts, words, onChoose: actions.model });
  const logits = column < 0 ? initial?.logits ?? [] : values.logits[column];
  detail.live({ names, logits, truth, what: find("answer-step").textContent ?? "", model: run.model });
}

/** @param {ReadingState} s */
function drawWords(s) {
  const { input, length } = s.run.trace;
  const limit = boot.limits.words;
  const unknown = new Set(input.unknown.map((t) => input.tokens[t]));
  tokens(find("tokens"), { tokens: input.tokens, unknown, current: columnOf(s), words, onStep: actions.step, onMove: moveWord });
  const cut = s.run.cut;
  find("text-count").textContent = cut ? fill(Number.isFinite(cut) ? words.review.cutCount : words.review.cutSome, { limit: length, came: cut }) : fill(words.review.count, { count: length, limit });
  find("text-count").classList.toggle("over", Boolean(cut));
  find("text-hint").textContent = fill(words.review.hint, { known: s.run.model.vocabulary - 1, letters: /** @type {any} */ (s.run.model.card).recipe.letters });
}

/** @param {ReadingState} s */
function drawControls({ query, run, models }) {
  const field = /** @type {HTMLTextAreaElement} */ (find("text"));
  if (field.value !== query.text && document.activeElement !== field) field.value = query.text;
  for (const button of find("presets").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.textContent === query.text));
  }
  const memory = /** @type {HTMLButtonElement} */ (find("memory"));
  const none = memoryKind(run.model.graph.layers[0]) === "none";
  memory.setAttribute("aria-checked", String(query.memory));
  memory.disabled = none;
  find("memory-says").textContent = query.memory ? words.memory.on : words.memory.off;
  modelMenu(models, query.model, words);
}

function redraw() {
  const s = store.get();
  drawNetwork(s);
  drawWhy(s);
  drawMore(s);
}

store.watch((s) => [s.run, s.position, s.look, s.folded, s.pointed], drawNetwork);
store.watch((s) => [s.run, columnOf(s), s.look], drawMore);
store.watch((s) => [s.run, columnOf(s), s.look, s.pointed], (s) => parts.drawShared(shownIn(s)));
store.watch((s) => [s.run, s.attributions, columnOf(s)], drawWhy);
store.watch((s) => [s.run, columnOf(s), s.rivals], drawAnswer);
store.watch(barOf, (s) => drawPlaybar(s, { actions, words, steps: words.play }));
store.watch((s) => [s.run, columnOf(s)], drawWords);
store.watch((s) => [s.query, s.run], drawControls);
store.watch((s) => [s.busy], ({ busy }) => document.body.classList.toggle("busy", busy));
const lookUp = later((/** @type {ReadingState} */ s) => void actions.lookUp(s.run.trace.input.tokens[columnOf(s)] ?? null));
store.watch((s) => [s.run.model, s.run.trace.input.tokens[columnOf(s)]], lookUp);
store.watch((s) => [s.run, s.look, s.tries], whatIf.draw);
store.watch((s) => [s.word], ({ word: found }) => {
  if (found) word(find("word"), { found, color, words });
  else find("word").replaceChildren(words.review.word.none);
});
store.watch((s) => [s.run.model], (s) => kind.card(find("card"), { model: s.run.model, words, onText: write }));
store.watch((s) => [s.look.view], detail.drawOpen);
store.watch((s) => [s.notices], (s) => notices(find("notices"), { notices: s.notices, words, onDismiss: actions.dismiss }));

// What a person does.
const field = /** @type {HTMLTextAreaElement} */ (find("text"));
field.value = boot.asked.text;
field.oninput = () => void actions.text(field.value);
find("presets").onclick = (event) => {
  const button = /** @type {Element} */ (event.target).closest("button");
  if (button) write(button.textContent ?? "");
};
find("memory").onclick = () => void actions.memory();
find("model").onchange = (event) => void actions.model(/** @type {HTMLSelectElement} */ (event.target).value);

/** @param {number} from @param {number} to */
function moveWord(from, to) {
  actions.move(from, to);
  field.value = store.get().query.text;
  /** @type {HTMLElement | null} */ (find("tokens").children[to]?.querySelector("button"))?.focus();
}

/** @param {string} text */
function write(text) {
  field.value = text;
  actions.text(text);
}

startKeys({
  ...walkKeys(actions),
  Home: () => actions.step(1),
  End: () => actions.step(store.get().run.trace.length),
  m: () => find("memory").click(),
  s: () => detail.toggle(),
  b: () => parts.traceBack(),
  c: () => parts.compare(),
  u: () => rollUp(),
  w: () => whatIf.toggle(),
  z: () => actions.tries.undo(),
  y: () => actions.tries.redo(),
});

// The address.
/** @param {ReadingState} s */
const addressOf = (s) => writeReading({ ...s.answered, edit: writeEdits(s.run.edits), text: textOf(s.run) }, lookOf(s), s.run.trace.length, boot.defaults);
startHistory({
  store,
  watched: (s) => [s.run, s.look, Math.ceil(s.position), s.busy],
  addressOf,
  typing: () => document.activeElement === field || Boolean(document.activeElement?.closest("#whatif")),
  settled: (s) => !s.busy,
  back() {
    const { query, look } = readReading(location, boot.defaults);
    field.value = query.text;
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
    const { word: found } = store.get();
    if (found) word(find("word"), { found, color, words });
  },
});
startDialogs({
  words,
  links() {
    const s = store.get();
    const address = writeReading({ ...s.answered, edit: writeEdits(s.run.edits), text: textOf(s.run), model: s.run.model.pinned }, lookOf(s), s.run.trace.length, boot.defaults);
    const asked = new URLSearchParams({ model: s.run.model.pinned, text: s.run.trace.input.text, ...(!s.query.memory && { memory: "false" }) });
    for (const edit of s.run.edits) asked.append("edit", writeEdit(edit));
    return { page: address, json: `/api/trace?${asked}` };
  },
});
new ResizeObserver(redraw).observe(find("lab"));

speak(store, (s) => [s.run, columnOf(s), s.playing], (s) => {
  const column = columnOf(s);
  if (column < 0) return "";
  const probs = s.run.trace.values.probs[column];
  const k = argmax(probs);
  const direction = outputName(s.run.trace.outputs[k], words);
  return `${fill(words.live.step, { t: column + 1, direction, percent: percent(probs[k]), bits: entropy(probs).toFixed(2) })} ${fill(words.review.afterText, { text: prefix(s.run.trace.input.tokens, column, 60) })}`;
});
speak(store, (s) => [s.look.unit], ({ look }) => (look.unit ? find("unit-sentence").textContent ?? "" : ""), true);

find("playbar").hidden = false;
actions.beside();
document.documentElement.dataset.ready = "true";
