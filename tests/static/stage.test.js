import assert from "node:assert/strict";
import { test } from "node:test";

import { stageLayout } from "../../static/js/layout/stage.js";
import { near } from "./fixtures.js";

for (const size of [180, 300, 460, 900]) {
  const stage = stageLayout(size);

  test(`${size} px: y points up`, () => {
    const [x0, y0] = stage.toScreen([0, 0]);
    const [x1, y1] = stage.toScreen([1, 1]);
    assert.ok(y1 < y0 && x1 > x0);
    near(x1 - x0, stage.box, 1e-9, "width");
    near(y0 - y1, stage.box, 1e-9, "height");
  });

  test(`${size} px: the box stands in the middle, with a margin all round`, () => {
    near(stage.box + 2 * stage.margin, size, 1e-9, "size");
    assert.deepEqual(stage.toScreen([0, 1]).map((v) => v.toFixed(6)), [stage.margin, stage.margin].map((v) => v.toFixed(6)));
    assert.ok(stage.margin > stage.ball, "a ball at the wall is seen whole");
  });

  test(`${size} px: to the screen and back`, () => {
    for (const [x, y] of /** @type {[number, number][]} */ ([[0, 0], [1, 1], [0.3, 0.7], [0.5, 0.02], [-0.05, 1.05]])) {
      const [a, b] = stage.toWorld(stage.toScreen([x, y]));
      near(a, x, 1e-12, "x");
      near(b, y, 1e-12, "y");
    }
  });
}
