// What one step makes of h: the curve f(w_hh h + b), the line where nothing changes, and the way between the two.

import { select } from "d3-selection";

const SIZE = 280;
const EDGE = 26;
const LINES = 160;

/**
 * @param {SVGSVGElement} container
 * @param {{
 *   next: (h: number) => number, ghost: ((h: number) => number) | null, reach: number, way: number[],
 *   rests: { h: number, kind: string }[], said: { label: string, from: string, to: string },
 * }} props reach: what is shown of h, to both sides; way: h after each step in which nothing came
 */
export function cobweb(container, { next, ghost, reach, way, rests, said }) {
  const at = (/** @type {number} */ v) => EDGE + ((Math.max(-9 * reach, Math.min(9 * reach, v)) + reach) / (2 * reach)) * (SIZE - 2 * EDGE);
  const x = at;
  const y = (/** @type {number} */ v) => SIZE - at(v);
  const svg = select(container).attr("viewBox", `0 0 ${SIZE} ${SIZE}`).attr("aria-label", said.label);
  svg.selectAll("clipPath").data([0]).join("clipPath").attr("id", "cobweb-room").selectAll("rect").data([0]).join("rect").attr("x", EDGE).attr("y", EDGE).attr("width", SIZE - 2 * EDGE).attr("height", SIZE - 2 * EDGE);
  svg.selectAll("rect.frame").data([0]).join("rect").attr("class", "frame").attr("x", EDGE).attr("y", EDGE).attr("width", SIZE - 2 * EDGE).attr("height", SIZE - 2 * EDGE);
  const room = svg.selectAll("g").data([0]).join("g").attr("clip-path", "url(#cobweb-room)");
  const straight = [
    { cls: "zero", x1: -reach, x2: reach, y1: 0, y2: 0 },
    { cls: "zero", x1: 0, x2: 0, y1: -reach, y2: reach },
    { cls: "same", x1: -reach, x2: reach, y1: -reach, y2: reach },
  ];
  room.selectAll("line").data(straight).join("line").attr("class", (d) => d.cls).attr("x1", (d) => x(d.x1)).attr("x2", (d) => x(d.x2)).attr("y1", (d) => y(d.y1)).attr("y2", (d) => y(d.y2));
  const curve = (/** @type {(h: number) => number} */ f) =>
    Array.from({ length: LINES + 1 }, (_, k) => -reach + (2 * reach * k) / LINES).map((h) => `${x(h).toFixed(1)},${y(f(h)).toFixed(1)}`).join(" ");
  const steps = way.slice(0, -1).flatMap((h, k) => [[h, way[k + 1]], [way[k + 1], way[k + 1]]]);
  const web = way.length ? [[way[0], way[0]], ...steps].map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(" ") : "";
  const lines = [
    { cls: "before", points: ghost ? curve(ghost) : "" },
    { cls: "curve", points: curve(next) },
    { cls: "web", points: web },
  ];
  room.selectAll("polyline").data(lines).join("polyline").attr("class", (d) => d.cls).attr("points", (d) => d.points);
  room.selectAll("circle").data([...rests.map(({ h, kind }) => ({ h, kind, r: 6 })), ...way.slice(-1).map((h) => ({ h, kind: "now", r: 4 }))]).join("circle").attr("class", (d) => d.kind).attr("r", (d) => d.r).attr("cx", (d) => x(d.h)).attr("cy", (d) => y(d.h));
  const names = [
    { cls: "from", text: said.from, x: SIZE / 2, y: SIZE - 8, turn: 0 },
    { cls: "to", text: said.to, x: 12, y: SIZE / 2, turn: -90 },
    { cls: "end", text: String(-reach), x: EDGE, y: SIZE - 12, turn: 0 },
    { cls: "end", text: String(reach), x: SIZE - EDGE, y: SIZE - 12, turn: 0 },
  ];
  svg.selectAll("text").data(names).join("text").attr("class", (d) => d.cls).attr("text-anchor", "middle").attr("transform", (d) => `translate(${d.x},${d.y}) rotate(${d.turn})`).text((d) => d.text.replace("-", "\u2212"));
}
