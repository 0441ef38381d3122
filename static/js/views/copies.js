// Copies of one network side by side, a copy a word. Each does four things: reads, sums, bends, and hands on.

import { adding, below, fill, percent, signed } from "../ink.js";

/** @import { Copy, Line } from "../copies.js" */

/** What a copy does, one after the other. */
export const PARTS = ["reads", "sums", "bends", "says"];

const DIGITS = 4;
const CURVE = { width: 150, height: 84, most: 3 };
const SVG = "http://www.w3.org/2000/svg";

/** @template {keyof HTMLElementTagNameMap} K @param {K} name @param {string} cls @param {(Node | string)[]} children */
function element(name, cls, ...children) {
  const made = document.createElement(name);
  if (cls) made.className = cls;
  made.append(...children);
  return made;
}

/** @param {HTMLElement} container @param {{ copies: Copy[], unit: number, color: (value: number) => string, words: any, onUnit: (unit: number) => void }} props */
export function copies(container, { copies: all, unit, color, words, onUnit }) {
  const said = words.learn.reading;
  container.replaceChildren(
    ...all.map((copy, t) => {
      const after = fill(words.review.afterText, { text: all.slice(0, t + 1).map(({ word }) => word).join(" ") });
      const made = element(
        "section",
        "copy",
        element("h2", "part reads", copy.word),
        part("sums", said.parts.sums, sumTable(copy.lines, copy.a, `a${below(t + 1)}`, said)),
        part("bends", said.parts.bends, curve(copy), element("p", "worked", `tanh(${signed(copy.a, DIGITS)}) = ${signed(copy.h, DIGITS)}`)),
        part("says", said.parts.says, ...states(copy, t, unit, color, said, onUnit), ...answer(copy, after, said)),
      );
      made.setAttribute("aria-label", fill(said.copy, { t: t + 1, word: copy.word }));
      return made;
    }),
  );
}

/** @param {string} name @param {string} title @param {Node[]} children */
const part = (name, title, ...children) => element("div", `part ${name}`, element("h3", "", title), ...children);

/** @param {Line[]} lines @param {number} sum @param {string} symbol @param {any} said */
function sumTable(lines, sum, symbol, said) {
  const shown = adding(lines.map(({ value }) => value), DIGITS);
  const rows = lines.map(({ name, of }, k) => element("tr", "", head(name), element("td", "of", of), element("td", "", signed(shown[k], DIGITS))));
  const total = element("tr", "total", head(symbol), element("td", "of", ""), element("td", "", signed(sum, DIGITS)));
  const made = element("table", "numbers", element("tbody", "", ...rows), element("tfoot", "", total));
  made.setAttribute("aria-label", said.parts.sums);
  return made;
}

/** @param {string} text */
function head(text) {
  const made = element("th", "", text);
  made.scope = "row";
  return made;
}

/** Where the sum lies on tanh. @param {Copy} copy */
function curve({ a, h }) {
  const x = (/** @type {number} */ v) => ((v + CURVE.most) / (2 * CURVE.most)) * CURVE.width;
  const y = (/** @type {number} */ v) => CURVE.height / 2 - v * (CURVE.height / 2 - 6);
  const svg = drawn("svg", { class: "curve", viewBox: `0 0 ${CURVE.width} ${CURVE.height}`, "aria-hidden": "true" });
  const points = Array.from({ length: 61 }, (_, k) => -CURVE.most + k / 10).map((v) => `${x(v).toFixed(1)},${y(Math.tanh(v)).toFixed(1)}`);
  const at = x(Math.max(-CURVE.most, Math.min(CURVE.most, a)));
  svg.append(
    drawn("line", { x1: 0, x2: CURVE.width, y1: y(0), y2: y(0) }),
    drawn("line", { x1: x(0), x2: x(0), y1: 0, y2: CURVE.height }),
    drawn("polyline", { points: points.join(" ") }),
    drawn("line", { class: "drop", x1: at, x2: at, y1: y(0), y2: y(h) }),
    drawn("circle", { cx: at, cy: y(h), r: 4.5 }),
  );
  return svg;
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** On to the next copy: the one number, or all of them. @param {Copy} copy @param {number} t @param {number} unit @param {(value: number) => string} color @param {any} said @param {(unit: number) => void} onUnit */
function states({ states: all, h }, t, unit, color, said, onUnit) {
  const symbol = `h${below(t + 1)}`;
  if (all.length === 1) return [element("p", "worked on", `${symbol} = ${signed(h, DIGITS)} \u2192 ${said.onward}`)];
  const strip = element("div", "states");
  strip.setAttribute("role", "group");
  strip.setAttribute("aria-label", fill(said.states, { symbol, count: all.length }));
  strip.append(
    ...all.map((v, j) => {
      const button = element("button", "state");
      button.type = "button";
      button.style.background = color(v);
      button.title = `${symbol}[${j}] = ${signed(v, DIGITS)}`;
      button.setAttribute("aria-label", button.title);
      button.setAttribute("aria-pressed", String(j === unit));
      button.onclick = () => onUnit(j);
      return button;
    }),
  );
  return [strip, element("p", "worked on", `${symbol}[${unit}] = ${signed(h, DIGITS)} \u2192 ${said.onward}`)];
}

/** @param {Copy} copy @param {string} after @param {any} said */
function answer({ out, answers }, after, said) {
  const worked = out ? [sumTable(out.lines, out.z, "z", said), element("p", "worked", `sigmoid(${signed(out.z, DIGITS)}) = ${answers[0].p.toFixed(DIGITS)}`)] : [];
  const list = element(
    "ul",
    "copy-answers",
    ...answers.map(({ name, p }) => {
      const level = element("i", "");
      level.style.width = `${100 * p}%`;
      return element("li", "", element("span", "", name), element("span", "track", level), element("span", "number", percent(p)));
    }),
  );
  return [...worked, element("p", "after", after), list];
}

/** Show what is done by now; the part that is being done stands out, and comes into sight. @param {HTMLElement} container @param {number} step from 1 @param {boolean} follow */
export function reveal(container, step, follow) {
  [...container.children].forEach((copy, t) => {
    PARTS.forEach((name, k) => {
      const mine = copy.querySelector(`.${name}`);
      mine?.classList.toggle("ahead", PARTS.length * t + k + 1 > step);
      mine?.classList.toggle("now", PARTS.length * t + k + 1 === step);
    });
  });
  const copy = /** @type {HTMLElement | undefined} */ (container.children[Math.floor((step - 1) / PARTS.length)]);
  if (copy) container.scrollLeft = Math.max(0, copy.offsetLeft + copy.offsetWidth - container.clientWidth);
  if (follow) copy?.querySelector(".now")?.scrollIntoView({ block: "nearest" });
}

