// One time step as a table: every unit of the state, for whoever would rather read than look.

import { select } from "d3-selection";

import { shownNodes } from "../cell.js";
import { fill, signed } from "../ink.js";
import { layerName } from "../names.js";

/** @import { Graph, GraphLayer, Trace } from "../types.d.ts" */

/** @param {HTMLElement} container @param {{ trace: Trace, graph: Graph, layer: GraphLayer, t: number, words: any }} props */
export function valuesTable(container, { trace, graph, layer, t, words }) {
  const details = container.closest("details");
  if (details && !details.open) {
    details.ontoggle = () => valuesTable(container, { trace, graph, layer, t, words });
    return;
  }
  const nodes = shownNodes(layer).filter((node) => node.size === "H").reverse();
  const within = layerName(graph, layer, words);
  const table = select(container).selectAll("table").data([0]).join("table");
  table.selectAll("caption").data([0]).join("caption").text(fill(within ? words.diagram.tableWithin : words.diagram.table, { t: t + 1, layer: within }));
  const head = table.selectAll("thead").data([0]).join("thead").selectAll("tr").data([0]).join("tr");
  head.selectAll("th").data([words.diagram.unitColumn, ...nodes.map((node) => node.id)]).join("th").attr("scope", "col").text((d) => d);
  const rows = Array.from({ length: layer.hidden }, (_, j) => j);
  const body = table.selectAll("tbody").data([0]).join("tbody").selectAll("tr").data(rows).join("tr");
  body.selectAll("th").data((j) => [j]).join("th").attr("scope", "row").text((j) => j);
  body
    .selectAll("td")
    .data((j) => nodes.map((node) => trace.values[`${layer.name}.${node.id}`][t][j]))
    .join("td")
    .text((v) => signed(v, 3));
}
