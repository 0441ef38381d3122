// How scores become probabilities: aligned rows, the division as a bar that stretches to 100 %, the whole fraction.

import { select } from "d3-selection";

import { adding, fill, signed } from "../ink.js";
import { divided, gather, total } from "../softmax.js";
import { table } from "./table.js";

/**
 * @typedef {{ name: string, places: number[] }} Shown a class, or what is left of them
 * @typedef {ReturnType<typeof import("../softmax.js").softmaxSteps>} Steps
 * @typedef {{ logits: number[], steps: Steps, shown: Shown[], chosen: number, temperature: number, words: any }} Scores
 *   chosen: a row
 */

const DIGITS = 3;
const ROW = 20;
const LETTERS = 64; // px that a class's name needs
const SPAN = 5; // scores of this size fill half a cell

/**
 * @param {HTMLElement} container
 * @param {Scores & { onScore: (place: number, z: number) => void, onChoose: (row: number) => void }} props
 */
export function scoreRows(container, { logits, steps, shown, chosen, temperature, words, onScore, onChoose }) {
  const said = words.softmax;
  const groups = shown.map(({ places }) => places);
  const exp = gather(steps.exp, groups);
  const [exps, probs] = [adding(exp, DIGITS), adding(gather(steps.probs, groups), DIGITS)];
  const rows = shown.map(({ name, places }, k) => {
    const alone = places.length === 1 ? places[0] : null;
    return {
      name,
      marked: k === chosen,
      title: fill(said.choose, { name }),
      onChoose: () => onChoose(k),
      cells: [
        alone === null ? { text: "" } : { text: "", bar: logits[alone] / SPAN, signed: true },
        { text: alone === null ? "" : signed(steps.shifted[alone], DIGITS) },
        { text: exps[k].toFixed(DIGITS), bar: places.length === 1 ? exp[k] : exp[k] / steps.sum },
        { text: probs[k].toFixed(DIGITS), bar: exp[k] / steps.sum },
      ],
    };
  });
  table(container, {
    caption: said.rows,
    head: [said.class, said.score, temperature === 1 ? said.shifted : said.shiftedCold, said.exp, said.probs],
    rows,
    foot: { name: said.sum, cells: [{ text: "" }, { text: "" }, { text: total(exps).toFixed(DIGITS) }, { text: total(probs).toFixed(DIGITS) }] },
  });
  drawScores(container, { logits, shown, words, onScore });
}

/** A score can be typed, stepped and, on its bar, dragged. @param {HTMLElement} container @param {any} props */
function drawScores(container, { logits, shown, words, onScore }) {
  container.querySelectorAll("tbody tr").forEach((row, k) => {
    const { name, places } = shown[k];
    const [place] = places;
    const cell = /** @type {HTMLElement} */ (row.querySelector("td"));
    const alone = places.length === 1;
    cell.classList.toggle("score", alone);
    cell.onpointerdown = (event) => {
      if (alone && event.target !== cell.querySelector("input")) drag(event, cell, (z) => onScore(place, z));
    };
    if (!alone) return cell.querySelector("input")?.remove();
    const input = cell.querySelector("input") ?? cell.appendChild(scoreInput());
    input.setAttribute("aria-label", fill(words.softmax.scoreOf, { name }));
    const show = () => {
      input.value = String(Number(logits[place].toFixed(DIGITS)));
      input.setAttribute("aria-invalid", "false");
    };
    if (input !== document.activeElement || input.valueAsNumber !== logits[place]) show();
    input.oninput = () => {
      const z = input.valueAsNumber;
      input.setAttribute("aria-invalid", String(!Number.isFinite(z)));
      if (Number.isFinite(z)) onScore(place, z);
    };
    input.onblur = show;
  });
}

function scoreInput() {
  const input = document.createElement("input");
  Object.assign(input, { type: "number", step: "0.1", inputMode: "decimal" });
  input.onclick = (event) => event.stopPropagation();
  return input;
}

/** @param {PointerEvent} down @param {HTMLElement} cell @param {(z: number) => void} move */
function drag(down, cell, move) {
  const { left, width } = cell.getBoundingClientRect();
  const to = (/** @type {PointerEvent} */ event) => move(Math.round(10 * SPAN * Math.min(1, Math.max(-1, (2 * (event.clientX - left)) / width - 1))) / 10);
  down.preventDefault();
  cell.setPointerCapture(down.pointerId);
  cell.onpointermove = to;
  cell.onpointerup = cell.onpointercancel = () => (cell.onpointermove = null);
  to(down);
}

/** @param {HTMLElement} container @param {Scores & { stage: number }} props stage: see divided */
export function divisionStack(container, { steps, shown, chosen, stage, words }) {
  const width = container.clientWidth;
  if (!width) return;
  const exp = gather(steps.exp, shown.map(({ places }) => places));
  const bars = divided(exp, stage);
  const height = ROW * (exp.length + 1) + 4;
  const svg = select(container).selectAll("svg").data([0]).join("svg").attr("width", width).attr("height", height).attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img");
  svg.attr("aria-label", stageSentence(steps, stage, words));
  const room = width - LETTERS;
  svg
    .selectAll("text.class")
    .data([...shown.map(({ name }) => name), words.softmax.sum])
    .join("text")
    .attr("class", "class")
    .attr("y", (name, k) => k * ROW + ROW / 2)
    .attr("dy", "0.35em")
    .text(String);
  svg.selectAll("line").data([0]).join("line").attr("class", "whole").attr("x1", width).attr("x2", width).attr("y1", 0).attr("y2", height);
  svg
    .selectAll("rect.part")
    .data(bars)
    .join("rect")
    .attr("class", "part")
    .classed("chosen", (bar, k) => k === chosen)
    .attr("x", ({ x }) => LETTERS + room * x)
    .attr("y", ({ row }) => row * ROW + 3)
    .attr("width", (bar) => Math.max(0.5, room * bar.width))
    .attr("height", ROW - 6);
}

/** What is seen at a stage. @param {Steps} steps @param {number} stage @param {any} words */
export const stageSentence = (steps, stage, words) => fill(words.softmax.stages[Math.round(stage)], { sum: steps.sum.toFixed(DIGITS) });

/** e to the power of one score over that of all of them. @param {HTMLElement} container @param {Scores} props */
export function fraction(container, { steps, shown, chosen, words }) {
  const exps = adding(gather(steps.exp, shown.map(({ places }) => places)), DIGITS).map((e) => e.toFixed(DIGITS));
  const power = (/** @type {Shown} */ { name, places }, /** @type {number} */ k) => (places.length > 1 ? `${exps[k]}` : `e^${signed(steps.shifted[places[0]])}`);
  const p = adding(gather(steps.probs, shown.map(({ places }) => places)), DIGITS)[chosen].toFixed(DIGITS);
  const name = shown[chosen].name;
  const sum = total(exps.map(Number)).toFixed(DIGITS);
  container.setAttribute("aria-label", fill(words.softmax.fractionOf, { name, top: power(shown[chosen], chosen), bottom: shown.map(power).join(" + "), p }));
  const whole = { top: [{ shown: shown[chosen], k: chosen }], bottom: shown.map((one, k) => ({ shown: one, k })) };
  const worked = { top: [exps[chosen]], bottom: [sum] };
  const parts = select(container).selectAll("span.side").data([`p(${name}) =`, whole, "=", worked, `= ${p}`]).join("span").attr("class", "side");
  parts.filter((part) => typeof part === "string").text(String);
  const ratios = parts.filter((part) => typeof part !== "string").classed("ratio", true);
  for (const side of /** @type {const} */ (["top", "bottom"])) {
    ratios
      .selectAll(`span.${side}`)
      .data((ratio) => [/** @type {any} */ (ratio)[side]])
      .join("span")
      .attr("class", side)
      .selectAll("span.term")
      .data((terms) => /** @type {any[]} */ (terms))
      .join("span")
      .attr("class", "term")
      .classed("chosen", (term) => term.k === chosen)
      .html((term) => (typeof term === "string" ? term : term.shown.places.length > 1 ? exps[term.k] : `e<sup>${signed(steps.shifted[term.shown.places[0]])}</sup>`));
  }
}
