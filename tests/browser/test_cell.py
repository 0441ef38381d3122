"""One unit, opened: what it shows adds up, to the API's own values too; a term leads back in time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fontTools import ttLib
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, ask, few, settled
from tests.browser.looks import check_looks, small_targets
from tests.browser.test_softmax import number, rows

STATIC = Path(__file__).parents[2] / "static"
BALL = "/?model=ball-gru#t=6&node=layers.0.{node}&unit=3&view=cell"
REVIEW = "/?model=review-lstm&input=not+good+at+all#node=layers.0.{node}&unit=5&view=cell"
NODES = [
    *((BALL, node) for node in ("r", "a_z", "n", "hn", "keep", "write", "h")),
    *((REVIEW, node) for node in ("i", "f", "g", "a_o", "c", "h")),
]


def values_of(page: Page) -> dict[str, Any]:
    """The trace on screen, asked of the API."""
    page.locator("#share").click()
    path = page.locator("#share-json").get_attribute("href") or ""
    page.keyboard.press("Escape")
    found: dict[str, Any] = ask(page, path)["values"]
    return found


def shown(page: Page) -> tuple[str, int, int, float]:
    """Of the title: node, index, step, value."""
    title = page.locator("#cell-title").inner_text()
    found = re.fullmatch(r".*?(\w+)\[(\d+)\] at step (\d+) = (.*)", title)
    assert found, title
    return found[1], int(found[2]), int(found[3]), number(found[4])


@pytest.mark.parametrize(("path", "node"), few(5, NODES))
def test_what_is_shown_adds_up_to_the_api_s_value(visit: Opener, path: str, node: str) -> None:
    page = visit(path.format(node=node))
    expect(page.locator("#cell")).to_be_visible()
    values = values_of(page)
    name, index, step, value = shown(page)
    assert name == node
    assert value == pytest.approx(values[f"layers.0.{node}"][step - 1][index], abs=6e-4)
    products = [number(row[-1]) for row in rows(page, "#cell-sum")]
    ((foot, *_, total),) = rows(page, "#cell-sum", "tfoot")
    assert sum(products) == pytest.approx(number(total), abs=6e-4)
    full = values.get(f"layers.0.{foot}" if foot != "sum" else f"layers.0.{node}")
    assert full is not None
    assert number(total) == pytest.approx(full[step - 1][index], abs=6e-4)
    for button in page.locator("#cell-nodes button").all():
        id, said = (button.text_content() or "").split()
        assert number(said) == pytest.approx(values[f"layers.0.{id}"][step - 1][index], abs=6e-3)


FORMULAS = {
    "ball-rnn": ("h", [*"ht=", "tanh", "(", "W", "ih", *"xt+b", "ih", "+", "W", "hh", *"ht", "\u2212", "1"]),
    "ball-gru": ("h", [*"ht=(1", "\u2212", *"zt)", "\u2299", *"nt+zt", "\u2299", *"ht", "\u2212", "1"]),
}


@pytest.mark.parametrize("model", FORMULAS)
def test_the_equation_is_printed_and_comes_out_in_numbers(visit: Opener, model: str) -> None:
    node, symbols = FORMULAS[model]
    page = visit(f"/?model={model}#t=6&node=layers.0.{node}&unit=3&view=cell")
    first, second = page.locator("#cell-formula mtr").all()
    leaves = "row => [...row.querySelectorAll('mi, mo, mn')].map(e => e.textContent)"
    assert first.evaluate(leaves)[: len(symbols)] == symbols
    left, equals, *right = second.evaluate(leaves)
    assert equals == "="
    assert not re.search("[+\u2212][+\u2212]", "".join(right)), "no sign stands beside another"
    text = "".join(right).replace("\u2212", "-").replace("\u2299", "*").replace("tanh", "np.tanh")
    shown = number(left)
    if model == "ball-gru":  # a sum adds up as it is shown, to the last digit
        assert round(eval(text), 3) == shown
    else:
        assert eval(text, {"np": np}) == pytest.approx(shown, abs=1.1e-3)


@pytest.mark.parametrize(("path", "node"), few(1, [(REVIEW, "c"), (BALL, "h"), (BALL, "n"), (REVIEW, "a_o")]))
def test_formulas_are_set_in_a_font_of_ours_that_has_every_sign(visit: Opener, path: str, node: str) -> None:
    page = visit(path.format(node=node))
    loaded = page.evaluate(
        """async () => {
          await document.fonts.ready;
          return [...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family);
        }"""
    )
    assert [family.strip('"') for family in loaded] == ["Unrolled Math"]
    font = ttLib.TTFont(STATIC / "vendor" / "math.woff2")
    assert "MATH" in font, "without this table nothing is set as a formula"
    signs = page.locator("#cell-formula").evaluate(
        "room => [...room.querySelectorAll('mi, mo, mn')].map((e) => [e.localName, e.textContent])"
    )
    there = font.getBestCmap()
    assert not [sign for _, text in signs for sign in text if ord(sign) not in there]
    alone = [text for kind, text in signs if kind == "mi" and re.fullmatch("[a-gi-zA-Z]", text)]
    assert alone, "h has its italics elsewhere, among the letters that stand for constants"
    for sign in alone:
        assert ord(sign) + (0x1D44E - ord("a") if sign.islower() else 0x1D434 - ord("A")) in there, sign


def test_a_symbol_and_its_mark_light_each_other(visit: Opener) -> None:
    page = visit(BALL.format(node="h"))
    page.locator("#cell-formula [data-node=h]").first.hover()
    expect(page.locator("#diagram g.column.current g.box[data-node=h]")).to_have_class(re.compile("lit"))
    page.locator("#diagram g.column.current g.box[data-node=h] rect").first.hover()
    expect(page.locator("#cell-formula [data-node=h]").first).to_have_class(re.compile("lit"))
    page.mouse.move(5, 5)
    expect(page.locator("#diagram .lit")).to_have_count(0)


def test_matrices_and_inputs_light_their_ribbons_and_chips_by_keys_too(visit: Opener) -> None:
    page = visit("/?model=ball-rnn#t=6&node=layers.0.h&unit=3&view=cell")
    page.locator("#cell-formula [data-reads=x]").hover()
    expect(page.locator("#diagram g.column.current .from-input")).to_have_class(re.compile("lit"))
    page.locator("#cell-formula [data-reads=h_prev]").hover()
    expect(page.locator("#diagram .lit")).to_have_count(1)
    expect(page.locator("#diagram g.column.current .from-state")).to_have_class(re.compile("lit"))
    page.locator("#cell-formula [data-node=x]").hover()
    expect(page.locator("#diagram g.column.current .input")).to_have_class(re.compile("lit"))
    page.locator("#cell-formula").focus()
    lit = "() => document.querySelector('#cell-formula .lit')?.textContent"
    seen = []
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        seen.append(page.evaluate(lit))
    assert seen == ["ht", "Wih", "xt", "Whh", "ht\u22121", "ht"]  # round and round
    expect(page.locator("#cell-title")).to_contain_text("at step 6")
    page.locator("#cell-close").focus()
    expect(page.locator("#diagram .lit")).to_have_count(0)


def test_a_term_leads_one_step_back_and_the_way_back_stays(visit: Opener) -> None:
    page = visit(BALL.format(node="z"))
    settled(page)
    values = values_of(page)
    chain = [shown(page)[:3]]
    for _ in range(3):
        term = page.locator("#cell-sum th button").first
        name = term.text_content() or ""
        worked = term.locator("xpath=../..").locator("td").first.inner_text()
        index = int(name.partition("[")[2].rstrip("]"))
        term.click()
        expect(page.locator("#cell-title")).to_be_focused()
        node, at, step, value = shown(page)
        assert (node, at, step) == ("h", index, chain[-1][2] - 1)
        assert value == pytest.approx(values["layers.0.h"][step - 1][index], abs=6e-4)
        assert number(worked.split("\u00d7")[1].strip()) == pytest.approx(value, abs=6e-3)
        chain.append((node, at, step))
        page.locator("#cell-nodes button:has(b:text-is('z'))").click()
    expect(page.locator("#cell-trail button")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"t=3&node=layers.0.z&unit=\d+&view=cell"))
    page.locator("#cell-trail button").nth(0).click()
    assert shown(page)[:3] == chain[0]
    expect(page.locator("#cell-trail")).to_be_hidden()


def test_a_unit_that_is_chosen_otherwise_begins_a_new_trail(visit: Opener) -> None:
    page = visit("/?model=ball-rnn#t=6&node=layers.0.h&unit=3&view=cell")
    page.locator("#cell-sum th button").first.click()
    page.locator("#cell-sum th button").first.click()
    expect(page.locator("#cell-trail button")).to_have_count(2)
    page.locator("#diagram g.column.current g.box rect").nth(9).click()
    expect(page.locator("#cell-trail")).to_be_hidden()


def test_before_the_first_step_there_is_nothing_to_go_to(visit: Opener) -> None:
    page = visit("/?model=ball-rnn#node=layers.0.h&unit=3&view=cell")
    expect(page.locator("#cell-title")).to_contain_text("at step 1")
    expect(page.locator("#cell-sum th button")).to_have_count(0)


def test_it_opens_by_key_and_button_and_closes_by_escape(visit: Opener) -> None:
    page = visit("/?model=ball-rnn#t=5")
    settled(page)
    expect(page.locator("#cell-open")).to_be_hidden()
    page.locator("#diagram g.column.current").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#cell-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#cell")).to_be_hidden()
    expect(page.locator("#unit-sentence")).to_have_text(re.compile(r"^h\[\d+\].* is [+\u2212]\d"))
    page.locator("#cell-open").click()
    expect(page.locator("#cell")).to_be_visible()
    page.go_back()
    expect(page.locator("#cell")).to_be_hidden()
    page.locator("#cell-open").click()
    page.locator("#cell-close").click()
    page.keyboard.press("Escape")
    expect(page.locator("#cell-open")).to_be_hidden()


def test_enter_opens_the_chosen_unit_wherever_the_focus_is(visit: Opener) -> None:
    page = visit("/?model=ball-rnn#t=5&node=layers.0.h&unit=3")
    page.locator("#network-title").click()
    page.keyboard.press("Enter")
    expect(page.locator("#cell-title")).to_be_focused()


def test_a_link_and_another_network_leave_the_focus_where_it_is(visit: Opener) -> None:
    page = visit(BALL.format(node="z"))
    expect(page.locator("#cell")).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    page.locator("#model").focus()
    for model in ("ball-rnn", "ball-gru"):  # the first has no such gate
        page.locator("#model").select_option(model)
        settled(page)
        expect(page.locator("#model")).to_be_focused()
    expect(page.locator("#cell")).to_be_visible()


@pytest.mark.parametrize(
    "node", few(2, ["logits", "layers.7.h", "probs", "x", "layers.0.h_prev", "constructor"])
)
def test_what_is_no_unit_of_a_cell_is_not_opened(visit: Opener, node: str) -> None:
    page = visit(f"/?model=ball-rnn#t=3&node={node}&unit=0&view=cell")
    expect(page.locator("#diagram g.column")).to_have_count(16)
    expect(page.locator("#cell")).to_be_hidden()
    expect(page.locator("#cell-open")).to_be_hidden()


def test_a_window_shows_what_belongs_to_its_unit_and_no_more(visit: Opener) -> None:
    """What it holds are inputs, which have other numbers than its units."""
    page = visit("/?model=ball-window-4#t=6&node=layers.0.h&unit=1&view=cell")
    values = values_of(page)
    for button in page.locator("#cell-nodes button").all():
        id, said = (button.text_content() or "").split()
        assert len(values[f"layers.0.{id}"][5]) == len(values["layers.0.h"][5])
        assert number(said) == pytest.approx(values[f"layers.0.{id}"][5][1], abs=6e-3)


def test_a_product_of_what_has_no_name_stands_in_brackets(visit: Opener) -> None:
    page = visit(BALL.format(node="h"))
    expect(page.locator("#cell-sum tbody th").first).to_have_text("(1 \u2212 z) \u00d7 n")
    values, t = values_of(page), 5
    z, n = (values[f"layers.0.{id}"][t][3] for id in "zn")
    assert number(rows(page, "#cell-sum")[0][-1]) == pytest.approx((1 - z) * n, abs=6e-4)


def test_it_stands_in_place_and_covers_no_other_column(visit: Opener) -> None:
    page = visit(BALL.format(node="h"))
    expect(page.locator("#cell")).to_be_visible()
    panel = page.locator("#cell").bounding_box()
    current = page.locator("#diagram g.column.current .cell").bounding_box()
    assert panel and current
    assert panel["x"] >= current["x"] + current["width"]
    for column in page.locator("#diagram g.column:not(.current)").all():
        box = column.locator(".cell, .strip").first.bounding_box()
        assert box and (box["x"] + box["width"] <= panel["x"] or box["x"] >= panel["x"] + panel["width"] - 1)


@pytest.mark.parametrize("path", few(1, [REVIEW.format(node="h"), BALL.format(node="n")]))
def test_it_looks_right(visit: Opener, path: str) -> None:
    page = visit(path)
    expect(page.locator("#cell")).to_be_visible()
    check_looks(page, "#network")
    assert small_targets(page, "#cell button:visible") == []
