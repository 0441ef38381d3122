// Trying out: a run with a network that is another than it was trained to be, worked out here at once, and how far it
// is from the run as it was.

import { applyEdits, readEdit, writeEdit } from "./edits.js";
import { forward } from "./forward.js";

/** @import { Changed, Edit, Ghost, Graph, Maybe, Trace, Values, Weights } from "./types.d.ts" */

/** A state that differs by more has parted. */
export const PARTED = 0.05;

/** What an address says, as far as this network has it. @param {Maybe<string>} text @param {Graph} graph @param {Weights} weights @returns {Edit[]} */
export const readEdits = (text, graph, weights) => (text ?? "").split(";").flatMap((one) => readEdit(one, graph, weights) ?? []);

/** @param {Edit[]} edits @returns {Maybe<string>} */
export const writeEdits = (edits) => edits.map(writeEdit).join(";") || null;

/** What of a run edits change, its trace being made with them. @param {{ trace: Trace, model: { graph: Graph } }} run @param {Weights} plain @param {Edit[]} edits @returns {Changed} */
export function changed({ trace, model: { graph } }, plain, edits) {
  if (!edits.length) return { weights: plain, plain, edits, ghost: null };
  const { weights } = applyEdits(graph, plain, edits);
  return { weights, plain, edits, ghost: ghostOf(graph, trace, forward(graph, plain, trace.values.x, { memory: trace.memory })) };
}

/** @param {Graph} graph @param {Trace} trace @param {Values} values of the run without edits @returns {Ghost} */
function ghostOf(graph, trace, values) {
  const outputs = graph.layers.map(({ name, output }) => `${name}.${output}`);
  const far = trace.values.x.findIndex((_, t) => outputs.some((name) => furthest(values[name][t], trace.values[name][t]) > PARTED));
  return { values, parted: far < 0 ? null : far };
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
export function furthest(a, b) {
  let most = 0;
  for (let j = 0; j < a.length; j++) most = Math.max(most, Math.abs(a[j] - b[j]));
  return most;
}

/**
 * The run with other edits, worked out here. What the network made up of itself it would make up otherwise: there the
 * engine is waited for.
 * @template {Changed & { trace: Trace, model: { graph: Graph } }} R
 * @param {R} run @param {Edit[]} edits @returns {Maybe<R>}
 */
export function tried(run, edits) {
  const { trace, model, plain } = run;
  if (trace.generated || run.drawn) return null;
  const now = applyEdits(model.graph, plain, edits);
  const values = forward(model.graph, now.weights, trace.values.x, { ...now, memory: trace.memory });
  const asWas = run.moved ? null : run.ghost?.values; // behind a point that was moved stands another input
  const ghost = edits.length ? asWas ?? forward(model.graph, plain, trace.values.x, { memory: trace.memory }) : null;
  const other = { ...trace, values };
  return { ...run, pending: true, trace: other, weights: now.weights, edits, ghost: ghost && ghostOf(model.graph, other, ghost), moved: undefined };
}

/**
 * The run with other inputs and the same edits, worked out here; behind it stands the run that it is compared with.
 * @template {Changed & { trace: Trace, model: { graph: Graph } }} R
 * @param {R} run @param {number[][]} x a row a step @param {Partial<Trace["input"]>} input as they are said @param {Values} before of that other run
 * @returns {R}
 */
export function shifted(run, x, input, before) {
  const { trace, model, plain, edits } = run;
  const now = applyEdits(model.graph, plain, edits);
  const values = forward(model.graph, now.weights, x, { ...now, memory: trace.memory });
  const other = { ...trace, input: { ...trace.input, ...input }, values };
  return { ...run, pending: true, trace: other, ghost: ghostOf(model.graph, other, before) };
}

/** How far two answers to a question are from each other, and where most. @param {Values} a @param {Values} b */
export function difference(a, b) {
  let worst = { most: 0, name: "", t: 0 };
  for (const name of Object.keys(a)) {
    (b[name] ?? []).forEach((row, t) => {
      const most = furthest(a[name][t] ?? [], row) / Math.max(1, ...Array.from(row, Math.abs));
      if (!(most <= worst.most)) worst = { most, name, t };
    });
  }
  return worst;
}
