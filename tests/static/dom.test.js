import assert from "node:assert/strict";
import { test } from "node:test";

import { isNew } from "../../static/js/dom.js";

test("what is shown is new once, and again where any of it is another", () => {
  const element = {};
  const points = [[1, 2]];
  assert.equal(isNew(element, "trail", [points, 3]), true);
  assert.equal(isNew(element, "trail", [points, 3]), false);
  assert.equal(isNew(element, "trail", [points, 4]), true);
  assert.equal(isNew(element, "trail", [[[1, 2]], 4]), true, "another list, whatever is in it");
  assert.equal(isNew(element, "trail", [NaN]), true, "fewer parts");
  assert.equal(isNew(element, "trail", [NaN]), false);
});

test("parts of an element, and elements, do not know of each other", () => {
  const [one, other] = [{}, {}];
  assert.equal(isNew(one, "trail", [1]), true);
  assert.equal(isNew(one, "guess", [1]), true);
  assert.equal(isNew(other, "trail", [1]), true);
  assert.equal(isNew(one, "trail", [1]), false);
});
