"""Trace: the one record of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.arrays import Array


@dataclass(frozen=True)
class Trace:
    """Every value of a run, at every time step.

    values:  full name -> (T, B, ·): `x`, `layers.0.h`, `layers.0.h_prev`, …, `logits`, `probs` and
             whatever else the heads say; (1, B, ·) for heads that read the last step only. Nameless terms
             of an equation are not among them.
    mask:    (T, B), False where a sequence has no such step; None where all have
    records: what the backward pass needs of each layer and direction, and in between
    has_memory: whether states were carried from step to step
    """

    values: Mapping[str, Array]
    mask: Array | None = None
    records: Mapping[str, Any] = field(default_factory=dict, repr=False)
    has_memory: bool = True

    @property
    def length(self) -> int:
        return int(self.values["x"].shape[0])

    def sequence(self, b: int = 0) -> dict[str, Array]:
        """The values of one sequence of the batch, at its own steps: full name -> (T, ·)."""
        if self.mask is None:
            return {name: values[:, b] for name, values in self.values.items()}
        mine = self.mask[:, b]
        return {
            name: values[mine, b] if len(values) == len(mine) else values[:, b]
            for name, values in self.values.items()
        }
