"""What flows into an answer is what the answer loses, to first order, where a unit is silenced."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.architecture import Architecture
from engine.cells import CELLS
from engine.checkpoint import load
from engine.errors import BadSetting
from engine.flows import flows
from engine.network import Network, initialise

MODELS = sorted((Path(__file__).parents[2] / "app" / "content" / "models").glob("*.safetensors"))
STEPS, AT, OUTPUT, EPS = 7, 5, 1, 1e-6


def small(cell: str, *, layers: int = 1, both: bool = False) -> Network:
    architecture = Architecture(cell, 3, 5, {"readout": 4}, layers=layers, bidirectional=both)
    return initialise(architecture, np.random.default_rng(1)).astype(np.float64)


def score(network: Network, x: np.ndarray) -> float:
    return float(network.forward(x).values["logits"][AT, 0, OUTPUT])


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_what_flows_in_is_the_slope_times_the_input(cell: str, layers: int, both: bool) -> None:
    network = small(cell, layers=layers, both=both)
    x = np.random.default_rng(2).normal(size=(STEPS, 1, 3))
    found = flows(network, network.forward(x), AT, OUTPUT)["x"]
    for t in range(STEPS):
        for k in range(3):
            up, down = x.copy(), x.copy()
            up[t, 0, k] += EPS
            down[t, 0, k] -= EPS
            slope = (score(network, up) - score(network, down)) / (2 * EPS)
            assert found[t, k] == pytest.approx(slope * x[t, 0, k], abs=1e-7)


@pytest.mark.parametrize("cell", ["rnn", "rnn-relu", "gru"])
def test_what_flows_through_a_state_is_its_slope_times_itself(cell: str) -> None:
    """A state is changed by beginning anew from it: what comes after it is all that it does."""
    network = small(cell)
    x = np.random.default_rng(3).normal(size=(STEPS, 1, 3))
    found = flows(network, network.forward(x), AT, OUTPUT)["layers.0.h"]
    h = network.forward(x).values["layers.0.h"]
    for t in range(AT):
        for j in range(5):
            scores = []
            for by in (EPS, -EPS):
                start = h[t].copy()
                start[0, j] += by
                later = network.forward(x[t + 1 :], {"layers.0.h": start}).values["logits"]
                scores.append(later[AT - t - 1, 0, OUTPUT])
            slope = (scores[0] - scores[1]) / (2 * EPS)
            assert found[t, j] == pytest.approx(slope * h[t, 0, j], abs=1e-7)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_at_its_own_step_it_is_the_readout(path: Path) -> None:
    """There the score is a sum over units, and so are the flows: all but the bias. After it nothing flows."""
    checkpoint = load(path)
    network = checkpoint.network
    rng = np.random.default_rng(4)
    symbols = network.architecture.vocabulary
    points = rng.normal(size=(STEPS, 1, 3)).astype(np.float32)
    x = rng.integers(symbols, size=(STEPS, 1)) if symbols else points
    found = flows(network, network.forward(x), AT, OUTPUT)
    last = found[f"{network.architecture.directions[-1].name}.{network.architecture.spec.output}"]
    bias = float(network.parameters["readout.b"][OUTPUT])
    assert last[AT].sum() == pytest.approx(score(network, x) - bias, abs=1e-4)
    assert all(not values[AT + 1 :].any() for values in found.values())


@pytest.mark.parametrize(("at", "output"), [(-1, 0), (STEPS, 0), (0, 4), (0, -1)])
def test_a_step_or_class_that_is_not_there_is_refused(at: int, output: int) -> None:
    network = small("rnn")
    with pytest.raises(BadSetting, match="7 steps and 4 classes"):
        flows(network, network.forward(np.zeros((STEPS, 1, 3))), at, output)
