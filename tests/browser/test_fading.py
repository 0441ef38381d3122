"""The chapter on what is left of a change: three numbers, and the counterexamples that part them."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Opener, ask, few, forgive
from tests.browser.looks import check_looks, check_widths, small_targets

PATH = "/learn/fading"
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
READ = "c a f e b a b e d e a d f a d e d b e a d"


def size(text: str) -> float:
    """`3.2 · 10⁻⁵` as a number."""
    text = text.strip()
    if text == "\u221e":
        return math.inf
    number, _, power = text.partition(" \u00b7 10")
    return float(number.translate(RAISED)) * 10 ** int(power.translate(RAISED) or 0)


def left(page: Page) -> list[float]:
    return [size(cell) for cell in page.locator("#curves-table tbody tr td:nth-child(2)").all_text_contents()]


def three(page: Page) -> dict[str, float]:
    """Of each step: spectral radius, largest singular value, and what is left."""
    cells = page.locator("#three tbody tr td:nth-child(2)").all_text_contents()
    return dict(zip(("rho", "sigma", "left"), map(float, cells), strict=True))


def product(W: np.ndarray, b: list[float], steps: int, bends: bool) -> list[float]:
    """The largest singular values of the products, by how many steps back."""
    h, slopes = np.zeros(2), []
    for t in range(steps + 1):
        a = W @ h + b + (np.array([1, 0]) if t == 0 else 0)
        h = np.tanh(a) if bends else a
        slopes.append(1 - h**2 if bends else np.ones(2))
    whole, found = np.eye(2), [1.0]
    for slope in slopes[:0:-1]:
        whole = whole @ (slope[:, None] * W)
        found.append(float(np.linalg.svd(whole)[1][0]))
    return found


@pytest.mark.parametrize("bends", few(1, [True, False]))
def test_what_is_left_is_the_product(visit: Opener, bends: bool) -> None:
    f = "tanh" if bends else "none"
    page = visit(f"{PATH}?numbers=0.9,-0.6,1.1,0.4,0.2,-0.1&scale=0.9&f={f}&steps=12#t=12")
    W = 0.9 * np.array([[0.9, -0.6], [1.1, 0.4]])
    np.testing.assert_allclose(left(page), product(W, [0.2, -0.1], 12, bends), rtol=6e-2, atol=1e-12)
    found = three(page)
    assert found["rho"] == pytest.approx(np.abs(np.linalg.eigvals(W)).max(), abs=6e-4)
    assert found["sigma"] == pytest.approx(np.linalg.svd(W)[1][0], abs=6e-4)


def test_a_radius_of_nothing_that_explodes_and_a_memory_of_which_nothing_is_left(visit: Opener) -> None:
    page = visit(PATH)
    expect(page.locator("#verdict")).to_contain_text("It fades")
    expect(page.locator("#verdict")).to_contain_text("it would fade")
    page.locator("#presets button", has_text="0 that explodes").click()
    expect(page.locator("#verdict")).to_contain_text("It blows up")
    expect(page.locator("#verdict")).to_contain_text(
        "By the spectral radius alone it would be 0: it would fade"
    )
    assert three(page)["rho"] == 0 and three(page)["sigma"] == 6 and left(page)[-1] > 1e18
    page.locator("#presets button", has_text="0 that is 0").click()
    expect(page.locator("#verdict")).to_contain_text("It fades: 0 of a change")
    assert left(page)[2:] == [0] * (len(left(page)) - 2)
    page.locator("#presets button", has_text="Remembers").click()
    expect(page.locator("#remembers")).to_contain_text("+0.9575")
    expect(page.locator("#remembers")).to_contain_text("\u22120.9575")
    assert 1e-19 < left(page)[-1] < 1e-17
    expect(page).to_have_url(re.compile(r"numbers=2,0,0,0,0,0&steps=23"))
    page.reload()
    expect(page.locator("#preset-says")).to_contain_text("two things")
    page.go_back()
    expect(page.locator("#preset-says")).to_contain_text("without tanh")


@pytest.mark.parametrize("scale", few(1, [0.4, 1]))
def test_of_a_trained_network_it_is_what_the_engine_says(visit: Opener, scale: float) -> None:
    page = visit(PATH)
    asked_for = f"{PATH}?of=recall-rnn&scale={scale}"
    with page.expect_response(
        lambda r: (
            "/api/remains" in r.url and bool(json.loads(r.request.post_data or "{}")["edits"]) == (scale != 1)
        )
    ):
        page.goto(page.url.split("/learn")[0] + asked_for)
    page.wait_for_selector("html[data-ready]")
    body = {"model": "recall-rnn", "input": {"text": READ}, "edits": [f"scale:layers.0.W_hh:{scale}"]}
    asked = ask(page, "/api/remains", body)
    np.testing.assert_allclose(left(page), asked["remains"][::-1], rtol=6e-2)
    found = three(page)
    (block,) = asked["spectra"]["layers.0.W_hh"]
    assert found["rho"] == pytest.approx(block["radius"], abs=6e-4)
    assert found["sigma"] == pytest.approx(block["largest"], abs=6e-4)
    page.wait_for_timeout(600)  # the engine has confirmed
    expect(page.locator("#notices")).to_be_empty()


def test_what_is_said_of_trained_networks_is_so(visit: Opener) -> None:
    page = visit(PATH)

    def after(model: str, text: str, scale: float) -> float:
        body = {"model": model, "input": {"text": text}, "edits": [f"scale:layers.0.W_hh:{scale}"]}
        return float(ask(page, "/api/remains", body)["remains"][0])

    recall = [after("recall-rnn", READ, scale) for scale in (0.5, 1, 2)]
    assert recall == sorted(recall, reverse=True)
    names = [after("names-rnn", "maximiliana", scale) for scale in (0.5, 1, 2)]
    assert names == sorted(names)


def test_a_hand_scales_a_trained_network_at_once(visit: Opener) -> None:
    page = visit(f"{PATH}?of=names-rnn")
    page.route("**/api/remains", lambda route: route.abort())
    before = left(page)
    slider = page.locator("#scale [type=range]")
    slider.evaluate("(e) => { e.focus(); e.value = '0.5'; e.dispatchEvent(new Event('input')); }")
    assert left(page)[-1] < before[-1]
    body = {"model": "names-rnn", "input": {"text": "maximiliana"}, "edits": ["scale:layers.0.W_hh:0.5"]}
    page.unroute("**/api/remains")
    np.testing.assert_allclose(left(page), ask(page, "/api/remains", body)["remains"][::-1], rtol=6e-2)
    page.locator("#bends button", has_text="nothing").click()
    powers = page.locator("#curves-table tbody tr td:nth-child(4)").all_text_contents()
    assert left(page)[1] == pytest.approx(size(powers[1]), rel=6e-2)  # one step is the matrix itself
    forgive(page, "ERR_FAILED")


def test_a_difference_from_the_engine_is_said(visit: Opener) -> None:
    page = visit(f"{PATH}?of=recall-rnn")
    page.route("**/api/remains", lambda route: route.fulfill(json={"remains": [1.0] * 22, "spectra": {}}))
    page.locator("#scale [type=number]").fill("0.5")
    expect(page.locator(".notice")).to_have_count(1)


def test_steps_are_walked_through(visit: Opener) -> None:
    page = visit(f"{PATH}?steps=10#t=1")
    page.locator("#lesson-title").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#three thead")).to_contain_text("after 2 steps")
    page.locator("#steps").fill("500")
    expect(page.locator("#steps-wrong")).to_be_visible()
    page.locator("#steps").fill("5")
    expect(page.locator("#curves-table tbody tr")).to_have_count(6)


@pytest.mark.parametrize("asked", few(1, ["scale=9", "of=ball-gru", "numbers=1,2", "f=relu", "steps=0"]))
def test_a_bad_address_is_said_and_the_default_shown(visit: Opener, asked: str) -> None:
    page = visit(f"{PATH}?{asked}")
    expect(page.locator(".notice")).to_have_count(1)
    assert len(left(page)) == 61


def test_it_looks_right(visit: Opener) -> None:
    page = visit(f"{PATH}?numbers=3,-3,3,-3,1,3&steps=100#t=40")
    check_looks(page)
    assert (
        small_targets(page, "button:visible, main a:visible, input:visible, select:visible, summary:visible")
        == []
    )
    check_widths(visit(f"{PATH}?of=review-rnn", size=PHONE))
