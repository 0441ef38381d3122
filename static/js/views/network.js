// The network of a page over the run on screen: the diagram, a sentence about the chosen unit, the values as a table.

import { incoming, unitOrders } from "../cell.js";
import { find } from "../dom.js";
import { namedNodes } from "../explain.js";
import { layerOf, localOf } from "../graph.js";
import { gutterOf, unrolledLayout } from "../layout/unrolled.js";
import { matricesOf, originOf, usesOf, weightOf } from "../sharing.js";
import { drawCell, focusCell, hideCell } from "./cell.js";
import { diagram } from "./diagram.js";
import { unitSentence } from "./selection.js";
import { valuesTable } from "./values.js";

/** @import { Ghost, GraphLayer, Look, Maybe, Model, Place, Trace, Walking, Weights } from "../types.d.ts" */
/** @import { Layout } from "../layout/unrolled.js" */
/** @import { Wave } from "../wave.js" */
/** @import { DiagramProps } from "./diagram.js" */

/** A narrower diagram is a phone's: a map of such a height, and one column opened below it. */
const COMPACT = 560;
const MAP = 300;
/** What is opened has so much of the width, in px at most. */
const GROWN = { most: 380, share: 0.6 };
const OPENED = { width: 180, room: 420 };

/**
 * @typedef {{
 *   run: { trace: Trace, model: Model, weights: Weights, wave: Wave }, look: Look, position: number, column: number,
 *   folded: number, pointed: Maybe<string>, ghost?: Maybe<Ghost>,
 *   letters: string[], truths: Maybe<number>[], color: (value: number) => string, words: any, hint: string,
 *   least: number, below: number, widest?: number, slots?: number, foot?: (tokens: number[], width: number) => number,
 *   drawInput: DiagramProps["drawInput"], sayStep: DiagramProps["sayStep"],
 *   tokens?: string[], inputs?: string[], trail: Place[],
 *   actions: Walking,
 * }} NetworkProps
 *   column: the step that is looked at, from 0; folded, pointed: see Walk; hint: said where no unit is chosen; least: the height that the diagram
 *   has at least; below: what must fit under it; slots: see unrolledLayout; foot: the height of what enters columns of a width
 */

/** Draw it into the page's rooms; nothing while they have no width. @param {NetworkProps} props @returns {Layout | null} where the columns stand */
export function network(props) {
  const width = find("diagram").clientWidth;
  if (!width) return null;
  const { run, look, column, hint } = props;
  const { trace } = run;
  const { layers } = run.model.graph;
  const compact = width < COMPACT;
  const owner = look.unit && layerOf(run.model.graph, look.unit.node);
  const unit = owner && trace.values[look.unit?.node ?? ""]?.[0]?.[look.unit?.index ?? 0] !== undefined ? look.unit : null;
  const layer = (unit && owner) ?? layers[layers.length - 1];
  const explained = unit !== null && namedNodes(layer).some(({ id }) => id === localOf(unit.node));
  const opens = look.view === "cell" && explained;
  const grown = opens && !compact ? Math.min(GROWN.most, GROWN.share * width) : 0;
  const layout = layoutOf(props, { width, compact, grown, open: layer.name });
  const drawn = diagramOf(props, { layout, compact, unit, layer });
  diagram(find("diagram"), drawn);
  find("diagram").classList.toggle("has-grown", grown > 0);
  find("diagram").parentElement?.classList.toggle("stacked", compact);
  drawOpener(props, explained, opens);
  if (opens && unit) drawCell({ ...drawn, ...props.actions, unit, tokens: props.tokens, inputs: props.inputs, trail: props.trail, room: grown ? roomOf(layout, column) : null });
  else hideCell();
  const sentence = unitSentence(drawn, unit) || hint;
  if (find("unit-sentence").textContent !== sentence) find("unit-sentence").textContent = sentence; // no layout in a frame for nothing
  find("opened").hidden = !compact;
  if (compact) drawOpened(find("opened"), drawn, props.foot?.([column], OPENED.width), layer.name);
  valuesTable(find("values-table"), { trace, graph: run.model.graph, layer, t: column, words: props.words });
  return layout;
}

/** @param {NetworkProps} props @param {{ width: number, compact: boolean, grown: number, open: string }} shape */
function layoutOf({ run, column, least, below, widest, slots, foot }, { width, compact, grown, open }) {
  const { length } = run.trace;
  const { layers } = run.model.graph;
  const each = (width - gutterOf(layers, compact)) / (slots ?? length);
  const steps = Array.from({ length }, (_, t) => t);
  const room = compact ? MAP : Math.max(least, find("network").clientHeight - topOf(find("diagram"), find("network")) - below);
  return unrolledLayout({ layers, open, grown, width, room, length, focus: column, compact, widest, slots, foot: foot?.(steps, Math.min(widest ?? Infinity, each)) });
}

/** How far down its room an element stands, however far that is scrolled. @param {HTMLElement} element @param {HTMLElement} room */
const topOf = (element, room) => element.getBoundingClientRect().top - room.getBoundingClientRect().top + room.scrollTop;

/** @param {NetworkProps} props @param {{ layout: Layout, compact: boolean, unit: Look["unit"], layer: GraphLayer }} shown @returns {DiagramProps} */
function diagramOf({ run, look, column, position, folded, pointed, ghost = null, letters, truths, color, words, drawInput, sayStep, actions }, { layout, compact, unit, layer }) {
  const { trace, weights, wave } = run;
  const { graph } = run.model;
  const terms = unit ? incoming(graph, layer, weights, trace.values, { node: localOf(unit.node), index: unit.index, t: column }) : [];
  const weight = look.view === "rolled" ? weightOf(matricesOf(graph, weights), weights, pointed ?? look.weight) : null;
  const uses = weight && { weight, from: originOf(graph, trace.values, weight), at: usesOf(graph, trace, weight) };
  const room = { layout, fold: folded, uses, ghost, compact, unit, terms, color, words, letters, truths, drawInput, sayStep, onStep: actions.step, onUnit: actions.unit };
  return { ...room, trace, graph, wave, weights, orders: ordersOf(run), position, current: column };
}

/** The button that opens the unit. @param {NetworkProps} props @param {boolean} explained whether there is anything to open @param {boolean} opens */
function drawOpener({ actions }, explained, opens) {
  const button = find("cell-open");
  button.hidden = !explained;
  button.setAttribute("aria-expanded", String(opens));
  button.onclick = () => {
    actions.look({ view: opens ? null : "cell" });
    if (!opens) focusCell();
  };
}

/** Where what is opened stands: beside the cells of its column. @param {Layout} layout @param {number} t */
function roomOf({ columns, gap, box }, t) {
  const column = columns.find((one) => one.t === t) ?? columns[0];
  const left = column.x + gap / 2 + box + 10;
  return { left, width: column.x + column.width - left - 4 };
}

/** On a phone: the column that is looked at, at full size, drawn by the same view. @param {HTMLElement} container @param {DiagramProps} props @param {number | undefined} foot @param {string} open */
function drawOpened(container, props, foot, open) {
  const { layers } = props.graph;
  const one = unrolledLayout({ layers, open, width: gutterOf(layers, false) + OPENED.width, room: OPENED.room, length: 1, focus: 0, compact: false, foot });
  const layout = { ...one, columns: [{ ...one.columns[0], t: props.current }] };
  const inMap = props.layout.boxes.some(({ layer, node }) => `${layer.name}.${node.id}` === props.unit?.node);
  diagram(container, { ...props, layout, compact: false, fold: 0, uses: null, unit: inMap ? null : props.unit, terms: [], onStep: () => {} });
}

/** @type {WeakMap<object, Record<string, number[]>>} */
const found = new WeakMap();

/** The order of each layer's units, worked out once for each model. @param {{ model: Model, weights: Weights }} run */
export function ordersOf({ model, weights }) {
  let orders = found.get(model);
  if (!orders) found.set(model, (orders = unitOrders(model.graph, weights)));
  return orders;
}
