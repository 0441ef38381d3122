import assert from "node:assert/strict";
import { test } from "node:test";

import { roseLayout } from "../../static/js/layout/rose.js";
import { near } from "./fixtures.js";

const size = { inner: 10, outer: 60 };
const rose = roseLayout(size);

/** Every point that a path names: ends of its lines and arcs. @param {string} path @returns {[number, number][]} */
const corners = (path) =>
  [...path.matchAll(/[ML]([-\d.e]+),([-\d.e]+)|A[-\d.e]+,[-\d.e]+,0,[01],[01],([-\d.e]+),([-\d.e]+)/g)].map((m) => [
    Number(m[1] ?? m[3]),
    Number(m[2] ?? m[4]),
  ]);

/** @param {[number, number][]} points @returns {[number, number]} */
const middle = (points) => [points.reduce((s, p) => s + p[0], 0) / points.length, points.reduce((s, p) => s + p[1], 0) / points.length];

test("wedge 2, North, points up", () => {
  const points = corners(rose.wedge(2, 1));
  const [x, y] = middle(points);
  near(x, 0, 1e-2, "it is upright");
  assert.ok(y < 0 && points.every((p) => p[1] < 0), "above the middle: y runs down on the screen");
});

test("classes run anticlockwise from East, 45° each", () => {
  for (let k = 0; k < 8; k++) {
    const [x, y] = middle(corners(rose.wedge(k, 0.8)));
    const degrees = (Math.atan2(-y, x) * 180) / Math.PI;
    near((degrees + 360) % 360 % 359.99, (45 * k) % 360, 0.1, `class ${k}`);
  }
});

test("a wedge is as long as its probability", () => {
  for (const p of [0, 0.01, 0.125, 0.5, 0.99, 1]) {
    const radii = corners(rose.wedge(3, p)).map(([x, y]) => Math.hypot(x, y));
    near(Math.max(...radii), size.inner + p * (size.outer - size.inner), 1e-2, `outer at ${p}`);
    near(Math.min(...radii), size.inner, 1e-2, `inner at ${p}`);
    near(rose.radius(p), size.inner + p * (size.outer - size.inner), 1e-9, "radius");
  }
});

test("wedges do not touch each other", () => {
  const angles = [...Array(8).keys()].flatMap((k) => {
    const found = corners(rose.wedge(k, 1)).map(([x, y]) => Math.atan2(-y, x) - (k * Math.PI) / 4);
    return found.map((a) => Math.atan2(Math.sin(a), Math.cos(a)));
  });
  assert.ok(Math.max(...angles.map(Math.abs)) < Math.PI / 8);
});

test("rings stand at a guess, one half and certainty", () => {
  assert.deepEqual(rose.rings.map((ring) => ring.p), [1 / 8, 1 / 2, 1]);
  for (const ring of rose.rings) assert.equal(ring.r, rose.radius(ring.p));
});

test("a letter stands where its wedge points", () => {
  const expected = [[70, 0], [49.497, -49.497], [0, -70], [-49.497, -49.497], [-70, 0], [-49.497, 49.497], [0, 70], [49.497, 49.497]];
  expected.forEach(([x, y], k) => {
    const [a, b] = rose.at(k, 70);
    near(a, x, 1e-2, `x of ${k}`);
    near(b, y, 1e-2, `y of ${k}`);
  });
});

test("a sector is all that can be pointed at, whatever the probability", () => {
  const radii = corners(rose.sector(5)).map(([x, y]) => Math.hypot(x, y));
  near(Math.max(...radii), size.outer, 1e-2, "outer");
  assert.ok(Math.min(...radii) < size.inner);
});
