// The chapter on reading: the article's one neuron, step by step, and the same review read by trained networks.

import { MEMORY, NUMBER, read, readLook, write, writeLook } from "./address.js";
import { fetchModel, fetchTrace } from "./api.js";
import { copiesByHand, copiesOf } from "./copies.js";
import { find } from "./dom.js";
import { brief, diverging, fill } from "./ink.js";
import { modelName } from "./names.js";
import { ARTICLE, sizeOf } from "./neuron.js";
import { speak, startDialogs, startHistory, startKeys, startTheme } from "./page.js";
import { createStore } from "./store.js";
import { copies, PARTS, reveal } from "./views/copies.js";
import { notices } from "./views/notices.js";
import { numbers as numberFields } from "./views/numbers.js";
import { barOf, beginWalk, createWalking, drawPlaybar, lookOf, placeOf, startClock, walkKeys } from "./walking.js";
import { beatAt, plainWave } from "./wave.js";

/** @import { Field } from "./address.js" */
/** @import { Copy } from "./copies.js" */
/** @import { Neurons } from "./neuron.js" */
/** @import { Maybe, Model, Trace, Walk, Weights } from "./types.d.ts" */

const LONGEST = 12; // words
const CHARACTERS = 120; // of a text: so many steps are always within what the service runs
const MOST = 100; // of a number that is set by hand
/** @type {{ words: any, sizes: Record<string, Maybe<string>>, text: string }} */
const boot = JSON.parse(find("boot").textContent ?? "");
const { words } = boot;
const said = words.learn.reading;

/** @typedef {{ trace: Trace, model: Model, weights: Weights, count: number }} Trained count: of words that were typed */
/**
 * @typedef {Walk & {
 *   query: { units: number, text: string, numbers: Neurons }, unit: number, trained: Maybe<Trained>,
 *   run: { wave: import("./wave.js").Wave, copies: Copy[] },
 * }} Lesson
 */

/** The article's numbers are left out of the address. @type {Record<string, Field>} */
const FIELDS = {
  units: { default: 1, read: (text) => (Object.hasOwn(boot.sizes, text) ? Number(text) : undefined), write: String },
  input: { default: boot.text, read: (text) => text.slice(0, CHARACTERS), write: String },
  numbers: { default: writeNumbers(ARTICLE), read: (text) => (readNumbers(text) ? text : undefined), write: String },
};

/** that:0.1,was:0;0.8,0,3,-0.2 @param {Neurons} neurons */
function writeNumbers({ push, W_hh, b_h, w_hy, b_y }) {
  return `${Object.entries(push).map(([word, [v]]) => `${word}:${v}`).join(",")};${[W_hh[0][0], b_h[0], w_hy[0], b_y].join(",")}`;
}

/** @param {string} text @returns {Neurons | null} */
function readNumbers(text) {
  const number = (/** @type {string} */ written) => (NUMBER.test(written) ? Number(written) : NaN);
  const [pushes, rest = "", ...more] = text.split(";");
  const push = Object.fromEntries(
    pushes.split(",").filter(Boolean).map((pair) => {
      const end = pair.lastIndexOf(":");
      return [pair.slice(0, end), [number(pair.slice(end + 1))]];
    }),
  );
  const others = rest.split(",").map(number);
  const fine = !more.length && others.length === 4 && !("" in push) && [...others, ...Object.values(push).flat()].every((v) => Math.abs(v) <= MOST);
  const [w, b, o, c] = others;
  return fine ? { push, W_hh: [[w]], b_h: [b], w_hy: [o], b_y: c } : null;
}

/** In lower case, without what separates them. @param {string} text */
const wordsOf = (text) => text.toLowerCase().replace(/[.,;:!?"()]/g, " ").split(/\s+/).filter(Boolean);

/** The words that are read: a dozen at most. @param {string} text */
const tokensOf = (text) => wordsOf(text).slice(0, LONGEST);

/** A walk through the parts of all copies. @param {Copy[]} made @returns {Lesson["run"]} */
const runOf = (made) => ({ wave: plainWave(PARTS.length * made.length), copies: made });

/** @param {Lesson["query"]} query @param {Maybe<Trained>} trained @param {number} unit */
const made = ({ text, numbers }, trained, unit) => runOf(trained ? copiesOf(trained, unit, words) : copiesByHand(numbers, tokensOf(text), words));

/** @param {{ search: string, hash: string }} location */
function readPlace(location) {
  const { values, bad } = read(FIELDS, location.search);
  const { look } = readLook(location.hash, 1);
  return { query: { units: values.units, text: values.input, numbers: /** @type {Neurons} */ (readNumbers(values.numbers)) }, look, bad };
}

const here = readPlace(location);
const first = made(here.query, null, 0);
const store = createStore(
  /** @type {Lesson} */ ({
    query: { ...here.query, units: 1 },
    unit: 0,
    trained: null,
    run: first,
    ...beginWalk(first, here),
  }),
);
const walking = createWalking(store);
let asking = 0;
let answered = store.get().query; // the question of the run that is on screen

/**
 * @param {Partial<Lesson["query"]>} patch @param {Maybe<number>} [t] the step to look at; the last if null, the same if left out
 * @returns {Promise<boolean>} whether that is on screen: not if it failed, or another was asked meanwhile
 */
async function ask(patch, t) {
  const query = { ...store.get().query, ...patch };
  const mine = ++asking;
  store.set({ query });
  try {
    const id = boot.sizes[query.units];
    const trained = id ? await fetchTrained(id, query.text) : null;
    if (mine !== asking) return false;
    const unit = Math.min(store.get().unit, query.units - 1);
    const run = made(query, trained, unit);
    const place = placeOf(run, t === undefined ? beatAt(store.get().run.wave, store.get().position) : t);
    store.set({ trained, unit, run, notices: [], playing: false, position: place.position, look: { ...store.get().look, t: place.t } });
    answered = query;
    return true;
  } catch (error) {
    if (mine !== asking) return false;
    store.set({ query: { ...answered, text: query.text } }); // what is typed stays
    walking.complain(error);
    return false;
  }
}

/** Its own first words of the text. @param {string} id @param {string} text @returns {Promise<Trained>} */
async function fetchTrained(id, text) {
  const ask = (/** @type {string} */ some) => fetchTrace({ model: id, text: some, memory: MEMORY.default });
  const [whole, { model, weights }] = await Promise.all([ask(text), fetchModel(id)]);
  const { tokens } = whole.input;
  const trace = tokens.length > LONGEST ? await ask(tokens.slice(0, LONGEST).join(" ")) : whole;
  return { trace, model, weights, count: tokens.length };
}

/** The hand-set numbers changed: the same place in the new run. @param {Neurons} numbers */
function set(numbers) {
  const { query, position } = store.get();
  answered = { ...query, numbers };
  store.set({ query: answered, run: made(answered, null, 0), position });
}

startClock(store);
let color = diverging(document.body);

/** @param {Lesson} s */
function drawCopies({ run, unit }) {
  copies(find("copies"), {
    copies: run.copies,
    unit,
    color,
    words,
    onUnit(next) {
      const { query, trained } = store.get();
      store.set({ unit: next, run: made(query, trained, next) });
      const pressed = find("copies").querySelectorAll(".state[aria-pressed=true]");
      /** @type {HTMLElement | undefined} */ (pressed[Math.floor((beatAt(run.wave, store.get().position) - 1) / PARTS.length)])?.focus();
    },
  });
  find("copies-none").hidden = run.copies.length > 0;
}

/** What happens in the step that is looked at. @param {Lesson} s */
function sentence({ run, position, unit, query }) {
  const step = beatAt(run.wave, position);
  const copy = run.copies[Math.floor((step - 1) / PARTS.length)];
  if (!copy) return said.none;
  const t = Math.floor((step - 1) / PARTS.length) + 1;
  const what = said.happens[PARTS[(step - 1) % PARTS.length]];
  return fill(query.units > 1 && what.many ? what.many : what.one, { t, word: copy.word, unit, units: query.units, a: copy.a.toFixed(4).replace("-", "\u2212"), h: copy.h.toFixed(4).replace("-", "\u2212") });
}

/** Whoever types or reads elsewhere is not taken away from there. */
const walks = () => document.documentElement.dataset.ready === "true" && !document.activeElement?.closest(".lesson-asked, .by-hand");

/** @param {Lesson} s */
function drawStep(s) {
  const step = beatAt(s.run.wave, s.position);
  reveal(find("copies"), step, walks());
  find("copies-say").textContent = sentence(s);
  drawPlaybar(s, { actions: walking, words, steps: said.play, now: sentence(s) });
}

/** @param {Lesson} s */
function drawControls({ query, trained, run }) {
  for (const button of find("units").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.units) === query.units));
    button.onclick = () => ask({ units: Number(button.dataset.units) });
  }
  const field = /** @type {HTMLInputElement} */ (find("text"));
  if (document.activeElement !== field) field.value = query.text;
  const card = /** @type {any} */ (trained?.model.card);
  const byHand = !trained;
  find("by-hand").hidden = !byHand;
  find("made").textContent = byHand ? said.byHand : fill(said.trained, { model: modelName(trained.model.id, words), accuracy: (100 * card.figures.accuracy).toFixed(1), sentences: card.figures.sentences });
  const different = new Set(tokensOf(query.text)).size;
  find("counter").textContent = byHand ? fill(said.counterByHand, { words: run.copies.length, shared: sizeOf(query.numbers, 0), different }) : fill(said.counter, { words: run.copies.length, numbers: trained.model.parameters });
  const link = /** @type {HTMLAnchorElement} */ (find("open-lab"));
  link.hidden = byHand;
  if (trained) link.href = `/?${new URLSearchParams({ model: trained.model.id, input: trained.trace.input.text })}`;
  const cut = find("cut");
  cut.hidden = (trained ? trained.count : wordsOf(query.text).length) <= LONGEST;
  cut.textContent = fill(said.cut, { count: LONGEST });
  find("formula").textContent = byHand ? said.formula.one : said.formula.many;
}

/** The numbers that were set by hand: those of the words that are read, and the others. @param {Lesson} s */
function drawNumbers({ query, trained }) {
  if (trained) return;
  const { numbers, text } = query;
  const read = [...new Set(tokensOf(text))];
  const ofWord = (/** @type {string} */ word) => (Object.hasOwn(numbers.push, word) ? numbers.push[word][0] : 0);
  numberFields(find("numbers"), {
    most: MOST,
    wrong: fill(said.wrong, { most: MOST }),
    rows: [
      ...read.map((word) => ({ name: `w_x[${brief(word, 16)}]`, value: ofWord(word), put: (/** @type {number} */ v) => set({ ...numbers, push: { ...numbers.push, [word]: [v] } }) })),
      { name: "w_hh", value: numbers.W_hh[0][0], put: (v) => set({ ...numbers, W_hh: [[v]] }) },
      { name: "b_h", value: numbers.b_h[0], put: (v) => set({ ...numbers, b_h: [v] }) },
      { name: "w_hy", value: numbers.w_hy[0], put: (v) => set({ ...numbers, w_hy: [v] }) },
      { name: "b_y", value: numbers.b_y, put: (v) => set({ ...numbers, b_y: v }) },
    ],
  });
  const unset = read.filter((word) => !Object.hasOwn(numbers.push, word));
  find("unset").hidden = !unset.length;
  find("unset").textContent = fill(said.unset, { words: unset.map((word) => `\u201c${brief(word)}\u201d`).join(", ") });
  /** @type {HTMLButtonElement} */ (find("numbers-back")).disabled = numbers === ARTICLE;
}

find("numbers-back").onclick = () => set(ARTICLE);
const text = /** @type {HTMLInputElement} */ (find("text"));
text.oninput = () => ask({ text: text.value }, null);
find("presets").onclick = (event) => {
  const button = /** @type {Element} */ (event.target).closest("button");
  if (button) ask({ text: button.textContent ?? "" }, 1);
};

store.watch((s) => [s.run, s.unit], drawCopies);
store.watch(barOf, drawStep);
store.watch((s) => [s.query, s.trained, s.run], drawControls);
store.watch((s) => [s.query, s.trained], drawNumbers);
store.watch((s) => [s.notices], (s) => notices(find("notices"), { notices: s.notices, words, onDismiss: walking.dismiss }));

startKeys({ ...walkKeys(walking), Home: () => walking.beat(1), End: () => walking.beat(store.get().run.wave.beats) });

/** @param {Lesson} s */
const addressOf = (s) => {
  const asked = write(FIELDS, { units: s.query.units, input: s.query.text, numbers: writeNumbers(s.query.numbers) });
  return `${location.pathname}${asked && `?${asked}`}${writeLook(lookOf(s), 1)}`;
};
startHistory({
  store,
  watched: (s) => [s.run, s.look, Math.ceil(s.position)],
  addressOf,
  begun: addressOf({ ...store.get(), query: here.query }),
  typing: () => document.activeElement?.tagName === "INPUT",
  back() {
    const { query, look } = readPlace(location);
    text.value = query.text;
    return ask(query, look.t);
  },
});
startTheme({
  store,
  look: walking.look,
  recolor() {
    color = diverging(document.body);
    drawCopies(store.get());
    drawStep(store.get());
  },
});
startDialogs({
  words,
  links() {
    const s = store.get();
    const asked = s.trained && new URLSearchParams({ model: s.trained.model.pinned, text: s.trained.trace.input.text });
    return { page: addressOf(s), json: asked ? `/api/trace?${asked}` : "/api/models" }; // no service has what is set by hand
  },
});

speak(store, (s) => [s.run, beatAt(s.run.wave, s.position), s.playing], sentence);
find("playbar").hidden = false;
if (here.query.units !== 1) await ask({ units: here.query.units }, here.look.t);
document.documentElement.dataset.ready = "true";
