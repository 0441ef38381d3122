// Who is behind the answers: how the network was trained, how often it is right, and where it is not.

import { select } from "d3-selection";

import { fill } from "../ink.js";
import { facts, origin } from "./card.js";

/** @import { Model } from "../types.d.ts" */

/** @param {HTMLElement} container @param {{ model: Model, words: any, onText: (text: string) => void }} props */
export function reviewCard(container, { model, words, onText }) {
  const figures = /** @type {any} */ (model.card.figures);
  const seeds = /** @type {any} */ (model.card.seeds).accuracy;
  const p = (/** @type {number} */ v) => (100 * v).toFixed(1);
  const said = words.review.card;
  const lines = [
    fill(said.trained, { parameters: model.parameters, cell: words.cells[model.cell] ?? model.cell, hidden: model.hidden, embedding: model.vocabulary * model.graph.layers[0].inputs }),
    fill(said.accuracy, { sentences: figures.sentences, accuracy: p(figures.accuracy), band: p(figures.accuracy_band), binary: p(figures.binary), binaryBand: p(figures.binary_band) }),
    ...(seeds.values.length > 1 ? [fill(said.seeds, { seeds: seeds.values.length, mean: p(seeds.mean), deviation: (100 * seeds.deviation).toFixed(2) })] : []),
    model.card.data,
  ];
  facts(container, lines);
  const root = select(container);
  root.selectAll("h4").data([said.wrong]).join("h4").text((text) => text);
  const wrong = figures.our_sentences.filter((/** @type {any} */ one) => !one.right);
  const list = root.selectAll("ul").data([wrong]).join("ul").attr("class", "wrong");
  const items = list
    .selectAll("li")
    .data((/** @type {any[]} */ all) => all)
    .join((/** @type {any} */ enter) => {
      const li = enter.append("li");
      li.append("button").attr("type", "button").attr("class", "as-text");
      li.append("span");
      return li;
    });
  items.select("button").text((/** @type {any} */ one) => one.text).on("click", (/** @type {unknown} */ event, /** @type {any} */ one) => onText(one.text));
  items.select("span").text((/** @type {any} */ one) => fill(said.said, { said: words.review.feelings[one.said], expected: words.review.feelings[one.expected] }));
  origin(container, { model, words });
}
