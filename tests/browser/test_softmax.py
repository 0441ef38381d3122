"""Softmax, opened on each task's page: every number on it is the API's, and the division ends at 100 %."""

from __future__ import annotations

import math
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, ask, few, mostly
from tests.browser.looks import check_looks

REVIEW = "/?model=review-gru&input=not+good"
PAGES = {
    "ball": ("/?model=ball-gru#t=3", 8),
    "review": (REVIEW, 3),
    "names": ("/?model=names-gru&temperature=1&seed=4#t=2", 10),
}


def number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace("\u202f%", ""))


def rows(page: Page, table: str, body: str = "tbody") -> list[list[str]]:
    """The texts of a table, what stands in its fields included."""
    found: list[list[str]] = page.locator(f"{table} {body} tr").evaluate_all(
        "all => all.map(tr => [...tr.cells].map(c => c.querySelector('input')?.value ?? c.textContent))"
    )
    return found


def opened(page: Page, part: str) -> None:
    """Open it; it is drawn a moment later."""
    page.locator(f"#{part} summary").click()
    expect(page.locator(f"#{part} tbody tr").first).to_be_attached()


def live(page: Page, kind: str) -> list[float]:
    """The scores of the step on screen, asked of the API."""
    bodies: dict[str, tuple[str, Any, int]] = {
        "ball": ("/api/trace", None, 2),
        "review": ("/api/trace", {"model": "review-gru", "input": {"text": "not good"}}, 1),
        "names": ("/api/generate", {"model": "names-gru", "temperature": 1, "seed": 4}, 1),
    }
    path, body, t = bodies[kind]
    if body is None:
        page.locator("#share").click()
        path = page.locator("#share-json").get_attribute("href") or ""
        page.keyboard.press("Escape")
    trace = ask(page, path, body)
    logits: list[float] = trace["values"]["logits"][t]
    return logits


@pytest.mark.parametrize("kind", few(1, PAGES))
def test_the_rows_are_the_api_s_steps(visit: Opener, kind: str) -> None:
    path, count = PAGES[kind]
    page = visit(path)
    page.locator("#panel-title").click()
    page.keyboard.press("s")
    expect(page.locator("#softmax-title")).to_be_focused()
    expect(page.locator("#softmax-rows tbody tr")).to_have_count(count)
    logits = live(page, kind)
    steps = ask(page, "/api/softmax", {"logits": logits})
    if len(logits) > count:
        order = sorted(range(len(logits)), key=lambda k: -logits[k])
        shown, rest = order[: count - 1], order[count - 1 :]
    else:
        shown, rest = list(range(len(logits))), []
    table = rows(page, "#softmax-rows")
    for row, k in zip(table, shown, strict=False):
        assert number(row[1]) == pytest.approx(logits[k], abs=6e-4)
        assert number(row[2]) == pytest.approx(steps["shifted"][k], abs=6e-4)
        assert number(row[3]) == pytest.approx(steps["exp"][k], abs=1.01e-3)
        assert number(row[4]) == pytest.approx(steps["probs"][k], abs=1.01e-3)
    if rest:
        assert f"{len(rest)} others" in table[-1][0]
        assert number(table[-1][4]) == pytest.approx(sum(steps["probs"][k] for k in rest), abs=1.01e-3)
    (foot,) = rows(page, "#softmax-rows", "tfoot")
    assert foot[4] == "1.000"
    assert number(foot[3]) == pytest.approx(steps["sum"], abs=6e-4)
    for column, digits in ((3, 3), (4, 3)):  # what is shown adds up to what is shown
        assert sum(number(row[column]) for row in table) == pytest.approx(
            number(foot[column]), abs=10**-digits / 4
        )


def test_it_follows_the_step_and_is_in_the_address(visit: Opener) -> None:
    page = visit(REVIEW + "#view=softmax")
    expect(page.locator("#softmax")).to_be_visible()
    before = rows(page, "#softmax-rows")
    page.locator("#panel-title").click()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#softmax-says")).to_contain_text("after: not.")
    assert rows(page, "#softmax-rows") != before
    page.locator("#softmax-open").click()
    expect(page.locator("#softmax")).to_be_hidden()
    page.go_back()
    expect(page.locator("#softmax")).to_be_visible()


def test_temperature_and_what_is_added(visit: Opener) -> None:
    page = visit(REVIEW + "#view=softmax")
    logits = live(page, "review")
    plain = [row[4] for row in rows(page, "#softmax-rows")]
    page.locator("#softmax-shift").fill("3")
    assert [row[4] for row in rows(page, "#softmax-rows")] == plain
    assert number(rows(page, "#softmax-rows")[0][1]) == pytest.approx(logits[0] + 3, abs=6e-4)
    page.locator("#softmax-temperature").fill("2")
    warm = ask(page, "/api/softmax", {"logits": logits, "temperature": 2})["probs"]
    shown = [number(row[4]) for row in rows(page, "#softmax-rows")]
    assert shown == pytest.approx(warm, abs=1.01e-3)


def test_the_bars_end_as_the_probabilities(visit: Opener) -> None:
    page = visit(REVIEW + "#view=softmax")
    logits = live(page, "review")
    probs = ask(page, "/api/softmax", {"logits": logits})["probs"]

    def bars() -> list[list[float]]:
        found: list[list[float]] = page.locator("#softmax-stack rect").evaluate_all(
            "all => all.map(r => ['x', 'y', 'width'].map(a => parseFloat(r.getAttribute(a))))"
        )
        return found

    room = page.locator("#softmax-stack line").evaluate("line => parseFloat(line.getAttribute('x1'))")
    assert len({y for _, y, _ in bars()}) == 3
    page.locator("#softmax-play").click()  # without motion a stage at a time
    expect(page.locator("#softmax-stage-says")).to_contain_text("sum, ")
    stacked = bars()
    assert len({y for _, y, _ in stacked}) == 1
    page.locator("#softmax-play").click()
    stretched = bars()
    assert stretched[-1][0] + stretched[-1][2] == pytest.approx(room, abs=0.1)
    page.locator("#softmax-play").click()
    whole = stretched[-1][0] + stretched[-1][2] - stretched[0][0]
    assert [w / whole for _, _, w in bars()] == pytest.approx(probs, abs=2e-3)


def test_the_division_moves_where_motion_is_wanted(visit: Opener) -> None:
    page = visit(REVIEW + "#view=softmax", motion="no-preference")
    page.locator("#softmax-play").click()
    page.wait_for_function(
        "() => { const s = +document.getElementById('softmax-stage').value; return s > 0 && s < 3; }"
    )
    page.wait_for_function("() => +document.getElementById('softmax-stage').value === 3")


def test_the_loss_its_gradient_and_a_step_down(visit: Opener) -> None:
    page = visit(REVIEW + "#view=softmax")
    opened(page, "softmax-loss-part")
    page.locator("#softmax-target").select_option("2")
    found = ask(page, "/api/softmax", {"logits": live(page, "review"), "target": 2})

    def loss() -> float:
        return float((page.locator("#softmax-loss").text_content() or "").split("=")[1].split()[0])

    assert loss() == pytest.approx(found["loss"], abs=6e-4)
    for row, gradient, check in zip(
        rows(page, "#softmax-gradient"), found["gradient"], found["check"], strict=True
    ):
        assert number(row[1]) == pytest.approx(gradient, abs=1.01e-3)
        assert number(row[2]) == pytest.approx(check, abs=6e-4)
    before = loss()
    page.locator("#softmax-descend").click()
    assert loss() < before
    expect(page.locator("#softmax-sources [aria-pressed=true]")).to_have_attribute("data-source", "own")
    page.locator("#softmax-sources [data-source=live]").click()
    page.locator("#softmax-target").select_option("2")
    assert loss() == before


def test_the_square_is_the_jacobian(visit: Opener) -> None:
    page = visit(REVIEW + "#view=softmax")
    opened(page, "softmax-square-part")
    jacobian = ask(page, "/api/softmax", {"logits": live(page, "review")})["jacobian"]
    shown = [[number(v) for v in row[1:]] for row in rows(page, "#softmax-square")]
    for row, expected in zip(shown, jacobian, strict=True):
        assert row == pytest.approx(expected, abs=6e-3)
    page.locator("#softmax-square td").first.hover()
    expect(page.locator("#softmax-square-says")).to_contain_text("p(negative) rises")


def test_the_article_s_sigmoids_and_softmax(visit: Opener) -> None:
    page = visit(REVIEW + "#view=softmax")
    opened(page, "softmax-sigmoids-part")
    page.locator("#softmax-sources [data-source=sigmoids]").click()
    table = rows(page, "#softmax-sigmoids")
    assert [round(number(row[1]), 2) for row in table] == [0.85, 0.2, 0.1]
    assert [number(row[3]) for row in table] == pytest.approx([0.940, 0.041, 0.018], abs=1.01e-3)
    assert [number(row[2]) for row in table] == pytest.approx([0.739, 0.174, 0.087], abs=1.01e-3)
    assert rows(page, "#softmax-sigmoids", "tfoot")[0][1:] == ["1.150", "1.000", "1.000"]
    page.locator("#softmax-sources [data-source=softmax]").click()
    assert [round(number(row[4]), 2) for row in rows(page, "#softmax-rows")] == [0.85, 0.1, 0.05]


def test_it_breaks_without_the_maximum_subtracted(visit: Opener) -> None:
    page = visit(REVIEW + "#view=softmax")
    opened(page, "softmax-naive-part")
    fine = rows(page, "#softmax-naive")
    assert all(row[3] == row[4] for row in fine)
    page.locator("#softmax-break").click()
    broken = rows(page, "#softmax-naive")
    assert [row[2:4] for row in broken] == [["\u221e", "NaN"]] * 3
    assert [row[4] for row in broken] == [row[4] for row in fine]
    expect(page.locator("#softmax-naive-says")).to_contain_text("not a number")


def test_twice_is_capped_and_reliability_is_the_card_s(visit: Opener) -> None:
    page = visit(REVIEW + "#view=softmax")
    opened(page, "softmax-twice-part")
    cap = math.e / (math.e + 2)
    expect(page.locator("#softmax-twice-says")).to_contain_text(f"{cap:.3f}")
    assert all(number(row[2]) < cap for row in rows(page, "#softmax-twice"))
    opened(page, "reliability-part")
    bins = ask(page, "/api/models/review-gru")["card"]["figures"]["reliability"]
    shown = rows(page, "#reliability")
    assert [int(row[3]) for row in shown] == [one["count"] for one in bins]
    assert [number(row[1]) for row in shown] == [round(100 * one["confidence"]) for one in bins]
    expect(page.locator("#reliability circle")).to_have_count(len(bins))


def test_a_score_is_typed_and_dragged(visit: Opener) -> None:
    page = visit(REVIEW + "#view=softmax")
    field = page.locator("#softmax-rows input").nth(2)
    field.click(click_count=3)  # as a person does
    expect(field).to_be_focused()
    page.keyboard.type("4.5")
    first = [number(row[1]) for row in rows(page, "#softmax-rows")]
    assert first[2] == 4.5
    probs = ask(page, "/api/softmax", {"logits": first})["probs"]
    assert [number(row[4]) for row in rows(page, "#softmax-rows")] == pytest.approx(probs, abs=2e-3)
    field.fill("")
    assert number(rows(page, "#softmax-rows")[0][1]) == first[0]
    cell = page.locator("#softmax-rows td.score").first
    box = cell.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 4, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 3, steps=4)
    page.mouse.up()
    assert number(rows(page, "#softmax-rows")[0][1]) > 4


def test_an_empty_score_is_marked_and_the_last_one_stands(visit: Opener) -> None:
    page = visit(PAGES["review"][0])
    page.locator("#softmax-open").click()
    field = page.locator("#softmax-rows input").first
    before, said = field.input_value(), rows(page, "#softmax-rows")
    field.fill("")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert [row[-1] for row in rows(page, "#softmax-rows")] == [row[-1] for row in said]
    field.blur()
    expect(field).to_have_value(before)
    expect(field).to_have_attribute("aria-invalid", "false")


@pytest.mark.parametrize("kind", mostly("ball", among=PAGES))
def test_it_looks_right(visit: Opener, kind: str) -> None:
    page = visit(PAGES[kind][0])
    page.locator("#softmax-open").click()
    for summary in page.locator("#softmax summary:visible").all():
        summary.click()
    check_looks(page)
