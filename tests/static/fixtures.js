// What make_fixtures.py wrote, computed by the engine.

import { readFileSync } from "node:fs";

/** @param {string} name @returns {any} */
export const fixture = (name) => JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));

/** @param {string} name @returns {ArrayBuffer} */
export const bytes = (name) => new Uint8Array(readFileSync(new URL(`./fixtures/${name}.bin`, import.meta.url))).buffer;

/** Equal up to `most`, with the place in the message. @param {number} a @param {number} b @param {number} most @param {string} where */
export function near(a, b, most, where) {
  if (!(Math.abs(a - b) <= most)) throw new Error(`${where}: ${a} is not ${b} (±${most})`);
}
