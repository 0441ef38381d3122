// Two or three networks beside one another at the same step of the same input: each drawn as the diagram draws it, the
// column of the step wide and the others slivers.

import { incoming } from "../cell.js";
import { find } from "../dom.js";
import { layerOf, localOf } from "../graph.js";
import { fill, percent } from "../ink.js";
import { unrolledLayout } from "../layout/unrolled.js";
import { modelName, shortName, stepName } from "../names.js";
import { readyAt } from "../wave.js";
import { diagram, probsAt } from "./diagram.js";
import { unitSentence } from "./selection.js";
import { table } from "./table.js";

/** @import { Look, Maybe, Model, Trace, Weights } from "../types.d.ts" */
/** @import { Wave } from "../wave.js" */
/** @import { DiagramProps } from "./diagram.js" */

const HEIGHT = 400;
const COLUMNS = { gutter: 34, around: 0, clear: 86, widest: 110 };
/** Narrower than this they stand below one another. */
const LEAST = 190;

/**
 * @typedef {{ trace: Trace, model: Model, weights: Weights, wave: Wave }} Run
 * @typedef {Pick<DiagramProps, "letters" | "truths" | "drawInput" | "sayStep"> & {
 *   names: string[], probs?: (t: number) => number[], foot?: (width: number) => number,
 * }} Drawing
 *   how a page draws what goes in and says what comes out; names: of the outputs; probs: what it says, where that is not what the network does
 * @typedef {{
 *   runs: Run[], drawingOf: (run: Run) => Drawing, ordersOf: (run: Run) => Record<string, number[]>, column: number, position: number, wave: Wave,
 *   chosen: Record<string, Look["unit"]>, labels: string[], current: string, color: (value: number) => string, words: any,
 *   onStep: (t: number) => void, onUnit: (model: string, unit: Look["unit"]) => void, onModel: (id: string) => void,
 * }} BesideProps
 *   wave, position: of the run that is played; chosen: a unit of each model; current: the model that the page is about
 */

/** Nothing while its room has no width. @param {BesideProps} props */
export function beside(props) {
  const { runs } = props;
  const row = find("beside-row");
  if (!row.clientWidth) return;
  const each = (row.clientWidth - 16 * (runs.length - 1)) / runs.length;
  const below = each < LEAST;
  row.classList.toggle("below", below);
  while (row.children.length > runs.length) row.lastElementChild?.remove();
  while (row.children.length < runs.length) row.append(framed());
  runs.forEach((run, k) => drawOne(/** @type {HTMLElement} */ (row.children[k]), run, props, below ? row.clientWidth : each));
  drawTable(props);
}

/** A place for one network. */
function framed() {
  const figure = document.createElement("figure");
  const name = Object.assign(document.createElement("button"), { type: "button", className: "beside-name" });
  const room = Object.assign(document.createElement("div"), { className: "diagram" });
  figure.append(name, Object.assign(document.createElement("p"), { className: "beside-says" }), room, Object.assign(document.createElement("figcaption"), { className: "note" }));
  return figure;
}

/** @param {HTMLElement} figure @param {Run} run @param {BesideProps} props @param {number} width */
function drawOne(figure, run, props, width) {
  const { column, color, words, chosen, current, onStep, onUnit, onModel } = props;
  const { trace, model, weights, wave } = run;
  const { graph } = model;
  const drawing = props.drawingOf(run);
  const unit = chosen[model.id] ?? null;
  const layer = unit && layerOf(graph, unit.node);
  const [name, says, room, caption] = /** @type {HTMLElement[]} */ ([...figure.children]);
  name.textContent = modelName(model.id, words);
  name.title = words.beside.closer;
  name.setAttribute("aria-current", String(model.id === current));
  name.onclick = () => onModel(model.id);
  const { answer, percent: share } = topOf(run, column, drawing);
  says.textContent = fill(words.beside.says, { answer, percent: share, count: model.parameters.toLocaleString("en") });
  const layout = unrolledLayout({ ...COLUMNS, width, room: HEIGHT, length: trace.length, layers: graph.layers, focus: column, compact: false, foot: drawing.foot?.(COLUMNS.clear) });
  const drawn = {
    ...drawing, layout, trace, graph, wave, weights, orders: props.ordersOf(run), color, words, unit,
    position: wave.direct && props.wave.direct ? props.position : readyAt(wave, column + 1),
    current: column,
    terms: unit && layer ? incoming(graph, layer, weights, trace.values, { node: localOf(unit.node), index: unit.index, t: column }) : [],
    compact: false,
    brief: true,
    onStep,
    onUnit: (/** @type {Look["unit"]} */ next) => onUnit(model.id, next),
  };
  diagram(room, drawn);
  caption.textContent = unitSentence(drawn, unit);
}

/** What a network says of a step. @param {Run} run @param {number} t @param {Drawing} drawing */
function topOf({ trace }, t, { names, probs: saidAt }) {
  const probs = saidAt?.(t) ?? probsAt(trace, t);
  const k = probs.indexOf(Math.max(...probs));
  return { answer: names[k], percent: percent(probs[k]) };
}

/** @param {BesideProps} props */
function drawTable(props) {
  const { runs, labels, words, column } = props;
  table(find("beside-table"), {
    caption: words.beside.caption,
    head: [words.beside.step, ...runs.map(({ model }) => shortName(model.id, words))],
    rows: labels.map((_, t) => ({
      name: stepName(labels, t),
      marked: t === column,
      cells: runs.map((run) => {
        const { answer, percent: share } = topOf(run, t, props.drawingOf(run));
        return { text: `${answer} ${share}` };
      }),
    })),
  });
}

/** One sentence on all of them. @param {BesideProps} props */
export function besideSentence(props) {
  const { runs, words, column } = props;
  const each = runs.map((run) => {
    const { answer, percent: share } = topOf(run, column, props.drawingOf(run));
    return fill(words.beside.one, { model: shortName(run.model.id, words), answer, percent: share });
  });
  return fill(words.beside.sentence, { t: column + 1, each: each.join("; ") });
}
