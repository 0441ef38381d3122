// Where everything of the unrolled diagram stands. Pure: shape of the trace in, positions out.

import { shownNodes, sizeOf } from "../cell.js";

/** @import { GraphLayer, GraphNode } from "../types.d.ts" */

/** Room for the names of the rows, left of the columns. */
export const GUTTER = 98;

const OUTPUT_ROW = 17;
const OUTPUT_ROWS = 3;
const MARK = 20;
const SPACE = 14;
const INPUT = 34;
const TIME = 20;
const BOX_SPACE = 12;
const LARGEST_UNIT = 14;
const SMALLEST_UNIT = 3;
const AROUND_FOCUS = 7;
const SLIVER = { least: 2, most: 12 };

/**
 * @typedef {{ node: GraphNode, y: number, height: number, rows: number, across: number, count: number }} Box
 * @typedef {{ t: number, x: number, width: number, sliver: boolean }} Column
 * @typedef {{
 *   width: number, height: number, gutter: number, gap: number, unit: number, box: number,
 *   columns: Column[], boxes: Box[],
 *   outputs: { y: number, row: number, rows: number, mark: number },
 *   cell: { y: number, height: number }, input: { y: number, size: number }, time: { y: number },
 *   place: (box: Box, rank: number) => { x: number, y: number },
 * }} Layout
 */

/**
 * @param {{ width: number, room: number, length: number, layer: GraphLayer, focus: number, compact: boolean }} shape
 *   room: the height that should not be exceeded; focus: the column that is looked at, from 0;
 *   compact: on a phone, one unit a row
 * @returns {Layout}
 */
export function unrolledLayout({ width, room, length, layer, focus, compact }) {
  const gutter = compact ? 26 : GUTTER;
  const least = compact ? 20 : 28;
  const columns = placeColumns({ from: gutter, width: width - gutter, length, focus, least });
  const full = columns.find((column) => !column.sliver) ?? columns[0];
  const gap = compact ? 3 : Math.max(8, Math.min(26, full.width * 0.26));
  const box = full.width - gap;
  const nodes = shownNodes(layer);
  const counts = nodes.map((node) => sizeOf(layer, node));
  const outputs = { y: 0, row: OUTPUT_ROW, rows: compact ? 1 : OUTPUT_ROWS, mark: MARK };
  const above = outputs.rows * OUTPUT_ROW + MARK + SPACE;
  const below = SPACE + INPUT + TIME;
  const unit = unitSize({ box, counts, room: room - above - below, compact });
  const boxes = placeBoxes({ nodes, counts, unit, box, top: above, compact });
  const last = boxes[boxes.length - 1];
  const bottom = Math.max(...boxes.map((b) => b.y + b.height));
  const inputY = bottom + SPACE;
  return {
    width,
    height: inputY + INPUT + TIME,
    gutter,
    gap,
    unit,
    box,
    columns,
    boxes,
    outputs,
    cell: { y: last.y - 6, height: bottom - last.y + 12 },
    input: { y: inputY, size: Math.min(INPUT, box) },
    time: { y: inputY + INPUT + 15 },
    place(b, rank) {
      const pitch = compact ? { x: box, y: b.height / b.rows } : { x: unit, y: unit };
      return { x: (rank % b.across) * pitch.x, y: b.y + Math.floor(rank / b.across) * pitch.y };
    },
  };
}

/**
 * All columns at full width if they fit; else the focus and its neighbours, and slivers around them.
 * @param {{ from: number, width: number, length: number, focus: number, least: number }} shape
 * @returns {Column[]}
 */
function placeColumns({ from, width, length, focus, least }) {
  if (width / length >= least) return spread(Array(length).fill(Math.min(96, width / length)), from, () => false);
  const forSlivers = Math.max(4 * least, length * SLIVER.least);
  const around = Math.min(AROUND_FOCUS, Math.max(1, Math.floor((width - forSlivers) / least / 2)));
  const first = Math.max(0, Math.min(focus - around, length - 1 - 2 * around));
  const inFocus = (/** @type {number} */ t) => t >= first && t <= first + 2 * around;
  const wide = 2 * around + 1;
  const narrow = length - wide;
  const sliver = Math.min(SLIVER.most, (width - wide * least) / narrow);
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

/**
 * The largest unit with which all boxes fit into the room.
 * @param {{ box: number, counts: number[], room: number, compact: boolean }} shape
 */
function unitSize({ box, counts, room, compact }) {
  if (compact) return Math.max(SMALLEST_UNIT, Math.min(7, room / counts.reduce((a, b) => a + b, 0)));
  for (let unit = LARGEST_UNIT; unit > SMALLEST_UNIT; unit -= 0.5) {
    const across = Math.max(1, Math.floor(box / unit));
    const height = counts.reduce((sum, count) => sum + Math.ceil(count / across) * unit + BOX_SPACE, 0);
    if (height <= room) return unit;
  }
  return SMALLEST_UNIT;
}

/**
 * The output on top, what it is made from below it.
 * @param {{ nodes: GraphNode[], counts: number[], unit: number, box: number, top: number, compact: boolean }} shape
 * @returns {Box[]} in order of computation
 */
function placeBoxes({ nodes, counts, unit, box, top, compact }) {
  const across = compact ? 1 : Math.max(1, Math.floor(box / unit));
  let y = top;
  const boxes = nodes.map((node, k) => ({ node, count: counts[k], across: Math.min(across, counts[k]) }));
  return boxes
    .reverse()
    .map((b) => {
      const rows = Math.ceil(b.count / b.across);
      const placed = { ...b, rows, y, height: rows * unit };
      y += placed.height + BOX_SPACE;
      return placed;
    })
    .reverse();
}
