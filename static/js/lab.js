// The lab: wires the store to the views. Which part of the state each view draws stands here.

import { argmax, certainty, entropy, resample } from "./ball.js";
import { memoryKind } from "./cell.js";
import { find } from "./dom.js";
import { momentOf } from "./frame.js";
import { fill, percent } from "./ink.js";
import { shortName, stepSentence, workSentence } from "./names.js";
import { splitScene } from "./run.js";
import { ballCard } from "./views/ball_card.js";
import { bars } from "./views/bars.js";
import { ballChip } from "./views/chips.js";
import { modelMenu } from "./views/choice.js";
import { startParts } from "./parts.js";
import { network } from "./views/network.js";
import { notices } from "./views/notices.js";
import { rivalRoses, rivals } from "./views/rivals.js";
import { rose } from "./views/rose.js";
import { reckon, stage } from "./views/stage.js";
import { tally, tallyTable } from "./views/tally.js";
import { alongside, barOf, drawPlaybar } from "./walking.js";
import { startWhatIf } from "./whatif.js";
import { stepAt } from "./wave.js";

/** @import { Boot, State } from "./types.d.ts" */

/** The diagram's height at least, and what the sentence and the table's summary need below it. */
const ROOM = { least: 420, below: 108 };

/**
 * @param {{
 *   store: import("./actions.js").Store, actions: ReturnType<typeof import("./actions.js").createActions>,
 *   boot: Boot, detail: ReturnType<typeof import("./detail.js").startDetail>, color: () => (value: number) => string,
 * }} room
 */
export function startLab({ store, actions, boot, detail, color }) {
  const { words } = boot;
  /** @param {State} s */
  const at = ({ run: { wave }, position, look }) => {
    const t = stepAt(wave, position, look.t);
    return { column: t - 1, phases: momentOf(wave, position, t - 1), t };
  };

  /** How a run is drawn. @param {State["run"]} run */
  const drawingOf = (run) => ({
    letters: run.trace.outputs,
    ghost: run.ghost,
    names: run.trace.outputs.map((output) => words.directions[output] ?? output),
    truths: run.truths,
    drawInput: ballChip(run.seen),
    sayStep: (/** @type {number} */ t) => stepSentence(run.trace, t, words),
  });

  const parts = startParts({
    color,
    words,
    actions,
    models: store.get().models,
    nameOf: (output) => words.directions[output] ?? output,
    drawingOf,
    rerun: actions.rerun,
  });
  const whatIf = startWhatIf({ words, doing: actions.tries });
  whatIf.room.addEventListener("toggle", () => whatIf.draw(store.get()));

  /** The point of the step that is looked at, to be typed. @param {State} s */
  function drawPoint(s) {
    const { column } = at(s);
    const point = s.run.trace.input.points[column];
    const there = actions.canMove(column);
    find("point-name").textContent = fill(there ? words.stage.point : words.stage.noPoint, { t: column + 1 });
    ["point-x", "point-y"].forEach((id, k) => {
      const field = /** @type {HTMLInputElement} */ (find(id));
      field.disabled = !there;
      if (document.activeElement !== field || Number(field.value) !== point?.[k]) field.value = point ? String(point[k]) : "";
      field.oninput = () => {
        const here = store.get().run.trace.input.points[column];
        const typed = field.valueAsNumber;
        const fine = typed >= 0 && typed <= 1;
        field.setAttribute("aria-invalid", String(!fine));
        find("point-wrong").hidden = fine;
        if (here && fine) actions.movePoint(column, k ? [here[0], typed] : [typed, here[1]]);
      };
      field.onchange = actions.moved;
      field.onblur = () => {
        field.setAttribute("aria-invalid", "false");
        find("point-wrong").hidden = true;
        drawPoint(store.get());
      };
    });
  }

  /** The columns as the diagram has them. @type {import("./layout/unrolled.js").Layout | null} */
  let columns = null;

  /** @param {State} s */
  function drawMore(s) {
    if (s.mode !== "lab") return;
    parts.draw(shownIn(s));
  }

  /** @param {State} s */
  const shownIn = (s) => ({ ...s, layout: columns, labels: s.run.truths.map((_, t) => String(t + 1)), column: at(s).column });

  /** What the stage shows of a moment. @param {State} s */
  const stageOf = (s) => {
    const { column, phases } = at(s);
    return [column, phases.input, phases.output];
  };

  /** The width that the stage has, in px: asked for where it may have changed, for to ask in a frame is to lay out the page. */
  let size = 0;
  const measure = () => void (size = find("stage").clientWidth);

  /** @param {State} s */
  function drawStage(s) {
    if (s.mode !== "lab" || !size) return;
    const { run, drawing } = s;
    const { column, phases: phase } = at(s);
    const { values } = run.trace;
    stage(find("stage"), {
      size,
      label: words.stage.label,
      points: run.trace.input.points,
      seen: run.seen,
      truth: run.path ? run.path.truth : /** @type {any} */ (run.points),
      generatedFrom: run.trace.length - run.trace.generated,
      column,
      phases: phase,
      displacement: values.displacement,
      probs: values.probs,
      truths: run.truths,
      drawing,
      moved: run.moved ?? null,
      canMove: actions.canMove,
      onPoint: actions.movePoint,
      onPointEnd: actions.moved,
      onThrow: actions.throwBall,
      onDraw: (stroke) => {
        const points = resample(stroke, boot.limits.frames);
        if (points) {
          actions.drawing(false);
          actions.drawPath(points);
        } else actions.notice({ code: "short_stroke", detail: "" });
      },
      onKey: (dx, dy) => {
        const here = run.trace.input.points[column] ?? reckon(run.trace.input.points, values.displacement, column);
        const length = Math.hypot(dx, dy);
        actions.throwBall(here, [(0.06 * dx) / length, (0.06 * dy) / length]);
      },
    });
  }

  /** @param {State} s */
  function drawDiagram(s) {
    if (s.mode !== "lab") return;
    const { run, look, position, folded, pointed, trail } = s;
    columns = network({
      ...ROOM,
      run,
      look,
      position,
      folded,
      pointed,
      trail,
      column: at(s).column,
      ...drawingOf(run),
      color: color(),
      words,
      inputs: words.lab.inputs,
      hint: run.wave.direct ? words.diagram.hint : workSentence(run, position, look.t, words),
      actions,
    });
    parts.drawBeside(shownIn(s));
  }

  /** The answer that is shown: the last one stands until the next comes. @param {State} s */
  function answerIn(s) {
    const { run } = s;
    const { column: looked, phases: phase } = at(s);
    const column = run.wave.direct && phase.output === 0 ? Math.max(0, looked - 1) : looked;
    return { column, grown: looked > column ? 1 : phase.output, probs: run.trace.values.probs[column], truth: run.truths[column] };
  }

  /** @param {State} s */
  function drawRoses(s) {
    if (s.mode !== "lab") return;
    const { column, grown, probs, truth } = answerIn(s);
    const ghost = s.run.ghost?.values.probs[column] ?? null;
    rose(/** @type {any} */ (find("rose").querySelector("g")), { probs, grown, inner: 8, outer: 66, truth, letters: true, ghost });
    rivalRoses(find("rivals"), { truth, grown });
  }

  /** @param {State} s */
  function drawAnswer(s) {
    if (s.mode !== "lab") return;
    const { run } = s;
    const { direct } = run.wave;
    const { column, grown, probs, truth } = answerIn(s);
    find("answer").classList.toggle("ahead", !direct && grown === 0);
    bars(find("bars"), { probs, names: words.directionNames, letters: words.letters, truth, right: words.answer.right, ghost: run.ghost?.values.probs[column] ?? null, was: words.whatif.was });
    find("answer-step").textContent = fill(direct ? words.answer.after : grown ? words.answer.at : words.answer.ahead, { t: column + 1, model: shortName(run.model.id, words) });
    find("entropy").textContent = entropy(probs).toFixed(2);
    find("entropy-says").textContent = words.answer.doubt[certainty(probs)];
    const rows = alongside(s.models, run.model.id, boot.small).map(({ id }) => ({ id, probs: (id === run.model.id ? run.trace.values.probs : s.rivals[id])?.[column] ?? null, ...hits(s, id, column), chosen: id === run.model.id }));
    rivals(find("rivals"), { rows, words, onChoose: actions.model });
    detail.live({ names: words.letters, logits: run.trace.values.logits[column], truth: truth ?? null, what: find("answer-step").textContent ?? "", model: run.model });
  }

  /** How often a network was right on this path, up to here. @param {State} s @param {string} id @param {number} column */
  function hits({ rivals: all, run }, id, column) {
    const probs = id === run.model.id ? run.trace.values.probs : all[id];
    if (!probs) return { hits: null, asked: 0 };
    const asked = run.truths.flatMap((truth, t) => (truth !== null && t <= column && probs[t] ? [t] : []));
    return { hits: asked.filter((t) => argmax(probs[t]) === run.truths[t]).length, asked: asked.length };
  }

  /** @param {State} s */
  function drawBar(s) {
    const { direct } = s.run.wave;
    drawPlaybar(s, { actions, words, steps: direct ? words.play : words.play.beats, now: direct ? "" : workSentence(s.run, s.position, s.look.t, words) });
  }

  /** @param {State} s */
  function drawControls({ query, drawing, busy, models, run }) {
    const motion = query.scene ? splitScene(query.scene)[0] : null;
    for (const button of find("scenes").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.motion === motion));
      button.onclick = () => actions.scene(String(button.dataset.motion));
    }
    const press = (/** @type {string} */ id, /** @type {boolean} */ on, /** @type {() => unknown} */ act) => {
      find(id).setAttribute("aria-pressed", String(on));
      find(id).onclick = act;
    };
    find("again").onclick = () => actions.again();
    press("draw", drawing, () => actions.drawing(!drawing));
    press("hide", Boolean(query.hide), actions.hide);
    press("generate", Boolean(query.generate && query.memory), actions.generate);
    /** @type {HTMLButtonElement} */ (find("generate")).disabled = !query.memory; // nothing to go on from
    find("mark-unseen").hidden = !run.seen.includes(false);
    find("mark-made-up").hidden = !run.trace.generated;
    find("stage-hint").textContent = drawing ? words.stage.drawHint : !query.memory ? words.stage.forgetfulHint : query.generate && query.memory ? words.stage.generateHint : query.hide && run.seen.includes(false) ? fill(words.stage.hideHint, { first: query.hide[0], last: query.hide[1] }) : query.points ? words.stage.ownHint : words.stage.hint;
    const memory = find("memory");
    memory.setAttribute("aria-checked", String(query.memory));
    memory.onclick = () => actions.memory();
    const kind = memoryKind(run.model.graph.layers[0]);
    /** @type {HTMLButtonElement} */ (memory).disabled = kind === "none";
    const on = { state: run.wave.direct ? words.memory.on : words.memory.bothWays, held: words.memory.held, none: words.memory.none }[kind];
    find("memory-says").textContent = query.memory || kind === "none" ? on : words.memory.off;
    const model = /** @type {HTMLSelectElement} */ (find("model"));
    modelMenu(models, query.model, words);
    model.onchange = () => actions.model(model.value);
    find("model-says").textContent = words.models[run.model.id]?.what ?? "";
    document.body.classList.toggle("busy", busy);
  }

  /** @param {State} s */
  function drawTally({ tally: asked, tallying, run, query, position, look, models }) {
    const shown = alongside(models, run.model.id, boot.small).map(({ id }) => id);
    const found = asked && { ...asked, rows: asked.rows.filter(({ model }) => shown.includes(model)) };
    find("tally").classList.toggle("waiting", tallying || !found);
    find("tally-again").onclick = () => actions.tally(1 + Math.floor(Math.random() * 1e6));
    if (!found) return;
    tally(find("tally-chart"), { tally: found, model: run.model.id, memory: query.memory, t: stepAt(run.wave, position, look.t), words });
    tallyTable(find("tally-table"), { tally: found, words });
    find("tally-title").textContent = fill(words.tally.title, { count: found.count, motion: found.motion ? words.motions[found.motion] : words.tally.mixed });
    const lines = found.rows.filter((row) => row.model === run.model.id);
    const late = (/** @type {number[]} */ values) => percent(values.slice(8).reduce((a, b) => a + b, 0) / values.slice(8).length);
    const kept = lines.find((row) => row.memory);
    const lost = lines.find((row) => !row.memory);
    find("tally-both").hidden = !models.some(({ bidirectional }) => bidirectional);
    find("tally-says").textContent = kept ? fill(lost ? words.tally.both : words.tally.one, { kept: late(kept.accuracy_by_frame), lost: lost ? late(lost.accuracy_by_frame) : "" }) : "";
  }

  // What a frame of the animation changes is drawn in it, and nothing else.
  // The diagram comes first: it asks how much room there is, while nothing has been written yet.
  store.watch((s) => [s.run, s.position, s.look, s.folded, s.pointed, s.mode], drawDiagram);
  store.watch((s) => [s.mode], measure);
  store.watch((s) => [s.run, ...stageOf(s), s.drawing, s.mode], drawStage);
  store.watch((s) => [s.run, at(s).column], drawPoint);
  store.watch((s) => [s.run, at(s).column, s.look, s.mode], drawMore);
  store.watch((s) => [s.run, at(s).column, s.look, s.pointed], (s) => parts.drawShared(shownIn(s)));
  store.watch((s) => [s.run, answerIn(s).column, answerIn(s).grown > 0, s.rivals, s.mode], drawAnswer);
  store.watch((s) => [s.run, answerIn(s).column, answerIn(s).grown, s.rivals, s.mode], drawRoses);
  store.watch((s) => [...barOf(s), s.look.t], drawBar);
  store.watch((s) => [s.query, s.drawing, s.busy, s.run], drawControls);
  store.watch((s) => [s.tally, s.tallying, s.run, Math.ceil(s.position), s.look.t], drawTally);
  store.watch((s) => [s.run], (s) => ballCard(find("card"), { model: s.run.model, words }));
  store.watch((s) => [s.run, s.look, s.tries], whatIf.draw);
  store.watch((s) => [s.notices], (s) => notices(find("notices"), { notices: s.notices, words, onDismiss: actions.dismiss }));

  return {
    parts,
    whatIf,
    redraw() {
      const s = store.get();
      measure();
      drawStage(s);
      drawDiagram(s);
      drawMore(s);
      parts.drawShared(shownIn(s));
    },
  };
}
