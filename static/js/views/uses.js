// One weight, lit wherever it is used: a line into a unit in every column; and what the loops and ribbons of the one
// column are, where all are rolled up into it.

import { carried } from "../cell.js";
import { wayOf } from "../graph.js";
import { fill } from "../ink.js";
import { folded, middleOf, reachOf } from "../layout/rolled.js";
import { matricesOf, parameterOf } from "../sharing.js";
import { boxOf, drawEdges, edge, placeOf } from "./selection.js";

/** @import { Graph, Weights } from "../types.d.ts" */
/** @import { DiagramProps } from "./diagram.js" */
/** @import { Layout } from "../layout/unrolled.js" */
/** @import { Term } from "../cell.js" */
/** @import { Matrix, Use, Weight } from "../sharing.js" */

/** @typedef {{ weight: Weight, from: Term["from"], at: Use[] }} Shared a weight, the unit that it reads, and where it does */

/** What is said of the one column stands there from this fold on. */
const SAID = 0.75;
const ARROW = 6; // px

/** @param {any} svg @param {DiagramProps} props */
export function drawUses(svg, props) {
  const g = svg.select("g.uses");
  drawEdges(g.select("g.lines"), props.uses ? linesOf(props, props.uses) : []);
  drawNames(g.select("g.names"), props);
}

/** @param {DiagramProps} props @param {Shared} shared */
function linesOf(props, { weight: { matrix, row }, from, at }) {
  const box = boxOf(props.layout, matrix.into);
  return at.flatMap(({ t, product }) => (box ? edge({ product, from }, box, row, props, t) : toHead(props, from, product, t)));
}

/** @param {DiagramProps} props @param {Term["from"]} from @param {number} product @param {number} t */
function toHead(props, from, product, t) {
  const { layout, fold = 0 } = props;
  const source = boxOf(layout, from.node);
  const column = folded(layout, fold).columns[t];
  const start = source && column && placeOf(source, from.index, column, props);
  const top = layout.outputs.y + layout.outputs.rows * layout.outputs.row;
  return start ? [{ product, d: `M${start.x},${start.y}L${start.x},${top}` }] : [];
}

/** Beside each loop and ribbon of the one column: the matrices that flow in it, and how often; an arrow where a loop comes in. @param {any} g @param {DiagramProps} props */
function drawNames(g, { layout, graph, weights, trace, words, fold = 0 }) {
  const said = fold > SAID;
  g.attr("opacity", said ? (fold - SAID) / (1 - SAID) : null);
  g.selectAll("path.arrow")
    .data(said && trace.memory ? arrowsOf(layout, graph) : [])
    .join("path")
    .attr("class", "arrow")
    .attr("d", String);
  g.selectAll("text")
    .data(said && !layout.compact ? namesOf(layout, graph, weights, trace.memory) : [])
    .join("text")
    .attr("class", "shared-name")
    .attr("x", (/** @type {Name} */ d) => d.x)
    .attr("y", (/** @type {Name} */ d) => d.y)
    .attr("dy", "0.35em")
    .text((/** @type {Name} */ d) => fill(d.count ? words.sharing.beside : words.sharing.asItIs, { names: d.names, count: d.count, steps: trace.length }));
}

/** @param {Layout} layout @param {Graph} graph */
function arrowsOf(layout, graph) {
  return layout.cells.flatMap(({ layer }) =>
    carried(layer).flatMap(({ state }) => {
      const box = layout.boxes.find((one) => one.layer === layer && one.node.id === state);
      const way = wayOf(graph, layer);
      const [x, y] = [middleOf(layout) - way * (layout.box / 2 + 1), box ? box.y + box.height / 2 : 0];
      return box ? [`M${x},${y}l${-way * ARROW},${-ARROW}v${2 * ARROW}Z`] : [];
    }),
  );
}

/** @typedef {{ names: string, count: string, x: number, y: number }} Name count: of its numbers, empty where there are none */

/** @param {Layout} layout @param {Graph} graph @param {Weights} weights @param {boolean} memory without it nothing goes round @returns {Name[]} */
function namesOf(layout, graph, weights, memory) {
  const { cells, outputs } = layout;
  const matrices = matricesOf(graph, weights);
  const most = Math.max(0, ...graph.layers.map((layer) => carried(layer).length - 1));
  const x = middleOf(layout) + layout.box / 2 + reachOf(most) + 12;
  const name = (/** @type {number} */ y, /** @type {Matrix[]} */ mine, names = shortNames(mine)) => ({ x, y, names, count: mine.length ? numbersIn(mine) : "" });
  const heads = name(outputs.y + outputs.rows * outputs.row + outputs.mark / 2, matrices.filter(({ layer }) => !layer));
  const ofCells = cells.flatMap(({ layer, y, height }, k) => {
    const reads = (/** @type {string} */ source) => matrices.filter((one) => one.layer === layer && one.source === source);
    const foot = k ? cells[k - 1].y : layout.input.y;
    const loops = (memory ? carried(layer) : []).flatMap(({ state, read }) => {
      const box = layout.boxes.find((one) => one.layer === layer && one.node.id === state);
      return box ? [name(box.y + box.height / 2, reads(read), shortNames(reads(read)) || state)] : [];
    });
    return [...loops, ...(reads("x").length ? [name((y + height + foot) / 2, reads("x"))] : [])];
  });
  return [heads, ...ofCells];
}

/** `W_hh`. @param {Matrix[]} matrices */
const shortNames = (matrices) => [...new Set(matrices.map(parameterOf))].join(", ");

/** @param {Matrix[]} matrices */
const numbersIn = (matrices) => matrices.reduce((sum, { rows, columns }) => sum + rows * columns, 0).toLocaleString("en");
