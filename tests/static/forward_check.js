// node forward_check.js FILE: how far networks that are run in JavaScript are from the engine's traces of them.
//
// FILE is a list of {name, graph, weights, x, memory, edits, values}; out comes, as JSON, for each which names are not
// as long in both, and the largest difference with its place: in rows that go beyond 1, relative to the largest of the row.

import { readFileSync } from "node:fs";

import { applyEdits, readEdit, writeEdit } from "../../static/js/edits.js";
import { forward } from "../../static/js/forward.js";

/** @param {any} one */
function compare({ name, graph, weights, x, memory, edits, values }) {
  const read = edits.map((/** @type {string} */ text) => readEdit(text, graph, weights) ?? fail(`${name}: ${text} is not read`));
  const again = read.map((/** @type {any} */ edit) => readEdit(writeEdit(edit), graph, weights));
  if (JSON.stringify(again) !== JSON.stringify(read)) fail(`${name}: ${edits} are written as ${read.map(writeEdit)}`);
  const now = applyEdits(graph, weights, read);
  const found = forward(graph, now.weights, x, { ...now, memory });
  const names = [...new Set([...Object.keys(found), ...Object.keys(values)])];
  const unlike = names.filter((value) => found[value]?.length !== values[value]?.length);
  let worst = { difference: 0, at: "" };
  for (const value of names.filter((one) => !unlike.includes(one))) {
    values[value].forEach((/** @type {number[]} */ row, /** @type {number} */ t) => {
      if (row.length !== found[value][t].length) unlike.push(value);
      const largest = Math.max(1, ...row.map(Math.abs));
      row.forEach((v, j) => {
        const difference = Math.abs(v - found[value][t][j]) / largest;
        if (!(difference <= worst.difference)) worst = { difference: Number.isNaN(difference) ? 1e300 : difference, at: `${value}[${t}][${j}]` };
      });
    });
  }
  return { name, unlike, ...worst };
}

/** @param {string} why @returns {never} */
function fail(why) {
  throw new Error(why);
}

console.log(JSON.stringify(JSON.parse(readFileSync(process.argv[2], "utf8")).map(compare)));
