"""A run of a plan: what its forward pass left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.compiler.backward import TURNED
from engine.compiler.calls import NUMBER, SLOTTED, Place
from engine.compiler.compiled import Compiled
from engine.compiler.source import Part
from engine.compiler.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Run(Mapping[str, Array]):
    """What a forward pass left: node id, carried state or x -> its values at every step, (T, B, ·).

    They are views of the workspace, which the next run in it overwrites.
    """

    compiled: Compiled
    workspace: Workspace
    x: Array
    parameters: Mapping[str, Array]
    idle: Sequence[Array | None] | None

    def __getitem__(self, name: str) -> Array:
        if name == "x":
            return self.x
        return self.workspace.values(self.compiled.places[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.compiled.names)

    def __len__(self) -> int:
        return len(self.compiled.names)

    def constants(self, part: Part, turned: Mapping[str, Array]) -> dict[Place, Array]:
        """The arguments of a part that are no slots: packed matrices, parts of parameters, numbers."""
        return {place: self._constant(place, turned) for place in part.constant if place.array not in SLOTTED}

    def _constant(self, place: Place, turned: Mapping[str, Array]) -> Array:
        key, *rest = place.names
        if place.array == NUMBER:
            return _number(float(key), self.workspace.dtype)
        if key in self.compiled.packers:
            if rest[-1:] == [TURNED]:
                return turned[f"{key} {rest[0]}"]
            return self.compiled.packers[key].view(self.workspace.weights[key], rest)
        return self.workspace.weights[" ".join(place.names)]


def call(parts: Sequence[Part], here: Workspace, run: Run, turned: Mapping[str, Array]) -> None:
    """Run the parts of a pass, one after the other."""
    for part in parts:
        arguments = here.arguments(part, partial(run.constants, part, turned))
        if part.is_masked:
            idle = run.idle or [None] * here.steps
            part.function(*arguments, idle[::-1] if part.backwards else idle)
        else:
            part.function(*arguments)


@lru_cache(maxsize=64)
def _number(value: float, dtype: np.dtype[Any]) -> Array:
    return np.array(value, dtype)
