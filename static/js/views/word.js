// A word as numbers: its place among all words, the row of the embedding that it selects, and who is near.

import { select } from "d3-selection";

import { brief, fill, signed } from "../ink.js";

/** @import { WordNumbers } from "../types.d.ts" */

const WIDTH = 320;
const STRIP = 16;
const UNIT = 18;
const ACROSS = 16;
const SPACE = 10;

/**
 * @param {HTMLElement} container
 * @param {{ found: WordNumbers, color: (value: number) => string, words: any }} props
 */
export function word(container, { found, color, words }) {
  const said = words.review.word;
  if (!container.firstElementChild) container.replaceChildren(); // of a sentence that stood there
  const root = select(container);
  const most = Math.max(...found.vector.map(Math.abs), 1e-9);
  root
    .selectAll("p.is")
    .data([fill(found.known ? said.is : said.unknown, { word: brief(found.word), number: found.number, vocabulary: found.vocabulary - (found.known ? 0 : 1), size: found.vector.length })])
    .join("p")
    .attr("class", "is note")
    .text(String);
  const rows = Math.ceil(found.vector.length / ACROSS);
  const height = STRIP + SPACE + rows * UNIT;
  const svg = root.selectAll("svg").data([0]).join("svg");
  svg.attr("viewBox", `0 0 ${WIDTH} ${height}`).attr("role", "img").attr("aria-label", fill(said.label, { word: brief(found.word), list: found.vector.map((v) => signed(v)).join(", ") }));
  svg.selectAll("rect.all").data([0]).join("rect").attr("class", "all").attr("width", WIDTH).attr("height", STRIP);
  svg
    .selectAll("rect.one")
    .data([found.number / found.vocabulary])
    .join("rect")
    .attr("class", "one")
    .attr("x", (share) => share * (WIDTH - 3))
    .attr("width", 3)
    .attr("height", STRIP);
  const units = svg
    .selectAll("rect.number")
    .data(found.vector)
    .join("rect")
    .attr("class", "number")
    .attr("x", (v, k) => (k % ACROSS) * (WIDTH / ACROSS))
    .attr("y", (v, k) => STRIP + SPACE + Math.floor(k / ACROSS) * UNIT)
    .attr("width", WIDTH / ACROSS - 1)
    .attr("height", UNIT - 1)
    .attr("fill", (v) => color(v / most));
  units.selectAll("title").data((v) => [v]).join("title").text((v) => signed(v, 4));
  root.selectAll("p.near").data(found.known ? [said.nearest] : []).join("p").attr("class", "near note").text(String);
  root
    .selectAll("ol")
    .data(found.known ? [found.nearest] : []) // near the row of all unknown words is nothing that they mean
    .join("ol")
    .attr("class", "nearest")
    .selectAll("li")
    .data((all) => all)
    .join("li")
    .text((near) => `${near.word} ${signed(near.cosine)}`);
}
