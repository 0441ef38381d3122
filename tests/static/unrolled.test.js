import assert from "node:assert/strict";
import { test } from "node:test";

import { shownNodes } from "../../static/js/cell.js";
import { slotsFor, unrolledLayout } from "../../static/js/layout/unrolled.js";
import { fixture, near } from "./fixtures.js";

/** @import { GraphLayer } from "../../static/js/types.d.ts" */

/** @type {Record<string, GraphLayer[]>} */
const LAYERS = Object.fromEntries(["ball-rnn", "ball-gru", "ball-window-4"].map((name) => [name, fixture(name).graph.layers]));
/** @type {Record<string, GraphLayer[]>} */
const MANY = Object.fromEntries(["lstm-small", "gru-stacked", "lstm-both-ways", "rnn-both-ways"].map((name) => [name, fixture(name).graph.layers]));
const wide = (/** @type {Record<string, GraphLayer[]>} */ all, /** @type {number} */ hidden) =>
  Object.fromEntries(Object.entries(all).map(([name, layers]) => [`${name} of ${hidden}`, layers.map((layer) => ({ ...layer, hidden }))]));
const WIDE = wide(LAYERS, 128);
const MANY_WIDE = { ...wide(MANY, 16), ...wide(MANY, 64) };

const LENGTHS = [1, 2, 3, 8, 16, 20, 28, 32, 60, 200];
const ROOMS = [
  { width: 1000, room: 620, compact: false },
  { width: 700, room: 420, compact: false },
  { width: 1300, room: 800, compact: false },
  { width: 346, room: 300, compact: true },
  { width: 300, room: 300, compact: true },
];

/** @param {(shape: Parameters<typeof unrolledLayout>[0], name: string) => void} check */
function everywhere(check) {
  for (const [cell, layers] of Object.entries({ ...LAYERS, ...WIDE, ...MANY, ...MANY_WIDE })) {
    for (const length of LENGTHS) {
      for (const room of ROOMS) {
        for (const focus of new Set([0, Math.floor(length / 2), length - 1])) {
          const name = `${cell}, ${length} steps at ${focus} in ${room.width}${room.compact ? " compact" : ""}`;
          check({ ...room, length, layers, focus }, name);
        }
      }
    }
  }
}

test("columns follow each other, do not overlap, and fill the width", () => {
  everywhere((shape, name) => {
    const { columns, gutter } = unrolledLayout(shape);
    assert.equal(columns.length, shape.length, name);
    let right = gutter;
    columns.forEach((column, t) => {
      assert.equal(column.t, t);
      near(column.x, right, 1e-6, `${name}: column ${t}`);
      assert.ok(column.width > 0, `${name}: column ${t} is ${column.width} wide`);
      right += column.width;
    });
    const full = gutter + 96 * shape.length;
    near(right, Math.min(shape.width, full), 1e-6, `${name}: the right end`);
  });
});

test("the column that is looked at is open, and so are its neighbours", () => {
  everywhere((shape, name) => {
    const { columns } = unrolledLayout(shape);
    const open = columns.filter((column) => !column.sliver);
    for (const t of [shape.focus - 1, shape.focus, shape.focus + 1]) {
      if (t >= 0 && t < shape.length) assert.ok(!columns[t].sliver, `${name}: column ${t}`);
    }
    assert.ok(open.every((column, k) => k === 0 || column.t === open[k - 1].t + 1), "open columns stand together");
    assert.ok(open.every((column) => Math.abs(column.width - open[0].width) < 1e-9), "and are equally wide");
    const slivers = columns.filter((column) => column.sliver);
    assert.ok(slivers.every((column) => column.width <= open[0].width && column.width <= 12), name);
    assert.ok(slivers.every((column) => column.width >= 1), `${name}: a sliver is ${slivers[0]?.width} wide`);
    assert.ok(open[0].width >= (shape.compact ? 20 : 28) - 1e-9, `${name}: an open column is ${open[0].width} wide`);
  });
});

test("up to 28 steps are all open on a desktop", () => {
  for (const length of [1, 16, 20, 28]) {
    const { columns } = unrolledLayout({ width: 1000, room: 620, length, layers: LAYERS["ball-gru"], focus: 0, compact: false });
    assert.ok(columns.every((column) => !column.sliver), String(length));
  }
});

test("boxes stand below each other inside the height, the last layer's output on top", () => {
  everywhere((shape, name) => {
    const layout = unrolledLayout(shape);
    assert.deepEqual(layout.cells.map((cell) => cell.layer), shape.layers);
    assert.deepEqual(layout.boxes, layout.cells.flatMap((cell) => cell.boxes));
    const down = [...layout.boxes].reverse();
    let bottom = layout.outputs.y + layout.outputs.rows * layout.outputs.row + layout.outputs.mark;
    for (const box of down) {
      assert.ok(box.y >= bottom, `${name}: ${box.node.id} overlaps what is above it`);
      bottom = box.y + box.height;
    }
    assert.ok(layout.input.y >= bottom, `${name}: the input stands below`);
    assert.ok(layout.input.y + layout.input.size <= layout.time.y, name);
    assert.ok(layout.time.y <= layout.height, name);
  });
});

test("a cell is around its boxes, with room for what flows to the next, and for its name", () => {
  everywhere((shape, name) => {
    const { cells } = unrolledLayout(shape);
    cells.forEach(({ layer, y, height, boxes }, k) => {
      assert.ok(boxes.every((box) => box.layer === layer && box.y >= y && box.y + box.height <= y + height), name);
      if (k) assert.ok(cells[k - 1].y - (y + height) >= 16, `${name}: between ${cells[k - 1].layer.name} and ${layer.name}`);
    });
  });
});

test("a layer shows all its nodes where there is room, else what it hands on, and one that is open all", () => {
  everywhere((shape, name) => {
    for (const open of shape.layers.map((layer) => layer.name)) {
      for (const { layer, boxes } of unrolledLayout({ ...shape, open }).cells) {
        const shown = boxes.map((box) => box.node.id);
        const all = shownNodes(layer).map((node) => node.id);
        const least = all.filter((id) => id === layer.output || layer.states.includes(id));
        if (shape.layers.length === 1 || (layer.name === open && !shape.compact)) assert.deepEqual(shown, all, `${name}: ${layer.name}`);
        else assert.ok(String(shown) === String(all) || String(shown) === String(least), `${name}: ${layer.name} shows ${shown}`);
      }
    }
  });
});

test("small networks of several layers show everything on a laptop", () => {
  for (const [name, layers] of Object.entries(MANY)) {
    const layout = unrolledLayout({ width: 690, room: 470, length: 16, layers, focus: 0, compact: false });
    assert.equal(layout.boxes.length, layers.flatMap((layer) => shownNodes(layer)).length, name);
  }
});

test("up to four cells of 64 units fit into the room of a laptop, and a phone's", () => {
  for (const [name, layers] of Object.entries(MANY_WIDE)) {
    const { height } = unrolledLayout({ width: 690, room: 570, length: 16, layers, focus: 0, compact: false });
    assert.ok(height <= 570, `${name}: ${height}`);
    const map = unrolledLayout({ width: 346, room: 300, length: 16, layers, focus: 0, compact: true });
    assert.ok(map.height <= 780, `${name}: ${map.height} on a phone`);
  }
});

test("every unit stands inside its box, and none on another", () => {
  everywhere((shape, name) => {
    const layout = unrolledLayout(shape);
    for (const box of layout.boxes) {
      const places = Array.from({ length: box.count }, (_, rank) => layout.place(box, rank));
      const pitch = shape.compact ? { x: layout.box, y: box.height / box.rows } : { x: layout.unit, y: layout.unit };
      for (const { x, y } of places) {
        assert.ok(x >= 0 && x + pitch.x <= layout.box + 1e-6, `${name}: ${box.node.id} at x ${x}`);
        assert.ok(y >= box.y - 1e-9 && y + pitch.y <= box.y + box.height + 1e-6, `${name}: ${box.node.id} at y ${y}`);
      }
      assert.equal(new Set(places.map(({ x, y }) => `${x.toFixed(4)} ${y.toFixed(4)}`)).size, box.count, name);
    }
  });
});

test("a phone shows one unit a row", () => {
  const layout = unrolledLayout({ width: 346, room: 300, length: 16, layers: LAYERS["ball-rnn"], focus: 0, compact: true });
  for (const box of layout.boxes) assert.equal(box.rows, box.count);
});

test("the shipped networks fit into the room of a laptop", () => {
  for (const name of ["ball-rnn", "ball-gru", "ball-window-4"]) {
    for (const length of [1, 16, 20, 28]) {
      const { height, unit } = unrolledLayout({ width: 760, room: 560, length, layers: LAYERS[name], focus: 0, compact: false });
      assert.ok(height <= 560, `${name}, ${length} steps: ${height}`);
      assert.ok(unit >= 4, `${name}, ${length} steps: units of ${unit} px can be pointed at`);
    }
  }
});

test("128 units fit too", () => {
  for (const [name, layers] of Object.entries(WIDE)) {
    for (const length of [1, 16, 20]) {
      const { height, unit } = unrolledLayout({ width: 1000, room: 620, length, layers, focus: 0, compact: false });
      assert.ok(height <= 620, `${name}, ${length} steps: ${height} with units of ${unit}`);
    }
  }
});

test("units are as large as the room allows, and no larger than they need to be", () => {
  const at = (/** @type {number} */ room) => unrolledLayout({ width: 1000, room, length: 8, layers: LAYERS["ball-gru"], focus: 0, compact: false }).unit;
  assert.ok(at(400) <= at(600) && at(600) <= at(900) && at(5000) === 14);
});

test("a text that grows moves its columns over now and then", () => {
  const widths = Array.from({ length: 24 }, (_, k) => {
    const { columns } = unrolledLayout({ ...ROOMS[0], layers: LAYERS["ball-rnn"], length: k + 1, focus: k, slots: slotsFor(k + 1) });
    assert.equal(columns.length, k + 1);
    assert.ok(columns[k].x + columns[k].width <= ROOMS[0].width + 1e-9);
    return columns[0].width;
  });
  assert.ok(new Set(widths.slice(0, 22)).size <= 5);
  assert.equal(widths[22], unrolledLayout({ ...ROOMS[0], layers: LAYERS["ball-rnn"], length: 23, focus: 22 }).columns[0].width);
});
