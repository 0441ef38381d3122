// What is drawn a moment after the columns: while somebody types, these come first.

/** In ms: after a step, and after another run, which is longer than there is between two keys. */
const WAIT = { step: 60, run: 180 };

/**
 * Of what is asked for in a row only the last is drawn.
 * @template {{ run: object }} Shown
 * @param {(shown: Shown) => void} draw
 */
export function later(draw) {
  let waiting = 0;
  /** @type {object | null} */
  let drawn = null;
  return (/** @type {Shown} */ shown) => {
    clearTimeout(waiting);
    const another = drawn !== null && drawn !== shown.run;
    waiting = window.setTimeout(() => {
      drawn = shown.run;
      draw(shown);
    }, another ? WAIT.run : WAIT.step);
  };
}
