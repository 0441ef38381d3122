"""C puts two or three networks side by side: each says and shows what the API says of it, in step."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Opener, ask, forgive, mostly, settled
from tests.browser.looks import check_looks, check_widths

PAGES = {
    "ball": ("/?model=ball-gru#t=9&view=beside", ["ball-rnn", "ball-gru", "ball-lstm"]),
    "review": (
        "/?model=review-gru&input=good,+not+bad#t=3&view=beside",
        ["review-rnn", "review-gru", "review-lstm"],
    ),
    "names": (
        "/?model=names-gru&input=emma&go=off#t=4&view=beside",
        ["names-rnn", "names-gru", "names-lstm"],
    ),
}
every_page = pytest.mark.parametrize("kind", PAGES)


def opened(page: Page, count: int) -> None:
    expect(page.locator("#beside-row figure")).to_have_count(count)


def traces(page: Page, kind: str) -> dict[str, Any]:
    """What the API says of the same input, for each network."""
    boot: Any = page.evaluate("JSON.parse(document.getElementById('boot').textContent)")
    points = boot["trace"]["input"].get("points")
    given = (
        {"points": points} if kind == "ball" else {"text": {"review": "good, not bad", "names": "emma"}[kind]}
    )
    return {id: ask(page, "/api/trace", {"model": id, "input": given}) for id in PAGES[kind][1]}


def top(trace: Any, t: int) -> tuple[str, int]:
    probs = trace["values"]["probs"][t]
    k = probs.index(max(probs))
    return trace["outputs"][k], round(100 * probs[k])


@every_page
def test_each_says_what_the_api_says_at_every_step(visit: Opener, kind: str) -> None:
    path, ids = PAGES[kind]
    page = visit(path)
    opened(page, len(ids))
    found = traces(page, kind)
    page.locator("#beside summary").click()
    names: dict[str, str] = page.evaluate(
        "JSON.parse(document.getElementById('boot').textContent).words.directions"
    )
    for t, row in enumerate(page.locator("#beside-table tbody tr").all()):
        for id, cell in zip(ids, row.locator("td").all_text_contents(), strict=True):
            said, share = cell.rsplit(" ", 1)
            output, expected = top(found[id], t)
            assert int(share.removesuffix("\u202f%")) == pytest.approx(expected, abs=1)
            assert said.lower() == names.get(output, output).lower()
    step = int(re.findall(r"t=(\d+)", path)[0])
    for figure, id in zip(page.locator("#beside-row figure").all(), ids, strict=True):
        assert f"{top(found[id], step - 1)[1]}\u202f%" in figure.locator(".beside-says").inner_text()


@pytest.mark.parametrize("kind", mostly("review", among=PAGES))
def test_every_unit_that_is_pressed_has_the_api_s_value(visit: Opener, kind: str) -> None:
    path, ids = PAGES[kind]
    page = visit(path)
    opened(page, len(ids))
    found = traces(page, kind)
    step = int(re.findall(r"t=(\d+)", path)[0])
    for figure, id in zip(page.locator("#beside-row figure").all(), ids, strict=True):
        boxes = figure.locator("g.column.current g.box")
        for k in range(boxes.count()):
            unit = boxes.nth(k).locator("rect.unit").nth(2)
            node = boxes.nth(k).get_attribute("data-node")
            index = int(unit.get_attribute("data-index") or "")
            unit.click()
            value = found[id]["values"][f"layers.0.{node}"][step - 1][index]
            expect(figure.locator("figcaption")).to_contain_text(f"{node}[{index}]")
            said = re.findall(r"([+\u2212]\d\.\d+)", figure.locator("figcaption").inner_text())[0]
            assert float(said.replace("\u2212", "-")) == pytest.approx(value, abs=6e-3)
            assert figure.locator(".chosen-unit").count() == 1


def test_they_go_in_step(visit: Opener) -> None:
    page = visit(PAGES["names"][0], motion="no-preference")
    opened(page, 3)
    current = page.locator("#beside-row g.column.current")
    for key, step in (("ArrowRight", "5"), ("ArrowLeft", "4"), ("r", "1")):
        page.keyboard.press(key)
        for k in range(3):
            expect(current.nth(k)).to_have_attribute("data-t", step)
    page.keyboard.press(" ")
    page.wait_for_function("() => document.querySelector('#beside-row g.column.current').dataset.t === '3'")
    assert current.evaluate_all("all => all.map((g) => g.dataset.t)") == ["3"] * 3
    page.keyboard.press(" ")
    page.locator("#beside-row g.column").first.click()
    for k in range(3):
        expect(current.nth(k)).to_have_attribute("data-t", "1")


def test_others_are_chosen_and_the_address_keeps_them(visit: Opener) -> None:
    page = visit("/?model=ball-gru#t=9")
    settled(page)
    page.locator("#network-title").click()
    page.keyboard.press("c")
    opened(page, 3)
    page.locator("#beside-which button", has_text="LSTM").click()  # chosen already: it goes
    opened(page, 2)
    page.locator("#beside-which button", has_text="Two frames").click()
    opened(page, 3)
    page.locator("#beside-which button", has_text="No memory").click()  # a fourth: one goes
    opened(page, 3)
    expect(page).to_have_url(re.compile("view=beside&with=.*ball-memoryless"))
    names = page.locator(".beside-name").all_text_contents()
    page.reload()
    opened(page, 3)
    assert page.locator(".beside-name").all_text_contents() == names
    page.locator(".beside-name").first.click()
    expect(page.locator("#model")).to_have_value("ball-memoryless")
    page.keyboard.press("c")
    expect(page.locator("#beside")).to_be_hidden()
    expect(page.locator("#diagram")).to_be_visible()
    expect(page).not_to_have_url(re.compile("view="))


def test_another_input_is_read_by_all(visit: Opener) -> None:
    page = visit(PAGES["review"][0])
    opened(page, 3)
    page.locator("#text").fill("bad, not good at all")
    columns = page.locator("#beside-row figure").nth(2).locator("g.column")
    expect(columns).to_have_count(6)
    says = ask(page, "/api/trace", {"model": "review-lstm", "input": {"text": "bad, not good at all"}})
    expect(page.locator("#beside-row figure").nth(2).locator(".beside-says")).to_contain_text(
        f"{top(says, 5)[1]}\u202f%"
    )


def test_a_failed_network_is_told_of_and_asked_again(visit: Opener) -> None:
    page = visit("/?model=ball-gru#t=9")
    settled(page)
    page.route("**/api/models/ball-rnn*", lambda route: route.abort())
    page.locator("#beside-open").click()
    expect(page.locator("#notices")).not_to_be_empty()
    page.unroute("**/api/models/ball-rnn*")
    page.keyboard.press("c")
    page.keyboard.press("c")
    opened(page, 3)
    forgive(page, "ERR_FAILED")


@pytest.mark.parametrize("kind", mostly("review", among=PAGES))
def test_it_looks_right(visit: Opener, kind: str) -> None:
    path, ids = PAGES[kind]
    page = visit(path)
    opened(page, len(ids))
    page.locator("#beside summary").click()
    page.locator("#beside-row rect.unit").nth(3).click()
    check_looks(page, "#network")


@pytest.mark.parametrize("kind", ["names"])
def test_it_fits_any_width(visit: Opener, kind: str) -> None:
    path, ids = PAGES[kind]
    page = visit(path, size=PHONE)
    opened(page, len(ids))
    check_widths(page)
