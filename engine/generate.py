"""A network that writes: each symbol is drawn from what it says of the next one, and read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.errors import BadSetting
from engine.softmax import softmax
from engine.trace import Trace

Run = Callable[[Array], Trace]
"""What runs a network over the numbers of symbols (T, B): `network.forward`, or the same with edits."""


@dataclass(frozen=True)
class Sampling:
    """How the next symbol is drawn.

    temperature: scores are divided by it before softmax: below 1 surer, above 1 more even
    top_k:       only so many of the likeliest are drawn from; 0 is all
    """

    temperature: float = 1.0
    top_k: int = 0

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise BadSetting(
                f"temperature has to be above 0; {self.temperature:g} came. Scores are divided by it; near 0 "
                "only the likeliest is drawn, which top_k=1 does exactly.",
                name="temperature",
                value=self.temperature,
            )
        if self.top_k < 0:
            raise BadSetting(f"top_k has to be 0 or more; {self.top_k} came.", name="top_k", value=self.top_k)

    def probs(self, logits: Array) -> Array:
        """What is drawn from, (K,), in float64."""
        z = logits.astype(np.float64) / self.temperature
        if 0 < self.top_k < len(z):
            z[np.argsort(-z, kind="stable")[self.top_k :]] = -np.inf
        return softmax(z)

    def draw(self, logits: Array, rng: np.random.Generator) -> int:
        """The number of a symbol."""
        up_to = np.cumsum(self.probs(logits))
        return int(np.searchsorted(up_to, rng.random() * up_to[-1], side="right"))


def generate(
    run: Run,
    start: Sequence[int],
    end: int,
    sampling: Sampling,
    rng: np.random.Generator,
    most: int,
) -> list[int]:
    """Go on from the symbols of start until the end is drawn, which is not returned, or there are `most`."""
    symbols = list(start)
    while len(symbols) < most:
        drawn = sampling.draw(run(np.array(symbols)[:, None]).values["logits"][-1, 0], rng)
        if drawn == end:
            break
        symbols.append(drawn)
    return symbols
