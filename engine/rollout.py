"""A network that goes on from its own predictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.arrays import Array
from engine.encoders import Point, points_array
from engine.trace import Trace

Run = Callable[[Array], Trace]
"""What runs a network over x (T, B, I): `network.forward`, or the same with edits."""


def dream(run: Run, points: Sequence[Point | None], steps: int) -> tuple[Trace, list[Point]]:
    """Run the points, then feed each predicted displacement back as the next position, `steps` times.

    Starts from the last point that was seen, carried on by the displacements predicted since then.
    Returns the trace of all T + steps time steps, and the positions that the network made up. Errors
    compound: the network never trained on its own predictions.
    """
    inputs = list(points)
    position = _last_seen(run, inputs)
    made_up: list[Point] = []
    for _ in range(steps):
        step = run(points_array(inputs)).values["displacement"][-1, 0]
        position = np.clip(position + step, 0, 1)
        made_up.append([float(v) for v in position])
        inputs.append(made_up[-1])
    return run(points_array(inputs)), made_up


def _last_seen(run: Run, points: Sequence[Point | None]) -> Array:
    """Where the ball stands at the last frame: seen, or reckoned from the last frame where it was."""
    seen = [t for t, point in enumerate(points) if point is not None]
    if not seen:
        return np.array([0.5, 0.5])
    last = seen[-1]
    steps = run(points_array(points)).values["displacement"][last:-1, 0]
    return np.asarray(np.clip(np.asarray(points[last], float) + steps.sum(axis=0), 0, 1))
