// Which of the weights is looked at while the diagram is rolled up, and which ribbons of the diagram it flows in.

import { find } from "./dom.js";
import { ownerOf } from "./graph.js";
import { say } from "./page.js";
import { flowsIn, matricesOf, originOf, usesOf, weightOf } from "./sharing.js";
import { sharing } from "./views/sharing.js";

/** @import { Look, Maybe, Model, Trace, Weights } from "./types.d.ts" */
/** @import { Matrix } from "./sharing.js" */
/** @import { Shown } from "./parts.js" */

/** What a matrix flows in; to what is said right above the cell there is no ribbon. */
const FLOWS = ":is(.ribbon, .outputs)";

/**
 * @param {{
 *   color: () => (value: number) => string, words: any,
 *   actions: { look: (patch: Partial<Look>) => void, point: (id: Maybe<string>) => void },
 * }} room
 */
export function startSharing({ color, words, actions }) {
  /** @type {Maybe<Shown>} */
  let last = null;

  /** @type {Matrix[]} */
  let matrices = [];

  /** The same in every column. @param {(ribbon: DOMStringMap) => boolean} isLit @param {(matrix: Matrix) => boolean} isNamed */
  function light(isLit, isNamed) {
    for (const ribbon of find("diagram").querySelectorAll(`g.column ${FLOWS}`)) ribbon.classList.toggle("lit", isLit(/** @type {SVGElement} */ (ribbon).dataset));
    matrices.forEach((matrix, k) => find("weights-which").children[k]?.classList.toggle("lit", isNamed(matrix)));
  }
  const dark = () => light(() => false, () => false);

  /** A matrix lights the ribbons that it flows in. @param {Event} event */
  function overMatrix({ target }) {
    const matrix = matrices[[...find("weights-which").children].findIndex((one) => one.contains(/** @type {Node} */ (target)))];
    const graph = last?.run.model.graph;
    if (matrix && graph) light((ribbon) => flowsIn(graph, matrix, ribbon), () => false);
  }

  /** A ribbon lights its like, and its matrices. @param {Event} event */
  function overRibbon({ target }) {
    const found = /** @type {Element} */ (target).closest?.(FLOWS);
    if (!found || !last) return;
    const { graph } = last.run.model;
    const mine = /** @type {SVGElement} */ (found).dataset;
    light((ribbon) => Object.keys(mine).every((name) => ribbon[name] === mine[name]), (matrix) => flowsIn(graph, matrix, mine));
  }

  const which = find("weights-which");
  for (const name of ["pointerover", "focusin"]) which.addEventListener(name, overMatrix);
  for (const name of ["pointerout", "focusout"]) which.addEventListener(name, dark);
  find("diagram").addEventListener("pointerover", overRibbon);
  find("diagram").addEventListener("pointerout", dark);

  return {
    /** @param {Shown} shown */
    draw(shown) {
      last = shown;
      const { run, look, pointed, labels, column } = shown;
      const { trace, weights, model } = run;
      const { graph } = model;
      matrices = matricesOf(graph, weights);
      const open = look.view === "rolled" && trace.length > 0;
      find("rolled-open").hidden = !trace.length;
      find("rolled-open").firstChild?.replaceWith(open ? words.rolled.close : words.rolled.open);
      if (!open && find("rolled").contains(document.activeElement)) find("rolled-open").focus();
      const opens = open && find("rolled").hidden;
      find("rolled").hidden = !open;
      find("network").classList.toggle("rolls", open);
      if (!open) return;
      const carries = graph.layers.some((layer) => layer.states.length > 0);
      find("rolled-says").textContent = carries ? (trace.memory ? words.rolled.says : words.rolled.saysOff) : words.rolled.saysNone;
      const weight = weightOf(matrices, weights, pointed ?? look.weight);
      sharing({
        graph,
        trace,
        weights,
        matrices,
        shown: weight?.matrix ?? usual(matrices, look),
        weight,
        uses: weight ? usesOf(graph, trace, weight) : [],
        from: weight && originOf(graph, trace.values, weight),
        column,
        labels,
        color: color(),
        words,
        onPoint: actions.point,
        onPick(id) {
          actions.look({ weight: id });
          say(find("weights-say").textContent ?? "");
        },
        chosen: weightOf(matrices, weights, look.weight) !== null,
      });
      if (opens && document.documentElement.dataset.ready) say(`${find("rolled-says").textContent} ${find("weights-say").textContent}`);
    },
  };
}

/** The one that reads what the unit's layer carries, or the first. @param {Matrix[]} matrices @param {Look} look */
function usual(matrices, look) {
  const owner = look.unit && ownerOf(look.unit.node);
  const mine = matrices.filter(({ layer }) => !owner || layer?.name === owner);
  return mine.find(({ source }) => source.endsWith("_prev")) ?? mine[0] ?? matrices[0];
}
