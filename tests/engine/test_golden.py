"""PyTorch's numbers, made by golden/make.py: forward and every gradient to 1e-12, float64."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.architecture import Architecture
from engine.cells import cell
from engine.layer import Layer
from engine.losses import cross_entropy
from engine.network import Network
from engine.optim import SGD, Adam, Optimiser, clip_global_norm
from engine.softmax import log_softmax, softmax
from engine.vector import joined

Golden = dict[str, NDArray[np.float64]]
CELLS = ("rnn", "rnn-relu", "lstm", "gru")


def golden(name: str, case: str = "") -> Golden:
    with np.load(Path(__file__).parent / "golden" / f"{name}.npz") as file:
        return {key.removeprefix(case): file[key] for key in file if key.startswith(case)}


def assert_same(found: object, expected: NDArray[np.float64], name: str = "") -> None:
    difference = np.abs(np.asarray(found) - expected)
    assert np.shape(found) == expected.shape, name
    assert np.asarray(found).dtype == np.float64, name
    assert (difference <= 1e-12 * np.maximum(1, np.abs(expected))).all(), (name, difference.max())


def layers_of(name: str, g: Golden, count: int) -> list[Layer]:
    stack = []
    for k in range(count):
        inputs = 4 if k == 0 else 5
        weights = {p: g[f"layers.{k}.{p}"] for p in ("W_ih", "b_ih", "W_hh", "b_hh")}
        stack.append(Layer(cell(name), weights, inputs, 5))
    return stack


@pytest.mark.parametrize("case", ["one", "two"])
@pytest.mark.parametrize("name", CELLS)
def test_layers_equal_pytorch(name: str, case: str) -> None:
    g = golden(name, f"{case}.")
    stack = layers_of(name, g, {"one": 1, "two": 2}[case])
    states = stack[0].cell.states
    values, records = g["x"], []
    for k, layer in enumerate(stack):
        records.append(layer.forward(values, {s: g[f"{s}0"][k] for s in states}))
        values = records[-1]["h"]
    for s in states:
        assert_same(records[-1][s], g[s], s)
    gradients = {s: g[f"cot_{s}"] for s in states}
    for k in reversed(range(len(stack))):
        found = stack[k].backward(records[k], gradients)
        for p, d in found.parameters.items():
            assert_same(d, g[f"d_layers.{k}.{p}"], p)
        for s in states:
            assert_same(found.initial[s], g[f"d_{s}0"][k], f"d_{s}0")
        gradients = {"h": found.x}
    assert_same(gradients["h"], g["d_x"], "d_x")


@pytest.mark.parametrize("name", CELLS)
def test_a_network_of_two_layers_and_a_readout_equals_pytorch(name: str) -> None:
    two, g = golden(name, "two."), golden(name, "network.")
    architecture = Architecture(name, 4, 5, {"readout": 3}, layers=2)
    network = Network(architecture, {p: (two | g)[p] for p in architecture.shapes})
    trace = network.forward(two["x"])
    assert_same(trace.values["logits"], g["logits"], "logits")
    assert_same(trace.values["probs"], g["probs"], "probs")
    found = network.backward(trace, {"logits": g["cot_logits"]}).parameters
    assert list(found) == list(architecture.shapes)
    for p, d in found.items():
        assert_same(d, g[f"d_{p}"], p)


@pytest.mark.parametrize("case", ["near", "far"])
def test_softmax_and_cross_entropy_equal_pytorch(case: str) -> None:
    g = golden("losses")
    logits = g[f"{case}.logits"]
    assert_same(softmax(logits), g[f"{case}.probs"], "probs")
    assert_same(log_softmax(logits), g[f"{case}.log_probs"], "log_probs")
    loss, d_logits = cross_entropy(logits, g["targets"], g["weights"])
    assert_same(loss, g[f"{case}.loss"], "loss")
    assert_same(d_logits, g[f"{case}.d_logits"], "d_logits")


@pytest.mark.parametrize(
    ("name", "optimiser"), [("sgd", SGD()), ("momentum", SGD(momentum=0.9)), ("adam", Adam())]
)
def test_optimisers_step_as_in_pytorch(name: str, optimiser: Optimiser) -> None:
    g = golden("optim")
    p = joined({n: g[f"begin.{n}"] for n in ("W", "b")})
    for k, rate in enumerate(g["rates"]):
        optimiser.step(p, joined({n: g[f"gradients.{n}"][k] for n in ("W", "b")}), float(rate))
        assert_same(p, joined({n: g[f"{name}.{n}"][k] for n in ("W", "b")}), f"after step {k + 1}")


@pytest.mark.parametrize("limit", [1.0, 100.0])
def test_clipping_as_in_pytorch(limit: float) -> None:
    """PyTorch divides by norm + 1e-6, so that its gradients end a millionth shorter than the limit."""
    g = golden("optim")
    d = joined({n: g[f"gradients.{n}"][0] for n in ("W", "b")})
    norm = clip_global_norm(d, limit)
    assert_same(norm, g[f"clip{limit:g}.norm"], "norm")
    shorter = norm / (norm + 1e-6) if norm > limit else 1
    assert_same(d * shorter, joined({n: g[f"clip{limit:g}.{n}"] for n in ("W", "b")}))
    if norm > limit:
        assert np.sqrt((d**2).sum()) == pytest.approx(limit, rel=1e-14)
