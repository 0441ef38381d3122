// The networks that were asked the same, each with what it says.

import { select } from "d3-selection";

import { shortName } from "../names.js";

/**
 * @param {HTMLElement} container
 * @param {{ rows: { id: string, probs: number[], says: string | null, chosen: boolean }[], outputs: string[], words: any, onChoose: (id: string) => void }} props
 *   probs: drawn as a bar, where there are any; says: null while it is not known
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
  items.select(".reader-name").text((row) => shortName(row.id, words));
  items
    .select(".reader-bar")
    .style("display", (row) => (row.probs.length ? null : "none"))
    .selectAll("i")
    .data((row) => row.probs.map((p, k) => ({ p, name: outputs[k] })))
    .join("i")
    .attr("class", (part) => part.name)
    .style("width", (part) => `${100 * part.p}%`);
  items.select(".reader-says").text(({ says }) => says ?? "\u2026");
}
