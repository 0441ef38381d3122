"""Networks of several layers and directions: drawn, played and walked as the engine computes them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app.settings import Settings
from engine.architecture import Architecture
from engine.checkpoint import Checkpoint, load
from engine.network import initialise
from engine.tasks.ball import BallTask
from tests.browser.conftest import DESKTOP, PHONE, THERE, Opener, ask, few, mostly, serve, settled
from tests.browser.looks import check_looks, violations
from tests.browser.test_lab import bars, question, step

NETWORKS = {
    "gru-stacked": ("gru", 2, False),
    "lstm-both-ways": ("lstm", 1, True),
    "rnn-both-ways": ("rnn", 2, True),
}
LAYERS = {
    "gru-stacked": ["layers.0", "layers.1"],
    "lstm-both-ways": ["layers.0", "layers.0.reverse"],
    "rnn-both-ways": ["layers.0", "layers.0.reverse", "layers.1", "layers.1.reverse"],
}
BEATS = {"gru-stacked": 16, "lstm-both-ways": 16, "rnn-both-ways": 32}
STEPS = 16
WIDE = "lstm-wide"  # two layers of 128 units
every_network = pytest.mark.parametrize("model", mostly("rnn-both-ways", among=NETWORKS))

PAINTED = """(diagram) => Object.fromEntries(
  [...document.querySelectorAll(`${diagram} g.column:first-child g.layer`)].map(({ dataset: { layer } }) => [
    layer,
    [...document.querySelectorAll(`${diagram} g.column`)].map((column) => {
      const units = [...column.querySelectorAll(`[data-layer="${layer}"] rect.unit`)];
      return units.reduce((sum, unit) => sum + (THERE)(unit), 0) / units.length;
    }),
  ]),
)""".replace("THERE", THERE)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service with the shipped networks and three fresh ones."""
    folder: Path = tmp_path_factory.mktemp("models")
    for path in Settings().models.glob("*.safetensors"):
        shutil.copy(path, folder)
    card = load(folder / "ball-rnn.safetensors").card
    for id, (cell, layers, both) in {**NETWORKS, WIDE: ("lstm", 2, False)}.items():
        hidden = 128 if id == WIDE else 6
        made = Architecture(
            cell, BallTask.inputs, hidden=hidden, heads=BallTask.heads, layers=layers, bidirectional=both
        )
        network = initialise(made, np.random.default_rng(4))
        Checkpoint(network, "ball", card).save(folder / f"{id}.safetensors")
    with serve(Settings(models=folder)) as found:
        yield found


def painted(page: Page) -> dict[str, list[float]]:
    """How much of each layer's units is there, in each column."""
    return page.evaluate(PAINTED, "#diagram")  # type: ignore[no-any-return]


def number(text: str) -> float:
    return float(text.replace("\u2212", "-"))


@every_network
def test_every_layer_and_direction_has_its_box(visit: Opener, model: str) -> None:
    page = visit(f"/?model={model}#t=9")
    settled(page)
    cells = page.locator("#diagram g.column").nth(8).locator("g.layer")
    assert [cells.nth(k).get_attribute("data-layer") for k in range(cells.count())] == LAYERS[model]
    heights = [cells.nth(k).bounding_box() for k in range(cells.count())]
    tops = [box["y"] for box in heights if box]
    assert tops == sorted(tops, reverse=True), "the first layer stands lowest"
    names = [cells.nth(k).get_attribute("aria-label") for k in range(cells.count())]
    assert len(set(names)) == len(names)
    for layer, name in zip(LAYERS[model], names, strict=True):
        assert name and name.startswith(f"layer {int(layer.split('.')[1]) + 1}")
        assert ("backwards" in name) == layer.endswith("reverse")
    headings = page.locator("#diagram .layer-name").all_text_contents()
    assert sum("\u2190" in heading for heading in headings) == sum(
        name.endswith("reverse") for name in LAYERS[model]
    )


@every_network
def test_every_number_of_every_layer_is_the_engines(visit: Opener, model: str) -> None:
    page = visit(f"/?model={model}#t=6&beat=999&node={LAYERS[model][0]}.h&unit=2")
    settled(page)
    values = question(page)["values"]
    page.locator("#values-table").locator("xpath=..").locator("summary").click()
    expect(page.locator("#values-table tbody tr")).to_have_count(6)
    column = page.locator("#diagram g.column.current")
    for layer in LAYERS[model]:
        rows = np.array(
            [number(t) for t in page.locator("#values-table tbody td").all_inner_texts()]
        ).reshape(6, -1)
        nodes = page.locator("#values-table thead th").all_inner_texts()[1:]
        caption = page.locator("#values-table caption").inner_text()
        assert f"layer {int(layer.split('.')[1]) + 1}" in caption
        assert ("backwards" in caption) == layer.endswith("reverse")
        for k, node in enumerate(nodes):
            np.testing.assert_allclose(
                rows[:, k], values[f"{layer}.{node}"][5], atol=5.1e-4, err_msg=f"{layer}.{node}"
            )
        said = re.search(r"is ([+\u2212][\d.]+) at frame 6", page.locator("#unit-sentence").inner_text())
        assert said
        assert number(said[1]) == pytest.approx(values[f"{layer}.h"][5][2], abs=0.0051)
        column.focus()
        page.keyboard.press("PageUp")
    assert bars(page) == [round(100 * p) for p in values["probs"][5]]


@pytest.mark.parametrize("model", few(1, ["lstm-both-ways", "rnn-both-ways"]))
def test_half_a_sweep_has_computed_one_half_from_either_end(visit: Opener, model: str) -> None:
    page = visit(f"/?model={model}#t=3&beat=8")
    settled(page)
    expect(page.locator("[data-part=step]")).to_have_text(f"beat 8 / {BEATS[model]}")
    found = painted(page)
    assert found["layers.0"] == [1] * 8 + [0] * 8
    assert found["layers.0.reverse"] == [0] * 8 + [1] * 8
    for layer in LAYERS[model][2:]:
        assert found[layer] == [0] * STEPS
    page.locator("[data-part=scrub]").fill(str(BEATS[model] - 8))
    half = painted(page)
    for layer in LAYERS[model][:-2]:
        assert half[layer] == [1] * STEPS, "the layer below is finished"
    first, second = LAYERS[model][-2:]
    assert half[first] == [1] * 8 + [0] * 8 and half[second] == [0] * 8 + [1] * 8


@every_network
def test_playing_keeps_the_order_of_computation(visit: Opener, model: str) -> None:
    page = visit(f"/?model={model}#t=1&beat=1", motion="no-preference")
    settled(page)
    page.locator("[data-part=speed]").select_option("4")
    if step(page) == BEATS[model]:
        page.locator("[data-part=reset]").click()
    page.locator("[data-part=play]").click()
    page.evaluate(
        f"""() => {{
          window.seen = [];
          const look = () => {{
            window.seen.push(({PAINTED})('#diagram'));
            requestAnimationFrame(look);
          }};
          look();
        }}"""
    )
    expect(page.locator("[data-part=play-label]")).to_have_text("Play again", timeout=40_000)
    seen: list[dict[str, list[float]]] = page.evaluate("window.seen")
    assert len({str(moment) for moment in seen}) > 20, "too few moments were seen"
    for moment in seen:
        rows = [moment[name][::-1] if name.endswith("reverse") else moment[name] for name in LAYERS[model]]
        for name, row in zip(LAYERS[model], rows, strict=True):
            assert row == sorted(row, reverse=True), f"{name} does not run its way: {row}"
            assert sum(0 < share < 1 for share in row) <= 1, f"{name} computes two columns at once: {row}"
        if model == "gru-stacked":
            for below, above in zip(*rows, strict=True):
                assert above == 0 or below == 1
        elif model == "rnn-both-ways" and max(max(rows[2]), max(rows[3])) > 0:
            assert rows[0] == rows[1] == [1] * STEPS, "the second layer began before the first had ended"
    assert all(row == [1] * STEPS for row in painted(page).values())


def strongest(page: Page, model: str, layer: str, index: int, t: int) -> tuple[str, int, int]:
    """Where the largest product that enters a unit's first gate comes from, worked out from the service's
    numbers: the full name of the value, its unit, and the column."""
    values = question(page)["values"]
    weights = page.request.get(page.url.split("/?")[0] + f"/api/models/{model}/weights").json()["weights"]
    terms: list[tuple[float, tuple[str, int, int]]] = []
    ahead = 1 if layer.endswith("reverse") else -1
    below = f"layers.{int(layer.split('.')[1]) - 1}"
    for k, value in enumerate(values[f"{layer}.h_prev"][t]):
        terms.append((abs(weights[f"{layer}.W_hh"][index][k] * value), (f"{layer}.h", k, t + ahead)))
    read = [
        (f"{name}.h", k, value)
        for name in (below, f"{below}.reverse")
        for k, value in enumerate(values.get(f"{name}.h", [[]] * STEPS)[t])
    ]
    for place, (name, k, value) in enumerate(read):
        terms.append((abs(weights[f"{layer}.W_ih"][index][place] * value), (name, k, t)))
    return max(terms)[1]


@pytest.mark.parametrize(
    ("model", "layer", "gate"),
    [
        pytest.param("gru-stacked", "layers.1", "r", marks=pytest.mark.full),
        pytest.param("rnn-both-ways", "layers.1", "h", marks=pytest.mark.full),
        ("rnn-both-ways", "layers.1.reverse", "h"),
    ],
)
def test_the_strongest_edge_begins_at_the_unit_that_it_comes_from(
    visit: Opener, model: str, layer: str, gate: str
) -> None:
    for index in range(6):
        page = visit(f"/?model={model}#t=7&beat=999&node={layer}.{gate}&unit={index}")
        settled(page)
        node, unit, t = strongest(page, model, layer, index, 6)
        owner, _, local = node.rpartition(".")
        square = page.locator("#diagram g.column").nth(t)
        square = square.locator(f'[data-layer="{owner}"] [data-node={local}] [data-index="{unit}"]')
        box = square.bounding_box()
        start = page.evaluate(
            """() => {
              const edges = [...document.querySelectorAll('#diagram path.edge')];
              const width = (edge) => edge.getAttribute('stroke-width');
              const widest = edges.sort((a, b) => width(b) - width(a))[0];
              const point = widest.getPointAtLength(0).matrixTransform(widest.getScreenCTM());
              return [point.x, point.y];
            }"""
        )
        assert box
        assert box["x"] <= start[0] <= box["x"] + box["width"], node
        assert box["y"] <= start[1] <= box["y"] + box["height"], node
        page.context.close()


@pytest.mark.parametrize(("layer", "side"), few(1, [("layers.0.reverse", 1), ("layers.0", -1)]))
def test_what_is_carried_comes_from_the_side_it_runs_from(visit: Opener, layer: str, side: int) -> None:
    page = visit(f"/?model=lstm-both-ways#t=8&beat=999&node={layer}.f&unit=1")
    settled(page)
    column = page.locator("#diagram g.column.current").bounding_box()
    assert column
    starts = page.evaluate(
        """() => [...document.querySelectorAll('#diagram path.edge')].map((edge) =>
             edge.getPointAtLength(0).matrixTransform(edge.getScreenCTM()).x)"""
    )
    outside = [x for x in starts if not column["x"] <= x <= column["x"] + column["width"]]
    assert outside and all((x - column["x"]) * side > 0 for x in outside)
    ends = page.locator("#diagram g.column").nth(0 if side < 0 else STEPS - 1)
    assert ends.locator(f'.from-state[data-layer="{layer}"]').count() == 0, "nothing comes before its first"
    current = page.locator("#diagram g.column.current")
    assert current.locator(f'.from-state[data-layer="{layer}"]').count() == 2


@every_network
def test_the_keys_reach_every_layer(visit: Opener, model: str) -> None:
    page = visit(f"/?model={model}#t=5&beat=999")
    settled(page)
    column = page.locator("#diagram g.column.current")
    column.focus()
    page.keyboard.press("ArrowDown")
    for layer in LAYERS[model][::-1]:
        page.wait_for_url(re.compile(rf"node={re.escape(layer)}\.\w+(&|$)"))
        page.keyboard.press("PageDown")
    expect(page.locator("#live")).to_contain_text("layer 1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#diagram g.column.current")).to_have_attribute("data-t", "6")
    assert page.evaluate("document.activeElement.dataset.t") == "6"


def test_an_answer_is_shown_once_both_directions_have_been_there(visit: Opener) -> None:
    page = visit("/?model=lstm-both-ways#t=4&beat=12")
    settled(page)
    expect(page.locator("#answer-step")).to_contain_text("not there yet")
    expect(page.locator("#bars")).to_be_hidden()
    expect(page.locator("#unit-sentence")).to_contain_text("comes at beat 13")
    page.locator("[data-part=forward]").click()
    expect(page.locator("#bars")).to_be_visible()
    assert bars(page) == [round(100 * p) for p in question(page)["values"]["probs"][3]]


def test_the_address_keeps_the_column_and_the_beat(visit: Opener) -> None:
    page = visit("/?model=rnn-both-ways#t=4")
    settled(page)
    assert step(page) == 16 + 13, "a column is opened with its answer"
    page.locator("[data-part=scrub]").fill("21")
    page.wait_for_url("**#t=4&beat=21")
    drawn = page.locator("#diagram").inner_html()
    page.reload()
    settled(page)
    assert page.locator("#diagram").inner_html() == drawn
    page.locator("#model").select_option("gru-stacked")
    settled(page)
    assert step(page) == 4, "the same column in a network that runs one way"
    page.wait_for_url("**/?model=gru-stacked#t=4")
    page.go_back()
    settled(page)
    expect(page.locator("[data-part=step]")).to_have_text("beat 21 / 32")
    page.locator("#diagram g.column").nth(11).click()
    expect(page.locator("#diagram g.column.current")).to_have_attribute("data-t", "12")
    assert step(page) == 16 + 12


def test_a_stack_is_played_frame_by_frame(visit: Opener) -> None:
    page = visit("/?model=gru-stacked#t=5")
    settled(page)
    expect(page.locator("[data-part=step]")).to_have_text("frame 5 / 16")
    assert all(row == [1] * 5 + [0] * 11 for row in painted(page).values())
    page.locator("[data-part=forward]").click()
    page.wait_for_url("**#t=6")


def test_reduced_motion_shows_whole_beats(visit: Opener) -> None:
    page = visit("/?model=rnn-both-ways#t=1&beat=1", motion="reduce")
    settled(page)
    page.locator("[data-part=play]").click()
    expect(page.locator("[data-part=step]")).to_have_text("beat 3 / 32", timeout=10_000)
    assert {share for row in painted(page).values() for share in row} == {0, 1}


@every_network
@pytest.mark.parametrize("size", [pytest.param(DESKTOP, marks=pytest.mark.full), PHONE], ids=["1440", "390"])
def test_it_fits(visit: Opener, model: str, size: tuple[int, int]) -> None:
    page = visit(f"/?model={model}#t=9", size=size)
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    diagram = page.locator("#diagram svg.unrolled").bounding_box()
    bar = page.locator("#playbar").bounding_box()
    assert diagram and bar
    if size == DESKTOP:
        assert diagram["y"] + diagram["height"] <= bar["y"]
    labels: Any = page.evaluate(
        """() => {
          const seen = [...document.querySelectorAll('svg.unrolled')].filter((svg) => svg.clientWidth);
          const box = (element) => element.getBoundingClientRect();
          return seen.map((svg) => {
            const first = box(svg.querySelector('g.column .cell')).left;
            return [...svg.querySelectorAll('.layer-name')].every((label) => box(label).right <= first);
          });
        }"""
    )
    assert labels and all(labels), "a heading runs into the columns"


@every_network
def test_an_answer_is_traced_back_through_every_layer_and_direction(visit: Opener, model: str) -> None:
    page = visit(f"/?model={model}#t=9&view=traceback")
    expect(page.locator("#traceback-say")).to_contain_text("at step 9 is")
    points = page.evaluate("JSON.parse(document.getElementById('boot').textContent).trace.input.points")
    asked = {"model": model, "input": {"points": points}}
    trace = ask(page, "/api/trace", asked)
    probs = trace["values"]["probs"][8]
    output = trace["outputs"][probs.index(max(probs))]
    found = ask(page, "/api/flows", {**asked, "at": 9, "output": output})["values"]
    assert set(found) == {"x", *(f"{name}.h" for name in LAYERS[model])}
    units = [row for name, rows in found.items() if name != "x" for row in rows]
    through = [min(3, sum(v != 0 for v in row)) for row in units]
    expect(page.locator("#traceback-over rect")).to_have_count(sum(through))
    both = any("reverse" in name for name in LAYERS[model])
    assert any(any(row) for row in found["x"][9:]) is both  # what comes later matters to whom reads both ways
    page.locator("#traceback summary").click()
    said = page.locator("#traceback-table tbody tr").nth(4).locator("td").first.inner_text()
    assert said.count("layer 1") == sum(
        through[k * STEPS + 4] for k, name in enumerate(LAYERS[model]) if "0" in name
    )
    expect(page.locator("#traceback-say")).to_contain_text("those 3 units of each layer")


def test_lines_of_a_trace_lead_from_layer_to_layer(visit: Opener) -> None:
    page = visit("/?model=gru-stacked#t=9&view=traceback")
    expect(page.locator("#traceback-say")).to_contain_text("at step 9 is")
    ends = page.evaluate(
        """() => {
          const at = (unit, x, size) => Number(unit.getAttribute(x)) + Number(unit.getAttribute(size)) / 2;
          const mark = (unit) => [at(unit, 'x', 'width'), at(unit, 'y', 'height')]
            .map((v) => v.toFixed(2)).join();
          const marks = [...document.querySelectorAll('#traceback-over rect')].map(mark);
          return [...document.querySelectorAll('#traceback-over path')].map((path) => {
            const numbers = path.getAttribute('d').match(/-?[\\d.]+/g).map(Number);
            const end = (k) => numbers.slice(k, k + 2).map((v) => v.toFixed(2)).join();
            return [marks.indexOf(end(0)), marks.indexOf(end(numbers.length - 2)), numbers];
          });
        }"""
    )
    marks = page.locator("#traceback-over rect")
    rows = marks.evaluate_all("all => all.map((mark) => Number(mark.getAttribute('y')))")
    units = [(a, b) for a, b, _ in ends if a >= 0 and b >= 0]
    up = [(a, b) for a, b in units if abs(rows[a] - rows[b]) > 40]
    assert len(up) == 9 * 3 * 3, (
        "from three units of the layer below to three of that above, at each of nine steps"
    )
    for a, b, numbers in ends:
        assert a >= 0 or b >= 0, "a line that begins and ends at no unit"
        assert a >= 0 or numbers[1] > max(rows), (
            "what begins at no unit begins at an input, below all of them"
        )
        assert b >= 0 or numbers[-1] < min(rows), "what ends at no unit ends at the answer, above all of them"


def test_wide_layers_over_a_long_path_stay_as_many_marks_as_a_page_draws(visit: Opener) -> None:
    """200 frames, 256 units and their gates: pictures and slivers, of which each unit can be pressed."""
    points = ";".join(f"{0.5 + 0.3 * np.cos(t / 9):.3f},{0.5 + 0.3 * np.sin(t / 9):.3f}" for t in range(200))
    page = visit(f"/?model={WIDE}&points={points}#t=100")
    expect(page.locator("#diagram g.column")).to_have_count(200)
    assert page.locator("#diagram *").count() < 6000
    assert page.locator("#diagram image.units").count() > 0
    page.locator("#diagram g.column[data-t='98']").locator("image.units").first.click(
        position={"x": 3, "y": 3}
    )
    sentence = page.locator("#unit-sentence")
    expect(sentence).to_contain_text("at frame 98")
    expect(page).to_have_url(re.compile("unit="))
    node, index = re.findall(r"node=([\w.]+)&unit=(\d+)", page.url)[0]
    asked = [[float(v) for v in pair.split(",")] for pair in points.split(";")]
    values = ask(page, "/api/trace", {"model": WIDE, "input": {"points": asked}})["values"]
    said = re.findall(r"is ([+\u2212]\d\.\d+)", sentence.inner_text())[0]
    assert number(said.replace("+", "")) == pytest.approx(values[node][97][int(index)], abs=6e-3)


def test_a_unit_of_what_runs_back_is_shown_as_that(visit: Opener) -> None:
    page = visit("/?model=rnn-both-ways#t=6&node=layers.0.reverse.h&unit=3&view=cell")
    settled(page)
    points = page.evaluate("JSON.parse(document.getElementById('boot').textContent).trace.input.points")
    values = ask(page, "/api/trace", {"model": "rnn-both-ways", "input": {"points": points}})["values"]
    leaves = page.locator("#cell-formula mtr").first.evaluate("row => row.textContent")
    assert "t+1" in leaves and "t\u22121" not in leaves
    page.locator("#cell-sum th button", has_text="\u209c\u208a\u2081").first.click()
    expect(page.locator("#cell-title")).to_contain_text("at step 7")
    page.wait_for_url("**#t=7*")
    page.locator("#states summary").first.click()
    says = page.locator("#states-lines-say")
    unit = int(re.findall(r"unit=(\d+)", page.url)[0])
    step = int(re.findall(r"t=(\d+)", page.url)[0])
    value = values["layers.0.reverse.h"][step - 1][unit]
    expect(says).to_contain_text(f"h[{unit}], the chosen unit")
    assert f"{abs(value):.2f}" in says.inner_text()
    page.locator("#states summary", has_text="way as a table").click()
    expect(page.locator("#states-table tbody th")).to_have_count(STEPS + 1)
    rows = page.locator("#states-table tbody th").all_text_contents()
    assert [row.split()[0] for row in rows[1:]] == [
        str(k) for k in range(STEPS, 0, -1)
    ]  # from the last to the first


def test_a_symbol_lights_its_own_layer_and_step(visit: Opener) -> None:
    page = visit("/?model=gru-stacked#t=6&node=layers.1.z&unit=3&view=cell")
    settled(page)
    lit = """() => [...document.querySelectorAll('#diagram .lit')].map((box) =>
      [box.closest('g.layer').dataset.layer, box.closest('g.column').dataset.t, box.dataset.node])"""
    page.locator("#cell-formula [data-node=h]").first.hover()
    assert page.evaluate(lit) == [["layers.1", "5", "h"]]
    page.locator("#cell-formula [data-node=z]").first.hover()
    assert page.evaluate(lit) == [["layers.1", "6", "z"]]


@every_network
def test_it_looks_right(visit: Opener, model: str) -> None:
    node = f"{LAYERS[model][-1]}.h"
    page = visit(f"/?model={model}#t=9&node={node}&unit=3")
    settled(page)
    for summary in page.locator("summary:visible").all():
        summary.click()
    check_looks(page)
    page.locator("[data-part=scrub]").fill("5")
    assert violations(page) == []
