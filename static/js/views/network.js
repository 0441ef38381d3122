// The network of a page over the run on screen: the diagram, a sentence about the chosen unit, the values as a table.

import { incoming, unitOrders } from "../cell.js";
import { localOf, ownerOf } from "../graph.js";
import { gutterOf, unrolledLayout } from "../layout/unrolled.js";
import { drawCell, hideCell } from "./cell.js";
import { diagram } from "./diagram.js";
import { unitSentence } from "./selection.js";
import { valuesTable } from "./values.js";

/** @import { Look, Maybe, Model, Trace, Weights } from "../types.d.ts" */
/** @import { Layout } from "../layout/unrolled.js" */
/** @import { Wave } from "../wave.js" */
/** @import { DiagramProps } from "./diagram.js" */

/** A narrower diagram is a phone's. */
const COMPACT = 560;
/** What is opened has so much of the width, in px at most. */
const GROWN = { most: 380, share: 0.6 };
const OPENED = { width: 180, room: 420 };

const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @typedef {{
 *   run: { trace: Trace, model: Model, weights: Weights, wave: Wave }, look: Look, position: number, column: number,
 *   letters: string[], truths: Maybe<number>[], color: (value: number) => string, words: any, hint: string,
 *   least: number, below: number, widest?: number, slots?: number, foot?: (tokens: number[], width: number) => number,
 *   drawInput: DiagramProps["drawInput"], sayStep: DiagramProps["sayStep"],
 *   onStep: DiagramProps["onStep"], onUnit: DiagramProps["onUnit"], onView: (view: Look["view"]) => void,
 *   tokens?: string[],
 * }} NetworkProps
 *   column: the step that is looked at, from 0; hint: said where no unit is chosen; least: the height that the diagram
 *   has at least; below: what must fit under it; slots: see unrolledLayout; foot: the height of what enters columns of a width
 */

/** Draw it into the page's rooms; nothing while they have no width. @param {NetworkProps} props @returns {Layout | null} where the columns stand */
export function network(props) {
  const { run, look, column, letters, truths, color, words, hint, least, below, widest, slots, foot, position } = props;
  const container = find("diagram");
  const width = container.clientWidth;
  if (!width) return null;
  const { trace, weights, wave } = run;
  const { graph } = run.model;
  const compact = width < COMPACT;
  const known = look.unit && trace.values[look.unit.node]?.[0]?.[look.unit.index] !== undefined;
  const unit = known ? look.unit : null;
  const layer = graph.layers.find(({ name }) => name === ownerOf(unit?.node ?? "")) ?? graph.layers[graph.layers.length - 1];
  const all = Array.from({ length: trace.length }, (_, t) => t);
  const each = (width - gutterOf(graph.layers, compact)) / (slots ?? trace.length);
  const shape = { layers: graph.layers, open: layer.name };
  const room = compact ? 300 : Math.max(least, find("network").clientHeight - (container.offsetTop - find("network").offsetTop) - below);
  const opens = look.view === "cell" && unit !== null;
  const grown = opens && !compact ? Math.min(GROWN.most, GROWN.share * width) : 0;
  const layout = unrolledLayout({ ...shape, grown, width, room, length: trace.length, focus: column, compact, widest, slots, foot: foot?.(all, Math.min(widest ?? Infinity, each)) });
  /** @type {DiagramProps} */
  const drawn = {
    layout,
    trace,
    graph,
    wave,
    weights,
    orders: ordersOf(run),
    position,
    current: column,
    unit,
    terms: unit ? incoming(graph, layer, weights, trace.values, { node: localOf(unit.node), index: unit.index, t: column }) : [],
    letters,
    truths,
    color,
    words,
    compact,
    drawInput: props.drawInput,
    sayStep: props.sayStep,
    onStep: props.onStep,
    onUnit: props.onUnit,
    onOpen: () => props.onView("cell"),
  };
  diagram(container, drawn);
  container.classList.toggle("has-grown", grown > 0);
  container.parentElement?.classList.toggle("stacked", compact);
  const open = find("cell-open");
  open.hidden = !unit;
  open.setAttribute("aria-expanded", String(opens));
  open.onclick = () => props.onView(opens ? null : "cell");
  if (opens) drawCell({ ...drawn, unit, tokens: props.tokens, room: grown ? roomOf(layout, column) : null, onView: props.onView });
  else hideCell();
  const sentence = unitSentence(drawn, unit) || hint;
  if (find("unit-sentence").textContent !== sentence) find("unit-sentence").textContent = sentence; // no layout in a frame for nothing
  const opened = find("opened");
  opened.hidden = !compact;
  if (compact) {
    const one = unrolledLayout({ ...shape, width: gutterOf(graph.layers, false) + OPENED.width, room: OPENED.room, length: 1, focus: 0, compact: false, foot: foot?.([column], OPENED.width) });
    drawOpened(opened, drawn, one);
  }
  valuesTable(find("values-table"), { trace, graph, layer, t: column, words });
  return layout;
}

/** Where what is opened stands: beside the cells of its column. @param {Layout} layout @param {number} t */
function roomOf({ columns, gap, box }, t) {
  const column = columns.find((one) => one.t === t) ?? columns[0];
  const left = column.x + gap / 2 + box + 10;
  return { left, width: column.x + column.width - left - 4 };
}

/** On a phone: the column that is looked at, at full size, drawn by the same view. @param {HTMLElement} container @param {DiagramProps} props @param {Layout} one */
function drawOpened(container, props, one) {
  const layout = { ...one, columns: [{ ...one.columns[0], t: props.current }] };
  const inMap = props.layout.boxes.some(({ layer, node }) => `${layer.name}.${node.id}` === props.unit?.node);
  diagram(container, { ...props, layout, compact: false, unit: inMap ? null : props.unit, terms: [], onStep: () => {} });
}

/** @type {WeakMap<object, Record<string, number[]>>} */
const found = new WeakMap();

/** The order of each layer's units, worked out once for each model. @param {{ model: Model, weights: Weights }} run */
export function ordersOf({ model, weights }) {
  let orders = found.get(model);
  if (!orders) found.set(model, (orders = unitOrders(model.graph, weights)));
  return orders;
}
