"""The page of recall: which letter came first? What it shows is what the API answers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, ask, forgive
from tests.browser.looks import check_looks, check_widths, small_targets
from tests.browser.test_lab import bars
from tests.browser.test_review import settled, shares, typed

PATH = "/?model=recall-rnn"


def answered(page: Page, model: str, text: str, **more: Any) -> dict[str, Any]:
    return ask(page, "/api/trace", {"model": model, "input": {"text": text}, **more})  # type: ignore[no-any-return]


def test_what_it_says_is_what_the_api_answers(visit: Opener) -> None:
    page = visit(PATH + "&input=k+o+b+o+l+d")
    settled(page)
    probs = answered(page, "recall-rnn", "kobold")["values"]["probs"]
    assert bars(page) == [round(100 * p) for p in probs[-1]]
    first = ord("k") - ord("a")
    for t, p in enumerate(probs):
        rest, named = shares(page, t + 1)
        assert (rest, named) == pytest.approx((1 - p[first], p[first]), abs=1e-6)
    expect(page.locator("#bars .tick", has_text="\u25c2")).to_have_count(1)
    for row in page.locator(".reader").all():
        name, says = row.locator(".reader-name").inner_text(), row.locator(".reader-says").inner_text()
        model = {"RNN": "recall-rnn", "GRU": "recall-gru", "LSTM": "recall-lstm"}[name]
        his = answered(page, model, "kobold")["values"]["probs"][-1]
        assert says == f"{chr(ord('a') + his.index(max(his)))} {round(100 * max(his))}\u202f%"


def test_another_first_letter_is_another_answer(visit: Opener) -> None:
    page = visit("/?model=recall-gru&input=c+a+f+e")
    for text in ("pafe", "f a a a a a a a a a a a a a a", "b"):
        typed(page, text)
        settled(page)
        expect(page.locator("#bars li.top").first).to_contain_text(text[0])
    expect(page).to_have_url(re.compile("input=b"))


def test_a_gate_that_is_held_open_lets_the_first_letter_go(visit: Opener) -> None:
    page = visit("/?model=recall-gru&input=c+a+f+e+b+a+b+e")
    settled(page)
    page.locator("#network-title").click()
    page.keyboard.press("w")
    page.locator("#force-which").select_option("layers.0.z")
    page.locator("#force-to button", has_text="always 0").click()
    expect(page).to_have_url(re.compile("edit=force:layers.0.z:0"))
    probs = answered(page, "recall-gru", "cafebabe", edits=["force:layers.0.z:0"])["values"]["probs"][-1]
    assert bars(page) == [round(100 * p) for p in probs]
    assert probs[2] < 0.5, "the first letter is not remembered any more"


def test_a_letter_that_it_does_not_know_is_named_and_nothing_is_lost(visit: Opener) -> None:
    page = visit(PATH + "&input=a+b")
    page.locator("#text").fill("a b z")
    expect(page.locator(".notice")).to_contain_text("a to p")
    expect(page.locator("#text")).to_have_value("a b z")
    expect(page.locator("#tokens li")).to_have_text(["a", "b"])
    forgive(page, "422")
    page = visit(PATH + "&input=Hello+World")
    expect(page.locator(".notice")).to_have_count(1)


def test_the_card_has_its_accuracy_by_distance(visit: Opener) -> None:
    page = visit(PATH)
    figures = ask(page, "/api/models/recall-rnn")["card"]["figures"]
    rows = page.locator("#card .by-distance tbody tr")
    expect(rows).to_have_count(len(figures["distances"]))
    found = rows.locator("td").all_text_contents()
    assert found == [f"{100 * share:.1f}" for share in figures["accuracy"]]
    expect(page.locator("#card")).to_contain_text(f"{100 * figures['far']:.1f} % beyond them")


def test_it_has_a_tab(visit: Opener) -> None:
    page = visit("/")
    page.locator(".tabs a", has_text="Recall").click()
    expect(page.locator(".tabs [aria-current]")).to_have_text("Recall")
    expect(page.locator("#presets button").first).to_have_attribute("aria-pressed", "true")


def test_it_looks_right(visit: Opener) -> None:
    page = visit(PATH)
    settled(page)
    check_looks(page)
    assert small_targets(page, "#presets button, #tokens button") == []
    check_widths(page)
