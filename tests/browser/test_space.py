"""The landscape of the hidden state: where states rest is what the engine finds, the run is the API's."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Opener, ask, few, forgive
from tests.browser.looks import check_looks, check_widths, small_targets
from tests.browser.test_learn import number

PATH = "/learn/space"
TEXT = "c a d b b a c a d"


def there(page: Page) -> None:
    """The engine has said where states rest."""
    page.wait_for_function("() => !document.getElementById('line').hidden")


def rows(page: Page) -> list[list[str]]:
    found = page.locator("#rests tbody tr")
    return [[cell.strip() for cell in row.locator("th, td").all_text_contents()] for row in found.all()]


def asked(page: Page, text: str, model: str = "recall-rnn-2", **more: Any) -> list[dict[str, Any]]:
    found = ask(page, "/api/rests", {"model": model, "input": {"text": text}, **more})
    return found["rests"]  # type: ignore[no-any-return]


def way(page: Page, cls: str) -> np.ndarray:
    """The places of a line: what is shown is the box from -1.1 to 1.1."""
    points = page.locator(f"#landscape polyline.{cls}").get_attribute("points") or ""
    found = np.array([[float(v) for v in pair.split(",")] for pair in points.split()])
    return np.stack([(found[:, 0] - 30) / 400 * 2.2 - 1.1, (430 - found[:, 1]) / 400 * 2.2 - 1.1], axis=1)


@pytest.mark.parametrize("t", few(2, [1, 2, 3, 4]))
def test_where_states_rest_is_what_the_engine_finds(visit: Opener, t: int) -> None:
    """Each of the four letters that the network knows has a place that draws in, whichever letter comes."""
    page = visit(f"{PATH}#t={t}")
    there(page)
    expected = [one for one in asked(page, TEXT.split()[t - 1]) if one["fixed"]]
    shown = rows(page)
    assert len(shown) == len(expected)
    places = sorted([number(v) for v in row[1].split()] for row in shown)
    assert places == sorted([[round(v, 2) + 0.0 for v in one["state"]] for one in expected])
    stable = [row for row in shown if row[0] == "draws in"]
    assert sorted(row[2] for row in stable) == ["a", "b", "c", "d"]
    expect(page.locator("#landscape path.rest.stable")).to_have_count(4)
    assert sorted(page.locator("#landscape text.rest").all_text_contents()) == ["a", "b", "c", "d"]
    tints = page.locator("#landscape .basin").evaluate_all(
        "all => [...new Set(all.map((e) => e.className.baseVal))]"
    )
    assert len(tints) == 4
    expect(page.locator("#line")).to_contain_text("nothing here is called a line attractor")


def test_the_run_is_the_api_s(visit: Opener) -> None:
    page = visit(f"{PATH}#t=9")
    there(page)
    trace = ask(page, "/api/trace", {"model": "recall-rnn-2", "input": {"text": TEXT}})["values"]
    np.testing.assert_allclose(way(page, "way"), [[0, 0], *trace["layers.0.h"]], atol=1e-3)
    expect(page.locator("#fate")).to_contain_text("answers c")


def test_a_start_that_is_dragged_is_another_run_and_the_old_one_a_ghost(visit: Opener) -> None:
    page = visit(f"{PATH}#t=9")
    there(page)
    before = way(page, "way")
    box = page.locator("#landscape").bounding_box()
    assert box
    scale = box["width"] / 460
    x, y = (30 + 400 * (v + 1.1) / 2.2 for v in (0.8, 0.7))
    page.mouse.move(box["x"] + 230 * scale, box["y"] + 230 * scale)
    page.mouse.down()
    page.mouse.move(box["x"] + x * scale, box["y"] + (460 - y) * scale, steps=4)
    page.mouse.up()
    start = way(page, "way")[0]
    np.testing.assert_allclose(start, [0.8, 0.7], atol=0.02)
    np.testing.assert_allclose(way(page, "before"), before, atol=1e-3)
    edits = [f"h0[{k}]:{v:.6f}" for k, v in enumerate(start)]
    trace = ask(page, "/api/trace", {"model": "recall-rnn-2", "input": {"text": TEXT}, "edits": edits})[
        "values"
    ]
    np.testing.assert_allclose(way(page, "way")[1:], trace["layers.0.h"], atol=2e-3)
    expect(page.locator("#fate")).to_contain_text("answers a")
    expect(page).to_have_url(re.compile(r"start=0\.\d+,0\.\d+"))
    page.reload()
    there(page)
    expect(page.locator("#fate")).to_contain_text("answers a")
    page.locator("#start-back").click()
    expect(page.locator("#fate")).to_contain_text("answers c")
    page.locator("#start [type=number]").first.fill("0.9")
    expect(page).to_have_url(re.compile(r"start=0\.9,0"))


def test_another_input_is_another_landscape(visit: Opener) -> None:
    page = visit(f"{PATH}#t=1")
    there(page)
    arrows = page.locator("#landscape .arrow").first.get_attribute("d")
    page.locator("#inputs button").nth(1).click()
    assert page.locator("#landscape .arrow").first.get_attribute("d") != arrows
    expect(page.locator("#fate")).to_contain_text("Step 2, a")
    page.locator("#text").fill("d d")
    expect(page.locator("#inputs button")).to_have_text(["d", "d"])
    expect(page).to_have_url(re.compile("input=d%20d"))


def test_another_network_and_a_longer_text_are_shown_where_one_is(visit: Opener) -> None:
    page = visit(PATH)
    there(page)
    for of, steps in (("review-rnn-2", 11), ("ball-rnn-2", 16), ("recall-rnn-2", 9)):
        page.locator("#network-of").select_option(of)
        expect(page.locator("#inputs button")).to_have_count(steps)
        expect(page.locator("#fate")).to_contain_text(f"Step {steps},")
    page.locator("#text").fill(TEXT + " a b c d")
    expect(page.locator("#inputs button")).to_have_count(13)
    page.locator("#text").fill("b")
    expect(page.locator("#inputs button")).to_have_count(1)
    expect(page.locator("#fate")).to_contain_text("answers b")


def test_a_basin_has_the_colour_of_its_answer(visit: Opener) -> None:
    page = visit(f"{PATH}?of=review-rnn-2#t=7")
    there(page)
    names = set(page.locator("#landscape text.rest").all_text_contents())
    tints = page.locator("#landscape .basin").evaluate_all(
        "all => [...new Set(all.map((e) => e.className.baseVal.split(' ')[1]))]"
    )
    assert set(tints) == names <= {"negative", "neutral", "positive"}


@pytest.mark.parametrize("of", few(1, ["review-gru", "recall-gru"]))
def test_a_plane_of_a_wider_network_is_said_to_be_a_slice(visit: Opener, of: str) -> None:
    page = visit(f"{PATH}?of={of}#t=2")
    there(page)
    expect(page.locator("#slice")).to_contain_text("This is a slice")
    expect(page.locator("#landscape .basin")).to_have_count(0)
    claimed = "Only this is called" in page.locator("#line").inner_text()
    slow = [
        row
        for row in rows(page)
        if abs(float(row[4].split(",")[0].replace("\u2212", "-").split()[0]) - 1) < 0.051
    ]
    assert not claimed or len(slow) >= 3, "what is claimed is shown"
    if not rows(page):
        expect(page.locator("#fate")).to_contain_text("there may be some")


def test_the_plane_of_a_wider_network_is_chosen(visit: Opener) -> None:
    page = visit(f"{PATH}?of=recall-gru#t=3")
    there(page)
    page.locator("#plane-which button", has_text="two units").click()
    page.locator("#plane-pair input").first.fill("5")
    expect(page).to_have_url(re.compile("units=5,1"))
    trace = ask(page, "/api/trace", {"model": "recall-gru", "input": {"text": "c a f e b a b e"}})["values"]
    h = np.array(trace["layers.0.h"])
    reach = 1.1 * max(1, np.abs(h[:, [5, 1]]).max())
    np.testing.assert_allclose(way(page, "way")[1:] * reach / 1.1, h[:3][:, [5, 1]], atol=3e-3)
    page.reload()
    there(page)
    expect(page.locator("#slice")).to_contain_text("you see two")
    page.locator("#plane-which button", has_text="differs most").click()
    expect(page).not_to_have_url(re.compile("units="))


def test_a_ball_is_led_too(visit: Opener) -> None:
    page = visit(f"{PATH}?of=ball-rnn-2#t=3")
    there(page)
    expect(page.locator("#inputs button")).to_have_count(16)
    page.locator("#motion").select_option("circular")
    expect(page).to_have_url(re.compile("input=circular"))
    expect(page.locator("#fate")).to_contain_text("Step 16, point 16")


def test_what_it_cannot_read_is_said_and_nothing_is_lost(visit: Opener) -> None:
    page = visit(PATH)
    there(page)
    page.locator("#text").fill("a z")
    expect(page.locator(".notice")).to_have_count(1)
    expect(page.locator("#text")).to_have_value("a z")
    expect(page.locator("#inputs button")).to_have_count(9)
    page.locator("#text").fill("")
    expect(page.locator(".notice").first).to_be_visible()
    expect(page.locator("#inputs button")).to_have_count(9)
    forgive(page, "422")


@pytest.mark.parametrize("query", few(1, ["start=1", "of=names-gru", "start=a,b"]))
def test_a_bad_address_is_said(visit: Opener, query: str) -> None:
    page = visit(f"{PATH}?{query}")
    there(page)
    expect(page.locator(".notice")).to_have_count(1)
    expect(page.locator("#inputs button")).to_have_count(9)


def test_it_looks_right(visit: Opener) -> None:
    page = visit(f"{PATH}?start=0.4,-0.6#t=5")
    there(page)
    check_looks(page)
    assert small_targets(page, "button:visible, main a:visible, input:visible, select:visible") == []
    check_widths(visit(f"{PATH}?of=review-gru", size=PHONE))
