// The answer traced back, over the diagram: through the strongest units of each step to the inputs.

import { select } from "d3-selection";

import { memoryKind } from "../cell.js";
import { find } from "../dom.js";
import { edgesInto, edgesToHeads, layerOf, localOf, wayOf } from "../graph.js";
import { brief, fill, percent, signed } from "../ink.js";
import { layerName } from "../names.js";
import { FEW } from "../traceback.js";
import { across, boxOf, middleOf, placeOf } from "./selection.js";
import { table } from "./table.js";

/** @import { Graph, GraphLayer } from "../types.d.ts" */
/** @import { Layout } from "../layout/unrolled.js" */
/** @import { Through, Traceback } from "../traceback.js" */

/** Of the strongest flow: what is less is not drawn where there is little room. */
const FAINT = 0.02;
const WIDTH = { least: 0.75, most: 6 };
const DIGITS = 2;

/**
 * @typedef {{
 *   found: Traceback, at: number, output: string, score: number, units: number, layout: Layout, graph: Graph,
 *   orders: Record<string, number[]>, labels: string[], color: (value: number) => string, words: any,
 * }} TracebackProps
 *   at: the step of the answer, from 0; output: what it says, in words; units: of a layer
 */

/** @param {TracebackProps} props */
export function drawTraceback(props) {
  const { found, layout, color } = props;
  const svg = select(find("traceback-over")).attr("width", layout.width).attr("height", layout.height).attr("viewBox", `0 0 ${layout.width} ${layout.height}`);
  const most = strongestOf(found);
  svg
    .selectAll("path")
    .data(linesOf(props))
    .join("path")
    .attr("d", (line) => line.d)
    .classed("negative", (line) => line.flow < 0)
    .attr("stroke", (line) => color(Math.sign(line.flow)))
    .attr("stroke-opacity", (line) => (line.room < Infinity ? Math.sqrt(Math.abs(line.flow) / most) : null))
    .attr("stroke-width", (line) => Math.min(line.room, WIDTH.least + (WIDTH.most - WIDTH.least) * Math.sqrt(Math.abs(line.flow) / most)));
  svg
    .selectAll("rect")
    .data(drawnOf(props).filter(({ t }) => !layout.columns[t].sliver).map((unit) => placed(props, unit)))
    .join("rect")
    .attr("x", ({ x, w }) => x - w / 2)
    .attr("y", ({ y, h }) => y - h / 2)
    .attr("width", ({ w }) => w)
    .attr("height", ({ h }) => h);
  find("traceback-say").textContent = sentence(props);
  drawTable(props);
}

/** @param {Traceback} found */
const strongestOf = ({ units, entering }) => Math.max(...units.map(({ flow }) => Math.abs(flow)), ...entering.map(Math.abs), 1e-12);

/** All units; where a column is too narrow for them, of each layer the strongest, if it matters. @param {TracebackProps} props */
function drawnOf({ found, layout }) {
  const least = FAINT * strongestOf(found);
  const first = new Set();
  return found.units.filter(({ name, t, flow }) => {
    if (!layout.columns[t].sliver) return true;
    const seen = first.has(`${name} ${t}`); // the units stand in order of strength
    first.add(`${name} ${t}`);
    return !seen && Math.abs(flow) >= least;
  });
}

/** Nothing is traced. */
export function clearTraceback() {
  select(find("traceback-over")).selectAll("*").remove();
  find("traceback-say").textContent = "";
}

/** Where a unit stands. @param {TracebackProps} props @param {Through} unit */
const placed = ({ layout, orders }, { name, t, index }) => placeOf(boxOf(layout, name) ?? layout.boxes[0], index, layout.columns[t], { layout, compact: layout.compact, orders });

/** From the answer to its units, from each unit to those of the step before, from the inputs to what they enter. @param {TracebackProps} props */
function linesOf(props) {
  const { found, at, layout, graph } = props;
  const middle = (/** @type {number} */ t) => middleOf(layout, layout.columns[t]);
  const top = layout.outputs.y + layout.outputs.rows * layout.outputs.row + layout.outputs.mark;
  const said = edgesToHeads(graph).map(({ from }) => from);
  const units = drawnOf(props);
  return units.flatMap((unit) => {
    const layer = graph.layers.find(({ name, output }) => `${name}.${output}` === unit.name);
    if (!layer) return [];
    const here = placed(props, unit);
    const to = (/** @type {string} */ name, /** @type {number} */ t) => units.filter((one) => one.name === name && one.t === t).map((one) => placed(props, one));
    const onwards = to(unit.name, unit.t + wayOf(graph, layer)).map((there) => across(here, there));
    const above = graph.layers.filter(({ name }) => edgesInto(graph, `${name}.x`).some(({ from }) => from === unit.name)).flatMap(({ name, output }) => to(`${name}.${output}`, unit.t).map((there) => up(here, there)));
    const out = unit.t === at && said.includes(unit.name) ? [up(here, { x: middle(at), y: top })] : [];
    const room = roomIn(layout, unit.t);
    const lines = [...onwards, ...above, ...out].map((d) => ({ flow: unit.flow, d, room }));
    const entering = readIn(graph, layer, unit.t).filter((t) => Math.abs(found.entering[t]) > (layout.columns[t].sliver ? FAINT * strongestOf(found) : 0));
    return [...lines, ...entering.map((t) => ({ flow: found.entering[t], d: up({ x: middle(t), y: layout.input.y }, here), room: roomIn(layout, t) }))];
  });
}

/** How thick a line of a column may be, so that it covers no other. @param {Layout} layout @param {number} t */
const roomIn = ({ columns }, t) => (columns[t].sliver ? 0.8 * columns[t].width : Infinity);

/** The steps whose inputs a layer reads at step t: that one, and those that it holds. @param {Graph} graph @param {GraphLayer} layer @param {number} t */
function readIn(graph, layer, t) {
  if (!edgesInto(graph, `${layer.name}.x`).some(({ from }) => from === "x")) return [];
  const held = memoryKind(layer) === "held" ? layer.states.length : 0;
  return Array.from({ length: held + 1 }, (_, k) => t - k).filter((step) => step >= 0);
}

/** @typedef {{ x: number, y: number }} Point */

/** @param {Point} a @param {Point} b */
const up = (a, b) => `M${a.x},${a.y}C${a.x},${(a.y + b.y) / 2} ${b.x},${(a.y + b.y) / 2} ${b.x},${b.y}`;

/** @param {TracebackProps} props */
function sentence({ found, at, output, score, units, words, labels, graph }) {
  const said = words.traceback;
  if (!found.units.length) return fill(said.nothing, { output, t: at + 1, score: signed(score, DIGITS) });
  const first = [...found.entering.keys()].sort((a, b) => Math.abs(found.entering[b]) - Math.abs(found.entering[a]))[0];
  return fill(graph.layers.length > 1 ? said.saysOfLayers : said.says, {
    through: [...new Set(graph.layers.map((layer) => layer.output))].join(", "),
    output,
    t: at + 1,
    score: signed(score, DIGITS),
    few: Math.min(units, FEW),
    units,
    share: percent(found.share),
    enters: fill(said.step, { t: first + 1, label: named(labels, first) }),
    flow: signed(found.entering[first], DIGITS),
  });
}

/** What a step is called besides its number. @param {string[]} labels @param {number} t */
const named = (labels, t) => (labels[t] === String(t + 1) ? "" : ` \u201c${brief(labels[t])}\u201d`);

/** `h[3] +0.12`, with its layer where there are several. @param {Through} unit @param {Graph} graph @param {any} words */
function throughOf({ name, index, flow }, graph, words) {
  const layer = layerOf(graph, name);
  const within = layer ? layerName(graph, layer, words) : "";
  return `${within && `${within} `}${localOf(name)}[${index}] ${signed(flow, DIGITS)}`;
}

/** @param {TracebackProps} props */
function drawTable({ found, labels, words, graph }) {
  const said = words.traceback;
  table(find("traceback-table"), {
    caption: said.caption,
    head: [said.head.step, said.head.through, said.head.share, said.head.enters],
    rows: found.shares.map((share, t) => ({
      name: `${t + 1}${named(labels, t)}`,
      cells: [
        { text: found.units.filter((unit) => unit.t === t).map((unit) => throughOf(unit, graph, words)).join(", ") },
        { text: share === null ? "\u2013" : percent(share) },
        { text: signed(found.entering[t], DIGITS) },
      ],
    })),
  });
}
