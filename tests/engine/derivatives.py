"""Derivatives without differencing error, to judge gradients by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from engine.cells import CellSpec
from engine.layer import Layer

STEP = 1e-30
Arrays = Mapping[str, NDArray[np.float64]]


def complex_step(loss: Callable[[Arrays], complex], arrays: Arrays) -> dict[str, NDArray[np.float64]]:
    """dL/d(entry) for every entry of every array: Im L(a + i·h) / h (Squire and Trapp, 1998).

    Nothing is subtracted, so h may be as small as it likes and the answer is as exact as L itself.
    """
    found = {}
    moved = {name: a.astype(complex) for name, a in arrays.items()}
    for name, a in arrays.items():
        found[name] = np.zeros_like(a)
        for at in np.ndindex(a.shape):
            moved[name][at] += 1j * STEP
            found[name][at] = np.imag(loss(moved)) / STEP
            moved[name][at] = a[at]
    return found


def assert_gradient(found: NDArray[np.float64], expected: NDArray[np.float64], name: str = "") -> None:
    """Equal to 1e-12, relative to the largest entry or 1."""
    assert found.shape == expected.shape, name
    np.testing.assert_allclose(
        found, expected, rtol=0, atol=1e-12 * max(1, np.abs(expected).max()), err_msg=name
    )


def a_layer(
    spec: CellSpec, rng: np.random.Generator, inputs: int = 3, hidden: int = 4, dtype: type = np.float64
) -> Layer:
    """A layer of that cell with random weights; the bias of an open gate is like any other."""
    sizes = {"I": inputs, "H": hidden}
    parameters = {
        name: (rng.uniform(0.2, 0.9, shape) * rng.choice([-1, 1], shape)).astype(dtype)
        for name, p in spec.parameters.items()
        for shape in [p.shape(sizes)]
    }
    return Layer(spec, parameters, inputs, hidden)


def a_start(layer: Layer, rng: np.random.Generator, batch: int, dtype: type = np.float64) -> Arrays:
    """Initial states that are not zero."""
    return {
        s: rng.standard_normal((batch, layer.sizes[layer.cell.size(f"{s}_prev")])).astype(dtype)
        for s in layer.cell.states
    }


def check_layer(spec: CellSpec, steps: int = 5, batch: int = 2) -> None:
    """Every gradient of a whole layer against complex steps; every node at every step has its say."""
    rng = np.random.default_rng(7)
    layer = a_layer(spec, rng)
    inputs, hidden = layer.sizes["I"], layer.sizes["H"]
    x = rng.standard_normal((steps, batch, inputs))
    start = a_start(layer, rng, batch)
    record = layer.forward(x, start)
    says = {node.id: np.asarray(rng.standard_normal(record[node.id].shape)) for node in spec.nodes}
    assert all(np.abs(record[n.inputs[0]]).min() > 1e-4 for n in spec.nodes if n.op == "relu"), "near a kink"

    def loss(moved: Arrays) -> complex:
        weights = {name: moved[f"parameters.{name}"] for name in spec.parameters}
        states = {name: moved[f"initial.{name}"] for name in spec.states}
        values = Layer(spec, weights, inputs, hidden).forward(moved["x"], states)
        return complex(sum((says[id] * values[id]).sum() for id in says))

    arrays = {"x": x} | {f"parameters.{n}": p for n, p in layer.parameters.items()}
    expected = complex_step(loss, arrays | {f"initial.{n}": s for n, s in start.items()})
    found = layer.backward(record, says)
    assert set(found.parameters) == set(spec.parameters)
    assert_gradient(found.x, expected["x"], "x")
    for name, g in found.parameters.items():
        assert_gradient(g, expected[f"parameters.{name}"], name)
    for name in spec.states:
        assert_gradient(found.initial[name], expected[f"initial.{name}"], f"initial {name}")
