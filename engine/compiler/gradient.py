"""The backward pass of a plan."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.arrays import Array
from engine.compiler.backward import REST, SLOPES, TURNED, compile_backward
from engine.compiler.calls import GRADIENT, RECORD, WEIGHT, Place
from engine.compiler.compiled import Compiled
from engine.compiler.forward import AFTER, BEFORE, STEP, Product
from engine.compiler.packing import alone
from engine.compiler.run import Run, call
from engine.compiler.workspace import Where, Workspace
from engine.expr import LEAVES
from engine.layer import LayerGradients

PARTNERS = 4
"""The most backward passes, each with other wishes, whose arrays a workspace keeps."""


class BackwardPlan:
    """The backward pass of a plan, for the values whose gradient is given and wanted."""

    def __init__(self, compiled: Compiled, given: tuple[str, ...], wanted: tuple[str, ...]) -> None:
        self.compiled, self.given = compiled, given
        states = compiled.cell.states
        self.starts = tuple(s for s in states if f"{s}0" in wanted)
        self.received = tuple(w for w in wanted if w not in ("x", *(f"{s}0" for s in states)))
        self.wants_x = "x" in wanted
        self.backward = compile_backward(compiled.forward, given, wanted, compiled.shape.hoist)
        order = (AFTER, SLOPES, STEP, BEFORE, REST)
        self.parts = compiled.parts(self.backward.calls, order, self.backward.layouts, backwards=True)
        self.where = Where(self.backward.layouts, compiled.sizes)
        self.pieces = {product.key: self._pieces(product) for product in compiled.forward.products}
        blocks = [block for packer in compiled.packers.values() for block in packer.blocks]
        shared = {rows.parameter for item in self.backward.pointed for rows in item.parameters}
        self.alone = alone(compiled.cell, blocks, compiled.sizes) - shared
        self.turned = {
            place.names[:2]
            for part in self.parts
            for place in part.constant
            if place.array == WEIGHT and place.names[-1] == TURNED
        }

    def __str__(self) -> str:
        """The lines that run."""
        return "\n".join(part.source for part in self.parts)

    def run(self, run: Run, gradients: Mapping[str, Array]) -> LayerGradients:
        here = self._workspace(run.workspace)
        self._begin(here, gradients)
        turned = {f"{key} {source}": self._turn(run, here, key, source) for key, source in self.turned}
        call(self.parts, here, run, turned)
        place = self.compiled.place
        return LayerGradients(
            parameters=self._parameters(run, here),
            received={name: here.values(place(name, GRADIENT)) for name in self.received},
            x=here.values(place("x", GRADIENT)) if self.wants_x else None,
            initial={s: _end(here.slot(GRADIENT, s)[0]) for s in self.starts},
        )

    def _workspace(self, forward: Workspace) -> Workspace:
        found = forward.partners.get(self)
        if found is None:
            record = {RECORD: forward.arrays[RECORD]}
            found = Workspace(
                self.where,
                forward.steps,
                forward.batch,
                forward.dtype,
                lasting=forward.lasting,
                arrays=record,
            )
            if forward.lasting:  # else a trace may be gone back through twice, by two threads even
                if len(forward.partners) >= PARTNERS:
                    forward.partners.clear()
                forward.partners[self] = found
        return found

    def _turn(self, run: Run, here: Workspace, key: str, source: str) -> Array:
        """Columns of a packed matrix as rows, copied into the order that BLAS reads fastest."""
        columns = run.workspace.weights[key][:, self.compiled.packers[key].columns[source]]
        order = "F" if self.compiled.shape.single else "C"
        name = f"{key} {source}"
        if name not in here.weights:
            here.weights[name] = np.empty(columns.shape[::-1], columns.dtype, order=order)  # type: ignore[call-overload]
        np.copyto(here.weights[name], columns.T)
        return here.weights[name]

    def _begin(self, here: Workspace, gradients: Mapping[str, Array]) -> None:
        for name in self.backward.cleared:
            here.slot(GRADIENT, name)[...] = 0
        for state in self.compiled.schedule.carried:
            if state not in self.given and state not in self.backward.cleared:
                here.slot(GRADIENT, state)[-1] = 0  # nothing comes from beyond the last step
        for name in set(self.given) & self.where.offsets[GRADIENT].keys():  # others lead to nothing
            place = self.compiled.place(name, GRADIENT)
            here.values(place)[...] = gradients[name]
            if place.later:
                here.slot(GRADIENT, name)[0] = 0

    def _parameters(self, run: Run, here: Workspace) -> dict[str, Array]:
        """A parameter is used at every step: one product over all steps and sequences finds its gradient."""
        compiled = self.compiled
        total = {
            name: np.empty_like(p) if name in self.alone else np.zeros_like(p)
            for name, p in run.parameters.items()
        }
        for key, packer in compiled.packers.items():
            order = compiled.forward.rows[key]
            g = _flat(here.slots(Place(GRADIENT, order, compiled.place(order[0]).later)))
            gradient = np.empty(packer.shape, here.dtype)
            for columns, place in self.pieces[key]:
                a = _flat(here.slots(place))
                np.matmul(g, a.T, out=packer.view(gradient, columns))
            packer.unpack(gradient, total, self.alone)
        for item in self.backward.pointed:
            g, a = here.values(compiled.place(item.id, GRADIENT)), run[item.inputs[0]]
            found = LEAVES[item.op].grads(g.reshape(-1, g.shape[-1]), a.reshape(-1, a.shape[-1]))
            for rows, gradient in zip(item.parameters, found, strict=False):
                total[rows.parameter][
                    compiled.cell.parameters[rows.parameter].rows(rows.gate, compiled.shape.hidden)
                ] += gradient
        return total

    def _pieces(self, product: Product) -> list[tuple[list[str], Place]]:
        """The columns of a product, cut where they do not lie together in the record."""
        found: list[tuple[list[str], Place]] = []
        offsets = self.compiled.where.offsets[RECORD]
        for name in product.columns:
            place = self.compiled.place(name)
            if found:
                columns, last = found[-1]
                touches = offsets[last.names[-1]][1] == offsets[place.name][0]
                if touches and last.later == place.later:
                    found[-1] = ([*columns, name], Place(RECORD, last.names + place.names, place.later))
                    continue
            found.append(([name], place))
        return found


def _end(row: Array) -> Array:
    """A row of the gradients as (B, ·)."""
    return row[None] if row.ndim == 1 else row.T


def _flat(values: Array) -> Array:
    """(T, N) or (T, N, B) -> (N, T·B): one column a step of a sequence."""
    if values.ndim == 2:
        return values.T
    return np.ascontiguousarray(values.transpose(1, 0, 2)).reshape(values.shape[1], -1)
