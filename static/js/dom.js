// What stands in the page already.

/** @param {string} id @returns {HTMLElement} */
export const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {WeakMap<object, Record<string, unknown[]>>} */
const shown = new WeakMap();

/**
 * Whether a part of what an element shows is another than when this was asked last. What stays is not touched: to
 * set it once more as it is costs a browser as much as to change it.
 * @param {object} element @param {string} part @param {unknown[]} shows all that it depends on
 */
export function isNew(element, part, shows) {
  const parts = shown.get(element) ?? {};
  const before = parts[part];
  shown.set(element, { ...parts, [part]: shows });
  return !before || before.length !== shows.length || shows.some((value, k) => !Object.is(value, before[k]));
}
