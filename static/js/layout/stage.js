// The unit box on the screen: y points up in the world and down on the screen. Flipped here, once.

/** @import { Point } from "../types.d.ts" */

const MARGIN = 0.1;

/** @param {number} size of the whole square, in pixels */
export function stageLayout(size) {
  const box = size / (1 + 2 * MARGIN);
  const margin = MARGIN * box;
  return {
    size,
    box,
    margin,
    ball: Math.max(5, box * 0.026),
    rose: box * 0.15,
    /** @param {Point} point @returns {Point} */
    toScreen: ([x, y]) => [margin + x * box, margin + (1 - y) * box],
    /** @param {Point} point @returns {Point} may lie outside the box */
    toWorld: ([x, y]) => [(x - margin) / box, 1 - (y - margin) / box],
  };
}
