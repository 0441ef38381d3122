// The unrolled diagram on its way to one column: a fold of 0 is unrolled, of 1 rolled up. Every mark moves between its
// two places, and what leads from a step to the next ends as a loop around its cell. Pure.

/** @import { Cell, Column, Layout } from "./unrolled.js" */

/** Of the loops, in px: how far beside the cell, how far above, and how far from each other; their corners; how thick. */
const LOOP = { out: 11, up: 5, apart: 7, corner: 6, thickest: 5 };
const SAMPLES = 40;
const CORNER = 5; // points of one
const MOST_LANES = 2;
const SAID = 310; // px beside the one column, loops and all

/** @typedef {{ x: number, y: number }} Place */

/** The columns on their way to one place. @param {Layout} layout @param {number} fold @returns {Layout} */
export function folded(layout, fold) {
  if (!fold) return layout;
  const middle = middleOf(layout);
  const home = (/** @type {Column} */ c) => middle - (c.sliver ? c.width / 2 : (layout.gap + layout.box) / 2);
  return { ...layout, columns: layout.columns.map((c) => ({ ...c, x: between(c.x, home(c), fold) })) };
}

/** Where all columns meet: in the middle, or where what is said beside them has room. @param {Layout} layout */
export const middleOf = ({ gutter, width, box, compact }) => Math.min(gutter + (width - gutter) / 2, compact ? width : width - box / 2 - SAID);

/** The names of the rows go along, to beside the loops. @param {Layout} layout @param {number} fold */
export const labelsAt = (layout, fold) => fold * (middleOf(layout) - layout.box / 2 - reachOf(MOST_LANES) - layout.gutter);

/** @param {number} a @param {number} b @param {number} fold */
export const between = (a, b, fold) => a + (b - a) * fold;

/** How thick what is carried is drawn. @param {number} thick where it is unrolled @param {number} fold */
export const thickness = (thick, fold) => between(thick, Math.min(thick, LOOP.thickest), fold);

/** How far beside its cell a loop reaches. @param {number} lane */
export const reachOf = (lane) => LOOP.out + lane * LOOP.apart;

/** How far down the highest part of a loop stands. @param {Cell} cell @param {number} lane */
export const topOf = (cell, lane) => cell.y - LOOP.up - lane * LOOP.apart;

/**
 * Round a cell: out at one side, over it, in at the other.
 * @param {Place} start @param {Place} end
 * @param {{ left: number, right: number, cell: Cell, lane: number, way: number }} room left, right: the sides of the
 *   cell; lane: each carried state has its own; way: −1 where what is carried runs to the left
 * @returns {Place[]}
 */
export function loop(start, end, { left, right, cell, lane, way }) {
  const top = topOf(cell, lane);
  const sides = [right + reachOf(lane), left - reachOf(lane)];
  const [out, back] = way > 0 ? sides : sides.reverse();
  return rounded([start, { x: out, y: start.y }, { x: out, y: top }, { x: back, y: top }, { x: back, y: end.y }, end]);
}

/** A path between two of as many points. @param {Place[]} straight @param {Place[]} round @param {number} fold */
export function bent(straight, round, fold) {
  return straight.map((p, k) => `${k ? "L" : "M"}${between(p.x, round[k].x, fold).toFixed(1)},${between(p.y, round[k].y, fold).toFixed(1)}`).join("");
}

/** As many points as a loop has, straight from one place to the other. @param {Place} start @param {Place} end */
export const straight = (start, end) => along((s) => ({ x: between(start.x, end.x, s), y: between(start.y, end.y, s) }));

/** And on the curve that leaves and arrives level. @param {Place} start @param {Place} end */
export const levelled = (start, end) =>
  along((s) => ({ x: between(start.x, end.x, 1.5 * s * (1 - s) + s ** 3), y: between(start.y, end.y, s * s * (3 - 2 * s)) }));

/** @param {(share: number) => Place} at */
const along = (at) => Array.from({ length: SAMPLES }, (_, k) => at(k / (SAMPLES - 1)));

/** Evenly along lines with round corners. @param {Place[]} corners */
function rounded(corners) {
  const line = corners.flatMap((corner, k) => (k && k < corners.length - 1 ? turn(corners[k - 1], corner, corners[k + 1]) : [corner]));
  const lengths = line.map((p, k) => (k ? Math.hypot(p.x - line[k - 1].x, p.y - line[k - 1].y) : 0));
  const whole = lengths.reduce((a, b) => a + b, 0);
  let piece = 1;
  let passed = 0; // up to the piece's beginning
  return along((share) => {
    const wanted = share * whole;
    while (piece < line.length - 1 && passed + lengths[piece] < wanted) passed += lengths[piece++];
    const part = lengths[piece] ? Math.min(1, (wanted - passed) / lengths[piece]) : 1;
    return { x: between(line[piece - 1].x, line[piece].x, part), y: between(line[piece - 1].y, line[piece].y, part) };
  });
}

/** @param {Place} before @param {Place} corner @param {Place} after @returns {Place[]} */
function turn(before, corner, after) {
  const towards = (/** @type {Place} */ p) => {
    const far = Math.hypot(p.x - corner.x, p.y - corner.y) || 1;
    const share = Math.min(LOOP.corner, far / 2) / far;
    return { x: between(corner.x, p.x, share), y: between(corner.y, p.y, share) };
  };
  const [a, b] = [towards(before), towards(after)];
  return Array.from({ length: CORNER }, (_, k) => {
    const s = k / (CORNER - 1);
    return { x: (1 - s) ** 2 * a.x + 2 * s * (1 - s) * corner.x + s * s * b.x, y: (1 - s) ** 2 * a.y + 2 * s * (1 - s) * corner.y + s * s * b.y };
  });
}
