// Principal component analysis (Pearson, 1901): the two directions in which rows differ most, and how much of it they carry.

/** @param {number[]} a @param {number[]} b */
const dot = (a, b) => a.reduce((sum, v, k) => sum + v * b[k], 0);

/**
 * @param {number[][]} rows (T, H)
 * @param {number} [count] of directions
 * @returns {{ mean: number[], axes: number[][], shares: number[] }} axes: of length 1, the first the strongest;
 *   shares: of the variance, which none of them carries where all rows are the same
 */
export function pca(rows, count = 2) {
  const size = rows[0].length;
  const mean = Array.from({ length: size }, (_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
  const centred = rows.map((row) => Array.from(row, (v, j) => v - mean[j]));
  const wide = rows.length < size; // the smaller of X Xᵀ and Xᵀ X has the same eigenvalues
  const columns = Array.from({ length: size }, (_, j) => centred.map((row) => row[j]));
  const sides = wide ? centred : columns;
  const { values, vectors } = eigen(sides.map((a) => sides.map((b) => dot(a, b))));
  const total = values.reduce((sum, v) => sum + Math.max(0, v), 0);
  const order = values.map((_, k) => k).sort((a, b) => values[b] - values[a]).slice(0, count);
  const axes = order.map((k) => normal(wide ? columns.map((column) => dot(column, vectors[k])) : vectors[k]));
  while (axes.length < count) axes.push(Array(size).fill(0));
  return { mean, axes, shares: Array.from({ length: count }, (_, k) => (total > 1e-12 && k in order ? Math.max(0, values[order[k]]) / total : 0)) };
}

/** Where a row lies on the axes. @param {{ mean: number[], axes: number[][] }} found @param {number[]} row */
export const project = ({ mean, axes }, row) => axes.map((axis) => axis.reduce((sum, v, j) => sum + v * (row[j] - mean[j]), 0));

/** Of length 1, its largest entry above 0, so that the same rows give the same picture. @param {number[]} vector */
function normal(vector) {
  const length = Math.sqrt(dot(vector, vector));
  if (length < 1e-12) return vector.map(() => 0);
  const largest = vector.reduce((most, v) => (Math.abs(v) > Math.abs(most) ? v : most), 0);
  return vector.map((v) => (v / length) * Math.sign(largest));
}

/** Of a symmetric matrix, by Jacobi's rotations (1846). @param {number[][]} matrix @returns {{ values: number[], vectors: number[][] }} */
function eigen(matrix) {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  const size = Math.sqrt(a.reduce((sum, row) => sum + dot(row, row), 0));
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p][q] ** 2;
    if (Math.sqrt(off) <= 1e-13 * size) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, p, q);
  }
  return { values: a.map((row, k) => row[k]), vectors: a.map((_, k) => v.map((row) => row[k])) };
}

/** Turn rows and columns p and q so that a[p][q] becomes 0. @param {number[][]} a @param {number[][]} v @param {number} p @param {number} q */
function rotate(a, v, p, q) {
  if (Math.abs(a[p][q]) < 1e-300) return;
  const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (const row of a) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
  for (let k = 0; k < a.length; k++) [a[p][k], a[q][k]] = [c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]];
  for (const row of v) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
}
