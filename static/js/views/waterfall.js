// Products that fall together to a sum, and the curve that bends it.

import { select } from "d3-selection";

import { BENDS } from "../ops.js";

const BAR = { height: 9, space: 3 };
const CURVE = { width: 150, height: 80, most: 4 };

/** @param {HTMLElement} container @param {{ products: number[], sum: number, label: string }} props */
export function waterfall(container, { products, sum, label }) {
  const width = Math.max(80, container.clientWidth);
  let total = 0;
  const bars = products.map((product) => {
    const from = total;
    total += product;
    return { from, to: total };
  });
  const ends = [0, sum, ...bars.map(({ to }) => to)];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const x = (/** @type {number} */ v) => 2 + ((v - low) / (high - low || 1)) * (width - 4);
  const each = BAR.height + BAR.space;
  const height = each * (bars.length + 1);
  const svg = select(container).selectAll("svg").data([0]).join("svg").attr("class", "waterfall").attr("width", width).attr("height", height).attr("role", "img").attr("aria-label", label);
  svg.selectAll("line.zero").data([0]).join("line").attr("class", "zero").attr("x1", x(0)).attr("x2", x(0)).attr("y1", 0).attr("y2", height);
  svg
    .selectAll("rect")
    .data([...bars, { from: 0, to: sum }])
    .join("rect")
    .attr("class", (bar, k) => (k === bars.length ? "sum" : bar.to < bar.from ? "less" : "more"))
    .attr("x", ({ from, to }) => x(Math.min(from, to)))
    .attr("width", ({ from, to }) => Math.max(1, Math.abs(x(to) - x(from))))
    .attr("y", (bar, k) => k * each)
    .attr("height", BAR.height);
}

/** @param {HTMLElement} container @param {{ op: string, sum: number, value: number, label: string } | null} props null where nothing bends */
export function bend(container, props) {
  const root = select(container);
  root.property("hidden", !props);
  if (!props) return;
  const { op, sum, value, label } = props;
  const most = Math.max(CURVE.most, 1.1 * Math.abs(sum));
  const [low, high] = BENDS[op].range.map((end) => Math.max(-most, Math.min(most, end)));
  const x = (/** @type {number} */ v) => ((v + most) / (2 * most)) * CURVE.width;
  const y = (/** @type {number} */ v) => CURVE.height - 6 - ((v - low) / (high - low)) * (CURVE.height - 12);
  const points = Array.from({ length: 81 }, (_, k) => -most + (2 * most * k) / 80).map((v) => `${x(v).toFixed(1)},${y(BENDS[op].f(v)).toFixed(1)}`);
  const svg = root.selectAll("svg").data([0]).join("svg").attr("class", "bend").attr("viewBox", `0 0 ${CURVE.width} ${CURVE.height}`).attr("aria-hidden", "true");
  const lines = [
    { name: "axis", x1: 0, x2: CURVE.width, y1: y(0), y2: y(0) },
    { name: "axis", x1: x(0), x2: x(0), y1: 0, y2: CURVE.height },
    { name: "drop", x1: x(sum), x2: x(sum), y1: y(0), y2: y(value) },
  ];
  svg
    .selectAll("line")
    .data(lines)
    .join("line")
    .attr("class", (d) => d.name)
    .attr("x1", (d) => d.x1)
    .attr("x2", (d) => d.x2)
    .attr("y1", (d) => d.y1)
    .attr("y2", (d) => d.y2);
  svg.selectAll("polyline").data([points.join(" ")]).join("polyline").attr("points", String);
  svg.selectAll("circle").data([0]).join("circle").attr("cx", x(sum)).attr("cy", y(value)).attr("r", 4.5);
  root.selectAll("p").data([label]).join("p").text(String);
}
