// One unit of the diagram, chosen: its ring, the strongest of what flows into it, and a sentence.

import { momentOf } from "../frame.js";
import { layerOf, localOf, ownerOf } from "../graph.js";
import { fill, signed } from "../ink.js";
import { layerName } from "../names.js";

/** @import { Look } from "../types.d.ts" */
/** @import { Box, Column, Layout } from "../layout/unrolled.js" */
/** @import { Term } from "../cell.js" */
/** @import { DiagramProps } from "./diagram.js" */

const BEND = 40; // px before its end at which a curve turns

/** How large a unit is drawn. @param {Layout} layout @param {Box} box @param {boolean} compact @returns {[number, number]} */
export function unitSize(layout, box, compact) {
  const space = layout.unit > 6 ? 1 : 0.5;
  const row = box.height / box.rows;
  return compact ? [layout.box, row - Math.min(0.5, row / 4)] : [layout.unit - space, layout.unit - space];
}

/** The units of a box in the order in which they stand. @param {Box} box @param {Pick<DiagramProps, "orders">} props */
export function ranksOf({ layer, count }, { orders }) {
  const order = orders[layer.name];
  return count === order.length ? order : Array.from({ length: count }, (_, j) => j);
}

/** Where a value stands. @param {Layout} layout @param {string} node its full name */
const boxOf = (layout, node) => layout.boxes.find((b) => `${b.layer.name}.${b.node.id}` === node);

/** The chosen unit, and the strongest of what flows into it. @param {any} svg @param {DiagramProps} props */
export function drawSelection(svg, props) {
  const { unit, terms, layout, current, position, wave } = props;
  const g = svg.select("g.selection");
  const box = unit && boxOf(layout, unit.node);
  const column = layout.columns.find((c) => c.t === current);
  const shown = Boolean(box && column && !column.sliver && momentOf(wave, position, current).layers[box.layer.name].units === 1);
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

/** Where a unit stands. @param {Box} box @param {number} index @param {Column} column @param {Pick<DiagramProps, "layout" | "compact" | "orders">} props */
export function centre(box, index, column, props) {
  const { layout, compact } = props;
  const [w, h] = unitSize(layout, box, compact);
  const { x, y } = layout.place(box, ranksOf(box, props).indexOf(index));
  return { x: column.x + layout.gap / 2 + x + w / 2, y: y + h / 2, w, h };
}

/** From the unit that a term comes from; all of the input is one place. @param {Term} term @param {Box} box @param {number} index @param {DiagramProps} props */
function edge({ product, from }, box, index, props) {
  const { layout, current } = props;
  const end = centre(box, index, layout.columns[current], props);
  const source = boxOf(layout, from.node);
  const column = layout.columns[current + from.dt];
  if ((!source && ownerOf(from.node)) || !column || column.sliver) return [];
  const start = source ? centre(source, from.index, column, props) : { x: column.x + (layout.gap + layout.box) / 2, y: layout.input.y };
  const passed = levelOf(layout, box) - (source ? levelOf(layout, source) : -1) - 1;
  const d = from.dt ? across(start, end) : passed ? around(start, end, column.x - layout.box / 2) : upwards(start, end);
  return [{ product, d }];
}

/** @param {Layout} layout @param {Box} box */
const levelOf = (layout, box) => layout.cells.findIndex((cell) => cell.layer === box.layer);

/** @typedef {{ x: number, y: number }} Place */

/** @param {Place} start @param {Place} end */
export function across(start, end) {
  const middle = (start.x + end.x) / 2;
  return `M${start.x},${start.y}C${middle},${start.y} ${middle},${end.y} ${end.x},${end.y}`;
}

/** @param {Place} start @param {Place} end */
const upwards = (start, end) => `M${start.x},${start.y}C${start.x},${end.y + BEND} ${end.x},${end.y + BEND} ${end.x},${end.y}`;

/** Beside the cells in between, whose units have no part in it. @param {Place} start @param {Place} end @param {number} side */
const around = (start, end, side) => `M${start.x},${start.y}C${side},${start.y - BEND} ${side},${end.y + BEND} ${end.x},${end.y}`;

/** A sentence about one unit: what it is and what it holds now. @param {DiagramProps} props @param {Look["unit"]} unit */
export function unitSentence({ trace, current, graph, words }, unit) {
  const value = unit && trace.values[unit.node]?.[current]?.[unit.index];
  const layer = unit && layerOf(graph, unit.node);
  if (!unit || !layer || value === undefined || value === null) return "";
  const name = localOf(unit.node);
  const within = layerName(graph, layer, words);
  return fill(within ? words.diagram.unitWithin : words.diagram.unit, {
    name,
    what: words.nodes[name] ?? name,
    index: unit.index,
    t: current + 1,
    value: signed(value),
    layer: within,
  });
}
