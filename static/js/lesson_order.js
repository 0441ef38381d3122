// The chapter on order: a puzzle that one unit cannot solve, and two can.

import { NUMBER, read, readLook, write, writeLook } from "./address.js";
import { find } from "./dom.js";
import { fill, signed } from "./ink.js";
import { BEGIN, neuronsOf, numbersOf, search, solve, SOLUTION, threshold } from "./neuron.js";
import { startDialogs, startHistory, startKeys, startTheme } from "./page.js";
import { createStore } from "./store.js";
import { notices } from "./views/notices.js";
import { plane } from "./views/plane.js";

/** @import { Field } from "./address.js" */
/** @import { Neurons } from "./neuron.js" */
/** @import { Look, Notice } from "./types.d.ts" */

const TRIES = 2000;
const REACH = 12; // a slider goes so far to both sides
/** @type {{ words: any }} */
const { words } = JSON.parse(find("boot").textContent ?? "");
const said = words.learn.order;

/** @typedef {{ neurons: Neurons, best: Record<number, number>, tried: string, look: Look, notices: Notice[] }} Puzzle best: for one unit, for two */

/** @type {Record<string, Field>} */
const FIELDS = {
  numbers: { default: numbersOf(BEGIN[1]).join(","), read: (text) => (readNumbers(text) ? text : undefined), write: String },
};

/** In tenths, as the sliders have them. @param {string} text */
function readNumbers(text) {
  const found = neuronsOf(text.split(",").map((part) => (NUMBER.test(part) ? Math.round(10 * Number(part)) / 10 : NaN)));
  return found && numbersOf(found).every((v) => Math.abs(v) <= REACH) ? found : null;
}

/** @param {{ search: string, hash: string }} location */
function readPlace(location) {
  const { values, bad } = read(FIELDS, location.search);
  const { look } = readLook(location.hash, 1);
  return { neurons: /** @type {Neurons} */ (readNumbers(values.numbers)), look, bad };
}

const here = readPlace(location);
const store = createStore(
  /** @type {Puzzle} */ ({
    neurons: here.neurons,
    best: {},
    tried: "",
    look: here.look,
    notices: here.bad.map((field) => ({ code: "bad_address", field, detail: "" })),
  }),
);

/** @param {Neurons} neurons */
const unitsOf = (neurons) => neurons.b_h.length;

/** @param {Neurons} neurons @param {string} [tried] */
function set(neurons, tried = "") {
  const right = solve(neurons).filter((one) => one.right).length;
  const units = unitsOf(neurons);
  const { best } = store.get();
  store.set({ neurons, tried, best: { ...best, [units]: Math.max(right, best[units] ?? 0) } });
}

/** @param {Puzzle} s */
function drawBoard({ neurons, best, tried }) {
  const found = solve(neurons);
  const right = found.filter((one) => one.right).length;
  const units = unitsOf(neurons);
  find("puzzle-score").textContent = right === 4 ? said.solved : `${fill(said.score, { right })} \u00b7 ${fill(said.best, { best: Math.max(right, best[units] ?? 0) })}`;
  find("puzzle-tried").textContent = tried;
  find("puzzle-cards").replaceChildren(
    ...found.map(({ tokens: review, positive, z, right: mine }) => {
      const li = document.createElement("li");
      li.className = mine ? "right" : "wrong";
      const parts = [
        { name: "b", text: review.join(" "), cls: "" },
        { name: "span", text: positive ? said.positive : said.negative, cls: "" },
        { name: "span", text: fill(said.says, { says: z > 0 ? said.saysPositive : said.saysNegative, z: signed(z, 3) }), cls: "z" },
        { name: "span", text: mine ? `\u2713 ${said.right}` : `\u2717 ${said.wrong}`, cls: "verdict" },
      ];
      li.append(...parts.map(({ name, text, cls }) => Object.assign(document.createElement(name), { textContent: text, className: cls })));
      return li;
    }),
  );
  for (const button of find("units").querySelectorAll("button")) button.setAttribute("aria-pressed", String(Number(button.dataset.units) === units));
  find("puzzle-solution").hidden = units < 2;
  const zero = neurons.b_h.map(() => 0);
  plane(/** @type {any} */ (find("plane")), {
    w: neurons.w_hy,
    c: neurons.b_y,
    ways: found.map(({ tokens: review, moments, right: mine }) => ({ name: review.join(" "), states: [zero, ...moments.map(({ h }) => h)], right: mine })),
  });
  find("plane-says").textContent = units === 1 ? said.planeOne : said.planeTwo;
}

/** Why, with the numbers of now. @param {Puzzle} s */
function drawWhy({ neurons }) {
  const one = unitsOf(neurons) === 1;
  find("why-title").textContent = one ? said.why : said.twoWhy;
  find("why-says").textContent = one ? said.whySay : said.twoSay;
  find("why-end").textContent = one ? said.whyEnd : "";
  const { g, b, m, q } = one ? threshold(neurons) : { g: 0, b: 0, m: 0, q: 0 };
  const holds = { g: g > q, b: b < q, gm: g + m < q, bm: b + m > q };
  const told = (/** @type {number} */ v) => (Number.isNaN(v) ? "?" : Number.isFinite(v) ? signed(v) : `${v < 0 ? "\u2212" : "+"}\u221e`);
  if (Number.isNaN(q)) return find("conditions").replaceChildren(Object.assign(document.createElement("li"), { textContent: said.deaf }));
  find("conditions").replaceChildren(
    ...(one ? Object.entries(holds) : []).map(([name, fine]) =>
      Object.assign(document.createElement("li"), { textContent: `${fine ? "\u2713" : "\u2717"} ${fill(said.conditions[name], { g: told(g), b: told(b), m: told(m), q: told(q) })}` }),
    ),
  );
}

/** What each number is called, in the order of numbersOf. @param {number} units */
function namesOf(units) {
  const each = Array.from({ length: units }, (_, k) => k);
  const of = (/** @type {string} */ name) => each.map((k) => (units === 1 ? name : fill(said.of, { name, unit: fill(said.unit, { k }) })));
  const pushes = ["good", "bad", "not"].flatMap((word) => of(fill(said.groups.push, { word })));
  const memory = each.flatMap((to) => each.map((from) => (units === 1 ? said.groups.W_hh : fill(said.of, { name: said.groups.W_hh, unit: fill(said.from, { from, to }) }))));
  return [...pushes, ...memory, ...of(said.groups.b_h), ...of(said.groups.w_hy), said.groups.b_y];
}

/** @param {Puzzle} s */
function drawNumbers({ neurons }) {
  const numbers = numbersOf(neurons);
  const room = find("numbers");
  if (room.childElementCount !== numbers.length) {
    room.replaceChildren(
      ...namesOf(unitsOf(neurons)).map((name, k) => {
        const label = document.createElement("label");
        const input = Object.assign(document.createElement("input"), { type: "range", min: String(-REACH), max: String(REACH), step: "0.1" });
        const output = document.createElement("output");
        const title = document.createElement("span");
        title.append(`${name}: `, output);
        label.append(title, input);
        input.oninput = () => {
          const all = numbersOf(store.get().neurons);
          all[k] = Number(input.value);
          set(/** @type {Neurons} */ (neuronsOf(all)));
        };
        return label;
      }),
    );
  }
  [...room.children].forEach((label, k) => {
    /** @type {HTMLInputElement} */ (label.querySelector("input")).value = String(numbers[k]);
    /** @type {HTMLElement} */ (label.querySelector("output")).textContent = signed(numbers[k], 1);
  });
}

for (const button of find("units").querySelectorAll("button")) button.onclick = () => set(BEGIN[Number(button.dataset.units)]);
find("puzzle-solution").onclick = () => set(SOLUTION);
find("puzzle-begin").onclick = () => set(BEGIN[unitsOf(store.get().neurons)]);
find("puzzle-try").onclick = () => {
  const { neurons, right } = search(unitsOf(store.get().neurons), TRIES);
  set(neurons, fill(said.tried, { right }));
};

store.watch((s) => [s.neurons, s.best, s.tried], drawBoard);
store.watch((s) => [s.neurons], drawWhy);
store.watch((s) => [s.neurons], drawNumbers);
store.watch((s) => [s.notices], (s) => notices(find("notices"), { notices: s.notices, words, onDismiss: (notice) => store.set({ notices: s.notices.filter((n) => n !== notice) }) }));

/** @param {Puzzle} s */
function addressOf({ neurons, look }) {
  const asked = write(FIELDS, { numbers: numbersOf(neurons).join(",") });
  return `${location.pathname}${asked && `?${asked}`}${writeLook(look, 1)}`;
}

startHistory({
  store,
  watched: (s) => [s.neurons, s.look],
  addressOf,
  typing: () => document.activeElement?.tagName === "INPUT",
  back() {
    set(readPlace(location).neurons);
    return true;
  },
});
startKeys({ "?": () => find("help").click() });
startTheme({ store, look: (patch) => store.set({ look: { ...store.get().look, ...patch } }), recolor: () => drawBoard(store.get()) });
startDialogs({ words, links: () => ({ page: addressOf(store.get()), json: "/api/models" }) });
document.documentElement.dataset.ready = "true";
