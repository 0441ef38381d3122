"""The first thirty seconds: a bet, earlier moments, and then the lab."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Opener, ask, few

WEDGES = "#bet-stage .sector"


def boot(page: Page) -> dict:  # type: ignore[type-arg]
    return page.evaluate("JSON.parse(document.getElementById('boot').textContent)")  # type: ignore[no-any-return]


def moments(page: Page) -> list[list[float]]:
    """The points that the opening question shows, the last moment last."""
    return boot(page)["bet"]["points"][-4:]  # type: ignore[no-any-return]


def shown_percent(page: Page) -> int:
    text = page.locator("#bet-rivals .rival").nth(2).locator(".rival-says").inner_text()
    return int(text.split()[1].replace("%", ""))


def test_a_newcomer_bets_and_sees_doubt_shrink(visit: Opener) -> None:
    page = visit(newcomer=True)
    expect(page.locator("#bet-title")).to_have_text("Which way next?")
    expect(page.locator("#bet-networks")).to_be_hidden()
    page.locator(WEDGES).nth(3).click()
    expect(page.locator("#bet-stage path.choice")).to_have_count(1)
    expect(page.locator("#bet-stage path.wedge")).to_have_count(8)
    points = moments(page)
    said = []
    for n in range(1, 5):
        expect(page.locator("#bet-diagram g.column")).to_have_count(n)
        answer = ask(page, "/api/trace", {"model": "ball-rnn", "input": {"points": points[4 - n :]}})
        best = max(answer["values"]["probs"][-1])
        expect(page.locator("#bet-rivals .rival").nth(2).locator(".rival-says")).to_contain_text(
            f"{round(100 * best)}"
        )
        said.append(shown_percent(page))
        page.locator("#bet-more").click()
    assert said[0] <= 20, "with one moment the network has to shrug"
    assert said[3] > said[1] > said[0]
    expect(page.locator("#bet-stage g.after circle")).to_have_count(1)
    expect(page.locator("#bet-sentence")).to_contain_text("It went Southeast.")
    page.locator("#bet-open").click()
    expect(page.locator("#lab")).to_be_visible()
    expect(page.locator("#diagram g.column")).to_have_count(16)


def test_a_bet_by_keys(visit: Opener) -> None:
    page = visit(newcomer=True)
    page.locator(WEDGES).nth(0).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(WEDGES).nth(2)).to_have_attribute("aria-checked", "true")
    expect(page.locator("#bet-more")).to_be_visible()


def test_the_networks_read_while_one_watches(visit: Opener) -> None:
    page = visit(newcomer=True, motion="no-preference")
    page.locator(WEDGES).nth(3).click()
    page.locator("#bet-more").click()
    expect(page.locator("#bet-diagram g.column")).to_have_count(2)
    answer = page.locator("#bet-diagram g.column").nth(1).locator("g.outputs")
    expect(answer).to_be_visible()
    expect(answer).not_to_have_attribute("opacity", re.compile(""))
    expect(page.locator("#live")).to_contain_text("After 2 moments")


def test_skipping_leads_to_the_lab_and_is_remembered(visit: Opener) -> None:
    page = visit(newcomer=True)
    page.locator("#bet-skip").click()
    expect(page.locator("#lab")).to_be_visible()
    page.reload()
    expect(page.locator("#lab")).to_be_visible()
    expect(page.locator("#bet")).to_be_hidden()


@pytest.mark.parametrize("path", few(1, ["/?points=0.1,0.2;0.2,0.2", "/?model=ball-gru", "/#t=5"]))
def test_a_shared_link_lands_in_the_lab(visit: Opener, path: str) -> None:
    page = visit(path, newcomer=True)
    expect(page.locator("#lab")).to_be_visible()


def test_the_bet_can_be_taken_again(visit: Opener) -> None:
    page = visit()
    expect(page.locator("#lab")).to_be_visible()
    page.locator("#open-bet").click()
    expect(page.locator(WEDGES)).to_have_count(8)
    expect(page.locator("#bet-networks")).to_be_hidden()


def test_a_bet_on_a_phone(visit: Opener) -> None:
    page = visit(newcomer=True, size=PHONE)
    page.locator(WEDGES).nth(5).tap()
    page.locator("#bet-more").tap()
    expect(page.locator("#bet-diagram g.column")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("path", few(1, ["/?points=0.1,0.2;0.2,0.2", "/?scene=curve-3"]))
def test_the_bet_is_the_same_from_any_address(visit: Opener, path: str) -> None:
    page = visit(path)
    page.locator("#open-bet").click()
    page.locator(WEDGES).nth(2).click()
    page.locator("#bet-more").click()
    expect(page.locator("#bet-diagram g.column")).to_have_count(2)
    assert shown_percent(page) > 50
