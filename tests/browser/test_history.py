"""Back and forward lead where one was, on every page, and never in a circle."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, few, forgive


def typed(page: Page) -> None:
    page.locator("#presets button", has_text="that was terrible").first.click()
    expect(page.locator("#text")).to_have_value("that was terrible")


def another(page: Page) -> None:
    page.locator("#more button").first.click()


def two_units(page: Page) -> None:
    page.locator("#units button").nth(1).click()


def circular(page: Page) -> None:
    page.locator("#scenes button", has_text="Circular").click()


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "ball": ("/?scene=bouncing-7", circular),
    "review": ("/?model=review-gru", typed),
    "review, as a link has it": ("/?model=review-gru&input=good%2C%20not+bad", typed),
    "names": ("/?model=names-gru&seed=3", another),
    "names, as a link has it": ("/?model=names-gru&seed=3&input=m%61", another),
    "reading": ("/learn/reading", typed),
    "order": ("/learn/order", two_units),
    "order, with an address that is none": ("/learn/order?numbers=oops", two_units),
}


@pytest.mark.parametrize("kind", few(3, PAGES))
def test_back_and_forward(visit: Opener, kind: str) -> None:
    path, act = PAGES[kind]
    page = visit("/learn/order")
    page.goto(page.url.replace("/learn/order", "/docs"))
    page.goto(page.url.replace("/docs", path))
    page.wait_for_selector("html[data-ready]")
    begun = page.evaluate("history.length")
    act(page)
    page.wait_for_function("n => history.length === n + 1", arg=begun)
    there = page.url.partition("#")[0]
    page.go_back()
    page.wait_for_function("there => location.href.split('#')[0] !== there", arg=there)
    page.wait_for_timeout(600)
    assert page.evaluate("history.length") == begun + 1
    page.go_forward()
    page.wait_for_function("there => location.href.split('#')[0] === there", arg=there)
    page.wait_for_timeout(600)
    assert page.evaluate("history.length") == begun + 1
    page.go_back()
    page.wait_for_function("there => location.href.split('#')[0] !== there", arg=there)
    page.go_back()
    page.wait_for_url("**/docs")


@pytest.mark.parametrize(
    "path", few(1, ["/?model=review-gru&input=good+film", "/?model=ball-rnn", "/?model=names-rnn"])
)
def test_a_failed_step_back_leaves_the_history_as_it_is(visit: Opener, path: str) -> None:
    page = visit(path)
    first = page.url
    page.locator("#model").select_option(index=1)
    page.wait_for_function("first => location.href !== first", arg=first)
    second, shown = page.url, page.locator("#model").input_value()
    page.route("**/api/**", lambda route: route.abort())
    page.go_back()
    expect(page.locator("#notices")).not_to_be_empty()
    page.wait_for_timeout(600)
    assert page.url.partition("#")[0] == first.partition("#")[0]
    assert page.locator("#model").input_value() == shown  # what is on screen stays
    page.unroute("**/api/**")
    page.go_forward()
    page.wait_for_function("there => location.href.split('#')[0] === there", arg=second.partition("#")[0])
    forgive(page, "ERR_FAILED")


def test_after_a_failed_question_the_address_follows_one_s_steps(visit: Opener) -> None:
    page = visit("/?model=review-gru&input=good+little+film#t=1")
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#text").fill("good little film indeed")
    expect(page.locator("#notices")).not_to_be_empty()
    page.locator("#tokens button").nth(1).click()
    page.wait_for_url("**#t=2*")
    forgive(page, "ERR_FAILED")


@pytest.mark.parametrize(
    "path", few(1, ["/learn/reading#t=5", "/?model=review-gru#t=1&node=layers.0.h&unit=3"])
)
def test_the_link_to_the_network_moves_nothing(visit: Opener, path: str) -> None:
    page = visit(path)
    step = page.locator("#playbar [data-part=step]")
    before = step.text_content()
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert step.text_content() == before
