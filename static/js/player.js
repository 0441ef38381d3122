// The clock: moves the position while playing. Knows nothing of what is drawn.

const BEAT = 900; // ms for one beat at speed 1
const HOLD = 250; // ms a finished beat is held
const REDUCED_STEP = 1200; // ms between beats without motion

/**
 * @param {{
 *   get: () => { position: number, length: number, speed: number, reduced: boolean },
 *   move: (position: number) => void,
 *   end: () => void,
 *   schedule?: (frame: (time: number) => void) => number,
 *   cancel?: (id: number) => void,
 * }} options
 */
export function createPlayer({ get, move, end, schedule = requestAnimationFrame, cancel = cancelAnimationFrame }) {
  let handle = 0;
  let last = 0;
  let held = 0;

  /** @param {number} time */
  function tick(time) {
    const passed = last ? time - last : 0;
    last = time;
    const { position, length, speed, reduced } = get();
    const next = advance(position, passed * speed, reduced);
    if (next !== position) move(Math.min(next, length));
    if (next >= length) return end();
    handle = schedule(tick);
  }

  /** @param {number} position @param {number} passed @param {boolean} reduced */
  function advance(position, passed, reduced) {
    held += passed;
    if (reduced) {
      if (held < REDUCED_STEP) return position;
      held = 0;
      return Math.floor(position) + 1;
    }
    if (Number.isInteger(position) && position > 0 && held < HOLD) return position;
    const moved = position + passed / BEAT;
    if (Math.floor(moved) > Math.floor(position)) {
      held = 0;
      return Math.floor(position) + 1; // never past a beat: a tab that was out of sight has a long frame
    }
    return moved;
  }

  return {
    play() {
      last = 0;
      held = get().reduced ? 0 : HOLD;
      cancel(handle);
      handle = schedule(tick);
    },
    pause() {
      cancel(handle);
    },
  };
}
