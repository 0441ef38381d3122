"""A cell is its equations: more of them, added in a few lines, are run, differentiated, trained and saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from derivatives import check_layer
from more_cells import MGU, MORE, PEEPHOLES

from engine.architecture import Architecture
from engine.cells import CELLS, CellSpec
from engine.checkpoint import Checkpoint, load
from engine.layer import Layer
from engine.network import initialise
from engine.tasks.ball import BallTask
from engine.train import Recipe, train

every_new_cell = pytest.mark.parametrize("spec", MORE, ids=lambda spec: spec.name)
both = pytest.mark.parametrize("spec", [MGU, PEEPHOLES], ids=lambda spec: spec.name)


@every_new_cell
def test_gradients_equal_complex_steps(spec: CellSpec) -> None:
    check_layer(spec)


def test_the_minimal_gated_unit_is_the_papers() -> None:
    rng = np.random.default_rng(0)
    shapes = {name: parameter.shape({"I": 3, "H": 4}) for name, parameter in MGU.parameters.items()}
    assert shapes == {"W_ih": (8, 3), "b_ih": (4,), "W_hh": (8, 4)}  # only f has a bias
    p = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    xs = rng.standard_normal((6, 2, 3))
    found = Layer(MGU, p, 3, 4).forward(xs)["h"]
    h = np.zeros((2, 4))
    for t in range(6):
        forget = 1 / (1 + np.exp(-(xs[t] @ p["W_ih"][:4].T + p["b_ih"] + h @ p["W_hh"][:4].T)))
        new = np.tanh(xs[t] @ p["W_ih"][4:].T + (forget * h) @ p["W_hh"][4:].T)
        h = (1 - forget) * h + forget * new
        np.testing.assert_allclose(found[t], h, rtol=0, atol=1e-14)


def test_peepholes_have_one_weight_a_unit_and_the_output_gate_reads_the_current_cell_state() -> None:
    assert PEEPHOLES.parameters["W_ch"].gates == ("i", "f", "o")
    assert PEEPHOLES.parameters["W_ch"].shape({"I": 3, "H": 4}) == (12,)
    graph = {node.id: node for node in PEEPHOLES.nodes}
    assert graph["a_o.c"].inputs == ("c",)
    assert graph["a_f.c_prev"].inputs == ("c_prev",)
    assert graph["o"].formula == "σ(W_io x_t + b_io + W_ho h_t−1 + b_ho + W_co ⊙ c_t)"


@both
def test_it_learns_the_ball_and_survives_a_checkpoint(
    spec: CellSpec, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(CELLS, spec.name, spec)
    losses = []
    for progress in train(
        BallTask(first=1), Recipe(cell=spec.name, hidden=16, steps=300, batch=32, rate=0.01)
    ):
        losses.append(progress.loss)
    assert np.mean(losses[-30:]) < 2.1  # a guess costs 2.8: log 8 for the direction, the rest for the step
    Checkpoint(progress.network, "ball", {}).save(tmp_path / "new.safetensors")
    again = load(tmp_path / "new.safetensors").network
    inputs = np.random.default_rng(1).standard_normal((5, 2, 3)).astype(np.float32)
    for name, values in progress.network.forward(inputs).values.items():
        np.testing.assert_array_equal(again.forward(inputs).values[name], values, err_msg=name)


def test_initial_weights_follow_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CELLS, "lstm-peepholes", PEEPHOLES)
    p = initialise(Architecture("lstm-peepholes", 3, 4, {"readout": 8}), np.random.default_rng(0)).parameters
    np.testing.assert_array_equal(p["layers.0.W_ch"], np.zeros(12))
    np.testing.assert_array_equal(p["layers.0.b_ih"], np.repeat([0, 1, 0, 0], 4))
