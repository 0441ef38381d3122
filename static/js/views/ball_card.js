// What is behind the numbers: which network, who trained it on what, how often it is right.

import { fill } from "../ink.js";
import { facts, origin } from "./card.js";

/** @import { Model } from "../types.d.ts" */

/** @param {HTMLElement} container @param {{ model: Model, words: any }} props */
export function ballCard(container, { model, words }) {
  const { figures, seeds } = model.card;
  const late = seeds.accuracy_late;
  const p = (/** @type {number} */ v) => (100 * v).toFixed(1);
  const lines = [
    fill(words.card.trained, { parameters: model.parameters, cell: words.cells[model.cell] ?? model.cell, hidden: model.hidden }),
    fill(model.bidirectional ? words.card.bothWays : words.card.accuracy, { late: p(figures.accuracy_late), first: p(figures.accuracy_by_frame[0]), sequences: figures.sequences }),
    ...(late.values.length > 1 ? [fill(words.card.seeds, { mean: p(late.mean), deviation: (100 * late.deviation).toFixed(2), seeds: late.values.length })] : []),
    fill(words.card.curve, { curve: p(figures.accuracy_late_by_motion.curve) }),
    model.card.data,
  ];
  facts(container, lines);
  origin(container, { model, words });
}
