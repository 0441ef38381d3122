"""The arrays that a plan writes, and the arguments of its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.compiler.calls import GRADIENT, RECORD, SCRATCH, SPARE, Layout, Place
from engine.compiler.source import Part
from engine.pages import keep_pages

ROWS = {RECORD: 1, GRADIENT: 1, SPARE: 0}
"""How many rows an array has beyond one a time step."""


class Where:
    """Where each slot of each array begins and ends, and how many rows and columns there are."""

    def __init__(self, layouts: Mapping[str, Layout], sizes: Mapping[str, int]) -> None:
        self.offsets = {array: layout.offsets(sizes) for array, layout in layouts.items()}
        self.widths = {
            array: max((end for _, end in slots.values()), default=0) for array, slots in self.offsets.items()
        }

    def span(self, place: Place) -> tuple[int, int]:
        slots = self.offsets[place.array]
        return slots[place.names[0]][0], slots[place.names[-1]][1]


class Workspace:
    """Arrays of one shape: rows by time step, columns by slot, then the batch where there is one.

    arrays:  those that are there already, by name
    lasting: it will be used again and again, so that cutting its arrays up once pays
    """

    def __init__(
        self,
        where: Where,
        steps: int,
        batch: int,
        dtype: np.dtype[Any],
        *,
        lasting: bool,
        arrays: Mapping[str, Array] | None = None,
    ) -> None:
        self.where, self.steps, self.batch, self.dtype, self.lasting = where, steps, batch, dtype, lasting
        keep_pages()
        self.arrays = dict(arrays or {})
        self.weights: dict[str, Array] = {}
        self.partners: dict[Any, Workspace] = {}  # of the backward passes over what lies here
        self.packed: Mapping[str, Array] | None = None  # the parameters in weights, if they cannot change
        self._arguments: dict[str, list[Any]] = {}
        self._values: dict[Place, Array] = {}
        end = () if batch == 1 else (batch,)
        for array, width in where.widths.items():
            if array not in self.arrays:
                rows = (steps + ROWS[array],) if array in ROWS else ()
                self.arrays[array] = np.empty((*rows, width, *end), dtype)

    def slot(self, array: str, name: str) -> Array:
        """A slot at every row."""
        start, end = self.where.offsets[array][name]
        return self.arrays[array][:, start:end]

    def slots(self, place: Place) -> Array:
        """Neighbouring slots, at every time step."""
        start, end = self.where.span(place)
        return self.arrays[place.array][place.later : place.later + self.steps, start:end]

    def values(self, place: Place) -> Array:
        """(T, B, ·): a slot as the rest of the engine reads it."""
        found = self._values.get(place)
        if found is None:
            slots = self.slots(place)
            found = slots[:, None] if self.batch == 1 else slots.transpose(0, 2, 1)
            if self.lasting:
                self._values[place] = found
        return found

    def arguments(self, part: Part, constants: Callable[[], Mapping[Place, Array]]) -> Sequence[Any]:
        """What the function of a part is called with; constants are those that are no slots."""
        found = self._arguments.get(part.name)
        if found is None:
            others = constants()
            found = [others[place] if place in others else self._cut(place) for place in part.constant]
            if part.rows:
                rows = zip(*(self._each_step(place, part.backwards) for place in part.rows), strict=True)
                found.append(list(rows) if self.lasting else rows)
            if self.lasting:
                self._arguments[part.name] = found
        return found

    def _cut(self, place: Place) -> Array:
        if place.array == SCRATCH:
            start, end = self.where.span(place)
            return self.arrays[SCRATCH][start:end]
        return self.slots(place)

    def _each_step(self, place: Place, backwards: bool) -> Array:
        found = self.slots(place)
        return found[::-1] if backwards else found
