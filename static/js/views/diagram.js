// The unrolled diagram: a column a time step, drawn from the trace and the cell's graph alone.
//
// The structure is drawn when trace, layout or colours change; while playing, only the columns whose
// progress has changed are painted again.

import { select } from "d3-selection";

import { carried, flows } from "../cell.js";
import { phases, progressOf, staggered } from "../frame.js";
import { fill } from "../ink.js";
import { drawSelection, unitSize } from "./selection.js";

/** @import { GraphLayer, Look, Maybe, Trace, Weights } from "../types.d.ts" */
/** @import { Column, Layout } from "../layout/unrolled.js" */

/**
 * @typedef {{
 *   layout: Layout, trace: Trace, layer: GraphLayer, weights: Weights,
 *   order: number[], position: number, current: number,
 *   unit: Look["unit"], terms: { source: string, index: number, product: number }[],
 *   seen: boolean[], truths: Maybe<number>[], color: (value: number) => string,
 *   words: any, compact: boolean, time?: (t: number) => string,
 *   onStep: (t: number) => void, onUnit: (unit: Look["unit"]) => void,
 * }} DiagramProps
 */

/** What has been drawn in a container. @type {WeakMap<HTMLElement, { key: unknown[], progress: number[] }>} */
const drawn = new WeakMap();

const THICKEST = 15;

/**
 * @param {HTMLElement} container
 * @param {DiagramProps} props terms: what flows into unit; columns of the layout may be some of the trace's
 */
export function diagram(container, props) {
  const svg = select(container)
    .selectAll("svg.unrolled")
    .data([0])
    .join((enter) => build(enter.append("svg").attr("class", "unrolled")));
  const key = [props.trace, JSON.stringify(props.layout.columns), props.layout.unit, props.color, props.order];
  const before = drawn.get(container);
  const same = before && key.every((part, k) => Object.is(part, before.key[k]));
  if (!same) drawStructure(svg, props);
  const state = same ? before : { key, progress: Array(props.trace.length).fill(-1) };
  drawn.set(container, state);
  svg.selectAll("g.column").each((/** @type {any} */ column, k, nodes) => {
    const progress = progressOf(props.position, column.t);
    if (progress === state.progress[column.t]) return;
    state.progress[column.t] = progress;
    paint(select(/** @type {SVGGElement} */ (nodes[k])), column, progress, props);
  });
  drawCurrent(svg, props);
  drawSelection(svg, props);
  listen(container, props);
}

/** @param {any} svg */
function build(svg) {
  svg.attr("role", "grid");
  svg.append("g").attr("class", "labels").attr("aria-hidden", "true");
  svg.append("g").attr("class", "columns").attr("role", "row");
  svg.append("g").attr("class", "selection").attr("aria-hidden", "true");
  return svg;
}

/** @param {any} svg @param {DiagramProps} props */
function drawStructure(svg, props) {
  const { layout, trace, words } = props;
  svg
    .attr("viewBox", `0 0 ${layout.width} ${layout.height}`)
    .attr("width", layout.width)
    .attr("height", layout.height)
    .classed("compact", props.compact)
    .attr("aria-label", fill(words.diagram.label, { length: trace.length }));
  drawLabels(svg.select("g.labels"), props);
  const strongest = strongestFlow(props);
  svg
    .select("g.columns")
    .selectAll("g.column")
    .data(layout.columns)
    .join("g")
    .attr("class", (/** @type {Column} */ c) => (c.sliver ? "column sliver" : "column"))
    .attr("data-t", (/** @type {Column} */ c) => c.t + 1)
    .attr("role", "gridcell")
    .attr("transform", (/** @type {Column} */ c) => `translate(${c.x},0)`)
    .attr("aria-label", (/** @type {Column} */ c) => columnLabel(props, c.t))
    .each((/** @type {Column} */ c, /** @type {number} */ k, /** @type {any[]} */ nodes) => {
      const g = select(nodes[k]);
      g.selectAll("*").remove();
      g.append("rect").attr("class", "band").attr("width", c.width).attr("height", layout.height);
      if (c.sliver) drawSliver(g, c, props);
      else drawColumn(g, c, props, strongest);
    });
}

/** @param {any} g @param {DiagramProps} props */
function drawLabels(g, { layout, layer, words, compact }) {
  const rows = [
    ...layout.boxes.map((box) => ({ id: box.node.id, y: box.y + box.height / 2, what: nameOf(layer, box.node.id, words), low: box.height < 30 })),
    { id: "", low: true, y: layout.outputs.y + (layout.outputs.rows * layout.outputs.row) / 2, what: words.diagram.output },
    { id: "", low: true, y: layout.input.y + layout.input.size / 2, what: words.diagram.input },
    { id: "", low: true, y: layout.time.y - 4, what: words.diagram.time },
  ];
  g.selectAll("g")
    .data(rows)
    .join("g")
    .attr("transform", (/** @type {any} */ row) => `translate(0,${row.y})`)
    .each((/** @type {any} */ row, /** @type {number} */ k, /** @type {any[]} */ nodes) => {
      const label = select(nodes[k]);
      label.selectAll("*").remove();
      const beside = row.id ? 9 * row.id.length + 4 : 0;
      if (row.id) label.append("text").attr("class", "node-id").attr("dy", compact || row.low ? "0.35em" : "-0.1em").text(row.id);
      if (!compact) label.append("text").attr("class", "node-name").attr("x", row.low ? beside : 0).attr("dy", row.low ? "0.35em" : "1.1em").text(row.what ?? "");
      label.append("title").text(row.what ?? row.id);
    });
}

/** What a shown value is called: an output that is not carried on is no state. @param {GraphLayer} layer @param {string} id @param {any} words */
const nameOf = (layer, id, words) => (id === layer.output && !layer.states.includes(id) ? words.diagram.hidden : words.nodes[id]);

/** @param {DiagramProps} props */
function strongestFlow({ layer, weights, trace }) {
  let most = 0;
  for (let t = 0; t < trace.length; t++) most = Math.max(most, ...Object.values(flows(layer, weights, trace.values, t)));
  return most || 1;
}

/** @param {any} g @param {Column} column @param {DiagramProps} props @param {number} strongest */
function drawColumn(g, { t }, props, strongest) {
  const { layout, layer, weights, trace, order, color } = props;
  const left = layout.gap / 2;
  const flow = flows(layer, weights, trace.values, t);
  const thick = (/** @type {string} */ source) => Math.max(0.75, THICKEST * ((flow[source] ?? 0) / strongest));

  const ribbons = g.append("g").attr("class", "ribbons");
  const up = Math.min(layout.box, thick("x"));
  const cellBottom = layout.cell.y + layout.cell.height;
  ribbons
    .append("rect")
    .attr("class", "ribbon from-input")
    .attr("x", left + layout.box / 2 - up / 2)
    .attr("width", up)
    .attr("y", cellBottom)
    .attr("height", layout.input.y - cellBottom);
  for (const { state, read } of carried(layer)) {
    const box = layout.boxes.find((b) => b.node.id === state);
    if (!box || t === 0 || !trace.memory) continue;
    const across = Math.min(box.height, thick(read));
    ribbons
      .append("rect")
      .attr("class", "ribbon from-state")
      .attr("data-state", state)
      .attr("x", -left)
      .attr("width", layout.gap)
      .attr("y", box.y + box.height / 2 - across / 2)
      .attr("height", across);
  }
  g.append("rect")
    .attr("class", "cell")
    .attr("x", left - 3)
    .attr("y", layout.cell.y)
    .attr("width", layout.box + 6)
    .attr("height", layout.cell.height)
    .attr("rx", 4);

  for (const box of layout.boxes) {
    const values = trace.values[`${layer.name}.${box.node.id}`][t];
    const ranks = box.count === order.length ? order : values.map((_, j) => j);
    const [w, h] = unitSize(layout, box, props.compact);
    g.append("g")
      .attr("class", "box")
      .attr("data-node", box.node.id)
      .selectAll("rect")
      .data(ranks.map((index, rank) => ({ index, value: values[index], ...layout.place(box, rank) })))
      .join("rect")
      .attr("class", "unit")
      .attr("data-index", (/** @type {any} */ d) => d.index)
      .attr("x", (/** @type {any} */ d) => left + d.x)
      .attr("y", (/** @type {any} */ d) => d.y)
      .attr("width", w)
      .attr("height", h)
      .attr("fill", (/** @type {any} */ d) => color(d.value));
  }
  drawOutputs(g.append("g").attr("class", "outputs"), t, props);
  drawInput(g.append("g").attr("class", "input"), t, props);
  g.append("text").attr("class", "time").attr("x", left + layout.box / 2).attr("y", layout.time.y).text(props.time?.(t) ?? t + 1);
}

/** A column too narrow for units: how far its state is from zero. @param {any} g @param {Column} column @param {DiagramProps} props */
function drawSliver(g, { t, width }, { layout, layer, trace }) {
  const box = layout.boxes[layout.boxes.length - 1];
  const values = trace.values[`${layer.name}.${layer.output}`][t];
  const size = values.reduce((sum, v) => sum + Math.abs(v), 0) / values.length;
  g.append("rect")
    .attr("class", "strip")
    .attr("x", width * 0.1)
    .attr("width", width * 0.8)
    .attr("y", box.y)
    .attr("height", box.height)
    .attr("fill-opacity", Math.min(1, size));
}

/** @param {any} g @param {number} t @param {DiagramProps} props */
function drawOutputs(g, t, { layout, trace, truths }) {
  const probs = trace.values.probs[t];
  const top = probs.map((p, k) => ({ p, k })).sort((a, b) => b.p - a.p).slice(0, layout.outputs.rows);
  const left = layout.gap / 2;
  const rows = g
    .selectAll("g")
    .data(top)
    .join("g")
    .attr("transform", (/** @type {any} */ d, /** @type {number} */ k) => `translate(${left},${layout.outputs.y + k * layout.outputs.row})`);
  rows
    .append("rect")
    .attr("class", "bar")
    .attr("y", 14)
    .attr("height", 3)
    .attr("data-width", (/** @type {any} */ d) => Math.max(1, d.p * layout.box));
  rows
    .append("text")
    .attr("class", (/** @type {any} */ d, /** @type {number} */ k) => (k ? "class" : "class top"))
    .attr("y", 12)
    .text((/** @type {any} */ d) => trace.outputs[d.k]);
  const truth = truths[t];
  if (truth === null || truth === undefined) return;
  g.append("text")
    .attr("class", "mark")
    .attr("x", left + layout.box / 2)
    .attr("y", layout.outputs.y + layout.outputs.rows * layout.outputs.row + 14)
    .text(top[0].k === truth ? "\u2713" : "\u2717");
}

/** The ball's place in a small box, or a blank where it is hidden. @param {any} g @param {number} t @param {DiagramProps} props */
function drawInput(g, t, { layout, trace, seen }) {
  const { y, size } = layout.input;
  const left = layout.gap / 2 + (layout.box - size) / 2;
  const generated = t >= trace.length - trace.generated;
  const point = trace.input.points[t];
  g.append("rect")
    .attr("class", seen[t] ? "chip" : "chip blank")
    .attr("x", left)
    .attr("y", y)
    .attr("width", size)
    .attr("height", size)
    .attr("rx", 3);
  if (!point) {
    g.append("text").attr("class", "nothing").attr("x", left + size / 2).attr("y", y + size / 2).attr("dy", "0.35em").text("?");
    return;
  }
  g.append("circle")
    .attr("class", generated ? "dot made-up" : "dot")
    .attr("r", Math.max(2, size / 10))
    .attr("cx", left + 3 + point[0] * (size - 6))
    .attr("cy", y + 3 + (1 - point[1]) * (size - 6));
}

/** One column at one moment. @param {any} g @param {Column} column @param {number} progress @param {DiagramProps} props */
function paint(g, column, progress, { layout }) {
  const phase = phases(progress);
  g.classed("ahead", progress === 0);
  if (column.sliver) return g.select("rect.strip").attr("opacity", progress > 0 ? 1 : 0.15);
  g.select("g.input").selectAll(".dot, .nothing").attr("opacity", phase.input);
  g.selectAll("rect.from-input").attr("transform", growUp(layout.input.y, phase.flow));
  g.selectAll("rect.from-state").attr("transform", growRight(-layout.gap / 2, phase.flow));
  const boxes = g.selectAll("g.box");
  const count = layout.boxes.length;
  boxes.each((/** @type {unknown} */ _, /** @type {number} */ b, /** @type {any[]} */ nodes) => {
    const share = Math.min(1, Math.max(0, phase.units * count - b));
    const units = select(nodes[b]).selectAll("rect");
    const size = units.size();
    units.attr("opacity", (d, k) => staggered(share, k, size));
  });
  const outputs = g.select("g.outputs").attr("opacity", phase.output);
  outputs.selectAll("rect.bar").each((/** @type {unknown} */ _, /** @type {number} */ k, /** @type {any[]} */ nodes) => {
    const bar = select(nodes[k]);
    bar.attr("width", Number(bar.attr("data-width")) * phase.output);
  });
}

/** @param {number} bottom @param {number} f */
const growUp = (bottom, f) => `translate(0,${bottom * (1 - f)}) scale(1,${f})`;

/** @param {number} left @param {number} f */
const growRight = (left, f) => `translate(${left * (1 - f)},0) scale(${f},1)`;

/** @param {any} svg @param {DiagramProps} props */
function drawCurrent(svg, { current, position, trace }) {
  svg
    .selectAll("g.column")
    .classed("current", (/** @type {Column} */ c) => c.t === current)
    .attr("tabindex", (/** @type {Column} */ c) => (c.t === current ? 0 : -1))
    .attr("aria-selected", (/** @type {Column} */ c) => c.t === current);
  svg.classed("finished", position >= trace.length);
}

/** @param {DiagramProps} props @param {number} t */
function columnLabel({ trace, words }, t) {
  const probs = trace.values.probs[t];
  const k = probs.indexOf(Math.max(...probs));
  return fill(words.diagram.column, {
    t: t + 1,
    direction: words.directions[trace.outputs[k]] ?? trace.outputs[k],
    percent: Math.round(100 * probs[k]),
  });
}

/** Pointing chooses a step and a unit; arrows move between them. @param {HTMLElement} container @param {DiagramProps} props */
function listen(container, props) {
  const { layer, layout, order, current, trace, unit } = props;
  const top = `${layer.name}.${layer.output}`;
  container.onclick = (event) => {
    const target = /** @type {Element} */ (event.target);
    const column = target.closest("g.column");
    if (!column) return;
    const t = Number(column.getAttribute("data-t"));
    const rect = target.closest("rect.unit");
    const node = target.closest("g.box")?.getAttribute("data-node");
    if (rect && node) props.onUnit({ node: `${layer.name}.${node}`, index: Number(rect.getAttribute("data-index")) });
    props.onStep(t);
  };
  container.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const box = layout.boxes.find((b) => `${layer.name}.${b.node.id}` === unit?.node);
    const ranks = box && box.count !== order.length ? Array.from({ length: box.count }, (_, j) => j) : order;
    const rank = unit ? ranks.indexOf(unit.index) : -1;
    const go = (/** @type {number} */ by) => {
      const next = ranks[(rank + by + ranks.length) % ranks.length];
      props.onUnit({ node: unit?.node ?? top, index: next });
    };
    const keys = /** @type {Record<string, () => void>} */ ({
      ArrowRight: () => props.onStep(Math.min(trace.length, current + 2)),
      ArrowLeft: () => props.onStep(Math.max(1, current)),
      Home: () => props.onStep(1),
      End: () => props.onStep(trace.length),
      ArrowDown: () => go(1),
      ArrowUp: () => go(rank < 0 ? 0 : -1),
      Escape: () => props.onUnit(null),
    });
    if (!keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
    /** @type {SVGGElement | null} */ (container.querySelector("g.column.current"))?.focus();
  };
}
