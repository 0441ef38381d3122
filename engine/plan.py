"""A plan: a cell compiled for its sizes, faster than reading its graph at every step.

`compiler/` turns the equations into a few lines of NumPy: input projections of all time steps in one
product, gates with the same activation side by side, every ufunc writing into one preallocated record. A
plan prints those lines. It gives the numbers of the interpreter in `layer.py`, which stays the reference.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.cells import CellSpec
from engine.compiler.calls import RECORD
from engine.compiler.compiled import Compiled, Shape, shape_for
from engine.compiler.forward import AFTER, BEFORE, STEP
from engine.compiler.gradient import BackwardPlan
from engine.compiler.run import Run, call
from engine.compiler.workspace import Workspace
from engine.layer import NOTHING, LayerGradients


class Plan:
    """A cell, compiled for a shape. Several threads may use it at once, each in a workspace of its own."""

    def __init__(self, cell: CellSpec, shape: Shape) -> None:
        self.cell, self.shape = cell, shape
        self.compiled = Compiled(cell, shape)
        forward = self.compiled.forward
        self.parts = self.compiled.parts(forward.calls, (BEFORE, STEP, AFTER), forward.layouts)

    def __str__(self) -> str:
        """The lines that run, and what lies where."""
        return "\n".join([*self.compiled.described(), "", *(part.source for part in self.parts)])

    def workspace(self, steps: int, batch: int, dtype: np.dtype[Any]) -> Workspace:
        """Arrays to run in again and again, each time overwriting what the last run left."""
        return self.compiled.workspace(steps, batch, dtype, lasting=True)

    def forward(
        self,
        parameters: Mapping[str, Array],
        x: Array,
        initial: Mapping[str, Array] | None = None,
        idle: Sequence[Array | None] | None = None,
        forced: Mapping[str, Any] = NOTHING,
        workspace: Workspace | None = None,
    ) -> Run:
        """Run the cell over x (T, B, I), as `Layer.forward` does.

        idle:   at each step None, or which sequences stay as they are, (B,)
        forced: a number for each value that the plan's shape forces
        workspace: one of `workspace`, or a new one
        """
        steps, batch, _ = x.shape
        here = workspace or self.compiled.workspace(steps, batch, x.dtype)
        self.compiled.load(here, parameters, forced)
        here.slot(RECORD, "x")[:steps] = x[:, 0] if self.shape.single else x.transpose(0, 2, 1)
        for state in self.cell.states:
            _start(here.slot(RECORD, state)[0], initial.get(state) if initial else None, batch)
        run = Run(self.compiled, here, x, parameters, idle)
        with np.errstate(over="ignore"):  # exp(−a) of a closed gate, whose value ends at 0 all the same
            call(self.parts, here, run, {})
        return run

    def backward(
        self, run: Run, gradients: Mapping[str, Array], wanted: Collection[str] = ()
    ) -> LayerGradients:
        """Backpropagation through time over a run, as in `Layer.backward`.

        wanted: what is to be returned beside the gradients of parameters: values, `x`, and `h0` for a
                state's start
        """
        return self.gradient(tuple(sorted(gradients)), tuple(sorted(wanted))).run(run, gradients)

    @lru_cache(maxsize=256)  # noqa: B019  plans are few and live as long as the process
    def gradient(self, given: tuple[str, ...], wanted: tuple[str, ...]) -> BackwardPlan:
        return BackwardPlan(self.compiled, given, wanted)


def _start(row: Array, given: Array | None, batch: int) -> None:
    """Write an initial state (B, ·) into a row of the record."""
    if given is None:
        row[...] = 0
    else:
        whole = np.broadcast_to(given, (batch, len(row)))
        row[...] = whole[0] if row.ndim == 1 else whole.T


@lru_cache(maxsize=1024)
def fastest(
    cell: CellSpec, inputs: int, hidden: int, batch: int, masked: bool, forced: tuple[str, ...]
) -> Plan:
    """The plan that runs a batch of so many sequences fastest."""
    return plan_for(cell, shape_for(cell, inputs, hidden, batch, masked, forced))


@lru_cache(maxsize=256)
def plan_for(cell: CellSpec, shape: Shape) -> Plan:
    """The plan of a cell for a shape; compiled once."""
    return Plan(cell, shape)
