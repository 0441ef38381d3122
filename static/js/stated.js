// Which state is shown over time, and in which plane: a moment after what stands above it, and only while it is open.

import { fetchStates } from "./api.js";
import { find } from "./dom.js";
import { layerOf, wayOf } from "./graph.js";
import { later } from "./later.js";
import { choice } from "./views/choice.js";
import { ordersOf } from "./views/network.js";
import { states } from "./views/states.js";

/** @import { GraphLayer, Look, Maybe, Model, Trace, Weights } from "./types.d.ts" */
/** @import { Shown } from "./parts.js" */

/** So many lines are told apart. */
const MOST = 5;

/**
 * @param {{
 *   color: () => (value: number) => string, words: any, tone?: (trace: Trace, t: number) => number | null,
 *   actions: { unit: (unit: Look["unit"]) => void, step: (t: number) => void },
 * }} room
 */
export function startStates({ color, words, actions, tone = () => null }) {
  const part = /** @type {HTMLDetailsElement} */ (find("states"));
  let state = "";
  /** @type {Maybe<[number, number]>} */
  let pair = null;
  /** The units whose lines are asked for. @type {number[]} */
  let picked = [];
  /** @type {Maybe<Shown>} */
  let last = null;
  /** @type {Maybe<{ model: string, states: import("./types.d.ts").EndStates }>} */
  let ends = null;

  /** What lies behind: asked for once the part is open. @param {Model} model */
  async function fetchEnds({ id, task }) {
    if (task !== "review" || ends?.model === id) return;
    ends = { model: id, states: { labels: [], lines: [], values: {} } };
    try {
      ends = { model: id, states: await fetchStates(id) };
      draw();
    } catch {
      ends = null; // the picture is whole without
    }
  }

  function draw() {
    if (!last) return;
    const { run, look, layout, labels, column } = last;
    part.hidden = !layout;
    if (!layout || !part.open || layout.columns.length !== labels.length) return;
    const { graph } = run.model;
    const layer = layerOf(graph, look.unit?.node ?? "") ?? graph.layers[graph.layers.length - 1];
    const mine = [...new Set([layer.output, ...layer.states])].filter((name) => run.trace.values[`${layer.name}.${name}`]);
    if (!mine.includes(state)) state = layer.output;
    const size = run.trace.values[`${layer.name}.${state}`][0].length;
    if (pair && pair.some((j) => j >= size)) pair = null;
    choices(mine, size);
    void fetchEnds(run.model);
    const behind = run.trace.memory && ends?.model === run.model.id ? ends.states : null; // with memory off, none ends there
    states({
      trace: run.trace,
      layer,
      way: wayOf(graph, layer),
      state,
      order: ordersOf(run)[layer.name],
      layout,
      labels,
      column,
      unit: look.unit,
      pair,
      picked: picked.filter((j) => j < size),
      tone: (t) => tone(run.trace, t),
      ghost: run.ghost?.values[`${layer.name}.${state}`]?.map((row) => [...row]) ?? null,
      behind: (behind?.values[`${layer.name}.${state}`] ?? []).map((row, k) => ({ row, label: behind?.labels[k] ?? "" })),
      color: color(),
      words,
      onUnit: actions.unit,
      onStep: actions.step,
    });
  }

  /** @param {string[]} mine @param {number} size */
  function choices(mine, size) {
    const which = find("states-which");
    which.hidden = mine.length < 2;
    choice(which, mine.map((name) => option(words.nodes[name] ?? name, name === state, () => (state = name))));
    choice(find("states-axes"), [
      option(words.states.components, !pair, () => (pair = null)),
      option(words.states.units, Boolean(pair), () => (pair ??= size > 1 ? [0, 1] : [0, 0])),
    ]);
    const fields = find("states-pair");
    fields.hidden = !pair;
    fields.querySelectorAll("input").forEach((input, k) => {
      input.max = String(size - 1);
      if (pair && document.activeElement !== input) input.value = String(pair[k]);
      input.oninput = () => {
        const j = input.valueAsNumber;
        if (!pair || !Number.isInteger(j) || j < 0 || j >= size) return;
        pair = k ? [pair[0], j] : [j, pair[1]];
        draw();
      };
    });
  }

  /** @param {string} text @param {boolean} on @param {() => void} change */
  function option(text, on, change) {
    const act = () => {
      change();
      draw();
    };
    return { text, on, act };
  }

  const field = /** @type {HTMLInputElement} */ (find("states-units"));
  field.oninput = () => {
    const asked = field.value.split(/[\s,;]+/).filter(Boolean);
    const fine = asked.length <= MOST && asked.every((text) => /^\d{1,4}$/.test(text));
    field.setAttribute("aria-invalid", String(!fine));
    if (!fine) return;
    picked = [...new Set(asked.map(Number))];
    draw();
  };

  part.ontoggle = draw;
  const soon = later(draw);
  /** @param {Shown} shown */
  return (shown) => {
    last = shown;
    soon(shown);
  };
}
