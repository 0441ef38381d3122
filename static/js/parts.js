// What every page has below its diagram: the trace back, the weights, the hidden state over time.

import { startSharing } from "./shared.js";
import { startStates } from "./stated.js";
import { startTraceback } from "./traced.js";

/** @import { Look, Maybe, Model, Trace, Walk, Weights } from "./types.d.ts" */
/** @import { Layout } from "./layout/unrolled.js" */

/**
 * @typedef {Pick<Walk, "look" | "pointed" | "playing"> & {
 *   run: { trace: Trace, model: Model, weights: Weights }, layout: Maybe<Layout>, labels: string[], column: number,
 * }} Shown
 *   layout: of the diagram, null where there is none; labels: of the steps; column: the step that is looked at, from 0
 */

/**
 * @param {{
 *   color: () => (value: number) => string, words: any, nameOf: (output: string) => string, tone?: (trace: Trace, t: number) => number | null,
 *   actions: ReturnType<typeof import("./walking.js").createWalking>,
 * }} room nameOf: an output, in words; tone: what is said at a step, from −1 to 1
 */
export function startParts(room) {
  const trace = startTraceback(room);
  const shared = startSharing(room);
  const states = startStates(room);
  return {
    /** @param {Shown} shown */
    draw(shown) {
      trace.draw(shown);
      states(shown);
    },
    /** @param {Shown} shown */
    drawShared: shared.draw,
    traceBack: trace.toggle,
  };
}
