// What the page of the review and that of recall see differently: what is told apart of an answer, and towards what a word pulls.

import { percent } from "./ink.js";
import { recallCard } from "./views/recall_card.js";
import { reviewCard } from "./views/review_card.js";

/** @import { Maybe } from "./types.d.ts" */

/**
 * @typedef {{ outputs: string[], input: { tokens: string[] } }} Asked
 * @typedef {{
 *   parts: string[], split: (asked: Asked, p: number[]) => number[], towards: (asked: Asked, row: number[]) => number,
 *   truth: (asked: Asked) => Maybe<number>, card: typeof reviewCard,
 * }} Kind
 *   parts: what an answer is split into, from below, by the name of its colour; towards: how far a row of outputs
 *   points the way that is blue; truth: the right output, where it is known
 */

/** The output that is right: the letter that came first. @param {Asked} asked */
const first = ({ outputs, input }) => outputs.indexOf(input.tokens[0]);

/** @type {Record<string, Kind>} by task */
export const KINDS = {
  review: {
    parts: ["negative", "neutral", "positive"],
    split: (asked, p) => p,
    towards: ({ outputs }, row) => row[outputs.indexOf("positive")] - row[outputs.indexOf("negative")],
    truth: () => null,
    card: reviewCard,
  },
  recall: {
    parts: ["neutral", "positive"],
    split: (asked, p) => [1 - (p[first(asked)] ?? 0), p[first(asked)] ?? 0],
    towards: (asked, row) => row[first(asked)] ?? 0,
    truth: (asked) => (asked.input.tokens.length ? first(asked) : null),
    card: recallCard,
  },
};

/** What an output is called; a letter is called what it is. @param {string} output @param {any} words */
export const outputName = (output, words) => words.review.feelings[output] ?? output;

/** Each part of an answer in words. @param {number[]} shares @param {string[]} parts @param {any} words */
export const partsSay = (shares, parts, words) => parts.map((name, k) => `${words.review.feelings[name]} ${percent(shares[k])}`).join(", ");
