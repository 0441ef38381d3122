// What stands in the page already.

/** @param {string} id @returns {HTMLElement} */
export const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
