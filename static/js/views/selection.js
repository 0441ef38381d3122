// One unit of the diagram, chosen: its ring, the strongest of what flows into it, and a sentence.

import { momentOf } from "../frame.js";
import { layerOf, localOf, ownerOf } from "../graph.js";
import { fill, signed } from "../ink.js";
import { bent, folded, levelled, loop } from "../layout/rolled.js";
import { layerName, whatOf } from "../names.js";

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
export const boxOf = (layout, node) => layout.boxes.find((b) => `${b.layer.name}.${b.node.id}` === node);

/** The chosen unit, and the strongest of what flows into it. @param {any} svg @param {DiagramProps} props */
export function drawSelection(svg, props) {
  const { unit, terms, layout, current, position, wave, fold = 0 } = props;
  const g = svg.select("g.selection");
  const box = unit && boxOf(layout, unit.node);
  const column = folded(layout, fold).columns.find((c) => c.t === current);
  const shown = Boolean(box && column && !column.sliver && momentOf(wave, position, current).layers[box.layer.name].units === 1);
  g.selectAll("rect.chosen-unit")
    .data(shown && column && box && unit ? [centre(box, unit.index, column, props)] : [])
    .join("rect")
    .attr("class", "chosen-unit")
    .attr("x", (/** @type {any} */ d) => d.x - d.w / 2 - 1.5)
    .attr("y", (/** @type {any} */ d) => d.y - d.h / 2 - 1.5)
    .attr("width", (/** @type {any} */ d) => d.w + 3)
    .attr("height", (/** @type {any} */ d) => d.h + 3);
  const lines = shown && box && unit ? terms.slice(0, 12).flatMap((term) => edge(term, box, unit.index, props, current)) : [];
  drawEdges(g, lines);
}

/** @param {any} g @param {{ product: number, d: string }[]} lines */
export function drawEdges(g, lines) {
  const most = Math.max(1e-9, ...lines.map(({ product }) => Math.abs(product)));
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

/**
 * From the unit that a term comes from into one of column t; all of the input is one place.
 * @param {Pick<Term, "product" | "from">} term @param {Box} box @param {number} index
 * @param {Pick<DiagramProps, "layout" | "compact" | "orders" | "fold">} props @param {number} t
 */
export function edge({ product, from }, box, index, props, t) {
  const { layout, fold = 0 } = props;
  const source = boxOf(layout, from.node);
  if ((!source && ownerOf(from.node)) || !layout.columns[t + from.dt]) return [];
  const ends = (/** @type {number} */ f) => {
    const { columns } = folded(layout, f);
    const column = columns[t + from.dt];
    const start = source ? placeOf(source, from.index, column, props) : { x: middleOf(layout, column), y: layout.input.y };
    return { column, start, end: placeOf(box, index, columns[t], props) };
  };
  if (from.dt) {
    const [a, b] = [ends(0), ends(1)];
    const left = b.column.x + layout.gap / 2;
    const cell = layout.cells.find(({ layer }) => layer === box.layer) ?? layout.cells[0];
    const round = loop(b.start, b.end, { left, right: left + layout.box, cell, lane: 0, way: -from.dt });
    return [{ product, d: fold ? bent(levelled(a.start, a.end), round, fold) : across(a.start, a.end) }];
  }
  const { start, end, column: here } = ends(fold);
  const passed = levelOf(layout, box) - (source ? levelOf(layout, source) : -1) - 1;
  return [{ product, d: passed ? around(start, end, here.x - layout.box / 2) : upwards(start, end) }];
}

/** Where a unit is drawn; in a column too narrow for units its layer is. @param {Box} box @param {number} index @param {Column} column @param {Pick<DiagramProps, "layout" | "compact" | "orders">} props */
export function placeOf(box, index, column, props) {
  if (!column.sliver) return centre(box, index, column, props);
  return { x: column.x + column.width / 2, y: box.y + box.height / 2, w: Math.min(4, column.width), h: 4 };
}

/** @param {Layout} layout @param {Column} column */
export const middleOf = ({ gap, box }, { x, width, sliver }) => x + (sliver ? width / 2 : (gap + box) / 2);

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
export function unitSentence({ layout, trace, current, graph, words }, unit) {
  const value = unit && trace.values[unit.node]?.[current]?.[unit.index];
  const layer = unit && layerOf(graph, unit.node);
  if (!unit || !layer || value === undefined || value === null) return "";
  const name = localOf(unit.node);
  const within = layerName(graph, layer, words);
  if (!boxOf(layout, unit.node)) return fill(words.diagram.part, { name, what: whatOf(layer, name, words), index: unit.index, t: current + 1, value: signed(value) });
  return fill(within ? words.diagram.unitWithin : words.diagram.unit, {
    name,
    what: words.nodes[name] ?? name,
    index: unit.index,
    t: current + 1,
    value: signed(value),
    layer: within,
  });
}
