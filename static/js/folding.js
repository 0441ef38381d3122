// Rolling the diagram up and down again: how far it is drawn follows where one looks, in its own time.

import { find } from "./dom.js";
import { tween } from "./tween.js";
import { isReduced } from "./walking.js";

/** @import { Look, WalkStore } from "./types.d.ts" */

const LASTS = 900; // ms
const PERCENT = 100;

/**
 * A view that opens or closes moves there; a hand on the slider is followed at once.
 * @param {WalkStore} store
 * @param {(patch: Partial<Look>) => void} look
 */
export function startFolding(store, look) {
  let stop = () => {};
  let open = store.get().look.view === "rolled";
  const field = /** @type {HTMLInputElement} */ (find("fold"));
  const toggle = () => look(store.get().look.view === "rolled" ? { view: null } : { view: "rolled", fold: 1 });

  store.watch((s) => [s.look.view, s.look.fold], ({ look: { view, fold }, folded: from, look: now }) => {
    stop();
    const was = open;
    open = view === "rolled";
    const to = open ? fold : 0;
    if (was === open || isReduced(now)) store.set({ folded: to });
    else stop = tween(LASTS, (share) => store.set({ folded: share < 1 ? from + (to - from) * eased(share) : to }));
    find("rolled-open").setAttribute("aria-expanded", String(open));
  });
  store.watch((s) => [s.folded], ({ folded }) => (field.value = String(Math.round(PERCENT * folded))));
  field.oninput = () => {
    stop();
    look({ fold: Number(field.value) / PERCENT });
  };
  find("rolled-open").onclick = toggle;
  return toggle;
}

/** Slow at both ends. @param {number} share */
const eased = (share) => share * share * (3 - 2 * share);
