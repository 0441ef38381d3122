// The probabilities as a list: names, bars, numbers. What the rose shows, to be read.

import { select } from "d3-selection";

import { argmax } from "../ball.js";
import { percent } from "../ink.js";

/**
 * @param {HTMLElement} container
 * @param {{ probs: number[], names: string[], letters: string[], truth: number | null, right: string }} props
 *   right: what is said, for a screen reader, of the class that proved right
 */
export function bars(container, { probs, names, letters, truth, right }) {
  const top = argmax(probs);
  const rows = select(container)
    .selectAll("li")
    .data(probs)
    .join((enter) => {
      const li = enter.append("li");
      li.append("span").attr("class", "letter");
      li.append("span").attr("class", "track").append("span").attr("class", "level");
      li.append("span").attr("class", "number");
      li.append("span").attr("class", "tick");
      return li;
    })
    .classed("top", (p, k) => k === top);
  rows.select(".letter").text((p, k) => letters[k]).attr("title", (p, k) => names[k]);
  rows.select(".level").style("width", (p) => `${100 * p}%`);
  rows.select(".number").text((p) => percent(p));
  rows.select(".tick").text((p, k) => (k === truth ? "\u25c2" : "")).attr("title", (p, k) => (k === truth ? right : null));
  rows.attr("aria-label", (p, k) => `${names[k]} ${percent(p)}${k === truth ? `, ${right}` : ""}`);
}
