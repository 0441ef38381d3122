// What enters a column of the diagram, at its foot: where the ball is, or the word that is read.

import { brief } from "../ink.js";

/** @import { DiagramProps } from "./diagram.js" */

/**
 * The ball's place in a small box, or a blank where it is hidden.
 * @param {(boolean)[]} seen
 * @returns {DiagramProps["drawInput"]}
 */
export const ballChip = (seen) => (g, t, { layout, trace }) => {
  const { y, size } = layout.input;
  const left = layout.gap / 2 + (layout.box - size) / 2;
  const generated = t >= trace.length - trace.generated;
  const point = trace.input.points[t];
  g.append("rect")
    .attr("class", seen[t] ? "chip" : "chip blank")
    .attr("x", left)
    .attr("y", y)
    .attr("width", size)
    .attr("height", size)
    .attr("rx", 3);
  if (!point) {
    g.append("text").attr("class", "nothing").attr("x", left + size / 2).attr("y", y + size / 2).attr("dy", "0.35em").text("?");
    return;
  }
  g.append("circle")
    .attr("class", generated ? "dot made-up" : "dot")
    .attr("r", Math.max(2, size / 10))
    .attr("cx", left + 3 + point[0] * (size - 6))
    .attr("cy", y + 3 + (1 - point[1]) * (size - 6));
};

/** Height that words need below a column: on a line, and aslant. */
const LINE = 30;
const ASLANT = 78;

const CHARACTER = 7.6; // px of one, about
const LONGEST = 13;

/** @param {string} token */
const cut = (token) => brief(token, LONGEST);

/** @param {string[]} tokens @param {number} width of a column */
const fits = (tokens, width) => tokens.every((token) => cut(token).length * CHARACTER < width);

/** The height that words need. @param {string[]} tokens @param {number} width of a column */
export const wordHeight = (tokens, width) => (fits(tokens, width) ? LINE : ASLANT);

/**
 * The word, on a line where all of them fit, else aslant; underlined where the network does not know it.
 * @param {string[]} tokens
 * @param {number[]} unknown places
 * @returns {DiagramProps["drawInput"]}
 */
export const wordChip = (tokens, unknown) => (g, t, { layout, words }) => {
  const { y, height } = layout.input;
  const x = (layout.gap + layout.box) / 2;
  const strange = unknown.includes(t);
  const text = g
    .append("text")
    .attr("class", strange ? "word dot unknown" : "word dot")
    .text(cut(tokens[t]));
  if (height === LINE) text.attr("x", x).attr("y", y + 16).attr("text-anchor", "middle");
  else text.attr("transform", `translate(${x + 4},${y + 6}) rotate(-52)`).attr("text-anchor", "end");
  text.append("title").text(strange ? `${tokens[t]}: ${words.review.unknown}` : tokens[t]);
};
