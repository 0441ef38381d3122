// One set of weights, however many steps: a matrix, one of its numbers, and what becomes of it at each step.

import { find } from "../dom.js";
import { localOf } from "../graph.js";
import { fill, signed } from "../ink.js";
import { layerName, stepName } from "../names.js";
import { idOf, parameterOf } from "../sharing.js";
import { choice } from "./choice.js";
import { matrix } from "./matrix.js";
import { table } from "./table.js";

/** @import { Graph, Trace, Weights } from "../types.d.ts" */
/** @import { Matrix, Use, Weight } from "../sharing.js" */
/** @import { Term } from "../cell.js" */

const DIGITS = 3;

/**
 * @typedef {{
 *   graph: Graph, trace: Trace, weights: Weights, matrices: Matrix[], shown: Matrix, weight: Weight | null, uses: Use[], from: Term["from"] | null,
 *   column: number, labels: string[], color: (value: number) => string, words: any,
 *   chosen: boolean, onPoint: (id: string | null) => void, onPick: (id: string | null) => void,
 * }} SharingProps
 *   weight: the one that is pointed at or chosen, with its uses and the unit that it reads; column: the step that is looked at, from 0
 */

/** @param {SharingProps} props */
export function sharing(props) {
  const { shown, weights, matrices, weight, color, words, onPoint, onPick } = props;
  const values = /** @type {number[][]} */ (weights[shown.name]).slice(shown.first, shown.first + shown.rows);
  const most = Math.max(1e-9, ...values.map((row) => Math.max(...row.map(Math.abs))));
  const named = (/** @type {[number, number] | null} */ place) => place && idOf({ matrix: shown, row: place[0], column: place[1] });
  choice(find("weights-which"), matrices.map((one) => ({ text: titleOf(props, one), on: one === shown, act: () => onPick(idOf({ matrix: one, row: 0, column: 0 })) })));
  const canvas = /** @type {HTMLCanvasElement} */ (find("weights-map"));
  matrix(canvas, { values, most, marked: weight && [weight.row, weight.column], color, onPoint: (place) => onPoint(named(place)), onPick: (place) => onPick(named(place)) });
  canvas.setAttribute("aria-label", fill(words.sharing.label, { name: titleOf(props, shown), rows: shown.rows, columns: shown.columns }));
  find("weights-scale").textContent = fill(words.sharing.scale, { most: most.toFixed(DIGITS), rows: shown.rows, columns: shown.columns });
  find("weights-say").textContent = weight ? ofOne(props, weight) : ofAll(props);
  find("weights-table").closest("details")?.toggleAttribute("hidden", !props.chosen);
  if (weight) drawTable(props, weight);
}

/** `W_hh · reset gate`, with its layer where there are several. @param {SharingProps} props @param {Matrix} shown */
function titleOf({ graph, words }, shown) {
  const { gate, layer } = shown;
  return [parameterOf(shown), gate && (words.nodes[gate] ?? gate), layer && layerName(graph, layer, words)].filter(Boolean).join(" \u00b7 ");
}

/** @param {SharingProps} props */
function ofAll({ shown, trace, words }) {
  return fill(words.sharing.all, { name: parameterOf(shown), rows: shown.rows, columns: shown.columns, count: (shown.rows * shown.columns).toLocaleString("en"), steps: trace.length });
}

/** @param {SharingProps} props @param {Weight} weight */
function ofOne({ words, uses, from, column, shown }, { row, column: read, weight, matrix: { first, name } }) {
  const now = uses.find(({ t }) => t === column);
  const one = fill(words.sharing.one, {
    name: `${name}[${first + row}][${read}]`,
    weight: signed(weight, DIGITS),
    from: unitName(from, words),
    into: `${localOf(shown.into)}[${row}]`,
    count: uses.length,
  });
  const before = from?.dt ? ` ${words.sharing.first}` : "";
  return now ? `${one}${before} ${fill(words.sharing.now, { t: column + 1, weight: signed(weight, DIGITS), value: signed(now.value, DIGITS), product: signed(now.product, DIGITS) })}` : one + before;
}

/** @param {Term["from"] | null} from @param {any} words */
function unitName(from, words) {
  if (!from) return "";
  const name = `${localOf(from.node)}[${from.index}]`;
  return from.dt ? fill(from.dt < 0 ? words.sharing.before : words.sharing.after, { name }) : name;
}

/** @param {SharingProps} props @param {Weight} weight */
function drawTable({ words, uses, labels, column }, { weight }) {
  table(find("weights-table"), {
    caption: words.sharing.caption,
    head: [words.sharing.head.step, words.sharing.head.value, words.sharing.head.weight, words.sharing.head.product],
    rows: uses.map(({ t, value, product }) => ({
      name: stepName(labels, t),
      marked: t === column,
      cells: [value, weight, product].map((v) => ({ text: signed(v, DIGITS) })),
    })),
  });
}
