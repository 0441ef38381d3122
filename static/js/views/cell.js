// One unit, opened in place: what it adds up, how that falls together, and how the sum is bent. A term leads to where
// its value comes from, one step earlier or one layer below, and the way back stays.

import { carried } from "../cell.js";
import { explain, namedNodes, unitOf } from "../explain.js";
import { layerOf, localOf, ownerOf } from "../graph.js";
import { adding, below, fill, signed } from "../ink.js";
import { layerName, nodeName } from "../names.js";
import { choice } from "./choice.js";
import { formula, lightUp } from "./formula.js";
import { table } from "./table.js";
import { bend, waterfall } from "./waterfall.js";

/** @import { GraphLayer, Look } from "../types.d.ts" */
/** @import { Explained, From, Summand } from "../explain.js" */
/** @import { DiagramProps } from "./diagram.js" */

const DIGITS = 3;
const STRONGEST = 8;
const FEW = 8; // products of the input that are shown one by one

/**
 * @typedef {{ name: string, worked: string, product: number, go: (() => void) | null, title: string }} Line
 * @typedef {DiagramProps & {
 *   unit: NonNullable<Look["unit"]>, tokens?: string[], room: { left: number, width: number } | null,
 *   onView: (view: Look["view"]) => void,
 * }} CellProps room: beside the cells of the column; null where it stands below
 */

/** Where one has been before, by step and unit. @type {{ t: number, node: string, index: number }[]} */
let trail = [];
/** Where the last term led; a unit that was chosen otherwise begins a new trail. */
let arrived = "";
let going = false;

/** @param {number} t @param {{ node: string, index: number }} unit of whichever node of its layer */
const placeOf = (t, { node, index }) => `${t} ${ownerOf(node)} ${index}`;

const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {CellProps} props */
export function drawCell(props) {
  const { graph, trace, weights, unit, current: t, words, room, onView } = props;
  const layer = /** @type {GraphLayer} */ (layerOf(graph, unit.node));
  const node = localOf(unit.node);
  const found = explain(graph, layer, weights, trace.values, { node, index: unit.index, t });
  if (!going && placeOf(t, unit) !== arrived) trail = [];
  const section = find("cell");
  const opened = section.hidden;
  section.hidden = false;
  section.style.marginLeft = room ? `${room.left}px` : "";
  section.style.width = room ? `${room.width}px` : "";
  const within = layerName(graph, layer, words);
  find("cell-title").textContent = fill(within ? words.cell.titleWithin : words.cell.title, { layer: within, name: node, index: unit.index, t: t + 1, value: signed(found.value, DIGITS) });
  find("cell-close").onclick = () => onView(null);
  drawTrail(props);
  drawNodes(props, layer);
  formula(find("cell-formula"), { layer, node, digits: 2, valueOf: unitOf(graph, layer, weights, trace.values, { index: unit.index, t }).valueOf });
  lightUp(find("cell"), find("diagram"));
  drawSum(props, layer, found);
  if (opened) find("cell-title").focus();
}

export function hideCell() {
  if (find("cell").hidden) return;
  trail = [];
  const inside = find("cell").contains(document.activeElement);
  find("cell").hidden = true;
  if (inside) find("cell-open").focus();
}

/** @param {CellProps} props @param {GraphLayer} layer */
function drawNodes(props, layer) {
  const { trace, unit, current: t, words } = props;
  choice(
    find("cell-nodes"),
    namedNodes(layer).map(({ id }) => ({
      named: id,
      text: signed(trace.values[`${layer.name}.${id}`][t][unit.index]),
      title: nodeName(layer, id, words) ?? id,
      on: id === localOf(unit.node),
      act: () => props.onUnit({ node: `${layer.name}.${id}`, index: unit.index }),
    })),
  );
}

/** @param {CellProps} props @param {GraphLayer} layer @param {Explained} found */
function drawSum(props, layer, found) {
  const { unit, words } = props;
  const lines = linesOf(props, layer, found);
  const shown = adding(lines.map(({ product }) => product), DIGITS);
  const said = words.cell;
  table(find("cell-sum"), {
    caption: fill(said.caption, { name: localOf(unit.node), index: unit.index }),
    head: [said.head.part, said.head.worked, said.head.product],
    rows: lines.map(({ name, worked, go, title }, k) => ({
      name,
      title,
      onChoose: go ?? undefined,
      cells: [{ text: worked }, { text: signed(shown[k], DIGITS) }],
    })),
    foot: { name: found.inner === localOf(unit.node) ? said.sum : found.inner, cells: [{ text: "" }, { text: signed(found.sum, DIGITS) }] },
  });
  waterfall(find("cell-fall"), { products: lines.map(({ product }) => product), sum: found.sum, label: said.fall });
  bend(find("cell-bend"), found.op ? { op: found.op, sum: found.sum, value: found.value, label: fill(said.bent, { op: found.op, sum: signed(found.sum, DIGITS), value: signed(found.value, DIGITS) }) } : null);
}

/** The input as one push where it is long, the strongest terms, the rest as one, the biases as one. @param {CellProps} props @param {GraphLayer} layer @param {Explained} found @returns {Line[]} */
function linesOf(props, layer, { summands }) {
  const { words, tokens, current: t } = props;
  const total = (/** @type {Summand[]} */ some) => some.reduce((all, { product }) => all + product, 0);
  const plain = { go: null, title: "" };
  const input = summands.filter((one) => one.kind === "term" && one.from?.node === "x");
  const folded = input.length > FEW;
  const terms = summands.filter((one) => one.kind === "term" && !(folded && input.includes(one)) && one.product !== 0).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const rest = terms.slice(STRONGEST);
  const biases = summands.filter((one) => one.kind === "bias");
  const push = tokens ? fill(words.cell.token, { word: tokens[t], count: input.length }) : fill(words.cell.input, { count: input.length });
  return [
    ...summands.filter((one) => one.kind === "product").map((one) => productLine(props, layer, one)),
    ...(folded ? [{ ...plain, name: "W_ih x", worked: push, product: total(input) }] : []),
    ...terms.slice(0, STRONGEST).map((term) => termLine(props, layer, term)),
    ...(rest.length ? [{ ...plain, name: fill(words.cell.rest, { count: rest.length }), worked: "", product: total(rest) }] : []),
    ...(biases.length ? [{ ...plain, name: words.cell.bias, worked: "", product: total(biases) }] : []),
  ];
}

/** @param {CellProps} props @param {GraphLayer} layer @param {Summand} term @returns {Line} */
function termLine(props, layer, term) {
  const { words } = props;
  const from = /** @type {From} */ (term.from);
  const name = from.node === "x" ? `x[${term.index}]` : `${from.dt ? `${localOf(from.node)}\u209c${from.dt < 0 ? "\u208b\u2081" : "\u208a\u2081"}` : localOf(from.node)}[${from.index}]`;
  const over = term.over ? ` \u00d7 ${signed(term.factor)} ${term.over}` : "";
  const go = from.node === "x" ? null : goTo(props, from);
  return { name, worked: `${signed(term.weight)} \u00d7 ${signed(term.value)}${over}`, product: term.product, go, title: go ? fill(from.dt ? words.cell.go : words.cell.goHere, { name }) : "" };
}

/** @param {CellProps} props @param {GraphLayer} layer @param {Summand} one @returns {Line} */
function productLine(props, layer, one) {
  const { words } = props;
  const name = one.factors.map((factor) => factor.name.replace("_prev", "\u209c\u208b\u2081")).join(" \u00d7 ");
  const read = one.factors.find((factor) => carried(layer).some((state) => state.read === factor.name));
  const mine = one.factors.find((factor) => props.trace.values[`${layer.name}.${factor.name}`]);
  const from = read ? { node: `${layer.name}.${read.name.replace("_prev", "")}`, index: one.index, dt: props.graph.edges.find((edge) => edge.to === `${layer.name}.${read.name}`)?.dt ?? -1 } : mine && mine.name !== localOf(props.unit.node) ? { node: `${layer.name}.${mine.name}`, index: one.index, dt: 0 } : null;
  const go = from && goTo(props, from);
  return { name, worked: one.factors.map(({ value }) => signed(value)).join(" \u00d7 "), product: one.product, go, title: go ? fill(from.dt ? words.cell.go : words.cell.goHere, { name: localOf(from.node) }) : "" };
}

/** To the unit that a value comes from; null before the first step. @param {CellProps} props @param {From} from */
function goTo(props, { node, index, dt }) {
  const { current: t, trace, unit } = props;
  if (t + dt < 0 || t + dt >= trace.length) return null;
  return () => arrive(props, { t: t + dt, node, index }, [...trail, { t, ...unit }]);
}

/** @param {CellProps} props @param {(typeof trail)[number]} place @param {typeof trail} way */
function arrive(props, { t, node, index }, way) {
  trail = way;
  arrived = placeOf(t, { node, index });
  going = true;
  if (t !== props.current) props.onStep(t + 1);
  props.onUnit({ node, index });
  going = false;
  find("cell-title").focus();
}

/** The way back: h\u2085[3] \u2039 h\u2084[7]. @param {CellProps} props */
function drawTrail(props) {
  find("cell-trail").hidden = !trail.length;
  find("cell-trail").replaceChildren(
    ...trail.map(({ t, node, index }, k) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${localOf(node)}${below(t + 1)}[${index}]`;
      button.onclick = () => arrive(props, { t, node, index }, trail.slice(0, k));
      return button;
    }),
  );
}
