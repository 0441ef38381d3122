// The networks that read the same words, each with what it says at the word that is looked at.

import { select } from "d3-selection";

import { argmax } from "../ball.js";
import { percent } from "../ink.js";

/**
 * @param {HTMLElement} container
 * @param {{ rows: { id: string, probs: number[] | null, chosen: boolean }[], outputs: string[], words: any, onChoose: (id: string) => void }} props
 */
export function readers(container, { rows, outputs, words, onChoose }) {
  const items = select(container)
    .selectAll("button.reader")
    .data(rows)
    .join((enter) => {
      const button = enter.append("button").attr("type", "button").attr("class", "reader");
      button.append("span").attr("class", "reader-name");
      button.append("span").attr("class", "reader-bar");
      button.append("span").attr("class", "reader-says");
      return button;
    })
    .classed("chosen", (row) => row.chosen)
    .attr("aria-pressed", (row) => row.chosen)
    .on("click", (event, row) => onChoose(row.id));
  items.select(".reader-name").text((row) => words.models[row.id]?.short ?? row.id);
  items
    .select(".reader-bar")
    .selectAll("i")
    .data((row) => (row.probs ?? []).map((p, k) => ({ p, name: outputs[k] })))
    .join("i")
    .attr("class", (part) => part.name)
    .style("width", (part) => `${100 * part.p}%`);
  items.select(".reader-says").text(({ probs }) => (probs ? `${words.review.feelings[outputs[argmax(probs)]]} ${percent(Math.max(...probs))}` : "\u2026"));
}
