// The hidden state over time: a map of units and steps, lines of a few units, and its way through a plane.

import { select } from "d3-selection";

import { find } from "../dom.js";
import { ownerOf } from "../graph.js";
import { adding, fill, percent, signed } from "../ink.js";
import { stepName } from "../names.js";
import { pca, project } from "../pca.js";
import { total } from "../softmax.js";
import { heatmap, unitsOf } from "./heatmap.js";
import { table } from "./table.js";

/** @import { GraphLayer, Look, Trace } from "../types.d.ts" */
/** @import { Layout } from "../layout/unrolled.js" */

const LINES = { height: 120, few: 3, name: 12 };
const TICK = 30; // px for the longest, +1.0
const PLANE = { size: 280, edge: 30 };
const DIGITS = 3;

/**
 * @typedef {{
 *   trace: Trace, layer: GraphLayer, way: number, state: string, order: number[], layout: Layout, labels: string[], column: number,
 *   unit: Look["unit"], pair: [number, number] | null, picked: number[], tone: (t: number) => number | null,
 *   behind: { row: number[], label: string }[], ghost: number[][] | null, color: (value: number) => string, words: any,
 *   onUnit: (unit: Look["unit"]) => void, onStep: (t: number) => void,
 * }} StatesProps
 *   way: the layer's, \u22121 where it runs back; state: which of the layer's; labels: of the steps; pair: two units in the place of principal components; picked: units whose lines are asked for;
 *   behind: states of other runs, and what people said of these; ghost: those of this run before it was changed; tone: what is said at a step, from \u22121 to 1, null where that is no matter of two sides
 */

/** @param {StatesProps} props */
export function states(props) {
  const { trace, layer, state, order, unit, column, picked, words, onUnit, onStep } = props;
  const values = trace.values[`${layer.name}.${state}`].map((row) => [...row]);
  const most = Math.max(1e-9, ...values.flatMap((row) => row.map(Math.abs)));
  const sameSize = unit && trace.values[unit.node]?.[0].length === values[0].length;
  const chosen = unit && sameSize && ownerOf(unit.node) === layer.name ? unit.index : null;
  const node = `${layer.name}.${state}`;
  heatmap(/** @type {HTMLCanvasElement} */ (find("states-map")), {
    ...props,
    values,
    most: Math.max(1, most),
    units: unitsOf(order, values),
    marked: chosen,
    onPick(t, index) {
      onStep(t + 1);
      onUnit({ node, index });
    },
  });
  find("states-scale").textContent = fill(words.states.scale, { most: Math.max(1, most).toFixed(1) });
  whileOpen("states-map-table", () => drawMapTable(props, values));
  const shown = picked.length ? picked : chosen === null ? liveliest(values) : [chosen];
  lines(props, values, shown);
  find("states-lines-say").textContent = fill(picked.length ? words.states.picked : chosen === null ? words.states.liveliest : words.states.chosen, { units: shown.map((j) => `${state}[${j}]`).join(", "), value: signed(values[column][shown[0]]), step: column + 1 });
  plane(props, values);
}

/** The units that move most over the run. @param {number[][]} values */
function liveliest(values) {
  const range = values[0].map((_, j) => Math.max(...values.map((row) => row[j])) - Math.min(...values.map((row) => row[j])));
  return [...range.keys()].sort((a, b) => range[b] - range[a]).slice(0, LINES.few);
}

/** @param {StatesProps} props @param {number[][]} values @param {number[]} shown */
function lines({ layout, column, state, ghost }, values, shown) {
  const most = Math.max(1, ...[...values, ...(ghost ?? [])].flatMap((row) => shown.map((j) => Math.abs(row[j]))));
  const y = (/** @type {number} */ v) => LINES.height / 2 - (v / most) * (LINES.height / 2 - 8);
  const middle = layout.columns.map((c) => c.x + (c.sliver ? c.width / 2 : (layout.gap + layout.box) / 2));
  const svg = select(find("states-lines")).selectAll("svg").data([0]).join("svg").attr("width", layout.width).attr("height", LINES.height).attr("viewBox", `0 0 ${layout.width} ${LINES.height}`).attr("aria-hidden", "true");
  svg.selectAll("line.zero").data([0]).join("line").attr("class", "zero").attr("x1", layout.gutter).attr("x2", layout.width).attr("y1", y(0)).attr("y2", y(0));
  svg.selectAll("line.now").data([middle[layout.columns.findIndex((c) => c.t === column)] ?? 0]).join("line").attr("class", "now").attr("x1", (v) => v).attr("x2", (v) => v).attr("y1", 0).attr("y2", LINES.height);
  const lineOf = (/** @type {number[][]} */ rows, /** @type {number} */ j) => layout.columns.map((c, k) => `${middle[k].toFixed(1)},${y(rows[c.t][j]).toFixed(1)}`).join(" ");
  svg.selectAll("polyline.ghost").data(ghost ? shown : []).join((enter) => enter.insert("polyline", ":first-child")).attr("class", "ghost").attr("points", (j) => lineOf(/** @type {number[][]} */ (ghost), j));
  svg
    .selectAll("polyline:not(.ghost)")
    .data(shown)
    .join("polyline")
    .attr("class", (j, k) => `way line-${k}`)
    .attr("points", (j) => lineOf(values, j));
  svg
    .selectAll("text.tick")
    .data([most, 0, -most])
    .join("text")
    .attr("class", "tick")
    .attr("x", Math.max(TICK, layout.gutter - 8))
    .attr("y", (v) => y(v) + 4)
    .text((v) => (v ? signed(v, 1) : "0"));
  const first = layout.columns[0];
  svg
    .selectAll("text.name")
    .data(apart(shown.map((j) => ({ j, y: Math.max(10, y(values[first.t][j]) - 4) }))))
    .join("text")
    .attr("class", "name")
    .attr("x", middle[0] + 6)
    .attr("y", (d) => d.y)
    .text((d) => `${state}[${d.j}]`);
}

/** Names that do not lie over one another, and none below the end. @param {{ j: number, y: number }[]} names */
function apart(names) {
  const sorted = [...names].sort((a, b) => a.y - b.y);
  sorted.forEach((name, k) => k && (name.y = Math.max(name.y, sorted[k - 1].y + LINES.name)));
  for (let k = sorted.length - 1, most = LINES.height - 4; k >= 0; k--, most -= LINES.name) sorted[k].y = Math.min(sorted[k].y, most);
  return names;
}

/** Where the state goes, from h\u2080, in the plane of two components or of two units. @param {StatesProps} props @param {number[][]} values */
function plane(props, values) {
  const { pair, column, labels, words, color, tone, onStep, state, behind, way, ghost, trace, layer } = props;
  const few = values.length < 3; // they span no plane
  const found = pair ? null : few ? pca([values[0].map(() => 0), ...values, ...behind.map(({ row }) => row)]) : componentsOf(props, values);
  const at = (/** @type {number[]} */ row) => (found ? project(found, row) : (pair ?? [0, 1]).map((j) => row[j]));
  const before = trace.values[`${layer.name}.${state}_prev`];
  const start = at(before ? [...before[way > 0 ? 0 : before.length - 1]] : values[0].map(() => 0));
  const places = values.map(at);
  const all = way > 0 ? [start, ...places] : [start, ...places.toReversed()];
  const cloud = behind.map(({ row, label }) => ({ place: at(row), label }));
  const was = (ghost ?? []).map(at);
  const most = Math.max(1e-6, ...[...all, ...was, ...cloud.map(({ place }) => place)].flatMap((place) => place.map(Math.abs)));
  const x = (/** @type {number} */ v) => PLANE.size / 2 + (v / most) * (PLANE.size / 2 - PLANE.edge);
  const y = (/** @type {number} */ v) => PLANE.size / 2 - (v / most) * (PLANE.size / 2 - PLANE.edge);
  const svg = select(find("states-plane")).selectAll("svg").data([0]).join("svg").attr("class", "states-plane").attr("viewBox", `0 0 ${PLANE.size} ${PLANE.size}`).attr("aria-hidden", "true");
  const axes = [
    { x1: 0, x2: PLANE.size, y1: y(0), y2: y(0) },
    { x1: x(0), x2: x(0), y1: 0, y2: PLANE.size },
  ];
  svg.selectAll("line").data(axes).join("line").attr("x1", (d) => d.x1).attr("x2", (d) => d.x2).attr("y1", (d) => d.y1).attr("y2", (d) => d.y2);
  const lineOf = (/** @type {number[][]} */ some) => some.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(" ");
  svg.selectAll("polyline").data([{ cls: "ghost", places: was }, { cls: "", places: all }]).join("polyline").attr("class", (d) => d.cls).attr("points", (d) => lineOf(d.places));
  svg
    .selectAll("circle.behind")
    .data(cloud)
    .join((enter) => enter.insert("circle", "polyline"))
    .attr("class", ({ label }) => `behind ${label}`)
    .attr("cx", ({ place }) => x(place[0]))
    .attr("cy", ({ place }) => y(place[1]))
    .attr("r", 2.5);
  svg
    .selectAll("circle:not(.behind)")
    .data([{ place: start, t: -1 }, ...places.map((place, t) => ({ place, t }))])
    .join("circle")
    .attr("class", (d) => (d.t < 0 ? "start" : d.t === column ? "current" : ""))
    .attr("cx", (d) => x(d.place[0]))
    .attr("cy", (d) => y(d.place[1]))
    .attr("r", (d) => (d.t === column ? 6.5 : 4))
    .style("fill", (d) => (d.t < 0 || tone(d.t) === null ? null : color(tone(d.t) ?? 0)))
    .on("click", (event, d) => d.t >= 0 && onStep(d.t + 1));
  const said = new Set([0, column, values.length - 1]);
  svg
    .selectAll("text.label")
    .data([{ place: start, text: `${state}\u2080` }, ...[...said].map((t) => ({ place: places[t], text: labels[t] }))])
    .join("text")
    .attr("class", "label")
    .attr("x", (d) => x(d.place[0]) + (d.place[0] > 0.6 * most ? -9 : 9))
    .attr("y", (d) => y(d.place[1]) - 7)
    .attr("text-anchor", (d) => (d.place[0] > 0.6 * most ? "end" : "start"))
    .text((d) => d.text);
  const shares = adding(found?.shares.slice(0, 2) ?? [], 2);
  const names = pair ? pair.map((j) => `${state}[${j}]`) : shares.map((share, k) => fill(words.states.component, { k: k + 1, share: percent(share) }));
  const toned = tone(column) === null ? "" : ` ${words.states.tone}`;
  find("states-plane-say").textContent = fill(pair ? words.states.planeOfUnits : few ? words.states.planeFew : words.states.plane, { across: names[0], up: names[1], both: percent(total(shares)) }) + toned + (cloud.length ? ` ${fill(words.states.behind, { count: cloud.length })}` : "");
  whileOpen("states-table", () => planeTable(props, all, names));
}

/** Of the places on the way: the start, then the steps as they are run through. @param {StatesProps} props @param {number} k */
function placeName({ labels, state, way }, k) {
  const t = way > 0 ? k - 1 : labels.length - k;
  return k ? stepName(labels, t) : `${state}\u2080`;
}

/** @type {WeakMap<Trace, Record<string, ReturnType<typeof pca>>>} */
const known = new WeakMap();

/** Worked out once for a run. @param {StatesProps} props @param {number[][]} values */
function componentsOf({ trace, layer, state }, values) {
  const mine = known.get(trace) ?? {};
  known.set(trace, mine);
  return (mine[`${layer.name}.${state}`] ??= pca(values));
}

/** A table is drawn once it is opened. @param {string} id @param {() => void} draw */
function whileOpen(id, draw) {
  const details = /** @type {HTMLDetailsElement} */ (find(id).closest("details"));
  details.ontoggle = () => details.open && draw();
  if (details.open) draw();
}

/** @param {StatesProps} props @param {number[][]} values */
function drawMapTable({ words, labels, state, order, column }, values) {
  const units = unitsOf(order, values);
  table(find("states-map-table"), {
    caption: words.states.mapCaption,
    head: [words.states.step, ...units.map((j) => `${state}[${j}]`)],
    rows: values.map((row, t) => ({ name: stepName(labels, t), marked: t === column, cells: units.map((j) => ({ text: signed(row[j], DIGITS) })) })),
  });
}

/** @param {StatesProps} props @param {number[][]} all @param {string[]} names */
function planeTable(props, all, names) {
  const { words } = props;
  const cells = (/** @type {number[]} */ place) => place.map((v) => ({ text: signed(v, DIGITS) }));
  table(find("states-table"), {
    caption: words.states.caption,
    head: [words.states.step, ...names],
    rows: all.map((place, k) => ({ name: placeName(props, k), cells: cells(place) })),
  });
}
