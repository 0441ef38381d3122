"""The review in a real browser: what is typed is read, what is shown is what the API answers."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Opener, ask, few, forgive
from tests.browser.looks import check_looks, check_widths, overhang, small_targets

PATH = "/?model=review-gru"


def settled(page: Page) -> None:
    page.wait_for_selector("body:not(.busy)")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.reader-says')].every(e => e.textContent !== '\u2026')"
    )


def asked(page: Page, model: str, text: str, **more: Any) -> dict[str, Any]:
    body = {"model": model, "input": {"text": text}, **more}
    parts = urlsplit(page.url)
    answer: dict[str, Any] = page.request.post(f"{parts.scheme}://{parts.netloc}/api/trace", data=body).json()
    return answer


def shares(page: Page, column: int) -> list[float]:
    """The heights of a column's bands, negative first, as shares."""
    column_of_bands = page.locator("#bands g.after").nth(column)
    heights = [
        float(h)
        for h in column_of_bands.locator("rect.band").evaluate_all(
            "all => all.map(e => e.getAttribute('height'))"
        )
    ]
    return [h / sum(heights) for h in heights]


def typed(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    expect(page.locator("#text-count")).to_contain_text(re.compile(r"^\d+ of 60"))
    settled(page)


def test_columns_appear_as_one_types(visit: Opener) -> None:
    page = visit(PATH + "&input=")
    expect(page.locator("#unit-sentence")).to_contain_text("Nothing read yet")
    expect(page.locator("#diagram")).to_be_hidden()
    page.locator("#text").press_sequentially("not bad")
    expect(page.locator("#diagram g.column")).to_have_count(2)
    expect(page.locator("#tokens li")).to_have_text(["not", "bad"])
    page.wait_for_timeout(2100)  # a pause, after which a new entry of the history begins
    page.locator("#text").press_sequentially(" at all!")
    expect(page.locator("#tokens li")).to_have_text(["not", "bad", "at", "all", "!"])
    expect(page).to_have_url(re.compile(r"input=not%20bad%20at%20all!"))  # a moment after
    page.go_back()
    expect(page.locator("#tokens li")).to_have_text(["not", "bad"])
    assert page.locator("#text").input_value() == "not bad"


@pytest.mark.parametrize("model", few(2, ["review-bow", "review-lstm", "review-rnn", "review-gru"]))
def test_the_bands_are_what_the_api_answers(visit: Opener, model: str) -> None:
    page = visit(f"/?model={model}&input=that+was+phenomenal")
    settled(page)
    answer = asked(page, model, "that was phenomenal")
    assert shares(page, 0) == pytest.approx(answer["initial"]["probs"], abs=1e-5)
    for t, probs in enumerate(answer["values"]["probs"]):
        assert shares(page, 1 + t) == pytest.approx(probs, abs=1e-5)
    labels = page.locator("#bands g.after title").all_text_contents()
    assert labels == ["before any word", "after: that", "after: that was", "after: that was phenomenal"]
    numbers = page.locator("#bars .number").all_text_contents()
    assert [int(re.sub(r"\D", "", n)) for n in numbers] == [
        round(100 * p) for p in answer["values"]["probs"][-1]
    ]


def test_rivals_read_the_same_words(visit: Opener) -> None:
    page = visit(PATH + "&input=bad,+not+good")
    settled(page)
    for k, model in enumerate(("review-bow", "review-rnn", "review-gru", "review-lstm")):
        probs = asked(page, model, "bad, not good")["values"]["probs"][-1]
        widths = (
            page.locator(".reader")
            .nth(k)
            .locator("i")
            .evaluate_all("all => all.map(e => parseFloat(e.style.width))")
        )
        assert widths == pytest.approx([100 * p for p in probs], abs=1e-3)
    bag = page.locator(".reader").first.locator(".reader-says").text_content()
    typed(page, "good, not bad")
    assert page.locator(".reader").first.locator(".reader-says").text_content() == bag
    page.locator(".reader").last.click()
    expect(page.locator("#model")).to_have_value("review-lstm")
    expect(page).to_have_url(re.compile("model=review-lstm"))


def test_unknown_words_are_marked(visit: Opener) -> None:
    page = visit(PATH + "&input=a+blorptastic+film+😀")
    assert page.locator("#tokens .unknown").all_text_contents() == ["blorptastic", "😀"]
    assert page.locator("#diagram .word.unknown").count() == 2


def test_a_long_text_is_cut_where_one_sees_it(visit: Opener) -> None:
    page = visit(PATH)
    page.locator("#text").fill("good " * 75)
    expect(page.locator("#text-count")).to_have_text("60 of 75 words: the rest is left out")
    expect(page.locator("#tokens li")).to_have_count(60)
    page.locator("#text").fill("word " * 10_000)
    expect(page.locator("#text-count")).to_contain_text("60 of 10")
    page.locator("#text").fill("fine")
    expect(page.locator("#text-count")).to_have_text("1 of 60 words")


@pytest.mark.parametrize(
    "text", ["שלום עולם, זה טוב", "👨‍👩‍👧 👍🏽", "a\u0007b\u0000c", "<b>&amp;</b>", "x" * 5000], ids=ascii
)
def test_any_text_gets_an_answer(visit: Opener, text: str) -> None:
    page = visit(PATH)
    page.locator("#text").fill(text)
    settled(page)
    shown = page.locator("#tokens li").count()
    assert shown == asked(page, "review-gru", text)["length"] > 0
    assert page.locator("#notices").inner_text() == ""


def test_steps_are_walked_by_keys_words_and_the_bar(visit: Opener) -> None:
    page = visit(PATH + "&input=it+starts+well+but+ends+badly")
    expect(page.locator(".playbar .step")).to_have_text("word 6 / 6")
    page.keyboard.press("Home")
    expect(page.locator("#after")).to_have_text("after: it")
    expect(page.locator("#live")).to_contain_text("Word 1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#after")).to_have_text("after: it starts")
    page.locator("#tokens button").nth(3).click()
    expect(page.locator("#after")).to_have_text("after: it starts well but")
    page.locator("#bands g.after").nth(2).click()
    expect(page.locator("#after")).to_have_text("after: it starts")
    page.wait_for_url(re.compile(r"#.*t=2"))
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#after")).to_have_text("after: it starts")


def test_playing_reads_word_by_word(visit: Opener) -> None:
    page = visit(PATH + "&input=that+was+terrible", motion="no-preference")
    page.locator("[data-part=play]").click()
    expect(page.locator("[data-part=play]")).to_have_attribute("data-state", "playing")
    expect(page.locator("#after")).to_have_text("after: that")
    expect(page.locator("#after")).to_have_text("after: that was terrible", timeout=9000)
    expect(page.locator("[data-part=play]")).to_have_attribute("data-state", "still", timeout=9000)
    expect(page.locator("#bars .top .letter")).to_have_text("negative")


def test_memory_off_reads_each_word_alone(visit: Opener) -> None:
    page = visit(PATH + "&input=not+good")
    page.keyboard.press("m")
    expect(page.locator("#memory")).to_have_attribute("aria-checked", "false")
    expect(page).to_have_url(re.compile("memory=off"))
    settled(page)
    alone = asked(page, "review-gru", "good")["values"]["probs"][-1]
    assert shares(page, 2) == pytest.approx(alone, abs=1e-5)


def test_presets_and_what_it_gets_wrong_are_one_click_away(visit: Opener) -> None:
    page = visit(PATH)
    page.locator("#presets button", has_text="bad, not good").click()
    expect(page.locator("#tokens li")).to_have_count(4)
    expect(page.locator("#bars .top .letter")).to_have_text("negative")
    wrong = page.locator(".wrong button").first
    text = wrong.text_content() or ""
    wrong.click()
    expect(page.locator("#text")).to_have_value(text)


def test_words_are_put_elsewhere_by_keys_and_by_dragging(visit: Opener) -> None:
    page = visit("/?model=review-bow&input=good+not+bad")
    settled(page)
    bag = page.locator("#bars .number").all_text_contents()
    page.locator("#tokens button").first.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#text")).to_have_value("not good bad")
    assert page.evaluate("document.activeElement.textContent") == "good"
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#text")).to_have_value("not bad good")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#text")).to_have_value("not bad good")
    page.locator("#tokens li").last.drag_to(page.locator("#tokens li").first)
    expect(page.locator("#text")).to_have_value("good not bad")
    expect(page.locator("#tokens li").first).to_have_text("good")
    assert page.locator("#bars .number").all_text_contents() == bag
    expect(page).to_have_url(re.compile(r"input=good%20not%20bad"))
    page.locator("#tokens button").first.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#answer-step")).to_contain_text("after: not good bad")
    assert page.locator("#bars .number").all_text_contents() == bag


def test_escape_leaves_a_word_that_is_dragged_where_it_was(visit: Opener) -> None:
    page = visit("/?model=review-bow&input=good+not+bad")
    settled(page)
    first, last = (page.locator("#tokens li").nth(k).bounding_box() for k in (0, 2))
    assert first and last
    page.mouse.move(first["x"] + 10, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(last["x"] + 10, last["y"] + 10, steps=3)
    expect(page.locator("#tokens .dragged")).to_have_text("good")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator("#tokens .dragged")).to_have_count(0)
    expect(page.locator("#text")).to_have_value("good not bad")


def test_without_memory_it_is_said_why_there_are_no_readings(visit: Opener) -> None:
    page = visit("/?model=review-gru&input=good+film&memory=off")
    expect(page.locator("#why-off")).to_contain_text("Without memory")
    expect(page.locator("#why")).to_be_hidden()


@pytest.mark.parametrize("text", few(1, ["q" * 25_000, "\U0001f600" * 5000]))
def test_what_nobody_counted_is_not_counted(visit: Opener, text: str) -> None:
    page = visit("/?model=review-gru&input=good")
    settled(page)
    page.locator("#text").fill(text)
    expect(page.locator("#text-count")).to_contain_text("Only the beginning is read", timeout=15_000)
    forgive(page, "ERR_FAILED", "422")


def test_a_finger_takes_a_word_along(visit: Opener) -> None:
    page = visit("/?model=review-bow&input=good+not+bad", size=PHONE)
    settled(page)
    first, last = (page.locator("#tokens li").nth(k).bounding_box() for k in (0, 2))
    assert first and last
    finger = page.context.new_cdp_session(page)
    ends = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in (first, last)]
    way = [tuple(a + share * (b - a) for a, b in zip(*ends, strict=True)) for share in (0, 0.2, 0.6, 1)]
    for kind, (x, y) in zip(["touchStart", *["touchMove"] * 3], way, strict=True):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    expect(page.locator("#tokens .over.after")).to_have_text("bad")
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#text")).to_have_value("not bad good")
    expect(page.locator("#tokens .over, #tokens .dragged")).to_have_count(0)


@pytest.mark.parametrize(("words", "least"), few(1, [(40, 14), (20, 20)]))
def test_columns_too_narrow_for_a_label_have_it_on_its_side(visit: Opener, words: int, least: int) -> None:
    page = visit(f"/?model=review-gru&input={'+'.join(['that'] * (words - 1))}+dull")
    settled(page)
    sides = page.locator("#bands text.side")
    expect(sides.last).to_contain_text(re.compile("^after: .*dull$"))
    assert sides.count() >= least  # columns of a few pixels have none


@pytest.mark.parametrize("size", [pytest.param(DESKTOP, marks=pytest.mark.full), PHONE], ids=["1440", "390"])
def test_a_word_of_a_thousand_letters_fits(visit: Opener, size: tuple[int, int]) -> None:
    page = visit(f"/?model=review-gru&input={'a' * 3000}+film#t=1", size=size)
    settled(page)
    expect(page.locator("#why-notes .pairs")).to_be_visible()
    assert overhang(page) <= 0
    for room in ("#word", "#tokens", "#why-notes"):
        box = page.locator(room).bounding_box()
        assert box and box["height"] < 520, room


@pytest.mark.parametrize("model", few(1, ["review-gru", "review-bow"]))
def test_what_each_word_did_is_what_the_api_says(visit: Opener, model: str) -> None:
    page = visit(f"/?model={model}&input=good,+not+bad")
    settled(page)
    expect(page.locator("#why .did")).to_have_count(16)
    parts = urlsplit(page.url)
    address = f"{parts.scheme}://{parts.netloc}/api/attributions"
    found = page.request.post(address, data={"model": model, "text": "good, not bad"}).json()
    rows = [
        found["step_change"],
        found["leave_one_out"],
        found["gradient_x_input"],
        found["shapley"]["values"],
    ]
    for k, row in enumerate(rows):
        shown = page.locator("#why .method").nth(k).locator(".did text").all_text_contents()
        numbers = [float(text.replace("\u2212", "-")) for text in shown]
        assert numbers == pytest.approx([p[2] - p[0] for p in row], abs=0.0051)
    for method in (rows[0], rows[3]):
        whole = [sum(p[k] for p in method) for k in range(3)]
        assert whole == pytest.approx(
            [a - b for a, b in zip(found["after"], found["before"], strict=True)], abs=1e-5
        )
    expect(page.locator("#why .pairs")).to_contain_text(
        "not \u00d7 bad" if model == "review-gru" else "\u00d7"
    )


@pytest.mark.parametrize(
    ("model", "gate"), few(2, [("review-gru", 1), ("review-bow", None), ("review-rnn", 0)])
)
def test_what_each_word_pushes_is_its_row_times_the_weights(
    visit: Opener, model: str, gate: int | None
) -> None:
    page = visit(f"/?model={model}&input=not+good")
    settled(page)
    values = asked(page, model, "not good")["values"]
    weights = ask(page, f"/api/models/{model}/weights?without=embedding.W")["weights"]
    size = len(values["layers.0.h"][0])
    rows: list[list[float]] = values["x"]
    if gate is None:
        pushed = rows
        expect(page.locator("#pushes-into")).to_be_hidden()
    else:
        block = weights["layers.0.W_ih"][gate * size : (gate + 1) * size]
        pushed = [[sum(w * v for w, v in zip(row, x, strict=True)) for row in block] for x in rows]
        if size < len(weights["layers.0.W_ih"]):
            page.locator("#pushes-into button").nth(gate).click()
            expect(page.locator("#pushes-into [aria-pressed=true]")).to_be_focused()
    page.locator("#pushes summary").click()
    table = page.locator("#pushes-table tbody tr")
    expect(table).to_have_count(size)
    shown = table.evaluate_all("all => all.map(tr => [...tr.cells].map(c => c.textContent))")
    for unit, *cells in shown:
        for t, cell in enumerate(cells):
            assert float(cell.replace("\u2212", "-")) == pytest.approx(pushed[t][int(unit)], abs=6e-3)
    strongest = max(range(size), key=lambda j: abs(pushed[1][j]))
    expect(page.locator("#pushes-say")).to_contain_text("\u201cgood\u201d pushes")
    expect(page.locator("#pushes-say")).to_contain_text(f"unit {strongest} ")


def test_a_push_that_is_pressed_chooses_its_word_and_unit(visit: Opener) -> None:
    page = visit("/?model=review-rnn&input=not+good")
    settled(page)
    page.locator("#pushes-map").click(position={"x": 150, "y": 30})
    expect(page.locator("#tokens [aria-current]")).to_have_text("not")
    expect(page.locator("#pushes-say")).to_contain_text("\u201cnot\u201d pushes unit ")
    expect(page).to_have_url(re.compile("node=layers.0.h&unit="))


def test_many_units_are_pictures_but_around_the_word_that_is_looked_at(visit: Opener) -> None:
    words = "a film that is not at all boring and never once less than funny or warm"
    page = visit(f"/?model=review-lstm&input={words.replace(' ', '+')}#t=4")
    settled(page)
    columns = page.locator("#diagram g.column")
    for t in range(columns.count()):
        near = abs(t - 3) <= 1
        assert (columns.nth(t).locator("rect.unit").count() > 0) == near
        assert (columns.nth(t).locator("image.units").count() > 0) == (not near)
    picture = columns.nth(9).locator("g.box[data-node=h] image")
    box = picture.bounding_box()
    assert box
    picture.click(position={"x": 2, "y": 2}, force=True)
    expect(page).to_have_url(re.compile("t=10&node=layers.0.h&unit="))
    chosen = re.search(r"unit=(\d+)", page.url)
    assert chosen
    first = columns.nth(9).locator("g.box[data-node=h] rect").first
    assert first.get_attribute("data-index") == chosen[1]  # now it has its own squares


def test_more_than_ten_words_have_no_shapley_values_and_memory_off_has_no_why(visit: Opener) -> None:
    page = visit(PATH + "&input=" + "+".join("abcdefghijk"))
    settled(page)
    expect(page.locator("#why .did")).to_have_count(33)
    expect(page.locator("#why .none")).to_contain_text("up to ten words")
    page.keyboard.press("m")
    expect(page.locator("#why")).to_be_hidden()


def test_the_word_that_is_looked_at_is_shown_as_numbers(visit: Opener) -> None:
    page = visit(PATH + "&input=a+blorptastic+terrible+film#t=3")
    parts = urlsplit(page.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    expect(page.locator("#word .is")).to_contain_text("\u201cterrible\u201d is number")
    found = page.request.get(f"{origin}/api/models/review-gru/words?word=terrible").json()
    expect(page.locator("#word .is")).to_contain_text(f"number {found['number']} of {found['vocabulary']}")
    expect(page.locator("#word")).not_to_contain_text("No word is read yet.")
    numbers = page.locator("#word rect.number title").all_text_contents()
    shown = [float(text.replace("\u2212", "-")) for text in numbers]
    assert shown == pytest.approx(found["vector"], abs=5e-5)
    near = page.locator("#word .nearest li").all_text_contents()
    assert [text.split(" ")[0] for text in near] == [one["word"] for one in found["nearest"]]
    page.locator("#tokens button").nth(1).click()
    expect(page.locator("#word .is")).to_contain_text("is not among the 8216 words")
    expect(page.locator("#word .nearest li")).to_have_count(0)
    page.locator("#text").fill("")
    expect(page.locator("#word")).to_have_text("No word is read yet.")


def test_what_is_shared_opens_the_same(visit: Opener) -> None:
    page = visit(PATH + "&input=not+bad#t=1&node=layers.0.z&unit=5")
    page.locator("#share").click()
    link = page.locator("#share-link").input_value()
    assert re.search(r"model=review-gru@[0-9a-f]{8}", link)
    json = page.locator("#share-json").get_attribute("href") or ""
    page.locator("#share-dialog [data-close]").click()
    sentence = page.locator("#unit-sentence").text_content()
    page.goto(link)
    page.wait_for_selector("html[data-ready]")
    assert page.locator("#unit-sentence").text_content() == sentence
    assert page.locator("#text").input_value() == "not bad"
    answer = page.request.get(link.partition("/?")[0] + json)
    assert answer.ok and answer.json()["input"]["tokens"] == ["not", "bad"]


def test_the_tabs_lead_from_page_to_page(visit: Opener) -> None:
    page = visit("/")
    page.locator(".tabs a", has_text="Review").click()
    expect(page.locator("#text")).to_have_value("that was phenomenal")
    expect(page.locator(".tabs [aria-current]")).to_have_text("Review")
    page.locator(".tabs a", has_text="Ball").click()
    expect(page.locator("#stage svg")).to_be_visible()


def test_a_service_that_is_gone_loses_nothing(visit: Opener) -> None:
    page = visit(PATH)
    settled(page)
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#text").fill("that was terrible")
    expect(page.locator("#notices")).to_contain_text("The service does not answer")
    assert page.locator("#text").input_value() == "that was terrible"
    expect(page.locator("#tokens li")).to_have_count(3)
    page.unroute("**/api/**")
    page.locator("#text").fill("that was fine")
    expect(page.locator("#tokens li").last).to_have_text("fine")
    expect(page.locator("#notices")).to_be_empty()
    forgive(page, "ERR_FAILED", "422")


@pytest.mark.parametrize(
    "path",
    few(1, [PATH + "&input=" + "a+blorptastic+film+" * 9, PATH + "&input=", PATH]),
    ids=["long", "empty", "short"],
)
def test_it_looks_right(visit: Opener, path: str) -> None:
    page = visit(path)
    settled(page)
    check_looks(page)


@pytest.mark.parametrize(
    "path", few(2, ["/?model=ball-gru", PATH, "/?model=review-bow", "/?model=names-gru"])
)
def test_on_a_desk_the_sections_scroll_and_not_the_page(visit: Opener, path: str) -> None:
    page = visit(path)
    page.wait_for_timeout(600)
    assert page.evaluate("document.documentElement.scrollHeight") <= DESKTOP[1]
    hint, bar = page.locator("#unit-sentence").bounding_box(), page.locator("#playbar").bounding_box()
    assert hint and bar and hint["y"] + hint["height"] <= bar["y"], (
        "the diagram takes all the room there is, no more"
    )


def test_nothing_scrolls_sideways(visit: Opener) -> None:
    check_widths(visit(PATH + "&input=" + "a+film+" * 12))


def test_targets_are_large_enough_on_a_phone(visit: Opener) -> None:
    page = visit(PATH, size=PHONE)
    settled(page)
    assert small_targets(page, "button:visible, select:visible, [role=switch]:visible") == []


def test_an_emptied_text_closes_what_was_opened(visit: Opener) -> None:
    page = visit("/?model=review-gru&input=good+film#t=2&node=layers.0.h&unit=3&view=cell")
    expect(page.locator("#cell")).to_be_visible()
    page.locator("#text").fill("")
    expect(page.locator("#cell")).to_be_hidden()
    expect(page.locator("#cell-open")).to_be_hidden()


def test_a_text_is_never_cut_within_a_character(visit: Opener) -> None:
    page = visit("/?model=review-gru")
    page.locator("#text").fill("a" + "\U0001f600" * 12000)
    expect(page.locator("#diagram g.column")).to_have_count(60, timeout=20000)
    expect(page.locator("#text-count")).to_contain_text("60")
    expect(page.locator("#notices")).to_be_empty()
    forgive(page, "ERR_FAILED", "422")
