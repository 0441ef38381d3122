// From scores to probabilities, step by step, as the engine has it (engine/softmax.py), in float64.

/** @param {number[]} values */
export const total = (values) => values.reduce((sum, v) => sum + v, 0);

/** @param {number} z */
export const sigmoid = (z) => 1 / (1 + Math.exp(-z));

/** @param {number[]} logits @param {number} [temperature] above 0 */
export function softmax(logits, temperature = 1) {
  const most = Math.max(...logits);
  const exp = logits.map((z) => Math.exp((z - most) / temperature));
  const sum = total(exp);
  return exp.map((e) => e / sum);
}

/**
 * Every step of softmax(z / T); naive: without the maximum subtracted, which is infinite beyond 709.78.
 * @param {number[]} logits @param {number} [temperature] above 0
 */
export function softmaxSteps(logits, temperature = 1) {
  const scaled = logits.map((z) => z / temperature);
  const max = Math.max(...scaled);
  const shifted = scaled.map((z) => z - max);
  const exp = shifted.map(Math.exp);
  const sum = total(exp);
  const naive = scaled.map(Math.exp);
  return {
    scaled,
    max,
    shifted,
    exp,
    sum,
    probs: exp.map((e) => e / sum),
    sigmoids: scaled.map(sigmoid),
    naive: { exp: naive, sum: total(naive), probs: naive.map((e) => e / total(naive)) },
  };
}

/** −log p of the true class in nats, by log-sum-exp. @param {number[]} logits @param {number} target @param {number} [temperature] */
export function crossEntropy(logits, target, temperature = 1) {
  const { shifted, sum } = softmaxSteps(logits, temperature);
  return Math.log(sum) - shifted[target];
}

/**
 * What the loss does when every score of a group moves: (p − y) / T, and the same by central differences.
 * @param {number[]} logits @param {number} target @param {number} temperature @param {number[][]} groups places of classes
 */
export function lossSteps(logits, target, temperature, groups) {
  const step = 1e-5 * Math.max(1, ...logits.map(Math.abs));
  const moved = (/** @type {number[]} */ group, /** @type {number} */ by) =>
    crossEntropy(logits.map((z, k) => (group.includes(k) ? z + by : z)), target, temperature);
  const probs = softmax(logits, temperature);
  return {
    loss: crossEntropy(logits, target, temperature),
    gradient: groups.map((group) => (total(group.map((k) => probs[k])) - (group.includes(target) ? 1 : 0)) / temperature),
    check: groups.map((group) => (moved(group, step) - moved(group, -step)) / (2 * step)),
  };
}

/** ∂p_i / ∂z_j = p_i (δ_ij − p_j) / T; of groups of classes as of one class. @param {number[]} probs @param {number} temperature */
export const jacobian = (probs, temperature) => probs.map((p, i) => probs.map((q, j) => (p * ((i === j ? 1 : 0) - q)) / temperature));

/**
 * Classes to show, as places: all of them where they are few, else the likeliest and the rest as one group at the end.
 * @param {number[]} logits @param {number} most
 * @returns {number[][]}
 */
export function grouped(logits, most) {
  const places = logits.map((_, k) => k);
  if (places.length <= most) return places.map((k) => [k]);
  places.sort((a, b) => logits[b] - logits[a] || a - b);
  return [...places.slice(0, most - 1).map((k) => [k]), places.slice(most - 1).sort((a, b) => a - b)];
}

/** The sum of each group. @param {number[]} values @param {number[][]} groups */
export const gather = (values, groups) => groups.map((group) => total(group.map((k) => values[k])));

/** The stacked bar has this share of the width before it stretches to all of it. */
const STACKED = 0.55;

/**
 * Where the bars of the division stand, as shares of the width and as rows. The stage runs from 0, each exp in its row,
 * over 1, all of them end to end in one more row: the sum, and 2, that row stretched to 100 %, to 3, each back in its row: p.
 * @param {number[]} exp @param {number} stage
 * @returns {{ x: number, width: number, row: number }[]}
 */
export function divided(exp, stage) {
  const sum = total(exp);
  const gone = smooth(stage) - smooth(stage - 2); // 0 in the rows, 1 in the stack
  const scale = STACKED + (1 - STACKED) * smooth(stage - 1);
  let before = 0;
  return exp.map((e, k) => {
    const x = (before / sum) * scale * gone;
    before += e;
    return { x, width: (e / sum) * scale, row: k + (exp.length - k) * gone };
  });
}

/** From 0 to 1, at rest at both ends. @param {number} q */
function smooth(q) {
  const x = Math.min(1, Math.max(0, q));
  return x * x * (3 - 2 * x);
}
