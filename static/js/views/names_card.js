// Who is behind the names: how the network was trained, and how well it knows what comes next.

import { fill } from "../ink.js";
import { facts, origin } from "./card.js";

/** @import { Model } from "../types.d.ts" */

/** @param {HTMLElement} container @param {{ model: Model, words: any }} props */
export function namesCard(container, { model, words }) {
  const figures = /** @type {any} */ (model.card.figures);
  const seeds = /** @type {any} */ (model.card.seeds).loss;
  const said = words.names.card;
  const lines = [
    fill(said.trained, { parameters: model.parameters, cell: words.cells[model.cell] ?? model.cell, hidden: model.hidden }),
    fill(said.loss, { names: figures.names, loss: figures.loss.toFixed(3), bigram: figures.bigram_loss.toFixed(3), accuracy: (100 * figures.accuracy).toFixed(1) }),
    ...(seeds.values.length > 1 ? [fill(said.seeds, { seeds: seeds.values.length, mean: seeds.mean.toFixed(3), deviation: seeds.deviation.toFixed(4) })] : []),
    fill(said.known, { known: (100 * figures.known).toFixed(0) }),
    model.card.data,
  ];
  facts(container, lines);
  origin(container, { model, words });
}
