// The play bar: one scrubber for the one number that decides a frame.

import { fill } from "../ink.js";

export const SPEEDS = [0.25, 0.5, 1, 2, 4];

/**
 * @param {HTMLElement} container
 * @param {{
 *   beat: number, beats: number, playing: boolean, finished: boolean, speed: number, words: any, steps: any, now: string,
 *   onPlay: () => void, onBeat: (beat: number) => void, onReset: () => void, onSpeed: (speed: number) => void,
 * }} props steps: the words for what one steps through; now: what happens in the beat, where its number does not say it all
 */
export function playbar(container, { beat, beats, playing, finished, speed, words, steps, now, onPlay, onBeat, onReset, onSpeed }) {
  /** @template {Element} E @param {string} part @returns {E} */
  const find = (part) => /** @type {E} */ (container.querySelector(`[data-part="${part}"]`));
  const play = /** @type {HTMLButtonElement} */ (find("play"));
  const label = playing ? words.play.pause : finished ? words.play.again : words.play.play;
  play.dataset.state = playing ? "playing" : "still";
  play.setAttribute("aria-label", label);
  /** @type {HTMLElement} */ (find("play-label")).textContent = label;
  play.onclick = onPlay;
  const reset = /** @type {HTMLButtonElement} */ (find("reset"));
  reset.onclick = onReset;
  reset.setAttribute("aria-label", steps.reset);
  const back = /** @type {HTMLButtonElement} */ (find("back"));
  const forward = /** @type {HTMLButtonElement} */ (find("forward"));
  back.disabled = beat <= 1;
  forward.disabled = beat >= beats;
  back.onclick = () => onBeat(Math.max(1, beat - 1));
  forward.onclick = () => onBeat(Math.min(beats, beat + 1));
  back.setAttribute("aria-label", steps.back);
  forward.setAttribute("aria-label", steps.forward);
  const said = fill(steps.step, { t: beat, length: beats });
  const scrub = /** @type {HTMLInputElement} */ (find("scrub"));
  scrub.max = String(beats);
  scrub.value = String(beat);
  scrub.style.setProperty("--done", `${beats > 1 ? (100 * (beat - 1)) / (beats - 1) : 100}%`);
  scrub.setAttribute("aria-label", steps.scrub);
  scrub.setAttribute("aria-valuetext", now || said);
  scrub.oninput = () => onBeat(Number(scrub.value));
  const ticks = /** @type {HTMLElement} */ (find("ticks"));
  if (ticks.childElementCount !== beats) {
    ticks.replaceChildren(...Array.from({ length: beats }, () => document.createElement("i")));
  }
  /** @type {HTMLElement} */ (find("step")).textContent = said;
  const choice = /** @type {HTMLSelectElement} */ (find("speed"));
  if (!choice.options.length) {
    for (const value of SPEEDS) choice.add(new Option(`${value}\u00d7`, String(value)));
  }
  choice.value = String(speed);
  choice.onchange = () => onSpeed(Number(choice.value));
}
