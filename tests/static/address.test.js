import assert from "node:assert/strict";
import { test } from "node:test";

import { readAddress, readPoints, writeAddress, writePoints } from "../../static/js/address.js";

/** @import { Look, Maybe, Point, Query } from "../../static/js/types.d.ts" */

const SCENE = "bouncing-13";
/** @type {Query} */
const QUERY = { model: "ball-rnn", scene: SCENE, points: null, hide: null, memory: true, generate: 0, edit: null };
/** @type {Look} */
const LOOK = { t: 1, beat: null, unit: null, view: null, fold: 1, weight: null, with: null, theme: "auto", motion: "auto" };

/** @param {string} address */
function open(address) {
  const { search, hash } = new URL(address, "http://here");
  return readAddress({ search, hash }, SCENE);
}

/** Numbers by a simple rule, so that a failure can be repeated. @param {number} seed */
function random(seed) {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

/** @template T @param {() => number} next @param {T[]} choices */
const pick = (next, choices) => choices[Math.floor(next() * choices.length)];

/** @param {number} seed @returns {[Query, Look]} */
function anything(seed) {
  const next = random(seed);
  const whole = (/** @type {number} */ most) => Math.floor(next() * (most + 1));
  const coordinate = () => Math.round(next() * 10000) / 10000;
  const drawn = next() < 0.5;
  const first = 1 + whole(20);
  const view = /** @type {Look["view"]} */ (pick(next, [null, "softmax", "cell", "traceback", "rolled", "beside"]));
  const points = Array.from({ length: 1 + whole(199) }, () => /** @type {Maybe<Point>} */ (next() < 0.2 ? null : [coordinate(), coordinate()]));
  return [
    {
      model: pick(next, ["ball-rnn", "ball-gru", "ball-window-2", "a.b_c-9"]),
      scene: drawn ? null : `${pick(next, ["straight", "accelerating", "bouncing", "circular", "curve"])}-${whole(999999999)}`,
      points: drawn ? points : null,
      hide: next() < 0.5 ? null : [first, first + whole(900)],
      memory: next() < 0.5,
      generate: whole(12),
      edit: pick(next, [null, "scale:layers.0.W_hh:1.2", "h0[2]:-0.4;force:layers.0.h[31]:0;layers.0.W_hh[3,1]:1e-05"]),
    },
    {
      t: 1 + whole(200),
      beat: next() < 0.5 ? null : 1 + whole(800),
      unit: next() < 0.5 ? null : { node: pick(next, ["layers.0.h", "layers.1.r", "layers.0.reverse.h", "layers.0.x1"]), index: whole(127) },
      view,
      fold: view === "rolled" ? pick(next, [0, 0.05, 0.37, 0.5, 0.99, 1]) : 1,
      weight: view === "rolled" ? pick(next, [null, "layers.0.W_hh.95.31", "layers.1.reverse.W_ih.0.0", "readout.W.7.31"]) : null,
      with: view === "beside" ? pick(next, [null, "ball-rnn", "ball-rnn,ball-gru", "a.b_c-9,ball-gru,x"]) : null,
      theme: pick(next, ["auto", "light", "dark"]),
      motion: pick(next, ["auto", "full", "reduced"]),
    },
  ];
}

test("what is written is read again", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const [query, look] = anything(seed);
    const address = writeAddress(query, look, SCENE);
    assert.deepEqual(open(address), { query, look, bad: [] }, address);
  }
});

test("defaults are left out", () => {
  assert.equal(writeAddress(QUERY, LOOK, SCENE), "/");
  assert.deepEqual(open("/"), { query: QUERY, look: LOOK, bad: [] });
  assert.equal(writeAddress({ ...QUERY, memory: false }, LOOK, SCENE), "/?memory=off");
  assert.equal(writeAddress(QUERY, { ...LOOK, t: 7 }, SCENE), "/#t=7");
});

test("each field stands in the address as the contract writes it", () => {
  /** @type {[Partial<Query>, Partial<Look>, string][]} */
  const cases = [
    [{ model: "ball-gru" }, {}, "/?model=ball-gru"],
    [{ model: "ball-gru@1a2b3c4d" }, {}, "/?model=ball-gru@1a2b3c4d"],
    [{ scene: "curve-3" }, {}, "/?scene=curve-3"],
    [{ scene: null, points: [[0.1, 0.2], [0.15, 0.22], null, [0.25, 0.26]] }, {}, "/?points=0.1,0.2;0.15,0.22;-;0.25,0.26"],
    [{ hide: [9, 14] }, {}, "/?hide=9-14"],
    [{ memory: false, generate: 3 }, {}, "/?memory=off&generate=3"],
    [{}, { unit: { node: "layers.0.h", index: 12 } }, "/#node=layers.0.h&unit=12"],
    [{}, { t: 3, beat: 20, unit: { node: "layers.0.reverse.h", index: 1 } }, "/#t=3&beat=20&node=layers.0.reverse.h&unit=1"],
    [{}, { view: "rolled", fold: 0.4, weight: "layers.0.W_hh.3.7" }, "/#view=rolled&fold=0.4&weight=layers.0.W_hh.3.7"],
    [{}, { view: "beside", with: "ball-rnn,ball-gru" }, "/#view=beside&with=ball-rnn,ball-gru"],
    [{}, { view: null, fold: 0.4, weight: "layers.0.W_hh.3.7", with: "ball-rnn" }, "/"],
    [{ hide: [2, 3] }, { t: 4, theme: "dark", motion: "reduced" }, "/?hide=2-3#t=4&theme=dark&motion=reduced"],
  ];
  for (const [query, look, expected] of cases) {
    assert.equal(writeAddress({ ...QUERY, ...query }, { ...LOOK, ...look }, SCENE), expected);
  }
});

test("200 points stay under 4 kB", () => {
  const next = random(5);
  const points = Array.from({ length: 200 }, () => /** @type {Point} */ ([next(), next()]));
  const query = { ...QUERY, model: "ball-window-4@1a2b3c4d", scene: null, points, hide: /** @type {[number, number]} */ ([100, 199]), memory: false, generate: 12 };
  const address = writeAddress(query, { t: 200, beat: 800, unit: { node: "layers.0.h_prev", index: 127 }, view: "rolled", fold: 0.37, weight: "layers.0.reverse.W_hh.511.127", with: "ball-window-2,ball-gru,ball-window-4", theme: "light", motion: "reduced" }, SCENE);
  assert.ok(address.length < 4096, `${address.length} characters`);
});

const BAD = {
  scene: ["", "bouncing", "bouncing-", "nope-", "bouncing-1.5", "bouncing--7", "bouncing-1234567890", "Bouncing-7", "bouncing-7 "],
  points: ["", "0.1", "0.1,0.2,0.3", "1.1,0", "-0.1,0", "a,b", "NaN,0", "Infinity,0", "0.1,0.2;", "0x1,0", "0.1_0,0", "0.1,", ",", ";"],
  hide: ["", "9", "14-9", "0-4", "9-1000", "a-b", "9-14-20", "-9-14"],
  memory: ["", "true", "1", "ON", "constructor", "toString", "__proto__", "hasOwnProperty"],
  generate: ["", "-1", "1.5", "100", "x", "1e1", " 3"],
  t: ["", "-1", "1.5", "x", "1234"],
  beat: ["", "-1", "1.5", "x", "123456"],
  node: ["", "layers.0.h[3]", "a b", "a".repeat(41)],
  unit: ["", "x", "-1", "1.5", "12345"],
  view: ["", "rolled-up", "constructor"],
  fold: ["", "-0.1", "1.1", "2", "x", ".", "1.01"],
  weight: ["", "layers.0.W_hh", "layers.0.W_hh.3", "layers.0.W_hh.3.x", "layers.0.W_hh[3][7]"],
  with: ["", ",", "a,", "a,b,c,d", "a b"],
  theme: ["", "auto", "Dark", "constructor"],
  motion: ["", "auto", "none", "__proto__"],
};

for (const [field, texts] of Object.entries(BAD)) {
  test(`a bad ${field} becomes the default and is told`, () => {
    for (const text of texts) {
      const written = `${field}=${encodeURIComponent(text)}`;
      const found = open(field in LOOK || field === "node" ? `/#${written}` : `/?${written}`);
      assert.deepEqual(found, { query: QUERY, look: LOOK, bad: [field] }, written);
    }
  });
}

test("a bad field leaves the others alone", () => {
  const { query, look, bad } = open("/?model=ball-gru&memory=maybe&hide=9-14#t=5&unit=nothing");
  assert.deepEqual([query.model, query.memory, query.hide], ["ball-gru", true, [9, 14]]);
  assert.deepEqual([look.t, look.unit], [5, null]);
  assert.deepEqual(bad, ["memory", "unit"]);
});

test("what is only too large or too small is clamped", () => {
  assert.deepEqual(open("/?generate=99").query.generate, 12);
  assert.deepEqual(open("/#t=0").look.t, 1);
  assert.deepEqual(open("/?generate=99#t=0").bad, []);
});

test("points come before a scene, and a pin stays out of the model's name", () => {
  const { query } = open("/?scene=curve-3&points=0.1,0.2&model=ball-gru@1a2b3c4d");
  assert.deepEqual([query.scene, query.points, query.model], [null, [[0.1, 0.2]], "ball-gru"]);
});

test("a field that we do not know is somebody else's", () => {
  assert.deepEqual(open("/?utm_source=x&constructor=1#nope=2"), { query: QUERY, look: LOOK, bad: [] });
});

test("a broken escape does no harm", () => {
  assert.deepEqual(open("/?points=%FF%ZZ#t=%").bad, ["points", "t"]);
});

test("points keep what a float32 can tell apart, and hidden ones are dashes", () => {
  assert.equal(writePoints([[1 / 3, 2 / 3], null, [0, 1]]), "0.33333333,0.66666667;-;0,1");
  assert.equal(writePoints([[0.1, 1e-9]]), "0.1,0");
  assert.deepEqual(readPoints(" 0.1 , 0.2 ; - ;.5,1e-1"), [[0.1, 0.2], null, [0.5, 0.1]]);
});

test("a node without a unit is its first unit, a unit without a node is nothing", () => {
  assert.deepEqual(open("/#node=layers.0.z").look.unit, { node: "layers.0.z", index: 0 });
  assert.equal(open("/#unit=3").look.unit, null);
});
