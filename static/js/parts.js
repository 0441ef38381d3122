// What every page has around its diagram: the trace back, the weights, other networks beside it, the hidden state over time.

import { startComparison } from "./compared.js";
import { startSharing } from "./shared.js";
import { startStates } from "./stated.js";
import { startTraceback } from "./traced.js";

/** @import { Edit, Ghost, Maybe, Model, Trace, Walk, Weights } from "./types.d.ts" */
/** @import { Layout } from "./layout/unrolled.js" */
/** @import { Wave } from "./wave.js" */

/**
 * @typedef {Pick<Walk, "look" | "pointed" | "playing" | "position"> & {
 *   run: { trace: Trace, model: Model, weights: Weights, wave: Wave, edits?: Edit[], pending?: boolean, ghost?: Maybe<Ghost> }, layout: Maybe<Layout>, labels: string[], column: number,
 * }} Shown
 *   layout: of the diagram, null where there is none; labels: of the steps; column: the step that is looked at, from 0
 */

/**
 * @param {Parameters<typeof startTraceback>[0] & Parameters<typeof startStates>[0] & Parameters<typeof startComparison>[0] & Parameters<typeof startSharing>[0]} room
 */
export function startParts(room) {
  const trace = startTraceback(room);
  const shared = startSharing(room);
  const states = startStates(room);
  const comparison = startComparison(room);
  return {
    /** @param {Shown} shown */
    draw(shown) {
      trace.draw(shown);
      states(shown);
    },
    /** @param {Shown} shown */
    drawShared: shared.draw,
    /** In every frame. @param {Shown} shown */
    drawBeside: comparison.draw,
    traceBack: trace.toggle,
    compare: comparison.toggle,
  };
}
