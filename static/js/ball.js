// The ball's geometry, as the engine has it: y points up, directions run anticlockwise from East.

/** @import { Point, Maybe } from "./types.d.ts" */

export const DIRECTIONS = ["E", "NE", "N", "NW", "W", "SW", "S", "SE"];
export const STEP = { least: 0.04, most: 0.09 };

/** @param {number} dx @param {number} dy @returns {number} the class of a displacement, y up */
export function direction(dx, dy) {
  const degrees = (Math.atan2(dy, dx) * 180) / Math.PI;
  return (Math.floor((degrees + 22.5) / 45) + 8) % 8;
}

/** @param {number} u a coordinate in a world without walls @returns {number} the same in the box, walls being mirrors */
export function fold(u) {
  const m = ((u % 2) + 2) % 2;
  return m > 1 ? 2 - m : m;
}

/** A step of any length, shortened or lengthened to what the networks were trained on. @param {number} dx @param {number} dy @returns {Point} */
export function clampStep(dx, dy) {
  const length = Math.hypot(dx, dy) || 1;
  const wanted = Math.min(STEP.most, Math.max(STEP.least, length));
  return [(dx / length) * wanted, (dy / length) * wanted];
}

/** A ball thrown straight from a point. @param {Point} start @param {Point} step @param {number} frames @returns {Point[]} */
export function thrown([x, y], [dx, dy], frames) {
  return Array.from({ length: frames }, (_, t) => [fold(x + t * dx), fold(y + t * dy)]);
}

/**
 * A drawn stroke in steps of equal arc length: raw pointer timing is uneven. Null if it is too short.
 * @param {Point[]} stroke
 * @param {number} most frames
 * @returns {Maybe<Point[]>}
 */
export function resample(stroke, most) {
  const lengths = [0];
  for (let k = 1; k < stroke.length; k++) lengths.push(lengths[k - 1] + distance(stroke[k - 1], stroke[k]));
  const total = lengths[lengths.length - 1] ?? 0;
  if (stroke.length < 3 || total < 0.12) return null;
  const step = Math.min(STEP.most, Math.max(STEP.least, total / 15));
  const count = Math.min(most, Math.floor(total / step + 1e-9) + 1);
  return Array.from({ length: count }, (_, t) => along(stroke, lengths, t * step));
}

/** @param {Point[]} stroke @param {number[]} lengths @param {number} s @returns {Point} */
function along(stroke, lengths, s) {
  let k = 1;
  while (k < lengths.length - 1 && lengths[k] < s) k++;
  const span = lengths[k] - lengths[k - 1] || 1;
  const f = Math.min(1, (s - lengths[k - 1]) / span);
  const [a, b] = [stroke[k - 1], stroke[k]];
  return [clamp(a[0] + f * (b[0] - a[0])), clamp(a[1] + f * (b[1] - a[1]))];
}

/** @param {number} v */
export const clamp = (v) => Math.min(1, Math.max(0, v));

/** A point as networks read it: twice as far from the middle as it is wide, and that it is seen. @param {Maybe<Point>} p */
export const encoded = (p) => (p ? [4 * (p[0] - 0.5), 4 * (p[1] - 0.5), 1] : [0, 0, 0]);

/** @param {Point} a @param {Point} b */
export const distance = (a, b) => Math.hypot(b[0] - a[0], b[1] - a[1]);

/** How sure an answer is, from 0, little better than a guess among all, to 3. @param {number[]} probs */
export function certainty(probs) {
  const most = Math.max(...probs);
  return most < Math.max(0.3, 1.35 / probs.length) ? 0 : most < 0.6 ? 1 : most < 0.85 ? 2 : 3;
}

/** In bits: 3 is a pure guess among eight. @param {number[]} probs */
export const entropy = (probs) => -probs.reduce((sum, p) => sum + (p > 0 ? p * Math.log2(p) : 0), 0);

/** @param {number[]} values */
export const argmax = (values) => values.reduce((best, v, k) => (v > values[best] ? k : best), 0);

/**
 * The class of what the ball does next at each step, from where it is seen next; null where that is not seen.
 * @param {Maybe<Point>[]} points
 * @returns {Maybe<number>[]}
 */
export const seenDirections = (points) =>
  points.map((p, t) => {
    const next = points[t + 1];
    if (!p || !next) return null;
    const moved = distance(p, next);
    return moved < 0.01 ? null : direction(next[0] - p[0], next[1] - p[1]);
  });
