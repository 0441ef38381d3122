// The probabilities as a list: names, bars, numbers. What the rose shows, to be read.

import { select } from "d3-selection";

import { argmax } from "../ball.js";
import { fill, percent } from "../ink.js";

/**
 * @param {HTMLElement} container
 * @param {{ probs: number[], names: string[], letters: string[], truth: number | null, right: string, ghost?: number[] | null, was?: string }} props
 *   right: what is said, for a screen reader, of the class that proved right; ghost: as they were, with the words for it
 */
export function bars(container, { probs, names, letters, truth, right, ghost = null, was = "" }) {
  const top = argmax(probs);
  const rows = select(container)
    .selectAll("li")
    .data(probs)
    .join((enter) => {
      const li = enter.append("li");
      li.append("span").attr("class", "letter");
      const track = li.append("span").attr("class", "track");
      track.append("span").attr("class", "level");
      track.append("span").attr("class", "was");
      li.append("span").attr("class", "number");
      li.append("span").attr("class", "tick");
      return li;
    })
    .classed("top", (p, k) => k === top);
  rows.select(".letter").text((p, k) => letters[k]).attr("title", (p, k) => names[k]);
  rows.select(".level").style("width", (p) => `${100 * p}%`);
  rows.select(".was").attr("hidden", ghost ? null : "").style("left", (p, k) => `${100 * (ghost?.[k] ?? 0)}%`);
  rows.select(".number").text((p) => percent(p));
  rows.select(".tick").text((p, k) => (k === truth ? "\u25c2" : "")).attr("title", (p, k) => (k === truth ? right : null));
  rows.attr("aria-label", (p, k) => `${names[k]} ${percent(p)}${k === truth ? `, ${right}` : ""}${ghost ? `, ${fill(was, { percent: percent(ghost[k]) })}` : ""}`);
}
