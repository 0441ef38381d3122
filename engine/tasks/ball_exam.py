"""How well a network reads the ball: measured on fresh paths, the same for every network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.checkpoint import Checkpoint
from engine.encoders import encode_points
from engine.network import Network
from engine.softmax import entropy
from engine.tasks.ball import TRAINED, BallTask, Paths, hide, throw
from engine.tasks.reliability import reliability

FRESH = 1_000_003
"""The seed of the fresh paths. Training streams start from a seed and a purpose, never from this."""

COUNT = 8000
"""Fresh paths in all, in equal shares of the trained motions."""

LATE = slice(8, 16)
"""Frames 9 to 16, where a network has seen enough to know."""

BLACKOUT = (9, 14)
"""The hidden frames of the blackout examination, in sequences of 20."""


def fresh_paths() -> Paths:
    """Nothing hidden, T = 16."""
    return throw(np.random.default_rng([FRESH, 1]), COUNT, 16)


def curve_paths() -> Paths:
    """The motion that no network was trained on."""
    return throw(np.random.default_rng([FRESH, 2]), COUNT // 4, 16, ["curve"])


def blackout_paths() -> Paths:
    """T = 20 with frames 9 to 14 hidden."""
    return hide(throw(np.random.default_rng([FRESH, 3]), COUNT, 20), *BLACKOUT)


def predict(network: Network, paths: Paths, *, memory: bool = True) -> Array:
    """The probabilities that the network gives, (T, N, 8)."""
    probs = [network.forward(x, memory=memory).values["probs"] for x in _inputs(paths)]
    return np.concatenate(probs, axis=1)


def _inputs(paths: Paths, size: int = 500) -> Iterator[Array]:
    x = encode_points(paths.points, paths.visible).astype(np.float32)
    for start in range(0, x.shape[1], size):
        yield x[:, start : start + size]


def examine(
    checkpoint: Checkpoint, task: BallTask | None = None, progress: Callable[[str], None] = lambda what: None
) -> dict[str, Any]:
    """The figures of a model card: shares from 0 to 1, entropy in bits, frames in order."""
    network = checkpoint.network
    progress("fresh paths")
    paths = fresh_paths()
    fresh = judge(predict(network, paths), paths)
    progress("the held-out curve")
    curves = curve_paths()
    curve = judge(predict(network, curves), curves)
    progress("blackouts")
    dark = blackout_paths()
    hidden = judge(predict(network, dark), dark)["correct"][BLACKOUT[0] - 1 : BLACKOUT[1]]
    right = fresh["correct"]
    return {
        "sequences": COUNT,
        "accuracy": _mean(right),
        "accuracy_late": _mean(right[LATE]),
        "accuracy_by_frame": rounded(right.mean(axis=1)),
        "entropy_by_frame": rounded(fresh["entropy"].mean(axis=1)),
        "confidence_by_frame": rounded(fresh["confidence"].mean(axis=1)),
        "accuracy_late_by_motion": {
            **{name: _mean(right[LATE][:, paths.of(name)]) for name in TRAINED},
            "curve": _mean(curve["correct"][LATE]),
        },
        "accuracy_by_motion_and_frame": {
            **{name: rounded(right[:, paths.of(name)].mean(axis=1)) for name in TRAINED},
            "curve": rounded(curve["correct"].mean(axis=1)),
        },
        "blackout_by_motion": {name: rounded(hidden[:, dark.of(name)].mean(axis=1)) for name in TRAINED},
        "reliability": reliability(fresh["confidence"], right),
    }


def judge(probs: Array, paths: Paths) -> dict[str, Array]:
    """By frame and path, (T, N): was the likeliest class right, how sure was it, how open the rest."""
    return {
        "correct": probs.argmax(axis=-1) == paths.directions,
        "confidence": probs.max(axis=-1),
        "entropy": entropy(probs),
    }


def _mean(values: Array) -> float:
    return round(float(values.mean()), 4)


def rounded(values: Array) -> list[float]:
    """As they stand in a card: to 4 places."""
    return [round(float(v), 4) for v in values]
