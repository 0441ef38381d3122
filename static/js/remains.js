// What is left of a small change, step by step: the product of the Jacobians diag(f\u2032) W, its size by powers of ten, and
// what single matrices say instead.

/** @typedef {number[][]} Matrix */

/** @param {Matrix} A @param {Matrix} B @returns {Matrix} */
function times(A, B) {
  const width = B[0].length;
  return A.map((row) => {
    const sum = new Array(width).fill(0);
    row.forEach((a, k) => {
      const other = B[k];
      for (let j = 0; j < width; j++) sum[j] += a * other[j];
    });
    return sum;
  });
}

/** @param {Matrix} A @param {number[]} v */
const apply = (A, v) => A.map((row) => row.reduce((sum, a, k) => sum + a * v[k], 0));

/** @param {number[]} v */
const length = (v) => Math.hypot(...v);

const TURNS = 300;
const EXACT = 1e-13;

/** The largest singular value, by turning a vector through A and back until it grows no more. @param {Matrix} A */
export function largest(A) {
  const across = A[0].map((_, j) => A.map((row) => row[j]));
  let best = 0;
  for (const start of [A[0].map((_, j) => 1 + j / 7), A[0].map((_, j) => (j % 2 ? -1 : 1 + j / 5))]) { // one of them may lie across
    let v = start;
    let found = 0;
    for (let k = 0; k < TURNS; k++) {
      const size = length(v);
      if (!size) break;
      const w = apply(A, v.map((x) => x / size));
      const now = length(w);
      v = apply(across, w);
      if (Math.abs(now - found) <= EXACT * now) break;
      found = now;
    }
    best = Math.max(best, found);
  }
  return best;
}

/** The spectral radius of a matrix of one unit or two: the size of its largest eigenvalue. @param {Matrix} W */
export function radius(W) {
  if (W.length === 1) return Math.abs(W[0][0]);
  const half = (W[0][0] + W[1][1]) / 2;
  const det = W[0][0] * W[1][1] - W[0][1] * W[1][0];
  const under = half * half - det;
  return under < 0 ? Math.sqrt(det) : Math.abs(half) + Math.sqrt(under);
}

/**
 * log\u2081\u2080 \u2016\u2202h_T/\u2202h_k\u2016 by lag T \u2212 k, from 0 on; \u2212Infinity where nothing is left.
 * @param {Matrix} W @param {number[][]} slopes f\u2032 of each unit at each step, the first step first
 */
export function remains(W, slopes) {
  let product = /** @type {Matrix} */ (W.map((_, j) => W.map((__, k) => Number(j === k))));
  let scale = 0; // of the product: it stays near 1, and its powers are counted here
  const found = [0];
  for (const slope of [...slopes].reverse()) {
    product = times(product, W.map((row, j) => row.map((w) => slope[j] * w)));
    const size = largest(product);
    if (!size) {
      found.push(-Infinity);
      continue;
    }
    scale += Math.log10(size);
    product = product.map((row) => row.map((v) => v / size));
    found.push(scale);
  }
  return found;
}

/** What it would be if a single number decided. @param {number} each @param {number} count */
export const powers = (each, count) => Array.from({ length: count }, (_, k) => (k ? k * Math.log10(each) : 0));
