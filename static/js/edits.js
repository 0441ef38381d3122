// What if: changes to a network that are part of the question, not of the network. They are read, written and
// applied as the service has them (engine/edits.py), one after the other.

import { NUMBER } from "./address.js";
import { sizeOf } from "./cell.js";
import { layerOf, localOf, ownerOf } from "./graph.js";

/** @import { Edit, Graph, Maybe, Weights } from "./types.d.ts" */

const PLACE = /^([\w.]+)\[(\d{1,6})(?:,(\d{1,6}))?\]:([^:]+)$/;
const WHOLE = /^(scale|force):([\w.]+)(?:\[(\d{1,6})\])?:([^:]+)$/;
const MOST = 1e6;

/**
 * An edit in the words of an address; null for what is none, or none of this network.
 * @param {string} text @param {Graph} graph @param {Weights} weights @returns {Maybe<Edit>}
 */
export function readEdit(text, graph, weights) {
  const whole = WHOLE.exec(text);
  const place = whole ? null : PLACE.exec(text);
  if (!whole && !place) return null;
  const said = whole ? whole[4] : place?.[4] ?? "";
  const value = NUMBER.test(said) ? Number(said) : NaN;
  const index = (whole ? [whole[3]] : [place?.[2], place?.[3]]).flatMap((part) => (part === undefined ? [] : [Number(part)]));
  const edit = whole ? { kind: whole[1], name: whole[2], index, value } : { ...placeOf(place?.[1] ?? "", graph), index, value };
  return fits(/** @type {Edit} */ (edit), graph, weights) ? /** @type {Edit} */ (edit) : null;
}

/** `h0` and `layers.1.c0` are where a state begins, all else a weight. @param {string} name @param {Graph} graph */
function placeOf(name, graph) {
  const state = name.replace(/0$/, "");
  const full = state.includes(".") ? state : `layers.0.${state}`;
  const starts = state !== name && layerOf(graph, full)?.states.includes(localOf(full));
  return starts ? { kind: "start", name: full } : { kind: "weight", name };
}

/** Whether there is what it changes. @param {Edit} edit @param {Graph} graph @param {Weights} weights */
function fits({ kind, name, index, value }, graph, weights) {
  if (!(Math.abs(value) <= MOST)) return false;
  if (kind === "scale") return name in weights && !index.length;
  if (kind === "weight") {
    const rows = /** @type {any} */ (weights[name]);
    const numbers = index.length === 2 ? rows?.[index[0]]?.[index[1]] : rows?.[index[0]];
    return typeof numbers === "number";
  }
  const units = unitsOf(graph, name);
  return units > 0 && index.length <= 1 && (index[0] ?? 0) < units && (kind === "force" || index.length === 1);
}

/** How many units a value has that is computed; none where there is none. @param {Graph} graph @param {string} full */
function unitsOf(graph, full) {
  const layer = layerOf(graph, full);
  const node = layer?.nodes.find(({ id, role }) => id === localOf(full) && role !== "term");
  return layer && node ? sizeOf(layer, node) : 0;
}

/** To so many digits a number of a drag is written: finer than it can be told apart, and short. @param {number} value */
export const short = (value) => String(Number(value.toPrecision(5)));

/** @param {Edit} edit */
export function writeEdit({ kind, name, index, value }) {
  const place = index.length ? `[${index}]` : "";
  if (kind === "weight") return `${name}${place}:${short(value)}`;
  if (kind === "start") return `${ownerOf(name) === "layers.0" ? localOf(name) : name}0${place}:${short(value)}`;
  return `${kind}:${name}${place}:${short(value)}`;
}

/** Whether two edits change the same. @param {Edit} a @param {Edit} b */
export const sameTarget = (a, b) => a.kind === b.kind && a.name === b.name && a.index.join() === b.index.join();

/**
 * The edits with one more, or with another value where there is one of the same; without it where it changes nothing.
 * @param {Edit[]} edits @param {Edit} edit @param {Maybe<number>} plain the value that is no change
 */
export function withEdit(edits, edit, plain = null) {
  const gone = plain !== null && short(edit.value) === short(plain);
  if (!edits.some((one) => sameTarget(one, edit))) return gone ? edits : [...edits, edit];
  return edits.flatMap((one) => (sameTarget(one, edit) ? (gone ? [] : [edit]) : [one]));
}

/**
 * A network with edits in force; what they do not change is shared with the one that it was.
 * @param {Graph} graph @param {Weights} weights @param {Edit[]} edits
 * @returns {{ weights: Weights, initial: Record<string, number[]>, forced: Record<string, Maybe<number>[]> }}
 */
export function applyEdits(graph, weights, edits) {
  const now = { weights: { ...weights }, initial: /** @type {Record<string, number[]>} */ ({}), forced: /** @type {Record<string, Maybe<number>[]>} */ ({}) };
  for (const { kind, name, index, value } of edits) {
    if (kind === "weight") now.weights[name] = placed(now.weights[name], index, value);
    else if (kind === "scale") now.weights[name] = scaled(now.weights[name], value);
    else if (kind === "start") now.initial[name] = placed(now.initial[name] ?? Array(unitsOf(graph, name)).fill(0), index, value);
    else if (index.length) now.forced[name] = placed(now.forced[name] ?? Array(unitsOf(graph, name)).fill(null), index, value);
    else now.forced[name] = Array(unitsOf(graph, name)).fill(value);
  }
  return now;
}

/** A copy with one number changed. @param {any} all @param {number[]} index @param {number} value @returns {any} */
const placed = (all, [k, ...rest], value) => Array.from(all, (one, j) => (j !== k ? one : rest.length ? placed(one, rest, value) : value));

/** @param {any} all @param {number} by @returns {any} */
const scaled = (all, by) => Array.from(all, (one) => (typeof one === "number" ? one * by : scaled(one, by)));
