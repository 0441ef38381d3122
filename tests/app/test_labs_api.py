"""What the labs ask: memory by lag, what is left of a change, where states rest; as the engine says it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.settings import Settings
from app.store import ModelStore
from engine import dynamics
from engine.edits import edit
from engine.tasks.recall_memory import memory
from engine.vocabulary import Vocabulary

STORE = ModelStore(Settings().models)
LETTERS = "d c a b d"
MODELS = [model.id for model in STORE.list()]


def network(id: str) -> Any:
    return STORE.get(id).checkpoint.network


def symbols(id: str, text: str) -> np.ndarray:
    words: Vocabulary = STORE.get(id).checkpoint.vocabulary
    return words.encode(text.split())[:, None]


def test_memory_is_what_the_engine_measures(client: TestClient) -> None:
    found = client.get("/api/models/recall-lstm/memory?length=6&seed=2").json()
    expected = memory(network("recall-lstm"), 16, 6, 2)
    assert (found["length"], found["letters"], found["trained"]) == (6, 16, True)
    for name in ("decoded", "answers", "moved"):
        np.testing.assert_allclose(found[name], getattr(expected, name), atol=5e-5)
    raw = client.get("/api/models/recall-lstm/memory?length=6&seed=2&trained=false").json()
    assert raw["decoded"] != found["decoded"]
    assert client.get("/api/models/recall-rnn-2/memory?length=4").json()["letters"] == 4


def test_what_remains_is_what_the_engine_says(client: TestClient) -> None:
    edits = ["scale:layers.0.W_hh:0.9", "force:layers.0.i:0.5", "h0[2]:0.5"]
    body = {"model": "recall-lstm", "input": {"text": LETTERS}, "edits": edits}
    found = client.post("/api/remains", json=body).json()
    changed, x = edit(network("recall-lstm"), edits), symbols("recall-lstm", LETTERS)
    steps = dynamics.jacobians(changed.network, changed.run(x), x, changed.forced)
    np.testing.assert_allclose(found["remains"], dynamics.remains(steps))
    assert found["states"] == {"layers.0.h": 16, "layers.0.c": 16}
    assert len(found["remains"]) == len(found["radius"]) + 1 == len(found["largest"]) + 1 == 6
    (blocks,) = found["spectra"].values()
    W = changed.network.parameters["layers.0.W_hh"].astype(float).reshape(4, 16, 16)
    for said, block in zip(blocks, W, strict=True):
        assert said["radius"] == pytest.approx(np.abs(np.linalg.eigvals(block)).max())
        assert said["largest"] == pytest.approx(np.linalg.svd(block)[1][0])


def test_a_matrix_that_is_scaled_is_scaled_in_both(client: TestClient) -> None:
    body = {"model": "recall-rnn", "input": {"text": LETTERS}}
    plain = client.post("/api/remains", json=body).json()["spectra"]["layers.0.W_hh"][0]
    twice = client.post("/api/remains", json=body | {"edits": ["scale:layers.0.W_hh:2"]}).json()
    scaled = twice["spectra"]["layers.0.W_hh"][0]
    assert scaled["radius"] == pytest.approx(2 * plain["radius"], rel=1e-6)
    assert scaled["largest"] == pytest.approx(2 * plain["largest"], rel=1e-6)


def test_where_states_rest_a_run_stays(client: TestClient) -> None:
    found = client.post("/api/rests", json={"model": "recall-rnn-2", "input": {"text": "c"}}).json()
    assert found["states"] == {"layers.0.h": 2}
    fixed = [one for one in found["rests"] if one["fixed"]]
    assert {one["kind"] for one in fixed} >= {"stable", "saddle"}
    for one in fixed:
        h = one["state"]
        edits = [f"h0[{k}]:{value:.7f}" for k, value in enumerate(h)]
        asked = {"model": "recall-rnn-2", "input": {"text": "c"}, "edits": edits}
        (after,) = client.post("/api/trace", json=asked).json()["values"]["layers.0.h"]
        np.testing.assert_allclose(after, h, atol=1e-5)


@pytest.mark.parametrize("id", MODELS)
def test_every_model_is_answered_or_refused_in_a_sentence(client: TestClient, id: str) -> None:
    task = STORE.get(id).checkpoint.task
    inputs = {
        "ball": {"points": [[0.4, 0.5]]},
        "recall": {"text": "a"},
        "names": {"text": ""},
        "review": {"text": "good"},
    }
    for path in ("/api/remains", "/api/rests"):
        found = client.post(path, json={"model": id, "input": inputs[task]})
        assert found.status_code == (200 if network(id).architecture.states else 422), found.text


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "nothing to read": ("/api/remains", {"model": "recall-rnn", "input": {"text": ""}}, "empty_input"),
    "no states": ("/api/rests", {"model": "ball-memoryless", "input": {"points": [[0.1, 0.1]]}}, "bad_input"),
    "two inputs": ("/api/rests", {"model": "recall-rnn", "input": {"text": "ab"}}, "bad_input"),
    "starts of another size": (
        "/api/rests",
        {"model": "recall-rnn", "input": {"text": "a"}, "starts": [[1, 2]]},
        "bad_input",
    ),
    "too long": ("/api/remains", {"model": "recall-rnn", "input": {"text": "a" * 300}}, "over_limit"),
    "an edit that cannot be made": (
        "/api/rests",
        {"model": "recall-rnn", "input": {"text": "a"}, "edits": ["x"]},
        "bad_input",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_asked_is_said(client: TestClient, name: str) -> None:
    path, body, error = REFUSED[name]
    found = client.post(path, json=body)
    assert (found.status_code, found.json()["error"]) == (422, error), found.text


def test_huge_numbers_get_an_answer(client: TestClient) -> None:
    edits = ["scale:layers.0.W_hh:1000000", "scale:layers.0.W_ih:1000000"]
    for id in ("recall-rnn", "recall-gru", "recall-lstm"):
        for path, text in (("/api/remains", "a" * 200), ("/api/rests", "a")):
            found = client.post(path, json={"model": id, "input": {"text": text}, "edits": edits})
            assert found.status_code in (200, 422), found.text


@pytest.mark.parametrize("query", ["length=1", "length=100000", "seed=-1", "trained=maybe"])
def test_an_address_of_the_memory_is_within_bounds(client: TestClient, query: str) -> None:
    assert client.get(f"/api/models/recall-gru/memory?{query}").status_code == 422
    assert client.get("/api/models/names-gru/memory").json()["error"] == "bad_input"
