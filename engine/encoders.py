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
HIDDEN = (0.0, 0.0, 0.0)


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
    rows: list[float] = []  # end to end, in Python: up to some hundred points that is faster than arrays
    for t, point in enumerate(points):
        if point is None:
            rows += HIDDEN
            continue
        if len(point) != 2 or not (0 <= point[0] <= 1 and 0 <= point[1] <= 1):
            raise _refusal(point, t)
        x, y = point
        rows += (ZOOM * (x - CENTRE), ZOOM * (y - CENTRE), 1.0)
    return np.array(rows, np.float32).reshape(len(points), 1, POINT_SIZE)


def _refusal(point: Point, index: int) -> BadPoint:
    if len(point) != 2 or not all(map(math.isfinite, point)):
        return BadPoint(
            f"Point {index + 1} is not a pair of finite numbers. Give it as [x, y], or null if hidden.",
            index=index,
        )
    x, y = point
    return BadPoint(
        f"Point {index + 1} at ({x:g}, {y:g}) is outside the box. Both numbers have to be from 0 to 1.",
        index=index,
    )
