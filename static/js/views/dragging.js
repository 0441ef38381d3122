// One of a row is put elsewhere by mouse, pen or finger.

const FAR = 6; // px that a pointer goes before a press is a drag

/** @typedef {{ item: HTMLElement, from: number, over: number, x: number, y: number, moving: boolean }} Drag over: the place below the pointer, −1 for none */

/** @type {WeakMap<HTMLElement, Drag>} */
const drags = new WeakMap();

/** @param {HTMLElement} row of li @param {(from: number, to: number) => void} onMove places from 0 */
export function draggable(row, onMove) {
  row.onpointerdown = (event) => {
    const item = itemOf(row, /** @type {Element} */ (event.target));
    if (!item || event.button) return;
    drags.set(row, { item, from: [...row.children].indexOf(item), over: -1, x: event.clientX, y: event.clientY, moving: false });
  };
  row.onpointermove = (event) => {
    const drag = drags.get(row);
    if (!drag) return;
    if (!event.buttons) return end(row); // it was let go elsewhere
    const [right, down] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moving && Math.hypot(right, down) < FAR) return;
    if (!drag.moving) begin(row, event.pointerId);
    drag.moving = true;
    drag.item.classList.add("dragged");
    drag.item.style.translate = `${right}px ${down}px`;
    const below = itemOf(row, document.elementFromPoint(event.clientX, event.clientY));
    drag.over = below ? [...row.children].indexOf(below) : -1;
    [...row.children].forEach((other, k) => {
      other.classList.toggle("over", k === drag.over);
      other.classList.toggle("after", k === drag.over && k > drag.from); // where it will stand
    });
  };
  row.onpointerup = () => {
    const drag = drags.get(row);
    end(row);
    if (drag?.moving && drag.over >= 0 && drag.over !== drag.from) onMove(drag.from, drag.over);
  };
  row.onpointercancel = () => end(row);
}

/** @param {HTMLElement} row @param {number} pointer */
function begin(row, pointer) {
  row.setPointerCapture(pointer); // so that no click follows, and it is not lost outside
  const cancel = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.stopImmediatePropagation(); // it ends the drag, and nothing else
    end(row);
  };
  window.addEventListener("keydown", cancel, true);
  row.addEventListener("lostpointercapture", () => window.removeEventListener("keydown", cancel, true), { once: true });
}

/** @param {HTMLElement} row @param {Element | null} target */
function itemOf(row, target) {
  const item = target?.closest("li");
  return item && row.contains(item) ? item : null;
}

/** @param {HTMLElement} row */
function end(row) {
  const drag = drags.get(row);
  if (!drag) return;
  drags.delete(row);
  drag.item.classList.remove("dragged");
  drag.item.style.translate = "";
  for (const other of row.children) other.classList.remove("over", "after");
}
