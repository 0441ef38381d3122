"""What all candidates compute: the same weights, inputs and cotangents, and what they have to agree on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.cells import CellSpec, cell

Values = dict[str, Array]
"""What a candidate is asked for by name: `h`; after a training step also `W_ih`, …, or `d_h`."""


@dataclass(frozen=True)
class Sizes:
    """B sequences of T time steps with I inputs each, and H units."""

    batch: int
    time: int
    inputs: int
    hidden: int

    def __str__(self) -> str:
        return f"{self.batch}, {self.time}, {self.inputs}, {self.hidden}"


@dataclass(frozen=True)
class Problem:
    """One layer of a cell, from a zero state.

    weights: W_ih (G·H, I), b_ih (G·H,), W_hh (G·H, H), b_hh (G·H,), gates in PyTorch's order
    x:       (T, B, I)
    d_h:     (T, B, H), dL/dh of a loss that stands above the layer
    threads: how many threads a candidate may use
    """

    cell: CellSpec
    sizes: Sizes
    weights: Values
    x: Array
    d_h: Array
    threads: int = 1


@dataclass(frozen=True)
class Candidate:
    """run: what is timed. read: the values in what it returned, as NumPy arrays; not timed."""

    run: Callable[[], Any]
    read: Callable[[Any], Values]

    def values(self) -> Values:
        """Those of a second call, since what is timed finds the gradients and arrays of the call before."""
        self.run()
        return self.read(self.run())


def problem(name: str, sizes: Sizes, threads: int = 1, dtype: type = np.float32) -> Problem:
    """Weights uniform in ±1/√H, as PyTorch begins; x and dL/dh normal. The same at every call."""
    rng = np.random.default_rng([1990, *vars(sizes).values()])
    spec = cell(name)
    bound = 1 / np.sqrt(sizes.hidden)
    shapes = {p: of.shape({"I": sizes.inputs, "H": sizes.hidden}) for p, of in spec.parameters.items()}
    return Problem(
        spec,
        sizes,
        {p: rng.uniform(-bound, bound, shape).astype(dtype) for p, shape in shapes.items()},
        rng.standard_normal((sizes.time, sizes.batch, sizes.inputs)).astype(dtype),
        rng.standard_normal((sizes.time, sizes.batch, sizes.hidden)).astype(dtype),
        threads,
    )


CLOSE = 1e-5
"""Of the largest value of an array: as far as two correct orders of float32 sums may lie apart."""


def distance(found: Array, expected: Array) -> float:
    """The largest difference, as a share of the largest expected value; infinite if the shapes differ."""
    if found.shape != expected.shape:
        return float("inf")
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def disagreement(found: Values, expected: Values) -> str | None:
    """Nothing if two candidates computed the same, or a sentence that says where they part."""
    if found.keys() != expected.keys():
        return f"One gives {', '.join(sorted(found))}, the other {', '.join(sorted(expected))}."
    apart = {name: distance(found[name], expected[name]) for name in expected}
    wrong = [name for name in apart if not apart[name] <= CLOSE]  # a NaN is not close to anything
    if not wrong:
        return None
    differences = ", ".join(f"{name} by {apart[name]:.1e}" for name in wrong)
    return f"These differ by more than {CLOSE:g} of their largest value: {differences}."
