// Hundreds of throws: how often each network is right after so many frames, below what the noise allows.

import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { line } from "d3-shape";

import { isNew } from "../dom.js";
import { fill } from "../ink.js";
import { shortName } from "../names.js";

/** @import { Tally } from "../types.d.ts" */

const WIDTH = 340;
const HEIGHT = 190;
const EDGE = { top: 10, right: 96, bottom: 34, left: 34 };
const NAME_SPACE = 14;

/**
 * @param {HTMLElement} container
 * @param {{ tally: Tally, model: string, memory: boolean, t: number, words: any }} props
 */
export function tally(container, { tally: found, model, memory, t, words }) {
  const x = scaleLinear([1, 16], [EDGE.left, WIDTH - EDGE.right]);
  const y = scaleLinear([0, 1], [HEIGHT - EDGE.bottom, EDGE.top]);
  const svg = select(container)
    .selectAll("svg")
    .data([0])
    .join("svg")
    .attr("class", "tally")
    .attr("viewBox", `0 0 ${WIDTH} ${HEIGHT}`)
    .attr("role", "img")
    .attr("aria-label", fill(words.tally.label, { count: found.count }));
  if (isNew(container, "tally", [found, model, memory])) drawLines(svg, x, y, linesOf(found, model, memory, words), words);
  svg.select("line.now").attr("x1", x(Math.min(16, t))).attr("x2", x(Math.min(16, t)));
}

/** @param {any} svg @param {any} x @param {any} y @param {ReturnType<typeof linesOf>} lines @param {any} words */
function drawLines(svg, x, y, lines, words) {
  const path = line()
    .x((d, k) => x(k + 1))
    .y((d) => y(/** @type {any} */ (d)));
  svg.selectAll("*").remove();
  drawAxes(svg, x, y, words);
  svg.append("line").attr("class", "now").attr("y1", EDGE.top).attr("y2", HEIGHT - EDGE.bottom);
  const named = apart(lines.map((l) => ({ ...l, at: y(l.values[l.values.length - 1]) })));
  for (const l of named) {
    svg.append("path").attr("class", `series ${l.kind}`).attr("d", path(/** @type {any} */ (l.values)));
    svg.append("text").attr("class", `series-name ${l.kind}`).attr("x", WIDTH - EDGE.right + 6).attr("y", l.at).attr("dy", "0.35em").text(l.name);
  }
}

/** @param {Tally} found @param {string} model @param {boolean} memory @param {any} words */
function linesOf(found, model, memory, words) {
  const lines = found.rows
    .filter((row) => row.memory || row.model === model)
    .map((row) => ({
      name: row.memory ? shortName(row.model, words) : words.tally.forgetful,
      values: row.accuracy_by_frame,
      kind: !row.memory ? (memory ? "forgetful" : "forgetful on") : row.model === model && memory ? "on" : "other",
    }));
  if (found.ceiling) lines.push({ name: words.tally.ceiling, values: found.ceiling.accuracy_by_frame, kind: "ceiling" });
  return lines;
}

/** Names that would lie on each other are moved apart. @template {{ at: number }} L @param {L[]} lines */
function apart(lines) {
  const sorted = [...lines].sort((a, b) => a.at - b.at);
  for (let k = 1; k < sorted.length; k++) sorted[k].at = Math.max(sorted[k].at, sorted[k - 1].at + NAME_SPACE);
  const over = Math.max(0, (sorted[sorted.length - 1]?.at ?? 0) - (HEIGHT - 8));
  for (let k = sorted.length - 1; k >= 0; k--) {
    const limit = k === sorted.length - 1 ? HEIGHT - 8 : sorted[k + 1].at - NAME_SPACE;
    if (over) sorted[k].at = Math.min(sorted[k].at, limit);
  }
  return sorted;
}

/** @param {any} svg @param {any} x @param {any} y @param {any} words */
function drawAxes(svg, x, y, words) {
  const bottom = HEIGHT - EDGE.bottom;
  for (const p of [0, 0.125, 0.5, 1]) {
    svg.append("line").attr("class", p === 0.125 ? "grid guess" : "grid").attr("x1", EDGE.left).attr("x2", WIDTH - EDGE.right).attr("y1", y(p)).attr("y2", y(p));
    svg.append("text").attr("class", "axis").attr("x", EDGE.left - 5).attr("y", y(p)).attr("dy", "0.35em").attr("text-anchor", "end").text(p === 0.125 ? "\u215b" : `${100 * p}`);
  }
  for (const t of [1, 4, 8, 12, 16]) {
    svg.append("text").attr("class", "axis").attr("x", x(t)).attr("y", bottom + 15).attr("text-anchor", "middle").text(t);
  }
  svg.append("text").attr("class", "axis").attr("x", (EDGE.left + WIDTH - EDGE.right) / 2).attr("y", bottom + 29).attr("text-anchor", "middle").text(words.tally.axis);
}

/** The same figures as a table. @param {HTMLElement} container @param {{ tally: Tally, words: any }} props */
export function tallyTable(container, { tally: found, words }) {
  const rows = [
    ...found.rows.map((row) => ({
      name: shortName(row.model, words) + (row.memory ? "" : `, ${words.tally.forgetful}`),
      values: row.accuracy_by_frame,
    })),
    ...(found.ceiling ? [{ name: words.tally.ceiling, values: found.ceiling.accuracy_by_frame }] : []),
  ];
  const table = select(container).selectAll("table").data([0]).join("table");
  table.selectAll("*").remove();
  const head = table.append("thead").append("tr");
  head.append("th").attr("scope", "col").text(words.tally.network);
  head.selectAll("th.frame").data([1, 2, 4, 8, 16]).join("th").attr("scope", "col").attr("class", "frame").text((t) => t);
  const body = table.append("tbody").selectAll("tr").data(rows).join("tr");
  body.append("th").attr("scope", "row").text((row) => row.name);
  body.selectAll("td").data((row) => [1, 2, 4, 8, 16].map((t) => row.values[t - 1])).join("td").text((v) => (100 * v).toFixed(1));
}
