"""A network: layers of a cell, and heads that read the last one. Its parameters are one flat dict."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.architecture import HEAD_VALUES, Architecture, Direction
from engine.arrays import Array
from engine.compiler.compiled import shape_for
from engine.compiler.run import Run
from engine.errors import ShapeError
from engine.layer import NOTHING, Layer, LayerGradients, Record
from engine.plan import plan_for
from engine.softmax import softmax
from engine.trace import Trace

REAL = (np.dtype(np.float32), np.dtype(np.float64))
"""The types that plans compute in."""


@dataclass(frozen=True)
class Dropout:
    """Zeros a share of what a layer hands to the next, while training (Srivastava et al., 2014).

    rate: the share, from 0 to below 1; what is left is scaled by 1 / (1 − rate)
    """

    rate: float
    rng: np.random.Generator

    def factors(self, values: Array) -> Array:
        """0 or 1 / (1 − rate) for each value."""
        kept = self.rng.random(values.shape, np.float32) >= self.rate
        return np.asarray(kept / values.dtype.type(1 - self.rate), values.dtype)


@dataclass(frozen=True)
class Gradients:
    """What a backward pass found.

    parameters: full name -> dL/d(parameter), in the order of the architecture
    values:     full name -> dL/d(value), (T, B, ·), for those that were wanted
    initial:    `layers.0.h` -> dL/d(initial state), (B, ·), for those that were wanted
    """

    parameters: dict[str, Array]
    values: dict[str, Array]
    initial: dict[str, Array]


class Network:
    """An architecture with its parameters.

    They are named `layers.0.W_ih` (G·H, I), …, `readout.W` (K, H), `readout.b` (K,).

    interpreted: run the cells' graphs node by node, and not the plans that were compiled from them
    """

    def __init__(
        self, architecture: Architecture, parameters: Mapping[str, Array], *, interpreted: bool = False
    ) -> None:
        self.architecture = architecture
        self.parameters = dict(parameters)
        self.interpreted = interpreted
        self._workspaces: dict[Any, Any] = {}
        for name, shape in architecture.shapes.items():
            if name not in parameters or parameters[name].shape != shape:
                came = "nothing" if name not in parameters else str(parameters[name].shape)
                raise ShapeError(f"The network needs {name} of shape {shape}; {came} came.", name=name)
        surplus = sorted(set(parameters) - set(architecture.shapes))
        if surplus:
            raise ShapeError(f"The network has no parameters called {', '.join(surplus)}.", names=surplus)

    @property
    def size(self) -> int:
        """How many numbers were trained."""
        return sum(p.size for p in self.parameters.values())

    @property
    def dtype(self) -> np.dtype[Any]:
        return next(iter(self.parameters.values())).dtype

    def forward(
        self,
        x: Array,
        initial: Mapping[str, Array] = NOTHING,  # type: ignore[assignment]
        *,
        mask: Array | None = None,
        memory: bool = True,
        forced: Mapping[str, float] = NOTHING,
        dropout: Dropout | None = None,
        reuse: bool = False,
    ) -> Trace:
        """Run x through every layer and head, keeping every named value.

        x:       (T, B, I), or (T, B) of symbols' numbers where there is an embedding
        initial: `layers.0.h`, `layers.1.reverse.c`, … -> (B, ·), zeros where it is not given
        mask:    (T, B), False where a sequence has no such step: each gets the numbers that it gets alone
        memory:  without it every carried state is zero at each step
        forced:  full name of a layer's value -> the number that all its units take
        dropout: between layers, while training
        reuse:   overwrite what the last run with reuse and the same shape left. For one thread, and for
                 who has done with that trace
        """
        records: dict[str, Any] = {}
        if self.architecture.vocabulary:
            records["symbols"] = x
            x = self.parameters["embedding.W"][x]
        idle = _idle(mask) if mask is not None and memory else None
        values: dict[str, Array] = {"x": x}
        inputs = x
        for k in range(self.architecture.layers):
            if k and dropout is not None and dropout.rate:
                records[f"dropout.{k}"] = factors = dropout.factors(inputs)
                inputs = inputs * factors
            outputs = []
            for direction in self.architecture.directions:
                if direction.layer == k:
                    record = self._run(direction, inputs, initial, idle, mask, memory, forced, reuse)
                    records[direction.name] = record
                    at = f"{direction.name}."
                    values |= {at + name: _turned(record[name], direction) for name in self._local}
                    outputs.append(values[at + self.architecture.spec.output])
            inputs = outputs[0] if len(outputs) == 1 else np.concatenate(outputs, axis=-1)
        records["features"] = features = self._features(inputs, mask)
        for head in self.architecture.heads:
            W, b = self.parameters[self.architecture.matrix(head)], self.parameters[f"{head}.b"]
            values[HEAD_VALUES.get(head, head)] = _affine(features, W, b)
        if "logits" in values:
            values["probs"] = softmax(values["logits"])
        return Trace(values, mask, records)

    def backward(
        self, trace: Trace, gradients: Mapping[str, Array], wanted: Collection[str] = ()
    ) -> Gradients:
        """dL/d(parameter) for all parameters, and what else is wanted, from a trace with memory.

        gradients: `logits`, another head's value, or any value of a layer by its full name -> dL/d(value)
        wanted:    values of layers, `x`, or `layers.0.h0` for an initial state
        """
        architecture = self.architecture
        found: dict[str, Array] = {}
        values: dict[str, Array] = {}
        initial: dict[str, Array] = {}
        d_features = self._heads_backward(trace, gradients, found)
        d_output = self._spread(d_features, trace)
        for k in reversed(range(architecture.layers)):
            d_input = None
            for direction in architecture.directions:
                if direction.layer != k:
                    continue
                mine = slice(architecture.hidden, None) if direction.reverse else slice(architecture.hidden)
                layer = self._back(direction, trace, d_output[..., mine], gradients, wanted)
                at = f"{direction.name}."
                found |= {at + name: g for name, g in layer.parameters.items()}
                values |= {at + name: _turned(g, direction) for name, g in layer.received.items()}
                initial |= {at + name: g for name, g in layer.initial.items()}
                if layer.x is not None:
                    d_x = _turned(layer.x, direction)
                    d_input = d_x if d_input is None else d_input + d_x
            if k:
                assert d_input is not None
                d_output = d_input * trace.records.get(f"dropout.{k}", 1)
        if "x" in wanted and d_input is not None:
            values["x"] = d_input
        if architecture.vocabulary and d_input is not None:
            total = found.setdefault("embedding.W", np.zeros_like(self.parameters["embedding.W"]))
            np.add.at(total, trace.records["symbols"], d_input)
        return Gradients({name: found[name] for name in architecture.shapes}, values, initial)

    def astype(self, dtype: object) -> Network:
        return Network(
            self.architecture,
            {name: p.astype(dtype) for name, p in self.parameters.items()},  # type: ignore[call-overload]
            interpreted=self.interpreted,
        )

    @property
    def kept(self) -> list[str]:
        """The full names of all layers' computed values that a trace keeps."""
        nodes = [n.id for n in self.architecture.spec.nodes if n.role != "term"]
        return [f"{direction.name}.{id}" for direction in self.architecture.directions for id in nodes]

    @property
    def _local(self) -> list[str]:
        spec = self.architecture.spec
        return [f"{s}_prev" for s in spec.states] + [n.id for n in spec.nodes if n.role != "term"]

    # One layer in one direction

    def _run(
        self,
        direction: Direction,
        inputs: Array,
        initial: Mapping[str, Array],
        idle: list[Array | None] | None,
        mask: Array | None,
        memory: bool,
        forced: Mapping[str, float],
        reuse: bool,
    ) -> Mapping[str, Array]:
        x = _turned(inputs, direction)
        start = self._under(direction, initial)
        mine = self._under(direction, forced)
        if self.interpreted or x.dtype not in REAL:
            turned = None if mask is None else _turned(mask, direction)
            return self._layer(direction).forward(x, start, memory=memory, forced=mine, mask=turned)
        if not memory:
            return self._without_memory(direction, x, mine)
        steps, batch, _ = x.shape
        spec, hidden = self.architecture.spec, self.architecture.hidden
        shape = shape_for(spec, direction.inputs, hidden, batch, idle is not None, mine)
        plan = plan_for(spec, shape)
        workspace = None
        if reuse:
            key = (direction.name, shape, steps, batch, x.dtype)
            workspace = self._workspaces.get(key)
            if workspace is None:
                workspace = plan.workspace(steps, batch, x.dtype)
                self._workspaces = {**dict(list(self._workspaces.items())[-15:]), key: workspace}
        mine_idle = idle[::-1] if idle is not None and direction.reverse else idle
        return plan.forward(self._weights(direction), x, start, mine_idle, mine, workspace)

    def _without_memory(self, direction: Direction, x: Array, forced: Mapping[str, float]) -> Record:
        """Steps that know nothing of each other are so many sequences of one step."""
        steps, batch, _ = x.shape
        spec = self.architecture.spec
        shape = shape_for(spec, direction.inputs, self.architecture.hidden, steps * batch, forced=forced)
        alone = np.ascontiguousarray(x).reshape(1, steps * batch, direction.inputs)
        run = plan_for(spec, shape).forward(self._weights(direction), alone, forced=forced)
        return {name: values.reshape(steps, batch, values.shape[-1]) for name, values in run.items()}

    def _back(
        self,
        direction: Direction,
        trace: Trace,
        d_output: Array,
        gradients: Mapping[str, Array],
        wanted: Collection[str],
    ) -> LayerGradients:
        record = trace.records[direction.name]
        given = {name: _turned(g, direction) for name, g in self._under(direction, gradients).items()}
        spec = self.architecture.spec
        output = spec.output
        d = _turned(d_output, direction)
        given[output] = d + given[output] if output in given else d
        mine = {name.removeprefix(f"{direction.name}.") for name in wanted if name in self._full(direction)}
        if direction.layer or "x" in wanted or self.architecture.vocabulary:
            mine.add("x")
        if isinstance(record, Run):
            return plan_for(spec, record.compiled.shape).backward(record, given, mine)
        mask = None if trace.mask is None else _turned(trace.mask, direction)
        found = self._layer(direction).backward(record, given, mask)
        starts = {f"{s}0" for s in spec.states} & mine
        return LayerGradients(
            found.parameters,
            {name: g for name, g in found.received.items() if name in mine},
            found.x,
            {s: g for s, g in found.initial.items() if f"{s}0" in starts},
        )

    def _full(self, direction: Direction) -> set[str]:
        spec = self.architecture.spec
        names = [*self._local, *(f"{s}0" for s in spec.states)]
        return {f"{direction.name}.{name}" for name in names}

    def _weights(self, direction: Direction) -> dict[str, Array]:
        at = f"{direction.name}."
        return {name: self.parameters[at + name] for name in self.architecture.spec.parameters}

    def _layer(self, direction: Direction) -> Layer:
        a = self.architecture
        return Layer(a.spec, self._weights(direction), direction.inputs, a.hidden)

    def _under(self, direction: Direction, named: Mapping[str, Any]) -> dict[str, Any]:
        """What concerns a direction, by its own names."""
        at = f"{direction.name}."
        found = {name.removeprefix(at): v for name, v in named.items() if name.startswith(at)}
        return {name: v for name, v in found.items() if "." not in name}

    # Heads

    def _features(self, outputs: Array, mask: Array | None) -> Array:
        """What the heads read, (T, B, F) or (1, B, F)."""
        if self.architecture.read == "all":
            return outputs
        steps, rows = self._ends(outputs, mask)
        H = self.architecture.hidden
        parts = [outputs[end, rows, k * H : (k + 1) * H] for k, end in enumerate(steps)]
        return np.concatenate(parts, axis=-1)[None]

    def _spread(self, d_features: Array, trace: Trace) -> Array:
        """dL/d(output of the last layer) at every step, from that of what the heads read."""
        if self.architecture.read == "all":
            return d_features
        h = trace.values[f"{self.architecture.directions[-1].name}.{self.architecture.spec.output}"]
        found = np.zeros((*h.shape[:2], self.architecture.features), h.dtype)
        steps, rows = self._ends(found, trace.mask)
        H = self.architecture.hidden
        for k, end in enumerate(steps):
            found[end, rows, k * H : (k + 1) * H] = d_features[0, :, k * H : (k + 1) * H]
        return found

    def _ends(self, outputs: Array, mask: Array | None) -> tuple[list[Array], Array]:
        """For each direction the step where it ends in each sequence, and the numbers of the sequences."""
        steps, batch = outputs.shape[:2]
        there = np.ones((steps, batch), bool) if mask is None else mask
        last, first = steps - 1 - there[::-1].argmax(axis=0), there.argmax(axis=0)
        return [last, first][: 2 if self.architecture.bidirectional else 1], np.arange(batch)

    def _heads_backward(self, trace: Trace, gradients: Mapping[str, Array], found: dict[str, Array]) -> Array:
        """dL/d(features), and the gradients of the heads' own parameters."""
        features = trace.records["features"]
        d_features = np.zeros(features.shape, features.dtype)
        for head, size in self.architecture.heads.items():
            g = gradients.get(HEAD_VALUES.get(head, head))
            matrix = self.architecture.matrix(head)
            if g is None:
                found[matrix], found[f"{head}.b"] = (
                    np.zeros_like(self.parameters[name]) for name in (matrix, f"{head}.b")
                )
                continue
            flat = np.asarray(g).reshape(-1, size)  # (T·B, K)
            d_features += (flat @ self.parameters[matrix]).reshape(features.shape)
            found[matrix] = flat.T @ features.reshape(-1, features.shape[-1])
            found[f"{head}.b"] = flat.sum(axis=0)
        return d_features


def _affine(features: Array, W: Array, b: Array) -> Array:
    """(T, B, F) -> (T, B, K), in one product."""
    steps, batch, width = features.shape
    return np.asarray((features.reshape(steps * batch, width) @ W.T + b).reshape(steps, batch, len(b)))


def _turned(values: Array, direction: Direction) -> Array:
    """From the order of steps into that in which a direction runs, or back."""
    return values[::-1] if direction.reverse else values


def _idle(mask: Array) -> list[Array | None]:
    """At each step which sequences have none, or None where all have one."""
    return [None if row.all() else ~row for row in mask]


def mask_of(lengths: Collection[int], steps: int | None = None) -> Array:
    """(T, B): True for the first steps of each sequence, as many as its length says."""
    sizes = np.asarray(list(lengths))
    return np.arange(steps or int(sizes.max(initial=0)))[:, None] < sizes


def initialise(
    architecture: Architecture,
    rng: np.random.Generator,
    dtype: object = np.float32,
    embedding: Array | None = None,
) -> Network:
    """A network to begin training from.

    Each block of W_hh is orthogonal (Saxe et al., 2014), any other matrix is uniform in ±1/√columns;
    biases are zero, but 1 for the gates that the cell wants open.

    embedding: given vectors (V, I) to begin from
    """
    parameters: dict[str, Array] = {}
    for name, shape in architecture.shapes.items():
        if len(shape) == 1:
            parameters[name] = np.zeros(shape)
        else:
            bound = 1 / np.sqrt(shape[1])
            parameters[name] = rng.uniform(-bound, bound, shape)
    if embedding is not None:
        parameters["embedding.W"] = np.asarray(embedding)
    spec, hidden = architecture.spec, architecture.hidden
    for direction in architecture.directions:
        for name, parameter in spec.parameters.items():
            for gate in parameter.gates:
                block = parameters[f"{direction.name}.{name}"][parameter.rows(gate, hidden)]
                if name == "W_hh":
                    block[:] = _orthogonal(hidden, rng)
                if name == "b_ih" and gate in spec.open:
                    block[:] = 1
    return Network(architecture, {name: p.astype(dtype) for name, p in parameters.items()})  # type: ignore[call-overload]


def _orthogonal(size: int, rng: np.random.Generator) -> Array:
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return np.asarray(q * np.sign(np.diag(r)))
