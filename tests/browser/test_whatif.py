"""What if: numbers of a network changed by hand, answered at once, and by the engine's own numbers."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.browser.conftest import PHONE, Opener, ask, few, forgive, settled
from tests.browser.looks import check_looks, check_widths
from tests.browser.test_lab import bars, question

MODEL = "ball-gru"
PATH = f"/?model={MODEL}#t=9&node=layers.0.h&unit=5"
DRAGGED = """(values) => {
  const field = document.getElementById('scale');
  const numbers = [...document.querySelectorAll('#bars .number')];
  return values.map((value) => {
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return numbers.map((e) => parseInt(e.textContent));
  });
}"""
GHOST = "all => all.map((e) => Number.parseFloat(e.style.left))"


def traced(page: Page, edits: list[str], model: str = MODEL) -> dict[str, Any]:
    """What the API says of the ball on screen, with these edits."""
    boot: Any = page.evaluate("JSON.parse(document.getElementById('boot').textContent)")
    return ask(page, "/api/trace", {"model": model, "input": {"points": boot["points"]}, "edits": edits})  # type: ignore[no-any-return]


def opened(visit: Opener, path: str = PATH) -> Page:
    page = visit(path)
    settled(page)
    if not page.locator("#whatif").evaluate("(e) => e.open"):
        page.locator("#network-title").click()
        page.keyboard.press("w")
    return page


def edits_in(page: Page) -> list[str]:
    found = re.search(r"[?&]edit=([^&#]*)", page.url)
    return found[1].split(";") if found else []


def percents(page: Page, edits: list[str]) -> list[int]:
    return [round(100 * p) for p in traced(page, edits)["values"]["probs"][8]]


def fill(page: Page, name: str, value: str) -> None:
    page.locator(f"#{name}").fill(value)
    page.locator(f"#{name}").dispatch_event("change")


def press(page: Page, where: str, text: str) -> None:
    page.locator(f"{where} button", has_text=text).click()


KINDS: dict[str, tuple[str, Any]] = {
    "scale": ("scale:layers.0.W_hh:1.3", lambda page: fill(page, "scale", "1.3")),
    "a number typed": ("scale:layers.0.W_hh:-2.5", lambda page: fill(page, "scale-number", "-2.5")),
    "a gate": ("force:layers.0.r:0", lambda page: press(page, "#force-to", "always 0")),
    "a unit": ("force:layers.0.h[5]:0", lambda page: press(page, "#unit-silence", "Silence")),
    "a start": ("h0[5]:-0.75", lambda page: fill(page, "start", "-0.75")),
}


@pytest.mark.parametrize("kind", few(3, KINDS))
def test_every_kind_of_change_is_the_engines(visit: Opener, kind: str) -> None:
    page = opened(visit)
    before = bars(page)
    edit, do = KINDS[kind]
    with page.expect_response("**/api/trace") as answer:
        do(page)
    assert json.loads(answer.value.request.post_data or "")["edits"] == [edit]
    expect(page).to_have_url(re.compile("edit="))
    assert edits_in(page) == [edit]
    assert bars(page) == percents(page, [edit])
    plain, now = traced(page, [])["values"], traced(page, [edit])["values"]
    assert before == [round(100 * p) for p in plain["probs"][8]] and now["probs"] != plain["probs"]
    ticks = page.locator("#bars .was").evaluate_all(GHOST)
    np.testing.assert_allclose(ticks, [100 * p for p in plain["probs"][8]], atol=0.01)
    apart = np.abs(np.array(plain["layers.0.h"]) - np.array(now["layers.0.h"])).max(axis=1) > 0.05
    says = page.locator("#whatif-say").inner_text()
    assert (f"From step {apart.argmax() + 1} on" in says) == apart.any()
    assert page.locator("#diagram .parted path").count() == apart.any()
    expect(page.locator("#edits li")).to_have_count(1)
    expect(page.locator("#notices")).to_be_empty()
    page.reload()
    settled(page)
    expect(page.locator("#whatif")).to_have_attribute("open", "")
    assert bars(page) == percents(page, [edit])


def test_a_weight_is_changed_where_it_was_chosen(visit: Opener) -> None:
    page = opened(visit, f"/?model={MODEL}#t=9&view=rolled&weight=layers.0.W_hh.70.4")
    plain = ask(page, f"/api/models/{MODEL}/weights")["weights"]["layers.0.W_hh"][70][4]
    expect(page.locator("#weight-name")).to_have_text("W_hh[70,4]")
    assert float(page.locator("#weight-number").input_value()) == pytest.approx(plain, rel=1e-4)
    fill(page, "weight", "1.5")
    expect(page).to_have_url(re.compile(re.escape("edit=layers.0.W_hh[70,4]:1.5")))
    assert bars(page) == percents(page, ["layers.0.W_hh[70,4]:1.5"])
    expect(page.locator("#weights-say")).to_contain_text("1.50")  # it is what the picture has, too
    page.locator("#edits button").click()
    expect(page).not_to_have_url(re.compile("edit="))
    assert bars(page) == percents(page, [])


@pytest.mark.parametrize(
    ("model", "node", "row"),
    few(2, [("ball-gru", "n", 69), ("ball-gru", "h", None), ("ball-rnn", "h", 5), ("ball-lstm", "f", 37)]),
)
def test_the_bias_of_a_unit_is_changed_where_it_has_one(
    visit: Opener, model: str, node: str, row: int | None
) -> None:
    page = opened(visit, f"/?model={model}#t=9&node=layers.0.{node}&unit=5")
    if row is None:
        expect(page.locator("#bias-number")).to_be_hidden()
        return
    before = ask(page, f"/api/models/{model}/weights")["weights"]["layers.0.b_ih"][row]
    assert float(page.locator("#bias-number").input_value()) == pytest.approx(before, abs=1e-4)
    fill(page, "bias-number", "0.8")
    expect(page).to_have_url(re.compile("edit="))
    edit = f"layers.0.b_ih[{row}]:0.8"
    assert edits_in(page) == [edit]
    assert bars(page) == [round(100 * p) for p in traced(page, [edit], model)["values"]["probs"][8]]


def test_the_answer_is_there_in_the_frame_of_the_hand(visit: Opener) -> None:
    """No question of the engine's has been answered when the numbers are others."""
    page = opened(visit)
    asked: list[Route] = []
    page.route("**/api/trace", lambda route: asked.append(route))
    with page.expect_request("**/api/trace"):
        shown = page.evaluate(DRAGGED, ["1.1", "1.2", "1.5"])
    assert shown == [percents(page, [f"scale:layers.0.W_hh:{by}"]) for by in (1.1, 1.2, 1.5)]
    page.wait_for_timeout(400)
    assert len(asked) == 1, "the engine is asked once, when the hand rests"
    asked[0].fallback()


def test_what_is_tried_out_can_be_taken_back(visit: Opener) -> None:
    page = opened(visit)
    plain = bars(page)
    fill(page, "scale", "1.3")
    press(page, "#force-to", "always 1")
    expect(page.locator("#edits li")).to_have_count(2)
    both = bars(page)
    page.locator("#undo").click()
    assert bars(page) == percents(page, ["scale:layers.0.W_hh:1.3"])
    page.locator("#network-title").click()
    page.keyboard.press("z")
    assert bars(page) == plain
    expect(page.locator("#undo")).to_be_disabled()
    for _ in range(2):
        page.keyboard.press("y")
    assert bars(page) == both
    page.locator("#as-trained").click()
    expect(page.locator("#edits li")).to_have_count(0)
    assert bars(page) == plain
    page.locator("#undo").click()
    assert bars(page) == both


def test_back_leads_to_what_was_tried_out_before(visit: Opener) -> None:
    page = opened(visit)
    fill(page, "scale", "1.3")
    page.wait_for_timeout(2300)  # what comes without a pause is one entry of the history
    press(page, "#force-to", "always 1")
    expect(page).to_have_url(re.compile("force:"))
    page.go_back()
    expect(page.locator("#edits li")).to_have_count(1)
    settled(page)
    assert bars(page) == percents(page, ["scale:layers.0.W_hh:1.3"]) != percents(page, [])


def test_it_goes_with_the_ball_and_not_with_another_network(visit: Opener) -> None:
    page = opened(visit)
    fill(page, "scale", "1.3")
    page.locator("#scenes button").nth(3).click()
    settled(page)
    assert edits_in(page) == ["scale:layers.0.W_hh:1.3"]
    page.locator("#model").select_option("ball-rnn")
    settled(page)
    assert edits_in(page) == []
    expect(page.locator("#edits li")).to_have_count(0)
    expect(page.locator("#undo")).to_be_disabled()


def test_a_difference_between_the_two_is_shown(visit: Opener) -> None:
    page = opened(visit, "/?model=ball-rnn#t=9")  # its answer is short, and so is JSON

    def wrong(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        body["values"]["layers.0.h"][4][2] += 0.01
        route.fulfill(response=response, json=body)

    page.route("**/api/trace", wrong)
    fill(page, "scale", "0.9")
    expect(page.locator("#notices")).to_contain_text("layers.0.h at step 5")


def test_what_the_engine_refuses_is_taken_back(visit: Opener) -> None:
    page = opened(visit)
    before = bars(page)
    page.route("**/api/trace", lambda route: route.abort())
    fill(page, "scale", "1.7")
    expect(page.locator("#notices")).not_to_be_empty()
    expect(page).not_to_have_url(re.compile("edit="))
    assert bars(page) == before
    expect(page.locator("#edits li")).to_have_count(0)
    forgive(page, "ERR_FAILED", "422")


@pytest.mark.parametrize("edit", few(1, ["h0[99]:1", "nonsense", "scale:layers.0.nothing:2"]))
def test_a_link_with_an_edit_that_cannot_be_made(visit: Opener, edit: str) -> None:
    page = visit(f"/?model={MODEL}&edit={edit}#t=9")
    settled(page)
    expect(page.locator("#notices")).to_contain_text("edit")
    assert bars(page) == percents(page, [])


def test_the_trace_back_is_of_the_changed_network(visit: Opener) -> None:
    page = opened(visit)
    fill(page, "scale", "0.7")
    page.locator("#network-title").click()
    with page.expect_request("**/api/flows") as asked:
        page.keyboard.press("b")
    assert asked.value.post_data_json["edits"] == ["scale:layers.0.W_hh:0.7"]  # type: ignore[index]
    expect(page.locator("#traceback-say")).not_to_be_empty()


OTHERS = {
    "review": ("/?model=review-gru&input=good,+not+bad#t=3&node=layers.0.h&unit=5", 2),
    "a name that is read": ("/?model=names-lstm&input=emma&go=off#t=4&node=layers.0.h&unit=5", 3),
    "a name that is drawn": ("/?model=names-gru&seed=7#t=2&node=layers.0.h&unit=5", 1),
}


@pytest.mark.parametrize("kind", few(2, OTHERS))
def test_the_other_pages_do_the_same(visit: Opener, kind: str) -> None:
    path, column = OTHERS[kind]
    page = visit(path)
    page.locator("#network-title").click()
    page.keyboard.press("w")
    model = str(re.search(r"model=([\w-]+)", path)[1])  # type: ignore[index]

    def probs() -> list[int]:
        """What the API says now of what is on screen: the answer that the page shows, to the letter."""
        found = question(page)
        assert found["model"].startswith(model)
        return [round(100 * p) for p in found["values"]["probs"][column]]

    plain = page.locator("#diagram").inner_html()
    edits: list[str] = []

    def confirms(answer: Response) -> bool:
        """Whether the engine answers with all that was changed so far."""
        asked = answer.request.post_data or ""
        return (
            re.search("/api/(trace|generate)", answer.url) is not None and json.loads(asked)["edits"] == edits
        )

    for name, value, edit in (("scale", "1.3", "scale:layers.0.W_hh:1.3"), ("start", "0.5", "h0[5]:0.5")):
        edits.append(edit)
        with page.expect_response(confirms):
            fill(page, name, value)
        expect(page.locator("#edits li")).to_have_count(len(edits))
    expect(page.locator("#edits li")).to_have_count(2)
    assert page.locator("#diagram").inner_html() != plain
    if "drawn" not in kind:  # there the page shows what a letter is drawn from, at its temperature
        assert bars(page) == probs()
    expect(page.locator("#notices")).to_be_empty()
    expect(page).to_have_url(re.compile(r"h0\[5\]"))
    assert edits_in(page) == edits
    page.reload()
    expect(page.locator("#edits li")).to_have_count(2)
    page.locator("#as-trained").click()
    expect(page).not_to_have_url(re.compile("edit="))
    expect(page.locator("#edits li")).to_have_count(0)


def test_where_a_value_is_held_no_word_is_blamed(visit: Opener) -> None:
    page = visit("/?model=review-gru&input=good,+not+bad#t=3")
    expect(page.locator("#why")).to_be_visible()
    page.locator("#network-title").click()
    page.keyboard.press("w")
    press(page, "#force-to", "always 1")
    expect(page.locator("#why")).to_be_hidden()
    expect(page.locator("#why-off")).to_contain_text("held")
    page.locator("#edits button").click()
    expect(page.locator("#why")).to_be_visible()


def test_it_looks_right(visit: Opener) -> None:
    page = opened(
        visit, f"/?model={MODEL}&edit=scale:layers.0.W_hh:1.3;force:layers.0.z:1#t=9&node=layers.0.h&unit=5"
    )
    check_looks(page, "#network")


def test_it_fits_any_width(visit: Opener) -> None:
    page = visit(f"/?model={MODEL}&edit=scale:layers.0.W_hh:1.3#t=9&node=layers.0.h&unit=5", size=PHONE)
    settled(page)
    check_widths(page)
