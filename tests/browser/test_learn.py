"""The chapters in a real browser: what they show is the curriculum's, the API's, or provably impossible."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opener, ask, few
from tests.browser.looks import check_looks, overhang, small_targets
from tests.browser.test_softmax import number

READING, ORDER = "/learn/reading", "/learn/order"


def sums(copy: Locator) -> tuple[list[float], float]:
    """What a copy adds up, and what it says that it comes to."""
    table = copy.locator(".sums table")
    lines = table.locator("tbody tr td:last-child").all_text_contents()
    return [number(line) for line in lines], number(table.locator("tfoot td:last-child").inner_text())


def worked(copy: Locator, part: str) -> float:
    text = copy.locator(f".{part} .worked:not(.on)").last.text_content() or ""
    return number(text.rsplit("=", 1)[1].strip())


def at_the_end(page: Page) -> None:
    page.locator("#lesson-title").click()
    page.keyboard.press("End")


def test_the_article_s_neuron_has_the_numbers_of_the_curriculum(visit: Opener) -> None:
    page = visit(READING)
    expect(page.locator("#made")).to_contain_text("set by hand, not trained")
    expect(page.locator(".copy")).to_have_count(3)
    at_the_end(page)
    expected = [(0.1, 0.0997, 0.5247), (0.0797, 0.0796, 0.5097), (1.6637, 0.9307, 0.9304)]
    for k, (a, h, p) in enumerate(expected):
        copy = page.locator(".copy").nth(k)
        lines, total = sums(copy)
        assert total == pytest.approx(a, abs=6e-5)
        assert sum(lines) == pytest.approx(total, abs=1e-9)
        assert worked(copy, "bends") == pytest.approx(h, abs=6e-5)
        assert worked(copy, "says") == pytest.approx(p, abs=6e-5)
    expect(page.locator(".copy .after").last).to_have_text("after: that was phenomenal")


@pytest.mark.parametrize(
    ("units", "model"), few(1, [(16, "review-rnn-16"), (2, "review-rnn-2"), (32, "review-rnn")])
)
def test_trained_networks_add_up_to_the_api_s_values(visit: Opener, units: int, model: str) -> None:
    page = visit(f"{READING}?units={units}#t=12")
    expect(page.locator("#made")).to_contain_text(f"{units} units: trained")
    values = ask(page, "/api/trace", {"model": model, "input": {"text": "that was phenomenal"}})["values"]
    page.locator(".copy").nth(2).locator(".state").nth(1).click()
    expect(page.locator(".copy").nth(2).locator(".state").nth(1)).to_be_focused()
    for t in range(3):
        copy = page.locator(".copy").nth(t)
        lines, total = sums(copy)
        assert total == pytest.approx(values["layers.0.a_h"][t][1], abs=6e-5)
        assert sum(lines) == pytest.approx(total, abs=2.1e-4)
        assert worked(copy, "bends") == pytest.approx(values["layers.0.h"][t][1], abs=6e-5)
        shown = [number(p) for p in copy.locator(".copy-answers .number").all_text_contents()]
        assert shown == pytest.approx([100 * p for p in values["probs"][t]], abs=0.51)
        assert copy.locator(".state").count() == units
    card = ask(page, f"/api/models/{model}")["card"]["figures"]
    expect(page.locator("#made")).to_contain_text(f"{100 * card['accuracy']:.1f} %")
    expect(page.locator("#open-lab")).to_have_attribute("href", re.compile(model))


def test_it_is_walked_through_part_by_part(visit: Opener) -> None:
    page = visit(READING)
    expect(page.locator(".now")).to_have_text("that")
    expect(page.locator("#copies-say")).to_have_text("Copy 1 reads \u201cthat\u201d.")
    assert page.locator(".copy .ahead").count() == 11
    page.locator("#lesson-title").click()
    for text in ("adds up", "tanh bends", "two ways", "Copy 2 reads"):
        page.keyboard.press("ArrowRight")
        expect(page.locator("#copies-say")).to_contain_text(text)
    expect(page).to_have_url(re.compile("#t=5$"))
    page.reload()
    expect(page.locator("#copies-say")).to_contain_text("Copy 2 reads")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelectorAll('.copy .ahead').length < 7")


def test_numbers_set_by_hand_change_every_copy_and_the_address(visit: Opener) -> None:
    page = visit(f"{READING}#t=12")
    page.locator("#numbers label", has_text="w_hh").locator("input").fill("0")
    for k, push in enumerate((0.1, 0, 1.6)):
        assert sums(page.locator(".copy").nth(k))[1] == pytest.approx(push)
    expect(page).to_have_url(re.compile("numbers="))
    page.reload()
    assert sums(page.locator(".copy").nth(2))[1] == pytest.approx(1.6)
    page.locator("#numbers-back").click()
    assert sums(page.locator(".copy").nth(2))[1] == pytest.approx(1.6637, abs=6e-5)
    page.locator("#text").fill("that was dull")
    expect(page.locator("#unset")).to_contain_text("\u201cdull\u201d")
    field = page.locator("#numbers label", has_text="w_x[dull]").locator("input")
    expect(field).to_have_value("0")
    field.fill("-2")
    assert worked(page.locator(".copy").nth(2), "says") < 0.1
    expect(page.locator("#unset")).to_be_hidden()
    expect(page.locator("#counter")).to_contain_text("4 numbers do it")
    page.locator("#text").fill("dull")
    expect(page.locator("#counter")).to_contain_text("4 numbers do it")
    expect(page.locator("#numbers label")).to_have_count(5)


@pytest.mark.parametrize("units", few(1, [16, 1]))
def test_a_text_of_any_kind_is_the_one_that_is_shown(visit: Opener, units: int) -> None:
    page = visit(f"{READING}?units={units}")
    page.locator("#text").fill("x" * 120)
    expect(page.locator(".copy h2")).to_have_text(["x" * 120])
    assert overhang(page) <= 0
    page.locator("#text").fill("! " * 60 if units == 1 else "!" * 120)
    expect(page.locator(".copy")).to_have_count(0 if units == 1 else 12)
    expect(page.locator("#cut")).to_be_visible(visible=units != 1)
    page = visit(f"{READING}?units={units}&input={'%21' * 300}")
    expect(page.locator("#notices")).to_be_empty()
    expect(page.locator(".copy")).to_have_count(0 if units == 1 else 12)


def test_a_readout_that_does_not_listen_is_said_to(visit: Opener) -> None:
    page = visit(f"{ORDER}?numbers=1,-1,0,1,0,0,1")
    expect(page.locator("#conditions li")).to_have_count(1)
    expect(page.locator("#conditions li")).to_contain_text("w_hy is 0")


@pytest.mark.parametrize("typed", few(1, ["200", "", "-100.5"]))
def test_a_number_that_cannot_be_used_is_said_and_not_taken(visit: Opener, typed: str) -> None:
    page = visit(READING)
    field = page.locator("#numbers label", has_text="w_hh").locator("input")
    field.fill(typed)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#numbers .refused:visible")).to_have_text("A number from \u2212100 to 100.")
    at_the_end(page)
    assert sums(page.locator(".copy").nth(2))[1] == pytest.approx(1.6637, abs=6e-5)
    field.blur()
    expect(field).to_have_value("0.8")
    expect(page.locator("#numbers .refused:visible")).to_have_count(0)


@pytest.mark.parametrize(
    "numbers", few(1, ["that:0x1;1,0,3,0", ";,,,", "that:1;1,0,3", "that:101;1,0,3,0", "that:1;1,0,3,0;1"])
)
def test_numbers_of_an_address_are_numbers(visit: Opener, numbers: str) -> None:
    page = visit(f"{READING}?numbers={numbers}")
    expect(page.locator(".notice")).to_have_count(1)
    expect(page.locator("#numbers label", has_text="w_hh").locator("input")).to_have_value("0.8")


def test_any_text_is_read_and_none_is_said_to_be_none(visit: Opener) -> None:
    page = visit(READING)
    page.locator("#text").fill("")
    expect(page.locator("#copies-none")).to_be_visible()
    expect(page.locator(".copy")).to_have_count(0)
    page.locator("#text").fill("one two three four five six seven eight nine ten eleven twelve thirteen")
    expect(page.locator(".copy")).to_have_count(12)
    page.locator("#units button", has_text="16").click()
    expect(page.locator(".copy").first.locator(".state")).to_have_count(16)
    page.locator("#text").fill("<b>\u05e9\u05dc\u05d5\u05dd \U0001f600")
    expect(page.locator(".copy h2").first).to_have_text("<")
    page.locator("#units button", has_text="1").first.click()
    page.locator("#text").fill("the constructor __proto__")
    at_the_end(page)
    assert worked(page.locator(".copy").nth(2), "says") == pytest.approx(0.4502, abs=6e-5)  # sigmoid(-0.2)


def test_one_unit_gets_three_of_four_and_two_get_all(visit: Opener) -> None:
    page = visit(ORDER)
    expect(page.locator("#puzzle-score")).to_contain_text("2 of 4 right")
    expect(page.locator("#conditions li")).to_have_count(4)
    page.locator("#puzzle-try").click()
    expect(page.locator("#puzzle-tried")).to_contain_text("got 3 of 4")
    expect(page.locator("#puzzle-cards .right")).to_have_count(3)
    held = page.locator("#conditions li", has_text="\u2713").count()
    assert held == 3
    page.locator("#units button", has_text="two units").click()
    expect(page.locator("#numbers input")).to_have_count(15)
    page.locator("#puzzle-solution").click()
    expect(page.locator("#puzzle-score")).to_contain_text("solved")
    scores = [number((text or "").split("=")[1].strip()) for text in page.locator(".z").all_text_contents()]
    assert scores == pytest.approx([0.990, -0.995, -0.995, 0.990], abs=6e-4)
    page.reload()
    expect(page.locator("#puzzle-score")).to_contain_text("solved")
    page.go_back()
    expect(page.locator("#puzzle-score")).to_contain_text("of 4 right")


def test_a_slider_moves_what_it_is_named_after(visit: Opener) -> None:
    page = visit(ORDER)
    page.locator("#numbers label", has_text="\u201cnot\u201d pushes").locator("input").fill("-3")
    page.locator("#numbers label", has_text="memory").locator("input").fill("3")
    expect(page.locator("#puzzle-cards li").nth(2)).to_contain_text("should be negative")
    expect(page.locator("#puzzle-score")).to_contain_text("3 of 4 right")
    page.locator("#puzzle-begin").click()
    expect(page.locator("#puzzle-score")).to_contain_text("2 of 4 right \u00b7 best so far: 3")


def test_a_bad_address_is_said_and_the_default_shown(visit: Opener) -> None:
    page = visit(f"{ORDER}?numbers=1,2,x")
    expect(page.locator(".notice")).to_have_count(1)
    expect(page.locator("#numbers input")).to_have_count(7)
    page = visit(f"{READING}?units=7&numbers=oops")
    expect(page.locator(".notice")).to_have_count(2)
    expect(page.locator(".copy")).to_have_count(3)


@pytest.mark.parametrize("path", few(2, [f"{READING}?units=16#t=9", ORDER, READING]))
def test_it_looks_right(visit: Opener, path: str) -> None:
    page = visit(path)
    if path == ORDER:
        page.locator("#units button", has_text="two units").click()
    check_looks(page)
    assert small_targets(page, "button:visible, main a:visible, input:visible, summary:visible") == []
