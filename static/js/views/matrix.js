// A matrix as colours, of which one number may be pointed at or walked to by the arrow keys.

import { sharpPen } from "./canvas.js";

const CELL = { least: 4, most: 14, all: 290 }; // px of one, and of a side of the whole where it fits

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{
 *   values: number[][], most: number, marked: [number, number] | null, color: (value: number) => string,
 *   onPoint: (place: [number, number] | null) => void, onPick: (place: [number, number]) => void,
 * }} props most: the value with the strongest colour; marked: row and column
 */
export function matrix(canvas, { values, most, marked, color, onPoint, onPick }) {
  const [rows, columns] = [values.length, values[0].length];
  const cell = Math.max(CELL.least, Math.min(CELL.most, Math.floor(CELL.all / Math.max(rows, columns))));
  const g = sharpPen(canvas, columns * cell, rows * cell);
  values.forEach((row, i) =>
    row.forEach((value, j) => {
      g.fillStyle = color(value / most);
      g.fillRect(j * cell, i * cell, cell - 0.5, cell - 0.5);
    }),
  );
  if (marked) ring(g, marked, cell, canvas);

  const inside = (/** @type {number} */ i, /** @type {number} */ j) => i >= 0 && j >= 0 && i < rows && j < columns;
  const at = (/** @type {MouseEvent} */ event) => /** @type {[number, number]} */ ([Math.floor(event.offsetY / cell), Math.floor(event.offsetX / cell)]);
  canvas.onpointermove = (event) => event.pointerType !== "touch" && inside(...at(event)) && onPoint(at(event));
  canvas.onpointerleave = () => onPoint(null);
  canvas.onclick = (event) => inside(...at(event)) && onPick(at(event));
  canvas.onkeydown = (event) => {
    const way = /** @type {Record<string, [number, number]>} */ ({ ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] })[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [i, j] = marked ? [marked[0] + way[0], marked[1] + way[1]] : [0, 0];
    if (inside(i, j)) onPick([i, j]);
  };
}

/** @param {CanvasRenderingContext2D} g @param {[number, number]} place @param {number} cell @param {Element} canvas */
function ring(g, [i, j], cell, canvas) {
  const { color, backgroundColor } = getComputedStyle(canvas);
  for (const [line, stroke] of /** @type {[number, string][]} */ ([[4, backgroundColor], [2, color]])) {
    Object.assign(g, { strokeStyle: stroke, lineWidth: line });
    g.strokeRect(j * cell - 1, i * cell - 1, cell + 1.5, cell + 1.5);
  }
}
