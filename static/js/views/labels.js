// The gutter of the diagram: what the rows are called, and which layer they belong to.

import { select } from "d3-selection";

import { arrowOf, layerName, nodeName } from "../names.js";

/** @import { DiagramProps } from "./diagram.js" */

const LOW = 30;
const LINE = 13; // px

/** @param {any} g @param {DiagramProps} props */
export function drawLabels(g, props) {
  drawRows(g.select("g.rows"), props);
  drawLayers(g.select("g.layers"), props);
}

/** @param {any} g @param {DiagramProps} props */
function drawRows(g, { layout, words, compact, brief }) {
  const rows = [
    ...layout.boxes.map((box) => ({ id: box.node.id, y: box.y + box.height / 2, what: nodeName(box.layer, box.node.id, words), low: box.height < LOW })),
    { id: "", low: true, y: layout.outputs.y + (layout.outputs.rows * layout.outputs.row) / 2, what: words.diagram.output },
    { id: "", low: true, y: layout.input.y + Math.min(layout.input.size, layout.input.height) / 2, what: words.diagram.input },
    { id: "", low: true, y: layout.time.y - 4, what: words.diagram.time },
  ];
  const clear = brief ? rows.filter((row, k) => !row.id || !rows.slice(0, k).some((other) => other.id && Math.abs(other.y - row.y) < LINE)) : rows;
  g.selectAll("g")
    .data(clear)
    .join("g")
    .attr("transform", (/** @type {any} */ row) => `translate(0,${row.y})`)
    .each((/** @type {any} */ row, /** @type {number} */ k, /** @type {any[]} */ nodes) => {
      const label = select(nodes[k]);
      label.selectAll("*").remove();
      const beside = row.id ? 9 * row.id.length + 4 : 0;
      if (row.id) label.append("text").attr("class", "node-id").attr("dy", compact || brief || row.low ? "0.35em" : "-0.1em").text(row.id);
      if (!compact && !brief) label.append("text").attr("class", "node-name").attr("x", row.low ? beside : 0).attr("dy", row.low ? "0.35em" : "1.1em").text(row.what ?? "");
      label.append("title").text(row.what ?? row.id);
    });
}

/** A heading on each cell, in the space above it. @param {any} g @param {DiagramProps} props */
function drawLayers(g, { layout, graph, words, compact, brief }) {
  const cells = layout.cells.filter((cell) => layerName(graph, cell.layer, words));
  g.selectAll("text")
    .data(cells)
    .join("text")
    .attr("class", "layer-name")
    .attr("y", (/** @type {any} */ cell) => cell.y - 4)
    .text((/** @type {any} */ { layer }) => `${arrowOf(graph, layer)} ${compact || brief ? layer.layer + 1 : layerName(graph, layer, words)}`.trim())
    .append("title")
    .text((/** @type {any} */ { layer }) => layerName(graph, layer, words));
}
