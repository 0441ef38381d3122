"""python -m tests.browser.typing_time [--model review-gru]: how long from a key to the column that it draws.

The service runs as a child, as ./run starts it; a real browser types a review of sixty words, a key every so
often. Timed is from when a question is sent to the frame in which its columns stand: the words, the diagram,
the bands. Questions that change no column, and those that the next key overtakes, are not timed. An absolute
time: no test asks for it.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from tests.benchmarks.machine import machine
from tests.browser.conftest import DESKTOP, QUIET, chromium
from tests.browser.served import served

REVIEW = (
    "it starts badly, and for a while I did not believe that anything good would come of it, "
    "but the second half is warm and funny, the cast is never less than likable, and by the end "
    "I had laughed more often than at anything else this year, which is not what I had "
    "expected from a film about a man who repairs old clocks"
)

WATCH = """
() => {
  const asked = new Map();
  window.unrolledTimes = [];
  window.unrolledAsked = 0;
  const fetch = window.fetch;
  window.fetch = (address, options) => {
    const body = options?.body && JSON.parse(options.body);
    const main = String(address).includes("/api/trace") && body && !body.only;
    if (main) {
      asked.set(body.input.text, performance.now());
      window.unrolledAsked++;
    }
    return fetch(address, options);
  };
  const drawn = () => {
    const text = document.getElementById("text").value;
    const start = asked.get(text);
    if (start === undefined) return;
    const words = document.querySelectorAll("#tokens li").length;
    const columns = document.querySelectorAll("#diagram g.column").length;
    const last = text.trim().split(/[\\s,]+/).at(-1).toLowerCase();
    const read = [...document.querySelectorAll("#tokens button")].map((b) => b.textContent);
    if (words !== columns || !read.includes(last)) return;
    asked.delete(text);
    const painted = () => window.unrolledTimes.push([words, performance.now() - start]);
    requestAnimationFrame(() => setTimeout(painted));
  };
  const all = { childList: true, subtree: true, characterData: true };
  new MutationObserver(drawn).observe(document.getElementById("lab"), all);
}
"""


def measure(address: str, model: str, pause: float) -> tuple[np.ndarray[Any, Any], int]:
    """Words and milliseconds of each question that was answered, and how many were asked."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, "--no-sandbox"])
        page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        page.goto(f"{address}/?model={model}&input=it")
        page.wait_for_selector("html[data-ready]")
        page.evaluate(WATCH)
        page.locator("#text").fill("")
        page.locator("#text").press_sequentially(REVIEW, delay=pause, timeout=0)
        page.wait_for_timeout(1000)
        times = np.array(page.evaluate("window.unrolledTimes"))
        asked: int = page.evaluate("window.unrolledAsked")
        browser.close()
    return times, asked


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[2])
    parser.add_argument("--model", default="review-gru")
    parser.add_argument("--pause", type=float, default=120, help="milliseconds between two keys")
    options = parser.parse_args()
    with served() as address:
        times, asked = measure(address, options.model, options.pause)
    here = machine()
    print(f"{options.model}, a key every {options.pause:g} ms")
    print(f"{here['cpu']}, {here['cores']} cores, load {here['load']}")
    print(f"{asked} questions; {len(times)} drew a column: no space, no comma, not overtaken by the next key")
    for name, mine in (
        ("up to 20 words", times[:, 0] <= 20),
        ("more", times[:, 0] > 20),
        ("all", times[:, 0] > 0),
    ):
        median, late, most = np.percentile(times[mine, 1], [50, 95, 100])
        print(f"{name:>15}: median {median:5.1f} ms, 95th percentile {late:5.1f} ms, most {most:5.1f} ms")


if __name__ == "__main__":
    main()
