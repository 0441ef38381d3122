// Numbers into marks: colours from css/tokens.css, signs and decimals the same everywhere.

import { interpolateRgb, piecewise } from "d3-interpolate";

const STOPS = ["--n4", "--n3", "--n2", "--n1", "--zero", "--p1", "--p2", "--p3", "--p4"];

/**
 * The diverging scale of the theme that is on: −1 orange, 0 neutral, +1 blue.
 * @param {Element} element
 * @returns {(value: number) => string}
 */
export function diverging(element) {
  const probe = element.appendChild(document.createElement("i"));
  const colors = STOPS.map((name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  const scale = piecewise(interpolateRgb, colors);
  return (value) => scale((Math.min(1, Math.max(-1, value)) + 1) / 2);
}

/** +0.62, −0.10: a sign always, a real minus. @param {number} value @param {number} [digits] */
export function signed(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? "\u2212" : "+"}${text}`;
}

/** @param {number} p */
export const percent = (p) => `${Math.round(100 * p)}\u202f%`;

/** Fills {name} in a text. @param {string} text @param {Record<string, unknown>} values */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
