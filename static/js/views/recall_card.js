// Who is behind the answers about the first letter: how the network was trained, and how far back it remembers.

import { select } from "d3-selection";

import { fill } from "../ink.js";
import { facts, origin } from "./card.js";
import { table } from "./table.js";

/** @import { Model } from "../types.d.ts" */

/** @param {HTMLElement} container @param {{ model: Model, words: any, onText: (text: string) => void }} props */
export function recallCard(container, { model, words }) {
  const figures = /** @type {any} */ (model.card.figures);
  const seeds = /** @type {any} */ (model.card.seeds).far;
  const { recipe } = /** @type {any} */ (model.card);
  const p = (/** @type {number} */ v) => (100 * v).toFixed(1);
  const said = words.review.card;
  const lines = [
    fill(said.trained, { parameters: model.parameters, cell: words.cells[model.cell] ?? model.cell, hidden: model.hidden, letters: recipe.letters, distance: recipe.distance }),
    fill(said.figures, { sequences: figures.sequences, near: p(figures.near), far: p(figures.far), guess: p(1 / figures.letters) }),
    ...(seeds.values.length > 1 ? [fill(said.seeds, { seeds: seeds.values.map(p).join(", ") })] : []),
    model.card.data,
  ];
  facts(container, lines);
  const room = /** @type {HTMLElement} */ (select(container).selectAll("div.by-distance").data([0]).join("div").attr("class", "by-distance scrolls").attr("tabindex", 0).attr("role", "region").attr("aria-label", said.byDistance).node());
  const rows = figures.distances.map((/** @type {number} */ distance, /** @type {number} */ k) => ({ name: String(distance), cells: [{ text: p(figures.accuracy[k]), bar: figures.accuracy[k] }] }));
  table(room, { caption: said.byDistance, head: [said.distance, said.share], rows });
  origin(container, { model, words });
}
