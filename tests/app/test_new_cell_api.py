"""A cell that no code of the service knows is served like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from engine.architecture import Architecture
from engine.cells import CELLS, CellSpec, Stacked, f, gate, h_prev, keep, n, put, x
from engine.checkpoint import Checkpoint
from engine.encoders import points_array
from engine.expr import linear, named, sigmoid, tanh
from engine.network import Network, initialise
from engine.tasks.ball import BallTask
from tests.app.test_trace_api import check_graph

W_ih, b_ih, W_hh = (Stacked(name) for name in ("W_ih", "b_ih", "W_hh"))

MGU = CellSpec(  # Zhou et al., Minimal gated unit for recurrent neural networks (2016)
    "mgu",
    gates=("f", "n"),
    states=("h",),
    equations={
        "f": gate(sigmoid, "f"),
        "n": tanh(named("a_n", linear(W_ih["n"], b_ih["n"], x) + linear(W_hh["n"], None, f * h_prev))),
        "keep": (1 - f) * h_prev,
        "write": f * n,
        "h": keep + put,
    },
)
POINTS = [[0.1, 0.2], None, [0.3, 0.4]]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    monkeypatch.setitem(CELLS, "mgu", MGU)
    architecture = Architecture("mgu", BallTask.inputs, hidden=5, heads=BallTask.heads, layers=2)
    return initialise(architecture, np.random.default_rng(0))


@pytest.fixture
def client(network: Network, tmp_path: Path) -> TestClient:
    card = {"command": "a test", "data": "none", "parameters": network.size}
    Checkpoint(network, "ball", card).save(tmp_path / "ball-mgu.safetensors")
    return TestClient(create_app(Settings(models=tmp_path)), raise_server_exceptions=False)


def test_it_is_listed(client: TestClient, network: Network) -> None:
    (model,) = client.get("/api/models").json()["models"]
    assert (model["id"], model["cell"], model["hidden"], model["layers"]) == ("ball-mgu", "mgu", 5, 2)
    assert model["parameters"] == network.size


def test_its_graph_is_its_equations(client: TestClient, network: Network) -> None:
    graph = client.get("/api/models/ball-mgu").json()["graph"]
    trace = client.get("/api/trace?model=ball-mgu&points=0.1,0.2").json()
    check_graph(graph, set(trace["values"]), set(network.parameters))
    assert len(graph["layers"]) == 2
    for layer in graph["layers"]:
        named = [node["id"] for node in layer["nodes"] if node["role"] != "term"]
        assert named == ["a_f", "f", "a_n", "n", "keep", "write", "h"]
        inputs = {node["id"]: node["inputs"] for node in layer["nodes"]}
        assert inputs["write"] == ["f", "n"] and inputs["h"] == ["keep", "write"]
        assert layer["formulas"]["write"] == "write_t = f_t ⊙ n_t"
    assert {"from": "layers.0.h", "to": "layers.1.x", "layer": 1, "direction": "forward", "dt": 0} in graph[
        "edges"
    ]


def test_its_trace_holds_every_named_value(client: TestClient, network: Network) -> None:
    values = client.post("/api/trace", json={"model": "ball-mgu", "input": {"points": POINTS}}).json()[
        "values"
    ]
    expected = network.forward(points_array(POINTS)).sequence()
    assert list(values) == list(expected)
    assert {f"layers.1.{name}" for name in ("f", "n", "keep", "write", "h", "h_prev")} <= values.keys()
    for name, rows in values.items():
        np.testing.assert_array_equal(np.array(rows, np.float32), expected[name], err_msg=name)


def test_it_is_counted_with_and_without_its_memory(client: TestClient) -> None:
    rows = client.get("/api/ball/tally?count=20").json()["rows"]
    assert [(row["model"], row["memory"]) for row in rows] == [("ball-mgu", True), ("ball-mgu", False)]
