import assert from "node:assert/strict";
import { test } from "node:test";

import { createPlayer } from "../../static/js/player.js";

const FRAME = 10; // ms

/** A clock of our own: `run` lets ms pass, a frame at a time. @param {Partial<{ position: number, length: number, speed: number, reduced: boolean }>} [start] */
function world(start) {
  const state = { position: 0, length: 4, speed: 1, reduced: false, ended: 0, ...start };
  /** @type {Map<number, (time: number) => void>} */
  const waiting = new Map();
  /** @type {{ time: number, position: number }[]} */
  const moves = [];
  let [time, id] = [1000, 0];
  const player = createPlayer({
    get: () => state,
    move: (position) => {
      state.position = position;
      moves.push({ time, position });
    },
    end: () => void state.ended++,
    schedule: (frame) => (waiting.set(++id, frame), id),
    cancel: (old) => void waiting.delete(old),
  });
  const run = (/** @type {number} */ ms, frame = FRAME) => {
    for (let passed = 0; passed < ms; passed += frame) {
      time += frame;
      const due = [...waiting.values()];
      waiting.clear();
      for (const call of due) call(time);
    }
  };
  /** When a position was first reached. @param {number} position */
  const reached = (position) => moves.find((move) => move.position >= position)?.time ?? NaN;
  return { state, player, run, moves, reached, waiting };
}

/** @param {number} a @param {number} b */
const about = (a, b) => assert.ok(Math.abs(a - b) <= 2.5 * FRAME, `${a} ms, not ${b}`);

test("a time step takes 900 ms, and is held for 250", () => {
  const { player, run, reached } = world();
  player.play();
  run(6000);
  about(reached(1) - 1000, 900);
  about(reached(2) - reached(1), 1150);
  about(reached(3) - reached(2), 1150);
});

test("it ends exactly at the last step, once, and asks for no more frames", () => {
  const { player, run, state, waiting, moves } = world();
  player.play();
  run(20_000);
  assert.equal(state.position, 4);
  assert.equal(state.ended, 1);
  assert.equal(waiting.size, 0);
  assert.ok(moves.every((move, k) => move.position <= 4 && (k === 0 || move.position > moves[k - 1].position)));
});

test("no step is passed over, however long a frame is", () => {
  const { player, run, moves } = world({ length: 20 });
  player.play();
  run(60_000, 3000);
  for (const move of moves) assert.ok(Number.isInteger(move.position) || move.position < 1);
  moves.forEach((move, k) => k && assert.equal(move.position, Math.floor(moves[k - 1].position) + 1));
});

test("from a finished step it goes on at once", () => {
  const { player, run, reached } = world({ position: 2 });
  player.play();
  run(3000);
  about(reached(2.001) - 1000, 20);
  about(reached(3) - 1000, 900);
});

test("twice the speed takes half the time", () => {
  for (const speed of [0.25, 0.5, 2, 4]) {
    const { player, run, reached } = world({ speed });
    player.play();
    run(20_000);
    about(reached(1) - 1000, 900 / speed);
    about(reached(3) - reached(2), 1150 / speed);
  }
});

test("the speed may change while it plays", () => {
  const { player, run, state, reached } = world();
  player.play();
  run(450);
  state.speed = 4;
  run(2000);
  about(reached(1) - 1000, 450 + 450 / 4);
});

test("with reduced motion it moves a whole step at a time, every 1.2 s", () => {
  const { player, run, moves, state } = world({ reduced: true });
  player.play();
  run(10_000);
  assert.deepEqual(moves.map((move) => move.position), [1, 2, 3, 4]);
  moves.forEach((move, k) => about(move.time - 1000, 1200 * (k + 1)));
  assert.equal(state.ended, 1);
});

test("a pause stops it where it is, and play goes on from there", () => {
  const { player, run, state, waiting } = world();
  player.play();
  run(400);
  player.pause();
  const { position } = state;
  assert.ok(position > 0.3 && position < 0.5);
  run(5000);
  assert.equal(state.position, position);
  assert.equal(waiting.size, 0);
  player.play();
  run(20);
  assert.ok(state.position > position && state.position < position + 0.05, "the time of the pause does not count");
});

test("playing twice is playing once", () => {
  const { player, run, waiting, reached } = world();
  player.play();
  player.play();
  assert.equal(waiting.size, 1);
  run(3000);
  about(reached(1) - 1000, 900);
});
