// The play bar: one scrubber for the one number that decides a frame.

import { fill } from "../ink.js";

export const SPEEDS = [0.25, 0.5, 1, 2, 4];

/**
 * @param {HTMLElement} container
 * @param {{
 *   t: number, length: number, playing: boolean, finished: boolean, speed: number, words: any,
 *   onPlay: () => void, onStep: (t: number) => void, onReset: () => void, onSpeed: (speed: number) => void,
 * }} props
 */
export function playbar(container, { t, length, playing, finished, speed, words, onPlay, onStep, onReset, onSpeed }) {
  /** @template {Element} E @param {string} part @returns {E} */
  const find = (part) => /** @type {E} */ (container.querySelector(`[data-part="${part}"]`));
  const play = /** @type {HTMLButtonElement} */ (find("play"));
  const label = playing ? words.play.pause : finished ? words.play.again : words.play.play;
  play.dataset.state = playing ? "playing" : "still";
  play.setAttribute("aria-label", label);
  /** @type {HTMLElement} */ (find("play-label")).textContent = label;
  play.onclick = onPlay;
  /** @type {HTMLButtonElement} */ (find("reset")).onclick = onReset;
  const back = /** @type {HTMLButtonElement} */ (find("back"));
  const forward = /** @type {HTMLButtonElement} */ (find("forward"));
  back.disabled = t <= 1;
  forward.disabled = t >= length;
  back.onclick = () => onStep(Math.max(1, t - 1));
  forward.onclick = () => onStep(Math.min(length, t + 1));
  const scrub = /** @type {HTMLInputElement} */ (find("scrub"));
  scrub.max = String(length);
  scrub.value = String(t);
  scrub.style.setProperty("--done", `${length > 1 ? (100 * (t - 1)) / (length - 1) : 100}%`);
  scrub.setAttribute("aria-valuetext", fill(words.play.step, { t, length }));
  scrub.oninput = () => onStep(Number(scrub.value));
  const ticks = /** @type {HTMLElement} */ (find("ticks"));
  if (ticks.childElementCount !== length) {
    ticks.replaceChildren(...Array.from({ length }, () => document.createElement("i")));
  }
  /** @type {HTMLElement} */ (find("step")).textContent = fill(words.play.step, { t, length });
  const choice = /** @type {HTMLSelectElement} */ (find("speed"));
  if (!choice.options.length) {
    for (const value of SPEEDS) choice.add(new Option(`${value}\u00d7`, String(value)));
  }
  choice.value = String(speed);
  choice.onchange = () => onSpeed(Number(choice.value));
}
