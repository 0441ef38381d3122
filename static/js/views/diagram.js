// The unrolled diagram: a column a time step, in it a cell for each layer and direction, drawn from the trace
// and the network's graph alone.
//
// The structure is drawn when trace, layout or colours change, but a column of which nothing is another is only moved to
// its place, and squares that stay take other colours. While playing, only columns in which something moves are painted.

import { select } from "d3-selection";

import { isNew } from "../dom.js";
import { momentOf, progressIn, staggered } from "../frame.js";
import { localOf, ownerOf } from "../graph.js";
import { fill } from "../ink.js";
import { folded, labelsAt } from "../layout/rolled.js";
import { layerName } from "../names.js";
import { atWork, beatAt } from "../wave.js";
import { drawGhost, drawParted } from "./ghost.js";
import { drawLabels } from "./labels.js";
import { allFlows, drawRibbons, foldRibbons, paintRibbons } from "./ribbons.js";
import { drawSelection, ranksOf } from "./selection.js";
import { drawBoxes, flatColumns, pressedUnit, recolor } from "./units.js";
import { drawUses } from "./uses.js";

/** @import { Ghost, Graph, GraphLayer, Look, Maybe, Trace, Weights } from "../types.d.ts" */
/** @import { Cell, Column, Layout } from "../layout/unrolled.js" */
/** @import { Term } from "../cell.js" */
/** @import { Wave } from "../wave.js" */
/** @import { Flows } from "./ribbons.js" */
/** @import { Shared } from "./uses.js" */

/**
 * @typedef {{
 *   layout: Layout, trace: Trace, graph: Graph, wave: Wave, weights: Weights,
 *   orders: Record<string, number[]>, position: number, current: number,
 *   unit: Look["unit"], terms: Term[],
 *   letters: string[], truths: Maybe<number>[], color: (value: number) => string,
 *   words: any, compact: boolean, brief?: boolean, ghost?: Maybe<Ghost>, fold?: number, uses?: Maybe<Shared>, time?: (t: number) => string,
 *   drawInput: (g: any, t: number, props: DiagramProps) => void, sayStep: (t: number) => string,
 *   onStep: (t: number) => void, onUnit: (unit: Look["unit"]) => void,
 * }} DiagramProps
 */

/**
 * What has been drawn in a container.
 * @typedef {{
 *   trace: Trace, graph: Graph, weights: Weights, shape: unknown[], columns: Column[], places: string,
 *   flows: Flows, moments: string[], cells: string[], flat: boolean[], fold: number,
 * }} Drawn
 *   shape: all that a column depends on but the trace, its width and its place; columns: by their steps; places: theirs;
 *   moments: as they were painted, of the columns and of their cells;
 *   flat: the columns whose units are pictures; fold: how far it was rolled up
 * @type {WeakMap<HTMLElement, Drawn>}
 */
const drawn = new WeakMap();

/**
 * @param {HTMLElement} container
 * @param {DiagramProps} props terms: what flows into unit; columns of the layout may be some of the trace's;
 *   letters: the classes, short; brief: rows are called by their letter alone; fold: 1 where it is rolled up; uses: of the weight that is pointed at; drawInput: what enters a column; sayStep: a column, for a screen reader
 */
export function diagram(container, props) {
  const svg = select(container)
    .selectAll("svg.unrolled")
    .data([0])
    .join((enter) => build(enter.append("svg").attr("class", "unrolled")));
  const { columns, cells, unit, gap, box, height } = props.layout;
  const heights = JSON.stringify([cells.map((cell) => [cell.y, cell.height]), unit, gap, box, height]);
  const shape = [heights, props.color, props.orders, props.graph, props.letters.join()];
  const places = JSON.stringify(columns);
  const before = drawn.get(container);
  const sameShape = before?.shape.every((part, k) => Object.is(part, shape[k])) ?? false;
  const same = sameShape && before?.trace === props.trace && before.weights === props.weights && before.places === places;
  const state = same && before ? before : drawStructure(svg, props, { shape, places }, before, sameShape);
  drawn.set(container, state);
  const flat = flatColumns(props);
  svg.selectAll("g.column").each((/** @type {any} */ column, k, nodes) => {
    const said = progressIn(props.wave, props.position, column.t).join();
    const g = select(/** @type {SVGGElement} */ (nodes[k]));
    if (!column.sliver && flat(column.t) !== state.flat[column.t]) {
      state.flat[column.t] = flat(column.t);
      drawCells(g, column.t, props, flat(column.t));
      state.moments[column.t] = state.cells[column.t] = "";
    }
    if (said === state.moments[column.t]) return;
    state.moments[column.t] = said;
    const moment = momentOf(props.wave, props.position, column.t);
    paint(g, moment, props);
    if (said === state.cells[column.t]) return;
    state.cells[column.t] = said;
    g.selectAll("g.layer").each((/** @type {any} */ cell, j, layers) => paintCell(select(/** @type {any} */ (layers)[j]), cell, moment.layers[cell.layer.name].units));
  });
  drawCurrent(svg, props, state);
  drawFold(svg, props, state);
  drawSelection(svg, props);
  drawUses(svg, props);
  drawParted(svg, props);
  listen(container, props);
}

/** @param {any} svg */
function build(svg) {
  svg.attr("role", "grid");
  const labels = svg.append("g").attr("class", "labels").attr("aria-hidden", "true");
  labels.append("g").attr("class", "rows");
  labels.append("g").attr("class", "layers");
  svg.append("g").attr("class", "columns").attr("role", "row");
  svg.append("g").attr("class", "selection").attr("aria-hidden", "true");
  svg.append("g").attr("class", "parted").attr("aria-hidden", "true");
  const uses = svg.append("g").attr("class", "uses").attr("aria-hidden", "true");
  for (const name of ["lines", "names"]) uses.append("g").attr("class", name);
  return svg;
}

/** Whether every number of a step is as before. @param {Trace} a @param {Trace} b @param {number} t */
const alike = (a, b, t) =>
  Object.entries(a.values).every(([name, rows]) => {
    const [mine, other] = [rows[t], b.values[name]?.[t]];
    return mine?.length === other?.length && (mine ?? []).every((v, k) => v === other[k]);
  });

/** @param {any} svg @param {DiagramProps} props @param {{ shape: unknown[], places: string }} now @param {Drawn | undefined} before @param {boolean} sameShape @returns {Drawn} */
function drawStructure(svg, props, now, before, sameShape) {
  const { layout, trace, words } = props;
  const sameNetwork = before?.graph === props.graph && before.weights === props.weights;
  const same = Array.from({ length: trace.length }, (_, t) => Boolean(before && before.graph === props.graph && alike(trace, before.trace, t)));
  const columns = layout.columns.reduce((all, column) => ((all[column.t] = column), all), /** @type {Column[]} */ ([]));
  const stands = (/** @type {number} */ t) => sameShape && before?.columns[t]?.width === columns[t].width && before.columns[t].sliver === columns[t].sliver;
  const isFlat = flatColumns(props);
  const whole = (/** @type {number} */ t) => stands(t) && before?.trace === trace && sameNetwork;
  const kept = (/** @type {number} */ t) => stands(t) && !columns[t].sliver && (same[t] || !(before?.flat[t] || isFlat(t)));
  svg
    .attr("viewBox", `0 0 ${layout.width} ${layout.height}`)
    .attr("width", layout.width)
    .attr("height", layout.height)
    .classed("compact", props.compact)
    .attr("aria-label", fill(layout.cells.length > 1 ? words.diagram.labelOfLayers : words.diagram.label, { length: trace.length, count: layout.cells.length }));
  drawLabels(svg.select("g.labels"), props);
  const flows = allFlows(props, (t) => (before && sameNetwork && same[t] ? before.flows.at[t] : null));
  svg
    .select("g.columns")
    .selectAll("g.column")
    .data(layout.columns, (/** @type {Column} */ c) => c.t)
    .join((/** @type {any} */ enter) => enter.append("g").attr("role", "gridcell"))
    .attr("transform", (/** @type {Column} */ c) => `translate(${c.x},0)`)
    .filter((/** @type {Column} */ c) => !whole(c.t))
    .attr("class", (/** @type {Column} */ c) => (c.sliver ? "column sliver" : "column"))
    .attr("data-t", (/** @type {Column} */ c) => c.t + 1)
    .attr("aria-label", (/** @type {Column} */ c) => props.sayStep(c.t))
    .each((/** @type {Column} */ c, /** @type {number} */ k, /** @type {any[]} */ nodes) => {
      const g = select(nodes[k]);
      g.selectChildren(kept(c.t) ? ":not(.band, .ribbons, .cells)" : "*").remove();
      if (!kept(c.t)) g.append("rect").attr("class", "band").attr("width", c.width).attr("height", layout.height);
      if (c.sliver) drawSliver(g, c, props);
      else drawColumn(g, c, props, flows, kept(c.t) ? null : isFlat(c.t));
      if (kept(c.t) && !same[c.t]) recolor(g, c.t, props);
    });
  const still = (/** @type {(t: number) => boolean} */ as, /** @type {string[]} */ said = []) => columns.map(({ t }) => (as(t) ? said[t] : ""));
  return {
    ...now,
    trace,
    graph: props.graph,
    weights: props.weights,
    columns,
    flows,
    moments: still(whole, before?.moments),
    cells: still((t) => whole(t) || kept(t), before?.cells),
    flat: columns.map(({ t }) => (whole(t) || kept(t) ? before?.flat[t] : null) ?? isFlat(t)),
    fold: before?.fold ?? 0,
  };
}

/** @param {any} g @param {Column} column @param {DiagramProps} props @param {Flows} flows @param {Maybe<boolean>} flat null where its cells are as they were */
function drawColumn(g, { t }, props, flows, flat) {
  const { layout } = props;
  drawRibbons(flat === null ? g.select("g.ribbons") : g.append("g").attr("class", "ribbons"), t, props, flows);
  if (flat !== null) {
    g.append("g").attr("class", "cells");
    drawCells(g, t, props, flat);
  }
  drawOutputs(g.append("g").attr("class", "outputs").attr("data-head", "logits"), t, props);
  props.drawInput(g.append("g").attr("class", "input"), t, props);
  g.append("text").attr("class", "time").attr("x", (layout.gap + layout.box) / 2).attr("y", layout.time.y).text(props.time?.(t) ?? t + 1);
}

/** @param {any} column @param {number} t @param {DiagramProps} props @param {boolean} flat */
function drawCells(column, t, props, flat) {
  const { layout, graph, words } = props;
  const g = column.select("g.cells");
  g.selectChildren("*").remove();
  const cells = g
    .selectAll("g.layer")
    .data(layout.cells)
    .join("g")
    .attr("class", "layer")
    .attr("data-layer", (/** @type {Cell} */ cell) => cell.layer.name)
    .attr("role", "group")
    .attr("aria-label", (/** @type {Cell} */ cell) => layerName(graph, cell.layer, words) || null);
  cells
    .append("rect")
    .attr("class", "cell")
    .attr("x", layout.gap / 2 - 3)
    .attr("y", (/** @type {Cell} */ cell) => cell.y)
    .attr("width", layout.box + 6)
    .attr("height", (/** @type {Cell} */ cell) => cell.height)
    .attr("rx", 4);
  cells.each((/** @type {Cell} */ cell, /** @type {number} */ k, /** @type {any[]} */ nodes) => drawBoxes(select(nodes[k]), cell, t, props, flat));
}

/** A column too narrow for units: how far each layer's output is from zero. @param {any} g @param {Column} column @param {DiagramProps} props */
function drawSliver(g, { width }, { layout }) {
  const outputs = layout.boxes.filter((box) => box.node.id === box.layer.output);
  g.selectAll("rect.strip")
    .data(outputs)
    .join("rect")
    .attr("class", "strip")
    .attr("x", width * 0.1)
    .attr("width", width * 0.8)
    .attr("y", (/** @type {any} */ box) => box.y)
    .attr("height", (/** @type {any} */ box) => box.height);
}

/** How far a layer's output is from zero, 1 at most. @param {Trace} trace @param {GraphLayer} layer @param {number} t */
function sizeOf({ values }, { name, output }, t) {
  const all = values[`${name}.${output}`][t];
  return Math.min(1, all.reduce((sum, v) => sum + Math.abs(v), 0) / all.length);
}

/** @param {any} g @param {number} t @param {DiagramProps} props */
function drawOutputs(g, t, { layout, trace, wave, truths, letters, ghost }) {
  if (wave.answers[t] === null) return;
  const probs = probsAt(trace, t);
  const best = probs.map((p, k) => ({ p, k })).sort((a, b) => b.p - a.p).slice(0, layout.outputs.rows);
  const left = layout.gap / 2;
  const rows = g
    .selectAll("g")
    .data(best)
    .join("g");
  const top = (/** @type {number} */ k) => layout.outputs.y + k * layout.outputs.row;
  rows
    .append("rect")
    .attr("class", "bar")
    .attr("x", left)
    .attr("y", (/** @type {any} */ d, /** @type {number} */ k) => top(k) + 14)
    .attr("height", 3)
    .attr("data-width", (/** @type {any} */ d) => Math.max(1, d.p * layout.box));
  rows
    .append("text")
    .attr("class", (/** @type {any} */ d, /** @type {number} */ k) => (k ? "class" : "class top"))
    .attr("x", left)
    .attr("y", (/** @type {any} */ d, /** @type {number} */ k) => top(k) + 12)
    .text((/** @type {any} */ d) => letters[d.k]);
  if (ghost) drawGhost(rows, probsAt({ values: ghost.values }, t), { left, width: layout.box, top: (k) => top(k) + 12 });
  const truth = truths[t];
  if (truth === null || truth === undefined) return;
  g.append("text")
    .attr("class", "mark")
    .attr("x", left + layout.box / 2)
    .attr("y", layout.outputs.y + layout.outputs.rows * layout.outputs.row + 14)
    .text(best[0].k === truth ? "\u2713" : "\u2717");
}

/** One column at one moment, but for its cells. @param {any} g @param {ReturnType<typeof momentOf>} moment @param {DiagramProps} props */
function paint(g, moment, { layout, trace }) {
  const { layers } = moment;
  const { t } = g.datum();
  g.classed("ahead", moment.input === 0 && layout.cells.every((cell) => layers[cell.layer.name].flow === 0));
  g.selectAll("rect.strip").attr("fill-opacity", (/** @type {any} */ { layer }) => sizeOf(trace, layer, t) * (layers[layer.name].units > 0 ? 1 : 0.15));
  appear(g.select("g.input").selectAll(".dot, .nothing"), moment.input);
  paintRibbons(g, moment);
  const outputs = g.select("g.outputs");
  appear(outputs, moment.output);
  outputs.selectAll("rect.bar").each((/** @type {unknown} */ _, /** @type {number} */ k, /** @type {any[]} */ nodes) => {
    const bar = select(nodes[k]);
    bar.attr("width", Number(bar.attr("data-width")) * moment.output);
  });
}

/** @param {any} g @param {Cell} cell @param {number} progress of its units */
function paintCell(g, { boxes }, progress) {
  g.selectAll("g.box").each((/** @type {unknown} */ _, /** @type {number} */ b, /** @type {any[]} */ nodes) => {
    const share = Math.min(1, Math.max(0, progress * boxes.length - b));
    const box = select(nodes[b]);
    const units = box.selectAll("rect");
    appear(box, units.empty() ? share : Math.ceil(share));
    if (!share) return;
    const size = units.size();
    units.each((/** @type {any} */ d, k, all) => {
      const opacity = staggered(share, k, size);
      if ((d.opacity ?? 1) === opacity) return; // most of them are there, or not there yet
      d.opacity = opacity;
      const unit = /** @type {Element} */ (all[k]);
      if (opacity < 1) unit.setAttribute("opacity", String(opacity));
      else unit.removeAttribute("opacity");
    });
  });
}

/**
 * How far something is on its way to be there; where it is not yet, it can be pressed all the same. Nothing is
 * blended that is there or is not: a browser keeps a surface for each mark that is.
 * @param {any} mark @param {number} share
 */
function appear(mark, share) {
  mark
    .attr("opacity", share > 0 && share < 1 ? share : null)
    .attr("visibility", share > 0 ? null : "hidden")
    .attr("pointer-events", share > 0 ? null : "all");
}

/** What the network says at a step; the one thing that it says, where it speaks once. @param {Pick<Trace, "values">} trace @param {number} t */
export const probsAt = ({ values: { probs } }, t) => probs[Math.min(t, probs.length - 1)];

/** Where one looks, and what is at work. @param {any} svg @param {DiagramProps} props @param {Drawn} state */
function drawCurrent(svg, { current, position, wave }, state) {
  const finished = position >= wave.beats;
  const working = wave.direct || finished ? [] : atWork(wave, beatAt(wave, position)).map(({ name, t }) => `${name} ${t}`);
  if (!isNew(svg.node(), "current", [state, current, finished, working.join()])) return;
  svg
    .selectAll("g.column")
    .classed("current", (/** @type {Column} */ c) => c.t === current)
    .attr("tabindex", (/** @type {Column} */ c) => (c.t === current ? 0 : -1))
    .attr("aria-selected", (/** @type {Column} */ c) => c.t === current)
    .each((/** @type {Column} */ c, /** @type {number} */ k, /** @type {any[]} */ nodes) => {
      select(nodes[k]).selectAll("g.layer").classed("at-work", (/** @type {any} */ cell) => working.includes(`${cell.layer.name} ${c.t + 1}`));
    });
  svg.classed("finished", finished);
}

/** The columns on their way to one, the one that is looked at on top. @param {any} svg @param {DiagramProps} props @param {Drawn} state */
function drawFold(svg, { layout, current, fold = 0 }, state) {
  if (!fold && !state.fold) return;
  const columns = svg.select("g.columns").selectAll("g.column");
  const x = new Map(folded(layout, fold).columns.map((c) => [c.t, c.x]));
  const near = (/** @type {Column} */ c) => (fold ? -Math.abs(c.t - current) : c.t);
  const focused = document.activeElement?.closest("g.column.current");
  columns
    .sort((/** @type {Column} */ a, /** @type {Column} */ b) => near(a) - near(b) || a.t - b.t)
    .attr("transform", (/** @type {Column} */ c) => `translate(${x.get(c.t)},0)`);
  if (fold !== state.fold) foldRibbons(columns, fold);
  svg.select("g.labels").attr("transform", `translate(${labelsAt(layout, fold)},0)`);
  if (focused instanceof SVGElement && focused !== document.activeElement) focused.focus();
  svg.style("--fold", fold).classed("folding", fold > 0).classed("rolled", fold === 1);
  state.fold = fold;
}

/** Pointing chooses a step and a unit; arrows move between them, page keys between layers. @param {HTMLElement} container @param {DiagramProps} props */
function listen(container, props) {
  const { layout, current, trace } = props;
  container.onclick = (event) => {
    const target = /** @type {Element} */ (event.target);
    const column = target.closest("g.column");
    if (!column) return;
    const t = Number(column.getAttribute("data-t"));
    const rect = target.closest("rect.unit");
    const picture = target.closest("image.units");
    const node = target.closest("g.box")?.getAttribute("data-node");
    const layer = target.closest("g.layer")?.getAttribute("data-layer");
    const box = picture && layout.boxes.find((one) => one.layer.name === layer && one.node.id === node);
    const index = rect ? Number(rect.getAttribute("data-index")) : box ? pressedUnit(picture, event, box, props) : undefined;
    if (node && index !== undefined) props.onUnit({ node: `${layer}.${node}`, index });
    props.onStep(t);
  };
  container.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = /** @type {Record<string, () => void>} */ ({
      ArrowRight: () => props.onStep(Math.min(trace.length, current + 2)),
      ArrowLeft: () => props.onStep(Math.max(1, current)),
      Home: () => props.onStep(1),
      End: () => props.onStep(trace.length),
      ArrowDown: () => props.onUnit(unitBeside(props, 1)),
      ArrowUp: () => props.onUnit(unitBeside(props, -1)),
      ...(layout.cells.length > 1 && { PageUp: () => props.onUnit(unitAbove(props, 1)), PageDown: () => props.onUnit(unitAbove(props, -1)) }),
    });
    if (!keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
    /** @type {SVGGElement | null} */ (container.querySelector("g.column.current"))?.focus();
  };
}

/** The next unit in its box; without a unit, the first. @param {DiagramProps} props @param {number} by @returns {NonNullable<Look["unit"]>} */
function unitBeside({ layout, orders, unit }, by) {
  const { layer } = layout.cells[layout.cells.length - 1];
  const node = unit?.node ?? `${layer.name}.${layer.output}`;
  const box = layout.boxes.find((b) => `${b.layer.name}.${b.node.id}` === node);
  const ranks = box ? ranksOf(box, { orders }) : orders[ownerOf(node)];
  const rank = unit ? ranks.indexOf(unit.index) + by : 0;
  return { node, index: ranks[(rank + ranks.length) % ranks.length] };
}

/** The same unit of the layer above or below; at the ends, of the same. @param {DiagramProps} props @param {number} by @returns {NonNullable<Look["unit"]>} */
function unitAbove(props, by) {
  const { cells } = props.layout;
  if (!props.unit) return unitBeside(props, 1);
  const { node, index } = props.unit;
  const here = cells.findIndex((cell) => cell.layer.name === ownerOf(node));
  const { layer } = cells[Math.min(cells.length - 1, Math.max(0, here + by))];
  const name = layer.nodes.some(({ id }) => id === localOf(node)) ? localOf(node) : layer.output;
  return { node: `${layer.name}.${name}`, index: Math.min(index, layer.hidden - 1) };
}
