// Fields for numbers that have names. What is no number within bounds is marked, said, and not taken.

/** @import { Maybe } from "../types.d.ts" */

/** @typedef {{ name: string, value: number, put: (value: number) => void }} Named */

/** @param {HTMLElement} container @param {{ rows: Named[], most: number, wrong: string }} props wrong: what a field says that holds something else */
export function numbers(container, { rows, most, wrong }) {
  const shown = [...container.children].map((field) => /** @type {HTMLElement} */ (field).dataset.name);
  if (shown.join("\n") !== rows.map(({ name }) => name).join("\n")) container.replaceChildren(...rows.map(({ name }) => made(name, most, wrong)));
  rows.forEach(({ value, put }, k) => {
    const field = container.children[k];
    const input = /** @type {HTMLInputElement} */ (field.querySelector("input"));
    const told = /** @type {HTMLElement} */ (field.querySelector(".refused"));
    const mark = (/** @type {boolean} */ fine) => {
      input.setAttribute("aria-invalid", String(!fine));
      told.hidden = fine;
    };
    const show = () => {
      if (input.valueAsNumber !== value) input.value = String(value);
      mark(true);
    };
    if (input !== document.activeElement || input.getAttribute("aria-invalid") !== "true") show();
    input.oninput = () => {
      const typed = input.valueAsNumber;
      mark(Math.abs(typed) <= most); // not so for NaN
      if (Math.abs(typed) <= most) put(typed);
    };
    input.onblur = show;
  });
}

/** @param {string} name @param {number} most @param {string} wrong */
function made(name, most, wrong) {
  const field = document.createElement("label");
  field.dataset.name = name;
  const title = document.createElement("span");
  title.textContent = name;
  const input = document.createElement("input");
  Object.assign(input, { type: "number", step: "0.1", min: String(-most), max: String(most), inputMode: "decimal" });
  const told = document.createElement("span");
  told.className = "refused";
  told.role = "alert";
  told.textContent = wrong;
  told.hidden = true;
  field.append(title, input, told);
  return field;
}
