// Around softmax: the loss and its gradient, how each score moves each probability, sigmoids, what overflows, and twice.

import { select } from "d3-selection";

import { adding, fill, inkOn, signed } from "../ink.js";
import { gather, jacobian, softmax, total } from "../softmax.js";
import { table } from "./table.js";

/** @import { Scores } from "./softmax.js" */

const DIGITS = 3;
const STRONG = 4; // a derivative is 1/4 at most, at T = 1

/** @param {number} v */
const shortly = (v) => (Number.isFinite(v) ? (Math.abs(v) >= 1e5 ? v.toExponential(2) : v.toFixed(DIGITS)) : Number.isNaN(v) ? "NaN" : "\u221e");

/** @param {Scores} scores */
const groupsOf = ({ shown }) => shown.map(({ places }) => places);

/** @param {HTMLElement} container @param {Scores & { gradient: number[], check: number[], target: number }} props target: a row */
export function lossRows(container, { gradient, check, target, shown, temperature, words }) {
  const said = words.softmax.loss;
  const rows = shown.map(({ name }, k) => ({
    name,
    marked: k === target,
    cells: [{ text: signed(gradient[k], DIGITS), bar: gradient[k], signed: true }, { text: signed(check[k], DIGITS) }],
  }));
  const foot = { name: words.softmax.sum, cells: [{ text: Math.abs(total(gradient)).toFixed(DIGITS) }, { text: "" }] };
  table(container, { caption: said.caption, head: [words.softmax.class, temperature === 1 ? said.gradient : said.gradientCold, said.check], rows, foot });
}

/** @param {HTMLElement} container @param {Scores & { color: (value: number) => string, onSay: (sentence: string) => void }} scores */
export function square(container, scores) {
  const { steps, shown, temperature, words, color, onSay } = scores;
  const said = words.softmax.square;
  const values = jacobian(gather(steps.probs, groupsOf(scores)), temperature);
  const root = select(container).selectAll("table").data([0]).join("table").attr("class", "square");
  root.selectAll("caption").data([said.caption]).join("caption").text(String);
  const names = shown.map(({ name }) => name);
  root.selectAll("thead").data([0]).join("thead").selectAll("tr").data([0]).join("tr").selectAll("th").data([said.corner, ...names]).join("th").attr("scope", "col").text(String);
  const lines = root.selectAll("tbody").data([0]).join("tbody").selectAll("tr").data(values).join("tr");
  lines.selectAll("th").data((row, i) => [names[i]]).join("th").attr("scope", "row").text(String);
  lines
    .selectAll("td")
    .data((row, i) => row.map((v, j) => ({ v, i, j })))
    .join("td")
    .style("background", ({ v }) => color(STRONG * temperature * v))
    .style("color", ({ v }) => inkOn(color(STRONG * temperature * v)))
    .text(({ v }) => slope(v))
    .on("pointerenter click", (event, { v, i, j }) =>
      onSay(fill(said.cell, { i: names[i], j: names[j], moves: v < 0 ? said.falls : said.rises, by: Math.abs(10 * v).toFixed(1) })),
    );
}

/** +0.12, and +2e-4 where that would be +0.00. @param {number} v */
const slope = (v) => (v === 0 || Math.abs(v) >= 0.005 ? signed(v) : `${v < 0 ? "\u2212" : "+"}${Math.abs(v).toExponential(0)}`);

/** @param {HTMLElement} container @param {Scores} scores */
export function sigmoidRows(container, scores) {
  const { steps, shown, words } = scores;
  const said = words.softmax.sigmoids;
  const sigmoids = gather(steps.sigmoids, groupsOf(scores));
  const sum = total(sigmoids);
  const shares = adding(sigmoids.map((v) => v / sum), DIGITS);
  const probs = adding(gather(steps.probs, groupsOf(scores)), DIGITS);
  const cell = (/** @type {number} */ v) => ({ text: v.toFixed(DIGITS), bar: v });
  const exact = adding(sigmoids, DIGITS);
  table(container, {
    caption: said.caption,
    head: [words.softmax.class, said.sigmoid, said.shared, said.softmax],
    rows: shown.map(({ name }, k) => ({ name, cells: [cell(exact[k]), cell(shares[k]), cell(probs[k])] })),
    foot: { name: words.softmax.sum, cells: [total(exact), total(shares), total(probs)].map((v) => ({ text: v.toFixed(DIGITS) })) },
  });
}

/** @param {HTMLElement} container @param {Scores} scores */
export function naiveRows(container, scores) {
  const { logits, steps, shown, words } = scores;
  const said = words.softmax.naive;
  const groups = groupsOf(scores);
  const [exp, naive, probs] = [steps.naive.exp, steps.naive.probs, steps.probs].map((values) => gather(values, groups));
  const rounded = adding(probs, DIGITS); // as everywhere
  const rows = shown.map(({ name, places }, k) => ({
    name,
    cells: [places.length > 1 ? "" : shortly(logits[places[0]]), shortly(exp[k]), shortly(naive[k]), rounded[k].toFixed(DIGITS)].map((text) => ({ text })),
  }));
  const foot = { name: words.softmax.sum, cells: ["", shortly(steps.naive.sum), "", ""].map((text) => ({ text })) };
  table(container, { caption: said.caption, head: [words.softmax.class, words.softmax.score, said.exp, said.divided, said.shifted], rows, foot });
  return steps.naive.probs.every(Number.isFinite);
}

/** @param {HTMLElement} container @param {Scores} scores */
export function twiceRows(container, scores) {
  const { steps, shown, words } = scores;
  const said = words.softmax.twice;
  const groups = groupsOf(scores);
  const [once, twice] = [steps.probs, softmax(steps.probs)].map((probs) => gather(probs, groups));
  const shares = [once, twice].map((p) => adding(p, DIGITS));
  const cells = (/** @type {number} */ k) => shares.map((p) => ({ text: p[k].toFixed(DIGITS), bar: p[k] }));
  table(container, { caption: said.caption, head: [words.softmax.class, said.once, said.again], rows: shown.map(({ name }, k) => ({ name, cells: cells(k) })) });
}
