"""Trace: the one record of a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.arrays import Array
from engine.layer import Record


@dataclass(frozen=True)
class Trace:
    """Every value of a run, at every time step.

    values: full name -> (T, B, ·): `x`, `layers.0.h`, `layers.0.h_prev`, …, `logits`, `probs` and
            whatever else the heads say. Nameless terms of an equation are not among them.
    layers: the complete record of each layer, for the backward pass
    """

    values: dict[str, Array]
    layers: list[Record] = field(default_factory=list, repr=False)

    @property
    def length(self) -> int:
        return int(self.values["x"].shape[0])

    def sequence(self, b: int = 0) -> dict[str, Array]:
        """The values of one sequence of the batch: full name -> (T, ·)."""
        return {name: values[:, b] for name, values in self.values.items()}
