// The address is the state: the query says what is computed, the hash where one looks.
// One row a field; defaults are left out, values clamped, a bad one becomes the default with a notice.

/** @import { Query, Look, Point, Maybe } from "./types.d.ts" */

/** What the service reads as a number too: no 0x1, no 1_0. */
export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** @param {number} v @param {number} digits */
const short = (v, digits) => v.toFixed(digits).replace(/\.?0+$/, "");
const MOST = 2900; // characters of points: an address stays under 4 kB

/**
 * To 8 places, finer than a network's float32 can tell apart; to 4 where that would be too long.
 * @param {Maybe<Point>[]} points
 */
export function writePoints(points) {
  const write = (/** @type {number} */ digits) =>
    points.map((p) => (p ? `${short(p[0], digits)},${short(p[1], digits)}` : "-")).join(";");
  const fine = write(8);
  return fine.length <= MOST ? fine : write(4);
}

/** @param {string} text @returns {Maybe<Point>[] | undefined} */
export function readPoints(text) {
  if (!text) return undefined;
  /** @type {Maybe<Point>[]} */
  const points = [];
  for (const part of text.split(";")) {
    if (part.trim() === "-") {
      points.push(null);
      continue;
    }
    const [x, y, ...rest] = part.split(",").map((v) => (NUMBER.test(v.trim()) ? Number(v) : NaN));
    if (rest.length || !inside(x) || !inside(y)) return undefined;
    points.push([x, y]);
  }
  return points;
}

/** @param {number} v */
const inside = (v) => v >= 0 && v <= 1;

/** @param {string} text @returns {[number, number] | undefined} */
function readRange(text) {
  const match = /^(\d{1,3})-(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2])];
  return first >= 1 && first <= last ? [first, last] : undefined;
}

/** @param {string[]} allowed @returns {(text: string) => any} */
const oneOf = (allowed) => (text) => (allowed.includes(text) ? text : undefined);

/**
 * read gives undefined for what cannot be read; write is only asked for values that are not the default.
 * @typedef {{ default: any, read: (text: string) => any, write: (value: any) => string }} Field
 */

/** @type {Field} */
export const MEMORY = {
  default: true,
  read: (text) => (text === "on" ? true : text === "off" ? false : undefined),
  write: (on) => (on ? "on" : "off"),
};

/** Edits, one after the other; which of them this network can have is seen when it is there. @type {Field} */
export const EDIT = {
  default: null,
  read: (text) => (/^[\w.:,;[\]+-]{1,3000}$/.test(text) ? text : undefined),
  write: String,
};

/** @type {Record<string, Field>} */
const QUERY = {
  model: { default: "ball-rnn", read: (text) => text.split("@")[0], write: String },
  scene: {
    default: null,
    read: (text) => (/^[a-z]+-\d{1,9}$/.test(text) ? text : undefined),
    write: String,
  },
  points: { default: null, read: readPoints, write: writePoints },
  hide: { default: null, read: readRange, write: (range) => range.join("-") },
  memory: MEMORY,
  generate: {
    default: 0,
    read: (text) => (/^\d{1,2}$/.test(text) ? Math.min(12, Number(text)) : undefined),
    write: String,
  },
  edit: EDIT,
};

/** @type {Record<string, Field>} */
const HASH = {
  t: { default: 1, read: (text) => (/^\d{1,3}$/.test(text) ? Math.max(1, Number(text)) : undefined), write: String },
  beat: { default: null, read: (text) => (/^\d{1,5}$/.test(text) ? Math.max(1, Number(text)) : undefined), write: String },
  node: { default: null, read: (text) => (/^[\w.]{1,40}$/.test(text) ? text : undefined), write: String },
  unit: { default: null, read: (text) => (/^\d{1,4}$/.test(text) ? Number(text) : undefined), write: String },
  view: { default: null, read: oneOf(["softmax", "cell", "traceback", "rolled", "beside"]), write: String },
  fold: { default: 1, read: (text) => (/^(0|0?\.\d+|1(\.0+)?)$/.test(text) ? Number(Number(text).toFixed(2)) : undefined), write: (fold) => short(fold, 2) },
  weight: { default: null, read: (text) => (/^[\w.]{1,40}\.\d{1,5}\.\d{1,5}$/.test(text) ? text : undefined), write: String },
  with: { default: null, read: (text) => (/^[\w.-]{1,60}(,[\w.-]{1,60}){0,2}$/.test(text) ? text : undefined), write: String },
  theme: { default: "auto", read: oneOf(["light", "dark"]), write: String },
  motion: { default: "auto", read: oneOf(["full", "reduced"]), write: String },
};

/**
 * @param {Record<string, Field>} fields
 * @param {string} text
 * @returns {{ values: any, bad: string[] }}
 */
export function read(fields, text) {
  const given = new URLSearchParams(text);
  /** @type {Record<string, any>} */
  const values = {};
  const bad = [];
  for (const [name, field] of Object.entries(fields)) {
    const said = given.get(name);
    const value = said === null ? undefined : field.read(said);
    if (said !== null && value === undefined) bad.push(name);
    values[name] = value === undefined ? field.default : value;
  }
  return { values, bad };
}

/** @param {Record<string, Field>} fields @param {any} values */
export function write(fields, values) {
  return Object.entries(fields)
    .filter(([name, field]) => values[name] !== field.default)
    .map(([name, field]) => `${name}=${encodeURIComponent(field.write(values[name])).replace(/%40/g, "@").replace(/%2C/g, ",").replace(/%3B/g, ";").replace(/%3A/g, ":").replace(/%5B/g, "[").replace(/%5D/g, "]")}`)
    .join("&");
}

/**
 * Where one looks; of a node without a unit, at the first.
 * @template T
 * @param {string} hash
 * @param {T} t the step of an address without one
 * @returns {{ look: Omit<Look, "t"> & { t: number | T }, bad: string[] }}
 */
export function readLook(hash, t) {
  const { values, bad } = read({ ...HASH, t: { ...HASH.t, default: t } }, hash.replace(/^#/, ""));
  const { node, unit, ...rest } = values;
  return { look: { ...rest, unit: node && { node, index: unit ?? 0 } }, bad };
}

/** @param {Look} look @param {number} t the step that is left out */
export function writeLook(look, t) {
  const views = { fold: "rolled", weight: "rolled", with: "beside" }; // what has a meaning in one view alone
  const unused = Object.entries(views).flatMap(([name, view]) => (look.view === view ? [] : [[name, HASH[name].default]]));
  const where = write({ ...HASH, t: { ...HASH.t, default: t } }, { ...look, ...Object.fromEntries(unused), node: look.unit?.node ?? null, unit: look.unit?.index ?? null });
  return where && `#${where}`;
}

/**
 * @param {{ search: string, hash: string }} location
 * @param {string} scene the scene where neither points nor a scene is given
 * @returns {{ query: Query, look: Look, bad: string[] }}
 */
export function readAddress(location, scene) {
  const asked = read(QUERY, location.search);
  const { look, bad } = readLook(location.hash, 1);
  const query = asked.values;
  if (query.points) query.scene = null;
  else query.scene ??= scene;
  return { query, look, bad: [...asked.bad, ...bad] };
}

/**
 * @param {Query} query
 * @param {Look} look
 * @param {string} scene the scene that is left out, being the default
 */
export function writeAddress(query, look, scene) {
  const asked = write(QUERY, { ...query, scene: query.scene === scene ? null : query.scene });
  return `/${asked && `?${asked}`}${writeLook(look, 1)}`;
}
