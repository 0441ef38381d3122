// One of several: buttons of which one is pressed, or a menu. They stay the same elements, and so keep the focus.

import { select } from "d3-selection";

import { find } from "../dom.js";
import { modelName } from "../names.js";

/**
 * @param {Element} container
 * @param {{ text: string, named?: string, title?: string, on: boolean, act: () => void }[]} options named: what stands before the text, in bold
 */
export function choice(container, options) {
  select(container)
    .selectAll("button")
    .data(options)
    .join("button")
    .attr("type", "button")
    .attr("title", ({ title }) => title ?? null)
    .attr("aria-pressed", ({ on }) => String(on))
    .on("click", (event, { act }) => act())
    .each(function ({ text, named }) {
      const bold = named === undefined ? [] : [Object.assign(document.createElement("b"), { textContent: named }), " "];
      /** @type {Element} */ (this).replaceChildren(...bold, text);
    });
}

/** The networks of a page. @param {{ id: string }[]} models @param {string} chosen @param {any} words */
export const modelMenu = (models, chosen, words) => menu(find("model"), models.map(({ id }) => ({ value: id, text: modelName(id, words) })), chosen);

/** @param {HTMLElement} field a select @param {{ value: string, text: string }[]} options @param {string} chosen */
export function menu(field, options, chosen) {
  const choices = /** @type {HTMLSelectElement} */ (field);
  const same = choices.options.length === options.length && options.every(({ value, text }, k) => choices.options[k].value === value && choices.options[k].text === text);
  if (!same) choices.replaceChildren(...options.map(({ value, text }) => new Option(text, value)));
  choices.value = chosen;
}
