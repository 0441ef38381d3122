"""The chapter on one unit: what is shown is what its equation says, while a hand moves its numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Opener, few
from tests.browser.looks import check_looks, check_widths, small_targets
from tests.browser.test_learn import number

PATH = "/learn/neuron"
BENDS: dict[str, Callable[[float], float]] = {
    "tanh": math.tanh,
    "relu": lambda a: max(0.0, a),
    "none": lambda a: a,
}


def remembered(w_x: float, w_hh: float, b: float, bend: str, xs: dict[int, float]) -> list[float]:
    """h after each of the 24 steps."""
    h, found = 0.0, []
    for t in range(1, 25):
        h = BENDS[bend](w_x * xs.get(t, 0) + w_hh * h + b)
        found.append(h)
    return found


def told(page: Page, column: int) -> list[float]:
    """A column of the table of every number: x, a, h, f', what arrives."""
    cells = page.locator(f"#series-table tbody tr td:nth-child({column + 2})").all_text_contents()
    return [number(cell) for cell in cells]


def slide(page: Page, dial: int, value: float) -> None:
    page.locator(".dial [type=range]").nth(dial).evaluate(
        "(e, v) => { e.focus(); e.value = v; e.dispatchEvent(new Event('input')); }", str(value)
    )


@pytest.mark.parametrize("bend", few(1, BENDS))
@pytest.mark.parametrize(
    ("numbers", "xs"), few(1, [((-0.5, -1.1, 0.2), {1: 1, 6: -2}), ((1, 0.9, 0), {1: 1})])
)
def test_every_number_is_what_the_equation_says(
    visit: Opener, bend: str, numbers: tuple[float, ...], xs: dict[int, float]
) -> None:
    given = ";".join(f"{t}:{x}" for t, x in xs.items())
    page = visit(f"{PATH}?numbers={','.join(map(str, numbers))}&bend={bend}&x={given}")
    expected = remembered(*numbers, bend, xs)
    shown = told(page, 2)
    for mine, his in zip(shown, expected, strict=True):
        assert mine == pytest.approx(his, abs=6e-5, rel=6e-2)  # what is small or large has two places
    ends = page.locator("#worked li").nth(2)
    for t in (1, 2, 7):
        page.locator("#playbar [data-part=scrub]").fill(str(t))
        assert number((ends.inner_text()).rsplit("=", 1)[1].strip()) == pytest.approx(
            expected[t - 1], abs=6e-5
        )
        sums = page.locator("#worked li").nth(1).inner_text().lstrip("= ").split(" = ")
        assert sum(map(number, sums[0].split(" + "))) == pytest.approx(number(sums[1]), abs=1e-9)


def test_a_hand_moves_it_and_what_was_before_stays_as_a_ghost(visit: Opener) -> None:
    page = visit(PATH)
    way = page.locator("#series polyline.way")
    before = way.get_attribute("points")
    assert not page.locator("#series polyline.before").get_attribute("points")
    expect(page.locator("#fate")).to_contain_text("half of what the pulse did is gone 4 steps later")
    for w_hh in (1.0, 1.2, 1.3):
        slide(page, 1, w_hh)
        assert told(page, 2)[19] == pytest.approx(remembered(1, w_hh, 0, "tanh", {1: 1})[19], abs=6e-5)
    assert way.get_attribute("points") != before
    assert page.locator("#series polyline.before").get_attribute("points") == before
    expect(page.locator("#fate")).to_contain_text("stays for ever")
    expect(page.locator("#check-now")).to_contain_text("Yes")
    expect(page.locator("#cobweb circle.stable")).to_have_count(2)
    expect(page.locator("#cobweb circle.unstable")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"numbers=1,1.3,0"))
    page.reload()
    expect(page.locator("#fate")).to_contain_text("stays for ever")
    page.go_back()
    expect(page.locator("#fate")).to_contain_text("It fades")


def test_pulses_are_sent_and_taken_away(visit: Opener) -> None:
    page = visit(PATH)
    page.locator("#lesson-title").click()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    assert told(page, 2) == pytest.approx(remembered(1, 0.9, 0, "tanh", {1: 1, 5: 1}), abs=6e-5)
    expect(page.locator("#pulse")).to_have_text("Take away the pulse at step 5")
    page.locator("#series .comes").first.click()
    assert told(page, 2) == pytest.approx(remembered(1, 0.9, 0, "tanh", {5: 1}), abs=6e-5)
    expect(page).to_have_url(re.compile(r"x=5:1"))
    page.locator("#pulse").click()
    expect(page.locator("#fate")).to_contain_text("nothing to remember")
    expect(page).to_have_url(re.compile(r"x=-"))
    page.locator("#inputs-back").click()
    assert told(page, 0)[0] == 1


def test_each_of_those_worth_a_look_does_what_its_name_says(visit: Opener) -> None:
    page = visit(PATH)
    for name, says in {
        "Fades": "It fades",
        "Flips its sign": "changes its sign at every step",
        "Holds on": "stays for ever",
        "Swings for ever": "swings between two values",
        "Runs off": "runs off",
        "Keeps it exactly": "stays for ever",
    }.items():
        button = page.locator("#presets button", has_text=name)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#fate")).to_contain_text(says)


def test_it_is_played_and_walked_through(visit: Opener) -> None:
    page = visit(PATH, motion="no-preference")
    page.locator("#lesson-title").click()
    page.keyboard.press("Space")
    expect(page.locator("#worked-title")).to_have_text("The sum of step 3")
    page.keyboard.press("Space")
    page.keyboard.press("End")
    expect(page.locator("#worked-title")).to_have_text("The sum of step 24")
    expect(page).to_have_url(re.compile("#t=24"))


@pytest.mark.parametrize(
    "asked", few(1, ["x=25:1", "numbers=1,2", "numbers=1,9,0", "bend=sine", "x=1:1e9", "x=1"])
)
def test_a_bad_address_is_said_and_the_default_shown(visit: Opener, asked: str) -> None:
    page = visit(f"{PATH}?{asked}")
    expect(page.locator(".notice")).to_have_count(1)
    assert told(page, 2) == pytest.approx(remembered(1, 0.9, 0, "tanh", {1: 1}), abs=6e-5)


def test_a_number_that_cannot_be_used_is_said_and_not_taken(visit: Opener) -> None:
    page = visit(PATH)
    field = page.locator(".dial [type=number]").nth(1)
    field.fill("7")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".dial .refused:visible")).to_have_count(1)
    field.fill("-1.5")
    expect(page.locator(".dial .refused:visible")).to_have_count(0)
    assert told(page, 2)[1] == pytest.approx(math.tanh(-1.5 * math.tanh(1)), abs=6e-5)


def test_it_looks_right(visit: Opener) -> None:
    page = visit(f"{PATH}?numbers=1,1.3,-0.1&x=1:1;9:-2#t=12")
    slide(page, 1, 1.1)
    page.locator("details.table summary").click()
    check_looks(page)
    assert small_targets(page, "button:visible, main a:visible, input:visible, summary:visible") == []
    check_widths(visit(PATH, size=PHONE))
