"""POST /api/flows: an answer traced back, as the engine does it, of every model; what it cannot be asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.inputs import given
from app.schemas import RunInput
from app.settings import Settings
from app.store import ModelStore
from engine.flows import flows

STORE = ModelStore(Settings().models)
POINTS = [[0.2, 0.3], [0.25, 0.34], None, [0.35, 0.42]]
INPUTS = {
    "ball": {"points": POINTS},
    "review": {"text": "not bad at all"},
    "names": {"text": "emma"},
    "recall": {"text": "d c b a"},
}
GOOD = {"model": "review-gru", "input": {"text": "not bad"}, "at": 2, "output": "positive"}


@pytest.mark.parametrize("id", [model.id for model in STORE.list()])
def test_it_is_what_the_engine_says(client: TestClient, id: str) -> None:
    model = STORE.get(id)
    asked = INPUTS[model.checkpoint.task]
    trace = client.post("/api/trace", json={"model": id, "input": asked}).json()
    output = trace["outputs"][2]
    found = client.post("/api/flows", json={"model": id, "input": asked, "at": 3, "output": output}).json()
    assert (found["at"], found["output"], found["input"]) == (3, output, trace["input"])
    assert found["score"] == pytest.approx(trace["values"]["logits"][2][2], abs=1e-5)
    network = model.checkpoint.network
    expected = flows(network, network.forward(given(model, RunInput.model_validate(asked)).x), 2, 2)
    assert list(found["values"]) == list(expected)
    for name, rows in expected.items():
        np.testing.assert_allclose(found["values"][name], rows, atol=1e-6)


def test_of_a_network_with_edits_it_is_what_flows_in_that_one(client: TestClient) -> None:
    edits = ["scale:layers.0.W_hh:0.5", "force:layers.0.h[3]:0"]
    asked = {"model": "ball-gru", "input": INPUTS["ball"]}
    trace = client.post("/api/trace", json=asked | {"edits": edits}).json()
    question = asked | {"at": 3, "output": trace["outputs"][2]}
    found = client.post("/api/flows", json=question | {"edits": edits}).json()
    assert found["score"] == pytest.approx(trace["values"]["logits"][2][2], abs=1e-5)
    assert all(row[3] == 0 for row in found["values"]["layers.0.h"])  # through a silent unit nothing flows
    assert found["values"] != client.post("/api/flows", json=question).json()["values"]


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "a class that is not there": ({"output": "happy"}, 422, "unknown_name"),
    "a step after the last": ({"at": 3}, 422, "bad_input"),
    "no step": ({"at": 0}, 422, "invalid_request"),
    "no text at all": ({"input": {"text": ""}, "at": 1}, 422, "bad_input"),
    "points for a reader": ({"input": {"points": POINTS}}, 422, "bad_input"),
    "too many words": ({"input": {"text": "a " * 2000}}, 422, "over_limit"),
    "an unknown model": ({"model": "nope"}, 404, "unknown_model"),
    "edits that cannot be made": ({"edits": ["nonsense"]}, 422, "bad_input"),
    "an unknown field": ({"memory": False}, 422, "invalid_request"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_asked_is_said(client: TestClient, name: str) -> None:
    changed, status, error = REFUSED[name]
    found = client.post("/api/flows", json={**GOOD, **changed})
    assert (found.status_code, found.json()["error"]) == (status, error), found.text
    assert client.post("/api/flows", json=GOOD).status_code == 200


def test_what_is_no_number_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.lab.flows", lambda *asked: {"x": np.array([[np.inf]])})
    found = client.post("/api/flows", json=GOOD)
    assert found.status_code == 422 and "x is no longer a finite 32-bit float" in found.json()["detail"]
