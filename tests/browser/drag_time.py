"""python -m tests.browser.drag_time: how long the page takes to answer a hand that drags.

A matrix of a shipped network (32 units, 16 frames) is scaled in a real browser, a step a frame: per step the
time of the event, in which the run is worked out and drawn, and the whole work of the frame, on scripts,
styles, layout and painting. An absolute time: no test asks for it.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from app.settings import Settings
from tests.benchmarks.machine import machine
from tests.browser.conftest import DESKTOP, QUIET, chromium
from tests.browser.frame_time import frames, traced
from tests.browser.served import served

STEPS = 400

DRAG = """async (steps) => {
  const field = document.getElementById('scale');
  const times = [];
  for (let k = 0; k < steps; k++) {
    await new Promise(requestAnimationFrame);
    const start = performance.now();
    field.value = String(1 + 0.5 * Math.sin(k / 20));
    field.dispatchEvent(new Event('input', { bubbles: true }));
    times.push(performance.now() - start);
  }
  return times;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[2])
    parser.add_argument("--model", default="ball-gru")
    options = parser.parse_args()
    with served(Settings().models) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, "--no-sandbox"])
        page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        page.goto(f"{address}/?model={options.model}#t=16")
        page.wait_for_selector("html[data-ready]")
        page.wait_for_timeout(2000)
        page.locator("#network-title").click()
        page.keyboard.press("w")
        page.evaluate(DRAG, 60)  # warm
        times: list[Any] = []
        work = frames(traced(page, lambda: times.extend(page.evaluate(DRAG, STEPS))))
        browser.close()
    here = machine()
    print(f"{here['cpu']}, {here['cores']} cores, load {here['load']}")
    for what, found in (("event", times), ("frame", work)):
        median, late = np.percentile(found, [50, 95])
        print(f"{options.model}, {len(found)} {what}s: median {median:.1f} ms, 95th percentile {late:.1f} ms")


if __name__ == "__main__":
    main()
