"""B traces an answer back: what is shown is what the API says flows into it, on every page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Opener, ask, few, forgive, mostly
from tests.browser.looks import check_looks

PAGES = {
    "ball": "/?model=ball-gru#t=9",
    "review": "/?model=review-gru&input=good,+not+bad#t=3",
    "names": "/?model=names-lstm&input=emma&go=off#t=4",
}
INPUTS = {"review": {"text": "good, not bad"}, "names": {"text": "emma"}}
AT = {"ball": 9, "review": 3, "names": 4}


def traced(page: Page) -> None:
    page.locator("#traceback-open").click()
    expect(page.locator("#traceback-say")).to_contain_text("Lines lead back")
    page.locator("#traceback summary").click()


def number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace("+", ""))


def asked(page: Page, kind: str) -> Any:
    """What the API says of the same answer."""
    if kind == "ball":
        boot: Any = page.evaluate("JSON.parse(document.getElementById('boot').textContent)")
        given = {"points": boot["trace"]["input"]["points"]}
    else:
        given = INPUTS[kind]
    model = PAGES[kind].split("model=")[1].split("&")[0].split("#")[0]
    trace = ask(page, "/api/trace", {"model": model, "input": given})
    probs = trace["values"]["probs"][AT[kind] - 1]
    output = trace["outputs"][probs.index(max(probs))]
    return ask(page, "/api/flows", {"model": model, "input": given, "at": AT[kind], "output": output})


@pytest.mark.parametrize("kind", few(1, PAGES))
def test_what_is_traced_is_what_the_api_says(visit: Opener, kind: str) -> None:
    page = visit(PAGES[kind])
    traced(page)
    found = asked(page, kind)
    hidden, x = found["values"]["layers.0.h"], found["values"]["x"]
    rows = page.locator("#traceback-table tbody tr")
    expect(rows).to_have_count(len(x))
    shown, whole = 0.0, 0.0
    for t, row in enumerate(hidden):
        strongest = sorted((j for j in range(len(row)) if row[j]), key=lambda j: (-abs(row[j]), j))[:3]
        through, share, enters = rows.nth(t).locator("td").all_text_contents()
        assert re.findall(r"h\[(\d+)\]", through) == [str(j) for j in strongest]
        assert [number(v) for v in re.findall(r"\] ([+\u2212][\d.]+)", through)] == pytest.approx(
            [row[j] for j in strongest], abs=6e-3
        )
        some, all_ = sum(abs(row[j]) for j in strongest), sum(map(abs, row))
        assert number(enters) == pytest.approx(sum(x[t]), abs=6e-3)
        if all_:
            assert number(share.removesuffix("\u202f%")) == pytest.approx(100 * some / all_, abs=0.51)
        else:
            assert (t >= AT[kind], share, through) == (True, "\u2013", "")
        shown, whole = shown + some, whole + all_
    says = page.locator("#traceback-say").inner_text()
    assert f"at step {AT[kind]} is" in says
    assert number(re.findall(r"is ([+\u2212][\d.]+)\.", says)[0]) == pytest.approx(found["score"], abs=6e-3)
    carried = re.findall(r"carry (\d+)\s%", says)[0]
    assert number(carried) == pytest.approx(100 * shown / whole, abs=0.51)


def test_it_is_opened_by_a_key_and_is_a_link(visit: Opener) -> None:
    page = visit(PAGES["review"])
    page.locator("#network-title").click()
    page.keyboard.press("b")
    expect(page).to_have_url(re.compile("view=traceback"))
    expect(page.locator("#traceback-over path")).not_to_have_count(0)
    lines = page.locator("#traceback-over path").count()
    page.reload()
    expect(page.locator("#traceback-over path")).to_have_count(lines)
    first = page.locator("#traceback-say").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#traceback-say")).to_contain_text("at step 4 is")
    assert page.locator("#traceback-say").inner_text() != first
    page.keyboard.press("b")
    expect(page.locator("#traceback-over path")).to_have_count(0)
    expect(page.locator("#traceback")).to_be_hidden()
    assert "view=" not in page.url


def test_a_run_without_memory_has_nothing_to_trace(visit: Opener) -> None:
    page = visit("/?model=ball-gru&memory=off#t=9&view=traceback")
    expect(page.locator("#traceback-open")).to_be_hidden()
    expect(page.locator("#traceback")).to_be_hidden()


@pytest.mark.parametrize("size", [pytest.param(DESKTOP, marks=pytest.mark.full), PHONE], ids=["1440", "390"])
def test_lines_begin_and_end_where_the_units_stand(visit: Opener, size: tuple[int, int]) -> None:
    page = visit(PAGES["review"], size=size)
    traced(page)
    marks = page.evaluate(
        """() => [...document.querySelectorAll('#traceback-over rect')].map((mark) => {
          mark.scrollIntoView({ block: 'center' });
          const box = mark.getBoundingClientRect();
          const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
          const unit = document.elementsFromPoint(x, y).find((e) => e.matches('rect.unit'));
          return [Number(unit?.dataset.index), unit?.closest('g.box').dataset.node];
        })"""
    )
    found = asked(page, "review")["values"]["layers.0.h"]
    expected = [
        [j, "h"]
        for row in found
        for j in sorted(range(len(row)), key=lambda j, row=row: (-abs(row[j]), j))[:3]
        if row[j]
    ]
    assert marks == expected


@pytest.mark.parametrize("kind", mostly("review", among=PAGES))
def test_it_looks_right(visit: Opener, kind: str) -> None:
    page = visit(PAGES[kind])
    traced(page)
    check_looks(page, "#network")


def test_what_is_held_leads_to_every_input_that_matters(visit: Opener) -> None:
    """A window reads inputs of the steps before: the only way to them is from its one step."""
    page = visit("/?model=ball-window-4#t=9")
    traced(page)
    rows = [row.locator("td").all_text_contents() for row in page.locator("#traceback-table tbody tr").all()]
    entering = [t for t, row in enumerate(rows) if number(row[2])]
    assert entering == [5, 6, 7, 8]
    columns = page.locator("#diagram g.column .input")
    inputs = [columns.nth(t).bounding_box() or {} for t in entering]
    starts = page.locator("#traceback-over path").evaluate_all(
        """all => all.map((path) => {
          const p = path.getPointAtLength(0).matrixTransform(path.getScreenCTM());
          return [p.x, p.y];
        })"""
    )
    for box in inputs:
        below = [
            x for x, y in starts if y > box["y"] - 4 and box["x"] - 2 <= x <= box["x"] + box["width"] + 2
        ]
        assert len(below) == 3, "to each of three units"


def test_where_nothing_flows_it_says_so(visit: Opener) -> None:
    page = visit("/?model=ball-memoryless&points=0,0#t=1")
    page.locator("#traceback-open").click()
    expect(page.locator("#traceback-say")).to_contain_text("at step 1 is")
    found = page.locator("#traceback-say").inner_text()
    assert ("Nothing flows" in found) == (page.locator("#traceback-over rect").count() == 0)


def test_an_old_trace_does_not_lie_over_a_new_answer(visit: Opener) -> None:
    page = visit(PAGES["review"])
    traced(page)
    expect(page.locator("#traceback-over path")).not_to_have_count(0)
    page.route("**/api/flows", lambda route: route.abort())
    page.locator("#text").fill("six other words stand here now")
    expect(page.locator("#diagram g.column")).to_have_count(6)
    expect(page.locator("#notices")).not_to_be_empty()
    expect(page.locator("#traceback-over path")).to_have_count(0)
    assert page.locator("#traceback-say").inner_text() == ""
    page.unroute("**/api/flows")
    page.locator("#text").blur()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#traceback-say")).to_contain_text("at step 5 is")
    forgive(page, "ERR_FAILED")


def test_what_does_not_matter_fades_from_a_long_input(visit: Opener) -> None:
    """Where a column is too narrow for units, only strong flows are drawn, none thicker than its column."""
    page = visit(f"/?model=review-gru&input={'+'.join(['good', 'film', 'and', 'bad'] * 15)}#t=30")
    traced(page)
    expect(page.locator("#diagram g.column.sliver")).not_to_have_count(0)
    drawn = page.locator("#traceback-over path").evaluate_all(
        "all => all.map((path) => [path.getPointAtLength(0).x, Number(path.getAttribute('stroke-width'))])"
    )
    slivers = page.locator("#diagram g.column.sliver").evaluate_all(
        """all => all.map((g) => [Number(/translate\\(([\\d.]+)/.exec(g.getAttribute('transform'))[1]),
          Number(g.querySelector('.band').getAttribute('width'))])"""
    )
    rows = [row.locator("td").all_text_contents() for row in page.locator("#traceback-table tbody tr").all()]
    entering = [abs(number(row[2])) for row in rows]
    for x, width in slivers:
        inside = [thick for at, thick in drawn if x <= at <= x + width]
        assert len(inside) <= 4 and all(thick <= width for thick in inside)
    narrow = [
        abs(number(rows[int(t) - 1][2]))
        for t in page.locator("#diagram g.column.sliver").evaluate_all("all => all.map((g) => g.dataset.t)")
    ]
    loud = sum(flow > 0.025 * max(entering) for flow in narrow)
    faint = sum(flow < 0.015 * max(entering) for flow in narrow)
    begun = sum(any(x <= at <= x + width for at, _ in drawn) for x, width in slivers)
    assert faint > 0 and begun <= len(slivers) - 1 and begun >= min(1, loud)
