// The two directions in which rows differ most: against NumPy's singular values, and where nothing differs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pca, project } from "../../static/js/pca.js";
import { fixture, near } from "./fixtures.js";

for (const { rows, axes, shares, points } of fixture("pca")) {
  test(`${rows.length} rows of ${rows[0].length} are NumPy's`, () => {
    const found = pca(rows);
    found.shares.forEach((share, k) => near(share, shares[k], 1e-9, `share ${k}`));
    found.axes.forEach((axis, k) => axis.forEach((v, j) => near(v, axes[k][j], 1e-7, `axis ${k} ${j}`)));
    rows.forEach((/** @type {number[]} */ row, /** @type {number} */ t) => project(found, row).forEach((v, k) => near(v, points[t][k], 1e-7, `point ${t}`)));
  });
}

test("rows that do not differ have no direction", () => {
  for (const rows of [[[1, 2, 3]], [[1, 2], [1, 2], [1, 2]]]) {
    const found = pca(rows);
    assert.deepEqual(found.shares, [0, 0]);
    assert.deepEqual(project(found, rows[0]), [0, 0]);
  }
});

test("one direction may carry all", () => {
  const found = pca([[0, 0], [1, 2], [2, 4]]);
  near(found.shares[0], 1, 1e-12, "share");
  near(found.axes[0][1] / found.axes[0][0], 2, 1e-9, "axis");
});
