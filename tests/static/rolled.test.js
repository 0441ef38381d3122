import assert from "node:assert/strict";
import { test } from "node:test";

import { bent, folded, labelsAt, levelled, loop, middleOf, straight, thickness } from "../../static/js/layout/rolled.js";
import { unrolledLayout } from "../../static/js/layout/unrolled.js";
import { fixture } from "./fixtures.js";

const NAMES = ["ball-rnn", "ball-gru", "ball-window-4", "lstm-small", "gru-stacked", "lstm-both-ways"];
const SHAPES = NAMES.flatMap((name) => [4, 16, 60].map((length) => ({ name, length })));

/** @param {{ name: string, length: number }} shape */
const layoutOf = ({ name, length }) => unrolledLayout({ width: 700, room: 420, length, layers: fixture(name).graph.layers, focus: 3, compact: false });

for (const shape of SHAPES) {
  test(`${shape.name}, ${shape.length} steps: every column goes straight to the one place, and the layout stays otherwise`, () => {
    const layout = layoutOf(shape);
    const half = folded(layout, 0.5);
    const whole = folded(layout, 1);
    assert.equal(folded(layout, 0), layout);
    layout.columns.forEach((column, k) => {
      const middle = whole.columns[k].x + (column.sliver ? column.width : layout.gap + layout.box) / 2;
      assert.ok(Math.abs(middle - middleOf(layout)) < 1e-9, "all of them meet");
      assert.ok(Math.abs(half.columns[k].x - (column.x + whole.columns[k].x) / 2) < 1e-9, "half way at one half");
      assert.deepEqual({ ...whole.columns[k], x: column.x }, column);
    });
    assert.deepEqual({ ...half, columns: null, place: null }, { ...layout, columns: null, place: null });
  });
}

test("a loop leaves one side, passes above its cell and comes in at the other", () => {
  const layout = layoutOf({ name: "lstm-small", length: 6 });
  const [cell] = layout.cells;
  const [left, right] = [layout.gap / 2, layout.gap / 2 + layout.box];
  const y = cell.y + 30;
  for (const way of [1, -1]) {
    for (const lane of [0, 1]) {
      const [out, back] = way > 0 ? [right, left] : [left, right];
      const points = loop({ x: out, y }, { x: back, y }, { left, right, cell, lane, way });
      assert.deepEqual([points[0], points[points.length - 1]], [{ x: out, y }, { x: back, y }]);
      const inside = points.slice(1, -1).filter(({ x, y: at }) => x > left && x < right && at > cell.y);
      assert.deepEqual(inside, [], "no point of it is over the cell");
      assert.ok(Math.min(...points.map((p) => p.y)) < cell.y && Math.min(...points.map((p) => p.x)) < left && Math.max(...points.map((p) => p.x)) > right);
    }
  }
});

test("loops of several states keep apart", () => {
  const layout = layoutOf({ name: "lstm-small", length: 6 });
  const room = { left: 10, right: 60, cell: layout.cells[0], way: 1 };
  const y = layout.cells[0].y + 40;
  const tops = [0, 1, 2].map((lane) => Math.min(...loop({ x: 60, y }, { x: 10, y }, { ...room, lane }).map((p) => p.y)));
  assert.ok(tops[0] - tops[1] > 5 && tops[1] - tops[2] > 5, String(tops));
});

test("what is bent is the line at fold 0, the loop at fold 1, and half way in between", () => {
  const line = straight({ x: -10, y: 50 }, { x: 10, y: 50 });
  const round = loop({ x: 60, y: 50 }, { x: 10, y: 50 }, { left: 10, right: 60, cell: /** @type {any} */ ({ y: 20 }), lane: 0, way: 1 });
  const read = (/** @type {string} */ d) => d.slice(1).split("L").map((pair) => pair.split(",").map(Number));
  const near = (/** @type {number[][]} */ found, /** @type {(k: number) => number[]} */ expected) =>
    found.forEach((pair, k) => pair.forEach((v, axis) => assert.ok(Math.abs(v - expected(k)[axis]) < 0.06)));
  near(read(bent(line, round, 0)), (k) => [line[k].x, line[k].y]);
  near(read(bent(line, round, 1)), (k) => [round[k].x, round[k].y]);
  near(read(bent(line, round, 0.5)), (k) => [(line[k].x + round[k].x) / 2, (line[k].y + round[k].y) / 2]);
});

test("a curve between units leaves and arrives level", () => {
  const points = levelled({ x: 0, y: 0 }, { x: 40, y: 90 });
  const slope = (/** @type {number} */ k) => (points[k + 1].y - points[k].y) / (points[k + 1].x - points[k].x);
  assert.deepEqual([points[0], points[points.length - 1]], [{ x: 0, y: 0 }, { x: 40, y: 90 }]);
  assert.ok(slope(0) < 0.2 && slope(points.length - 2) < 0.2 && slope(20) > 2);
});

test("what is carried is thin enough for a loop, labels stand beside it", () => {
  assert.deepEqual([thickness(14, 0), thickness(14, 1), thickness(2, 1)], [14, 5, 2]);
  const layout = layoutOf({ name: "ball-gru", length: 16 });
  assert.equal(labelsAt(layout, 0), 0);
  assert.ok(labelsAt(layout, 1) + layout.gutter < middleOf(layout) - layout.box / 2);
});
