// Is a network right as often as it is sure? A dot for each tenth of confidence, with its band, beside the diagonal.

import { select } from "d3-selection";

import { percent } from "../ink.js";
import { table } from "./table.js";

const SIZE = 240;
const ROOM = { left: 44, below: 36, above: 8, right: 8 };

/**
 * @typedef {{ from: number, to: number, count: number, confidence: number, accuracy: number, band: number }} Bin
 *   band: the half-width of the 95 % band
 */

/** So far a network may be from what it says, on the whole. */
const FAIR = 0.01;

/** Whether most answers lie below the diagonal, above it, or on it. @param {Bin[]} bins @returns {"over" | "under" | "fair"} */
export function verdict(bins) {
  const all = bins.reduce((sum, bin) => sum + bin.count, 0);
  const gap = bins.reduce((sum, bin) => sum + bin.count * (bin.confidence - bin.accuracy), 0) / all;
  return gap > FAIR ? "over" : gap < -FAIR ? "under" : "fair";
}

/** @param {HTMLElement} container @param {{ bins: Bin[], words: any }} props */
export function reliability(container, { bins, words }) {
  const said = words.softmax.reliability;
  const x = (/** @type {number} */ v) => ROOM.left + v * SIZE;
  const y = (/** @type {number} */ v) => ROOM.above + (1 - v) * SIZE;
  const [width, height] = [ROOM.left + SIZE + ROOM.right, ROOM.above + SIZE + ROOM.below];
  const svg = select(container).selectAll("svg").data([0]).join("svg").attr("class", "reliability").attr("viewBox", `0 0 ${width} ${height}`).attr("aria-hidden", "true");
  const line = (/** @type {string} */ name, /** @type {number[]} */ [x1, y1, x2, y2]) =>
    svg.selectAll(`line.${name}`).data([0]).join("line").attr("class", name).attr("x1", x(x1)).attr("y1", y(y1)).attr("x2", x(x2)).attr("y2", y(y2));
  line("floor", [0, 0, 1, 0]);
  line("wall", [0, 0, 0, 1]);
  line("diagonal", [0, 0, 1, 1]);
  const ticks = [0, 0.5, 1].flatMap((v) => [
    { text: percent(v), x: x(v), y: y(0) + 14, anchor: v === 1 ? "end" : "middle" },
    { text: percent(v), x: x(0) - 6, y: y(v) + (v === 1 ? 8 : 4), anchor: "end" },
  ]);
  const names = [
    { text: said.confidence, x: x(0.5), y: height - 4, anchor: "middle" },
    { text: said.accuracy, x: x(0.03), y: y(0.94), anchor: "start" },
  ];
  svg
    .selectAll("text")
    .data([...ticks, ...names])
    .join("text")
    .attr("x", (d) => d.x)
    .attr("y", (d) => d.y)
    .attr("text-anchor", (d) => d.anchor)
    .text((d) => d.text);
  const most = Math.max(...bins.map((bin) => bin.count));
  const dots = svg.selectAll("g.bin").data(bins).join("g").attr("class", "bin");
  dots
    .selectAll("line")
    .data((bin) => [bin])
    .join("line")
    .attr("x1", (bin) => x(bin.confidence))
    .attr("x2", (bin) => x(bin.confidence))
    .attr("y1", (bin) => y(Math.min(1, bin.accuracy + bin.band)))
    .attr("y2", (bin) => y(Math.max(0, bin.accuracy - bin.band)));
  dots
    .selectAll("circle")
    .data((bin) => [bin])
    .join("circle")
    .attr("cx", (bin) => x(bin.confidence))
    .attr("cy", (bin) => y(bin.accuracy))
    .attr("r", (bin) => 3 + 5 * Math.sqrt(bin.count / most));
  const heard = select(container).selectAll("div.as-table").data([0]).join("div").attr("class", "as-table");
  table(/** @type {HTMLElement} */ (heard.node()), {
    caption: said.caption,
    head: [said.bin, said.confidence, said.accuracy, said.count],
    rows: bins.map((bin) => ({
      name: `${Math.round(100 * bin.from)}\u2013${percent(bin.to)}`,
      cells: [percent(bin.confidence), `${percent(bin.accuracy)} \u00b1 ${Math.round(100 * bin.band)}`, String(bin.count)].map((text) => ({ text })),
    })),
  });
}
