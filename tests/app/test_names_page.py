"""The page of the names: its first picture is inlined, and whatever its address says, it opens."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.names_page import Asked
from tests.app.test_pages import ANYWHERE, open_page

MODEL = "names-gru"


def boot_of(client: TestClient, **query: str) -> dict[str, Any]:
    boot = open_page(client, **{"model": MODEL, **query}).boot
    assert boot["limits"] == {"letters": 20, "temperature": [0.2, 3.0]}
    return boot


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"seed": "11", "temperature": "1.5", "top": "4", "model": "names-rnn"},
        {"input": "Ma", "model": "names-lstm"},
    ],
    ids=str,
)
def test_the_name_is_the_apis(client: TestClient, query: dict[str, str]) -> None:
    boot = boot_of(client, **query)
    assert boot["notices"] == []
    asked = boot["asked"]
    body = {name: asked[name] for name in ("model", "prefix", "temperature", "top_k", "seed")}
    assert boot["trace"] == client.post("/api/generate", json=body).json()
    assert asked["goes_on"] is True
    weights = client.get(f"/api/models/{asked['model']}/weights").json()["weights"]
    del weights["embedding.W"]
    assert boot["weights"] == weights
    assert {model["task"] for model in boot["models"]} == {"names"}


def test_a_name_of_ones_own_is_read_and_not_gone_on_with(client: TestClient) -> None:
    boot = boot_of(client, input="emma", go="off")
    assert boot["asked"]["goes_on"] is False
    body = {"model": MODEL, "input": {"text": "emma"}}
    assert boot["trace"] == client.post("/api/trace", json=body).json()


BAD = {
    "input": ["zoë", "a" * 21, "a b", *(text for text in ANYWHERE if text.strip())],
    "go": ["", "yes"],
    "temperature": ["", "0", "-1", "nan", "1e999", "101", "x", "0x1"],
    "top": ["", "-1", "1.5", "x", "9" * 20],
    "seed": ["", "-1", "1.5", "x", "9" * 20, "٣"],
}


@pytest.mark.parametrize(
    ("field", "text"), [(field, text) for field in BAD for text in BAD[field]], ids=lambda t: ascii(t)[:30]
)
def test_a_bad_field_becomes_the_default_with_a_notice(client: TestClient, field: str, text: str) -> None:
    boot = boot_of(client, **{field: text})
    without = {name: value for name, value in vars(Asked()).items() if name != "edits"}
    assert boot["asked"] == boot["defaults"] == without | {"edit": None}
    assert [notice.get("field") for notice in boot["notices"]] == [field]


def test_a_bad_field_leaves_the_good_ones_alone(client: TestClient) -> None:
    boot = boot_of(client, seed="5", temperature="0", input="jo")
    asked = boot["asked"]
    assert (asked["seed"], asked["temperature"], asked["prefix"]) == (5, Asked.temperature, "jo")


def test_the_page_is_small(client: TestClient) -> None:
    """Most of it is the weights of the cell, 19,000 of them."""
    whole = len(gzip.compress(open_page(client, model=MODEL).text.encode()))
    print(f"the whole page is {whole} bytes compressed")
    assert whole <= 146_000
