"""The hidden state over time: its plane is NumPy's of the API's states, and a square leads to its unit."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, ask
from tests.browser.looks import check_looks
from tests.browser.test_softmax import number, rows

PAGES = {
    "ball": "/?model=ball-gru#t=9",
    "review": "/?model=review-lstm&input=the+food+was+good,+not+bad",
    "names": "/?model=names-rnn",
}


def opened(page: Page) -> None:
    page.locator("#states > summary").click()
    expect(page.locator("#states-plane circle").first).to_be_visible()
    page.locator("#states summary", has_text="as a table").click()
    expect(page.locator("#states-table tbody tr").first).to_be_attached()


def states_of(page: Page, name: str = "h") -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    page.locator("#share").click()
    path = page.locator("#share-json").get_attribute("href") or ""
    page.keyboard.press("Escape")
    return np.array(ask(page, path)["values"][f"layers.0.{name}"])


def shown(page: Page) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[number(v) for v in row[1:]] for row in rows(page, "#states-table")])


@pytest.mark.parametrize("kind", PAGES)
def test_the_plane_is_that_of_the_two_principal_components(visit: Opener, kind: str) -> None:
    page = visit(PAGES[kind])
    opened(page)
    h = states_of(page)
    centred = h - h.mean(axis=0)
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:2] * np.array([[np.sign(a[np.abs(a).argmax()])] for a in axes[:2]])
    expected = np.vstack([-h.mean(axis=0) @ axes.T, centred @ axes.T])
    np.testing.assert_allclose(shown(page), expected, atol=2e-3)
    share = singular[:2] ** 2 / (singular**2).sum()
    said = page.locator("#states-plane-say").inner_text()
    assert [int(p) for p in re.findall(r"\((\d+)\u202f%\)", said)] == [round(100 * v) for v in share]


def test_two_units_can_be_the_plane_and_the_cell_state_is_there_too(visit: Opener) -> None:
    page = visit(PAGES["review"])
    opened(page)
    page.locator("#states-axes button", has_text="two units").click()
    page.locator("#states-pair input").nth(0).fill("7")
    page.locator("#states-pair input").nth(1).fill("11")
    expect(page.locator("#states-plane-say")).to_contain_text("h[7]")
    np.testing.assert_allclose(shown(page)[1:], states_of(page)[:, [7, 11]], atol=6e-4)
    page.locator("#states-which button", has_text="cell state").click()
    np.testing.assert_allclose(shown(page)[1:], states_of(page, "c")[:, [7, 11]], atol=6e-4)
    page.locator("#states-pair input").nth(0).fill("999")
    expect(page.locator("#states-plane-say")).to_contain_text("c[7]")


def test_a_square_leads_to_its_unit_and_a_dot_to_its_step(visit: Opener) -> None:
    page = visit(PAGES["ball"])
    opened(page)
    expect(page.locator("#states-lines-say")).to_contain_text("move most")
    page.locator("#states-map").click(position={"x": 250, "y": 60})
    expect(page.locator("#states-lines-say")).to_contain_text("the chosen unit")
    expect(page).to_have_url(re.compile(r"node=layers\.0\.h&unit=\d+"))
    page.locator("#states-plane circle").nth(5).click()
    expect(page.locator("#states-plane circle.current")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"#t=5&"))


@pytest.mark.parametrize("kind", PAGES)
def test_it_looks_right(visit: Opener, kind: str) -> None:
    page = visit(PAGES[kind])
    opened(page)
    check_looks(page)
