// From 0 to 1 in a given time, a frame at a time.

/**
 * @param {number} ms
 * @param {(share: number) => void} draw once a frame; the last time with 1
 * @returns {() => void} stops it
 */
export function tween(ms, draw) {
  let start = 0;
  const frame = (/** @type {number} */ time) => {
    start ||= time;
    const share = Math.min(1, (time - start) / ms);
    if (share < 1) handle = requestAnimationFrame(frame);
    draw(share);
  };
  let handle = requestAnimationFrame(frame);
  return () => cancelAnimationFrame(handle);
}
