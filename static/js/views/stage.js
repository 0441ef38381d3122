// The ball's box: where it was, where it is, where the network thinks it goes next.

import { select } from "d3-selection";

import { clamp, clampStep, distance } from "../ball.js";
import { isNew } from "../dom.js";
import { stageLayout } from "../layout/stage.js";
import { rose } from "./rose.js";

/** @import { Maybe, Point } from "../types.d.ts" */

/**
 * @typedef {{
 *   size: number,
 *   label: string,
 *   points: Maybe<Point>[],
 *   seen: boolean[],
 *   truth: Point[] | null,
 *   generatedFrom: number,
 *   column: number,
 *   phases: { input: number, output: number },
 *   displacement: number[][],
 *   probs: number[][],
 *   truths: Maybe<number>[],
 *   drawing: boolean,
 *   moved: Maybe<{ t: number, from: Maybe<Point> }>,
 *   canMove: (t: number) => boolean,
 *   onPoint: (t: number, place: Point) => void,
 *   onPointEnd: () => void,
 *   onThrow: (start: Point, step: Point) => void,
 *   onDraw: (stroke: Point[]) => void,
 *   onKey: (dx: number, dy: number) => void,
 * }} StageProps moved: the point that was put elsewhere, and where it was
 */

/** @param {HTMLElement} container @param {StageProps} props */
export function stage(container, props) {
  const layout = stageLayout(props.size);
  const svg = select(container)
    .selectAll("svg")
    .data([0])
    .join((enter) => build(enter.append("svg")));
  const node = /** @type {SVGSVGElement} */ (svg.node());
  listen(node, layout, props);
  const moment = momentOf(props);
  const { size, label, drawing, points, truth, displacement, seen, generatedFrom, column, phases } = props;
  const past = [size, points, truth, displacement, seen, generatedFrom, column, props.moved];
  if (isNew(node, "room", [size, label, drawing])) drawRoom(svg, layout, props);
  if (isNew(node, "trail", past)) drawTrail(svg, layout, props, moment);
  if (isNew(node, "guess", [...past, phases.output > 0])) drawGuess(svg, layout, props, moment);
  svg.select("circle.next").attr("opacity", phases.output);
  drawBall(svg, layout, props, moment);
}

/** @param {any} svg */
function build(svg) {
  svg.attr("class", "stage").attr("tabindex", 0).attr("role", "application");
  svg.append("rect").attr("class", "walls");
  for (const name of ["real", "trail", "guess", "rose", "ball", "aim"]) svg.append("g").attr("class", name);
  return svg;
}

/** @param {any} svg @param {ReturnType<typeof stageLayout>} layout @param {StageProps} props */
function drawRoom(svg, { margin, box }, { size, label, drawing }) {
  svg.attr("viewBox", `0 0 ${size} ${size}`).attr("width", size).attr("height", size).attr("aria-label", label).classed("drawing", drawing);
  svg.select("rect.walls").attr("x", margin).attr("y", margin).attr("width", box).attr("height", box);
}

/**
 * Where the ball is in this frame of the animation; it moves while the input enters.
 * @param {StageProps} props
 */
function momentOf({ points, truth, displacement, column, phases }) {
  const place = (/** @type {number} */ t) => points[t] ?? truth?.[t] ?? reckon(points, displacement, t);
  const now = place(column);
  const before = column > 0 ? place(column - 1) : now;
  const f = phases.input;
  /** @type {Point} */
  const ball = [before[0] + f * (now[0] - before[0]), before[1] + f * (now[1] - before[1])];
  return { place, ball, now };
}

/**
 * Dead reckoning: the last point that was seen, carried on by the predicted displacements.
 * @param {Maybe<Point>[]} points
 * @param {number[][]} displacement
 * @param {number} t
 * @returns {Point}
 */
export function reckon(points, displacement, t) {
  let last = t;
  while (last >= 0 && !points[last]) last--;
  /** @type {Point} */
  let place = points[last] ?? [0.5, 0.5];
  for (let k = Math.max(0, last); k < t; k++) {
    place = [clamp(place[0] + displacement[k][0]), clamp(place[1] + displacement[k][1])];
  }
  return place;
}

/** @param {any} svg @param {ReturnType<typeof stageLayout>} layout @param {StageProps} props @param {ReturnType<typeof momentOf>} moment */
function drawTrail(svg, layout, props, moment) {
  const past = Array.from({ length: props.column }, (_, t) => t);
  const faded = (/** @type {number} */ t) => 0.25 + 0.55 * Math.pow(0.86, props.column - 1 - t);
  svg
    .select("g.trail")
    .selectAll("circle")
    .data(past)
    .join("circle")
    .attr("class", (/** @type {number} */ t) => dotClass(props, t))
    .attr("cx", (/** @type {number} */ t) => layout.toScreen(moment.place(t))[0])
    .attr("cy", (/** @type {number} */ t) => layout.toScreen(moment.place(t))[1])
    .attr("r", layout.ball * 0.55)
    .attr("fill-opacity", faded)
    .attr("stroke-opacity", faded);
  const was = props.moved?.from && props.moved.t <= props.column ? [props.moved.from] : [];
  svg.select("g.trail").selectAll("path").data(was).join("path").attr("class", "was").attr("d", "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0").attr("transform", (/** @type {Point} */ p) => `translate(${layout.toScreen(p)})`);
  const real = Array.from({ length: props.column + 1 }, (_, t) => props.truth?.[t] ?? null);
  svg
    .select("g.real")
    .selectAll("circle")
    .data(real.filter((point, t) => point && t >= props.generatedFrom))
    .join("circle")
    .attr("class", "real")
    .attr("r", layout.ball * 0.4)
    .attr("transform", (/** @type {Point} */ p) => `translate(${layout.toScreen(p)})`);
}

/** @param {StageProps} props @param {number} t */
function dotClass({ generatedFrom, seen }, t) {
  if (t >= generatedFrom) return "dot made-up";
  return seen[t] ? "dot" : "dot unseen";
}

/** The prediction made one step ago with its error, the one made now, and a ruler's guess. @param {any} svg @param {ReturnType<typeof stageLayout>} layout @param {StageProps} props @param {ReturnType<typeof momentOf>} moment */
function drawGuess(svg, layout, props, moment) {
  const { column, displacement, points, phases } = props;
  const { place, now } = moment;
  const g = svg.select("g.guess");
  const from = (/** @type {number} */ t) => (points[t] ? place(t) : reckon(points, displacement, t));
  const ahead = (/** @type {number} */ t) => add(from(t), displacement[t]);
  const earlier = column > 0 && column < props.generatedFrom ? [ahead(column - 1)] : [];
  g.selectAll("line.error")
    .data(earlier)
    .join("line")
    .attr("class", "error")
    .each((/** @type {Point} */ p, /** @type {number} */ k, /** @type {any[]} */ nodes) => {
      line(nodes[k], layout.toScreen(p), layout.toScreen(now));
    });
  const next = phases.output > 0 ? [ahead(column)] : [];
  g.selectAll("circle.next")
    .data(next)
    .join("circle")
    .attr("class", "next")
    .attr("r", layout.ball)
    .attr("transform", (/** @type {Point} */ p) => `translate(${layout.toScreen(p)})`);
  const before = points[column - 1];
  const here = points[column];
  const ruler = before && here && phases.output > 0 ? [add(here, [here[0] - before[0], here[1] - before[1]])] : [];
  g.selectAll("path.ruler")
    .data(ruler)
    .join("path")
    .attr("class", "ruler")
    .attr("d", "M-4,-4L4,4M-4,4L4,-4")
    .attr("transform", (/** @type {Point} */ p) => `translate(${layout.toScreen(p)})`);
}

/** @param {any} svg @param {ReturnType<typeof stageLayout>} layout @param {StageProps} props @param {ReturnType<typeof momentOf>} moment */
function drawBall(svg, layout, props, moment) {
  const { column, phases } = props;
  const [x, y] = layout.toScreen(moment.ball);
  const g = svg.select("g.rose");
  if (isNew(g.node(), "place", [x, y, props.size, column, props.seen, props.generatedFrom])) placeBall(svg, layout, props, [x, y]);
  rose(g.node(), {
    probs: props.probs[column],
    grown: phases.output,
    inner: layout.ball + 2,
    outer: layout.ball + layout.rose,
  });
}

/** @param {any} svg @param {ReturnType<typeof stageLayout>} layout @param {StageProps} props @param {Point} place on screen */
function placeBall(svg, layout, { column, seen, generatedFrom }, [x, y]) {
  svg
    .select("g.ball")
    .selectAll("circle")
    .data([0])
    .join("circle")
    .attr("class", column >= generatedFrom ? "made-up" : seen[column] ? "seen" : "unseen")
    .attr("r", layout.ball)
    .attr("transform", `translate(${x},${y})`);
  svg.select("g.rose").attr("transform", `translate(${x},${y})`);
}

/** @param {Point} a @param {number[]} b @returns {Point} */
const add = (a, b) => [a[0] + b[0], a[1] + b[1]];

/** @param {SVGLineElement} node @param {Point} a @param {Point} b */
function line(node, [x1, y1], [x2, y2]) {
  select(node).attr("x1", x1).attr("y1", y1).attr("x2", x2).attr("y2", y2);
}

const KEYS = /** @type {Record<string, [number, number]>} */ ({
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, -1],
});

/** How far a key puts a point. */
const NUDGE = 0.01;

/** Dragging puts a point elsewhere, throws, or draws; arrows throw, with Alt they put the last point elsewhere. @param {SVGSVGElement} node @param {ReturnType<typeof stageLayout>} layout @param {StageProps} props */
function listen(node, layout, props) {
  /** @param {PointerEvent} event @returns {Point} */
  const at = (event) => {
    const { left, top, width } = node.getBoundingClientRect();
    const k = layout.size / width;
    const [x, y] = layout.toWorld([(event.clientX - left) * k, (event.clientY - top) * k]);
    return [clamp(x), clamp(y)];
  };
  const aim = select(node).select("g.aim");

  /** The point below a pointer, of those that can be put elsewhere. @param {PointerEvent} event */
  const pointAt = (event) => {
    if (props.drawing) return -1;
    const here = at(event);
    const reach = (event.pointerType === "touch" ? 22 : 12) / layout.box;
    const near = props.points.slice(0, props.column + 1).map((p, t) => ({ t, far: p && props.canMove(t) ? distance(p, here) : Infinity }));
    const nearest = near.reduce((best, one) => (one.far <= best.far ? one : best), { t: -1, far: Infinity });
    return nearest.far <= reach ? nearest.t : -1;
  };

  node.onpointerdown = (event) => {
    if (event.button) return;
    node.setPointerCapture(event.pointerId);
    const t = pointAt(event);
    if (t >= 0) return movePoint(t);
    /** @type {Point[]} */
    const stroke = [at(event)];
    node.onpointermove = (move) => {
      stroke.push(at(move));
      const shown = props.drawing ? stroke : [stroke[0], stroke[stroke.length - 1]];
      aim
        .selectAll("polyline")
        .data([shown])
        .join("polyline")
        .attr("points", (points) => points.map(layout.toScreen).join(" "));
      aim.selectAll("circle").data([stroke[0]]).join("circle").attr("class", "seen").attr("r", layout.ball).attr("transform", (p) => `translate(${layout.toScreen(p)})`);
    };
    const finish = (/** @type {boolean} */ kept) => {
      node.onpointermove = node.onpointerup = node.onpointercancel = null;
      aim.selectAll("*").remove();
      if (!kept) return;
      const [start, end] = [stroke[0], stroke[stroke.length - 1]];
      if (props.drawing) props.onDraw(stroke);
      else if (distance(start, end) > 0.02) props.onThrow(start, clampStep((end[0] - start[0]) / 3, (end[1] - start[1]) / 3));
    };
    node.onpointerup = () => finish(true);
    node.onpointercancel = () => finish(false);
  };

  /** @param {number} t */
  function movePoint(t) {
    node.onpointermove = (move) => props.onPoint(t, at(move));
    node.onpointerup = node.onpointercancel = () => {
      node.onpointermove = node.onpointerup = node.onpointercancel = null;
      props.onPointEnd();
    };
  }

  node.onblur = () => props.onPointEnd();
  node.onkeyup = (event) => {
    if (event.key === "Alt") props.onPointEnd();
  };
  node.onkeydown = (event) => {
    const step = KEYS[event.key];
    if (!step || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const here = props.points[props.column];
    if (event.altKey) {
      if (here && props.canMove(props.column)) props.onPoint(props.column, [clamp(here[0] + NUDGE * step[0]), clamp(here[1] + NUDGE * step[1])]);
      return;
    }
    // with Shift, half way to the next arrow anticlockwise: a diagonal
    props.onKey(...(event.shiftKey ? /** @type {[number, number]} */ ([step[0] - step[1], step[1] + step[0]]) : step));
  };
}
