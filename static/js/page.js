// What every page has: theme, dialogs, a link to share, keys, and a voice for screen readers.

import { find } from "./dom.js";

/** @import { Look } from "./types.d.ts" */

/**
 * The theme: auto follows the system. Marks are drawn again, for their colours come from it.
 * @param {{ store: { get: () => { look: Look }, watch: Function }, look: (patch: Partial<Look>) => void, recolor: () => void }} room
 */
export function startTheme({ store, look, recolor }) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  store.watch((/** @type {{ look: Look }} */ s) => [s.look.theme], (/** @type {{ look: Look }} */ s) => {
    if (s.look.theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = s.look.theme;
    recolor();
  });
  dark.addEventListener("change", recolor);
  find("theme").onclick = () => {
    const now = store.get().look.theme;
    const isDark = now === "auto" ? dark.matches : now === "dark";
    const next = isDark ? "light" : "dark";
    look({ theme: next === (dark.matches ? "dark" : "light") ? "auto" : next });
  };
}

/**
 * Help, and sharing: a link to what is on screen, and to its numbers.
 * @param {{ words: any, links: () => { page: string, json: string } }} room
 */
export function startDialogs({ words, links }) {
  const field = /** @type {HTMLInputElement} */ (find("share-link"));
  find("share").onclick = () => {
    const { page, json } = links();
    field.value = new URL(page, location.href).href;
    find("share-copied").textContent = "";
    /** @type {HTMLAnchorElement} */ (find("share-json")).href = json;
    /** @type {HTMLDialogElement} */ (find("share-dialog")).showModal();
    field.select();
  };
  find("share-copy").onclick = async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      find("share-copied").textContent = words.share.copied;
    } catch {
      field.select();
      find("share-copied").textContent = words.share.copyByHand;
    }
  };
  find("help").onclick = () => /** @type {HTMLDialogElement} */ (find("help-dialog")).showModal();
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (target === dialog || target.closest("[data-close]")) dialog.close();
    });
  }
}

/**
 * Keys: letters work anywhere but in a field, with no dialog open.
 * @param {Record<string, () => void>} keys
 * @param {() => boolean} active
 */
export function startKeys(keys, active = () => true) {
  window.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    const typing = target.closest("input:not([type=range]), select, textarea, dialog[open], [role=radiogroup]");
    const sliding = target.matches("[type=range]") && /^(Arrow|Home|End|Page)/.test(event.key);
    const scrolling = /^Arrow/.test(event.key) && scrollable(target.closest(".scrolls"));
    const pressing = target.closest("button, a, summary, [role=switch]") && [" ", "Enter"].includes(event.key);
    if (typing || sliding || scrolling || pressing || event.ctrlKey || event.metaKey || event.altKey || !active()) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** @param {Element | null} room */
const scrollable = (room) => room !== null && (room.scrollWidth > room.clientWidth || room.scrollHeight > room.clientHeight);

/** While somebody types, a pause of so many ms ends one entry of the history. */
const PAUSE = 2000;

/** What a step back leads away from: a question, and a view that is opened. @param {string} address */
const placeIn = (address) => `${address.split("#")[0]} ${/[#&]view=(\w+)/.exec(address)?.[1] ?? ""}`;

/**
 * The address follows the page, and back and forward lead where one was. A new question is a new entry in the
 * history, and a view that opens; looking around is not.
 * @template {object} State
 * @param {{
 *   store: { get: () => State, watch: (pick: (s: State) => unknown[], draw: (s: State) => void) => void },
 *   watched: (s: State) => unknown[], addressOf: (s: State) => string, begun?: string,
 *   typing?: () => boolean, settled?: (s: State) => boolean, back: () => Promise<boolean> | boolean,
 * }} room
 *   begun: the address as it is; typing: what is typed without a pause is one entry; settled: whether what is
 *   asked has been answered; back: show what the location says now, and whether that is what is on screen then
 */
export function startHistory({ store, watched, addressOf, begun = addressOf(store.get()), typing = () => false, settled = () => true, back }) {
  const past = createHistory(begun);
  let following = 0; // while one goes back nothing is written over the place that one comes to
  let latest = 0;
  store.watch(watched, (s) => !following && settled(s) && past.write(addressOf(s), { typing: typing() }));
  window.addEventListener("popstate", async () => {
    if (location.hash === "#network") return; // the link that skips there leads to no other place
    past.follow(location.pathname + location.search + location.hash);
    const mine = (following = ++latest);
    const there = await back();
    if (mine !== following) return;
    following = 0;
    if (there) past.write(addressOf(store.get()), { same: true });
  });
}

/** @param {string} begun */
function createHistory(begun) {
  let written = begun;
  let wait = 0;
  let last = -PAUSE;
  return {
    /** @param {string} next @param {{ typing?: boolean, same?: boolean }} [how] typing: what is typed without a pause is one entry; same: it is the same place, in our own words */
    write(next, { typing = false, same = false } = {}) {
      if (next === written) return;
      const asked = !same && placeIn(next) !== placeIn(written);
      const goesOn = typing && performance.now() - last < PAUSE;
      written = next;
      clearTimeout(wait);
      if (!asked) wait = window.setTimeout(() => history.replaceState(null, "", written), 250);
      else {
        last = performance.now();
        if (!goesOn) history.pushState(null, "", next);
        else wait = window.setTimeout(() => history.replaceState(null, "", written), 250);
      }
    },
    /** What the browser went back or on to. @param {string} address */
    follow(address) {
      clearTimeout(wait);
      written = address;
    },
  };
}

/** One sentence for a screen reader. @param {string} text */
export function say(text) {
  find("live").textContent = text;
}

/**
 * A sentence for each thing that a person does; none while it plays, and none for the page's first picture.
 * @template {{ playing: boolean }} State
 * @param {{ watch: (pick: (s: State) => unknown[], draw: (s: State) => void) => void }} store
 * @param {(s: State) => unknown[]} watched
 * @param {(s: State) => string} sentence nothing is said where it is empty
 * @param {boolean} [always] also while it plays
 */
export function speak(store, watched, sentence, always = false) {
  let silent = true;
  store.watch(watched, (s) => {
    const text = (s.playing && !always) || silent ? "" : sentence(s);
    if (text) say(text);
    silent = false;
  });
}
