// Numbers into marks: colours from css/tokens.css, signs and decimals the same everywhere.

import { interpolateRgb, piecewise } from "d3-interpolate";

const STOPS = ["--n4", "--n3", "--n2", "--n1", "--zero", "--p1", "--p2", "--p3", "--p4"];

/** More than eyes tell apart; thousands of squares are coloured in a frame. */
const SHADES = 512;

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
  const shades = Array.from({ length: SHADES + 1 }, (_, k) => scale(k / SHADES));
  return (value) => shades[Math.round(((Math.min(1, Math.max(-1, value)) + 1) / 2) * SHADES)];
}

/** +0.62, −0.10: a sign always, a real minus. @param {number} value @param {number} [digits] */
export function signed(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? "\u2212" : "+"}${text}`;
}

/** @param {number} p */
export const percent = (p) => `${Math.round(100 * p)}\u202f%`;

/** A word as far as it can be shown. @param {string} word @param {number} [most] characters */
export const brief = (word, most = 32) => (word.length > most ? `${word.slice(0, most - 1)}\u2026` : word);

/** Fills {name} in a text. @param {string} text @param {Record<string, unknown>} values */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/**
 * Numbers rounded so that what is shown adds up to their rounded sum: the largest remainders go up.
 * @param {number[]} values @param {number} digits @returns {number[]}
 */
export function adding(values, digits) {
  const unit = 10 ** digits;
  const down = values.map((v) => Math.floor(v * unit));
  const sum = Math.round(values.reduce((a, b) => a + b, 0) * unit);
  const missing = sum - down.reduce((a, b) => a + b, 0);
  const order = values.map((v, k) => k).sort((a, b) => values[b] * unit - down[b] - (values[a] * unit - down[a]) || a - b);
  const up = new Set(order.slice(0, missing));
  return down.map((v, k) => (v + (up.has(k) ? 1 : 0)) / unit);
}

/** What is read best on a colour, always better than 4.5 to 1. @param {string} color as in rgb(1, 2, 3) */
export function inkOn(color) {
  const [r, g, b] = (color.match(/[\d.]+/g) ?? []).map((v) => {
    const c = Number(v) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b; // WCAG 2.2
  return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

/** A small number below a letter. @param {number} t */
export const below = (t) => [...String(t)].map((digit) => "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089"[Number(digit)]).join("");
