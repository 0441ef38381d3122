"""The names in a real browser: made up letter by letter, and what is shown is what the API answers."""

from __future__ import annotations

import math
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Opener, ask, few, forgive
from tests.browser.looks import check_looks, check_widths, small_targets

PATH = "/?model=names-gru"


def settled(page: Page) -> None:
    page.wait_for_function(
        "() => [...document.querySelectorAll('#others .reader-says')].every(e => e.textContent !== '\u2026')"
    )


def made_up(page: Page, **query: Any) -> dict[str, Any]:
    parts = urlsplit(page.url)
    body = {"model": "names-gru", "temperature": 0.8, "seed": 7, **query}
    answer: dict[str, Any] = page.request.post(
        f"{parts.scheme}://{parts.netloc}/api/generate", data=body
    ).json()
    return answer


def test_the_name_the_others_and_more_are_what_the_api_makes_up(visit: Opener) -> None:
    page = visit(PATH)
    settled(page)
    assert page.locator("#name").inner_text() == made_up(page)["input"]["text"]
    for k, model in enumerate(("names-rnn", "names-gru", "names-lstm")):
        said = page.locator("#others .reader-says").nth(k).inner_text()
        assert said == made_up(page, model=model)["input"]["text"]
    for k, name in enumerate(page.locator("#more button").all_inner_texts()):
        assert name == made_up(page, seed=8 + k)["input"]["text"]
    page.locator("#more button").nth(2).click()
    expect(page).to_have_url(re.compile("seed=10"))
    expect(page.locator("#name")).to_have_text(made_up(page, seed=10)["input"]["text"])


def test_the_bars_are_what_a_letter_is_drawn_from(visit: Opener) -> None:
    page = visit(PATH + "&temperature=2&top=5&seed=3#t=2")
    settled(page)
    trace = made_up(page, temperature=2, top_k=5, seed=3)
    logits = trace["values"]["logits"][1]
    best = sorted(range(27), key=lambda k: -logits[k])[:5]
    weights = [math.exp(z / 2) if k in best else 0 for k, z in enumerate(logits)]
    expected = [w / sum(weights) for w in weights]
    levels = page.locator("#bars .level").evaluate_all("all => all.map(e => parseFloat(e.style.width))")
    assert levels == pytest.approx([100 * p for p in expected], abs=1e-3)
    drawn = trace["input"]["tokens"][2]
    marked = page.locator("#bars li").filter(has=page.locator(".tick", has_text="\u25c2"))
    expect(marked.locator(".letter")).to_have_text(drawn)


def test_settings_change_the_name_and_the_address(visit: Opener) -> None:
    page = visit(PATH)
    page.locator("#prefix").fill("Ka")
    expect(page.locator("#name")).to_have_text(made_up(page, prefix="ka")["input"]["text"])
    page.locator("#temperature").fill("1.5")
    expect(page.locator("#name")).to_have_text(made_up(page, prefix="ka", temperature=1.5)["input"]["text"])
    page.locator("#top").select_option("1")
    expect(page.locator("#name")).to_have_text(
        made_up(page, prefix="ka", temperature=1.5, top_k=1)["input"]["text"]
    )
    page.locator("#seed").fill("99")
    expect(page).to_have_url(re.compile(r"input=Ka.*temperature=1\.5.*top=1.*seed=99"))
    page.locator("#go").click()
    expect(page.locator("#name")).to_have_text("ka")
    expect(page.locator("#diagram g.column")).to_have_count(3)
    page.go_back()
    expect(page.locator("#go")).to_have_attribute("aria-checked", "true")


def test_another_name_is_another(visit: Opener) -> None:
    page = visit(PATH)
    names = set()
    for _ in range(5):
        before = page.url
        page.locator("#another").click()
        expect(page).not_to_have_url(before)
        names.add(page.locator("#name").inner_text())
    assert len(names) > 2


def test_a_letter_that_no_name_has_is_refused_and_nothing_is_lost(visit: Opener) -> None:
    page = visit(PATH)
    before = page.locator("#name").inner_text()
    page.locator("#prefix").fill("zoë")
    expect(page.locator("#notices")).to_contain_text("letters a to z only. This network knows no 'ë'.")
    assert page.locator("#name").inner_text() == before
    assert page.locator("#prefix").input_value() == "zoë"
    page.locator("#prefix").fill("zo")
    expect(page.locator("#notices")).to_be_empty()
    expect(page.locator("#name")).to_have_text(re.compile("^zo"))
    forgive(page, "422")


@pytest.mark.parametrize(("written", "shown"), few(1, [("99", "3.0"), ("0.05", "0.2"), ("0.75", "0.75")]))
def test_a_temperature_of_an_address_is_within_the_slider(visit: Opener, written: str, shown: str) -> None:
    page = visit(f"{PATH}&temperature={written}&seed=3")
    expect(page.locator("#temperature-says")).to_have_text(shown)
    expect(page.locator("#temperature")).to_have_value(shown.removesuffix(".0") if shown != "0.75" else "0.8")
    question = {"model": "names-gru", "temperature": float(shown), "seed": 3}
    expect(page.locator("#name")).to_have_text(ask(page, "/api/generate", question)["input"]["text"])


def test_a_seed_that_cannot_be_used_is_said_and_not_taken(visit: Opener) -> None:
    page = visit(PATH)
    name = page.locator("#name").inner_text()
    page.locator("#seed").fill("-1")
    expect(page.locator("#seed-wrong")).to_be_visible()
    assert page.locator("#name").inner_text() == name
    page.locator("#seed").blur()
    expect(page.locator("#seed")).to_have_value("7")
    expect(page.locator("#seed-wrong")).to_be_visible()  # why it is 7 again
    page.locator("#seed").fill("8")
    expect(page.locator("#seed-wrong")).to_be_hidden()


def test_letters_are_walked_one_by_one(visit: Opener) -> None:
    page = visit(PATH + "&input=emma&go=off")
    expect(page.locator(".playbar .step")).to_have_text("step 5 / 5")
    page.keyboard.press("Home")
    expect(page.locator("#answer-step")).to_have_text("before any letter")
    expect(page.locator("#name .ahead")).to_have_count(4)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#answer-step")).to_have_text("after e")
    expect(page.locator("#live")).to_contain_text("Step 2")
    page.keyboard.press("End")
    expect(page.locator("#name .ahead")).to_have_count(0)


def test_what_is_shared_opens_the_same(visit: Opener) -> None:
    page = visit(PATH + "&seed=12&temperature=1.2#t=2")
    name = page.locator("#name").inner_text()
    page.locator("#share").click()
    link = page.locator("#share-link").input_value()
    json = page.locator("#share-json").get_attribute("href") or ""
    page.goto(link)
    page.wait_for_selector("html[data-ready]")
    assert page.locator("#name").inner_text() == name
    expect(page.locator("#answer-step")).to_have_text(f"after {name[0]}")
    assert page.request.get(link.partition("/?")[0] + json).json()["input"]["text"] == name


@pytest.mark.parametrize("path", few(1, [PATH, PATH + "&input=emma&go=off#t=1"]), ids=["made up", "read"])
def test_it_looks_right(visit: Opener, path: str) -> None:
    page = visit(path)
    settled(page)
    check_looks(page)


def test_nothing_scrolls_sideways(visit: Opener) -> None:
    check_widths(visit(PATH + "&input=abcdefghijklmnopqrst&go=off"))


def test_targets_are_large_enough_on_a_phone(visit: Opener) -> None:
    page = visit(PATH, size=PHONE)
    settled(page)
    assert small_targets(page, "button:visible, select:visible, input:visible, [role=switch]:visible") == []
