// The run as it was before somebody changed its network, behind the run as it is.

/** @import { Column } from "../layout/unrolled.js" */
/** @import { DiagramProps } from "./diagram.js" */

/** A tick on each bar, where it ended. @param {any} rows of classes @param {number[]} probs @param {{ left: number, width: number, top: (k: number) => number }} room */
export function drawGhost(rows, probs, { left, width, top }) {
  rows
    .append("rect")
    .attr("class", "was")
    .attr("x", (/** @type {any} */ d) => left + width * probs[d.k] - 1)
    .attr("y", (/** @type {any} */ d, /** @type {number} */ k) => top(k))
    .attr("width", 2)
    .attr("height", 7);
}

/** Where the two part. @param {any} svg @param {DiagramProps} props */
export function drawParted(svg, { ghost, layout, fold = 0 }) {
  const at = fold ? undefined : layout.columns.find(({ t }) => t === ghost?.parted);
  svg
    .select("g.parted")
    .selectAll("path")
    .data(at ? [at] : [])
    .join("path")
    .attr("d", (/** @type {Column} */ c) => `M${Math.max(1, c.x)},0V${layout.height}`);
}
