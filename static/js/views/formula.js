// A node's equation in MathML, printed from the graph, and below it the same with the numbers of one unit.

import { BENDS } from "../ops.js";
import { adding } from "../ink.js";

/** @import { GraphLayer, GraphNode } from "../types.d.ts" */

const MATH = "http://www.w3.org/1998/Math/MathML";

/** @param {string} name @param {(Node | string)[]} children */
function element(name, ...children) {
  const made = document.createElementNS(MATH, name);
  made.append(...children);
  return made;
}

const mi = (/** @type {string} */ text) => element("mi", text);
const mo = (/** @type {string} */ text) => element("mo", text);

/** t, or the step from which something is carried. @param {number} dt */
const step = (dt) => (dt ? element("mrow", mi("t"), mo(dt < 0 ? "\u2212" : "+"), element("mn", "1")) : mi("t"));

/** A value at a step: h with t below; it carries the node's name and the step, so that its mark can be found. @param {string} id @param {number} way of the layer */
function symbol(id, way) {
  const name = id.replace("_prev", "");
  const dt = id === name ? 0 : -way;
  const [letter, ...rest] = name.split("_");
  const below = element("mrow", ...(rest.length ? [mi(rest.join("")), mo(",")] : []), step(dt));
  const made = element("msub", mi(letter), below);
  made.setAttribute("data-node", name);
  made.setAttribute("data-dt", String(dt));
  return made;
}

/** W_ih of the gate r is W_ir. @param {[string, string | null]} parameter @param {string} [reads] what a matrix is multiplied with */
function parameter([name, gate], reads) {
  const [letter, below = ""] = name.split("_");
  const made = element("msub", mi(letter), mi(gate ? `${below[0]}${gate}` : below));
  if (reads) made.setAttribute("data-reads", reads);
  return made;
}

/**
 * @typedef {{
 *   leaf: (id: string) => Node, linear: (node: GraphNode) => Node[],
 * }} Printer how a value is printed, and a product of a matrix
 */

/** @param {Map<string, GraphNode>} byId @param {string} id @param {Printer} printer @param {boolean} [whole] print what a named node is, not its name @returns {Node[]} */
function print(byId, id, printer, whole = false) {
  const node = byId.get(id);
  if (!node || (node.role !== "term" && node.role !== "part" && !whole)) return [printer.leaf(id)];
  const part = (/** @type {string} */ input) => print(byId, input, printer);
  const [a, b] = node.inputs;
  if (node.op === "linear") return printer.linear(node);
  if (node.op === "add") return node.inputs.flatMap((input, k) => [...(k ? [mo("+")] : []), ...part(input)]);
  if (node.op === "mul") return [...factor(byId, a, part), mo("\u2299"), ...factor(byId, b, part)];
  if (node.op === "complement") return [mo("("), element("mn", "1"), mo("\u2212"), ...part(a), mo(")")];
  if (node.op in BENDS) {
    const inner = byId.get(a)?.role === "preactivation" ? print(byId, a, printer, true) : part(a);
    return [mi(BENDS[node.op].sign), mo("("), ...inner, mo(")")];
  }
  return part(a);
}

/** A sum that is multiplied stands in brackets, as every complement does. @param {Map<string, GraphNode>} byId @param {string} id @param {(id: string) => Node[]} part */
function factor(byId, id, part) {
  const node = byId.get(id);
  const sums = (node?.role === "term" || node?.role === "part") && (node.op === "add" || (node.op === "linear" && node.parameters.length > 1));
  return sums ? [mo("("), ...part(id), mo(")")] : part(id);
}

/** @param {GraphNode} node @param {number} way */
function product({ parameters, inputs }, way) {
  const [matrix, bias] = parameters;
  return [parameter(matrix, inputs[0]), symbol(inputs[0], way), ...(bias ? [mo("+"), parameter(bias)] : [])];
}

/** What a sum adds, one by one. @param {Map<string, GraphNode>} byId @param {string} id @returns {string[]} */
function summandsOf(byId, id) {
  const node = byId.get(id);
  return node?.op === "add" ? node.inputs.flatMap((input) => summandsOf(byId, input)) : [id];
}

/** Numbers that add up as they are shown: 0.12 \u2212 0.03. @param {number[]} values @param {number} digits */
const summed = (values, digits) =>
  adding(values, digits).flatMap((v, k) => {
    const size = Math.abs(v).toFixed(digits);
    const less = v < 0 && Number(size) !== 0;
    return k ? [mo(less ? "\u2212" : "+"), element("mn", size)] : [element("mn", less ? `\u2212${size}` : size)];
  });

/** A node in numbers: a bend of a sum, a sum, or a product. @param {Map<string, GraphNode>} byId @param {string} id @param {(id: string) => number} valueOf @param {number} digits @returns {Node[]} */
function inNumbers(byId, id, valueOf, digits) {
  const node = byId.get(id);
  if (node && node.op in BENDS) return [mi(BENDS[node.op].sign), mo("("), ...inNumbers(byId, node.inputs[0], valueOf, digits), mo(")")];
  if (node?.op !== "mul") return summed(summandsOf(byId, id).map(valueOf), digits);
  return node.inputs.flatMap((input, k) => {
    const number = summed([valueOf(input)], digits);
    const bracketed = k && valueOf(input) < 0 ? [mo("("), ...number, mo(")")] : number;
    return k ? [mo("\u2299"), ...bracketed] : bracketed;
  });
}

/**
 * @param {HTMLElement} container
 * @param {{ layer: GraphLayer, node: string, way: number, valueOf: (id: string) => number, digits: number }} props way: the layer's, \u22121 where it runs back
 */
export function formula(container, { layer, node, way, valueOf, digits }) {
  const byId = new Map(layer.nodes.map((n) => [n.id, n]));
  const sign = (/** @type {string} */ id) => symbol(id, way);
  const symbols = print(byId, node, { leaf: sign, linear: (one) => product(one, way) }, true);
  const numbers = inNumbers(byId, node, valueOf, digits);
  const row = (/** @type {Node} */ left, /** @type {Node[]} */ right) => element("mtr", element("mtd", left), element("mtd", mo("=")), element("mtd", element("mrow", ...right)));
  const math = element("math", element("mtable", row(sign(node), symbols), row(summed([valueOf(node)], digits)[0], numbers)));
  math.setAttribute("display", "block");
  container.replaceChildren(math);
}

/**
 * A symbol and its mark light each other: a value and its box, or what enters the column, a matrix and the ribbon that
 * it flows in. Left and right go from symbol to symbol.
 * @param {HTMLElement} room @param {HTMLElement} diagram @param {string} layer
 */
export function lightUp(room, diagram, layer) {
  const current = () => Number(diagram.querySelector("g.column.current")?.getAttribute("data-t"));
  const dark = () => {
    for (const lit of [...diagram.querySelectorAll(".lit"), ...room.querySelectorAll(".lit")]) lit.classList.remove("lit");
  };
  /** @param {{ node?: string, dt?: string, reads?: string }} one */
  const light = ({ node, dt, reads }) => {
    dark();
    const column = `g.column[data-t="${current() + Number(dt ?? 0)}"]`;
    const flows = reads === "x" ? `.ribbon[data-readers~="${layer}"]` : `.ribbon[data-layer="${layer}"][data-state="${reads?.replace("_prev", "")}"]`;
    const mark = reads ? flows : node === "x" ? ".input" : `g.layer[data-layer="${layer}"] g.box[data-node="${node}"]`;
    const symbol = reads ? `[data-reads="${reads}"]` : `[data-node="${node}"][data-dt="${dt}"]`;
    for (const lit of [...diagram.querySelectorAll(`${column} ${mark}`), ...room.querySelectorAll(symbol)]) lit.classList.add("lit");
  };
  room.onpointerover = (event) => {
    const symbol = /** @type {Element} */ (event.target).closest?.("[data-dt], [data-reads]");
    if (symbol) light(/** @type {HTMLElement} */ (symbol).dataset);
  };
  diagram.onpointerover = (event) => {
    const found = meantBy(/** @type {Element} */ (event.target), layer, current());
    if (found) light(found);
  };
  room.onpointerout = diagram.onpointerout = dark;
  const equation = /** @type {HTMLElement} */ (room.querySelector(".cell-formula"));
  equation.onkeydown = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    const symbols = /** @type {HTMLElement[]} */ ([...equation.querySelectorAll("[data-dt], [data-reads]")]);
    const at = symbols.findIndex((symbol) => symbol.hasAttribute("data-at"));
    const next = symbols[(at + by + symbols.length + (at < 0 && by < 0 ? 1 : 0)) % symbols.length];
    symbols[at]?.removeAttribute("data-at");
    next.setAttribute("data-at", "");
    light(next.dataset);
    event.preventDefault();
    event.stopPropagation();
  };
  equation.onblur = dark;
}

/** Which symbol a mark of the diagram stands for. @param {Element} target @param {string} layer @param {number} current the step that is looked at, from 1 */
function meantBy(target, layer, current) {
  const mark = /** @type {HTMLElement | null} */ (target.closest?.("g.box, g.input, .ribbon"));
  const column = Number(mark?.closest("g.column")?.getAttribute("data-t")) - current;
  if (!mark) return null;
  const { node, layer: of, state, readers = "" } = mark.dataset;
  if (mark.matches(".input")) return { node: "x", dt: String(column) };
  if (node) return mark.closest("g.layer")?.getAttribute("data-layer") === layer ? { node, dt: String(column) } : null;
  if (column) return null;
  if (state) return of === layer ? { reads: `${state}_prev` } : null;
  return readers.split(" ").includes(layer) ? { reads: "x" } : null;
}
