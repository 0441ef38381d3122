// Who is behind the names: how the network was trained, and how well it knows what comes next.

import { select } from "d3-selection";

import { fill } from "../ink.js";

/** @import { Model } from "../types.d.ts" */

/** @param {HTMLElement} container @param {{ model: Model, words: any }} props */
export function namesCard(container, { model, words }) {
  const figures = /** @type {any} */ (model.card.figures);
  const seeds = /** @type {any} */ (model.card.seeds).loss;
  const said = words.names.card;
  const lines = [
    fill(said.trained, { parameters: model.parameters, cell: words.cells[model.cell] ?? model.cell, hidden: model.hidden }),
    fill(said.loss, { names: figures.names, loss: figures.loss.toFixed(3), bigram: figures.bigram_loss.toFixed(3), accuracy: (100 * figures.accuracy).toFixed(1) }),
    fill(said.seeds, { seeds: seeds.values.length, mean: seeds.mean.toFixed(3), deviation: seeds.deviation.toFixed(4) }),
    fill(said.known, { known: (100 * figures.known).toFixed(0) }),
    model.card.data,
  ];
  const root = select(container);
  root.selectAll("p.fact").data(lines).join("p").attr("class", "fact").text((line) => line);
  root.selectAll("pre").data([model.card.command]).join("pre").attr("tabindex", 0).text((command) => command);
  const links = [
    { href: `/api/models/${model.id}`, text: words.card.json },
    { href: `/api/models/${model.id}/file`, text: words.card.file },
  ];
  root.selectAll("a").data(links).join("a").attr("href", (link) => link.href).text((link) => link.text);
}
