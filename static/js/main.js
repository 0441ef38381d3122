// Boot: the first state from the page, the store, the clock, the address, the keys.

import { BET_RIVALS, createActions } from "./actions.js";
import { readAddress, writeAddress } from "./address.js";
import { rememberModel } from "./api.js";
import { argmax, entropy } from "./ball.js";
import { startDetail } from "./detail.js";
import { find } from "./dom.js";
import { writeEdit } from "./edits.js";
import { startFolding } from "./folding.js";
import { diverging, fill, percent } from "./ink.js";
import { startLab } from "./lab.js";
import { workSentence } from "./names.js";
import { startOpening } from "./opening.js";
import { say, speak, startDialogs, startHistory, startKeys, startTheme } from "./page.js";
import { makeRun } from "./run.js";
import { createStore } from "./store.js";
import { bySize, FRESH, isReduced, lookOf, startClock, walkKeys } from "./walking.js";
import { beatAt, positionOf, readyAt, stepAt } from "./wave.js";

/** @import { Boot, Query, State } from "./types.d.ts" */

const SEEN = "unrolled.seen";
/** @type {Boot} */
const boot = JSON.parse(find("boot").textContent ?? "");
const { words } = boot;

const where = readAddress(location, boot.defaults.scene);
/** @type {Query} */
const query = { ...boot.asked, points: boot.asked.scene ? null : boot.points };
const first = makeRun({ ...boot, edit: boot.asked.edit });
const canBet = BET_RIVALS.every((id) => boot.models.some((model) => model.id === id));
const newcomer = canBet && !location.search && !location.hash && !remembered();
rememberModel(boot.model, boot.weights);

/** @type {State} */
const initial = {
  mode: newcomer ? "bet" : "lab",
  query,
  look: where.look,
  position: positionOf(first.wave, where.look),
  ...FRESH,
  playing: false,
  speed: 1,
  run: first,
  rivals: {},
  tally: null,
  tallying: false,
  bet: { choice: null, told: false, shown: false },
  betRun: null,
  betRivals: {},
  notices: [...boot.notices, ...badHash()],
  busy: false,
  drawing: false,
  moving: null,
  models: bySize(boot.models),
};

const store = createStore(initial);
const actions = createActions(store, boot);

let color = diverging(document.body);
const detail = startDetail({ words, color: () => color, look: actions.look, get: () => store.get().look, onResize: () => lab.redraw() });
const lab = startLab({ store, actions, boot, detail, color: () => color });
store.watch((s) => [s.look.view], detail.drawOpen);
const opening = startOpening({ store, actions, boot, reduced: () => isReduced(store.get().look), color: () => color, say });

startClock(store);
const rollUp = startFolding(store, actions.look);

store.watch((s) => [s.mode], (s) => {
  document.body.dataset.mode = s.mode;
  find("bet").hidden = s.mode !== "bet";
  find("lab").hidden = s.mode !== "lab";
  find("playbar").hidden = s.mode !== "lab";
  if (s.mode === "bet") return;
  remember();
  lab.redraw();
  if (!Object.keys(s.rivals).length) actions.rivals();
});

/** A tally for each kind of ball that comes on screen, once there is nothing more urgent. */
store.watch((s) => [s.mode, s.query.scene?.replace(/-\d+$/, "")], (s) => {
  if (s.mode === "lab") setTimeout(() => actions.tally(), 60);
});

if (newcomer) actions.openBet();
for (const id of ["bet-open", "bet-skip"]) find(id).onclick = () => actions.openLab();
find("open-bet").hidden = !canBet;
find("open-bet").onclick = () => actions.openBet();

// The address.
startHistory({
  store,
  watched: (s) => [s.query, s.look, Math.ceil(s.position), s.mode, s.busy, s.moving],
  addressOf: (s) => writeAddress(s.query, lookOf(s), boot.defaults.scene),
  begun: writeAddress(query, where.look, boot.defaults.scene),
  typing: () => Boolean(document.activeElement?.closest("#whatif")), // what a hand does there without a pause is one entry
  settled: (s) => s.mode === "lab" && !s.busy && !s.moving,
  back() {
    const { query: asked, look } = readAddress(location, boot.defaults.scene);
    store.set({ mode: "lab" });
    return actions.ask(asked, { t: look.t, beat: look.beat, look });
  },
});

startTheme({
  store,
  look: actions.look,
  recolor() {
    color = diverging(document.body);
    lab.redraw();
    opening.draw();
    detail.drawOpen();
  },
});
new ResizeObserver(() => lab.redraw()).observe(find("lab"));

startDialogs({
  words,
  links() {
    const s = store.get();
    const { trace, model } = s.run;
    const asked = trace.input.points.slice(0, trace.length - trace.generated);
    const points = asked.map((p) => (p ? p.join(",") : "-")).join(";");
    const rest = `${s.query.memory ? "" : "&memory=false"}${trace.generated ? `&generate=${trace.generated}` : ""}${s.run.edits.map((edit) => `&edit=${writeEdit(edit)}`).join("")}`;
    return {
      page: writeAddress({ ...s.query, model: model.pinned }, lookOf(s), boot.defaults.scene),
      json: `/api/trace?model=${model.pinned}&points=${points}${rest}`,
    };
  },
});

startKeys(
  {
    ...walkKeys(actions),
    Home: () => actions.beat(1),
    End: () => actions.beat(store.get().run.wave.beats),
    m: () => find("memory").click(),
    n: () => void actions.again(),
    s: () => detail.toggle(),
    b: () => lab.parts.traceBack(),
    c: () => lab.parts.compare(),
    u: () => rollUp(),
    w: () => lab.whatIf.toggle(),
    z: () => actions.tries.undo(),
    y: () => actions.tries.redo(),
    Escape: () => (store.get().drawing ? actions.drawing(false) : actions.up()),
  },
  () => store.get().mode === "lab",
);
startKeys({ "?": () => find("help").click() }, () => store.get().mode === "bet");

/** One sentence for every step that a person takes, for a unit that they choose, and for where playing ends. */
speak(store, (s) => [s.look.unit], ({ look, mode }) => (look.unit && mode === "lab" ? find("unit-sentence").textContent ?? "" : ""), true);
speak(store, (s) => [s.run, stepAt(s.run.wave, s.position, s.look.t), beatAt(s.run.wave, s.position), s.playing], stepSays);

/** @param {State} s */
function stepSays({ run, position, look, mode }) {
  if (mode !== "lab") return "";
  const t = stepAt(run.wave, position, look.t);
  const probs = run.trace.values.probs[t - 1];
  const k = argmax(probs);
  const work = run.wave.direct ? "" : workSentence(run, position, look.t, words);
  const answer = run.wave.direct || position >= readyAt(run.wave, t) ? fill(words.live.step, { t, direction: words.directionNames[k], percent: percent(probs[k]), bits: entropy(probs).toFixed(2) }) : "";
  return `${work} ${answer}`.trim();
}

function badHash() {
  const bad = where.bad.filter((name) => ["t", "beat", "node", "unit", "view", "fold", "weight", "with", "theme", "motion"].includes(name));
  return bad.map((field) => ({ code: "bad_address", field, detail: "" }));
}

/** Whether this browser has been here; without storage everybody is new. */
function remembered() {
  try {
    return localStorage.getItem(SEEN) !== null;
  } catch {
    return false;
  }
}

function remember() {
  try {
    localStorage.setItem(SEEN, "1");
  } catch {
    // a private window: the opening question is asked again next time
  }
}

document.documentElement.dataset.ready = "true";
