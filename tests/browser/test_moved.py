"""Points and words are put elsewhere by hand: the run answers at once, the one from before is its ghost."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import PHONE, Opener, ask, few, forgive, settled
from tests.browser.test_lab import bars
from tests.browser.test_review import asked as reads
from tests.browser.test_review import settled as read

PATH = "/?model=ball-gru#t=9"


def dot(page: Page, t: int) -> Locator:
    """A point of the trail, from 0; the last one is the ball."""
    return page.locator("#stage .trail circle").nth(t)


def points(page: Page) -> list[list[float]]:
    """Those of the address."""
    found = re.search(r"points=([^#&]*)", page.url)
    assert found
    return [[float(v) for v in pair.split(",")] for pair in found[1].split(";")]


def percents(page: Page, given: Any, column: int = 8) -> list[int]:
    values = ask(page, "/api/trace", {"model": "ball-gru", "input": {"points": given}})["values"]
    return [round(100 * p) for p in values["probs"][column]]


def grab(page: Page, t: int) -> tuple[float, float]:
    box = dot(page, t).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def test_a_point_that_is_dragged_is_answered_before_the_engine(visit: Opener) -> None:
    page = visit(PATH)
    settled(page)
    begun: Any = page.evaluate("JSON.parse(document.getElementById('boot').textContent)")
    before, was = bars(page), percents(page, begun["points"])
    assert before == was
    held: list[Route] = []
    page.route("**/api/trace", lambda route: held.append(route))
    x, y = grab(page, 4)
    page.mouse.move(x + 50, y - 40, steps=4)
    moved = bars(page)  # nothing of the engine's is there yet
    expect(page.locator("#stage .trail path.was")).to_have_count(1)
    expect(page.locator("#diagram g.parted path")).to_have_count(1)
    ghosts = page.locator("#bars .was:visible").evaluate_all(
        "all => all.map((e) => parseFloat(e.style.left))"
    )
    np.testing.assert_allclose(ghosts, was, atol=0.51)
    page.mouse.up()
    page.wait_for_function("() => location.search.includes('points=')")
    page.unroute("**/api/trace")
    for route in held:
        route.fallback()
    settled(page)
    given = points(page)
    assert [
        t
        for t, (p, q) in enumerate(zip(given, begun["points"], strict=True))
        if not np.allclose(p, q, atol=1e-4)
    ] == [4]
    assert bars(page) == moved == percents(page, given) != before
    expect(page.locator("#notices")).to_be_empty()
    page.locator("#network-title").click()
    page.keyboard.press("z")
    assert bars(page) == before
    page.keyboard.press("y")
    assert bars(page) == moved
    page.go_back()
    page.wait_for_function("() => !location.search.includes('points=')")
    settled(page)
    assert bars(page) == before


def test_a_point_is_moved_by_keys_and_by_typing(visit: Opener) -> None:
    page = visit(PATH)
    settled(page)
    begun: Any = page.evaluate("JSON.parse(document.getElementById('boot').textContent)")
    page.locator("#stage svg.stage").focus()
    for _ in range(3):
        page.keyboard.press("Alt+ArrowUp")
    expect(page).to_have_url(re.compile("points="))
    settled(page)
    assert points(page)[8][1] == pytest.approx(begun["points"][8][1] + 0.03, abs=2e-4)
    page.locator("#network-title").click()
    page.keyboard.press("w")
    expect(page.locator("#point-name")).to_have_text("Point 9")
    page.locator("#point-x").fill("0.25")
    page.locator("#point-x").blur()
    page.wait_for_function("() => location.search.includes('0.25,')")
    settled(page)
    assert points(page)[8][0] == 0.25
    assert bars(page) == percents(page, points(page))
    expect(page.locator("#whatif-say")).to_contain_text("From step")
    page.locator("#point-y").fill("7")
    page.locator("#point-y").blur()
    expect(page.locator("#point-y")).not_to_have_value("7")


def test_by_finger_too_and_beside_a_point_a_ball_is_thrown(visit: Opener) -> None:
    page = visit(PATH, size=PHONE)
    settled(page)
    box = page.locator("#stage svg").bounding_box()
    assert box
    x, y = grab(page, 3)
    page.mouse.move(x + 30, y + 10, steps=3)
    page.mouse.up()
    expect(page).to_have_url(re.compile("points="))
    settled(page)
    first = points(page)
    page.mouse.move(box["x"] + 0.9 * box["width"] - 8, box["y"] + 0.12 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"], steps=4)
    page.mouse.up()
    page.wait_for_function("(first) => !location.search.includes(first)", arg=",".join(map(str, first[0])))
    assert points(page)[1] != first[1]


@pytest.mark.parametrize("what", few(1, ["hide=9-14", "generate=12"]))
def test_what_is_hidden_or_made_up_cannot_be_moved(visit: Opener, what: str) -> None:
    page = visit(f"/?model=ball-gru&{what}#t=10")
    settled(page)
    before = bars(page)
    page.locator("#stage svg.stage").focus()
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_timeout(100)
    assert bars(page) == before and "points=" not in page.url


def test_the_other_networks_are_asked_anew(visit: Opener) -> None:
    page = visit(PATH)
    settled(page)
    x, y = grab(page, 6)
    page.mouse.move(x + 30, y + 30, steps=3)
    page.mouse.up()
    page.wait_for_function("() => location.search.includes('points=')")
    settled(page)
    given = points(page)
    probs = ask(page, "/api/trace", {"model": "ball-rnn", "input": {"points": given}})["values"]["probs"][8]
    expect(page.locator("#rivals .rival", has_text="RNN").first).to_contain_text(f"{round(100 * max(probs))}")


def test_a_word_that_is_moved_is_answered_before_the_engine(visit: Opener) -> None:
    page = visit("/?model=review-gru&input=not+good+,+bad")
    read(page)
    page.locator("details#states > summary").click()
    expect(page.locator("#states-plane polyline.ghost")).to_have_attribute("points", "")
    before = bars(page)
    held: list[Route] = []
    page.route("**/api/trace", lambda route: held.append(route))
    page.locator("#tokens button").nth(1).focus()
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#tokens li")).to_have_text(["not", ",", "bad", "good"])
    moved = bars(page)
    probs = reads(page, "review-gru", "not , bad good")["values"]["probs"]
    assert moved == [round(100 * p) for p in probs[-1]] != before
    expect(page.locator("#diagram g.parted path")).to_have_count(1)
    expect(page.locator("#states-plane polyline.ghost")).not_to_have_attribute("points", "")
    expect(page.locator("#states-lines polyline.ghost").first).to_be_attached()
    page.wait_for_timeout(300)
    page.unroute("**/api/trace")
    for route in held:
        route.fallback()
    read(page)
    expect(page).to_have_url(re.compile("input=not%20,%20bad%20good"))
    assert bars(page) == moved
    expect(page.locator("#notices")).to_be_empty()
    forgive(page, "ERR_FAILED")
