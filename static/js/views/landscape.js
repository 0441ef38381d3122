// A plane of hidden states: where each place leads, where states rest, and the way of a run through it.

import { select } from "d3-selection";

const SIZE = 460;
const EDGE = 30;
const TIP = 3.2;
const LONGEST = 21; // px of an arrow

/**
 * @typedef {{ place: number[], kind: string, fixed: boolean, name: string, says: string }} Mark
 * @param {SVGSVGElement} container
 * @param {{
 *   reach: number, arrows: { from: number[], to: number[], length: number }[], basins: string[], way: number[][], ghost: number[][] | null,
 *   current: number, marks: Mark[], said: { label: string, x: string, y: string }, onPlace: (place: number[]) => void,
 * }} props way: places, h_0 first; current: how many steps of it are gone; basins: of a square of places, the colour of where each leads, none where nowhere
 */
export function landscape(container, { reach, arrows, basins, way, ghost, current, marks, said, onPlace }) {
  const inner = SIZE - 2 * EDGE;
  const x = (/** @type {number} */ v) => EDGE + ((v + reach) / (2 * reach)) * inner;
  const y = (/** @type {number} */ v) => SIZE - x(v);
  const at = (/** @type {number[]} */ [u, v]) => `${x(u).toFixed(1)},${y(v).toFixed(1)}`;
  const svg = select(container).attr("viewBox", `0 0 ${SIZE} ${SIZE}`).attr("aria-label", said.label);
  svg.selectAll("clipPath").data([0]).join("clipPath").attr("id", "landscape-room").selectAll("rect").data([0]).join("rect").attr("x", EDGE).attr("y", EDGE).attr("width", inner).attr("height", inner);
  const [ground, room, over] = svg.selectAll("g").data(["ground", "room", "over"]).join("g").attr("class", String).attr("clip-path", "url(#landscape-room)").nodes().map((node) => select(node));
  const side = Math.round(Math.sqrt(basins.length));
  const cell = side ? inner / side : 0;
  ground
    .selectAll("rect")
    .data(basins)
    .join("rect")
    .attr("class", (tint) => (tint ? `basin ${tint}` : "nowhere"))
    .attr("x", (_, k) => EDGE + (k % side) * cell)
    .attr("y", (_, k) => SIZE - EDGE - (Math.floor(k / side) + 1) * cell)
    .attr("width", cell + 0.5)
    .attr("height", cell + 0.5);
  const longest = Math.max(1e-9, ...arrows.map(({ length }) => length));
  room
    .selectAll("path")
    .data(arrows)
    .join("path")
    .attr("class", "arrow")
    .attr("d", ({ from, to, length }) => {
      const px = LONGEST * Math.sqrt(length / longest); // short ones would not be seen
      const [dx, dy] = length ? [((to[0] - from[0]) / length) * px, (-(to[1] - from[1]) / length) * px] : [0, 0];
      const [x0, y0] = [x(from[0]) - dx / 2, y(from[1]) - dy / 2];
      const [x1, y1] = [x0 + dx, y0 + dy];
      const turn = Math.atan2(dy, dx);
      const wing = (/** @type {number} */ side) => `M${x1.toFixed(1)},${y1.toFixed(1)}L${(x1 - TIP * Math.cos(turn + side)).toFixed(1)},${(y1 - TIP * Math.sin(turn + side)).toFixed(1)}`;
      return `M${x0.toFixed(1)},${y0.toFixed(1)}L${x1.toFixed(1)},${y1.toFixed(1)}${px > 3 ? wing(0.5) + wing(-0.5) : ""}`;
    });
  const lines = [
    { cls: "before", places: ghost ?? [] },
    { cls: "ahead", places: way.slice(current) },
    { cls: "way", places: way.slice(0, current + 1) },
  ];
  over.selectAll("polyline").data(lines).join("polyline").attr("class", (d) => d.cls).attr("points", (d) => d.places.map(at).join(" "));
  over.selectAll("circle.step").data(way.slice(0, current + 1)).join("circle").attr("class", (_, t) => `step${t === current ? " current" : ""}${t === 0 ? " start" : ""}`).attr("r", (_, t) => (t === current ? 6 : 3)).attr("cx", (p) => x(p[0])).attr("cy", (p) => y(p[1]));
  over.selectAll("path.rest").data(marks).join("path").attr("class", (m) => `rest ${m.fixed ? m.kind : "slow"}`).attr("d", (m) => (m.fixed ? SHAPES[m.kind] ?? SHAPES.marginal : SHAPES.slow)).attr("transform", (m) => `translate(${at(m.place)})`).selectAll("title").data((m) => [m.says]).join("title").text(String);
  over.selectAll("text.rest").data(marks.filter(({ name }) => name)).join("text").attr("class", "rest").attr("x", (m) => x(m.place[0]) + (m.place[0] > 0.6 * reach ? -12 : 12)).attr("y", (m) => y(m.place[1]) + (m.place[1] > 0.6 * reach ? 16 : -8)).attr("text-anchor", (m) => (m.place[0] > 0.6 * reach ? "end" : "start")).text((m) => m.name);
  svg.selectAll("rect.frame").data([0]).join("rect").attr("class", "frame").attr("x", EDGE).attr("y", EDGE).attr("width", inner).attr("height", inner);
  const names = [
    { text: said.x, x: SIZE / 2, y: SIZE - 8, turn: 0 },
    { text: said.y, x: 14, y: SIZE / 2, turn: -90 },
    { text: `\u2212${reach.toFixed(1)}`, x: EDGE, y: SIZE - 12, turn: 0 },
    { text: reach.toFixed(1), x: SIZE - EDGE, y: SIZE - 12, turn: 0 },
  ];
  svg.selectAll("text.axis").data(names).join("text").attr("class", "axis").attr("text-anchor", "middle").attr("transform", (d) => `translate(${d.x},${d.y}) rotate(${d.turn})`).text((d) => d.text);
  const placeOf = (/** @type {PointerEvent} */ event) => {
    const box = container.getBoundingClientRect();
    const [u, v] = [((event.clientX - box.left) / box.width) * SIZE, ((event.clientY - box.top) / box.height) * SIZE];
    return [u, SIZE - v].map((p) => Math.max(-reach, Math.min(reach, ((p - EDGE) / inner) * 2 * reach - reach)));
  };
  container.onpointerdown = (event) => {
    if (event.button || event.pointerType === "touch") return; // a finger taps, or scrolls the page
    container.setPointerCapture(event.pointerId);
    onPlace(placeOf(event));
  };
  container.onclick = (event) => void (/** @type {PointerEvent} */ (event).pointerType === "touch" && onPlace(placeOf(/** @type {PointerEvent} */ (event))));
  container.onpointermove = (event) => container.hasPointerCapture(event.pointerId) && onPlace(placeOf(event));
}

/** @type {Record<string, string>} */
const SHAPES = {
  stable: "M-6,0a6,6 0 1,0 12,0a6,6 0 1,0 -12,0",
  unstable: "M-6,0a6,6 0 1,0 12,0a6,6 0 1,0 -12,0",
  saddle: "M0,-7L7,0L0,7L-7,0z",
  marginal: "M-6,-6h12v12h-12z",
  slow: "M-5,-5L5,5M-5,5L5,-5",
};
