"""How far back a network remembers: measured on letters that it never saw, the same for every network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.checkpoint import Checkpoint
from engine.tasks.recall import RecallTask, asked

DISTANCES = (0, 1, 2, 4, 8, 12, 16, 20, 25, 30, 40, 59, 100, 200)
"""How many letters come after the first; the page shows 60 letters."""

SEQUENCES = 2000
"""Of each distance."""

SEED = 20_240_611


def examine(
    checkpoint: Checkpoint, task: RecallTask, progress: Callable[[str], None] = lambda what: None
) -> dict[str, Any]:
    """The figures of a model card: shares from 0 to 1, of sequences whose first letter was named after the
    last. near: mean over the distances that it was trained on; far: over those beyond."""
    accuracy = {}
    for distance in DISTANCES:
        progress(f"distance {distance}")
        batch = asked(np.random.default_rng([SEED, distance]), np.full(SEQUENCES, distance), task.letters)
        logits = checkpoint.network.forward(batch.x).values["logits"][-1]
        accuracy[distance] = round(float((logits.argmax(axis=-1) == batch.x[0]).mean()), 4)
    near = [share for distance, share in accuracy.items() if distance <= task.distance]
    far = [share for distance, share in accuracy.items() if distance > task.distance]
    return {
        "sequences": SEQUENCES,
        "letters": task.letters,
        "near": round(float(np.mean(near)), 4),
        "far": round(float(np.mean(far)), 4),
        "distances": list(accuracy),
        "accuracy": list(accuracy.values()),
    }
