// Where a hidden state of one unit or two ends for each review, and which side of the readout that is.

import { select } from "d3-selection";

import { halves } from "../layout/plane.js";

/** @import { Place } from "../layout/plane.js" */

const SIZE = 300;
const FLAT = 110; // height where there is one unit
const EDGE = 16;

/**
 * @param {SVGSVGElement} container
 * @param {{ w: number[], c: number, ways: { name: string, states: number[][], right: boolean }[] }} props
 *   w, c: the readout; states: one after the other, from h_0 on
 */
export function plane(container, { w, c, ways }) {
  const one = w.length === 1;
  const height = one ? FLAT : SIZE;
  const x = (/** @type {number} */ v) => EDGE + ((v + 1) / 2) * (SIZE - 2 * EDGE);
  const y = (/** @type {number} */ v) => EDGE + ((1 - v) / 2) * (height - 2 * EDGE);
  const at = (/** @type {number[]} */ h, /** @type {number} */ k) => [x(h[0]), y(one ? 0.6 - 0.4 * k : h[1])]; // one unit: a row for each review
  const svg = select(container).attr("viewBox", `0 0 ${SIZE} ${height}`);
  const { positive, negative } = halves(w, c);
  const points = (/** @type {Place[]} */ places) => places.map(([u, v]) => `${x(u)},${y(v)}`).join(" ");
  svg
    .selectAll("polygon")
    .data([
      { name: "positive", places: positive },
      { name: "negative", places: negative },
      { name: "frame", places: halves([0], 1).positive },
    ])
    .join("polygon")
    .attr("class", (d) => d.name)
    .attr("points", (d) => points(d.places));
  svg
    .selectAll("polyline")
    .data(ways)
    .join("polyline")
    .attr("class", "way")
    .attr("points", ({ states }, k) => states.map((h) => at(h, k).join(",")).join(" "));
  const ends = ways.map(({ states, ...rest }, k) => ({ ...rest, place: at(states[states.length - 1], k) }));
  svg
    .selectAll("circle")
    .data(ends)
    .join("circle")
    .attr("class", (d) => (d.right ? "" : "open"))
    .attr("cx", (d) => d.place[0])
    .attr("cy", (d) => d.place[1])
    .attr("r", 6);
  svg
    .selectAll("text")
    .data(ends)
    .join("text")
    .attr("x", (d) => d.place[0] + (d.place[0] > SIZE / 2 ? -10 : 10))
    .attr("y", (d, k) => d.place[1] + 4 + (one ? 0 : spread(ends, k)))
    .attr("text-anchor", (d) => (d.place[0] > SIZE / 2 ? "end" : "start"))
    .text((d) => d.name);
}

/** Names of dots that lie on each other stand below each other. @param {{ place: number[] }[]} ends @param {number} k */
function spread(ends, k) {
  const near = ends.slice(0, k).filter(({ place }) => Math.hypot(place[0] - ends[k].place[0], place[1] - ends[k].place[1]) < 14);
  return (ends[k].place[1] > SIZE / 2 ? -14 : 14) * near.length;
}
