// A run: what was asked and what came back, put together once for all views.

import { DIRECTIONS, encoded, seenDirections } from "./ball.js";
import { changed, readEdits, shifted } from "./trying.js";
import { waveOf } from "./wave.js";

/** @import { BallPath, Maybe, Model, Point, Query, Run, Trace, Weights } from "./types.d.ts" */

/**
 * @param {{ points: Maybe<Point>[], path: Maybe<BallPath>, trace: Trace, model: Model, weights: Weights, edit?: Maybe<string> }} parts
 *   points: all that are known, those hidden from the network too; edit: with which the trace was made
 * @returns {Run}
 */
export function makeRun({ points, path, trace, model, weights, edit = null }) {
  const known = path ? path.directions.map((d) => DIRECTIONS.indexOf(d)) : seenDirections(points);
  const truths = Array.from({ length: trace.length }, (_, t) => (t < points.length ? known[t] ?? null : null));
  const wave = waveOf(model.graph, trace.length);
  const edits = readEdits(edit, model.graph, weights);
  return { points, path, trace, model, wave, truths, seen: trace.input.points.map((p) => p !== null), ...changed({ trace, model }, weights, edits) };
}

/**
 * With one point elsewhere: what the network makes of it is worked out here. The run as it was stands behind it.
 * @param {Run} run @param {number} t from 0 @param {Point} place @param {Run} before @returns {Run}
 */
export function withPoint(run, t, place, before) {
  const put = (/** @type {Maybe<Point>[]} */ all) => all.map((p, k) => (k === t ? place : p));
  const points = put(run.points);
  const input = put(run.trace.input.points);
  const known = seenDirections(points);
  const other = shifted(run, input.map(encoded), { points: input }, before.trace.values);
  return { ...other, points, path: null, truths: run.truths.map((_, k) => known[k] ?? null), moved: { t, from: before.trace.input.points[t] } };
}

/** The points as the network is shown them. @param {Maybe<Point>[]} points @param {Query["hide"]} hide */
export const withHidden = (points, hide) =>
  hide ? points.map((p, t) => (t + 1 >= hide[0] && t + 1 <= hide[1] ? null : p)) : points;

/** `bouncing-7` into the motion and the seed. @param {string} scene @returns {[string, number]} */
export function splitScene(scene) {
  const at = scene.lastIndexOf("-");
  return [scene.slice(0, at), Number(scene.slice(at + 1))];
}
