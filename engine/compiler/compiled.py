"""A cell compiled for a shape: what its plan's passes have in common."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.cells import CellSpec
from engine.compiler.calls import GRADIENT, RECORD, SCRATCH, Call, Layout, Place, number
from engine.compiler.forward import FORCED, LEFT_UNIT, STEP, UNIT, UNITS, compile_forward
from engine.compiler.packing import Packer
from engine.compiler.schedule import Pointwise, Schedule
from engine.compiler.source import Part, write_part
from engine.compiler.workspace import Where, Workspace

FOLDED = 8192
"""Up to so many weights, inputs are multiplied in the step too: one product more costs less than a call."""

HOISTED = 2048
"""Up to so many units in a batch, slopes are computed for all steps at once: calls cost more than memory."""


@dataclass(frozen=True)
class Shape:
    """What a plan is compiled for.

    single:  one sequence, whose arrays have no axis for a batch
    fold:    inputs are multiplied in the step
    hoist:   slopes are computed before the steps of the backward pass
    masked:  some sequences are idle at some steps
    forced:  values that take a number given with the run
    """

    inputs: int
    hidden: int
    single: bool
    fold: bool
    hoist: bool
    masked: bool = False
    forced: tuple[str, ...] = ()


def shape_for(
    cell: CellSpec, inputs: int, hidden: int, batch: int, masked: bool = False, forced: Collection[str] = ()
) -> Shape:
    """The shape that is fastest for a batch of so many sequences."""
    rows = max((len(parameter.gates) for parameter in cell.parameters.values()), default=0) * hidden
    fold = batch > 1 or rows * inputs <= FOLDED
    hoist = batch * hidden <= HOISTED
    return Shape(inputs, hidden, batch == 1, fold, hoist, masked, tuple(sorted(forced)))


class Compiled:
    """A cell's calls, where its values lie, and how its parameters are packed."""

    def __init__(self, cell: CellSpec, shape: Shape) -> None:
        self.cell, self.shape = cell, shape
        self.sizes = {"I": shape.inputs, "H": shape.hidden, "1": 1}
        self.schedule = Schedule(cell, shape.forced, shape.masked)
        self.forward = compile_forward(self.schedule, shape.fold, share=shape.single)
        self.where = Where(self.forward.layouts, self.sizes)
        self.packers = {
            product.key: Packer(product, self.forward.rows[product.key], cell, self.sizes)
            for product in self.forward.products
        }
        self.loose = {
            (rows.parameter, rows.gate or "")
            for item in self.schedule.items
            if isinstance(item, Pointwise)
            for rows in item.parameters
        }
        self.names = ("x", *(f"{s}_prev" for s in cell.states), *(item.id for item in self.schedule.items))

    @cached_property
    def places(self) -> dict[str, Place]:
        """Where each value is kept."""
        return {name: self.place(name) for name in self.names}

    def place(self, name: str, array: str = RECORD) -> Place:
        """Where a value is kept, or its gradient."""
        if self.schedule.is_previous(name):
            return Place(array, (self.schedule.owner(name),))
        return Place(array, (name,), int(name in self.cell.states))

    def workspace(self, steps: int, batch: int, dtype: np.dtype[Any], *, lasting: bool = False) -> Workspace:
        """Arrays to run in; those that last are made to be used again and again."""
        found = Workspace(self.where, steps, batch, dtype, lasting=lasting)
        order = "F" if self.shape.single else "C"  # what BLAS reads fastest, times a vector and a matrix
        found.weights = {
            key: np.zeros(packer.shape, dtype, order=order)  # type: ignore[call-overload]
            for key, packer in self.packers.items()
        }
        end = () if self.shape.single else (1,)
        for parameter, gate in self.loose:
            found.weights[f"{parameter} {gate}"] = np.empty((self.shape.hidden, *end), dtype)
        for name in self.shape.forced:
            found.weights[f"{FORCED} {name}"] = np.empty((), dtype)
        for unit in UNITS:
            if unit in self.where.offsets[RECORD]:
                found.slot(RECORD, unit)[...] = 1
        return found

    def described(self) -> list[str]:
        """What lies where, as comments above a plan's lines."""
        order = self.forward.layouts[RECORD].order()
        row = " ".join(f"{n}_prev" if n in self.cell.states else n for n in order)
        lines = [f"# {self.cell.name}, a row of the record: {row.replace(LEFT_UNIT, UNIT)}"]
        for product in self.forward.products:
            columns = " ".join(product.columns).replace(LEFT_UNIT, UNIT)
            lines.append(f"# {product.key}: for {' '.join(self.forward.rows[product.key])} from {columns}")
        return lines

    def load(self, here: Workspace, parameters: Mapping[str, Array], forced: Mapping[str, float]) -> None:
        """Bring parameters, as they are now, and forced numbers into a workspace. Read-only parameters
        that came last time too are there already."""
        for name in self.shape.forced:
            here.weights[f"{FORCED} {name}"][...] = forced[name]
        constant = here.lasting and not any(p.flags.writeable for p in parameters.values())
        before, here.packed = here.packed, parameters if constant else None
        if constant and before and all(before[name] is p for name, p in parameters.items()):
            return
        for key, packer in self.packers.items():
            packer.pack(parameters, here.weights[key])
        for parameter, gate in self.loose:
            rows = self.cell.parameters[parameter].rows(gate or None, self.shape.hidden)
            weight = here.weights[f"{parameter} {gate}"]
            weight[...] = parameters[parameter][rows].reshape(weight.shape)

    def parts(
        self,
        calls: dict[str, list[Call]],
        order: Sequence[str],
        layouts: dict[str, Layout],
        *,
        backwards: bool = False,
    ) -> list[Part]:
        """The parts of a pass, in order; calls on neighbouring slots become one."""
        opening, closing = self._idle(layouts, backwards) if self.shape.masked else ([], [])
        return [
            write_part(
                f"{phase}_backward" if backwards else phase,
                calls[phase],
                layouts,
                self.cell.states,
                steps=phase == STEP,
                backwards=backwards and phase == STEP,
                opening=opening if phase == STEP else (),
                closing=closing if phase == STEP else (),
            )
            for phase in order
            if calls.get(phase) or (phase == STEP and closing)
        ]

    def _idle(self, layouts: dict[str, Layout], backwards: bool) -> tuple[list[Call], list[Call]]:
        """What a step does for idle sequences: their states stay, and so do the gradients of these."""
        opening, closing = [], []
        for state in self.schedule.carried:
            array = GRADIENT if backwards else RECORD
            before, after = Place(array, (state,)), Place(array, (state,), 1)
            if not backwards:
                closing.append(Call("copyto", (before,), after))
                continue
            kept = Place(SCRATCH, (f"kept {state}",))
            layouts[SCRATCH].sizes[kept.name] = layouts[GRADIENT].sizes[state]
            opening += [Call("keep", (after,), kept), Call("copyto", (number(0.0),), after)]
            closing.append(Call("add", (before, kept), before))
        return opening, closing
