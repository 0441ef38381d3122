// The words as the network reads them; those that it does not know are dashed. They can be put elsewhere.

import { select } from "d3-selection";

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
      li.append("button").attr("type", "button").attr("draggable", "true");
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
  container.ondragstart = (event) => {
    event.dataTransfer?.setData("text/plain", String(place(event)));
    container.dataset.from = String(place(event));
  };
  container.ondragover = (event) => {
    if (place(event) < 0 || container.dataset.from === undefined) return; // of ours alone
    event.preventDefault();
    select(container).selectAll("li").classed("over", (d, t) => t === place(event));
  };
  container.ondragend = () => {
    delete container.dataset.from;
    select(container).selectAll("li").classed("over", false);
  };
  container.ondrop = (event) => {
    event.preventDefault();
    select(container).selectAll("li").classed("over", false);
    if (place(event) >= 0 && container.dataset.from !== undefined) onMove(Number(container.dataset.from), place(event));
  };
}
