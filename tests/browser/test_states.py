"""The hidden state over time: its plane is NumPy's of the API's states, and a square leads to its unit."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, ask, few, mostly
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
    page.locator("#states summary", has_text="way as a table").click()
    expect(page.locator("#states-table tbody tr").first).to_be_attached()


def states_of(page: Page, name: str = "h") -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    page.locator("#share").click()
    path = page.locator("#share-json").get_attribute("href") or ""
    page.keyboard.press("Escape")
    return np.array(ask(page, path)["values"][f"layers.0.{name}"])


def shown(page: Page) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[number(v) for v in row[1:]] for row in rows(page, "#states-table")])


@pytest.mark.parametrize("kind", few(1, PAGES))
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


@pytest.mark.parametrize("kind", mostly("review", among=PAGES))
def test_the_map_is_a_table_too(visit: Opener, kind: str) -> None:
    page = visit(PAGES[kind])
    opened(page)
    page.locator("#states summary", has_text="map as a table").click()
    _step, *units = page.locator("#states-map-table thead th").all_text_contents()
    order = [int(name.partition("[")[2].rstrip("]")) for name in units]
    found = np.array([[number(v) for v in row[1:]] for row in rows(page, "#states-map-table")])
    np.testing.assert_allclose(found, states_of(page)[:, order], atol=6e-4)
    assert sorted(order) == list(range(len(order)))


def test_lines_of_chosen_units_are_drawn(visit: Opener) -> None:
    page = visit(PAGES["ball"])
    opened(page)
    page.locator("#states-units").fill("3, 7 12;20")
    expect(page.locator("#states-lines-say")).to_have_text("Lines: h[3], h[7], h[12], h[20].")
    h = states_of(page)
    lines = page.locator("#states-lines polyline").evaluate_all(
        "all => all.map((line) => line.getAttribute('points').split(' ').map((p) => Number(p.split(',')[1])))"
    )
    most = max(1, np.abs(h[:, [3, 7, 12, 20]]).max())
    for unit, line in zip((3, 7, 12, 20), lines, strict=True):
        np.testing.assert_allclose(line, 60 - h[:, unit] / most * 52, atol=0.06)
    page.locator("#states-units").fill("3, x")
    expect(page.locator("#states-units")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#states-lines polyline")).to_have_count(4)
    page.locator("#states-units").fill("")
    expect(page.locator("#states-lines polyline")).to_have_count(3)


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


def test_behind_a_review_lie_the_ends_of_others(visit: Opener) -> None:
    page = visit(PAGES["review"])
    opened(page)
    model = re.findall("model=([a-z0-9-]+)", page.url)[0]
    found = ask(page, f"/api/models/{model}/states")
    dots = page.locator("#states-plane circle.behind")
    expect(dots).to_have_count(len(found["labels"]))
    assert len(found["labels"]) == 200
    expect(page.locator("#states-plane-say")).to_contain_text("where 200 other reviews end")
    page.locator("#states-axes button", has_text="two units").click()
    expect(page.locator("#states-pair")).to_be_visible()
    shown = dots.evaluate_all(
        "all => all.map((e) => [e.getAttribute('class'), +e.getAttribute('cx'), +e.getAttribute('cy')])"
    )
    assert [kind.split()[1] for kind, _, _ in shown] == found["labels"]
    state = "c" if page.locator("#states-which [aria-pressed=true]", has_text="cell").count() else "h"
    rows = np.array(found["values"][f"layers.0.{state}"])[:, :2]
    places = np.array([[x, -y] for _, x, y in shown])
    for k in range(2):  # the picture is the numbers, moved and scaled
        assert np.corrcoef(rows[:, k], places[:, k])[0, 1] == pytest.approx(1, abs=1e-9)
    page.locator("#states-axes button", has_text="principal").click()
    assert not np.allclose(
        np.array(dots.evaluate_all("all => all.map((e) => +e.getAttribute('cx'))")), places[:, 0]
    )


@pytest.mark.parametrize("kind", few(1, ["ball", "names"]))
def test_behind_others_lies_nothing(visit: Opener, kind: str) -> None:
    page = visit(PAGES[kind])
    opened(page)
    page.wait_for_timeout(300)
    expect(page.locator("#states-plane circle.behind")).to_have_count(0)


@pytest.mark.parametrize("kind", mostly("review", among=PAGES))
def test_it_looks_right(visit: Opener, kind: str) -> None:
    page = visit(PAGES[kind])
    opened(page)
    check_looks(page, "#network")
