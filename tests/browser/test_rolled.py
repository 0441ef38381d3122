"""U rolls the diagram up: marks travel, one set of weights serves all steps, and each lights its uses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Opener, ask, mostly
from tests.browser.looks import check_looks, check_widths

PAGES = {
    "ball": "/?model=ball-gru#t=9",
    "review": "/?model=review-lstm&input=good,+not+bad#t=3",
    "names": "/?model=names-rnn&input=emma&go=off#t=4",
    "window": "/?model=ball-window-4#t=9",
    "long": f"/?model=review-gru&input={'+'.join(['good'] * 40)}#t=20",
}

PLACES = """() => Object.fromEntries([...document.querySelectorAll('#diagram g.column')].map((g) => {
  const column = g.getBoundingClientRect(), band = g.querySelector('rect.band').getBoundingClientRect();
  return [g.dataset.t, band.left + band.width / 2];
}))"""


def rolled(page: Page, fold: float = 1) -> None:
    if page.locator("#rolled").is_hidden():
        page.locator("#rolled-open").click()
    page.locator("#fold").evaluate(
        "(field, v) => { field.value = v; field.dispatchEvent(new Event('input')); }", 100 * fold
    )


def number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace("+", ""))


def weights_of(page: Page) -> Any:
    boot = page.evaluate("JSON.parse(document.getElementById('boot').textContent).model.id")
    return ask(page, f"/api/models/{boot}/weights")["weights"]


def trace_of(page: Page) -> Any:
    boot: Any = page.evaluate("JSON.parse(document.getElementById('boot').textContent)")
    given = boot["trace"]["input"]
    body = {"points": given["points"]} if given.get("points") else {"text": given["text"]}
    return ask(page, "/api/trace", {"model": boot["model"]["id"], "input": body})


@pytest.mark.parametrize("kind", mostly("review", among=PAGES))
def test_every_mark_travels_to_its_place(visit: Opener, kind: str) -> None:
    page = visit(PAGES[kind])
    page.evaluate("document.querySelectorAll('#diagram *').forEach((mark) => (mark.mine = true))")
    flat = page.evaluate(PLACES)
    rolled(page, 0.5)
    half = page.evaluate(PLACES)
    rolled(page)
    home = page.evaluate(PLACES)
    assert len(flat) == len(home) > 3
    middle = next(iter(home.values()))
    for t, x in flat.items():
        assert home[t] == pytest.approx(middle, abs=14)  # bands are as wide as their columns
        assert half[t] == pytest.approx((x + home[t]) / 2, abs=1)
    # the same marks, moved: none was made anew, none is faded
    kept = "[...document.querySelectorAll('#diagram g.column *')].every((mark) => mark.mine)"
    assert page.evaluate(kept)
    columns = page.locator("#diagram g.column")
    assert set(columns.evaluate_all("all => all.map((g) => getComputedStyle(g).opacity)")) == {"1"}
    rolled(page, 0)
    assert page.evaluate(PLACES) == pytest.approx(flat, abs=0.1)


def test_it_moves_when_asked_and_ends_as_the_link_does(visit: Opener) -> None:
    page = visit(PAGES["ball"], motion="no-preference")
    page.locator("#network-title").click()
    page.keyboard.press("u")
    page.wait_for_function("() => Number(document.getElementById('fold').value) > 10")
    assert page.evaluate("Number(document.getElementById('fold').value)") < 100
    expect(page.locator("#diagram svg.rolled")).to_be_visible()
    expect(page).to_have_url(re.compile("view=rolled"))
    columns = "document.querySelector('#diagram g.columns').outerHTML"
    moved = page.evaluate(columns)
    page.reload()
    expect(page.locator("#diagram svg.rolled")).to_be_visible()
    assert page.evaluate(columns) == moved
    page.keyboard.press("u")
    expect(page.locator("#diagram svg.folding")).to_have_count(0)
    expect(page.locator("#rolled")).to_be_hidden()
    assert "view=" not in page.url
    page.go_back()
    expect(page.locator("#rolled")).to_be_visible()


def test_a_half_rolled_diagram_is_a_link(visit: Opener) -> None:
    page = visit("/?model=ball-gru#t=9&view=rolled&fold=0.4&weight=layers.0.W_hh.70.4")
    assert page.locator("#fold").input_value() == "40"
    expect(page.locator("#weights-say")).to_contain_text("layers.0.W_hh[70][4]")


def test_rolled_up_one_cell_is_stepped_through(visit: Opener) -> None:
    page = visit("/?model=ball-gru#t=3&view=rolled")
    seen = """() => [...document.querySelectorAll('#diagram g.column')]
      .filter((g) => getComputedStyle(g.querySelector('.cells')).visibility === 'visible')
      .map((g) => g.dataset.t)"""
    assert page.evaluate(seen) == ["3"]
    page.keyboard.press("ArrowRight")
    assert page.evaluate(seen) == ["4"]
    last = page.locator("#diagram g.column").last
    assert last.get_attribute("data-t") == "4"  # it lies on top
    page.locator("#diagram g.column.current").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(seen) == ["5"]
    assert page.evaluate("document.activeElement.dataset.t") == "5"


@pytest.mark.parametrize("kind", mostly("long", among=("ball", "review", "names", "long")))
def test_a_weight_is_the_api_s_and_lights_every_use(visit: Opener, kind: str) -> None:
    page = visit(PAGES[kind])
    rolled(page, 0)
    row, column = 5, 3
    page.locator("#weights-which button", has_text="W_hh").first.click()
    canvas = page.locator("#weights-map")
    size = canvas.bounding_box()
    assert size
    weights, trace = weights_of(page), trace_of(page)
    hidden = len(trace["values"]["layers.0.h"][0])
    cell = size["width"] / hidden
    place: Any = {"x": (column + 0.5) * cell, "y": (row + 0.5) * cell}
    canvas.hover(position=place)
    expect(page.locator("#diagram .uses path.edge")).to_have_count(trace["length"] - 1)
    page.mouse.move(5, 5)
    expect(page.locator("#weights-say")).to_contain_text("layers.0.W_hh[0][0] = ")  # the one that was chosen
    canvas.click(position=place)
    weight = weights["layers.0.W_hh"][row][column]
    says = page.locator("#weights-say")
    expect(says).to_contain_text(f"layers.0.W_hh[{row}][{column}] = ")
    assert number(re.findall(r"= ([+\u2212][\d.]+)", says.inner_text())[0]) == pytest.approx(weight, abs=6e-4)
    expect(says).to_contain_text(f"used {trace['length']} times")
    page.locator("#rolled summary").click()
    for t, cells in enumerate(page.locator("#weights-table tbody tr").all()):
        value, shown, product = (number(text) for text in cells.locator("td").all_text_contents())
        before = trace["values"]["layers.0.h"][t - 1][column] if t else 0
        assert (value, shown) == pytest.approx((before, weight), abs=6e-4)
        assert product == pytest.approx(before * weight, abs=6e-4)
    # a line from every step into the next: to the first nothing leads
    expect(page.locator("#diagram .uses path.edge")).to_have_count(trace["length"] - 1)
    rolled(page)
    expect(page.locator("#diagram .uses path.edge")).to_have_count(trace["length"] - 1)


def test_a_ribbon_and_its_matrices_light_each_other_in_every_column(visit: Opener) -> None:
    page = visit(PAGES["ball"])
    rolled(page, 0)
    lit = page.locator("#diagram .ribbon.lit")
    page.locator("#diagram g.column").nth(4).locator(".from-state").dispatch_event(
        "pointerover", {"bubbles": True}
    )
    expect(lit).to_have_count(15)
    named = page.locator("#weights-which button.lit")
    expect(named).to_have_text(
        ["W_hh \u00b7 reset gate", "W_hh \u00b7 update gate", "W_hh \u00b7 candidate state"]
    )
    page.locator("#diagram g.column").nth(4).locator(".from-input").dispatch_event(
        "pointerover", {"bubbles": True}
    )
    expect(lit).to_have_count(16)
    page.locator("#weights-which button", has_text="readout").hover()
    expect(page.locator("#diagram .outputs.lit")).to_have_count(16)
    expect(lit).to_have_count(0)
    page.locator("#weights-which button", has_text="W_hh").first.focus()
    expect(lit).to_have_count(15)
    page.locator("#fold").focus()
    page.mouse.move(5, 5)
    expect(lit).to_have_count(0)


def test_weights_are_gone_through_by_keys(visit: Opener) -> None:
    page = visit("/?model=ball-gru#t=9&view=rolled&weight=layers.0.W_hh.70.4")
    page.locator("#weights-map").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#weights-say")).to_contain_text("layers.0.W_hh[70][5]")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#weights-say")).to_contain_text("layers.0.W_hh[69][5]")
    expect(page).to_have_url(re.compile(r"weight=layers\.0\.W_hh\.69\.5$"))
    assert page.locator("#diagram g.column.current").get_attribute("data-t") == "9"


def test_how_many_weights_there_are_and_how_often_they_are_used(visit: Opener) -> None:
    page = visit("/?model=ball-gru#t=9&view=rolled")
    weights = weights_of(page)
    count = {
        name: f"{sum(map(len, rows)):,}"
        for name, rows in weights.items()
        if name.split(".")[-1].startswith("W")
    }
    names = page.locator("#diagram .shared-name")
    expect(names).to_have_text(
        [
            f"readout.W: {count['readout.W']} weights, used 16 times",
            f"W_hh: {count['layers.0.W_hh']} weights, used 16 times",
            f"W_ih: {count['layers.0.W_ih']} weights, used 16 times",
        ]
    )


@pytest.mark.parametrize("kind", mostly("ball", among=PAGES))
def test_it_looks_right(visit: Opener, kind: str) -> None:
    page = visit(PAGES[kind])
    rolled(page)
    page.locator("#weights-which button").first.click()
    page.locator("#rolled summary").click()
    check_looks(page, "#network")


@pytest.mark.parametrize("size", [pytest.param(DESKTOP, marks=pytest.mark.full), PHONE], ids=["1440", "390"])
def test_it_fits(visit: Opener, size: tuple[int, int]) -> None:
    page = visit(PAGES["names"], size=size)
    rolled(page)
    check_widths(page)
