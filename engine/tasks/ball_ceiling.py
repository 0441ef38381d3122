"""The ceiling of the ball task: how often the best possible reader of the paths is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.errors import BadSetting
from engine.tasks.ball import TRAINED, Paths
from engine.tasks.ball_exam import COUNT, FRESH, LATE, fresh_paths, judge, rounded
from engine.tasks.ball_filter import PARTICLES, posterior

METHOD = (
    "Argmax of the posterior given the noisy frames so far, with the generator known exactly, by a "
    "resample-move particle filter (Gilks & Berzuini, 2001) for each motion, weighed by their evidence."
)


def ceiling(
    sequences: int = 2000,
    particles: int = PARTICLES,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """The figures of the best possible reader on the first of the fresh paths, as `examine` gives them."""
    if not 2 * len(TRAINED) <= sequences <= COUNT:
        raise BadSetting(f"There are 8 to {COUNT} sequences to read; {sequences} came.", sequences=sequences)
    fresh = fresh_paths()
    first = slice(sequences)
    paths = Paths(
        fresh.points[:, first], fresh.truth[:, first], fresh.visible[:, first], fresh.motions[first]
    )
    probs = posterior(paths.points, np.random.default_rng([FRESH, 4]), particles, progress)
    read = judge(probs, paths)
    right = read["correct"]
    by_sequence = right[LATE].mean(axis=0)  # the frames of one path depend on each other
    return {
        "sequences": sequences,
        "particles": particles,
        "accuracy_late": round(float(by_sequence.mean()), 4),
        "accuracy_by_frame": rounded(right.mean(axis=1)),
        "confidence_by_frame": rounded(read["confidence"].mean(axis=1)),
        "entropy_by_frame": rounded(read["entropy"].mean(axis=1)),
        "accuracy_late_by_motion": {
            name: round(float(right[LATE][:, paths.of(name)].mean()), 4) for name in TRAINED
        },
        "accuracy_by_motion_and_frame": {
            name: rounded(right[:, paths.of(name)].mean(axis=1)) for name in TRAINED
        },
        "standard_error": round(float(by_sequence.std(ddof=1) / np.sqrt(sequences)), 4),
        "method": METHOD,
    }
