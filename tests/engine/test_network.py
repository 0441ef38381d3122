"""A network: its trace says everything by name, its parameters fit or are refused."""

from __future__ import annotations

import numpy as np
import pytest
from derivatives import Arrays, assert_gradient, complex_step

from engine.architecture import Architecture
from engine.cells import CELLS
from engine.errors import BadSetting, ShapeError, UnknownName
from engine.layer import Layer
from engine.network import Network, initialise
from engine.softmax import softmax

HEADS = {"readout": 8, "displacement": 2}
every_cell = pytest.mark.parametrize("cell", CELLS)


def a_network(cell: str, layers: int = 2, dtype: type = np.float64) -> Network:
    return initialise(Architecture(cell, 3, 5, HEADS, layers), np.random.default_rng(2), dtype)


def inputs(dtype: type = np.float64) -> np.ndarray:
    return np.random.default_rng(3).standard_normal((6, 2, 3)).astype(dtype)


@every_cell
def test_a_trace_says_everything_by_its_full_name(cell: str) -> None:
    network = a_network(cell)
    spec = network.architecture.spec
    trace = network.forward(inputs())
    one_layer = [f"{s}_prev" for s in spec.states] + [n.id for n in spec.nodes if n.role != "term"]
    named = {f"layers.{k}.{name}" for k in (0, 1) for name in one_layer}
    assert set(trace.values) == {"x", "logits", "probs", "displacement"} | named
    assert trace.length == 6
    assert {values.shape[:2] for values in trace.values.values()} == {(6, 2)}
    for name, values in trace.sequence(1).items():
        np.testing.assert_array_equal(values, trace.values[name][:, 1])


@every_cell
def test_layers_stand_on_each_other_and_heads_on_the_last(cell: str) -> None:
    network = a_network(cell)
    p, values = network.parameters, network.forward(inputs()).values
    h = inputs()
    for direction in network.architecture.directions:
        weights = {n: p[f"{direction.name}.{n}"] for n in network.architecture.spec.parameters}
        h = Layer(network.architecture.spec, weights, direction.inputs, 5).forward(h)["h"]
        np.testing.assert_allclose(values[f"{direction.name}.h"], h, rtol=0, atol=1e-14)
    np.testing.assert_allclose(values["logits"], h @ p["readout.W"].T + p["readout.b"], atol=1e-15)
    np.testing.assert_allclose(
        values["displacement"], h @ p["displacement.W"].T + p["displacement.b"], atol=1e-15
    )
    np.testing.assert_array_equal(values["probs"], softmax(values["logits"]))


@every_cell
def test_gradients_of_every_parameter_equal_complex_steps(cell: str) -> None:
    network, x = a_network(cell), inputs()
    rng = np.random.default_rng(4)
    says = {"logits": rng.standard_normal((6, 2, 8)), "displacement": rng.standard_normal((6, 2, 2))}

    def loss(moved: Arrays) -> complex:
        values = Network(network.architecture, moved).forward(x.astype(complex)).values
        return complex(sum((says[name] * values[name]).sum() for name in says))

    found = network.backward(network.forward(x), says).parameters
    assert list(found) == list(network.parameters)
    expected = complex_step(loss, network.parameters)
    for name, d in found.items():
        assert_gradient(d, expected[name], name)
    only = network.backward(network.forward(x), {"logits": says["logits"]}).parameters  # a head may be silent
    assert not only["displacement.W"].any() and not only["displacement.b"].any()
    np.testing.assert_array_equal(only["readout.W"], found["readout.W"])


@every_cell
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_value_and_gradient_keeps_its_dtype(cell: str, dtype: type) -> None:
    network = a_network(cell, dtype=dtype)
    trace = network.forward(inputs(dtype))
    found = network.backward(trace, {"logits": trace.values["probs"]}).parameters
    kept = network.parameters | trace.values | {f"d_{name}": d for name, d in found.items()}
    assert {name: a.dtype for name, a in kept.items() if a.dtype != dtype} == {}
    assert {p.dtype for p in network.astype(np.float32).parameters.values()} == {np.dtype(np.float32)}


@every_cell
def test_without_memory_every_step_stands_alone(cell: str) -> None:
    network, x = a_network(cell), inputs()
    found = network.forward(x, memory=False).values
    for t in range(6):
        for name, values in network.forward(x[t : t + 1]).values.items():
            np.testing.assert_allclose(found[name][t], values[0], rtol=0, atol=1e-14, err_msg=name)


def test_a_window_sees_so_many_frames_and_no_more() -> None:
    for cell, frames in {"memoryless": 1, "window-2": 2, "window-4": 4}.items():
        network, x = a_network(cell, layers=1), inputs()
        before = network.forward(x).values["logits"]
        x[0] += 1
        changed = (network.forward(x).values["logits"] != before).any(axis=(1, 2))
        assert list(changed) == [t < frames for t in range(6)]


def test_a_window_remembers_its_inputs_unchanged() -> None:
    x, network = inputs(), a_network("window-4", layers=1)
    values = network.forward(x).values
    for k in (1, 2, 3):
        np.testing.assert_array_equal(values[f"layers.0.x{k}_prev"][k:], x[:-k])
        assert not values[f"layers.0.x{k}_prev"][:k].any()


@every_cell
def test_a_network_begins_as_it_says(cell: str) -> None:
    network = initialise(Architecture(cell, 3, 16, HEADS, 2), np.random.default_rng(0), np.float64)
    spec = network.architecture.spec
    for name, p in network.parameters.items():
        kind = name.split(".")[-1]
        if kind == "W_hh":
            for block in p.reshape(-1, 16, 16):
                np.testing.assert_allclose(block @ block.T, np.eye(16), atol=1e-14)
        elif p.ndim == 2:
            assert 0 < np.abs(p).max() <= 1 / np.sqrt(p.shape[1])
        elif kind == "b_ih" and spec.open:
            np.testing.assert_array_equal(p.reshape(-1, 16).any(axis=1), [g in spec.open for g in spec.gates])
            assert set(p) == {0, 1}
        else:
            assert not p.any(), name
    assert network.size == sum(p.size for p in network.parameters.values())


def test_parameters_that_do_not_fit_are_refused() -> None:
    network = a_network("lstm")
    p, a = network.parameters, network.architecture
    with pytest.raises(ShapeError) as caught:
        Network(a, p | {"readout.W": p["readout.W"].T})
    assert caught.value.detail == "The network needs readout.W of shape (8, 5); (5, 8) came."
    with pytest.raises(ShapeError) as caught:
        Network(a, {name: v for name, v in p.items() if name != "layers.1.W_hh"})
    assert caught.value.detail == "The network needs layers.1.W_hh of shape (20, 5); nothing came."
    with pytest.raises(ShapeError) as caught:
        Network(a, p | {"layers.2.W_hh": p["layers.1.W_hh"]})
    assert caught.value.detail == "The network has no parameters called layers.2.W_hh."


def test_sizes_that_make_no_network_are_refused() -> None:
    for wrong in ({"inputs": 0}, {"hidden": -1}, {"layers": 0}, {"heads": {"readout": 0}}):
        with pytest.raises(BadSetting, match=r"has to be a whole number, 1 or more; .* came\."):
            Architecture(**({"cell": "rnn", "inputs": 3, "hidden": 4, "heads": HEADS} | wrong))  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="There is no cell called 'elman'"):
        initialise(Architecture("elman", 3, 4, HEADS), np.random.default_rng(0))
