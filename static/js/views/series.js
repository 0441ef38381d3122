// One number over time: what comes in below, what is remembered above, step by step.

import { select } from "d3-selection";

import { signed } from "../ink.js";

const HEIGHT = 250;
const LANE = 52; // of what comes in
const EDGE = { left: 40, right: 10, top: 12 };
const BEYOND = 5; // what is larger is drawn at the edge, as an arrow

/**
 * @param {SVGSVGElement} container
 * @param {{
 *   xs: number[], hs: number[], without: number[], ghost: number[] | null, bounded: boolean, current: number, level: number | null,
 *   said: { label: string, x: string, h: string }, onStep: (t: number) => void, onToggle: (t: number) => void,
 * }} props without: the run without any input; ghost: as it was before the last change; level: a line to compare with; current: from 0
 */
export function series(container, { xs, hs, without, ghost, bounded, current, level, said, onStep, onToggle }) {
  const width = Math.max(280, container.parentElement?.clientWidth ?? 0);
  const most = bounded ? 1.1 : Math.min(BEYOND, Math.max(1.1, ...hs.map((h) => (Number.isFinite(h) ? 1.1 * Math.abs(h) : BEYOND))));
  const bottom = HEIGHT - LANE;
  const each = (width - EDGE.left - EDGE.right) / xs.length;
  const x = (/** @type {number} */ t) => EDGE.left + (t + 0.5) * each;
  const y = (/** @type {number} */ v) => EDGE.top + ((most - Math.max(-most, Math.min(most, v))) / (2 * most)) * (bottom - EDGE.top - 8);
  const line = (/** @type {number[]} */ all) => all.map((v, t) => `${x(t).toFixed(1)},${y(Number.isNaN(v) ? 0 : v).toFixed(1)}`).join(" ");
  const svg = select(container).attr("viewBox", `0 0 ${width} ${HEIGHT}`).attr("width", width).attr("height", HEIGHT).attr("aria-label", said.label);
  const layers = svg.selectAll("g.layer").data(["back", "front"]).join("g").attr("class", (d) => `layer ${d}`);
  const [back, front] = layers.nodes().map((node) => select(node));
  back
    .selectAll("rect.slot")
    .data(xs)
    .join("rect")
    .attr("class", (_, t) => (t === current ? "slot current" : "slot"))
    .attr("x", (_, t) => x(t) - each / 2)
    .attr("width", each)
    .attr("y", 0)
    .attr("height", bottom)
    .on("click", (event) => onStep(Math.floor((event.offsetX * (width / container.clientWidth) - EDGE.left) / each)));
  const marks = [1, 0, -1].map((v) => ({ v: bounded ? v : v * most, cls: v ? "grid" : "zero" }));
  const grid = [...marks, ...(level === null ? [] : [{ v: level, cls: "level" }])];
  front.selectAll("line.mark").data(grid).join("line").attr("class", (d) => `mark ${d.cls}`).attr("x1", EDGE.left).attr("x2", width - EDGE.right).attr("y1", (d) => y(d.v)).attr("y2", (d) => y(d.v));
  front.selectAll("text.mark").data(grid).join("text").attr("class", "mark").attr("x", EDGE.left - 6).attr("y", (d) => y(d.v) + 4).attr("text-anchor", "end").text((d) => (d.v ? signed(d.v, d.v % 1 ? 1 : 0) : "0"));
  const lines = [
    { cls: "without", all: without },
    { cls: "before", all: ghost ?? [] },
    { cls: "way", all: hs },
  ];
  front.selectAll("polyline").data(lines).join("polyline").attr("class", (d) => d.cls).attr("points", (d) => line(d.all));
  front
    .selectAll("path.h")
    .data(hs)
    .join("path")
    .attr("class", (_, t) => (t === current ? "h current" : "h"))
    .attr("d", (h) => (Math.abs(h) <= most ? DOT : h > 0 ? UP : DOWN))
    .attr("transform", (h, t) => `translate(${x(t)},${y(h)})`);
  const foot = bottom + LANE / 2;
  const inputs = front
    .selectAll("g.comes")
    .data(xs)
    .join((enter) => {
      const g = enter.append("g").attr("class", "comes");
      g.append("rect").attr("class", "area");
      g.append("rect").attr("class", "pulse");
      g.append("text");
      return g;
    })
    .attr("transform", (_, t) => `translate(${x(t)},${foot})`)
    .on("click", function () {
      onToggle(inputs.nodes().indexOf(this));
    });
  inputs.select("rect.area").attr("x", -each / 2).attr("width", each).attr("y", -LANE / 2).attr("height", LANE);
  inputs
    .select("rect.pulse")
    .attr("class", (v) => (v ? (v > 0 ? "pulse more" : "pulse less") : "pulse"))
    .attr("x", -Math.min(7, each / 2 - 1))
    .attr("width", Math.min(14, each - 2))
    .attr("y", (v) => (v > 0 ? -20 : 0))
    .attr("height", (v) => (v ? 20 : 2));
  inputs.select("text").attr("y", 24).attr("text-anchor", "middle").text((_, t) => (each > 15 || t % 4 === 3 || t === 0 ? t + 1 : ""));
  svg.selectAll("text.lane").data([{ text: said.h, at: EDGE.top + 2 }, { text: said.x, at: foot + 2 }]).join("text").attr("class", "lane").attr("x", 2).attr("y", (d) => d.at + 2).text((d) => d.text);
}

const DOT = "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0";
const UP = "M-5,4L0,-5L5,4z";
const DOWN = "M-5,-4L0,5L5,-4z";
