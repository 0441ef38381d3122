"""The page of the review: its first picture is inlined, and whatever its address says, it opens."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.content import words, words_of
from app.reading_page import WORDS
from tests.app.test_pages import ANYWHERE, open_page

REVIEW = "review-gru"


def boot_of(client: TestClient, **query: str) -> dict[str, Any]:
    boot = open_page(client, **{"model": REVIEW, **query}).boot
    assert "limits" in boot and boot["limits"] == {"words": WORDS}
    return boot


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"input": "good, not bad", "model": "review-bow"},
        {"input": "", "model": "review-rnn"},
        {"input": "It isn't GOOD 😀", "memory": "off", "model": "review-lstm"},
    ],
    ids=str,
)
def test_what_is_inlined_is_what_the_api_answers(client: TestClient, query: dict[str, str]) -> None:
    boot = boot_of(client, **query)
    assert boot["notices"] == []
    asked = boot["asked"]
    assert asked["text"] == query.get("input", "that was phenomenal")
    body = {"model": asked["model"], "input": {"text": asked["text"]}, "memory": asked["memory"]}
    assert boot["trace"] == client.post("/api/trace", json=body).json()
    assert boot["model"] == client.get(f"/api/models/{asked['model']}").json()
    weights = client.get(f"/api/models/{asked['model']}/weights").json()["weights"]
    del weights["embedding.W"]
    assert boot["weights"] == weights
    listed = client.get("/api/models").json()["models"]
    assert boot["models"] == [model for model in listed if model["task"] == "review"]


def test_a_text_alone_opens_the_page_of_the_review(client: TestClient) -> None:
    boot = open_page(client, input="not bad").boot
    assert boot["asked"] == {"model": REVIEW, "text": "not bad", "memory": True, "edit": None}


def test_a_long_text_is_cut_and_says_so(client: TestClient) -> None:
    boot = boot_of(client, input="good " * 500)
    (notice,) = boot["notices"]
    assert notice["code"] == "cut" and notice["params"] == {"limit": WORDS, "came": 500}
    assert boot["trace"]["length"] == WORDS


@pytest.mark.parametrize(
    ("field", "text"),
    [("memory", "true"), ("input", "a" * 20_001), *(("memory", text) for text in ANYWHERE)],
    ids=lambda text: ascii(text)[:30],
)
def test_a_bad_field_becomes_the_default_with_a_notice(client: TestClient, field: str, text: str) -> None:
    boot = boot_of(client, **{field: text})
    assert boot["asked"] == {"model": REVIEW, "text": "that was phenomenal", "memory": True, "edit": None}
    assert [notice.get("field") for notice in boot["notices"]] == [field]


@pytest.mark.parametrize("text", ANYWHERE, ids=lambda text: ascii(text)[:30])
def test_any_text_is_read_and_none_is_run(client: TestClient, text: str) -> None:
    page = open_page(client, model=REVIEW, input=text)
    assert page.boot["asked"]["model"] == REVIEW
    assert len(page.inside) == 1, "one script inline, which is data"


@pytest.mark.parametrize("model", ["review-nope", "ball-rnn", "names-gru", "review-gru@00000000"])
def test_a_model_that_is_not_this_pages_opens_what_there_is(client: TestClient, model: str) -> None:
    assert open_page(client, model=model, input="good").boot["trace"]["values"]


def test_the_page_is_small(client: TestClient) -> None:
    """Most of it is the weights of the cell, 11,664 of them; without the embedding, which has 263,000."""
    page = open_page(client, model=REVIEW)
    whole = len(gzip.compress(page.text.encode()))
    print(f"the whole page is {whole} bytes compressed")
    assert whole <= 72_000


def test_a_page_has_its_own_words_and_not_those_of_others() -> None:
    ball, review = words_of("ball"), words_of("review")
    assert "of" not in ball and "review" not in ball
    assert review["play"]["back"] == words()["of"]["review"]["play"]["back"] != ball["play"]["back"]
    assert review["play"]["pause"] == ball["play"]["pause"]
    assert review.keys() - ball.keys() == {"review"}
