"""What a task is: inputs, outputs, a loss, examples to learn from, and an honest examination."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.arrays import Array


@dataclass(frozen=True)
class Batch:
    """Examples to learn from.

    x:       (T, B, I), or (T, B) of symbols' numbers
    targets: what each head should say, by the task's own names, (T, B, ·)
    weights: how much each entry counts, (T, B); 0 where nothing is asked
    mask:    (T, B), False where a sequence has no such step; None where all have
    """

    x: Array
    targets: Mapping[str, Array]
    weights: Array
    mask: Array | None = None


class Task(Protocol):
    """A dataclass whose fields are the options of `python -m engine train <name>`."""

    @property
    def name(self) -> str: ...

    @property
    def inputs(self) -> int:
        """I, the length of one encoded input; 0 where it reads symbols."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The symbols that it reads, in the order of their numbers; none where inputs are numbers."""

    @property
    def end(self) -> str | None:
        """The symbol with which a text ends, where the task is what comes next."""

    @property
    def heads(self) -> Mapping[str, int]: ...

    @property
    def outputs(self) -> tuple[str, ...]:
        """The classes of the readout, in order."""

    @property
    def source(self) -> str:
        """What it learns from, in a sentence or two."""

    @property
    def provenance(self) -> str:
        """What was read of it, with the start of its SHA-256: the same figures come of the same data only.
        Empty where nothing is read."""

    def batch(self, rng: np.random.Generator, size: int) -> Batch: ...

    @property
    def unsaid(self) -> tuple[str, ...]:
        """Options that a card does not repeat: where files lie on one machine is of no use on another."""

    def held_out(self) -> Iterable[Batch]:
        """The same examples each time, of neither the training nor the exam: whether it is time to stop is
        measured on them. None where a task has no such examples."""

    def loss(self, values: Mapping[str, Array], batch: Batch) -> tuple[float, dict[str, Array]]:
        """The loss of a run's values, and its gradient by each head's value."""
