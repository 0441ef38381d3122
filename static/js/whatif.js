// What if: the room in which a network is changed by hand, and what its changes do to the run.

import { argmax } from "./ball.js";
import { biasOf } from "./cell.js";
import { find, isNew } from "./dom.js";
import { sameTarget, short } from "./edits.js";
import { layerOf, localOf } from "./graph.js";
import { fill, signed } from "./ink.js";
import { layerName, nodeName } from "./names.js";
import { matricesOf, weightOf } from "./sharing.js";
import { furthest } from "./trying.js";
import { choice, menu } from "./views/choice.js";

/** @import { Changed, Edit, Look, Maybe, Model, Trace, Tries } from "./types.d.ts" */

/**
 * @typedef {{ look: Look, tries: Tries, run: Changed & { trace: Trace, model: Model } }} Shown
 * @typedef {ReturnType<typeof import("./tries.js").createTries>} Doing
 */

const FORCED = [0, 1];

/** @param {{ words: any, doing: Doing }} room */
export function startWhatIf({ words, doing }) {
  const room = /** @type {HTMLDetailsElement} */ (find("whatif"));
  /** What the fields change now. @type {Record<string, { edit: Omit<Edit, "value">, plain: number }>} */
  const targets = {};

  for (const name of ["scale", "start", "bias", "weight"]) {
    for (const id of [name, `${name}-number`]) {
      const field = /** @type {HTMLInputElement} */ (find(id));
      field.oninput = () => {
        const { edit, plain } = targets[name];
        if (field.value !== "" && field.validity.valid) doing.move({ ...edit, value: Number(field.value) }, plain);
      };
      field.onchange = () => doing.settle();
    }
  }
  find("undo").onclick = doing.undo;
  find("redo").onclick = doing.redo;
  find("as-trained").onclick = () => doing.reset();

  /** A slider with its number. @param {string} name @param {Omit<Edit, "value">} edit @param {number} plain @param {Edit[]} edits */
  function field(name, edit, plain, edits) {
    targets[name] = { edit, plain };
    const found = edits.find((one) => sameTarget(one, { ...edit, value: 0 }));
    for (const id of [name, `${name}-number`]) {
      const input = /** @type {HTMLInputElement} */ (find(id));
      const value = short(found ? found.value : plain);
      if (document.activeElement !== input || Number(input.value) !== Number(value)) input.value = value;
    }
  }

  /** @param {Shown} shown */
  function drawScale({ run }) {
    const { graph } = run.model;
    const names = [...new Set(matricesOf(graph, run.plain).map(({ name }) => name))];
    const which = /** @type {HTMLSelectElement} */ (find("scale-which"));
    const chosen = names.includes(which.value) ? which.value : (names.find((name) => name.endsWith("W_hh")) ?? names[0]);
    menu(which, names.map((name) => ({ value: name, text: graph.layers.length > 1 ? name : name.replace("layers.0.", "") })), chosen);
    which.onchange = () => drawScale(/** @type {Shown} */ (last));
    field("scale", { kind: "scale", name: chosen, index: [] }, 1, run.edits);
  }

  /** @param {Shown} shown */
  function drawForce({ run }) {
    const { graph } = run.model;
    const values = graph.layers.flatMap((layer) =>
      layer.nodes.filter(({ role }) => role === "gate" || role === "state").map(({ id }) => ({ value: `${layer.name}.${id}`, text: [id, nodeName(layer, id, words), layerName(graph, layer, words)].filter(Boolean).join(" \u00b7 ") })),
    );
    const which = /** @type {HTMLSelectElement} */ (find("force-which"));
    const gates = values.filter(({ value }) => layerOf(graph, value)?.nodes.find(({ id }) => id === localOf(value))?.op === "sigmoid");
    const chosen = values.some(({ value }) => value === which.value) ? which.value : (gates[0] ?? values[0]).value;
    menu(which, values, chosen);
    which.onchange = () => drawForce(/** @type {Shown} */ (last));
    const target = { kind: /** @type {const} */ ("force"), name: chosen, index: [] };
    const found = run.edits.find((one) => sameTarget(one, { ...target, value: 0 }));
    choice(find("force-to"), [
      { text: words.whatif.free, on: !found, act: () => found && doing.drop(found) },
      ...FORCED.map((value) => ({ text: fill(words.whatif.forced, { value }), on: found?.value === value, act: () => doing.put({ ...target, value }) })),
    ]);
  }

  /** @param {Shown} shown */
  function drawUnit({ run, look: { unit } }) {
    const layer = unit && layerOf(run.model.graph, unit.node);
    const node = layer?.nodes.find(({ id }) => id === localOf(unit?.node ?? ""));
    const there = Boolean(unit && node && run.trace.values[unit.node]);
    find("unit-row").hidden = !there;
    find("whatif-choose").hidden = there;
    if (!unit || !layer || !node || !there) return;
    const name = `${localOf(unit.node)}[${unit.index}]`;
    const silent = { kind: /** @type {const} */ ("force"), name: unit.node, index: [unit.index], value: 0 };
    const found = run.edits.find((one) => sameTarget(one, silent));
    choice(find("unit-silence"), [{ text: fill(words.whatif.silence, { name }), on: Boolean(found), act: () => (found ? doing.drop(found) : doing.put(silent)) }]);
    const carried = layer.states.includes(node.id);
    find("start-label").hidden = find("start-number").hidden = !carried;
    find("start-name").textContent = fill(words.whatif.start, { name: `${localOf(unit.node)}\u2080[${unit.index}]` });
    find("start-number").setAttribute("aria-label", find("start-name").textContent ?? "");
    field("start", { kind: "start", name: unit.node, index: [unit.index] }, 0, run.edits);
    const bias = biasOf(layer, run.plain, node.id, unit.index);
    find("bias-label").hidden = find("bias-number").hidden = !bias;
    if (!bias) return;
    find("bias-name").textContent = fill(words.whatif.bias, { name: `${localOf(bias.name)}[${bias.row}]` });
    find("bias-number").setAttribute("aria-label", find("bias-name").textContent ?? "");
    const plain = /** @type {number[]} */ (run.plain[bias.name])[bias.row];
    const far = Math.max(2, Math.ceil(2 * Math.abs(plain)));
    Object.assign(find("bias"), { min: -far, max: far });
    field("bias", { kind: "weight", name: bias.name, index: [bias.row] }, plain, run.edits);
  }

  /** @param {Shown} shown */
  function drawWeight({ run, look }) {
    const found = weightOf(matricesOf(run.model.graph, run.plain), run.plain, look.weight);
    find("weight-row").hidden = !found;
    find("whatif-weight").hidden = Boolean(found);
    if (!found) return;
    const { matrix, row, column, weight } = found;
    const index = [matrix.first + row, column];
    find("weight-name").textContent = `${matrix.name.replace("layers.0.", "")}[${index}]`;
    find("weight-number").setAttribute("aria-label", find("weight-name").textContent ?? "");
    const far = Math.max(2, Math.ceil(2 * Math.abs(weight)));
    Object.assign(find("weight"), { min: -far, max: far });
    field("weight", { kind: "weight", name: matrix.name, index }, weight, run.edits);
  }

  /** @param {Shown} shown */
  function drawEdits({ run, tries }) {
    const { edits } = run;
    find("edits").replaceChildren(
      ...edits.map((edit) => {
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${saidOf(edit)} \u00d7`, title: words.whatif.drop });
        button.setAttribute("aria-label", `${saidOf(edit)}: ${words.whatif.drop}`);
        button.onclick = () => doing.drop(edit);
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
    );
    for (const [id, on] of /** @type {const} */ ([["undo", tries.past.length], ["redo", tries.future.length], ["as-trained", edits.length]])) /** @type {HTMLButtonElement} */ (find(id)).disabled = !on;
    find("whatif-key").hidden = !run.ghost;
    const text = whatItDoes(run);
    if (find("whatif-say").textContent !== text) find("whatif-say").textContent = text;
  }

  /** @param {Edit} edit */
  function saidOf(edit) {
    const name = edit.name.replace("layers.0.", "");
    const place = edit.index.length ? `[${edit.index}]` : "";
    if (edit.kind === "scale") return `${name} \u00b7 ${short(edit.value)}`;
    return `${name}${edit.kind === "start" ? "\u2080" : ""}${place} = ${short(edit.value)}`;
  }

  /** @param {Shown["run"]} run */
  function whatItDoes({ ghost, trace, model: { graph } }) {
    if (!ghost) return words.whatif.hint;
    if (trace.generated) return words.whatif.generated;
    const outputs = graph.layers.map(({ name, output }) => `${name}.${output}`);
    const most = Math.max(...trace.values.x.map((_, t) => Math.max(...outputs.map((name) => furthest(ghost.values[name][t], trace.values[name][t])))));
    const others = trace.values.probs.flatMap((row, t) => (argmax(row) === argmax(ghost.values.probs[t]) ? [] : [t + 1]));
    const state = ghost.parted === null ? fill(words.whatif.near, { most: signed(most).slice(1) }) : fill(words.whatif.parted, { t: ghost.parted + 1, most: signed(most).slice(1) });
    return `${state} ${others.length ? fill(words.whatif.answers, { steps: others.join(", ") }) : words.whatif.sameAnswers}`;
  }

  /** @type {Maybe<Shown>} */
  let last = null;

  return {
    /** @param {Shown} shown */
    draw(shown) {
      last = shown;
      if (shown.run.edits.length && isNew(room, "opened", [Boolean(shown.run.edits.length)])) room.open = true;
      drawEdits(shown);
      if (!room.open) return;
      for (const part of [drawScale, drawForce, drawUnit, drawWeight]) part(shown);
    },
    toggle() {
      room.open = !room.open;
      if (!room.open) return;
      if (last) this.draw(last);
      room.scrollIntoView({ block: "nearest" });
      /** @type {HTMLElement} */ (room.querySelector("summary")).focus({ preventScroll: true });
    },
    room,
  };
}
