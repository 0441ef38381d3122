// One unit of the diagram, chosen: its ring, the strongest of what flows into it, and a sentence.

import { progressOf } from "../frame.js";
import { fill, signed } from "../ink.js";

/** @import { Look } from "../types.d.ts" */
/** @import { Box, Column, Layout } from "../layout/unrolled.js" */
/** @import { DiagramProps } from "./diagram.js" */

/** How large a unit is drawn. @param {Layout} layout @param {Box} box @param {boolean} compact @returns {[number, number]} */
export function unitSize(layout, box, compact) {
  const space = layout.unit > 6 ? 1 : 0.5;
  return compact ? [layout.box, box.height / box.rows - 0.5] : [layout.unit - space, layout.unit - space];
}

/** The chosen unit, and the strongest of what flows into it. @param {any} svg @param {DiagramProps} props */
export function drawSelection(svg, props) {
  const { unit, terms, layout, layer, current, position } = props;
  const g = svg.select("g.selection");
  const box = unit && layout.boxes.find((b) => `${layer.name}.${b.node.id}` === unit.node);
  const column = layout.columns.find((c) => c.t === current);
  const shown = Boolean(column && !column.sliver && progressOf(position, current) === 1);
  g.selectAll("rect.chosen-unit")
    .data(shown && column && box && unit ? [centre(box, unit.index, column, props)] : [])
    .join("rect")
    .attr("class", "chosen-unit")
    .attr("x", (/** @type {any} */ d) => d.x - d.w / 2 - 1.5)
    .attr("y", (/** @type {any} */ d) => d.y - d.h / 2 - 1.5)
    .attr("width", (/** @type {any} */ d) => d.w + 3)
    .attr("height", (/** @type {any} */ d) => d.h + 3);
  const most = Math.max(1e-9, ...terms.map((term) => Math.abs(term.product)));
  const lines = shown && box && unit ? terms.slice(0, 12).flatMap((term) => edge(term, box, unit.index, props)) : [];
  g.selectAll("path.edge")
    .data(lines)
    .join("path")
    .attr("class", (/** @type {any} */ d) => (d.product < 0 ? "edge negative" : "edge positive"))
    .attr("d", (/** @type {any} */ d) => d.d)
    .attr("stroke-width", (/** @type {any} */ d) => 0.5 + 3.5 * Math.sqrt(Math.abs(d.product) / most));
}

/** @param {Box} box @param {number} index @param {Column} column @param {DiagramProps} props */
function centre(box, index, column, { layout, order, compact }) {
  const rank = box.count === order.length ? order.indexOf(index) : index;
  const [w, h] = unitSize(layout, box, compact);
  const { x, y } = layout.place(box, rank);
  return { x: column.x + layout.gap / 2 + x + w / 2, y: y + h / 2, w, h };
}

/** @param {{ source: string, index: number, product: number }} term @param {Box} box @param {number} index @param {DiagramProps} props */
function edge(term, box, index, props) {
  const { layout, current } = props;
  const end = centre(box, index, layout.columns[current], props);
  if (term.source === "x") {
    const x = layout.columns[current].x + layout.gap / 2 + layout.box / 2;
    return [{ product: term.product, d: `M${x},${layout.input.y}C${x},${end.y + 40} ${end.x},${end.y + 40} ${end.x},${end.y}` }];
  }
  const from = layout.boxes.find((b) => `${b.node.id}_prev` === term.source);
  const column = layout.columns[current - 1];
  if (!from || !column || column.sliver) return [];
  const start = centre(from, term.index, column, props);
  const middle = (start.x + end.x) / 2;
  return [{ product: term.product, d: `M${start.x},${start.y}C${middle},${start.y} ${middle},${end.y} ${end.x},${end.y}` }];
}

/** A sentence about one unit: what it is and what it holds now. @param {DiagramProps} props @param {Look["unit"]} unit */
export function unitSentence({ trace, current, layer, words }, unit) {
  if (!unit) return "";
  const value = trace.values[unit.node]?.[current]?.[unit.index];
  const name = unit.node.replace(`${layer.name}.`, "");
  return value === undefined
    ? ""
    : fill(words.diagram.unit, { name, what: words.nodes[name] ?? name, index: unit.index, t: current + 1, value: signed(value) });
}
