"""A view as it is seen: on a desk and a phone, light and dark; what axe says of it, and whether it fits."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

DESKTOP, PHONE = (1440, 900), (390, 844)
WIDTHS = (320, 360, 390, 768, 1024, 1180, 1440)
LOOKS = [(size, scheme) for size in (DESKTOP, PHONE) for scheme in ("light", "dark")]

every_look = False
"""Whether there is time for all of them."""


def violations(page: Page, within: str = "html") -> list[str]:
    """What axe finds wrong with the page as it is now, or with a part of it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: Any = page.evaluate(
        """async (within) => (await axe.run(within, {
          resultTypes: ['violations'], preload: false, selectors: false,
        })).violations""",
        within,
    )
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


def check_looks(page: Page, within: str = "html") -> None:
    """On a light desk and a dark phone axe finds nothing and nothing scrolls sideways; with `./run test full`
    on a dark desk and a light phone too. It ends on a dark phone."""
    for size, scheme in LOOKS if every_look else LOOKS[::3]:
        resize(page, *size)
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        _painted(page)
        assert violations(page, within) == [], (size, scheme)
        assert overhang(page) <= 0, size


def check_widths(page: Page) -> None:
    """Nothing scrolls sideways, however wide the window is."""
    for width in WIDTHS:
        resize(page, width, 844)
        assert overhang(page) <= 0, width


def resize(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    _painted(page)


def overhang(page: Page) -> int:
    """How far the page is wider than the window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found


def small_targets(page: Page, selector: str) -> list[str]:
    """What is to be touched and is less than 44 px high."""
    found: list[str] = page.locator(selector).evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 120))"
    )
    return found


def _painted(page: Page) -> None:
    """Views have been drawn for what changed: what watches sizes is told before the second frame. A browser
    that paints no frame is not waited for: nothing would end it."""
    page.evaluate(
        """() => Promise.race([
          new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
          new Promise((done) => setTimeout(done, 2000)),
        ])"""
    )
