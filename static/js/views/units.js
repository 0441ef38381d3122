// The units of a cell: each a square, or all of a box one picture, where there are more squares than a page draws smoothly.

import { ranksOf, unitSize } from "./selection.js";

/** @import { Box, Cell, Column } from "../layout/unrolled.js" */
/** @import { DiagramProps } from "./diagram.js" */

/** So many squares a page draws in a frame; beyond, only the columns around the one that is looked at have their own. */
const MOST = 2400;
const AROUND = 1;
const SHARP = 2; // pixels of a picture for each of the page's

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
    .data(ranksOf(box, props).map((index, rank) => ({ index, value: values[index], ...layout.place(box, rank) })))
    .join("rect")
    .attr("class", "unit")
    .attr("data-index", (/** @type {any} */ d) => d.index)
    .attr("x", (/** @type {any} */ d) => layout.gap / 2 + d.x)
    .attr("y", (/** @type {any} */ d) => d.y)
    .attr("width", w)
    .attr("height", h)
    .attr("fill", (/** @type {any} */ d) => color(d.value));
}

/** Pictures that were drawn, by the values that they show. @type {WeakMap<object, { of: string, color: unknown, orders: unknown, url: string }>} */
const pictures = new WeakMap();

/** @param {any} g @param {Box} box @param {number[]} values @param {DiagramProps} props */
function drawPicture(g, box, values, props) {
  const { layout, color, orders } = props;
  const [w, h] = unitSize(layout, box, props.compact);
  const [width, height] = [props.compact ? layout.box : box.across * layout.unit, box.height];
  const of = [width, height, w, h].join();
  let made = pictures.get(values);
  if (!made || made.of !== of || made.color !== color || made.orders !== orders) {
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.ceil(width * SHARP), height: Math.ceil(height * SHARP) });
    const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    ink.scale(SHARP, SHARP);
    ranksOf(box, props).forEach((index, rank) => {
      const { x, y } = layout.place(box, rank);
      ink.fillStyle = color(values[index]);
      ink.fillRect(x, y - box.y, w, h);
    });
    pictures.set(values, (made = { of, color, orders, url: canvas.toDataURL() }));
  }
  g.append("image").attr("class", "units").attr("href", made.url).attr("x", layout.gap / 2).attr("y", box.y).attr("width", width).attr("height", height).attr("preserveAspectRatio", "none");
}

/** The unit of a picture that was pressed. @param {Element} image @param {MouseEvent} event @param {Box} box @param {DiagramProps} props */
export function pressedUnit(image, event, box, props) {
  const { left, top, width, height } = image.getBoundingClientRect();
  const [column, row] = [Math.floor(((event.clientX - left) / width) * box.across), Math.floor(((event.clientY - top) / height) * box.rows)];
  return ranksOf(box, props)[row * box.across + column];
}
