// The first thirty seconds: wires the opening question to the store.

import { BET_MOMENTS, BET_RIVALS } from "./actions.js";
import { argmax, entropy } from "./ball.js";
import { find } from "./dom.js";
import { fill, percent } from "./ink.js";
import { gutterOf, unrolledLayout } from "./layout/unrolled.js";
import { stepSentence } from "./names.js";
import { tween } from "./tween.js";
import { bet } from "./views/bet.js";
import { ballChip } from "./views/chips.js";
import { diagram } from "./views/diagram.js";
import { ordersOf } from "./views/network.js";
import { rivalRoses, rivals } from "./views/rivals.js";

/** @import { Boot, State } from "./types.d.ts" */

const BEAT = 420; // ms for each moment when the network reads again

/**
 * @param {{
 *   store: import("./actions.js").Store, actions: ReturnType<typeof import("./actions.js").createActions>,
 *   boot: Boot, reduced: () => boolean, color: () => (value: number) => string, say: (text: string) => void,
 * }} room
 */
export function startOpening({ store, actions, boot, reduced, color, say }) {
  const { words } = boot;
  let position = 1;
  let stop = () => {};

  /** The network reads the moments again, the new one first. @param {number} length */
  function read(length) {
    stop();
    if (reduced()) {
      position = length;
      return draw();
    }
    stop = tween(BEAT * length, (share) => {
      position = share * length;
      draw();
      if (share === 1) announce(store.get());
    });
  }

  function draw() {
    const state = store.get();
    const { betRun: run, bet: b, mode } = state;
    if (mode !== "bet" || !run) return;
    const n = run.trace.length;
    const truth = { direction: words.letters.indexOf(boot.bet.direction), point: boot.bet.next };
    const probs = b.told ? run.trace.values.probs[n - 1] : null;
    const grown = b.told ? Math.min(1, Math.max(0, (position - (n - 1) - 0.72) / 0.28)) : 0;
    bet(find("bet-stage"), {
      size: 520,
      points: boot.bet.points.slice(-n),
      probs,
      grown,
      choice: b.choice,
      truth: b.shown ? truth : null,
      words,
      onBet: (k) => {
        const first = !b.told;
        actions.bet(k);
        if (first) read(store.get().betRun?.trace.length ?? 1);
      },
    });
    find("bet-networks").hidden = !b.told;
    if (b.told) {
      drawNetworks(state, grown, b.shown ? truth.direction : null);
      drawDiagram(state);
    }
    drawWords(state, truth.direction);
  }

  /** @param {State} state @param {number} grown @param {number | null} truth */
  function drawNetworks({ betRivals, betRun }, grown, truth) {
    const n = betRun?.trace.length ?? 1;
    const rows = BET_RIVALS.map((id) => ({ id, probs: betRivals[id]?.[n - 1] ?? null, hits: null, asked: 0, chosen: id === boot.defaults.model }));
    rivals(find("bet-rivals"), { rows, words });
    rivalRoses(find("bet-rivals"), { truth, grown });
  }

  /** @param {State} state */
  function drawDiagram({ betRun: run }) {
    if (!run) return;
    const container = find("bet-diagram");
    const { graph } = run.model;
    const compact = container.clientWidth < 420;
    const wide = compact ? 64 : 84;
    const width = Math.min(container.clientWidth, gutterOf(graph.layers, false) + wide * run.trace.length);
    const layout = unrolledLayout({ width, room: compact ? 300 : 330, length: run.trace.length, layers: graph.layers, focus: run.trace.length - 1, compact: false });
    diagram(container, {
      layout,
      trace: run.trace,
      graph,
      wave: run.wave,
      weights: run.weights,
      orders: ordersOf(run),
      position,
      current: Math.min(run.trace.length - 1, Math.max(0, Math.ceil(position) - 1)),
      unit: null,
      terms: [],
      letters: run.trace.outputs,
      truths: [],
      color: color(),
      words,
      compact: false,
      drawInput: ballChip(run.seen),
      sayStep: (t) => stepSentence(run.trace, t, words),
      time: (t) => (t === run.trace.length - 1 ? words.bet.now : `\u2212${run.trace.length - 1 - t}`),
      onStep: () => {},
      onUnit: () => {},
    });
  }

  /** @param {State} state @param {number} truth */
  function drawWords({ bet: b, betRun, betRivals }, truth) {
    const n = betRun?.trace.length ?? 1;
    const bits = betRun ? entropy(betRun.trace.values.probs[n - 1]) : 3;
    const sentence = b.shown ? endSentence(b.choice, truth, betRivals, n) : !b.told ? words.bet.start : fill(words.bet.after[Math.min(n, words.bet.after.length) - 1], { bits: bits.toFixed(2) });
    find("bet-sentence").textContent = sentence;
    const more = /** @type {HTMLButtonElement} */ (find("bet-more"));
    more.hidden = !b.told || b.shown;
    more.textContent = n < BET_MOMENTS ? words.bet.more : words.bet.show;
    more.onclick = () => (n < BET_MOMENTS ? actions.moments(n + 1) : actions.showTruth());
    const open = /** @type {HTMLButtonElement} */ (find("bet-open"));
    open.hidden = !b.shown;
    find("bet-skip").hidden = b.shown;
  }

  /** @param {number | null} choice @param {number} truth @param {State["betRivals"]} betRivals @param {number} n */
  function endSentence(choice, truth, betRivals, n) {
    const probs = betRivals[boot.defaults.model][n - 1];
    const k = argmax(probs);
    const you = choice === truth ? words.bet.youRight : words.bet.youWrong;
    const network = fill(k === truth ? words.bet.networkRight : words.bet.networkWrong, { direction: words.directionNames[k], percent: percent(probs[k]) });
    return `${fill(words.bet.went, { direction: words.directionNames[truth] })} ${you} ${network} ${words.bet.one}`;
  }

  /** @param {State} state */
  function announce({ betRun: run }) {
    if (!run) return;
    const probs = run.trace.values.probs[run.trace.length - 1];
    say(fill(words.bet.live, { n: run.trace.length, direction: words.directionNames[argmax(probs)], percent: percent(probs[argmax(probs)]), bits: entropy(probs).toFixed(2) }));
  }

  store.watch((s) => [s.mode], (s) => {
    if (s.mode === "bet") draw();
  });
  store.watch((s) => [s.betRun], (s) => {
    if (s.betRun && s.bet.told) read(s.betRun.trace.length);
    else draw();
  });
  store.watch((s) => [s.bet], draw);
  window.addEventListener("resize", draw);
  return { draw };
}
