"""What a task is: inputs, outputs, a loss, examples to learn from, and an honest examination."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engine.arrays import Array
from engine.network import Network


@dataclass(frozen=True)
class Batch:
    """Examples to learn from.

    x:       (T, B, I)
    targets: what each head should say, by the task's own names, (T, B, ·)
    weights: how much each entry counts, (T, B); 0 where nothing is asked
    """

    x: Array
    targets: Mapping[str, Array]
    weights: Array


class Task(Protocol):
    """A dataclass whose fields are the options of `python -m engine train <name>`."""

    @property
    def name(self) -> str: ...

    @property
    def inputs(self) -> int:
        """I, the length of one encoded input."""

    @property
    def heads(self) -> Mapping[str, int]: ...

    @property
    def outputs(self) -> tuple[str, ...]:
        """The classes of the readout, in order."""

    @property
    def data(self) -> str:
        """What it learns from, in a sentence."""

    def batch(self, rng: np.random.Generator, size: int) -> Batch: ...

    def held_out(self) -> Iterable[Batch]:
        """The same examples each time, of neither the training nor the exam: whether it is time to stop is
        measured on them. None where a task has no such examples."""

    def loss(self, values: Mapping[str, Array], batch: Batch) -> tuple[float, dict[str, Array]]:
        """The loss of a run's values, and its gradient by each head's value."""


Exam = Callable[[Network, Callable[[str], None]], dict[str, Any]]
"""(network, progress) -> the figures of its card: measured on examples that it never saw. progress is
told what is being examined."""
