// What each word of a text pushes: a row for each unit, a column for each word, below those of the diagram.

import { inputTerms, push } from "../cell.js";
import { find } from "../dom.js";
import { ownerOf } from "../graph.js";
import { brief, fill, signed } from "../ink.js";
import { choice } from "./choice.js";
import { heatmap, unitsOf } from "./heatmap.js";
import { table } from "./table.js";

/** @import { Graph, GraphLayer, Look, Trace, Weights } from "../types.d.ts" */
/** @import { Layout } from "../layout/unrolled.js" */

const STRONGEST = 3;
const DIGITS = 2;

/**
 * @typedef {{
 *   trace: Trace, graph: Graph, weights: Weights, order: number[], layout: Layout, tokens: string[], column: number,
 *   into: string | null, unit: Look["unit"], color: (value: number) => string, words: any,
 *   onInto: (into: string) => void, onUnit: (unit: Look["unit"]) => void, onStep: (t: number) => void,
 * }} PushesProps
 *   order: of the units; column: the word that is looked at, from 0; into: which gate is pushed
 */

/** @param {PushesProps} props */
export function pushes(props) {
  const { trace, graph, weights, words, tokens, unit, onInto, onUnit, onStep } = props;
  const layer = /** @type {GraphLayer} */ (graph.layers.find(({ layer: k }) => k === 0));
  const terms = inputTerms(layer);
  const term = terms.find(({ into }) => into === props.into) ?? terms[terms.length - 1];
  const into = term?.into ?? layer.output;
  const values = props.tokens.map((_, t) => push(graph, layer, weights, trace.values, t, term?.node));
  const most = Math.max(1e-9, ...values.flatMap((row) => row.map(Math.abs)));
  const what = words.nodes[into] ?? into;
  find("pushes-into").hidden = terms.length < 2;
  choice(
    find("pushes-into"),
    terms.map((one) => ({ text: fill(words.pushes.into, { what: words.nodes[one.into] ?? one.into }), on: one === term, act: () => onInto(one.into) })),
  );
  const named = (/** @type {number} */ index) => ({ node: `${layer.name}.${into}`, index });
  heatmap(/** @type {HTMLCanvasElement} */ (find("pushes-map")), {
    ...props,
    values,
    most,
    units: unitsOf(props.order, values),
    marked: unit && ownerOf(unit.node) === layer.name ? unit.index : null,
    labels: tokens,
    onPick(t, index) {
      onStep(t + 1);
      onUnit(named(index));
    },
  });
  find("pushes-say").textContent = sentence(props, layer, values[props.column], what);
  find("pushes-scale").textContent = fill(words.pushes.scale, { most: most.toFixed(DIGITS) });
  drawTable(props, values, what);
}

/** What the word that is looked at pushes most, or how far it pushes the unit that is chosen. @param {PushesProps} props @param {GraphLayer} layer @param {number[]} row @param {string} what */
function sentence({ unit, words, tokens, column }, layer, row, what) {
  const word = brief(tokens[column]);
  if (unit && ownerOf(unit.node) === layer.name && row[unit.index] !== undefined) {
    return fill(words.pushes.chosen, { word, what, index: unit.index, value: signed(row[unit.index], DIGITS) });
  }
  const strongest = [...row.keys()].sort((a, b) => Math.abs(row[b]) - Math.abs(row[a])).slice(0, STRONGEST);
  return fill(words.pushes.most, { word, what, list: strongest.map((index) => fill(words.pushes.unit, { index, value: signed(row[index], DIGITS) })).join(", ") });
}

/** Only while it is open. @param {PushesProps} props @param {number[][]} values @param {string} what */
function drawTable(props, values, what) {
  const { words, tokens, order } = props;
  const details = find("pushes-table").closest("details");
  if (details && !details.open) {
    details.ontoggle = () => drawTable(props, values, what);
    return;
  }
  table(find("pushes-table"), {
    caption: fill(words.pushes.caption, { what }),
    head: [words.pushes.unitColumn, ...tokens],
    rows: unitsOf(order, values).map((j) => ({ name: String(j), cells: values.map((row) => ({ text: signed(row[j], DIGITS) })) })),
  });
}
