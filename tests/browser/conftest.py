"""A real browser on a real server, both on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from app.main import create_app
from app.settings import Settings
from tests.browser import looks
from tests.browser.looks import DESKTOP, PHONE

__all__ = ["DESKTOP", "PHONE"]

expect.set_options(timeout=15_000)  # ms in which a slow machine gets there


def mostly(*now: str, among: Iterable[str]) -> list[Any]:
    """For parametrize: some in every run, the others in `./run test full`."""
    return [kind if kind in now else pytest.param(kind, marks=pytest.mark.full) for kind in among]


def few(count: int, cases: Iterable[Any]) -> list[Any]:
    """For parametrize: the first of them in every run, the others in `./run test full`."""
    values = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [pytest.param(*v, marks=[pytest.mark.full] if k >= count else []) for k, v in enumerate(values)]


# How much of a mark is there, from 0 to 1.
THERE = """(mark) =>
  mark.checkVisibility({ visibilityProperty: true }) ? Number(mark.getAttribute('opacity') ?? 1) : 0"""


def pytest_configure(config: pytest.Config) -> None:
    looks.every_look = config.option.markexpr == "not frameworks"  # as `./run test full` asks


QUIET = [  # without these the browser itself looks for the network
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing leaves loopback
]


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("UNROLLED_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """A browser test that is skipped is one that failed."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
    return report


@contextmanager
def serve(settings: Settings | None = None) -> Iterator[str]:
    """The service on a free port of loopback; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(settings or Settings()), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with serve() as found:
        yield found


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = [*QUIET, *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        yield browser
        browser.close()


Opener = Callable[..., Page]


@pytest.fixture
def visit(chrome: Browser, address: str) -> Iterator[Opener]:
    """visit(path, size=DESKTOP, motion="reduce", newcomer=False) opens a page.

    At the end of the test no page may have logged an error, or asked for anything outside the service.
    """
    contexts = []
    troubles: list[str] = []
    forgiven: list[str] = []

    def open_page(
        path: str = "/",
        size: tuple[int, int] = DESKTOP,
        motion: Any = "reduce",
        newcomer: bool = False,
    ) -> Page:
        width, height = size
        context = chrome.new_context(
            viewport={"width": width, "height": height},
            reduced_motion=motion,
            has_touch=width < 500,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        if not newcomer:
            context.add_init_script("localStorage.setItem('unrolled.seen', '1')")
        page = context.new_page()

        def guard(request: Request) -> None:
            if not request.url.startswith((address, "data:", "blob:")):
                troubles.append(f"asked for {request.url}")

        page.on("request", guard)
        page.on(
            "console",
            lambda m: troubles.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda e: troubles.append(f"threw {e}"))
        page.goto(address + path)
        page.wait_for_selector("html[data-ready]")
        page.forgiven = forgiven  # type: ignore[attr-defined]
        return page

    yield open_page
    for context in contexts:
        context.close()
    left = [trouble for trouble in troubles if not any(text in trouble for text in forgiven)]
    assert not left, left


def forgive(page: Page, *texts: str) -> None:
    """What the browser logs of failures that a test brings about, whenever it does: they are no trouble."""
    page.forgiven.extend(texts)  # type: ignore[attr-defined]


def settled(page: Page) -> None:
    """Wait until no question is open: run, rivals and tally are there."""
    page.wait_for_selector("body:not(.busy)")
    page.wait_for_function(
        "() => [...document.querySelectorAll('#rivals .rival-says')].every(e => e.textContent !== '\u2026')"
    )
    page.wait_for_selector("#tally:not(.waiting)")


def ask(page: Page, path: str, body: Any = None) -> Any:
    """The service's own answer, asked from outside the page."""
    url = page.url.split("/", 3)
    base = "/".join(url[:3])
    context = page.context.request
    response = context.get(base + path) if body is None else context.post(base + path, data=body)
    assert response.ok, response.text()
    return response.json()
