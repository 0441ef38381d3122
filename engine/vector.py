"""Arrays end to end in one vector: what concerns all of them is then one call."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from engine.arrays import Array

Shapes = Mapping[str, tuple[int, ...]]


def length(shapes: Shapes) -> int:
    """N, how many numbers arrays of these shapes hold together."""
    return sum(math.prod(shape) for shape in shapes.values())


def joined(arrays: Mapping[str, Array], out: Array | None = None) -> Array:
    """The arrays in their order, as a vector (N,); written into `out` if it is given."""
    return np.concatenate([p.reshape(-1) for p in arrays.values()], out=out)


def views(vector: Array, shapes: Shapes) -> dict[str, Array]:
    """Each array by its name, as a part of the vector (N,): what changes in one changes in the other."""
    found: dict[str, Array] = {}
    start = 0
    for name, shape in shapes.items():
        end = start + math.prod(shape)
        found[name] = vector[start:end].reshape(shape)
        start = end
    return found
