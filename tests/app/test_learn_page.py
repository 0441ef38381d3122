"""The chapters under /learn/: what they begin with, and what there is not."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.learn_page import ADDRESSES, CHAPTERS, SIZES
from app.main import create_app
from app.settings import Settings


def boot(client: TestClient, path: str) -> Any:
    page = client.get(path)
    assert page.status_code == 200
    found = re.search(r'<script type="application/json" id="boot">(.*?)</script>', page.text, re.DOTALL)
    assert found
    return json.loads(found.group(1))


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_has_its_title_its_words_and_the_way_to_the_others(client: TestClient, name: str) -> None:
    page = client.get(ADDRESSES[name])
    words = boot(client, ADDRESSES[name])["words"]["learn"]
    assert page.text.count("<h1") == 1
    assert all(words[other]["title"] in page.text for other in CHAPTERS)
    assert page.text.count('aria-current="page"') == 2  # in the tabs and among the chapters
    assert page.headers["content-security-policy"]


def test_the_chapter_on_reading_has_a_network_of_each_size(client: TestClient) -> None:
    sizes = boot(client, ADDRESSES["reading"])["sizes"]
    assert sizes == {str(size): id for size, id in SIZES.items()}
    for size, id in sizes.items():
        if id:
            assert client.get(f"/api/models/{id}").json()["hidden"] == int(size)


def test_without_the_networks_only_what_is_set_by_hand_is_there(tmp_path: Path) -> None:
    shutil.copy(Settings().models / "ball-rnn.safetensors", tmp_path)
    with TestClient(create_app(Settings(models=tmp_path))) as bare:
        assert boot(bare, ADDRESSES["reading"])["sizes"] == {"1": None}


def test_learn_leads_to_the_first_chapter_and_an_unknown_one_is_a_404(client: TestClient) -> None:
    answer = client.get("/learn", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, next(iter(ADDRESSES.values())))
    missing = client.get("/learn/nothing", headers={"Accept": "text/html"})
    assert missing.status_code == 404
    assert "<h1" in missing.text
