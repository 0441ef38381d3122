// A node's equation in MathML, printed from the graph, and below it the same with the numbers of one unit.

import { signed } from "../ink.js";

/** @import { GraphLayer, GraphNode } from "../types.d.ts" */

const MATH = "http://www.w3.org/1998/Math/MathML";
const BENDS = { tanh: "tanh", sigmoid: "\u03c3", relu: "relu" };

/** @param {string} name @param {(Node | string)[]} children */
function element(name, ...children) {
  const made = document.createElementNS(MATH, name);
  made.append(...children);
  return made;
}

const mi = (/** @type {string} */ text) => element("mi", text);
const mo = (/** @type {string} */ text) => element("mo", text);

/** t, or t \u2212 1. @param {boolean} before */
const step = (before) => (before ? element("mrow", mi("t"), mo("\u2212"), element("mn", "1")) : mi("t"));

/** A value at a step: h with t below; it carries the node's name, so that its mark can be found. @param {string} id */
function symbol(id) {
  const before = id.endsWith("_prev");
  const name = id.replace("_prev", "");
  const [letter, ...rest] = name.split("_");
  const below = element("mrow", ...(rest.length ? [mi(rest.join("")), mo(",")] : []), step(before));
  const made = element("msub", mi(letter), below);
  made.setAttribute("data-node", name);
  return made;
}

/** W_ih of the gate r is W_ir. @param {[string, string | null]} parameter */
function parameter([name, gate]) {
  const [letter, below = ""] = name.split("_");
  return element("msub", mi(letter), mi(gate ? `${below[0]}${gate}` : below));
}

/**
 * @typedef {{
 *   leaf: (id: string) => Node, linear: (node: GraphNode) => Node[],
 * }} Printer how a value is printed, and a product of a matrix
 */

/** @param {Map<string, GraphNode>} byId @param {string} id @param {Printer} printer @param {boolean} [whole] print what a named node is, not its name @returns {Node[]} */
function print(byId, id, printer, whole = false) {
  const node = byId.get(id);
  if (!node || (node.role !== "term" && !whole)) return [printer.leaf(id)];
  const part = (/** @type {string} */ input) => print(byId, input, printer);
  const [a, b] = node.inputs;
  if (node.op === "linear") return printer.linear(node);
  if (node.op === "add") return node.inputs.flatMap((input, k) => [...(k ? [mo("+")] : []), ...part(input)]);
  if (node.op === "mul") return [...part(a), mo("\u2299"), ...part(b)];
  if (node.op === "complement") return [mo("("), element("mn", "1"), mo("\u2212"), ...part(a), mo(")")];
  if (node.op in BENDS) {
    const inner = byId.get(a)?.role === "preactivation" ? print(byId, a, printer, true) : part(a);
    return [mi(BENDS[/** @type {keyof typeof BENDS} */ (node.op)]), mo("("), ...inner, mo(")")];
  }
  return part(a);
}

/** @param {GraphNode} node */
function product({ parameters, inputs }) {
  const [matrix, bias] = parameters;
  return [parameter(matrix), symbol(inputs[0]), ...(bias ? [mo("+"), parameter(bias)] : [])];
}

/**
 * @param {HTMLElement} container
 * @param {{ layer: GraphLayer, node: string, valueOf: (id: string) => number, digits: number }} props
 */
export function formula(container, { layer, node, valueOf, digits }) {
  const byId = new Map(layer.nodes.map((n) => [n.id, n]));
  const number = (/** @type {string} */ id) => {
    const made = element("mn", signed(valueOf(id), digits));
    if (byId.has(id)) made.setAttribute("data-node", id);
    return made;
  };
  const symbols = print(byId, node, { leaf: symbol, linear: product }, true);
  const numbers = print(byId, node, { leaf: number, linear: ({ id }) => [number(id)] }, true);
  const row = (/** @type {Node} */ left, /** @type {Node[]} */ right) => element("mtr", element("mtd", left), element("mtd", mo("=")), element("mtd", element("mrow", ...right)));
  const math = element("math", element("mtable", row(symbol(node), symbols), row(number(node), numbers)));
  math.setAttribute("display", "block");
  container.replaceChildren(math);
}

/** A symbol and its mark light each other. @param {HTMLElement} room @param {HTMLElement} diagram */
export function lightUp(room, diagram) {
  const light = (/** @type {Event} */ event, /** @type {boolean} */ on) => {
    const id = /** @type {Element} */ (event.target).closest?.("[data-node]")?.getAttribute("data-node");
    if (!id) return;
    for (const mark of diagram.querySelectorAll(`g.column.current g.box[data-node="${id}"]`)) mark.classList.toggle("lit", on);
    for (const mark of room.querySelectorAll(`[data-node="${id}"]`)) mark.classList.toggle("lit", on);
  };
  for (const place of [room, diagram]) {
    place.onpointerover = (event) => light(event, true);
    place.onpointerout = (event) => light(event, false);
  }
}
