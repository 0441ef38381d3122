// The units of a cell: each a square, or all of a box one picture, where there are more squares than a page draws smoothly.

import { ranksOf, unitSize } from "./selection.js";

/** @import { Box, Cell, Column } from "../layout/unrolled.js" */
/** @import { DiagramProps } from "./diagram.js" */

/** So many squares a page draws in a frame; beyond, only the columns around the one that is looked at have their own. */
const MOST = 2400;
const AROUND = 1;
const SQUARE = 10; // pixels of a picture for a unit, with the gap to the next
const KEPT = 2000; // pictures

/** Whether the units of a column are pictures. @param {DiagramProps} props @returns {(t: number) => boolean} */
export function flatColumns({ layout, current }) {
  const each = layout.boxes.reduce((sum, box) => sum + box.count, 0);
  const many = each * layout.columns.filter((column) => !column.sliver).length > MOST;
  return (t) => many && Math.abs(t - current) > AROUND;
}

/** @param {any} g @param {Cell} cell @param {number} t @param {DiagramProps} props @param {boolean} flat */
export function drawBoxes(g, { layer, boxes }, t, props, flat) {
  for (const box of boxes) {
    const values = props.trace.values[`${layer.name}.${box.node.id}`][t];
    const made = g.append("g").attr("class", "box").attr("data-node", box.node.id);
    (flat ? drawPicture : drawSquares)(made, box, values, props);
  }
}

/** @param {any} g @param {Box} box @param {number[]} values @param {DiagramProps} props */
function drawSquares(g, box, values, props) {
  const { layout, color } = props;
  const [w, h] = unitSize(layout, box, props.compact);
  g.selectAll("rect")
    .data(ranksOf(box, props).map((index, rank) => ({ index, fill: color(values[index]), ...layout.place(box, rank) })))
    .join("rect")
    .attr("class", "unit")
    .attr("data-index", (/** @type {any} */ d) => d.index)
    .attr("x", (/** @type {any} */ d) => layout.gap / 2 + d.x)
    .attr("y", (/** @type {any} */ d) => d.y)
    .attr("width", w)
    .attr("height", h)
    .attr("fill", (/** @type {any} */ d) => d.fill);
}

/** Squares that stand where they stood, of other numbers. @param {any} column @param {number} t @param {DiagramProps} props */
export function recolor(column, t, { trace, color }) {
  column.selectAll("g.layer").each((/** @type {Cell} */ { layer, boxes }, /** @type {number} */ k, /** @type {any[]} */ layers) => {
    boxes.forEach((box, b) => {
      const values = trace.values[`${layer.name}.${box.node.id}`][t];
      for (const square of layers[k].querySelectorAll("g.box")[b].children) {
        const unit = square.__data__;
        const fill = color(values[unit.index]);
        if (fill === unit.fill) continue;
        unit.fill = fill;
        square.setAttribute("fill", fill);
      }
    });
  });
}

/** Pictures by their units' colours: of a text that grows by a word all columns but one are known. @type {Map<string, string>} */
const pictures = new Map();

/** @param {any} g @param {Box} box @param {number[]} values @param {DiagramProps} props */
function drawPicture(g, box, values, props) {
  const { layout, color, compact } = props;
  const colors = ranksOf(box, props).map((index) => color(values[index]));
  const key = `${box.across} ${colors}`;
  const href = pictures.get(key) ?? pictured(colors, box);
  pictures.delete(key);
  pictures.set(key, href); // the one that was shown last is the last to be forgotten
  if (pictures.size > KEPT) pictures.delete(pictures.keys().next().value ?? "");
  const width = compact ? layout.box : box.across * layout.unit;
  g.append("image").attr("class", "units").attr("href", href).attr("x", layout.gap / 2).attr("y", box.y).attr("width", width).attr("height", box.height).attr("preserveAspectRatio", "none");
}

/** @param {string[]} colors @param {Box} box */
function pictured(colors, { across, rows }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: across * SQUARE, height: rows * SQUARE });
  const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  colors.forEach((color, rank) => {
    ink.fillStyle = color;
    ink.fillRect((rank % across) * SQUARE, Math.floor(rank / across) * SQUARE, SQUARE - 1, SQUARE - 1);
  });
  return canvas.toDataURL();
}

/** The unit of a picture that was pressed. @param {Element} image @param {MouseEvent} event @param {Box} box @param {DiagramProps} props */
export function pressedUnit(image, event, box, props) {
  const { left, top, width, height } = image.getBoundingClientRect();
  const [column, row] = [Math.floor(((event.clientX - left) / width) * box.across), Math.floor(((event.clientY - top) / height) * box.rows)];
  return ranksOf(box, props)[row * box.across + column];
}
