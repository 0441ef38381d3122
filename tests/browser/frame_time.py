"""python -m tests.browser.frame_time [--cell gru --hidden 64 --frames 60 --view rolled]: the work of a frame.

A network of that width, not trained, reads a ball's path of so many frames and is played in a real browser,
which is traced: per animation frame the time that its main thread works, on scripts, styles, layout and
painting. With a view (rolled, beside, cell) that is open meanwhile; "folding" rolls up and down instead of
playing. An absolute time: no test asks for it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from app.settings import Settings
from engine.architecture import Architecture
from engine.checkpoint import Checkpoint, load
from engine.network import initialise
from engine.tasks.ball import BallTask
from tests.benchmarks.machine import machine
from tests.browser.conftest import DESKTOP, QUIET, chromium
from tests.browser.served import served

CATEGORIES = "devtools.timeline,toplevel"
SECONDS = 12


def wide_network(cell: str, hidden: int) -> Checkpoint:
    shipped = load(Settings().models / "ball-rnn.safetensors")
    architecture = Architecture(cell, BallTask.inputs, hidden=hidden, heads=BallTask.heads)
    return Checkpoint(initialise(architecture, np.random.default_rng(0)), shipped.task, shipped.card)


def path_of(frames: int) -> str:
    turn = np.linspace(0, 4 * np.pi, frames)
    return ";".join(f"{0.5 + 0.35 * np.cos(a):.3f},{0.5 + 0.35 * np.sin(a):.3f}" for a in turn)


VIEWS = {
    "none": "",
    "rolled": "view=rolled",
    "beside": "view=beside",
    "cell": "node=layers.0.h&unit=3&view=cell",
}


def traced(page: Page, act: Callable[[], object]) -> list[dict[str, Any]]:
    """The browser's own record of what it does meanwhile."""
    session = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    done: list[bool] = []
    session.on("Tracing.dataCollected", lambda found: events.extend(found["value"]))
    session.on("Tracing.tracingComplete", lambda found: done.append(True))
    session.send("Tracing.start", {"categories": CATEGORIES, "transferMode": "ReportEvents"})
    act()
    session.send("Tracing.end")
    while not done:
        page.wait_for_timeout(100)
    return events


def some_seconds(page: Page, view: str) -> None:
    """Of playing, or of rolling up and down."""
    for _ in range(SECONDS):
        if view == "folding":
            page.keyboard.press("u")
        page.wait_for_timeout(1000)


def frames(events: list[dict[str, Any]]) -> np.ndarray[Any, Any]:
    """Milliseconds of work on the page's main thread, from one animation frame to the next."""
    fired = [e for e in events if e["name"] == "FireAnimationFrame"]
    where = {(e["pid"], e["tid"]) for e in fired}
    starts = np.sort([e["ts"] for e in fired])
    work = np.zeros(len(starts))
    for e in events:
        if e["name"].endswith("RunTask") and e.get("ph") == "X" and (e["pid"], e["tid"]) in where:
            k = int(np.searchsorted(starts, e["ts"] + e["dur"], side="right")) - 1
            if k >= 0:
                work[k] += e["dur"] / 1000
    return work[1:-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[2])
    parser.add_argument("--cell", default="gru")
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--view", choices=[*VIEWS, "folding"], default="none")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, cell in (("wide", options.cell), ("wide-rnn", "rnn"), ("wide-lstm", "lstm")):
            wide_network(cell, options.hidden).save(Path(folder) / f"{name}.safetensors")
        with served(Path(folder)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, "--no-sandbox"])
            page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
            page.goto(f"{address}/?model=wide&points={path_of(options.frames)}#{VIEWS.get(options.view, '')}")
            page.wait_for_selector("html[data-ready]")
            page.wait_for_timeout(2000)
            page.locator("#network-title").click()
            if options.view != "folding":
                page.keyboard.press("Space")
            work = frames(traced(page, lambda: some_seconds(page, options.view)))
            browser.close()
    here = machine()
    what = f"view {options.view}, {SECONDS} s"
    print(f"{options.cell}, {options.hidden} units, {options.frames} frames, {what}")
    print(f"{here['cpu']}, {here['cores']} cores, load {here['load']}")
    median, late, most = np.percentile(work, [50, 95, 100])
    print(f"{len(work)} frames: median {median:.1f} ms, 95th percentile {late:.1f} ms, most {most:.1f} ms")


if __name__ == "__main__":
    main()
