// What each word of a text pushes: a row for each unit, a column for each word, below those of the diagram.

import { inputTerms, push } from "../cell.js";
import { fill, signed } from "../ink.js";
import { table } from "./table.js";

/** @import { Graph, GraphLayer, Look, Trace, Weights } from "../types.d.ts" */
/** @import { Layout } from "../layout/unrolled.js" */

const HEIGHT = { least: 4, most: 10, all: 240, word: 20 }; // px of a row, of all where they fit, and of a word below
const CHARACTER = 7.2; // px of one
const STRONGEST = 3;
const DIGITS = 2;

const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

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
  const { trace, graph, weights, words, onInto } = props;
  const layer = /** @type {GraphLayer} */ (graph.layers.find(({ layer: k }) => k === 0));
  const terms = inputTerms(layer);
  const term = terms.find(({ into }) => into === props.into) ?? terms[terms.length - 1];
  const into = term?.into ?? layer.output;
  const values = props.tokens.map((_, t) => push(graph, layer, weights, trace.values, t, term?.node));
  const most = Math.max(1e-9, ...values.flatMap((row) => row.map(Math.abs)));
  const what = words.nodes[into] ?? into;
  find("pushes-into").hidden = terms.length < 2;
  find("pushes-into").replaceChildren(
    ...terms.map((one) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = fill(words.pushes.into, { what: words.nodes[one.into] ?? one.into });
      button.setAttribute("aria-pressed", String(one === term));
      button.onclick = () => {
        onInto(one.into);
        /** @type {HTMLElement | null} */ (find("pushes-into").querySelector("[aria-pressed=true]"))?.focus();
      };
      return button;
    }),
  );
  drawMap({ ...props, layer, into, values, most });
  find("pushes-say").textContent = sentence(props, layer, values[props.column], what);
  find("pushes-scale").textContent = fill(words.pushes.scale, { most: most.toFixed(DIGITS) });
  drawTable(props, values, what);
}

/** What the word that is looked at pushes most, or how far it pushes the unit that is chosen. @param {PushesProps} props @param {GraphLayer} layer @param {number[]} row @param {string} what */
function sentence({ unit, words, tokens, column }, layer, row, what) {
  const word = tokens[column];
  if (unit?.node.startsWith(`${layer.name}.`) && row[unit.index] !== undefined) {
    return fill(words.pushes.chosen, { word, what, index: unit.index, value: signed(row[unit.index], DIGITS) });
  }
  const strongest = [...row.keys()].sort((a, b) => Math.abs(row[b]) - Math.abs(row[a])).slice(0, STRONGEST);
  return fill(words.pushes.most, { word, what, list: strongest.map((index) => fill(words.pushes.unit, { index, value: signed(row[index], DIGITS) })).join(", ") });
}

/** A canvas: sixty words push forty-eight units. @param {PushesProps & { layer: GraphLayer, into: string, values: number[][], most: number }} props */
function drawMap({ layout, values, most, order, column, unit, color, layer, into, tokens, onUnit, onStep }) {
  const canvas = /** @type {HTMLCanvasElement} */ (find("pushes-map"));
  const units = order.length === values[0].length ? order : [...values[0].keys()];
  const row = Math.max(HEIGHT.least, Math.min(HEIGHT.most, Math.floor(HEIGHT.all / units.length)));
  const [width, height] = [layout.width, row * units.length + HEIGHT.word];
  const sharp = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * sharp);
  canvas.height = Math.round(height * sharp);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  g.scale(sharp, sharp);
  const place = (/** @type {import("../layout/unrolled.js").Column} */ c) => (c.sliver ? { x: c.x, w: Math.max(1, c.width - 0.5) } : { x: c.x + layout.gap / 2, w: layout.box });
  for (const c of layout.columns) {
    const { x, w } = place(c);
    units.forEach((j, k) => {
      g.fillStyle = color(values[c.t][j] / most);
      g.fillRect(x, k * row, w, row - 0.5);
    });
  }
  g.strokeStyle = g.fillStyle = getComputedStyle(canvas).color;
  g.font = getComputedStyle(canvas).font;
  g.textAlign = "center";
  for (const c of layout.columns) {
    const { x, w } = place(c);
    if (c.t === column) {
      g.lineWidth = 2;
      g.strokeRect(x - 1, 1, w + 2, row * units.length - 1);
    }
    if (tokens[c.t].length * CHARACTER < w + layout.gap) g.fillText(tokens[c.t], x + w / 2, height - 5);
  }
  const rank = unit?.node.startsWith(`${layer.name}.`) ? units.indexOf(unit.index) : -1;
  if (rank >= 0) {
    g.lineWidth = 1.5;
    g.strokeRect(layout.gutter - 4, rank * row - 0.75, width - layout.gutter + 4, row + 1);
  }
  canvas.onclick = (event) => {
    const hit = layout.columns.find((c) => event.offsetX >= c.x && event.offsetX < c.x + c.width);
    const index = units[Math.floor(event.offsetY / row)];
    if (!hit || index === undefined) return;
    onStep(hit.t + 1);
    onUnit({ node: `${layer.name}.${into}`, index });
  };
}

/** Only while it is open. @param {PushesProps} props @param {number[][]} values @param {string} what */
function drawTable(props, values, what) {
  const { words, tokens, order } = props;
  const details = find("pushes-table").closest("details");
  if (details && !details.open) {
    details.ontoggle = () => drawTable(props, values, what);
    return;
  }
  const units = order.length === values[0].length ? order : [...values[0].keys()];
  table(find("pushes-table"), {
    caption: fill(words.pushes.caption, { what }),
    head: [words.pushes.unitColumn, ...tokens],
    rows: units.map((j) => ({ name: String(j), cells: values.map((row) => ({ text: signed(row[j], DIGITS) })) })),
  });
}
