// What flows between the boxes: up from the input and the layers below, across from the step before or after.

import { carried, flows, flowsToHeads } from "../cell.js";
import { edgesInto } from "../graph.js";
import { lanesOf } from "../layout/lanes.js";

/** @import { Graph, Trace, Weights } from "../types.d.ts" */
/** @import { Layout } from "../layout/unrolled.js" */
/** @import { DiagramProps } from "./diagram.js" */

const THICKEST = 15;
const THINNEST = 0.75;
const APART = 2; // px between lanes

/**
 * @typedef {{ at: Record<string, Record<string, number>>[], strongest: number }} Flows
 *   at: of each step, by the name of what reads and the source's
 * @typedef {{ kind: string, state: string | null, layer: string | null, readers: string[], x: number, y: number, width: number, height: number, grow: (f: number) => string }} Ribbon
 *   readers: the layers with whose flow it grows, or the heads' values
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
    .data([...upwards(props, found.at[t], thick), ...across(props, t, found.at[t], thick)])
    .join("rect")
    .attr("class", (/** @type {Ribbon} */ d) => `ribbon ${d.kind}`)
    .attr("data-state", (/** @type {Ribbon} */ d) => d.state)
    .attr("data-layer", (/** @type {Ribbon} */ d) => d.layer)
    .attr("x", (/** @type {Ribbon} */ d) => d.x)
    .attr("y", (/** @type {Ribbon} */ d) => d.y)
    .attr("width", (/** @type {Ribbon} */ d) => d.width)
    .attr("height", (/** @type {Ribbon} */ d) => d.height);
}

/** @param {DiagramProps} props @param {Record<string, Record<string, number>>} step @param {(flow: number) => number} thick @returns {Ribbon[]} */
function upwards({ layout, graph }, step, thick) {
  const { lanes, count } = lanesOf(graph);
  const widest = count > 1 ? layout.box / count - APART : layout.box;
  return lanes.map(({ source, gap, lane, readers }) => {
    const above = layout.cells[gap];
    const y = above ? above.y + above.height : layout.outputs.y + layout.outputs.rows * layout.outputs.row + layout.outputs.mark;
    const bottom = gap ? layout.cells[gap - 1].y : layout.input.y;
    const width = Math.min(widest, thick(Math.hypot(...readers.map((name) => step[name][source] ?? 0))));
    const x = layout.gap / 2 + (layout.box * (lane + 0.5)) / count - width / 2;
    const grow = (/** @type {number} */ f) => `translate(0,${bottom * (1 - f)}) scale(1,${f})`;
    return { kind: source === "x" ? "from-input" : "from-layer", state: null, layer: null, readers, x, y, width, height: bottom - y, grow };
  });
}

/** @param {DiagramProps} props @param {number} t @param {Record<string, Record<string, number>>} step @param {(flow: number) => number} thick @returns {Ribbon[]} */
function across({ layout, graph, trace }, t, step, thick) {
  const side = layout.gap / 2;
  return graph.layers.flatMap((layer) =>
    carried(layer).flatMap(({ state, read }) => {
      const box = layout.boxes.find((b) => b.layer === layer && b.node.id === state);
      const { dt } = edgesInto(graph, `${layer.name}.${read}`)[0];
      if (!box || t + dt < 0 || t + dt >= trace.length || !trace.memory) return [];
      const height = Math.min(box.height, thick(step[layer.name][read] ?? 0));
      const x = dt < 0 ? -side : side + layout.box;
      const start = dt < 0 ? x : x + layout.gap; // where it comes from
      const grow = (/** @type {number} */ f) => `translate(${start * (1 - f)},0) scale(${f},1)`;
      return [{ kind: "from-state", state, layer: layer.name, readers: [layer.name], x, y: box.y + box.height / 2 - height / 2, width: layout.gap, height, grow }];
    }),
  );
}

/** @param {any} g @param {ReturnType<typeof import("../frame.js").momentOf>} moment */
export function paintRibbons(g, { layers, output }) {
  const share = (/** @type {string} */ reader) => layers[reader]?.flow ?? output;
  g.selectAll("rect.ribbon").attr("transform", (/** @type {Ribbon} */ d) => d.grow(Math.max(...d.readers.map(share))));
}
