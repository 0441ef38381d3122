// Whether the answer that is looked at is traced back, and what of: asked anew when the run or the step is another.

import { fetchFlows } from "./api.js";
import { argmax } from "./ball.js";
import { find } from "./dom.js";
import { writeEdit } from "./edits.js";
import { say } from "./page.js";
import { traceback } from "./traceback.js";
import { ordersOf } from "./views/network.js";
import { clearTraceback, drawTraceback } from "./views/traceback.js";

/** @import { Look, Maybe, Model, Trace, Weights } from "./types.d.ts" */
/** @import { Shown } from "./parts.js" */

/**
 * @param {{
 *   color: () => (value: number) => string, words: any, nameOf: (output: string) => string,
 *   actions: { look: (patch: Partial<Look>) => void, complain: (error: unknown) => void },
 * }} room nameOf: an output, in words
 */
export function startTraceback({ color, words, nameOf, actions }) {
  const button = find("traceback-open");
  /** @type {Maybe<{ run: object, column: number, answer: Promise<import("./types.d.ts").Flows> }>} */
  let asked = null;
  /** @type {Maybe<Shown>} */
  let last = null;
  /** @type {Maybe<Shown>} */
  let drawn = null;

  const isOpen = () => last?.look.view === "traceback";
  const toggle = () => {
    if (!button.hidden) actions.look({ view: isOpen() ? null : "traceback" });
  };
  button.onclick = toggle;

  /** The answer after the step that is looked at, the one that is likeliest there. @param {Shown} shown */
  function ask({ run, column }) {
    if (asked && asked.run === run && asked.column === column) return asked.answer;
    const { trace, model } = run;
    const output = trace.outputs[argmax(trace.values.probs[column])];
    const answer = fetchFlows({ model: model.id, points: trace.input.points, text: trace.input.text, at: column + 1, output, edits: run.edits?.map(writeEdit) });
    asked = { run, column, answer };
    return answer;
  }

  /** @param {Shown} shown */
  async function draw(shown) {
    const { run, layout, labels, column } = shown;
    if (drawn?.run !== run) clearTraceback(); // what is on screen is of another run
    if (run.pending) return; // the engine has not answered yet
    const answer = ask(shown);
    try {
      const { values, score, output } = await answer;
      if (shown !== last || !layout || layout.columns.length !== labels.length) return;
      const units = Math.max(...run.model.graph.layers.map(({ hidden }) => hidden));
      drawTraceback({ found: traceback(values), at: column, output: nameOf(output), score, units, layout, graph: run.model.graph, orders: ordersOf(run), labels, color: color(), words });
      if (drawn?.column !== column && !shown.playing && document.documentElement.dataset.ready) say(find("traceback-say").textContent ?? "");
      drawn = shown;
    } catch (error) {
      if (asked?.answer === answer) asked = null; // it may be asked again
      if (shown === last) clearTraceback();
      if (shown === last) actions.complain(error);
    }
  }

  return {
    toggle,
    /** @param {Shown} shown */
    draw(shown) {
      last = shown;
      const { trace } = shown.run;
      const possible = Boolean(shown.layout) && trace.memory && trace.length > 0;
      button.hidden = !possible;
      const open = possible && isOpen();
      button.setAttribute("aria-expanded", String(open));
      button.firstChild?.replaceWith(open ? words.traceback.close : words.traceback.open);
      if (!open && find("traceback").contains(document.activeElement)) button.focus();
      find("traceback").hidden = !open;
      find("diagram").classList.toggle("has-traceback", open);
      if (open) draw(shown);
      else {
        clearTraceback();
        drawn = null;
      }
    },
  };
}
