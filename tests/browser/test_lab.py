"""The lab: what is played, thrown and switched is what the engine computes."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import THERE, Opener, ask, few, forgive, settled

DIRECTIONS = ["E", "NE", "N", "NW", "W", "SW", "S", "SE"]


def bars(page: Page) -> list[int]:
    texts = page.locator("#bars .number").all_inner_texts()
    return [int(re.sub(r"\D", "", text)) for text in texts]


def question(page: Page, **more: Any) -> dict[str, Any]:
    """The run that is on screen, asked of the service."""
    href = page.evaluate(
        "(document.getElementById('share').click(), document.getElementById('share-json').href)"
    )
    page.keyboard.press("Escape")
    return ask(page, "/" + href.split("/", 3)[3])  # type: ignore[no-any-return]


def step(page: Page) -> int:
    return int(page.locator("[data-part=scrub]").input_value())


def test_every_number_is_the_engines(visit: Opener) -> None:
    page = visit("/#t=7")
    settled(page)
    run = question(page)
    assert bars(page) == [round(100 * p) for p in run["values"]["probs"][6]]
    page.locator("#values-table").locator("xpath=..").locator("summary").click()
    expect(page.locator("#values-table tbody td")).to_have_count(32)
    cells = page.locator("#values-table tbody td").all_inner_texts()
    shown = [float(text.replace("\u2212", "-")) for text in cells]
    assert shown == [pytest.approx(v, abs=5.1e-4) for v in run["values"]["layers.0.h"][6]]
    entropy = float(page.locator("#entropy").inner_text())
    card = ask(page, "/api/models/ball-rnn")["card"]["figures"]
    expect(page.locator("#card")).to_contain_text(f"{100 * card['accuracy_late']:.1f}")
    assert 0 <= entropy <= 3


def test_playing_ends_where_jumping_does(visit: Opener) -> None:
    page = visit("/#t=1", motion="no-preference")
    settled(page)
    page.locator("[data-part=speed]").select_option("4")
    page.locator("[data-part=play]").click()
    expect(page.locator("[data-part=play-label]")).to_have_text("Pause")
    expect(page.locator("[data-part=step]")).to_have_text("frame 16 / 16", timeout=20_000)
    expect(page.locator("[data-part=play-label]")).to_have_text("Play again", timeout=20_000)
    played = page.locator("#diagram").inner_html()
    page.reload()
    settled(page)
    assert page.locator("#diagram").inner_html() == played
    assert step(page) == 16


def test_a_frame_is_painted_in_order_of_computation(visit: Opener) -> None:
    page = visit("/?model=ball-gru#t=1", motion="no-preference")
    settled(page)
    page.locator("[data-part=speed]").select_option("0.25")
    page.locator("[data-part=play]").click()
    orders: set[tuple[bool, ...]] = set()
    for _ in range(60):
        page.wait_for_timeout(60)
        orders.add(
            tuple(
                page.evaluate(
                    """() => {
                      const column = document.querySelectorAll('#diagram g.column')[1];
                      const there = THERE;
                      const done = (e) => there(e) === 1;
                      const full = (s) => [...column.querySelectorAll(s)].every(done);
                      const boxes = ['r', 'z', 'n', 'h'].map((n) => full(`[data-node=${n}] rect`));
                      return [full('.input .dot'), ...boxes, full('g.outputs')];
                    }""".replace("THERE", THERE)
                )
            )
        )
        if orders and all(max(orders)):
            break
    assert len(orders) > 3, "too few moments were seen"
    for moment in orders:
        assert list(moment) == sorted(moment, reverse=True), (
            f"something came before what it is made from: {moment}"
        )


def test_along_a_long_path_a_column_moves_as_it_is(visit: Opener) -> None:
    """What is drawn on the way is what is drawn at once, and far columns are the same elements."""
    points = ";".join(f"{0.5 + 0.3 * (t % 7) / 7:.2f},{0.2 + 0.01 * t:.3f}" for t in range(60))
    page = visit(f"/?model=ball-gru&points={points}#t=12")
    settled(page)
    page.evaluate("document.querySelectorAll('#diagram g.column').forEach((g) => (g.drawn = g.firstChild))")
    page.locator("#network-title").click()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert step(page) == 32
    kept = page.evaluate(
        "[...document.querySelectorAll('#diagram g.column')].map((g) => g.drawn === g.firstChild)"
    )
    assert all(kept[:4]) and all(kept[-10:]) and not all(kept[12:32])
    walked = page.locator("#diagram").inner_html()
    page.wait_for_url("**t=32*")
    page.reload()
    settled(page)
    assert page.locator("#diagram").inner_html() == walked


def test_scrubbing_and_keys_move_in_time(visit: Opener) -> None:
    page = visit("/#t=4")
    settled(page)
    page.locator("[data-part=scrub]").fill("11")
    assert step(page) == 11
    page.locator("#network-title").click()
    page.keyboard.press("ArrowLeft")
    assert step(page) == 10
    page.keyboard.press("Home")
    assert step(page) == 1
    page.keyboard.press("End")
    assert step(page) == 16
    expect(page.locator("#live")).to_contain_text("Frame 16")
    page.keyboard.press("r")
    assert step(page) == 1
    page.wait_for_function("() => location.hash === ''")


def test_the_diagram_is_walked_by_keys(visit: Opener) -> None:
    page = visit("/#t=5")
    settled(page)
    page.locator("#diagram g.column.current").focus()
    page.keyboard.press("ArrowRight")
    assert step(page) == 6
    page.keyboard.press("ArrowDown")
    expect(page.locator("#unit-sentence")).to_contain_text("unit")
    expect(page.locator("#diagram rect.chosen-unit")).to_have_count(1)
    assert page.locator("#diagram path.edge").count() > 3
    sentence = page.locator("#unit-sentence").inner_text()
    name = re.search(r"h\[(\d+)\].* is ([+\u2212][\d.]+)", sentence)
    assert name
    value = question(page)["values"]["layers.0.h"][5][int(name[1])]
    assert float(name[2].replace("\u2212", "-")) == pytest.approx(value, abs=0.0051)
    page.keyboard.press("Escape")
    expect(page.locator("#diagram rect.chosen-unit")).to_have_count(0)


def test_choosing_the_gru_shows_its_gates(visit: Opener) -> None:
    page = visit("/#t=3")
    settled(page)
    expect(page.locator("#diagram g.column").first.locator("g.box")).to_have_count(1)
    page.locator("#model").select_option("ball-gru")
    settled(page)
    boxes = page.locator("#diagram g.column").first.locator("g.box")
    assert [boxes.nth(k).get_attribute("data-node") for k in range(boxes.count())] == ["r", "z", "n", "h"]
    assert "model=ball-gru" in page.url
    page.go_back()
    expect(page.locator("#model")).to_have_value("ball-rnn")
    expect(page.locator("#diagram g.column").first.locator("g.box")).to_have_count(1)


@pytest.mark.parametrize(
    "model",
    few(3, ["ball-lstm", "ball-window-4", "ball-rnn", "ball-gru", "ball-window-2", "ball-memoryless"]),
)
def test_every_model_draws_its_graph(visit: Opener, model: str) -> None:
    page = visit(f"/?model={model}#t=9")
    settled(page)
    graph = ask(page, f"/api/models/{model}")["graph"]["layers"][0]
    wanted = {node["id"] for node in graph["nodes"] if node["role"] in ("gate", "state")}
    boxes = page.locator("#diagram g.column").nth(8).locator("g.box")
    assert {boxes.nth(k).get_attribute("data-node") for k in range(boxes.count())} == wanted
    ribbons = page.locator("#diagram g.column").nth(8).locator(".from-state").count()
    assert ribbons == len(graph["states"])


def test_a_throw_by_pointer_flies(visit: Opener) -> None:
    page = visit(motion="no-preference")
    settled(page)
    box = page.locator("#stage rect.walls").bounding_box()
    assert box
    x, y = box["x"] + 0.3 * box["width"], box["y"] + 0.7 * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 25, y, steps=4)
    expect(page.locator("#stage g.aim polyline")).to_have_count(1)
    page.mouse.move(x + 45, y, steps=4)
    page.mouse.up()
    page.wait_for_url("**/?points=*")
    expect(page.locator("[data-part=play-label]")).to_have_text("Pause")
    page.locator("[data-part=scrub]").fill("6")
    settled(page)
    assert DIRECTIONS[bars(page).index(max(bars(page)))] == "E"


@pytest.mark.parametrize(
    ("key", "class_"), few(1, [("Shift+ArrowUp", "NW"), ("ArrowUp", "N"), ("ArrowLeft", "W")])
)
def test_a_throw_by_keys_goes_where_the_arrow_points(visit: Opener, key: str, class_: str) -> None:
    page = visit("/?points=0.5,0.5;0.56,0.5#t=1")
    settled(page)
    page.locator("#stage svg").focus()
    page.keyboard.press(key)
    page.wait_for_function("() => document.querySelectorAll('#diagram g.column').length === 16")
    page.locator("[data-part=scrub]").fill("5")
    settled(page)
    assert DIRECTIONS[bars(page).index(max(bars(page)))] == class_


def test_a_path_is_drawn(visit: Opener) -> None:
    page = visit()
    settled(page)
    page.locator("#draw").click()
    expect(page.locator("#stage-hint")).to_contain_text("one stroke")
    box = page.locator("#stage rect.walls").bounding_box()
    assert box

    def stroke(*stops: tuple[float, float]) -> None:
        for k, (x, y) in enumerate(stops):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
            if k == 0:
                page.mouse.down()
        page.mouse.up()

    stroke((0.2, 0.2), (0.22, 0.21))
    expect(page.locator(".notice")).to_contain_text("too short")
    page.locator(".notice button").click()
    stroke((0.1, 0.2), (0.7, 0.2), (0.7, 0.8))
    page.wait_for_url("**/?points=*")
    settled(page)
    points = question(page)["input"]["points"]
    steps = [((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5 for a, b in pairwise(points)]
    assert 10 <= len(points) <= 32
    assert all(0.02 < s < 0.095 for s in steps)


def test_without_memory_the_network_guesses(visit: Opener) -> None:
    page = visit("/#t=9")
    settled(page)
    sure = max(bars(page))
    page.locator("#memory").click()
    expect(page.locator("#memory")).to_have_attribute("aria-checked", "false")
    settled(page)
    assert max(bars(page)) < 30 < sure
    assert page.locator("#diagram .from-state").count() == 0
    assert bars(page) == [round(100 * p) for p in question(page)["values"]["probs"][8]]
    page.keyboard.press("m")
    expect(page.locator("#memory")).to_have_attribute("aria-checked", "true")
    settled(page)
    assert max(bars(page)) == sure


def test_hidden_frames_and_going_on(visit: Opener) -> None:
    page = visit("/?model=ball-gru#t=12")
    settled(page)
    page.locator("#hide").click()
    page.wait_for_url("**hide=9-14**")
    settled(page)
    expect(page.locator("#diagram g.column")).to_have_count(20)
    expect(page.locator("#diagram .chip.blank")).to_have_count(6)
    page.locator("#generate").click()
    page.wait_for_url("**generate=12**")
    settled(page)
    expect(page.locator("[data-part=step]")).to_contain_text("/ 32")
    page.keyboard.press("End")
    expect(page.locator("#stage .dot.made-up")).to_have_count(11)
    expect(page.locator("#stage circle.real")).to_have_count(12)


def test_rivals_and_tally(visit: Opener) -> None:
    page = visit("/#t=16")
    settled(page)
    expect(page.locator("#rivals .rival")).to_have_count(6)
    tally = ask(page, "/api/ball/tally?motion=bouncing&count=500&seed=1")
    late = [sum(row["accuracy_by_frame"][8:]) / 8 for row in tally["rows"] if row["model"] == "ball-rnn"]
    expect(page.locator("#tally-says")).to_contain_text(f"{round(100 * max(late))}")
    assert page.locator("#tally-chart path.series.ceiling").count() == 1
    page.locator("#rivals .rival").nth(1).click()
    expect(page.locator("#model")).to_have_value("ball-window-2")
    settled(page)
    before = page.locator("#tally-chart").inner_html()
    page.locator("#tally-again").click()
    page.wait_for_function("(old) => document.getElementById('tally-chart').innerHTML !== old", arg=before)


def test_a_shared_address_is_the_same_picture(visit: Opener) -> None:
    page = visit("/?model=ball-gru&scene=circular-21&memory=off#t=7&node=layers.0.z&unit=3")
    settled(page)
    page.locator("#share").click()
    link = page.locator("#share-link").input_value()
    assert "ball-gru@" in link
    page.locator("#share-copy").click()
    expect(page.locator("#share-copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == link
    parts = ["#diagram", "#stage", "#bars", "#rivals", "#unit-sentence", "#tally-chart", "[data-part=step]"]
    first = [page.locator(part).inner_html() for part in parts]
    other = visit("/" + link.split("/", 3)[3], newcomer=True)
    settled(other)
    for part, html in zip(parts, first, strict=True):
        assert other.locator(part).inner_html() == html, part


def test_a_bad_address_gives_defaults_and_says_so(visit: Opener) -> None:
    page = visit("/?model=nonsense&hide=14-9&memory=maybe#t=abc")
    settled(page)
    expect(page.locator(".notice")).to_have_count(4)
    expect(page.locator("#model")).to_have_value("ball-rnn")
    for _ in range(4):
        page.locator(".notice button").first.click()
    expect(page.locator(".notice")).to_have_count(0)


def test_when_the_service_is_gone_the_picture_stays(visit: Opener) -> None:
    page = visit("/#t=3")
    settled(page)
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#scenes button").first.click()
    expect(page.locator(".notice")).to_contain_text("does not answer")
    page.keyboard.press("End")
    assert step(page) == 16
    expect(page.locator("#scenes button[aria-pressed=true]")).to_have_attribute("data-motion", "bouncing")
    page.wait_for_timeout(400)
    forgive(page, "ERR_FAILED")


def test_the_theme_is_kept_in_the_address(visit: Opener) -> None:
    page = visit()
    settled(page)
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.locator("#theme").click()
    page.wait_for_url("**#theme=dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != light
    unit = page.locator("#diagram rect.unit").first.get_attribute("fill")
    page.locator("#theme").click()
    assert page.locator("#diagram rect.unit").first.get_attribute("fill") != unit


def test_help_lists_the_keys(visit: Opener) -> None:
    page = visit()
    page.keyboard.press("?")
    expect(page.locator("#help-dialog")).to_be_visible()
    expect(page.locator("#help-dialog kbd").first).to_have_text("Space")
    page.keyboard.press("Escape")
    expect(page.locator("#help-dialog")).to_be_hidden()


def test_back_goes_back_as_far_as_one_came(visit: Opener) -> None:
    page = visit("/#t=3")
    settled(page)
    came = ["ball-rnn", "ball-window-2", "ball-gru", "ball-window-4"]
    for model in came[1:]:
        page.locator("#model").select_option(model)
        settled(page)
        page.wait_for_url(f"**model={model}**")
    for model in came[-2::-1]:
        page.go_back()
        expect(page.locator("#model")).to_have_value(model)
        settled(page)
    assert "model=" not in page.url and step(page) == 3
    page.go_forward()
    expect(page.locator("#model")).to_have_value("ball-window-2")


def test_networks_without_a_state_say_so(visit: Opener) -> None:
    page = visit("/?model=ball-memoryless#t=5")
    settled(page)
    expect(page.locator("#memory")).to_be_disabled()
    expect(page.locator("#memory-says")).to_contain_text("nothing to switch off")
    expect(page.locator("#diagram g.labels")).to_contain_text("hidden units")
    page.locator("#model").select_option("ball-window-2")
    expect(page.locator("#memory")).to_be_enabled()
    expect(page.locator("#memory-says")).to_contain_text("frames that it holds")


def test_without_memory_it_cannot_go_on_alone(visit: Opener) -> None:
    page = visit("/?memory=off")
    settled(page)
    expect(page.locator("#generate")).to_be_disabled()
    expect(page.locator("#stage-hint")).to_contain_text("nothing to go on from")


def test_a_large_trace_comes_as_bytes_and_is_shown_as_any_other(visit: Opener) -> None:
    points = ";".join(f"{0.5 + 0.3 * (t % 7) / 7:.2f},{0.2 + 0.004 * t:.3f}" for t in range(150))
    page = visit(f"/?model=ball-gru&points={points}#t=120")
    settled(page)
    with page.expect_response("**/api/trace") as large:
        page.keyboard.press("m")
    assert large.value.headers["content-type"] == "application/vnd.unrolled.trace+binary"
    settled(page)
    page.locator("#values-table").locator("xpath=..").locator("summary").click()
    run = question(page)
    shown = page.locator("#diagram g.column.current .outputs text.class").all_text_contents()
    probs = run["values"]["probs"][119]
    assert shown == [DIRECTIONS[k] for k in sorted(range(8), key=lambda k: -probs[k])[:3]]
    assert bars(page) == [round(100 * p) for p in probs]
    page.wait_for_selector("#values-table tbody td")
    first = page.locator("#values-table tbody td").first.inner_text()
    expected = run["values"]["layers.0.h"][119][0]
    assert float(first.replace("\u2212", "-")) == pytest.approx(expected, abs=5.1e-4)
