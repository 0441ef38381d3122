// The other networks, asked the same question at the same moment: a small rose each.

import { select } from "d3-selection";

import { argmax, entropy } from "../ball.js";
import { fill, percent } from "../ink.js";
import { shortName } from "../names.js";
import { rose } from "./rose.js";

/**
 * @param {HTMLElement} container
 * @param {{
 *   rows: { id: string, probs: number[] | null, hits: number | null, asked: number, chosen: boolean }[],
 *   words: any, onChoose?: (id: string) => void,
 * }} props hits: how often it was right on this path so far, of `asked`
 */
export function rivals(container, { rows, words, onChoose }) {
  const items = select(container)
    .selectAll(".rival")
    .data(rows, (/** @type {any} */ row) => row.id)
    .join((enter) => {
      const item = enter.append(onChoose ? "button" : "div").attr("class", "rival");
      if (onChoose) item.attr("type", "button");
      item.append("span").attr("class", "rival-rose").append("svg").attr("viewBox", "-34 -34 68 68").attr("aria-hidden", "true").append("g");
      item.append("span").attr("class", "rival-name");
      item.append("span").attr("class", "rival-says");
      item.append("span").attr("class", "rival-hits");
      return item;
    })
    .classed("chosen", (row) => row.chosen);
  if (onChoose) items.attr("aria-pressed", (row) => String(row.chosen)).on("click", (event, row) => onChoose(row.id));
  items.select(".rival-name").text((row) => shortName(row.id, words));
  items.select(".rival-says").text((row) => (row.probs ? says(row.probs, words) : row.hits === null ? "\u2026" : "\u2013"));
  items.select(".rival-hits").text((row) => (row.hits === null ? "" : fill(words.rivals.hits, { hits: row.hits, asked: row.asked })));
}

/** Their wedges, as far as they have grown. @param {HTMLElement} container @param {{ truth: number | null, grown?: number }} props */
export function rivalRoses(container, { truth, grown = 1 }) {
  for (const item of container.querySelectorAll(".rival")) {
    const { probs } = /** @type {{ probs: number[] | null }} */ (select(item).datum());
    rose(/** @type {SVGGElement} */ (item.querySelector("svg g")), { probs, grown, inner: 4, outer: 28, truth });
  }
}

/** @param {number[]} probs @param {any} words */
function says(probs, words) {
  const k = argmax(probs);
  return fill(words.rivals.says, { direction: words.letters[k], percent: percent(probs[k]), bits: entropy(probs).toFixed(2) });
}
