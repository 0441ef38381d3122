"""The chapter on memory: what is read off the last state, what changes with a letter, as the API has it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Opener, ask, few, forgive
from tests.browser.looks import check_looks, check_widths, small_targets

PATH = "/learn/memory"
NETWORKS = ("recall-rnn", "recall-gru", "recall-lstm")


def settled(page: Page) -> None:
    page.wait_for_selector("body:not(.busy)")


def percents(page: Page, k: int) -> list[float]:
    """A column of the whole table."""
    return [
        float(cell)
        for cell in page.locator(f"#memory-table tbody tr td:nth-child({k + 2})").all_text_contents()
    ]


@pytest.mark.parametrize("trained", few(1, [True, False]))
def test_every_number_is_what_the_api_measures(visit: Opener, trained: bool) -> None:
    page = visit(f"{PATH}?length=8&seed=3{'' if trained else '&weights=random'}#")
    settled(page)
    for n, id in enumerate(NETWORKS):
        found = ask(page, f"/api/models/{id}/memory?length=8&seed=3&trained={str(trained).lower()}")
        for k, name in enumerate(("decoded", "answers", "moved")):
            assert percents(page, 3 * n + k) == [float(f"{100 * share:.1f}") for share in found[name]]
    first = page.locator("#at-lag tbody tr").first.locator("td").all_text_contents()
    assert [float(cell) for cell in first] == [percents(page, k)[7] for k in range(3)]


def test_the_first_letter_is_kept_and_the_others_let_go(visit: Opener) -> None:
    page = visit(PATH)
    settled(page)
    expect(page.locator("#fate")).to_contain_text("Of the first letter")
    gru = percents(page, 3)
    assert gru[-1] > 99 and max(gru[5:-1]) < 20
    page.locator("#weights button", has_text="before training").click()
    settled(page)
    expect(page.locator("#made")).to_contain_text("Not trained")
    raw = percents(page, 3)
    assert raw[0] > 90 and raw[-1] < 20
    expect(page).to_have_url(re.compile("weights=random"))
    page.go_back()
    expect(page.locator("#made")).to_contain_text("Trained by us")


def test_a_letter_is_chosen_by_key_by_slider_and_in_the_picture(visit: Opener) -> None:
    page = visit(f"{PATH}?length=10")
    settled(page)
    page.locator("#lesson-title").click()
    page.keyboard.press("Home")
    expect(page.locator("#fate")).to_contain_text("Of the last letter")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#lag-says")).to_have_text("Letters after it: 1")
    page.locator("#lag").fill("4")
    expect(page).to_have_url(re.compile("lag=4"))
    page.reload()
    settled(page)
    expect(page.locator("#lag-says")).to_have_text("Letters after it: 4")
    page.locator("#decoded").click(position={"x": 50, "y": 100})
    expect(page.locator("#lag-says")).to_have_text("Letters after it: 0")


def test_while_it_is_measured_the_last_numbers_stay(visit: Opener) -> None:
    page = visit(f"{PATH}?length=10")
    settled(page)
    page.locator("#lengths button", has_text="31").click()
    says = page.locator("#fate").inner_text()
    assert "NaN" not in says and ("with 9 more" in says or "with 30 more" in says)
    settled(page)
    expect(page.locator("#fate")).to_contain_text("with 30 more")
    expect(page).to_have_url(re.compile(r"/learn/memory$"))
    page.reload()
    settled(page)
    expect(page.locator("#fate")).to_contain_text("with 30 more")
    page = visit(f"{PATH}?length=60")
    settled(page)
    expect(page.locator("#fate")).to_contain_text("with 59 more")


def test_what_fails_leaves_the_picture(visit: Opener) -> None:
    page = visit(f"{PATH}?length=5")
    settled(page)
    before = percents(page, 0)
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#lengths button", has_text="10").click()
    expect(page.locator(".notice")).to_have_count(1)
    assert percents(page, 0) == before
    expect(page.locator("#lengths button[aria-pressed=true]")).to_have_text("5")
    forgive(page, "ERR_FAILED")


@pytest.mark.parametrize("asked", few(1, ["length=61", "length=1", "seed=x", "weights=none", "lag=-1"]))
def test_a_bad_address_is_said(visit: Opener, asked: str) -> None:
    page = visit(f"{PATH}?{asked}")
    expect(page.locator(".notice")).to_have_count(1)


def test_it_looks_right(visit: Opener) -> None:
    page = visit(f"{PATH}?length=10")
    settled(page)
    check_looks(page)
    assert small_targets(page, "button:visible, main a:visible, input:visible, summary:visible") == []
    check_widths(visit(PATH, size=PHONE))
