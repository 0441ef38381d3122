// Softmax, opened: the scores of the step that is looked at, or one's own, and everything that is made of them.

import { argmax } from "./ball.js";
import { find } from "./dom.js";
import { fill, percent } from "./ink.js";
import { shortName } from "./names.js";
import { grouped, lossSteps, softmaxSteps } from "./softmax.js";
import { createStore } from "./store.js";
import { tween } from "./tween.js";
import { menu } from "./views/choice.js";
import { reliability, verdict } from "./views/reliability.js";
import { divisionStack, fraction, scoreRows, stageSentence } from "./views/softmax.js";
import { lossRows, naiveRows, sigmoidRows, square, twiceRows } from "./views/softmax_more.js";
import { isReduced } from "./walking.js";

/** @import { Look, Maybe, Model } from "./types.d.ts" */

const MOST = 10; // rows; of more classes the likeliest are shown, and the rest as one
const DIVISION = 2400; // ms
const LAST = 3; // stages of the division
const BROKEN = 1000; // added to every score
const STEP = 0.5; // of the gradient

/** Our own, of the article's story: sigmoids of 0.10, 0.20 and 0.85, and softmax of 0.05, 0.10 and 0.85. */
const ARTICLE = { sigmoids: [1.735, -1.386, -2.197], softmax: [1.84, -0.3, -1] };

/**
 * @typedef {{ names: string[], logits: number[], truth: Maybe<number>, what: string, model: Model, temperature?: number, top?: number }} Live
 *   logits: of the step that is looked at; what: is said of it, as in "after: that was"; temperature: that it is asked at; top: of so many only a letter is drawn
 * @typedef {{
 *   source: "live" | "sigmoids" | "softmax", live: Maybe<Live>, own: Maybe<number[]>, temperature: number, shift: number,
 *   target: Maybe<number>, chosen: Maybe<number>, stage: number, broken: boolean,
 * }} Detail
 *   own: scores that were changed by hand; target, chosen: places of classes
 */

const field = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (find(id));

/**
 * @param {{ words: any, color: () => (value: number) => string, look: (patch: Partial<Look>) => void, get: () => Look, onResize: () => void }} room
 */
export function startDetail({ words, color, look, get, onResize }) {
  const said = words.softmax;
  const store = createStore(
    /** @type {Detail} */ ({ source: "live", live: null, own: null, temperature: 1, shift: 0, target: null, chosen: null, stage: 0, broken: false }),
  );
  const isOpen = () => get().view === "softmax";
  let stop = () => {};

  /** The scores that are asked about, and what they are called. @param {Detail} s */
  function asked({ source, live, own, shift, broken }) {
    const base = source === "live" ? live : { names: said.articleNames, logits: ARTICLE[source], truth: 0 };
    if (!base) return null;
    const logits = [...(own ?? base.logits)].map((z) => z + shift + (broken ? BROKEN : 0));
    return { names: base.names, truth: base.truth, logits, order: [...base.logits] };
  }

  /** @param {Detail} s @returns {any} what the views draw */
  function scoresOf(s) {
    const found = asked(s);
    if (!found) return null;
    const { names, logits, truth, order } = found;
    const shown = grouped(order, MOST).map((places) => ({ places, name: places.length > 1 ? fill(said.rest, { count: places.length }) : names[places[0]] }));
    const rowOf = (/** @type {number} */ place) => shown.findIndex(({ places }) => places.includes(place));
    const target = s.target ?? truth ?? argmax(logits);
    return { logits, names, shown, steps: softmaxSteps(logits, s.temperature), temperature: s.temperature, chosen: rowOf(s.chosen ?? argmax(logits)), target: { place: target, row: rowOf(target) }, words };
  }

  /** @param {Detail} s */
  function drawRows(s) {
    const scores = isOpen() && scoresOf(s);
    if (!scores) return;
    scoreRows(find("softmax-rows"), { ...scores, onScore: score, onChoose: (row) => store.set({ chosen: scores.shown[row].places[0] }) });
    fraction(find("softmax-fraction"), scores);
    drawStack(s);
    find("softmax-says").textContent = s.own ? said.own : s.source === "live" ? fill(said.live, { what: s.live?.what }) + (s.live?.top ? ` ${fill(said.top, { top: s.live.top })}` : "") : said.article[s.source];
    for (const button of find("softmax-sources").querySelectorAll("button")) {
      const { source } = button.dataset;
      button.hidden = source === "own" && !s.own;
      button.setAttribute("aria-pressed", String(source === (s.own ? "own" : s.source)));
    }
    field("softmax-temperature").value = String(s.temperature);
    find("softmax-temperature-says").textContent = s.temperature.toFixed(2);
    field("softmax-shift").value = String(s.shift);
    find("softmax-shift-says").textContent = String(s.shift).replace("-", "\u2212");
  }

  /** @param {Detail} s */
  function drawStack(s) {
    const scores = isOpen() && scoresOf(s);
    if (!scores) return;
    divisionStack(find("softmax-stack"), { ...scores, stage: s.stage });
    field("softmax-stage").value = String(s.stage);
    const sentence = stageSentence(scores.steps, s.stage, words);
    if (find("softmax-stage-says").textContent !== sentence) find("softmax-stage-says").textContent = sentence;
  }

  /** What is folded away is drawn once it is opened. @param {Detail} s */
  function drawMore(s) {
    const scores = isOpen() && scoresOf(s);
    if (!scores) return;
    const opened = (/** @type {string} */ id) => /** @type {HTMLDetailsElement} */ (find(id)).open;
    if (opened("softmax-loss-part")) drawLoss(scores);
    if (opened("softmax-square-part")) {
      find("softmax-square-says").textContent = ""; // what was said of a cell is of other scores
      square(find("softmax-square"), { ...scores, color: color(), onSay: (/** @type {string} */ sentence) => (find("softmax-square-says").textContent = sentence) });
    }
    if (opened("softmax-sigmoids-part")) sigmoidRows(find("softmax-sigmoids"), scores);
    if (opened("softmax-naive-part")) {
      find("softmax-naive-says").textContent = naiveRows(find("softmax-naive"), scores) ? said.naive.fine : said.naive.broken;
      find("softmax-break").setAttribute("aria-pressed", String(s.broken));
    }
    if (opened("softmax-twice-part")) {
      twiceRows(find("softmax-twice"), scores);
      const count = scores.logits.length;
      find("softmax-twice-says").textContent = fill(said.twice.says, { count, cap: (Math.E / (Math.E + count - 1)).toFixed(3) });
    }
    if (opened("reliability-part")) drawReliability(s);
  }

  /** @param {any} scores */
  function drawLoss(scores) {
    const { logits, names, shown, temperature, target } = scores;
    const { loss, gradient, check } = lossSteps(logits, target.place, temperature, shown.map((/** @type {any} */ one) => one.places));
    lossRows(find("softmax-gradient"), { ...scores, gradient, check, target: target.row });
    menu(find("softmax-target"), names.map((/** @type {string} */ text, /** @type {number} */ k) => ({ text, value: String(k) })), String(target.place));
    find("softmax-loss").textContent = fill(said.loss.value, { name: names[target.place], loss: loss.toFixed(3) });
  }

  /** @param {Detail} s */
  function drawReliability({ live }) {
    const bins = /** @type {any} */ (live?.model.card.figures).reliability;
    if (!live || !bins) return;
    reliability(find("reliability"), { bins, words });
    const { id, task } = live.model;
    find("reliability-says").textContent = `${fill(said.reliability.says, { model: shortName(id, words), data: said.reliability.data[task] ?? "" })} ${said.reliability[verdict(bins)]}`;
  }

  /** @param {number} place @param {number} z as it stands there, what is added to all of them in it */
  function score(place, z) {
    const s = store.get();
    const found = asked(s);
    if (!found || found.logits[place] === z) return;
    store.set({ own: found.logits.map((v, k) => (k === place ? z : v)), shift: 0, broken: false });
  }

  /** One step of gradient descent on the scores themselves. */
  function descend() {
    const scores = scoresOf(store.get());
    const each = scores.logits.map((/** @type {number} */ z, /** @type {number} */ k) => [k]);
    const { gradient } = lossSteps(scores.logits, scores.target.place, scores.temperature, each);
    store.set({ own: scores.logits.map((/** @type {number} */ z, /** @type {number} */ k) => z - STEP * gradient[k]), shift: 0, broken: false, target: scores.target.place });
  }

  /** The division runs to its end; without motion it goes on by one stage. */
  function divide() {
    stop();
    const from = store.get().stage >= LAST ? 0 : store.get().stage;
    if (isReduced(get())) return store.set({ stage: store.get().stage >= LAST ? 0 : Math.floor(from) + 1 });
    stop = tween(((LAST - from) / LAST) * DIVISION, (share) => store.set({ stage: share < 1 ? from + (LAST - from) * share : LAST }));
  }

  let begun = false; // whether somebody opened or closed it
  function drawOpen() {
    const open = isOpen();
    if (!open && find("softmax").contains(document.activeElement)) find("softmax-open").focus();
    find("softmax").hidden = !open;
    find("lab").classList.toggle("opened-softmax", open);
    find("softmax-open").setAttribute("aria-expanded", String(open));
    onResize();
    if (!open) return;
    drawRows(store.get());
    drawMore(store.get());
    if (!begun) requestAnimationFrame(() => find("softmax").scrollIntoView({ block: "nearest" })); // a link led here
  }

  find("softmax-sources").replaceChildren(
    ...["live", "sigmoids", "softmax", "own"].map((source) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.source = source;
      button.textContent = said.sources[source];
      if (source !== "own") button.onclick = () => store.set({ source: /** @type {Detail["source"]} */ (source), own: null, shift: 0, broken: false, target: null, chosen: null });
      return button;
    }),
  );
  field("softmax-temperature").oninput = () => store.set({ temperature: Number(field("softmax-temperature").value) });
  field("softmax-shift").oninput = () => store.set({ shift: Number(field("softmax-shift").value) });
  field("softmax-stage").oninput = () => {
    stop();
    store.set({ stage: Number(field("softmax-stage").value) });
  };
  find("softmax-play").onclick = divide;
  find("softmax-descend").onclick = descend;
  find("softmax-break").onclick = () => store.set({ broken: !store.get().broken });
  find("softmax-target").onchange = () => store.set({ target: Number(field("softmax-target").value) });
  for (const part of find("softmax").querySelectorAll("details")) part.ontoggle = () => drawMore(store.get());

  store.watch((s) => [s.live, s.source, s.own, s.temperature, s.shift, s.chosen, s.broken], drawRows);
  store.watch((s) => [s.stage], drawStack);
  store.watch((s) => [s.live, s.source, s.own, s.temperature, s.shift, s.target, s.broken], drawMore);

  const toggle = () => {
    begun = true;
    look({ view: isOpen() ? null : "softmax" });
    if (isOpen()) find("softmax-title").focus();
  };
  find("softmax-open").onclick = toggle;
  return {
    toggle,
    drawOpen,
    /** The scores of the step that is looked at. @param {Live} live */
    live(live) {
      const before = store.get().live;
      find("reliability-part").hidden = !(/** @type {any} */ (live.model.card.figures).reliability);
      if (before?.logits === live.logits && before.temperature === live.temperature && before.top === live.top && before.truth === live.truth) return;
      const cooled = live.temperature !== undefined && live.temperature !== before?.temperature;
      store.set({ live, ...(cooled && { temperature: live.temperature }) });
    },
  };
}
