// Numbers that are moved: a slider for the hand, and a field for whoever knows the number.

/** @typedef {{ name: string, value: number, put: (value: number) => void, settle?: () => void }} Dial put: while it moves; settle: it rests */

/** @param {HTMLElement} container @param {{ dials: Dial[], most: number, step: number, wrong: string }} props most: how far a number goes, to both sides; wrong: what a field says that holds something else */
export function dials(container, { dials: all, most, step, wrong }) {
  if (container.childElementCount !== all.length) container.replaceChildren(...all.map(({ name }) => made(name, most, step, wrong)));
  all.forEach(({ name, value, put, settle }, k) => {
    const dial = container.children[k];
    /** @type {HTMLElement} */ (dial.querySelector("span")).textContent = name;
    for (const input of dial.querySelectorAll("input")) input.ariaLabel = name;
    const slider = /** @type {HTMLInputElement} */ (dial.querySelector("[type=range]"));
    const field = /** @type {HTMLInputElement} */ (dial.querySelector("[type=number]"));
    const refused = /** @type {HTMLElement} */ (dial.querySelector(".refused"));
    const mark = (/** @type {boolean} */ fine) => {
      field.setAttribute("aria-invalid", String(!fine));
      refused.hidden = fine;
    };
    const show = () => {
      field.value = String(value);
      mark(true);
    };
    slider.value = String(value);
    if (document.activeElement !== field) show();
    slider.oninput = () => put(Number(slider.value));
    slider.onchange = () => settle?.();
    field.oninput = () => {
      const fine = Math.abs(field.valueAsNumber) <= most; // not so for NaN
      mark(fine);
      if (fine) put(field.valueAsNumber);
    };
    field.onchange = () => settle?.();
    field.onblur = show;
  });
}

/** @param {string} name @param {number} most @param {number} step @param {string} wrong */
function made(name, most, step, wrong) {
  const bounds = { min: String(-most), max: String(most), step: String(step) };
  const dial = document.createElement("div");
  dial.className = "dial";
  const title = Object.assign(document.createElement("span"), { textContent: name });
  const slider = Object.assign(document.createElement("input"), { type: "range", ...bounds, ariaLabel: name });
  const field = Object.assign(document.createElement("input"), { type: "number", ...bounds, step: "any", inputMode: "decimal", ariaLabel: name });
  const refused = Object.assign(document.createElement("span"), { className: "refused", role: "alert", textContent: wrong, hidden: true });
  dial.append(title, slider, field, refused);
  return dial;
}
