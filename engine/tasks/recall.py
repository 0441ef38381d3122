"""Recall: which letter came first, however many have come since?"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.arrays import Array
from engine.errors import BadSetting
from engine.losses import cross_entropy
from engine.tasks.base import Batch

LETTERS = tuple(string.ascii_lowercase[:16])
"""Any of them may be the first, and any of them stands between."""

FARTHEST = 100


@dataclass(frozen=True)
class RecallTask:
    """Options of training.

    letters:  how many of the letters are drawn, from a on
    distance: the most letters that come after the one to be remembered
    """

    letters: int = len(LETTERS)
    distance: int = 30

    name: ClassVar[str] = "recall"
    inputs: ClassVar[int] = 0
    vocabulary: ClassVar[tuple[str, ...]] = LETTERS
    end: ClassVar[str | None] = None
    heads: ClassVar[Mapping[str, int]] = {"readout": len(LETTERS)}
    outputs: ClassVar[tuple[str, ...]] = LETTERS
    unsaid: ClassVar[tuple[str, ...]] = ()
    source: ClassVar[str] = (
        "Letters drawn at random while it is trained. The first is to be remembered, and is asked for once, "
        "after the last; every number of letters between, up to the distance, is as likely."
    )
    provenance: ClassVar[str] = ""

    def __post_init__(self) -> None:
        if not 0 <= self.distance <= FARTHEST:
            raise BadSetting(
                f"distance has to be from 0 to {FARTHEST}; {self.distance} came.", name="distance"
            )
        if not 2 <= self.letters <= len(LETTERS):
            raise BadSetting(
                f"letters has to be from 2 to {len(LETTERS)}; {self.letters} came.", name="letters"
            )

    @staticmethod
    def tokens(text: str) -> list[str]:
        """`"a cb"` -> `["a", "c", "b"]`: a step for each letter."""
        return list("".join(text.lower().split()))

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        return asked(rng, rng.integers(self.distance + 1, size=size), self.letters)

    def held_out(self) -> Iterator[Batch]:
        """None: there are always fresh ones."""
        return iter(())

    def loss(self, values: Mapping[str, Array], batch: Batch) -> tuple[float, dict[str, Array]]:
        """Cross-entropy of the first letter, asked for after the last."""
        loss, d_logits = cross_entropy(values["logits"], batch.targets["first"], batch.weights)
        return float(loss), {"logits": d_logits}


def asked(rng: np.random.Generator, distances: Array, letters: int) -> Batch:
    """Sequences of random letters, each asked for its first one at its own distance (B,)."""
    steps, size = int(distances.max()) + 1, len(distances)
    x = rng.integers(letters, size=(steps, size))
    there = np.arange(steps)[:, None] <= distances
    weights = np.zeros(x.shape, np.float32)
    weights[distances, np.arange(size)] = 1
    targets = {"first": np.broadcast_to(x[0], x.shape)}
    return Batch(x=x, targets=targets, weights=weights, mask=None if there.all() else there)
