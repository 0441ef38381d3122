// A canvas that is as sharp as the screen.

/** Its pen, in CSS px. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
export function sharpPen(canvas, width, height) {
  const sharp = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(width * sharp), height: Math.round(height * sharp) });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.scale(sharp, sharp);
  return pen;
}
