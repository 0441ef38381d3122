// An answer traced back: the strongest of what flows into it at each step, and how much of the whole that is.

import { total } from "./softmax.js";

/** @import { Maybe } from "./types.d.ts" */

/** How many units of a layer are shown at a step. */
export const FEW = 3;

/**
 * @typedef {{ name: string, t: number, index: number, flow: number }} Through
 *   a unit that something flows through: its full name, the step from 0, ∂z/∂h ⊙ h
 * @typedef {{ units: Through[], share: number, shares: Maybe<number>[], entering: number[] }} Traceback
 *   share: of all that flows through the units, in size; shares: the same step by step, null where nothing flows;
 *   entering: what comes in with the input of each step, ∂z/∂x · x
 */

/** @param {Record<string, number[][]>} values of POST /api/flows: x, and each layer's output @returns {Traceback} */
export function traceback({ x, ...layers }) {
  const rows = Object.entries(layers);
  const units = rows.flatMap(([name, steps]) => steps.flatMap((row, t) => strongest(row).map((index) => ({ name, t, index, flow: row[index] }))));
  const shares = x.map((_, t) => shareOf(units.filter((unit) => unit.t === t), rows.map(([, steps]) => steps[t])));
  return {
    units,
    share: shareOf(units, rows.flatMap(([, steps]) => steps)) ?? 0,
    shares,
    entering: x.map(total),
  };
}

/** @param {number[]} row @returns {number[]} */
const strongest = (row) => [...row.keys()].filter((index) => row[index] !== 0).sort((a, b) => Math.abs(row[b]) - Math.abs(row[a]) || a - b).slice(0, FEW);

/** @param {Through[]} units @param {number[][]} rows @returns {Maybe<number>} */
function shareOf(units, rows) {
  const all = total(rows.flatMap((row) => row.map(Math.abs)));
  return all ? total(units.map(({ flow }) => Math.abs(flow))) / all : null;
}
