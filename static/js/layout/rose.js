// A rose: wedge k points to class k and is as long as its probability. Pure geometry.

import { arc } from "d3-shape";

const SECTOR = Math.PI / 4;
const GAP = 0.03;

/**
 * @param {{ inner: number, outer: number }} size the circle in the middle, and where a probability of 1 ends
 */
export function roseLayout({ inner, outer }) {
  const shape = arc();
  const radius = (/** @type {number} */ p) => inner + p * (outer - inner);

  /** d3 counts clockwise from North, compass classes run anticlockwise from East. @param {number} k */
  const span = (k) => {
    const middle = Math.PI / 2 - k * SECTOR;
    return { startAngle: middle - SECTOR / 2 + GAP, endAngle: middle + SECTOR / 2 - GAP };
  };

  return {
    radius,
    /** @param {number} k @param {number} p */
    wedge: (k, p) => shape({ ...span(k), innerRadius: inner, outerRadius: radius(p) }) ?? "",
    /** The whole sector, to be pointed at. @param {number} k */
    sector: (k) => shape({ ...span(k), innerRadius: inner * 0.6, outerRadius: outer }) ?? "",
    /** Rings at a guess among eight, one half and certainty. */
    rings: [1 / 8, 1 / 2, 1].map((p) => ({ p, r: radius(p) })),
    /** Where a mark or a letter for class k stands. @param {number} k @param {number} r @returns {[number, number]} screen coordinates, y down */
    at: (k, r) => [r * Math.cos(k * SECTOR), -r * Math.sin(k * SECTOR)],
  };
}
