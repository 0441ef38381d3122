// Numbers by lag, as lines: shares between 0 and 1, or sizes by their powers of ten.

import { select } from "d3-selection";

const HEIGHT = 260;
const EDGE = { left: 46, right: 12, top: 28, bottom: 40 };
const APART = 12; // px between two names
const LIMIT = 30; // powers of ten that are told apart, to both sides

/**
 * @typedef {{ cls: string, name: string, values: (number | null)[] }} Curve values: of lag 0, 1, …; where powers are drawn their logarithms
 */

/**
 * @param {SVGSVGElement} container
 * @param {{ curves: Curve[], powers: boolean, current: number | null, said: { label: string, x: string, y: string }, onLag?: (lag: number) => void }} props
 */
export function curves(container, { curves: all, powers, current, said, onLag }) {
  const width = Math.max(280, container.parentElement?.clientWidth ?? 0);
  const count = Math.max(2, ...all.map(({ values }) => values.length));
  const [low, high] = powers ? span(all) : [0, 1];
  const x = (/** @type {number} */ lag) => EDGE.left + (lag / (count - 1)) * (width - EDGE.left - EDGE.right);
  const y = (/** @type {number} */ v) => EDGE.top + ((high - Math.max(low, Math.min(high, v))) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const svg = select(container).attr("viewBox", `0 0 ${width} ${HEIGHT}`).attr("width", width).attr("height", HEIGHT).attr("aria-label", said.label);
  const levels = powers ? ticks(low, high) : [0, 0.25, 0.5, 0.75, 1];
  svg.selectAll("line.grid").data(levels).join("line").attr("class", (v) => (v === 0 && powers ? "grid one" : "grid")).attr("x1", EDGE.left).attr("x2", width - EDGE.right).attr("y1", y).attr("y2", y);
  svg.selectAll("text.y").data(levels).join("text").attr("class", "y").attr("x", EDGE.left - 6).attr("y", (v) => y(v) + 4).attr("text-anchor", "end").text((v) => (powers ? power(v) : `${Math.round(100 * v)}`));
  const every = Math.max(1, Math.ceil((count - 1) / Math.max(2, Math.floor((width - EDGE.left) / 46))));
  const lags = Array.from({ length: count }, (_, k) => k).filter((k) => k % every === 0);
  svg.selectAll("text.x").data(lags).join("text").attr("class", "x").attr("x", x).attr("y", HEIGHT - EDGE.bottom + 18).attr("text-anchor", "middle").text(String);
  const names = [
    { cls: "axis", text: said.x, x: (EDGE.left + width) / 2, y: HEIGHT - 5, anchor: "middle" },
    { cls: "axis", text: said.y, x: 2, y: 10, anchor: "start" },
  ];
  svg.selectAll("text.axis").data(names).join("text").attr("class", "axis").attr("x", (d) => d.x).attr("y", (d) => d.y).attr("text-anchor", (d) => d.anchor).text((d) => d.text);
  svg.selectAll("line.now").data(current === null ? [] : [current]).join("line").attr("class", "now").attr("x1", x).attr("x2", x).attr("y1", EDGE.top).attr("y2", HEIGHT - EDGE.bottom);
  svg.selectAll("path.curve").data(all).join("path").attr("class", (d) => `curve ${d.cls}`).attr("d", (d) => pathOf(d.values, x, y));
  const ends = all.map(({ cls, name, values }) => ({ cls, name, y: y(values.findLast((v) => v !== null) ?? 0) }));
  spread(ends);
  svg.selectAll("text.name").data(ends).join("text").attr("class", (d) => `name ${d.cls}`).attr("x", width - EDGE.right - 4).attr("y", (d) => d.y).attr("text-anchor", "end").text((d) => d.name);
  svg.on("click", (event) => {
    const lag = Math.round(((event.offsetX - EDGE.left) / (width - EDGE.left - EDGE.right)) * (count - 1));
    if (onLag && lag >= 0 && lag < count) onLag(lag);
  });
}

/** What the powers reach, 1 always among them. @param {Curve[]} all @returns {[number, number]} */
function span(all) {
  const shown = all.flatMap(({ values }) => values.map((v) => (v === null ? 0 : Math.max(-LIMIT, Math.min(LIMIT, v)))));
  return [Math.min(-1, Math.floor(Math.min(...shown))), Math.max(1, Math.ceil(Math.max(...shown)))];
}

/** @param {number} low @param {number} high */
function ticks(low, high) {
  const each = Math.max(1, Math.ceil((high - low) / 6));
  return Array.from({ length: high - low + 1 }, (_, k) => low + k).filter((v) => v % each === 0);
}

const RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

/** 10\u207b\u00b3, and 1 as it is. @param {number} v */
export const power = (v) => (v === 0 ? "1" : v === 1 ? "10" : `10${v < 0 ? "\u207b" : ""}${[...String(Math.abs(v))].map((digit) => RAISED[Number(digit)]).join("")}`);

/** @param {(number | null)[]} values @param {(lag: number) => number} x @param {(v: number) => number} y */
function pathOf(values, x, y) {
  let pen = "M";
  return values
    .map((v, lag) => {
      if (v === null) {
        pen = "M";
        return "";
      }
      const point = `${pen}${x(lag).toFixed(1)},${y(v).toFixed(1)}`;
      pen = "L";
      return point;
    })
    .join("");
}

/** Names that would stand on each other stand below each other. @param {{ y: number }[]} ends */
function spread(ends) {
  const order = [...ends].sort((a, b) => a.y - b.y);
  order.forEach((end, k) => {
    end.y = Math.max(end.y - 5, EDGE.top + 8, k ? order[k - 1].y + APART : 0);
  });
  const over = (order[order.length - 1]?.y ?? 0) - (HEIGHT - EDGE.bottom - 4);
  if (over > 0) for (const end of order) end.y -= over;
}
