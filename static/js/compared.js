// Which networks stand beside one another, and their runs over the input on screen.

import { find } from "./dom.js";
import { shortName } from "./names.js";
import { say } from "./page.js";
import { beside, besideSentence } from "./views/beside.js";
import { choice } from "./views/choice.js";
import { ordersOf } from "./views/network.js";

/** @import { Look, Maybe, ModelSummary } from "./types.d.ts" */
/** @import { Drawing, Run } from "./views/beside.js" */
/** @import { Shown } from "./parts.js" */

const MOST = 3;

/**
 * @param {{
 *   color: () => (value: number) => string, words: any, models: ModelSummary[],
 *   rerun: (run: any, id: string) => Promise<Run>, drawingOf: (run: any) => Drawing,
 *   actions: ReturnType<typeof import("./walking.js").createWalking> & { model: (id: string) => unknown },
 * }} room rerun: another network over the input of a run
 */
export function startComparison({ color, words, models, rerun, drawingOf, actions }) {
  /** @type {WeakMap<object, Map<string, Promise<Run>>>} */
  const asked = new WeakMap();
  /** @type {Record<string, Look["unit"]>} */
  const chosen = {};
  /** @type {Maybe<Shown>} */
  let last = null;
  /** @type {Maybe<{ of: object, ids: string, runs: Run[] }>} */
  let there = null;
  /** @type {Maybe<{ of: object, ids: string }>} */
  let asking = null;
  let said = "";
  let open = false;

  const button = find("beside-open");
  const toggle = () => {
    if (last && !button.hidden) actions.look({ view: last.look.view === "beside" ? null : "beside" });
  };
  button.onclick = toggle;

  /** @param {Shown} shown @param {string} id */
  function runOf({ run }, id) {
    if (id === run.model.id) return Promise.resolve(/** @type {Run} */ (run));
    const known = asked.get(run) ?? new Map();
    asked.set(run, known);
    if (!known.has(id)) known.set(id, rerun(run, id));
    return /** @type {Promise<Run>} */ (known.get(id));
  }

  /** Those of the address that there are; else the usual ones. @param {Shown} shown @returns {string[]} */
  function idsOf({ look, run }) {
    const wanted = new Set((look.with ?? "").split(",").filter((id) => models.some((model) => model.id === id)));
    return wanted.size ? [...wanted] : usual(models, run.model.id);
  }

  /** Those that can be had; until then what is there stays. @param {Shown} shown @param {string[]} ids */
  async function fetchRuns(shown, ids) {
    if (asking?.of === shown.run && asking.ids === ids.join()) return;
    const mine = (asking = { of: shown.run, ids: ids.join() });
    const answers = await Promise.allSettled(ids.map((id) => runOf(shown, id)));
    if (mine !== asking) return;
    asking = null;
    there = { ...mine, runs: answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : [])) };
    for (const answer of answers) {
      if (answer.status === "fulfilled") continue;
      asked.delete(shown.run); // it may be asked again
      actions.complain(answer.reason);
    }
    if (last) draw(last);
  }

  /** One in, the first of too many out; one always stays. @param {string[]} ids @param {string} id */
  function toggled(ids, id) {
    const next = ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id].slice(-MOST);
    if (next.length) actions.look({ with: models.map((model) => model.id).filter((one) => next.includes(one)).join(",") });
  }

  /** @param {boolean} opens */
  function drawRoom(opens) {
    if (!opens && find("beside").contains(document.activeElement)) button.focus();
    open = opens;
    if (!open) said = "";
    if (there && there.runs.length < there.ids.split(",").length) there = null; // one that failed
    button.setAttribute("aria-expanded", String(open));
    button.firstChild?.replaceWith(open ? words.beside.close : words.beside.open);
    find("beside").hidden = !open;
    find("network").classList.toggle("compares", open);
  }

  /** @param {Shown} shown */
  function draw(shown) {
    const { run, look, position, column, labels, playing } = shown;
    last = shown;
    button.hidden = models.length < 2 || !run.trace.length;
    const opens = look.view === "beside" && !button.hidden;
    if (opens !== open) drawRoom(opens); // it is asked in every frame
    if (!opens) return;
    const ids = idsOf(shown);
    choice(find("beside-which"), models.map(({ id }) => ({ text: shortName(id, words), on: ids.includes(id), act: () => toggled(ids, id) })));
    if (there?.of !== run || there.ids !== ids.join()) return void fetchRuns(shown, ids);
    const props = {
      runs: there.runs, drawingOf, ordersOf, column, position, labels, chosen, words,
      wave: run.wave,
      current: run.model.id,
      color: color(),
      onStep: actions.step,
      onUnit(/** @type {string} */ id, /** @type {Look["unit"]} */ unit) {
        chosen[id] = unit;
        if (last) draw(last);
        say([...find("beside-row").querySelectorAll("figcaption")].map((one) => one.textContent)[props.runs.findIndex(({ model }) => model.id === id)] ?? "");
      },
      onModel: (/** @type {string} */ id) => actions.model(id),
    };
    beside(props);
    const sentence = besideSentence(props);
    if (find("beside-say").textContent !== sentence) find("beside-say").textContent = sentence;
    if (!playing && said !== sentence) queueMicrotask(() => say(sentence)); // after what is said of the one network
    said = sentence;
  }

  return { draw, toggle };
}

/** Of each kind of cell that feeds its output back the one that is on screen, or the largest; and the one on screen; of a task without such, the smallest. @param {ModelSummary[]} models @param {string} current */
function usual(models, current) {
  /** @type {Map<string, string>} */
  const byCell = new Map();
  for (const { id, cell, feeds_back: feeds } of models) {
    if (feeds && byCell.get(cell) !== current) byCell.set(cell, id); // the models stand in order of size
  }
  const ids = new Set([...byCell.values(), current]);
  const order = models.map(({ id }) => id);
  const several = ids.size > 1 ? order.filter((id) => ids.has(id)) : order;
  return several.length > MOST ? [current, ...several.filter((id) => id !== current).slice(1 - MOST)] : several;
}
