// The opening question: a still ball, eight wedges. Which way next?

import { select } from "d3-selection";

import { argmax } from "../ball.js";
import { percent } from "../ink.js";
import { roseLayout } from "../layout/rose.js";
import { stageLayout } from "../layout/stage.js";
import { rose } from "./rose.js";

/** @import { Maybe, Point } from "../types.d.ts" */

/**
 * @typedef {{
 *   size: number, points: Point[], probs: Maybe<number[]>, grown: number, choice: Maybe<number>,
 *   truth: Maybe<{ direction: number, point: Point }>, words: any, onBet: (k: number) => void,
 * }} BetProps points: the moments shown so far, the present one last; truth: what happened, once it is shown
 */

/** @param {HTMLElement} container @param {BetProps} props */
export function bet(container, props) {
  const layout = stageLayout(props.size);
  const outer = layout.ball + 0.26 * layout.box;
  const svg = select(container)
    .selectAll("svg")
    .data([0])
    .join((enter) => build(enter.append("svg").attr("class", "stage asking")))
    .attr("viewBox", `0 0 ${props.size} ${props.size}`);
  svg.select("rect.walls").attr("x", layout.margin).attr("y", layout.margin).attr("width", layout.box).attr("height", layout.box);
  const now = props.points[props.points.length - 1];
  svg
    .select("g.trail")
    .selectAll("circle")
    .data(props.points.slice(0, -1))
    .join((enter) => enter.append("circle").attr("class", "dot arriving"))
    .attr("r", layout.ball * 0.6)
    .attr("transform", (p) => `translate(${layout.toScreen(p)})`);
  const middle = `translate(${layout.toScreen(now)})`;
  rose(/** @type {SVGGElement} */ (svg.select("g.rose").attr("transform", middle).node()), {
    probs: props.probs,
    grown: props.grown,
    inner: layout.ball + 3,
    outer,
    truth: props.truth?.direction ?? null,
    choice: props.choice,
    letters: true,
  });
  svg.select("g.ball").selectAll("circle").data([now]).join("circle").attr("class", "seen").attr("r", layout.ball).attr("transform", middle);
  drawTruth(svg, layout, now, props.truth);
  drawWedges(svg.select("g.wedges").attr("transform", middle), { layout, outer, props });
}

/** @param {any} svg */
function build(svg) {
  svg.append("rect").attr("class", "walls").attr("aria-hidden", "true");
  for (const name of ["trail", "rose", "ball", "after"]) svg.append("g").attr("class", name).attr("aria-hidden", "true");
  svg.append("g").attr("class", "wedges").attr("role", "radiogroup");
  return svg;
}

/** @param {any} svg @param {ReturnType<typeof stageLayout>} layout @param {Point} now @param {BetProps["truth"]} truth */
function drawTruth(svg, layout, now, truth) {
  const [x1, y1] = layout.toScreen(now);
  const after = svg.select("g.after");
  after
    .selectAll("line")
    .data(truth ? [truth.point] : [])
    .join("line")
    .attr("x1", x1)
    .attr("y1", y1)
    .attr("x2", (/** @type {Point} */ p) => layout.toScreen(p)[0])
    .attr("y2", (/** @type {Point} */ p) => layout.toScreen(p)[1]);
  after
    .selectAll("circle")
    .data(truth ? [truth.point] : [])
    .join("circle")
    .attr("class", "seen")
    .attr("r", layout.ball)
    .attr("transform", (/** @type {Point} */ p) => `translate(${layout.toScreen(p)})`);
}

/** Eight sectors to be clicked, or walked through with the arrow keys. @param {any} g @param {{ layout: ReturnType<typeof stageLayout>, outer: number, props: BetProps }} place */
function drawWedges(g, { layout, outer, props }) {
  const shape = roseLayout({ inner: layout.ball + 3, outer: outer + 26 });
  const { choice, words, onBet, truth, probs } = props;
  g.attr("aria-label", words.bet.question)
    .selectAll("path")
    .data(words.letters)
    .join("path")
    .attr("class", "sector")
    .attr("role", "radio")
    .attr("aria-label", (/** @type {string} */ d, /** @type {number} */ k) => words.directionNames[k] + (probs ? `, ${words.bet.network} ${percent(probs[k])}` : ""))
    .attr("aria-checked", (/** @type {string} */ d, /** @type {number} */ k) => String(k === choice))
    .attr("aria-disabled", String(Boolean(truth)))
    .attr("tabindex", (/** @type {string} */ d, /** @type {number} */ k) => (k === (choice ?? (probs ? argmax(probs) : 0)) ? 0 : -1))
    .attr("d", (/** @type {string} */ d, /** @type {number} */ k) => shape.sector(k))
    .on("click", (/** @type {Event} */ event, /** @type {string} */ d) => !truth && onBet(words.letters.indexOf(d)))
    .on("keydown", (/** @type {KeyboardEvent} */ event, /** @type {string} */ d) => {
      const k = words.letters.indexOf(d);
      const by = { ArrowRight: -1, ArrowDown: -1, ArrowLeft: 1, ArrowUp: 1 }[event.key];
      if (by) {
        const next = (k + by + 8) % 8;
        g.selectAll("path").attr("tabindex", -1);
        const node = g.selectAll("path").nodes()[next];
        node.setAttribute("tabindex", "0");
        node.focus();
      } else if (event.key === "Enter" || event.key === " ") {
        if (!truth) onBet(k);
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
}
