// What a network says after each word: bands in a column, one for each part of the answer.

import { select } from "d3-selection";

import { brief, fill } from "../ink.js";

/** @import { Layout } from "../layout/unrolled.js" */

const HEIGHT = 112;
const LABEL = { first: 12, line: 13, lines: 3 }; // "after:", and what was read in two lines at most
const CHARACTER = 7; // px of one, about
/** A label on its side, where there is no room for it across: its length, and the narrowest column that has one. */
const SIDE = { length: 112, least: 9 };
const START = 26;

/**
 * @typedef {{
 *   layout: Pick<Layout, "width" | "columns" | "gap" | "box" | "gutter">, parts: string[], shares: number[][], initial: number[], say: (shares: number[]) => string,
 *   tokens: string[], grown: number[], current: number, words: any, onStep: (t: number) => void,
 * }} BandsProps
 *   parts: from below, by the name of their colour; shares: of each part after each word; initial: before any;
 *   say: shares in words; grown: 0 to 1, how far each column has come; current: from 0, −1 where there is none
 */

/** What fits below a column, in so many lines: all words up to one, or the last of them. @param {string[]} tokens @param {number} t @param {number} most characters of a line @param {number} lines */
function short(tokens, t, most, lines) {
  const found = [""];
  for (const token of tokens.slice(0, t + 1)) {
    const longer = found[found.length - 1] ? `${found[found.length - 1]} ${token}` : token;
    if (longer.length <= most) found[found.length - 1] = longer;
    else found.push(token);
  }
  if (found.length <= lines && found.every((line) => line.length <= most)) return found;
  const last = `${t ? "\u2026" : ""}${tokens[t]}`;
  return [brief(last, most)];
}

/** The words up to one, the end of which is what fits. @param {string[]} tokens @param {number} t @param {number} [most] characters */
export function prefix(tokens, t, most = Infinity) {
  const text = tokens.slice(0, t + 1).join(" ");
  return text.length <= most ? text : `\u2026${text.slice(1 - most)}`;
}

/** @param {HTMLElement} container @param {BandsProps} props */
export function bands(container, { layout, parts, shares, initial, say, tokens, grown, current, words, onStep }) {
  container.setAttribute("aria-label", `${words.review.bands} ${spoken(shares, initial, tokens, say, words)}`);
  const start = { x: Math.max(0, layout.gutter - START - 6), width: START, lines: [words.review.start], side: "", p: initial, grown: 1, t: -1, said: words.review.before };
  const rest = layout.columns.map(({ t, x, width, sliver }) => {
    const wide = sliver ? width : layout.box;
    const each = sliver ? width : layout.box + layout.gap;
    const room = sliver ? 0 : Math.floor((each - 2) / CHARACTER);
    return {
      x: sliver ? x : x + layout.gap / 2,
      width: Math.max(1, sliver ? width - 0.5 : wide),
      lines: room < 5 ? [] : [words.review.after, ...short(tokens, t, room, LABEL.lines - 1)],
      side: room < 5 && each >= SIDE.least ? `${words.review.after} ${short(tokens, t, Math.floor(SIDE.length / CHARACTER) - words.review.after.length, 1)}` : "",
      p: shares[t],
      grown: grown[t],
      t,
      said: fill(words.review.afterText, { text: prefix(tokens, t, 60) }),
    };
  });
  const height = HEIGHT + (rest.some(({ side }) => side) ? SIDE.length : LABEL.first + LABEL.line * Math.max(1, ...rest.map(({ lines }) => lines.length - 1)) + 6);
  const svg = select(container).selectAll("svg").data([0]).join("svg");
  svg.attr("viewBox", `0 0 ${layout.width} ${height}`).attr("width", layout.width).attr("height", height).attr("aria-hidden", "true");
  const groups = svg
    .selectAll("g.after")
    .data([start, ...rest])
    .join("g")
    .attr("class", "after")
    .classed("current", (/** @type {any} */ d) => d.t === current)
    .attr("transform", (/** @type {any} */ d) => `translate(${d.x},0)`)
    .on("click", (/** @type {unknown} */ event, /** @type {any} */ d) => d.t >= 0 && onStep(d.t + 1));
  groups.each((/** @type {any} */ d, /** @type {number} */ k, /** @type {any} */ nodes) => column(select(nodes[k]), d, parts));
}

/** @param {any} g @param {any} d @param {string[]} names */
function column(g, d, names) {
  let y = HEIGHT;
  const parts = names.map((feeling, k) => {
    const height = HEIGHT * d.p[k] * d.grown;
    y -= height;
    return { feeling, y, height, p: d.p[k] };
  });
  g.selectAll("rect.band")
    .data(parts)
    .join("rect")
    .attr("class", (/** @type {any} */ part) => `band ${part.feeling}`)
    .attr("width", d.width)
    .attr("y", (/** @type {any} */ part) => part.y)
    .attr("height", (/** @type {any} */ part) => part.height);
  g.selectAll("text.share")
    .data(d.width >= 34 && d.grown === 1 ? parts.filter(({ height }) => height > 15) : [])
    .join("text")
    .attr("class", (/** @type {any} */ part) => `share ${part.feeling}`)
    .attr("x", d.width / 2)
    .attr("y", (/** @type {any} */ part) => part.y + part.height / 2)
    .attr("dy", "0.35em")
    .text((/** @type {any} */ part) => Math.round(100 * part.p));
  g.selectAll("rect.frame").data([0]).join("rect").attr("class", "frame").attr("width", d.width).attr("height", HEIGHT);
  g.selectAll("text.label:not(.side)")
    .data(d.lines)
    .join("text")
    .attr("class", "label")
    .attr("x", d.width / 2)
    .attr("y", (/** @type {string} */ text, /** @type {number} */ k) => HEIGHT + LABEL.first + LABEL.line * k)
    .text((/** @type {string} */ text) => text);
  g.selectAll("text.side")
    .data(d.side ? [d.side] : [])
    .join("text")
    .attr("class", "label side")
    .attr("transform", `translate(${d.width / 2},${HEIGHT + 6}) rotate(-90)`)
    .attr("dy", "0.35em")
    .text((/** @type {string} */ text) => text);
  g.selectAll("title").data([d.said]).join("title").text((/** @type {string} */ text) => text);
}

/** All of it in words. @param {number[][]} shares @param {number[]} initial @param {string[]} tokens @param {(shares: number[]) => string} say @param {any} words */
function spoken(shares, initial, tokens, say, words) {
  const all = [`${words.review.before}: ${say(initial)}`, ...shares.map((p, t) => `${fill(words.review.afterText, { text: prefix(tokens, t, 60) })}: ${say(p)}`)];
  return all.length > 12 ? [...all.slice(0, 2), all[all.length - 1]].join(". ") : all.join(". ");
}
