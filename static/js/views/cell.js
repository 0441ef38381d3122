// One unit, opened in place: what it adds up, how that falls together, and how the sum is bent. A term leads to where
// its value comes from, one step earlier or one layer below, and the way back stays.

import { sizeOf } from "../cell.js";
import { find } from "../dom.js";
import { explain, namedNodes, unitOf } from "../explain.js";
import { edgesInto, layerOf, localOf, wayOf } from "../graph.js";
import { adding, below, fill, signed } from "../ink.js";
import { layerName, whatOf } from "../names.js";
import { total } from "../softmax.js";
import { choice } from "./choice.js";
import { formula, lightUp } from "./formula.js";
import { table } from "./table.js";
import { bend, waterfall } from "./waterfall.js";

/** @import { GraphLayer, Look, Place, Walking } from "../types.d.ts" */
/** @import { Explained, From, Summand } from "../explain.js" */
/** @import { DiagramProps } from "./diagram.js" */

const DIGITS = 3;
const STRONGEST = 8;
const FEW = 8; // products of the input that are shown one by one

/**
 * @typedef {{ name: string, worked: string, product: number, go: (() => void) | null, title: string }} Line
 * @typedef {DiagramProps & {
 *   unit: NonNullable<Look["unit"]>, tokens?: string[], inputs?: string[], room: { left: number, width: number } | null, trail: Place[],
 *   look: Walking["look"], follow: Walking["follow"], back: Walking["back"],
 * }} CellProps inputs: what each number of the input is; room: beside the cells of the column, null where it stands below; trail: the units that one came from
 */

/** @param {CellProps} props */
export function drawCell(props) {
  const { graph, trace, weights, unit, current: t, words, room, look } = props;
  const layer = /** @type {GraphLayer} */ (layerOf(graph, unit.node));
  const node = localOf(unit.node);
  const found = explain(graph, layer, weights, trace.values, { node, index: unit.index, t });
  const section = find("cell");
  section.hidden = false;
  section.style.marginLeft = room ? `${room.left}px` : "";
  section.style.width = room ? `${room.width}px` : "";
  const within = layerName(graph, layer, words);
  find("cell-title").textContent = fill(within ? words.cell.titleWithin : words.cell.title, { layer: within, name: node, index: unit.index, t: t + 1, value: signed(found.value, DIGITS) });
  find("cell-what").textContent = fill(words.cell.named, { node, what: whatOf(layer, node, words) });
  find("cell-close").onclick = () => look({ view: null });
  drawTrail(props);
  drawNodes(props, layer);
  formula(find("cell-formula"), { layer, node, way: wayOf(graph, layer), digits: DIGITS, valueOf: unitOf(graph, layer, weights, trace.values, { index: unit.index, t }).valueOf });
  lightUp(find("cell"), find("diagram"), layer.name);
  drawSum(props, layer, found);
}

/** Whoever opened it, or went on in it, reads on from its title. */
export const focusCell = () => find("cell-title").focus();

export function hideCell() {
  if (find("cell").hidden) return;
  const inside = find("cell").contains(document.activeElement);
  find("cell").hidden = true;
  if (inside) find("cell-open").focus();
}

/** @param {CellProps} props @param {GraphLayer} layer */
function drawNodes(props, layer) {
  const { trace, unit, current: t, words } = props;
  const size = trace.values[unit.node][t].length;
  choice(
    find("cell-nodes"),
    namedNodes(layer).filter((node) => sizeOf(layer, node) === size).map(({ id }) => ({
      named: id,
      text: signed(trace.values[`${layer.name}.${id}`][t][unit.index]),
      title: whatOf(layer, id, words),
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
  bend(find("cell-bend"), found.op ? { op: found.op, sum: found.sum, value: found.value, label: fill(said.bent, { op: found.op, sum: signed(found.sum, DIGITS), value: signed(found.value, DIGITS) }) } : null);
  waterfall(find("cell-fall"), { products: lines.map(({ product }) => product), sum: found.sum, label: said.fall }); // in the room that is left
}

/** The input as one push where it is long, the strongest terms, the rest as one, the biases as one. @param {CellProps} props @param {GraphLayer} layer @param {Explained} found @returns {Line[]} */
function linesOf(props, layer, { summands }) {
  const { words, tokens, current: t } = props;
  const whole = (/** @type {Summand[]} */ some) => total(some.map(({ product }) => product));
  const plain = { go: null, title: "" };
  const input = summands.filter((one) => one.kind === "term" && one.from?.node === "x");
  const folded = input.length > FEW;
  const terms = summands.filter((one) => one.kind === "term" && !(folded && input.includes(one)) && one.product !== 0).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const rest = terms.slice(STRONGEST);
  const biases = summands.filter((one) => one.kind === "bias");
  const push = tokens ? fill(words.cell.token, { word: tokens[t], count: input.length }) : fill(words.cell.input, { count: input.length });
  return [
    ...summands.filter((one) => one.kind === "product").map((one) => productLine(props, layer, one)),
    ...(folded ? [{ ...plain, name: "W_ih x", worked: push, product: whole(input) }] : []),
    ...terms.slice(0, STRONGEST).map((term) => termLine(props, term)),
    ...(rest.length ? [{ ...plain, name: fill(words.cell.rest, { count: rest.length }), worked: "", product: whole(rest) }] : []),
    ...(biases.length ? [{ ...plain, name: words.cell.bias, worked: "", product: whole(biases) }] : []),
  ];
}

/** @param {CellProps} props @param {Summand} term @returns {Line} */
function termLine(props, term) {
  const { inputs } = props;
  const from = /** @type {From} */ (term.from);
  const outside = from.node === "x";
  const over = term.over ? ` \u00d7 ${signed(term.factor, DIGITS)} ${term.over}` : "";
  return {
    name: outside ? `x[${term.index}]${inputs?.[term.index] ? ` ${inputs[term.index]}` : ""}` : `${stepped(localOf(from.node), from.dt)}[${from.index}]`,
    worked: `${signed(term.weight, DIGITS)} \u00d7 ${signed(term.value, DIGITS)}${over}`,
    product: term.product,
    ...leadTo(props, outside ? null : from, `${localOf(from.node)}[${from.index}]`),
  };
}

/** @param {CellProps} props @param {GraphLayer} layer @param {Summand} one @returns {Line} */
function productLine(props, layer, { factors, index, product }) {
  const { graph, trace, unit } = props;
  const origin = (/** @type {string} */ name) => edgesInto(graph, `${layer.name}.${name}`).find(({ dt }) => dt);
  const before = factors.map(({ name }) => origin(name)).find(Boolean);
  const mine = factors.find(({ name }) => trace.values[`${layer.name}.${name}`] && name !== localOf(unit.node));
  const from = before ? { node: before.from, index, dt: before.dt } : mine ? { node: `${layer.name}.${mine.name}`, index, dt: 0 } : null;
  return {
    name: factors.map(({ name }) => stepped(name.replace("_prev", ""), origin(name)?.dt ?? 0)).join(" \u00d7 "),
    worked: factors.map(({ value }) => signed(value, DIGITS)).join(" \u00d7 "),
    product,
    ...leadTo(props, from, from ? localOf(from.node) : ""),
  };
}

/** h of the step before is h\u209c\u208b\u2081. @param {string} name @param {number} dt */
const stepped = (name, dt) => (dt ? `${name}\u209c${dt < 0 ? "\u208b" : "\u208a"}${below(Math.abs(dt))}` : name);

/** @param {CellProps} props @param {From | null} from @param {string} name */
function leadTo(props, from, name) {
  const { words } = props;
  const go = from && goTo(props, from);
  return { go, title: go ? fill(from.dt ? words.cell.go : words.cell.goHere, { name }) : "" };
}

/** To the unit that a value comes from; null before the first step. @param {CellProps} props @param {From} from */
function goTo(props, { node, index, dt }) {
  const { current: t, trace } = props;
  if (t + dt < 0 || t + dt >= trace.length) return null;
  return () => {
    props.follow({ t: t + dt, node, index });
    focusCell();
  };
}

/** The way back: h\u2085[3] \u2039 h\u2084[7]. @param {CellProps} props */
function drawTrail({ trail, back }) {
  find("cell-trail").hidden = !trail.length;
  find("cell-trail").replaceChildren(
    ...trail.map(({ t, node, index }, k) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${localOf(node)}${below(t + 1)}[${index}]`;
      button.onclick = () => {
        back(k);
        focusCell();
      };
      return button;
    }),
  );
}
