// A small table of numbers, each of which may have a bar behind it.

import { select } from "d3-selection";

/**
 * @typedef {{ text: string, bar?: number, signed?: boolean }} Cell
 *   bar: a share of the cell's width, from the left; with signed from −1 to 1, from the middle
 * @typedef {{ name: string, cells: Cell[], marked?: boolean, title?: string, onChoose?: () => void }} Row
 *   onChoose: the row can be pressed; with a title its name is a button that says so
 */

/** @param {HTMLElement} container @param {{ caption: string, head: string[], rows: Row[], foot?: Row }} props */
export function table(container, { caption, head, rows, foot }) {
  const root = select(container).selectAll("table").data([0]).join("table").attr("class", "numbers");
  root.selectAll("caption").data([caption]).join("caption").text(String);
  root.selectAll("thead").data([0]).join("thead").selectAll("tr").data([0]).join("tr").selectAll("th").data(head).join("th").attr("scope", "col").text(String);
  drawRows(root.selectAll("tbody").data([0]).join("tbody"), rows);
  drawRows(root.selectAll("tfoot").data(foot ? [0] : []).join("tfoot"), foot ? [foot] : []);
}

/** @param {any} body @param {Row[]} rows */
function drawRows(body, rows) {
  const lines = body
    .selectAll("tr")
    .data(rows)
    .join("tr")
    .classed("marked", (/** @type {Row} */ row) => Boolean(row.marked))
    .classed("chooses", (/** @type {Row} */ row) => Boolean(row.onChoose))
    .on("click", (/** @type {Event} */ event, /** @type {Row} */ row) => row.onChoose?.());
  const heads = lines.selectAll("th").data((/** @type {Row} */ row) => [row]).join("th").attr("scope", "row");
  heads.each((/** @type {Row} */ row, /** @type {number} */ k, /** @type {HTMLElement[]} */ nodes) => {
    if (!row.title || !row.onChoose) return nodes[k].replaceChildren(row.name);
    const button = nodes[k].querySelector("button") ?? document.createElement("button");
    Object.assign(button, { type: "button", textContent: row.name, title: row.title });
    if (!button.parentNode) nodes[k].replaceChildren(button);
  });
  const cells = lines.selectAll("td").data((/** @type {Row} */ row) => row.cells).join("td");
  cells.selectAll("i").data((/** @type {Cell} */ cell) => (cell.bar === undefined ? [] : [cell])).join("i").attr("class", barClass).style("left", barLeft).style("width", barWidth);
  cells.selectAll("span").data((/** @type {Cell} */ cell) => [cell]).join("span").text((/** @type {Cell} */ cell) => cell.text);
}

/** @param {Cell} cell */
const barClass = ({ bar = 0, signed }) => (!signed ? "bar" : bar < 0 ? "bar less" : "bar more");

/** @param {Cell} cell */
const barWidth = ({ bar = 0, signed }) => `${Math.min(1, Math.abs(bar)) * (signed ? 50 : 100)}%`;

/** @param {Cell} cell */
const barLeft = ({ bar = 0, signed }) => (signed ? `${50 + 50 * Math.max(-1, Math.min(0, bar))}%` : "0");
