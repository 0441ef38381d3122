"""What-if: every kind of edit does what it says, on a copy, and says why it cannot be done."""

from __future__ import annotations

import numpy as np
import pytest

from engine.architecture import Architecture
from engine.cells import CELLS
from engine.edits import Edited, edit
from engine.errors import InputError
from engine.network import Network, initialise

X = np.random.default_rng(0).standard_normal((5, 2, 3))


@pytest.fixture(params=CELLS)
def network(request: pytest.FixtureRequest) -> Network:
    architecture = Architecture(request.param, inputs=3, hidden=4, heads={"readout": 2}, layers=2)
    return initialise(architecture, np.random.default_rng(1), np.float64)


def test_no_edits_change_nothing(network: Network) -> None:
    plain, edited = network.forward(X).values, edit(network, []).run(X).values
    assert all(np.array_equal(plain[name], edited[name]) for name in plain)


def test_a_weight_is_set_in_a_copy(network: Network) -> None:
    name = next(iter(network.parameters))  # a matrix
    before = network.parameters[name].copy()
    changed = edit(network, [f"{name}[1,1]:0.5", "readout.b[1]:-2"])
    assert changed.network.parameters[name][1, 1] == 0.5
    assert changed.network.parameters["readout.b"][1] == -2
    assert np.array_equal(network.parameters[name], before)
    assert not np.allclose(changed.run(X).values["logits"], network.forward(X).values["logits"])


def test_a_parameter_is_scaled(network: Network) -> None:
    name = next(iter(network.parameters))
    changed = edit(network, [f"scale:{name}:1.5", f"scale:{name}:2"])
    assert np.allclose(changed.network.parameters[name], 3 * network.parameters[name])


def test_every_kept_value_can_be_forced(network: Network) -> None:
    for name in network.kept:
        values = edit(network, [f"force:{name}:1"]).run(X).values
        assert (values[name] == 1).all()
        assert np.isfinite(values["logits"]).all()


def test_a_forced_gate_is_what_the_rest_is_computed_from() -> None:
    network = initialise(Architecture("lstm", 3, 4, {"readout": 2}), np.random.default_rng(2), np.float64)
    edits = ["force:layers.0.f:1", "force:layers.0.i:0", "h0[2]:0.3", "c0[1]:0.7"]
    values = edit(network, edits).run(X).values
    assert np.allclose(values["layers.0.c"], [0, 0.7, 0, 0])  # f = 1 and i = 0: the cell state stays
    assert np.allclose(values["layers.0.h_prev"][0], [0, 0, 0.3, 0])


def test_an_initial_state_is_set(network: Network) -> None:
    for state in network.architecture.spec.states:
        values = edit(network, [f"{state}0[1]:0.4"]).run(X).values
        start = values[f"layers.0.{state}_prev"][0]
        assert (start[:, 1] == 0.4).all() and not start[:, 0].any()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nonsense", "Write layers.0"),
        ("", "Write layers.0"),
        ("layers.0.W_ih[99,0]:1", "has the shape"),
        ("layers.0.W_ih[0]:1", "has the shape"),
        ("layers.9.W_ih[0,0]:1", "Parameters are layers.0.W_ih"),
        ("layers.0.W_ih[0,0]:nan", "has to be a number"),
        ("layers.0.W_ih[0,0]:1e99", "has to be a number"),
        ("layers.0.W_ih[0,0]:x", "has to be a number"),
        ("scale:layers.0.nothing:2", "Parameters are"),
        ("force:layers.0.nothing:2", "Values that can be forced are layers.0.a_h"),
        ("h0[4]:1", "has 4 units"),
        ("h0[1,1]:1", "has 4 units"),
    ],
)
def test_what_cannot_be_applied_says_why(text: str, why: str) -> None:
    network = initialise(Architecture("rnn", 3, 4, {"readout": 2}), np.random.default_rng(1))
    with pytest.raises(InputError, match="cannot be applied") as caught:
        edit(network, [text])
    assert why in caught.value.detail


def test_a_network_without_edits_needs_no_copy() -> None:
    network = initialise(Architecture("rnn", 3, 4, {"readout": 2}), np.random.default_rng(1))
    assert Edited(network).network is network
