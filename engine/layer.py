"""A cell at every time step: forward, backpropagation through time, every value kept.

This interprets the cell's graph node by node, and is the reference for what `plan.py` compiles. Nodes
that need no state are computed for all time steps at once; the others wait for the step before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Array, Forced
from engine.cells import CellSpec, Node
from engine.errors import ShapeError
from engine.expr import LEAVES, OPS

NOTHING: Mapping[str, Forced] = {}

Record = dict[str, Array]
"""Node id, carried state or x -> its values at every time step, (T, B, I or H)."""


@dataclass(frozen=True)
class LayerGradients:
    """What the backward pass found.

    parameters: name -> dL/d(parameter), shaped as the parameter
    received:   node id -> dL/d(value), (T, B, ·), as each node received it
    x:          dL/dx, (T, B, I), or None where a plan was not asked for it
    initial:    state -> dL/d(initial state), (B, ·)
    """

    parameters: dict[str, Array]
    received: Record
    x: Array | None
    initial: dict[str, Array]


class Layer:
    """A cell with its parameters. `parameters` are W_ih (G·H, I), b_ih (G·H,) and so on."""

    def __init__(self, cell: CellSpec, parameters: Mapping[str, Array], inputs: int, hidden: int) -> None:
        self.cell = cell
        self.sizes = {"I": inputs, "H": hidden}
        self.parameters = parameters
        for name, parameter in cell.parameters.items():
            expected = parameter.shape(self.sizes)
            if name not in parameters or parameters[name].shape != expected:
                came = "nothing" if name not in parameters else str(parameters[name].shape)
                raise ShapeError(
                    f"Cell {cell.name!r} with {inputs} inputs and {hidden} units needs {name} "
                    f"of shape {expected}; {came} came.",
                    name=name,
                    expected=expected,
                )

    def forward(
        self,
        x: Array,
        initial: Mapping[str, Array] | None = None,
        *,
        memory: bool = True,
        forced: Mapping[str, Forced] = NOTHING,
        mask: Array | None = None,
    ) -> Record:
        """Run the cell over x (T, B, I) and keep every value.

        initial: state -> (B, ·), zeros where it is not given. Without memory every carried state is
        zero at each step: the network sees one time step at a time.
        forced: node id -> the value that its units take, whatever they are computed to be
        mask: (T, B), False where a sequence has no such step: its states stay what they were, and its
        other values mean nothing
        """
        steps, batch, _ = x.shape
        blocks = self._blocks()
        record: Record = {"x": x}
        for node in self._nodes(ahead=True):
            record[node.id] = _value(node, record, blocks, forced)
        stepwise = self._nodes(ahead=False)
        state = self._start(batch, x.dtype, initial if memory else None)
        zeros = self._start(batch, x.dtype, None)
        for name in (*(f"{s}_prev" for s in self.cell.states), *(node.id for node in stepwise)):
            record[name] = np.empty((steps, batch, self.sizes[self.cell.size(name)]), x.dtype)
        for t in range(steps):
            here = {name: values[t] for name, values in record.items() if name in self.cell.ahead}
            here["x"] = x[t]
            for name in self.cell.states:
                here[f"{name}_prev"] = record[f"{name}_prev"][t] = state[name]
            for node in stepwise:
                here[node.id] = record[node.id][t] = _value(node, here, blocks, forced)
            if mask is not None:
                for name in self.cell.states:
                    record[name][t] = np.where(mask[t, :, None], here[name], here[f"{name}_prev"])
                    here[name] = record[name][t]
            state = {name: here[name] for name in self.cell.states} if memory else zeros
        return record

    def backward(
        self,
        record: Record,
        gradients: Mapping[str, Array],
        mask: Array | None = None,
        forced: Mapping[str, Forced] = NOTHING,
    ) -> LayerGradients:
        """Backpropagation through time (Werbos, 1990) over a record of `forward` with memory.

        gradients: node id -> dL/d(value) from outside the layer, (T, B, ·); usually that of `h` alone.
        mask, forced: those that `forward` was given; nothing goes back through a value that was forced
        """
        x = record["x"]
        steps, batch, _ = x.shape
        blocks = self._blocks()
        received: Record = {node.id: np.zeros_like(record[node.id]) for node in self.cell.nodes} | {
            "x": np.zeros_like(x)
        }
        for name, gradient in gradients.items():
            received[name] += gradient
        stepwise = self._nodes(ahead=False)[::-1]
        carried = self._start(batch, x.dtype, None)
        for t in reversed(range(steps)):
            arriving = {name: values[t] for name, values in received.items()}
            past = {f"{name}_prev": np.zeros_like(value) for name, value in carried.items()}
            for name, gradient in carried.items():
                arriving[name] += gradient
                if (
                    mask is not None
                ):  # where a state stayed what it was, all that reaches it goes further back
                    past[f"{name}_prev"] += np.where(mask[t, :, None], 0, arriving[name])
                    arriving[name] *= mask[t, :, None]
            here = {name: values[t] for name, values in record.items()}
            for node in stepwise:
                for name, gradient in _inputs(node, _through(node, arriving[node.id], forced), here, blocks):
                    target = past if name in past else arriving
                    target[name] += gradient
            carried = {name: past[f"{name}_prev"] for name in self.cell.states}
        for node in self._nodes(ahead=True)[::-1]:
            for name, gradient in _inputs(node, _through(node, received[node.id], forced), record, blocks):
                received[name] += gradient
        return LayerGradients(
            parameters=self._parameter_gradients(record, received, forced),
            received={name: g for name, g in received.items() if name != "x"},
            x=received["x"],
            initial=carried,
        )

    def _parameter_gradients(
        self, record: Record, received: Record, forced: Mapping[str, Forced]
    ) -> dict[str, Array]:
        """A parameter is used at every time step, so its gradient is the sum over all of them."""
        total = {name: np.zeros_like(self.parameters[name]) for name in self.cell.parameters}
        for node in self.cell.nodes:
            if node.op in LEAVES:
                g = _rows(_through(node, received[node.id], forced))  # (T·B, ·)
                a = _rows(record[node.inputs[0]])
                grads = LEAVES[node.op].grads(g, a)
                for rows, gradient in zip(node.parameters, grads, strict=False):
                    total[rows.parameter][self._slice(rows.parameter, rows.gate)] += gradient
        return total

    def _nodes(self, *, ahead: bool) -> list[Node]:
        return [node for node in self.cell.nodes if (node.id in self.cell.ahead) == ahead]

    def _blocks(self) -> dict[str, list[Array]]:
        """Node id -> the parameters it reads, as views of the stacked ones."""
        return {
            node.id: [
                self.parameters[rows.parameter][self._slice(rows.parameter, rows.gate)]
                for rows in node.parameters
            ]
            for node in self.cell.nodes
        }

    def _slice(self, parameter: str, gate: str | None) -> slice:
        return self.cell.parameters[parameter].rows(gate, self.sizes["H"])

    def _start(
        self, batch: int, dtype: np.dtype[Any], initial: Mapping[str, Array] | None
    ) -> dict[str, Array]:
        state = {}
        for name in self.cell.states:
            shape = (batch, self.sizes["I" if name in self.cell.held else "H"])
            given = (initial or {}).get(name)
            start = np.zeros(shape, dtype) if given is None else np.broadcast_to(given, shape)
            state[name] = np.asarray(start)
        return state


def _value(
    node: Node,
    values: Mapping[str, Array],
    blocks: Mapping[str, list[Array]],
    forced: Mapping[str, Forced],
) -> Array:
    inputs = [values[name] for name in node.inputs]
    row = OPS.get(node.op)
    value = row.value(*inputs) if row else LEAVES[node.op].value(*inputs, *blocks[node.id])
    if node.id not in forced:
        return value
    return np.where(np.isnan(forced[node.id]), value, forced[node.id]).astype(value.dtype)


def _through(node: Node, gradient: Array, forced: Mapping[str, Forced]) -> Array:
    """What of dL/d(value) goes back into what the value was computed from: nothing where it was forced."""
    return np.where(np.isnan(forced[node.id]), gradient, 0) if node.id in forced else gradient


def _inputs(
    node: Node, g: Array, values: Mapping[str, Array], blocks: Mapping[str, list[Array]]
) -> list[tuple[str, Array]]:
    """The gradient that each input of node receives when its value receives g."""
    row = OPS.get(node.op)
    if row is None:
        return [(node.inputs[0], LEAVES[node.op].vjp(g, *blocks[node.id]))]
    inputs = [values[name] for name in node.inputs]
    return list(zip(node.inputs, row.vjp(g, values[node.id], *inputs), strict=True))


def _rows(values: Array) -> Array:
    """(T, B, N) -> (T·B, N)."""
    return values.reshape(-1, values.shape[-1])
