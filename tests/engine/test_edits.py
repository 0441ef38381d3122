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


def test_one_unit_is_silenced_and_the_others_are_computed(network: Network) -> None:
    for name, width in network.widths.items():
        edited = edit(network, [f"force:{name}[1]:0.25", f"force:{name}[{width - 1}]:-0.5"])
        values, plain = edited.run(X).values, network.forward(X).values
        assert (values[name][..., 1] == 0.25).all() and (values[name][..., width - 1] == -0.5).all()
        free = slice(2, width - 1) if width > 3 else slice(1)
        np.testing.assert_allclose(values[name][0, :, free], plain[name][0, :, free], rtol=0, atol=1e-12)
        alone = edit(network, [f"force:{name}:0.25", f"force:{name}[{width - 1}]:-0.5"]).run(X).values[name]
        assert (alone[..., : width - 1] == 0.25).all() and (alone[..., width - 1] == -0.5).all()


def test_a_value_forced_for_each_unit_is_one_forced_for_all(network: Network) -> None:
    for name, width in network.widths.items():
        whole = network.forward(X, forced={name: 0.3}).values
        each = network.forward(X, forced={name: np.full(width, 0.3)}).values
        for value, rows in whole.items():
            np.testing.assert_allclose(each[value], rows, rtol=0, atol=1e-12, err_msg=value)


def test_the_gradient_goes_through_free_units_alone(network: Network) -> None:
    """Against a run in which one weight is a little larger."""
    output = network.architecture.spec.output
    name = f"layers.0.{output}"
    each = np.full(network.widths[name], np.nan)
    each[0] = 0.3
    weights = next(iter(network.parameters))
    trace = network.forward(X, forced={name: each})
    given = np.random.default_rng(3).standard_normal(trace.values["logits"].shape)
    found = network.backward(trace, {"logits": given}).parameters[weights]
    for place in ((0, 0), (-1, -1)):
        nudged = {n: p.copy() for n, p in network.parameters.items()}
        losses = []
        for step in (1e-6, -1e-6):
            nudged[weights][place] = network.parameters[weights][place] + step
            run = Network(network.architecture, nudged).forward(X, forced={name: each})
            losses.append((given * run.values["logits"]).sum())
        assert found[place] == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("memory", [True, False])
def test_forced_units_hold_without_memory_too(network: Network, memory: bool) -> None:
    name = f"layers.0.{network.architecture.spec.output}"
    free = np.full(network.widths[name], np.nan)
    free[1] = 0.5
    values = network.forward(X, memory=memory, forced={name: free}).values
    assert (values[name][..., 1] == 0.5).all() and not (values[name][..., 0] == 0.5).any()


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
        ("force:layers.0.h[4]:1", "has 4 units"),
        ("force:layers.0.h[x]:1", "Write layers.0"),
        ("scale:layers.0.W_hh[1]:2", "scaled as a whole"),
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
