"""A step's Jacobian is that of finite differences, fixed points are fixed, what remains is the product."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.architecture import Architecture
from engine.cells import CELLS
from engine.checkpoint import load
from engine.dynamics import REST, Step, jacobians, largest, radius, remains, rests
from engine.errors import BadSetting
from engine.network import Network, initialise

MODELS = Path(__file__).parents[2] / "app/content/models"
every_cell = pytest.mark.parametrize("cell", CELLS)


def network_of(cell: str, layers: int = 1, **more: Any) -> Network:
    architecture = Architecture(cell, 3, 4, {"readout": 2}, layers, **more)
    return initialise(architecture, np.random.default_rng(3), np.float64)


def hand_set(W: Any, b: Any) -> Network:
    """h' = tanh(W h + b), and nothing that it reads."""
    W, b = np.array(W, float), np.array(b, float)
    n = len(b)
    parameters = {
        "layers.0.W_ih": np.zeros((n, 1)),
        "layers.0.W_hh": W,
        "layers.0.b_ih": b,
        "layers.0.b_hh": np.zeros(n),
        "readout.W": np.zeros((2, n)),
        "readout.b": np.zeros(2),
    }
    return Network(Architecture("rnn", 1, n, {"readout": 2}), parameters)


NOTHING_READ = np.zeros((1, 1, 1))


@every_cell
@pytest.mark.parametrize("layers", [1, 2])
def test_a_jacobian_is_that_of_finite_differences(cell: str, layers: int) -> None:
    network = network_of(cell, layers)
    if not network.architecture.states:
        return
    rng = np.random.default_rng(0)
    step = Step(network, rng.normal(size=(1, 1, 3)))
    states = rng.uniform(-0.8, 0.8, (3, step.size))
    found, tiny = step.jacobian(states), 1e-6
    for j in range(step.size):
        change = tiny * np.eye(step.size)[j]
        slope = (step(states + change) - step(states - change)) / (2 * tiny)
        np.testing.assert_allclose(found[:, :, j], slope, atol=1e-8)


@every_cell
def test_a_step_is_a_step_of_the_run(cell: str) -> None:
    network = network_of(cell)
    if not network.architecture.states:
        return
    x = np.random.default_rng(1).normal(size=(6, 1, 3))
    trace = network.forward(x)
    names = list(network.architecture.states)
    after = np.concatenate([trace.values[name][:, 0] for name in names], axis=-1)
    before = np.concatenate([trace.values[f"{name}_prev"][:, 0] for name in names], axis=-1)
    np.testing.assert_allclose(Step(network, np.swapaxes(x, 0, 1))(before), after, atol=1e-12)


@every_cell
def test_what_remains_is_what_a_small_change_comes_to(cell: str) -> None:
    network = network_of(cell)
    if not network.architecture.states:
        return
    x = np.random.default_rng(2).normal(size=(5, 1, 3))
    steps = jacobians(network, network.forward(x), x)
    norms = remains(steps)
    assert norms.shape == (6,) and norms[-1] == 1
    np.testing.assert_allclose(norms[-2], np.linalg.svd(steps[-1])[1][0])
    tiny, size = 1e-6, steps.shape[-1]
    whole = np.eye(size)
    for step in steps:
        whole = step @ whole
    start = np.concatenate([tiny * np.eye(size), -tiny * np.eye(size)])
    names = network.architecture.states
    ends = np.cumsum(list(names.values()))[:-1]
    initial = dict(zip(names, np.split(start, ends, axis=-1), strict=True))
    values = network.forward(np.repeat(x, 2 * size, axis=1), initial).values
    last = np.concatenate([values[name][-1] for name in names], axis=-1)
    slope = (last[:size] - last[size:]).T / (2 * tiny)
    np.testing.assert_allclose(slope, whole, atol=1e-8)
    assert norms[0] == pytest.approx(np.linalg.svd(whole)[1][0])


def test_the_counterexamples_of_the_lesson() -> None:
    """Eigenvalues of 0 and a product beyond 1e18; a weight of 2 and one below 1e-17."""
    network = hand_set([[3, -3], [3, -3]], [1, 3])
    assert radius(network.parameters["layers.0.W_hh"]) == pytest.approx(0, abs=1e-7)
    assert largest(network.parameters["layers.0.W_hh"]) == pytest.approx(6)
    x = np.zeros((100, 1, 1))
    assert remains(jacobians(network, network.forward(x), x))[0] > 1e18
    latch = hand_set([[2]], [0])
    x = np.zeros((23, 1, 1))
    trace = latch.forward(x, {"layers.0.h": np.full((1, 1), np.tanh(1))})
    assert trace.values["layers.0.h"][-1, 0, 0] == pytest.approx(0.9575, abs=5e-5)
    assert 1e-19 < remains(jacobians(latch, trace, x))[0] < 1e-17


def test_where_two_latches_rest() -> None:
    step = Step(hand_set([[2, 0], [0, 2]], [0, 0]), NOTHING_READ)
    grid = np.stack(np.meshgrid(*2 * [np.linspace(-1, 1, 9)]), axis=-1).reshape(-1, 2)
    found = rests(step, grid)
    level = 0.95750402
    kinds = {tuple(np.round(one.state / level, 6) + 0.0): one.kind for one in found}
    assert len(found) == len(kinds) == 9
    for place, kind in kinds.items():
        assert kind == {0: "unstable", 1: "saddle", 2: "stable"}[int(np.abs(place).sum())], place
    for one in found:
        assert one.is_fixed and one.speed <= REST
        np.testing.assert_allclose(step(one.state[None])[0], one.state, atol=1e-8)
        assert np.all(np.diff(np.abs(one.eigenvalues)) <= 1e-12)


def test_a_turn_has_a_pair_of_eigenvalues_and_the_edge_is_marginal() -> None:
    turn = 1.5 * np.array([[np.cos(0.7), -np.sin(0.7)], [np.sin(0.7), np.cos(0.7)]])
    (one,) = rests(Step(hand_set(turn, [0, 0]), NOTHING_READ), np.array([[0.1, 0.2]]))
    np.testing.assert_allclose(np.abs(one.eigenvalues), 1.5)
    np.testing.assert_allclose(np.abs(np.angle(one.eigenvalues)), 0.7)
    assert one.kind == "unstable"
    starts = np.random.default_rng(0).uniform(-1, 1, (80, 1))
    (edge,) = rests(Step(hand_set([[1]], [0]), NOTHING_READ), starts)
    assert edge.kind == "marginal" and abs(edge.state[0]) < 0.01


def test_a_slow_point_is_no_fixed_point() -> None:
    """Where the curve of one unit passes the line closely, without touching it."""
    found = rests(Step(hand_set([[1.3]], [0.12]), NOTHING_READ), np.linspace(-1, 1, 9)[:, None])
    slow = [one for one in found if not one.is_fixed]
    assert len(slow) == 1 and 1e-4 < slow[0].speed < 0.05
    assert slow[0].eigenvalues[0] == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("name", ["recall-rnn-2", "review-rnn-2", "ball-rnn-2", "recall-lstm"])
def test_what_is_found_in_a_shipped_network_is_fixed(name: str) -> None:
    network = load(MODELS / f"{name}.safetensors").network
    x = np.zeros((1, 1), int) if network.architecture.vocabulary else np.zeros((1, 1, 3))
    step = Step(network, x)
    starts = np.random.default_rng(0).uniform(-1, 1, (40, step.size))
    found = [one for one in rests(step, starts) if one.is_fixed]
    assert found
    for one in found:
        np.testing.assert_allclose(step(one.state[None])[0], one.state, atol=1e-8)
        if one.kind == "stable":
            end = one.state[None] + 1e-4
            for _ in range(500):
                end = step(end)
            np.testing.assert_allclose(end[0], one.state, atol=1e-4)


def test_states_that_no_run_comes_to_are_left_out() -> None:
    """Far out a gate is shut to the last bit, and every state would rest."""
    network = load(MODELS / "review-gru.safetensors").network
    step = Step(network, np.array([[10]]))
    found = rests(step, np.random.default_rng(0).uniform(-1, 1, (12, step.size)), 40)
    assert found
    assert max(np.abs(one.state).max() for one in found) <= 1.001


def test_a_network_of_both_ways_has_no_step() -> None:
    with pytest.raises(BadSetting, match="both ways"):
        Step(network_of("gru", bidirectional=True), np.zeros((1, 1, 3)))
