// The words as the network reads them; those that it does not know are dashed. They can be put elsewhere.

import { select } from "d3-selection";

import { draggable } from "./dragging.js";

/**
 * @param {HTMLElement} container
 * @param {{
 *   tokens: string[], unknown: Set<string>, current: number, words: any,
 *   onStep: (t: number) => void, onMove: (from: number, to: number) => void,
 * }} props current, from, to: from 0
 */
export function tokens(container, { tokens: all, unknown, current, words, onStep, onMove }) {
  const place = (/** @type {Event} */ event) => {
    const li = /** @type {Element} */ (event.target).closest("li");
    return li ? [...container.children].indexOf(li) : -1;
  };
  select(container)
    .selectAll("li")
    .data(all)
    .join((enter) => {
      const li = enter.append("li");
      li.append("button").attr("type", "button");
      return li;
    })
    .select("button")
    .text((token) => token)
    .classed("unknown", (token) => unknown.has(token))
    .attr("aria-current", (token, t) => (t === current ? "step" : null))
    .attr("title", (token) => (unknown.has(token) ? words.review.unknown : words.review.move));
  container.onclick = (event) => place(event) >= 0 && onStep(place(event) + 1);
  container.onkeydown = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !event.altKey || place(event) < 0) return;
    event.preventDefault();
    onMove(place(event), place(event) + by);
  };
  draggable(container, onMove);
}
