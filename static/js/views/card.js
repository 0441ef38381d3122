// What every card of a network has: facts, the command that trained it, and its file.

import { select } from "d3-selection";

/** @import { Model } from "../types.d.ts" */

/** @param {HTMLElement} container @param {string[]} lines */
export function facts(container, lines) {
  select(container).selectAll("p.fact").data(lines).join("p").attr("class", "fact").text((line) => line);
}

/** @param {HTMLElement} container @param {{ model: Model, words: any }} props */
export function origin(container, { model, words }) {
  const root = select(container);
  root.selectAll("pre").data([model.card.command]).join("pre").attr("tabindex", 0).text((command) => command);
  const links = [
    { href: `/api/models/${model.id}`, text: words.card.json },
    { href: `/api/models/${model.id}/file`, text: words.card.file },
  ];
  root.selectAll("a").data(links).join("a").attr("href", (link) => link.href).text((link) => link.text);
}
