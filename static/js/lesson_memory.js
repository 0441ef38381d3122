// The chapter on memory: what networks that recall the first letter still know of each letter, and what they let go.

import { read, readLook, write, writeLook } from "./address.js";
import { fetchMemory } from "./api.js";
import { find } from "./dom.js";
import { fill } from "./ink.js";
import { modelName, shortName } from "./names.js";
import { speak, startDialogs, startHistory, startKeys, startTheme } from "./page.js";
import { createStore } from "./store.js";
import { choice } from "./views/choice.js";
import { curves } from "./views/curves.js";
import { notices } from "./views/notices.js";
import { table } from "./views/table.js";

/** @import { Field } from "./address.js" */
/** @import { Look, Maybe, Memory, Notice } from "./types.d.ts" */

const LENGTHS = [5, 10, 31, 60];
/** @type {{ words: any, networks: string[] }} */
const { words, networks } = JSON.parse(find("boot").textContent ?? "");
const said = words.learn.memory;

/** @typedef {{ length: number, seed: number, trained: boolean, lag: number }} Query */
/** @typedef {{ query: Query, lag: number, found: Memory[], busy: boolean, playing: boolean, look: Look, notices: Notice[] }} Lesson lag: of what is on screen; playing: never, but a voice asks */

const natural = (/** @type {number} */ least, /** @type {number} */ most) => (/** @type {string} */ text) => (/^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined);

/** @type {Record<string, Field>} */
const FIELDS = {
  length: { default: 31, read: natural(2, 60), write: String },
  seed: { default: 0, read: natural(0, 999999), write: String },
  weights: { default: "trained", read: (text) => (["trained", "random"].includes(text) ? text : undefined), write: String },
  lag: { default: null, read: natural(0, 59), write: String },
};

/** @param {{ search: string, hash: string }} location */
function readPlace(location) {
  const { values, bad } = read(FIELDS, location.search);
  const { look } = readLook(location.hash, 1);
  return { query: { length: values.length, seed: values.seed, trained: values.weights === "trained", lag: Math.min(values.lag ?? values.length - 1, values.length - 1) }, look, bad };
}

const here = readPlace(location);
const store = createStore(
  /** @type {Lesson} */ ({ query: here.query, lag: here.query.lag, found: [], busy: true, playing: false, look: here.look, notices: here.bad.map((field) => ({ code: "bad_address", field, detail: "" })) }),
);
let asking = new AbortController();
let answered = here.query;

/** @param {unknown} error */
function complain(error) {
  const { code = "unexpected", message: detail = "", params = {} } = /** @type {any} */ (error);
  store.set({ notices: [...store.get().notices.filter((one) => one.code !== code), { code, detail, params }] });
}

/** @param {Partial<Query>} patch @returns {Promise<boolean>} whether it is on screen */
async function ask(patch) {
  const before = store.get();
  const query = { ...before.query, ...patch };
  const atFirst = before.query.lag === before.query.length - 1;
  query.lag = patch.lag === undefined && atFirst ? query.length - 1 : Math.min(query.lag, query.length - 1);
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  store.set({ query, busy: true });
  try {
    const found = await Promise.all(networks.map((id) => fetchMemory(id, query, signal)));
    if (signal.aborted) return false;
    answered = query;
    store.set({ found, lag: query.lag, busy: false });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    store.set({ query: answered, busy: false });
    complain(error);
    return false;
  }
}

/** @param {number} lag */
const look = (lag) => {
  if (store.get().busy) return;
  answered = { ...answered, lag };
  store.set({ lag, query: { ...store.get().query, lag } });
};

const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);

/** @param {Lesson} s */
function drawCurves({ lag, found }) {
  if (!found.length) return;
  const guess = 1 / found[0].letters;
  const lines = found.map(({ decoded }, k) => ({ cls: `net net-${k}`, name: shortName(networks[k], words), values: decoded }));
  const flat = { cls: "rho", name: said.guess, values: found[0].decoded.map(() => guess) };
  curves(/** @type {any} */ (find("decoded")), { powers: false, current: lag, curves: [flat, ...lines], said: { label: says({ lag, found }), x: said.lag, y: said.decoded }, onLag: look });
  const answers = found.map(({ answers: all }, k) => ({ cls: `net net-${k}`, name: shortName(networks[k], words), values: all }));
  curves(/** @type {any} */ (find("swapped")), { powers: false, current: lag, curves: answers, said: { label: said.swappedTitle, x: said.lag, y: said.answers }, onLag: look });
}

/** @param {Pick<Lesson, "lag" | "found">} s */
function says({ lag, found }) {
  const list = found.map(({ decoded }, k) => fill(said.each, { model: shortName(networks[k], words), percent: percent(decoded[lag]) })).join(", ");
  return fill(lag === (found[0]?.length ?? 0) - 1 ? said.first : lag === 0 ? said.last : said.between, { lag, list, guess: percent(1 / (found[0]?.letters ?? 1)) });
}

/** @param {Lesson} s */
function drawSays(s) {
  find("fate").textContent = s.found.length ? says(s) : said.waiting;
  const { lag, found } = s;
  table(find("at-lag"), {
    caption: fill(said.atLag, { lag }),
    head: [said.network, said.decodedShort, said.answersShort, said.movedShort],
    rows: found.map((one, k) => ({ name: shortName(networks[k], words), cells: [one.decoded, one.answers, one.moved].map((all) => ({ text: percent(all[lag]), bar: Math.min(1, all[lag]) })) })),
  });
}

/** @param {Lesson} s */
function drawTable({ found }) {
  const rows = (found[0]?.decoded ?? []).map((_, lag) => ({ name: String(lag), cells: found.flatMap((one) => [one.decoded, one.answers, one.moved].map((all) => ({ text: percent(all[lag]) }))) }));
  const head = found.flatMap((_, k) => [said.decodedShort, said.answersShort, said.movedShort].map((what) => `${shortName(networks[k], words)}: ${what}`));
  table(find("memory-table"), { caption: said.table.caption, head: [said.lag, ...head], rows });
}

/** @param {Lesson} s */
function drawControls({ query, busy }) {
  choice(find("lengths"), [...new Set([...LENGTHS, query.length])].sort((a, b) => a - b).map((length) => ({ text: String(length), on: length === query.length, act: () => void ask({ length }) })));
  choice(find("weights"), [true, false].map((trained) => ({ text: trained ? said.trained : said.random, on: trained === query.trained, act: () => void ask({ trained }) })));
  const slider = /** @type {HTMLInputElement} */ (find("lag"));
  slider.max = String(query.length - 1);
  slider.value = String(query.lag);
  slider.setAttribute("aria-valuetext", fill(said.lagSays, { lag: query.lag }));
  find("lag-says").textContent = fill(said.lagSays, { lag: query.lag });
  document.body.classList.toggle("busy", busy);
  find("bench").classList.toggle("waiting", busy);
  find("made").textContent = fill(query.trained ? said.made : said.madeRandom, { list: networks.map((id) => modelName(id, words)).join(", ") });
}

/** @type {HTMLInputElement} */ (find("lag")).oninput = (event) => look(Number(/** @type {HTMLInputElement} */ (event.target).value));
find("again").onclick = () => void ask({ seed: Math.floor(Math.random() * 1e6) });
for (const id of ["decoded", "swapped"]) new ResizeObserver(() => drawCurves(store.get())).observe(/** @type {Element} */ (find(id).parentElement));

store.watch((s) => [s.found, s.lag], drawCurves);
store.watch((s) => [s.found, s.lag], drawSays);
store.watch((s) => [s.found], drawTable);
store.watch((s) => [s.query, s.busy], drawControls);
store.watch((s) => [s.notices], (s) => notices(find("notices"), { notices: s.notices, words, onDismiss: (notice) => store.set({ notices: s.notices.filter((n) => n !== notice) }) }));

const lagBy = (/** @type {number} */ k) => look(Math.max(0, Math.min(store.get().query.length - 1, store.get().query.lag + k)));
startKeys({ ArrowLeft: () => lagBy(-1), ArrowRight: () => lagBy(1), Home: () => look(0), End: () => look(store.get().query.length - 1), n: () => find("again").click(), "?": () => find("help").click() });

/** @param {Lesson} s */
function addressOf({ query, look: where }) {
  const asked = write(FIELDS, { ...query, lag: query.lag === query.length - 1 ? null : query.lag, weights: query.trained ? "trained" : "random" });
  return `${location.pathname}${asked && `?${asked}`}${writeLook(where, 1)}`;
}
startHistory({
  store,
  watched: (s) => [s.query, s.busy, s.look],
  addressOf,
  settled: (s) => !s.busy,
  typing: () => document.activeElement?.tagName === "INPUT",
  back: () => ask(readPlace(location).query),
});
startTheme({ store, look: (patch) => store.set({ look: { ...store.get().look, ...patch } }), recolor: () => drawCurves(store.get()) });
startDialogs({ words, links: () => ({ page: addressOf(store.get()), json: `/api/models/${networks[networks.length - 1]}/memory?length=${store.get().query.length}&seed=${store.get().query.seed}&trained=${store.get().query.trained}` }) });
speak(store, (s) => [s.found, s.lag], (s) => (s.found.length ? says(s) : ""));
await ask({});
document.documentElement.dataset.ready = "true";
