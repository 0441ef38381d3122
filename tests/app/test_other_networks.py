"""A service whose folder has other networks than the shipped ones, or none."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings

SHIPPED = Settings().models


def served(folder: Path, **files: str) -> TestClient:
    """new name=shipped name"""
    for name, source in files.items():
        shutil.copy(SHIPPED / f"{source}.safetensors", folder / f"{name}.safetensors")
    return TestClient(create_app(Settings(models=folder)))


def boot(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="boot">(.*?)</script>', page, re.DOTALL)
    assert found, page[:300]
    return json.loads(found.group(1))


@pytest.mark.parametrize("source", ["ball-gru", "review-bow", "names-rnn"])
def test_the_first_page_is_that_of_a_network_that_is_there(tmp_path: Path, source: str) -> None:
    with served(tmp_path, mine=source) as client:
        begun = boot(client.get("/").text)
        assert begun["asked"]["model"] == begun["model"]["id"] == begun["defaults"]["model"] == "mine"
        assert begun["notices"] == []
        wrong = boot(client.get("/?model=nothing").text)
        assert wrong["asked"]["model"] == "mine"
        assert [n["code"] for n in wrong["notices"]] == ["unknown_model"]


@pytest.mark.parametrize(
    ("source", "query"),
    [
        ("ball-gru", "points=0.1,0.2;0.2,0.2"),
        ("review-bow", "input=not+bad"),
        ("names-rnn", "input=ma&go=off"),
    ],
)
def test_an_address_is_read_for_the_network_that_is_there(tmp_path: Path, source: str, query: str) -> None:
    with served(tmp_path, mine=source) as client:
        begun = boot(client.get(f"/?{query}&model=mine").text)
        plain = boot(client.get(f"/?{query}").text)
        assert begun["notices"] == []
        if source != "names-rnn":  # of an input alone, the review's page is meant
            assert plain == begun


def test_a_service_without_networks_says_so_and_leads_to_what_it_has(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        page = client.get("/")
        assert page.status_code == 404
        assert "There is no network" in page.text
        assert 'href="/"' not in page.text.replace('class="brand" href="/"', "")
        assert client.get("/learn/reading").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?model=review-gru",
        "/learn/order",
        "/docs",
        "/api/models",
        "/api/trace?points=0.1,0.2",
        "/healthz",
    ],
)
def test_head_is_get_without_its_body(client: TestClient, path: str) -> None:
    asked, head = client.get(path), client.head(path)
    assert head.status_code == asked.status_code == 200
    assert head.content == b""
    for name in ("content-type", "content-length", "etag", "content-security-policy"):
        assert head.headers.get(name) == asked.headers.get(name)


def test_head_of_what_only_takes_a_post_is_refused(client: TestClient) -> None:
    assert client.head("/api/softmax").status_code == 405
