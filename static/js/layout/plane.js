// The square of two tanh units, cut by the line on which a readout is undecided.

/** @typedef {[number, number]} Place from −1 to 1, the second upwards */

/** @type {Place[]} */
const SQUARE = [[-1, -1], [1, -1], [1, 1], [-1, 1]];

/**
 * The part of the square where w · h + c > 0, and the rest of it, as polygons; a side that is nowhere is empty.
 * @param {number[]} w of one unit or two @param {number} c
 * @returns {{ positive: Place[], negative: Place[] }}
 */
export function halves([a, b = 0], c) {
  const value = (/** @type {Place} */ [x, y]) => a * x + b * y + c;
  return { positive: clip((p) => value(p)), negative: clip((p) => -value(p)) };
}

/** What is left of the square where a linear function is above 0 (Sutherland and Hodgman, 1974). @param {(p: Place) => number} value */
function clip(value) {
  return SQUARE.flatMap((p, k) => {
    const next = SQUARE[(k + 1) % SQUARE.length];
    const [v, u] = [value(p), value(next)];
    const kept = v > 0 ? [p] : [];
    if (v > 0 === u > 0) return kept;
    const share = v / (v - u);
    return [...kept, /** @type {Place} */ ([p[0] + share * (next[0] - p[0]), p[1] + share * (next[1] - p[1])])];
  });
}
