"""For everyone: axe in every view, both themes, phone and desktop; keyboard; weight; reduced motion."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, THERE, Opener, few, forgive, settled
from tests.browser.looks import check_looks, check_widths, small_targets, violations


def bet_told(page: Page) -> None:
    page.locator("#bet-stage .sector").nth(2).click()
    page.locator("#bet-more").click()
    expect(page.locator("#bet-diagram g.column")).to_have_count(2)


def bet_shown(page: Page) -> None:
    bet_told(page)
    for _ in range(3):
        page.locator("#bet-more").click()
        page.wait_for_timeout(200)
    expect(page.locator("#bet-open")).to_be_visible()


def unit_chosen(page: Page) -> None:
    settled(page)
    for summary in page.locator("summary:visible").all():
        summary.click()


VIEWS: dict[str, tuple[str, bool, Any]] = {
    "bet": ("/", True, lambda page: None),
    "bet told": ("/", True, bet_told),
    "bet shown": ("/", True, bet_shown),
    "lab": ("/#t=9", False, settled),
    "gru, unit chosen, tables open": ("/?model=ball-gru#t=9&node=layers.0.z&unit=3", False, unit_chosen),
    "hidden and going on": ("/?model=ball-gru&hide=9-14&generate=12#t=25", False, settled),
    "notice": ("/?model=nonsense", False, settled),
    "share": ("/#t=3", False, lambda page: page.locator("#share").click()),
    "help": ("/#t=3", False, lambda page: page.locator("#help").click()),
}


@pytest.mark.parametrize("view", few(3, VIEWS))
def test_it_looks_right(visit: Opener, view: str) -> None:
    path, newcomer, prepare = VIEWS[view]
    page = visit(path, newcomer=newcomer)
    prepare(page)
    check_looks(page)


@pytest.mark.parametrize("path", few(1, ["/docs", "/nothing-here"]))
def test_axe_finds_nothing_on_the_other_pages(visit: Opener, address: str, path: str) -> None:
    page = visit()
    page.goto(address + path)
    page.wait_for_timeout(500)
    found = [v for v in violations(page) if "swagger" not in v and "opblock" not in v]
    forgive(page, "404")
    assert path == "/docs" or found == []


def test_the_api_page_works(visit: Opener, address: str) -> None:
    page = visit()
    page.goto(address + "/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    page.locator(".opblock-summary-control", has_text="Run a model").click()
    page.locator(".try-out__btn").click()
    page.locator(".execute").click()
    expect(page.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")


@pytest.mark.parametrize("newcomer", few(1, [False, True]))
def test_nothing_scrolls_sideways(visit: Opener, newcomer: bool) -> None:
    check_widths(visit(newcomer=newcomer))


def test_targets_are_large_enough_on_a_phone(visit: Opener) -> None:
    page = visit("/#t=4", size=PHONE)
    settled(page)
    assert small_targets(page, "button:visible, select:visible, [role=switch]:visible") == []


def test_everything_is_reached_by_tab(visit: Opener) -> None:
    page = visit("/#t=4")
    settled(page)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "() => { const e = document.activeElement; return e.id || e.dataset.part || e.dataset.motion || "
            "(e.closest('#stage') && 'stage') || (e.closest('#diagram') && 'diagram') || "
            "(e.closest('#rivals') && 'rivals') || '' }"
        )
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        if name and name != "diagram":
            assert outline != "none", f"{name} shows no focus"
        reached.add(name)
    wanted = {"open-bet", "share", "theme", "help", "stage", "circular", "again", "draw", "hide", "generate"}
    wanted |= {"memory", "model", "diagram", "rivals", "tally-again", "reset", "play", "scrub", "speed"}
    assert wanted <= reached, wanted - reached


def test_reduced_motion_goes_in_steps(visit: Opener) -> None:
    page = visit("/#t=1", motion="reduce")
    settled(page)
    page.evaluate(
        """() => {
          const there = THERE;
          window.seen = new Set();
          const look = () => {
            const outputs = document.querySelectorAll('#diagram g.outputs');
            for (const e of outputs) window.seen.add(there(e));
            requestAnimationFrame(look);
          };
          look();
        }""".replace("THERE", THERE)
    )
    page.locator("[data-part=play]").click()
    expect(page.locator("[data-part=step]")).to_have_text("frame 3 / 16", timeout=10_000)
    assert set(page.evaluate("[...window.seen]")) == {0, 1}


def test_the_page_is_light(visit: Opener, address: str) -> None:
    page = visit()
    request = page.context.request
    sizes = {}
    for url in page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)"):
        sizes[url] = len(gzip.compress(request.get(url).body()))
    sizes["/"] = len(gzip.compress(request.get(address + "/").body()))
    script = sum(size for url, size in sizes.items() if url.endswith(".js"))
    assert script <= 90_000, sizes
    first = sum(size for url, size in sizes.items() if "/api/" not in url)
    assert first <= 200_000, sizes
    assert len(sizes) <= 20, sizes
