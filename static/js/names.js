// What the parts of a network and the moments of its run are called on the page.

import { wayOf } from "./graph.js";
import { fill } from "./ink.js";
import { atWork, beatAt, readyAt, stepAt } from "./wave.js";

/** @import { Graph, GraphLayer, Run, Trace } from "./types.d.ts" */

/** A network, as in a menu. @param {string} id @param {any} words @returns {string} */
export const modelName = (id, words) => words.models[id]?.name ?? id;

/** A network, where there is little room. @param {string} id @param {any} words @returns {string} */
export const shortName = (id, words) => words.models[id]?.short ?? id;

/** A step by its number, and by what it reads, where that is something else. @param {string[]} labels @param {number} t from 0 */
export const stepName = (labels, t) => (labels[t] === String(t + 1) ? labels[t] : `${t + 1} ${labels[t]}`);

/** What a shown value is called: an output that is not carried on is no state. @param {GraphLayer} layer @param {string} id @param {any} words */
export const nodeName = (layer, id, words) =>
  id === layer.output && !layer.states.includes(id) ? words.diagram.hidden : words.nodes[id];

/** What a node is: by its name, or as the sum that goes into one. @param {GraphLayer} layer @param {string} id @param {any} words @returns {string} */
export function whatOf(layer, id, words) {
  const into = layer.nodes.find(({ inputs, role }) => inputs.length === 1 && inputs[0] === id && role !== "term");
  if (!words.nodes[id] && into) return fill(words.cell.before, { what: nodeName(layer, into.id, words) ?? into.id });
  return nodeName(layer, id, words) ?? id;
}

/** `layer 2 · backwards`; nothing where there is only one. @param {Graph} graph @param {GraphLayer} layer @param {any} words */
export function layerName(graph, layer, words) {
  if (graph.layers.length === 1) return "";
  const name = fill(words.diagram.layer, { k: layer.layer + 1 });
  return bothWays(graph) ? `${name} · ${words.diagram.ways[layer.direction]}` : name;
}

/** An arrow the way that a layer runs, where some run the other. @param {Graph} graph @param {GraphLayer} layer */
export const arrowOf = (graph, layer) => (!bothWays(graph) ? "" : wayOf(graph, layer) > 0 ? "\u2192" : "\u2190");

/** @param {Graph} graph */
const bothWays = (graph) => graph.layers.some((layer) => wayOf(graph, layer) < 0);

/** What the network says at a step, for a screen reader. @param {Trace} trace @param {number} t from 0 @param {any} words */
export function stepSentence({ values: { probs }, outputs }, t, words) {
  const said = probs[Math.min(t, probs.length - 1)]; // the one thing that it says, where it speaks once
  const k = said.indexOf(Math.max(...said));
  return fill(words.diagram.column, { t: t + 1, direction: words.directions[outputs[k]] ?? outputs[k], percent: Math.round(100 * said[k]) });
}

/** What is computed in a beat, and when the answer that one waits for comes. @param {Run} run @param {number} position @param {number} looked @param {any} words */
export function workSentence({ wave, model: { graph } }, position, looked, words) {
  const beat = beatAt(wave, position);
  const turns = atWork(wave, beat);
  const hands = turns.map(({ name, t }) => {
    const layer = /** @type {GraphLayer} */ (graph.layers.find((other) => other.name === name));
    return fill(words.diagram.hand, { way: words.diagram.ways[layer.direction], t });
  });
  const work = fill(words.diagram.work, { beat, beats: wave.beats, k: turns[0].layer + 1, hands: hands.join(", ") });
  const t = stepAt(wave, position, looked);
  return position < readyAt(wave, t) ? `${work} ${fill(words.diagram.waits, { t, beat: readyAt(wave, t) })}` : work;
}
