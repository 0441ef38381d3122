"""Inputs as people give them into arrays as networks read them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.errors import BadPoint, EmptyInput

Point = Sequence[float]

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
"""A number as people write it into an address or an edit: no digits of other scripts, no underscores."""

CENTRE, ZOOM = 0.5, 4.0
POINT_SIZE = 3


def encode_points(positions: Array, visible: Array) -> Array:
    """Positions in the unit box (..., 2) and whether each is seen (...) into (..., 3).

    A seen point is (4 (x − ½), 4 (y − ½), 1); a hidden one is (0, 0, 0).
    """
    seen = visible[..., None].astype(positions.dtype)
    # + 0.0, for a hidden point is to be 0 and not −0
    return np.concatenate([ZOOM * (positions - CENTRE) * seen + 0.0, seen], axis=-1)


def points_array(points: Sequence[Point | None]) -> Array:
    """A checked list of points, None where hidden, into network input (T, 1, 3), float32."""
    if not points:
        raise EmptyInput("There are no points. Give at least one, as [x, y] with both from 0 to 1.")
    visible = np.array([point is not None for point in points])
    try:
        positions = np.array([(0, 0) if point is None else point for point in points], float)
    except ValueError:  # pairs and others do not make an array
        positions = np.full((1, 2), np.nan)
    inside = (positions >= 0) & (positions <= 1)  # false for what is not a number
    if positions.shape != (len(points), 2) or not inside.all():
        for t, point in enumerate(points):
            if point is not None:
                _check(point, t)
    return encode_points(positions[:, None], visible[:, None]).astype(np.float32)


def _check(point: Point, index: int) -> None:
    if len(point) != 2 or not all(math.isfinite(v) for v in point):
        raise BadPoint(
            f"Point {index + 1} is not a pair of finite numbers. Give it as [x, y], or null if hidden.",
            index=index,
        )
    if not all(0 <= v <= 1 for v in point):
        raise BadPoint(
            f"Point {index + 1} at ({point[0]:g}, {point[1]:g}) is outside the box. "
            "Both numbers have to be from 0 to 1.",
            index=index,
        )
