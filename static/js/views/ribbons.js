// What flows between the boxes: up from the input and the layers below, across from the step before or after.

import { carried, flows, flowsToHeads } from "../cell.js";
import { edgesInto } from "../graph.js";
import { lanesOf } from "../layout/lanes.js";
import { bent, loop, straight, thickness } from "../layout/rolled.js";

/** @import { Graph, Trace, Weights } from "../types.d.ts" */
/** @import { Layout } from "../layout/unrolled.js" */
/** @import { Place } from "../layout/rolled.js" */
/** @import { DiagramProps } from "./diagram.js" */

const THICKEST = 15;
const THINNEST = 0.75;
const APART = 2; // px between lanes

/**
 * @typedef {{ at: Record<string, Record<string, number>>[], strongest: number }} Flows
 *   at: of each step, by the name of what reads and the source's
 * @typedef {{ kind: string, source: string, readers: string[], x: number, y: number, width: number, height: number }} Upward
 *   source: by full name; readers: the layers with whose flow it grows, or the heads' values
 * @typedef {{ state: string, layer: string, thick: number, unrolled: Place[], rolled: Place[] }} Carried
 *   what a layer hands to its next step: its way there, and round its cell where all steps are one
 */

/**
 * How strong everything flows at every step.
 * @param {{ graph: Graph, weights: Weights, trace: Trace }} props
 * @param {(t: number) => Flows["at"][number] | null} known the flows of a step that has not changed
 * @returns {Flows}
 */
export function allFlows({ graph, weights, trace }, known = () => null) {
  const drawn = new Set([...graph.layers.map((layer) => layer.name), ...lanesOf(graph).lanes.flatMap((lane) => lane.readers)]);
  const at = Array.from({ length: trace.length }, (_, t) => {
    const same = known(t);
    if (same) return same;
    const layers = graph.layers.map((layer) => /** @type {const} */ ([layer.name, flows(graph, layer, weights, trace.values, t)]));
    const heads = Object.entries(flowsToHeads(graph, weights, trace.values, t));
    return Object.fromEntries([...layers, ...heads].filter(([name]) => drawn.has(name)));
  });
  const strongest = Math.max(0, ...at.flatMap((step) => Object.values(step).flatMap((reader) => Object.values(reader))));
  return { at, strongest: strongest || 1 };
}

/** @param {any} g @param {number} t @param {DiagramProps} props @param {Flows} found */
export function drawRibbons(g, t, props, found) {
  const thick = (/** @type {number} */ flow) => Math.max(THINNEST, THICKEST * (flow / found.strongest));
  g.selectAll("rect.ribbon")
    .data(upwards(props, found.at[t], thick))
    .join("rect")
    .attr("class", (/** @type {Upward} */ d) => `ribbon ${d.kind}`)
    .attr("data-source", (/** @type {Upward} */ d) => d.source)
    .attr("data-readers", (/** @type {Upward} */ d) => d.readers.join(" "))
    .attr("x", (/** @type {Upward} */ d) => d.x)
    .attr("y", (/** @type {Upward} */ d) => d.y)
    .attr("width", (/** @type {Upward} */ d) => d.width)
    .attr("height", (/** @type {Upward} */ d) => d.height);
  g.selectAll("path.ribbon")
    .data(across(props, t, found.at[t], thick))
    .join("path")
    .attr("class", "ribbon from-state")
    .attr("data-state", (/** @type {Carried} */ d) => d.state)
    .attr("data-layer", (/** @type {Carried} */ d) => d.layer)
    .attr("pathLength", 1);
  foldRibbons(g, props.fold ?? 0);
}

/** @param {DiagramProps} props @param {Record<string, Record<string, number>>} step @param {(flow: number) => number} thick @returns {Upward[]} */
function upwards({ layout, graph }, step, thick) {
  const { lanes, count } = lanesOf(graph);
  const widest = count > 1 ? layout.box / count - APART : layout.box;
  return lanes.map(({ source, gap, lane, readers }) => {
    const above = layout.cells[gap];
    const y = above ? above.y + above.height : layout.outputs.y + layout.outputs.rows * layout.outputs.row + layout.outputs.mark;
    const bottom = gap ? layout.cells[gap - 1].y : layout.input.y;
    const width = Math.min(widest, thick(Math.hypot(...readers.map((name) => step[name][source] ?? 0))));
    const x = layout.gap / 2 + (layout.box * (lane + 0.5)) / count - width / 2;
    return { kind: source === "x" ? "from-input" : "from-layer", source, readers, x, y, width, height: bottom - y };
  });
}

/** @param {DiagramProps} props @param {number} t @param {Record<string, Record<string, number>>} step @param {(flow: number) => number} thick @returns {Carried[]} */
function across({ layout, graph, trace }, t, step, thick) {
  const left = layout.gap / 2;
  const right = left + layout.box;
  return graph.layers.flatMap((layer) =>
    carried(layer).flatMap(({ state, read }, lane) => {
      const box = layout.boxes.find((b) => b.layer === layer && b.node.id === state);
      const cell = layout.cells.find((one) => one.layer === layer);
      const { dt } = edgesInto(graph, `${layer.name}.${read}`)[0];
      if (!box || !cell || t + dt < 0 || t + dt >= trace.length || !trace.memory) return [];
      const y = box.y + box.height / 2;
      const [out, back] = dt < 0 ? [right, left] : [left, right];
      const unrolled = straight({ x: back + Math.sign(dt) * layout.gap, y }, { x: back, y });
      const rolled = loop({ x: out, y }, { x: back, y }, { left, right, cell, lane, way: -dt });
      return [{ state, layer: layer.name, thick: Math.min(box.height, thick(step[layer.name][read] ?? 0)), unrolled, rolled }];
    }),
  );
}

/** What is carried, on its way from a line to a loop. @param {any} g @param {number} fold */
export function foldRibbons(g, fold) {
  g.selectAll("path.ribbon")
    .attr("d", (/** @type {Carried} */ d) => bent(d.unrolled, d.rolled, fold))
    .attr("stroke-width", (/** @type {Carried} */ d) => thickness(d.thick, fold));
}

/** @param {any} g @param {ReturnType<typeof import("../frame.js").momentOf>} moment */
export function paintRibbons(g, { layers, output }) {
  const share = (/** @type {string} */ reader) => layers[reader]?.flow ?? output;
  g.selectAll("rect.ribbon").attr("transform", (/** @type {Upward} */ d) => grown(d, Math.max(...d.readers.map(share))));
  g.selectAll("path.ribbon").attr("stroke-dasharray", (/** @type {Carried} */ d) => (share(d.layer) < 1 ? `${share(d.layer)} 2` : null));
}

/** From its foot up. @param {Upward} ribbon @param {number} share */
const grown = ({ y, height }, share) => `translate(0,${(y + height) * (1 - share)}) scale(1,${share})`;
