// A number for each unit at each step, as colours: rows of units, columns where the diagram has its own. A canvas, for
// sixty words and forty-eight units are too many marks to draw one by one.

import { brief } from "../ink.js";
import { sharpPen } from "./canvas.js";

/** @import { Column, Layout } from "../layout/unrolled.js" */

const HEIGHT = { least: 4, most: 10, all: 240, word: 20 }; // px of a row, of all where they fit, and of a word below
const CHARACTER = 7.2; // px of one

/** The units in their order, where it is theirs. @param {number[]} order @param {number[][]} values */
export const unitsOf = (order, values) => (order.length === values[0].length ? order : [...values[0].keys()]);

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{
 *   layout: Layout, values: number[][], most: number, units: number[], column: number, marked: number | null,
 *   labels: string[], color: (value: number) => string, onPick: (t: number, unit: number) => void,
 * }} props values: of each step a number for each unit; most: the one with the strongest colour; marked: a unit
 */
export function heatmap(canvas, { layout, values, most, units, column, marked, labels, color, onPick }) {
  const row = Math.max(HEIGHT.least, Math.min(HEIGHT.most, Math.floor(HEIGHT.all / units.length)));
  const [width, height] = [layout.width, row * units.length + HEIGHT.word];
  const g = sharpPen(canvas, width, height);
  const place = (/** @type {Column} */ c) => (c.sliver ? { x: c.x, w: Math.max(1, c.width - 0.5) } : { x: c.x + layout.gap / 2, w: layout.box });
  for (const c of layout.columns) {
    const { x, w } = place(c);
    units.forEach((j, k) => {
      g.fillStyle = color(values[c.t][j] / most);
      g.fillRect(x, k * row, w, row - 0.5);
    });
  }
  const { color: ink, font } = getComputedStyle(canvas);
  Object.assign(g, { strokeStyle: ink, fillStyle: ink, font, textAlign: "center", lineWidth: 2 });
  for (const c of layout.columns) {
    const { x, w } = place(c);
    if (c.t === column) g.strokeRect(x - 1, 1, w + 2, row * units.length - 1);
    const most = Math.floor((w + layout.gap - 2) / CHARACTER); // characters that there is room for
    if (!c.sliver && most > 1) g.fillText(brief(labels[c.t], most), x + w / 2, height - 5);
  }
  const rank = marked === null ? -1 : units.indexOf(marked);
  if (rank >= 0) {
    g.lineWidth = 1.5;
    g.strokeRect(layout.gutter - 4, rank * row - 0.75, width - layout.gutter + 4, row + 1);
  }
  canvas.onclick = (event) => {
    const hit = layout.columns.find((c) => event.offsetX >= c.x && event.offsetX < c.x + c.width);
    const unit = units[Math.floor(event.offsetY / row)];
    if (hit && unit !== undefined) onPick(hit.t, unit);
  };
}
