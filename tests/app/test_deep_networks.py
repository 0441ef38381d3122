"""Networks of several layers and both directions are served like any other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app import wire
from app.main import create_app
from app.settings import Settings
from engine.architecture import Architecture
from engine.checkpoint import Checkpoint
from engine.edits import edit
from engine.encoders import points_array
from engine.network import Network, initialise
from engine.tasks.ball import BallTask

POINTS = [[0.1, 0.2], None, [0.3, 0.4], [0.5, 0.5]]


@pytest.fixture(params=["gru", "lstm"])
def network(request: pytest.FixtureRequest) -> Network:
    architecture = Architecture(
        request.param, BallTask.inputs, 5, dict(BallTask.heads), layers=2, bidirectional=True
    )
    return initialise(architecture, np.random.default_rng(0))


@pytest.fixture
def client(network: Network, tmp_path: Path) -> TestClient:
    card = {"command": "a test", "data": "none", "parameters": network.size}
    Checkpoint(network, "ball", card).save(tmp_path / "ball-deep.safetensors")
    return TestClient(create_app(Settings(models=tmp_path)), raise_server_exceptions=False)


def ask(client: TestClient, **more: Any) -> dict[str, Any]:
    found = client.post("/api/trace", json={"model": "ball-deep", "input": {"points": POINTS}, **more})
    assert found.status_code == 200, found.text
    answer: dict[str, Any] = found.json()
    return answer


def test_its_graph_and_its_trace_speak_of_the_same_values(client: TestClient) -> None:
    model = client.get("/api/models/ball-deep").json()
    assert (model["layers"], model["bidirectional"]) == (2, True)
    graph, values = model["graph"], ask(client)["values"]
    assert [layer["name"] for layer in graph["layers"]] == [
        *("layers.0", "layers.0.reverse"),
        *("layers.1", "layers.1.reverse"),
    ]
    assert [layer["inputs"] for layer in graph["layers"]] == [3, 3, 10, 10]
    for layer in graph["layers"]:
        for node in layer["nodes"]:
            assert (f"{layer['name']}.{node['id']}" in values) == (node["role"] != "term")
    back = {(edge["direction"], edge["dt"]) for edge in graph["edges"] if edge["dt"]}
    assert back == {("forward", -1), ("reverse", 1)}
    for edge in graph["edges"]:
        assert edge["from"] in values
        if edge["dt"]:  # the state before a step is that of its neighbour, on the side that the edge says
            here, there = np.array(values[edge["to"]]), np.array(values[edge["from"]])
            inner = slice(1, None) if edge["dt"] < 0 else slice(None, -1)
            np.testing.assert_array_equal(here[inner], np.roll(there, -edge["dt"], axis=0)[inner])
    below = [edge["from"] for edge in graph["edges"] if edge["to"] == "layers.1.reverse.x"]
    assert below == ["layers.0.h", "layers.0.reverse.h"]


@pytest.mark.parametrize("memory", [True, False])
def test_its_trace_is_the_engines(client: TestClient, network: Network, memory: bool) -> None:
    values = ask(client, memory=memory)["values"]
    for name, rows in network.forward(points_array(POINTS), memory=memory).sequence().items():
        np.testing.assert_array_equal(np.array(values[name], np.float32), rows, err_msg=name)


@pytest.mark.parametrize(
    "edits",
    [
        ["force:layers.1.reverse.h:0.25"],
        ["layers.1.reverse.h0[2]:0.4", "h0[1]:-0.3"],
        ["scale:layers.0.reverse.W_hh:2", "layers.1.W_ih[3,9]:1"],
    ],
)
def test_every_layer_and_direction_can_be_edited(
    client: TestClient, network: Network, edits: list[str]
) -> None:
    values = ask(client, edits=edits)["values"]
    expected = edit(network, edits).run(points_array(POINTS)).sequence()
    for name, rows in expected.items():
        np.testing.assert_array_equal(np.array(values[name], np.float32), rows, err_msg=name)
    assert values["logits"] != ask(client)["values"]["logits"]


@pytest.mark.parametrize("layout", ["arrays", "steps"])
def test_it_crosses_the_wire_as_bytes(client: TestClient, layout: str) -> None:
    body = {"model": "ball-deep", "input": {"points": POINTS}, "layout": layout}
    found = client.post("/api/trace", json=body, headers={"Accept": wire.BINARY.media_type})
    assert found.status_code == 200 and found.headers["content-type"] == wire.BINARY.media_type
    assert len(found.content) > 4 * sum(np.size(rows) for rows in ask(client)["values"].values())


def test_who_sees_the_future_is_not_counted_among_those_who_predict(client: TestClient) -> None:
    assert client.get("/api/ball/tally?count=20").json()["rows"] == []
