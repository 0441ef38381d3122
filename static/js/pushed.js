// Which gate's pushes are shown, and the run that they are drawn from: a moment after what stands above them.

import { find } from "./dom.js";
import { later } from "./later.js";
import { ordersOf } from "./views/network.js";
import { pushes } from "./views/pushes.js";

/** @import { Look, Maybe, Model, Trace, Weights } from "./types.d.ts" */
/** @import { Layout } from "./layout/unrolled.js" */

/**
 * @param {{
 *   color: () => (value: number) => string, words: any,
 *   actions: { unit: (unit: Look["unit"]) => void, step: (t: number) => void },
 * }} room
 */
export function startPushes({ color, words, actions }) {
  /** @type {Maybe<string>} */
  let into = null;

  /** @param {{ run: { trace: Trace, model: Model, weights: Weights }, look: Look, layout: Maybe<Layout>, labels: string[], column: number }} shown */
  function draw(shown) {
    const { run, look, layout, labels: tokens, column } = shown;
    const { graph } = run.model;
    find("pushes").hidden = !layout;
    if (!layout || layout.columns.length !== tokens.length) return;
    pushes({
      trace: run.trace,
      graph,
      weights: run.weights,
      order: ordersOf(run)[graph.layers[0].name],
      layout,
      tokens,
      column,
      into,
      unit: look.unit,
      color: color(),
      words,
      onInto(next) {
        into = next;
        draw(shown);
      },
      onUnit: actions.unit,
      onStep: actions.step,
    });
  }

  return later(draw);
}
