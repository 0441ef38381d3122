// The direction rose: eight wedges, as long as their probabilities.

import { select } from "d3-selection";

import { argmax, DIRECTIONS } from "../ball.js";
import { isNew } from "../dom.js";
import { roseLayout } from "../layout/rose.js";

/**
 * Draw a rose into an SVG group whose origin is its middle.
 * @param {SVGGElement} group
 * @param {{
 *   probs: number[] | null, grown?: number, inner: number, outer: number, truth?: number | null,
 *   choice?: number | null, letters?: boolean, ghost?: number[] | null,
 * }} props grown: 0 to 1, how far the wedges have grown out of the middle; truth and choice: classes to be marked;
 *   ghost: the probabilities as they were
 */
export function rose(group, { probs, grown = 1, inner, outer, truth = null, choice = null, letters = false, ghost = null }) {
  if (isNew(group, "rose", [probs, inner, outer, truth, choice, letters, ghost])) drawRose(group, { probs, inner, outer, truth, choice, letters, ghost });
  if (isNew(group, "wedges", [grown])) select(group).select("g.petals").attr("transform", grown < 1 ? `scale(${grown})` : null);
}

/** All but how far its wedges have grown. @param {SVGGElement} group @param {Required<Omit<Parameters<typeof rose>[1], "grown">>} props */
function drawRose(group, { probs, inner, outer, truth, choice, letters, ghost }) {
  const layout = roseLayout({ inner, outer });
  const g = select(group).classed("rose", true);
  const top = probs ? argmax(probs) : -1;
  g.selectAll("circle.ring")
    .data(layout.rings)
    .join("circle")
    .attr("class", (ring) => (ring.p < 0.2 ? "ring guess" : "ring"))
    .attr("r", (ring) => ring.r);
  g.selectAll("path.choice")
    .data(choice === null ? [] : [choice])
    .join("path")
    .attr("class", "choice")
    .attr("d", (k) => layout.sector(k));
  g.selectAll("g.petals")
    .data([0])
    .join("g")
    .attr("class", "petals")
    .selectAll("path")
    .data(probs ?? [])
    .join("path")
    .attr("class", (p, k) => (k === top ? "wedge top" : "wedge"))
    .attr("d", (p, k) => layout.wedge(k, p));
  g.selectAll("path.was")
    .data(ghost ?? [])
    .join("path")
    .attr("class", "was")
    .attr("d", (p, k) => layout.wedge(k, p));
  g.selectAll("path.truth")
    .data(truth === null ? [] : [truth])
    .join("path")
    .attr("class", "truth")
    .attr("d", (k) => tick(layout.at(k, outer + 3), layout.at(k, outer + 11)));
  g.selectAll("text.letter")
    .data(letters ? DIRECTIONS : [])
    .join("text")
    .attr("class", "letter")
    .attr("transform", (d, k) => `translate(${layout.at(k, outer + 20)})`)
    .attr("dy", "0.35em")
    .text((d) => d);
}

/** @param {[number, number]} a @param {[number, number]} b */
const tick = (a, b) => `M${a}L${b}`;
