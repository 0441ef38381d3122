// What each word did to the answer, by four methods, one below the other: towards positive or towards negative.

import { select } from "d3-selection";

import { brief, fill, signed } from "../ink.js";
import { table } from "./table.js";

/** @import { Attributions } from "../types.d.ts" */
/** @import { Layout } from "../layout/unrolled.js" */

const ROW = 30;
const ABOVE = 18;
const BESIDE = 60; // px that a name needs
const LEVEL = 64; // px that a word needs to stand level
const HEAD = { level: 24, upright: 76 }; // px of the words above
const CHARACTER = 7.2; // px of one
const METHODS = /** @type {const} */ (["step_change", "leave_one_out", "gradient_x_input", "shapley"]);
const PAIRS = 3;

/** @typedef {(found: Attributions, row: number[]) => number} Towards how far a row, a number for each output, points the way that is blue */

/** A number for each word, by each method; null where there is none. @param {Attributions} found @param {Towards} towards */
export function byMethod(found, towards) {
  return METHODS.map((method) => {
    const rows = method === "shapley" ? found.shapley?.values : found[method];
    return { method, values: rows?.map((row) => towards(found, row)) ?? null };
  });
}

/** The pairs that do most beyond what each word does alone, the strongest first. @param {Attributions} found @param {Towards} towards */
export function strongest(found, towards) {
  const { shapley, input } = found;
  const pairs = (shapley?.pairs ?? []).flatMap((rows, i) =>
    rows.slice(0, i).map((row, j) => ({ words: `${brief(input.tokens[j])} \u00d7 ${brief(input.tokens[i])}`, value: towards(found, row) })),
  );
  return pairs.sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, PAIRS);
}

/**
 * @param {HTMLElement} container
 * @param {{ layout: Pick<Layout, "width" | "columns" | "gap" | "box" | "gutter">, found: Attributions, towards: Towards, color: (value: number) => string, current: number, words: any, onStep: (t: number) => void }} props
 */
export function attributions(container, { layout, found, towards, color, current, words, onStep }) {
  const said = words.review.methods;
  const { tokens } = found.input;
  const above = layout.gutter < BESIDE ? ABOVE : 0; // the names stand above the rows where there is no room beside
  const level = layout.box + layout.gap >= LEVEL;
  const top = level ? HEAD.level : HEAD.upright;
  const rows = byMethod(found, towards).map((row, k) => ({ ...row, y: top + k * (ROW + above) }));
  const height = top + rows.length * (ROW + above);
  const svg = select(container).selectAll("svg").data([0]).join("svg");
  svg.attr("viewBox", `0 0 ${layout.width} ${height}`).attr("width", layout.width).attr("height", height).attr("aria-hidden", "true");
  const most = Math.floor((level ? layout.box + layout.gap - 2 : HEAD.upright - 8) / CHARACTER);
  svg
    .selectAll("text.word")
    .data(layout.columns.filter((column) => !column.sliver))
    .join("text")
    .attr("class", "word")
    .classed("current", (column) => column.t === current)
    .attr("transform", (column) => `translate(${column.x + (layout.gap + layout.box) / 2},${top - 8})${level ? "" : " rotate(-90)"}`)
    .attr("dy", level ? null : "0.35em")
    .attr("text-anchor", level ? "middle" : "start")
    .text((column) => brief(tokens[column.t], most));
  const groups = svg
    .selectAll("g.method")
    .data(rows)
    .join("g")
    .attr("class", "method")
    .attr("transform", (row) => `translate(0,${row.y})`);
  groups
    .selectAll("text.name")
    .data((row) => [said[row.method].name])
    .join("text")
    .attr("class", "name")
    .attr("y", above ? above / 2 : ROW / 2)
    .attr("dy", "0.35em")
    .text(String);
  const cells = groups
    .selectAll("g.did")
    .data((row) => (row.values ? layout.columns.map((column) => ({ ...column, value: row.values?.[column.t] ?? 0 })) : []))
    .join("g")
    .attr("class", "did")
    .classed("current", (d) => d.t === current)
    .attr("transform", (d) => `translate(${d.sliver ? d.x : d.x + layout.gap / 2},${above})`)
    .on("click", (event, d) => onStep(d.t + 1));
  cells
    .selectAll("rect")
    .data((d) => [d])
    .join("rect")
    .attr("y", 1)
    .attr("width", (d) => (d.sliver ? Math.max(1, d.width - 0.5) : layout.box))
    .attr("height", ROW - 4)
    .attr("fill", (d) => color(2 * d.value));
  cells
    .selectAll("text")
    .data((d) => (d.sliver || layout.box < 34 ? [] : [d]))
    .join("text")
    .attr("x", layout.box / 2)
    .attr("y", ROW / 2 - 1)
    .attr("dy", "0.35em")
    .classed("on-dark", (d) => Math.abs(2 * d.value) > 0.6)
    .text((d) => signed(d.value));
  cells.selectAll("title").data((d) => [d]).join("title").text((d) => `${tokens[d.t]}: ${signed(d.value, 3)}`);
  groups
    .selectAll("text.none")
    .data((row) => (row.values ? [] : [said.tooLong]))
    .join("text")
    .attr("class", "none")
    .attr("x", layout.columns[0]?.x ?? 0)
    .attr("y", above + ROW / 2)
    .attr("dy", "0.35em")
    .text(String);
}

/** What each method says of itself, and the pairs. @param {HTMLElement} container @param {{ found: Attributions, towards: Towards, words: any }} props */
export function attributionNotes(container, { found, towards, words }) {
  const said = words.review.methods;
  const root = select(container);
  const notes = METHODS.map((method) => ({ name: said[method].name, text: said[method].says }));
  const list = root.selectAll("dl").data([notes]).join("dl").attr("class", "methods");
  list
    .selectAll("div")
    .data((all) => all)
    .join((enter) => {
      const div = enter.append("div");
      div.append("dt");
      div.append("dd");
      return div;
    })
    .each((note, k, nodes) => {
      const div = select(/** @type {any} */ (nodes)[k]);
      div.select("dt").text(note.name);
      div.select("dd").text(note.text);
    });
  const pairs = strongest(found, towards);
  root
    .selectAll("p.pairs")
    .data(pairs.length ? [fill(said.pairs, { list: pairs.map(({ words: pair, value }) => `${pair} ${signed(value)}`).join(", ") })] : [])
    .join("p")
    .attr("class", "pairs note")
    .text(String);
}

/** A row a word, a column a method. @param {HTMLElement} container @param {{ found: Attributions, towards: Towards, words: any }} props */
export function attributionTable(container, { found, towards, words }) {
  const said = words.review.methods;
  const methods = byMethod(found, towards);
  table(container, {
    caption: said.title,
    head: [words.review.wordHead, ...methods.map(({ method }) => said[method].name)],
    rows: found.input.tokens.map((token, t) => ({ name: brief(token), cells: methods.map(({ values }) => ({ text: values ? signed(values[t], 3) : "\u2013" })) })),
  });
}
