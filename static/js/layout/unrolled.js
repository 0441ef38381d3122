// Where everything of the unrolled diagram stands. Pure: shape of the trace in, positions out.

import { shownNodes, sizeOf } from "../cell.js";

/** @import { GraphLayer, GraphNode } from "../types.d.ts" */

/** Room for the names of the rows, left of the columns; of layers and their directions. */
const GUTTER = 98;
const WIDE_GUTTER = 152;

const OUTPUT_ROW = 17;
const OUTPUT_ROWS = 3;
const MARK = 20;
const SPACE = 14;
const INPUT = 34;
const TIME = 20;
const BOX_SPACE = 12;
const CLOSE = 5;
const FRAME = 6;
const BETWEEN = 20;
const LARGEST_UNIT = 14;
const CLEAR_UNIT = 4;
const SMALLEST_UNIT = 3;
const SMALLEST_OF_MANY = { unit: 2.5, row: 1 };
const WIDEST = 96;
const AROUND_FOCUS = 7;
const SLIVER = { least: 2, most: 12 };

/**
 * @typedef {{ layer: GraphLayer, node: GraphNode, y: number, height: number, rows: number, across: number, count: number }} Box
 *   one node of a layer
 * @typedef {{ layer: GraphLayer, y: number, height: number, boxes: Box[] }} Cell
 * @typedef {{ t: number, x: number, width: number, sliver: boolean }} Column
 * @typedef {{
 *   width: number, height: number, gutter: number, compact: boolean, gap: number, unit: number, box: number,
 *   columns: Column[], cells: Cell[], boxes: Box[],
 *   outputs: { y: number, row: number, rows: number, mark: number },
 *   input: { y: number, size: number, height: number }, time: { y: number },
 *   place: (box: Box, rank: number) => { x: number, y: number },
 * }} Layout
 *   cells: the lowest first; boxes: of all cells, in order of computation
 */

const SLOTS = [5, 8, 12, 16, 22];

/** Room for a text that grows: the columns move over now and then, not with every word. @param {number} length */
export const slotsFor = (length) => SLOTS.find((slots) => slots >= length) ?? length;

/** The gutter that some layers need. @param {GraphLayer[]} layers @param {boolean} compact */
export const gutterOf = (layers, compact) => (compact ? 26 : layers.length > 1 ? WIDE_GUTTER : GUTTER);

/**
 * @param {{ width: number, room: number, length: number, layers: GraphLayer[], open?: string, focus: number, compact: boolean, foot?: number, widest?: number, slots?: number, grown?: number, gutter?: number, around?: number, clear?: number }} shape
 *   room: the height that should not be exceeded; layers: in order of computation; open: the name of the one
 *   that shows its gates where there is not enough room for all; focus: the column that is looked at, from 0;
 *   compact: on a phone, one unit a row; foot: the height of what enters a column; widest: a column;
 *   slots: as many columns as there is room for, where more are to come;
 *   grown: px that the column in focus has beside its cells, for what is opened there; gutter: room for the names of
 *   the rows; around: where not all columns are clear, how many are on either side of the focus; clear: their width at least
 * @returns {Layout}
 */
export function unrolledLayout({ width, room, length, layers, open = layers[layers.length - 1].name, focus, compact, foot = INPUT, widest = WIDEST, slots = length, grown = 0, gutter = gutterOf(layers, compact), around = AROUND_FOCUS, clear }) {
  const least = compact ? 20 : 28;
  const columns = placeGrown({ from: gutter, width: width - gutter, length, slots, focus, least, clear: clear ?? least, around, widest, grown });
  const full = columns.find((column) => !column.sliver && !(grown && column.t === focus)) ?? { width: columns[0].width - grown };
  const gap = compact ? 3 : Math.max(8, Math.min(26, full.width * 0.26));
  const box = full.width - gap;
  const outputs = { y: 0, row: OUTPUT_ROW, rows: compact ? 1 : OUTPUT_ROWS, mark: MARK };
  const above = outputs.rows * OUTPUT_ROW + MARK + SPACE;
  const below = SPACE + foot + TIME;
  const { shown, unit } = fit({ layers, open, box, room: room - above - below, compact });
  const cells = placeCells({ shown, unit, box, top: above, compact });
  const lowest = cells[0];
  const inputY = lowest.y + lowest.height - FRAME + SPACE;
  return {
    width,
    height: inputY + foot + TIME,
    gutter,
    compact,
    gap,
    unit,
    box,
    columns,
    cells,
    boxes: cells.flatMap((cell) => cell.boxes),
    outputs,
    input: { y: inputY, size: Math.min(INPUT, box), height: foot },
    time: { y: inputY + foot + 15 },
    place(b, rank) {
      const pitch = compact ? { x: box, y: b.height / b.rows } : { x: unit, y: unit };
      return { x: (rank % b.across) * pitch.x, y: b.y + Math.floor(rank / b.across) * pitch.y };
    },
  };
}

/**
 * The column in focus with room beside its cells, the others in what is left.
 * @param {Parameters<typeof placeColumns>[0] & { grown: number }} shape
 * @returns {Column[]}
 */
function placeGrown({ grown, ...shape }) {
  if (!grown) return placeColumns(shape);
  return placeColumns({ ...shape, width: shape.width - grown }).map((column) => ({
    ...column,
    x: column.t > shape.focus ? column.x + grown : column.x,
    width: column.t === shape.focus ? column.width + grown : column.width,
  }));
}

/**
 * All columns at full width if they fit; else the focus and its neighbours, and slivers around them.
 * @param {{ from: number, width: number, length: number, slots: number, focus: number, least: number, clear: number, around: number, widest: number }} shape
 * @returns {Column[]}
 */
function placeColumns({ from, width, length, slots, focus, least, clear, around: most, widest }) {
  const places = width / slots >= clear ? slots : length;
  if (width / places >= clear) return spread(Array(length).fill(Math.min(widest, width / places)), from, () => false);
  const forSlivers = Math.max(4 * least, length * SLIVER.least);
  const around = Math.min(most, Math.max(1, Math.floor((width - forSlivers) / clear / 2)));
  const first = Math.max(0, Math.min(focus - around, length - 1 - 2 * around));
  const inFocus = (/** @type {number} */ t) => t >= first && t <= first + 2 * around;
  const wide = 2 * around + 1;
  const narrow = length - wide;
  const sliver = Math.min(SLIVER.most, (width - wide * clear) / narrow);
  const full = (width - narrow * sliver) / wide;
  const widths = Array.from({ length }, (_, t) => (inFocus(t) ? full : sliver));
  return spread(widths, from, (t) => !inFocus(t));
}

/** @param {number[]} widths @param {number} from @param {(t: number) => boolean} sliver */
function spread(widths, from, sliver) {
  let x = from;
  return widths.map((width, t) => {
    const column = { t, x, width, sliver: sliver(t) };
    x += width;
    return column;
  });
}

/** @typedef {{ layer: GraphLayer, nodes: GraphNode[] }} Shown */

/**
 * All nodes of all layers, if their units stay clear; else only what the layers hand on, and one layer open.
 * @param {{ layers: GraphLayer[], open: string, box: number, room: number, compact: boolean }} shape
 * @returns {{ shown: Shown[], unit: number }}
 */
function fit({ layers, open, box, room, compact }) {
  const all = layers.map((layer) => ({ layer, nodes: shownNodes(layer) }));
  const size = (/** @type {Shown[]} */ shown, /** @type {number} */ least) => unitSize({ shown, box, room, compact, least });
  const unit = size(all, SMALLEST_UNIT);
  if (layers.length === 1 || (compact ? unit > SMALLEST_UNIT : unit >= CLEAR_UNIT)) return { shown: all, unit };
  const shown = all.map(({ layer, nodes }) => ({ layer, nodes: !compact && layer.name === open ? nodes : nodes.filter(isHandedOn(layer)) }));
  return { shown, unit: size(shown, compact ? SMALLEST_OF_MANY.row : SMALLEST_OF_MANY.unit) };
}

/** @param {GraphLayer} layer @returns {(node: GraphNode) => boolean} */
const isHandedOn = (layer) => (node) => node.id === layer.output || layer.states.includes(node.id);

/**
 * The largest unit with which all boxes fit into the room.
 * @param {{ shown: Shown[], box: number, room: number, compact: boolean, least: number }} shape
 */
function unitSize({ shown, box, room, compact, least }) {
  const counts = shown.flatMap(({ layer, nodes }) => nodes.map((node) => sizeOf(layer, node)));
  if (compact) return Math.max(least, Math.min(7, room / counts.reduce((a, b) => a + b, 0)));
  const space = spaceOf(shown);
  const between = (shown.length - 1) * (BETWEEN + 2 * FRAME - space);
  for (let unit = LARGEST_UNIT; unit > least; unit -= 0.5) {
    const across = Math.max(1, Math.floor(box / unit));
    const height = counts.reduce((sum, count) => sum + Math.ceil(count / across) * unit + space, between);
    if (height <= room) return unit;
  }
  return least;
}

/** Between the boxes of a cell. @param {Shown[]} shown */
const spaceOf = (shown) => (shown.length > 1 ? CLOSE : BOX_SPACE);

/**
 * The last layer on top; in each the output on top, what it is made from below it.
 * @param {{ shown: Shown[], unit: number, box: number, top: number, compact: boolean }} shape
 * @returns {Cell[]} in order of computation
 */
function placeCells({ shown, unit, box, top, compact }) {
  const across = compact ? 1 : Math.max(1, Math.floor(box / unit));
  let y = top;
  const cells = [...shown].reverse().map(({ layer, nodes }) => {
    const boxes = [...nodes].reverse().map((node) => {
      const count = sizeOf(layer, node);
      const wide = Math.min(across, count);
      const rows = Math.ceil(count / wide);
      const placed = { layer, node, count, across: wide, rows, y, height: rows * unit };
      y += placed.height + spaceOf(shown);
      return placed;
    });
    const bottom = y - spaceOf(shown);
    const first = boxes[0].y;
    y = bottom + 2 * FRAME + BETWEEN;
    return { layer, y: first - FRAME, height: bottom - first + 2 * FRAME, boxes: boxes.reverse() };
  });
  return cells.reverse();
}
