// What went wrong and what was done about it; stays until it is dismissed.

import { select } from "d3-selection";

import { fill } from "../ink.js";

/** @import { Notice } from "../types.d.ts" */

/** @param {HTMLElement} container @param {{ notices: Notice[], words: any, onDismiss: (notice: Notice) => void }} props */
export function notices(container, { notices: list, words, onDismiss }) {
  select(container)
    .selectAll(".notice")
    .data(list, (/** @type {any} */ notice) => `${notice.code} ${notice.field ?? ""} ${notice.detail}`)
    .join((enter) => {
      const item = enter.append("div").attr("class", "notice");
      item.append("span");
      item.append("button").attr("type", "button").attr("aria-label", words.notice.dismiss).text("\u00d7");
      return item;
    })
    .each((notice, k, nodes) => {
      const item = select(nodes[k]);
      item.select("span").text(sentence(notice, words));
      item.select("button").on("click", () => onDismiss(notice));
    });
}

/** @param {Notice} notice @param {any} words */
function sentence(notice, words) {
  const text = words.notice[notice.code] ?? words.notice.other;
  const said = fill(text, { ...notice.params, detail: notice.detail, field: notice.field ?? "" });
  return notice.field ? `${fill(words.notice.field, { field: notice.field })} ${said}` : said;
}
