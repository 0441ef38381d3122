"""A network: layers of a cell, and heads that read the last one. Its parameters are one flat dict."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from engine.architecture import HEAD_VALUES, Architecture, Direction
from engine.arrays import Array, Forced
from engine.compiler.run import Run
from engine.compiler.workspace import Workspace
from engine.dropout import Dropout
from engine.embedding import gather, look_up
from engine.errors import BadSetting, ShapeError, UnknownName
from engine.heads import Heads
from engine.layer import NOTHING, Layer, LayerGradients
from engine.parallel import Joined, one_blas_thread, shares, spread
from engine.plan import fastest, plan_for
from engine.question import Question, check_forced, check_input, check_mask, initial_states
from engine.trace import Trace

T = TypeVar("T")

REAL = (np.dtype(np.float32), np.dtype(np.float64))
"""The types that plans compute in."""

KEPT = 64
"""The most workspaces that a network keeps for runs with reuse, each of one shape in one direction."""


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
        self._workspaces: dict[Any, Workspace] = {}
        for name, shape in architecture.shapes.items():
            if name not in parameters or parameters[name].shape != shape:
                came = "nothing" if name not in parameters else str(parameters[name].shape)
                raise ShapeError(f"The network needs {name} of shape {shape}; {came} came.", name=name)
        surplus = sorted(set(parameters) - set(architecture.shapes))
        if surplus:
            raise ShapeError(f"The network has no parameters called {', '.join(surplus)}.", names=surplus)
        self.heads = Heads(architecture, self.parameters)

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
        initial: Mapping[str, Array] | None = None,
        *,
        mask: Array | None = None,
        memory: bool = True,
        forced: Mapping[str, Forced] = NOTHING,
        dropout: Dropout | None = None,
        reuse: bool = False,
    ) -> Trace:
        """Run x through every layer and head, keeping every named value.

        x:       (T, B, I), or (T, B) of symbols' numbers where there is an embedding
        initial: `layers.0.h`, `layers.1.reverse.c`, … -> (B, ·), zeros where it is not given
        mask:    (T, B), False where a sequence has no such step: each gets the numbers that it gets alone
        memory:  without it every carried state is zero at each step
        forced:  full name of a layer's value -> the number that all its units take, or a number for each,
                 (H,), that is nan where the unit is free
        dropout: of what the embedding and each layer hand on, while training
        reuse:   write over what the last run with reuse and the same shape left; for one thread, and for
                 whoever is done with that trace
        """
        check_input(self.architecture, x)
        if mask is not None:
            check_mask(mask, x)
        check_forced(forced, self.widths)
        batch = x.shape[1]
        start = initial_states(self.architecture, initial, batch) if initial else {}
        question = Question(start, mask, memory, forced, self._factors(dropout, x), 0 if reuse else None)
        parts = shares(batch, self.architecture.hidden)
        with one_blas_thread():
            if len(parts) == 1:
                return self._forward(x, question)
            traces = spread(lambda part: self._forward(x[:, part], question.of(part)), parts)
        values = Joined([trace.values for trace in traces])
        return Trace(values, mask, {"parts": traces, "shares": parts}, has_memory=memory)

    def before(self, initial: Mapping[str, Array] | None = None) -> dict[str, Array]:
        """What the heads say before anything was read, of the initial states or of zeros: name -> (1, K)."""
        a = self.architecture
        start = initial_states(a, initial or {}, 1)
        nothing = np.zeros((1, a.features // len(a.stack[-1])), self.dtype)
        read = [start.get(f"{d.name}.{a.spec.output}", nothing) for d in a.stack[-1]]
        return {n: value[0] for n, value in self.heads.forward(np.concatenate(read, axis=-1)[None]).items()}

    def backward(
        self, trace: Trace, gradients: Mapping[str, Array], wanted: Collection[str] = ()
    ) -> Gradients:
        """dL/d(parameter) for all parameters, and what else is wanted, from a trace with memory.

        After a run with reuse, `values` and `initial` are overwritten by the next backward pass over it.

        gradients: `logits`, another head's value, or any value of a layer by its full name -> dL/d(value)
        wanted:    values of layers, `x`, or `layers.0.h0` for an initial state
        """
        self._check(trace, gradients, wanted)
        traces = trace.records.get("parts", [trace])
        parts = trace.records.get("shares", [slice(None)])

        def run(one: Trace, share: slice) -> Gradients:
            return self._backward(one, {name: g[:, share] for name, g in gradients.items()}, wanted)

        with one_blas_thread():
            found = spread(run, traces, parts)
        if len(found) == 1:
            return found[0]
        return Gradients(
            {name: sum(one.parameters[name] for one in found) for name in found[0].parameters},  # type: ignore[misc]
            {n: np.concatenate([one.values[n] for one in found], axis=1) for n in found[0].values},
            {n: np.concatenate([one.initial[n] for one in found]) for n in found[0].initial},
        )

    def _check(self, trace: Trace, gradients: Mapping[str, Array], wanted: Collection[str]) -> None:
        """Refuse what has no gradient."""
        if not trace.has_memory:
            raise BadSetting(
                "A run without memory has nothing to go back through; run with memory.", memory=False
            )
        heads = [HEAD_VALUES.get(head, head) for head in self.architecture.heads]
        spec = self.architecture.spec
        starts = [f"{d.name}.{s}0" for d in self.architecture.directions for s in spec.states]
        for names, known in ((gradients, [*heads, *self.kept]), (wanted, ["x", *self.kept, *starts])):
            if unknown := next((name for name in names if name not in known), None):
                raise UnknownName("value with a gradient", unknown, known)

    def freeze(self) -> None:
        """Make the parameters read-only, in memory of their own: runs with reuse then pack them only once."""
        self._workspaces.clear()
        for name, parameter in self.parameters.items():
            self.parameters[name] = parameter.copy()
            self.parameters[name].flags.writeable = False

    def astype(self, dtype: object) -> Network:
        return Network(
            self.architecture,
            {name: p.astype(dtype) for name, p in self.parameters.items()},  # type: ignore[call-overload]
            interpreted=self.interpreted,
        )

    @property
    def kept(self) -> list[str]:
        """The full names of all layers' computed values that a trace keeps."""
        computed = [name for name in self.architecture.values if not name.endswith("_prev")]
        return [f"{d.name}.{name}" for d in self.architecture.directions for name in computed]

    @property
    def widths(self) -> dict[str, int]:
        """How many units each of these values has."""
        spec, hidden = self.architecture.spec, self.architecture.hidden
        kinds = {d.name: {"I": d.inputs, "H": hidden} for d in self.architecture.directions}
        return {
            full: kinds[owner][spec.size(name)]
            for full in self.kept
            for owner, _, name in [full.rpartition(".")]
        }

    def _factors(self, dropout: Dropout | None, x: Array) -> dict[int, Array]:
        """What the input of each layer, and at last of the heads, is multiplied with, drawn for the whole
        batch at once. Inputs that are numbers stay as they are."""
        if dropout is None or not dropout.rate:
            return {}
        a, (steps, batch) = self.architecture, x.shape[:2]
        readers = range(0 if a.vocabulary else 1, a.layers + 1)
        return {k: dropout.factors((steps, batch, a.width(k)), self.dtype) for k in readers}

    # A share of the batch

    def _forward(self, x: Array, question: Question) -> Trace:
        records: dict[str, Any] = {"factors": question.factors, "forced": question.forced}
        if self.architecture.vocabulary:
            records["symbols"] = x
            x = look_up(self.parameters["embedding.W"], x)
        values: dict[str, Array] = {"x": x}
        # what stands where a sequence has no step must not matter, be it no number
        inputs = x if question.mask is None else np.where(question.mask[..., None], x, 0)
        for k, directions in enumerate(self.architecture.stack):
            if k in question.factors:
                inputs = inputs * question.factors[k]
            outputs = []
            for direction in directions:
                record = records[direction.name] = self._run(direction, inputs, question)
                at = f"{direction.name}."
                values |= {at + name: _turned(record[name], direction) for name in self.architecture.values}
                outputs.append(values[at + self.architecture.spec.output])
            inputs = outputs[0] if len(outputs) == 1 else np.concatenate(outputs, axis=-1)
        if question.factors:
            inputs = inputs * question.factors[self.architecture.layers]
        records["outputs"] = inputs.shape
        records["features"] = features = self.heads.features(inputs, question.mask)
        values |= self.heads.forward(features)
        return Trace(values, question.mask, records, has_memory=question.memory)

    def _backward(self, trace: Trace, gradients: Mapping[str, Array], wanted: Collection[str]) -> Gradients:
        values: dict[str, Array] = {}
        initial: dict[str, Array] = {}
        d_features, found = self.heads.backward(trace.records["features"], gradients)
        d_output = self.heads.spread(d_features, trace.records["outputs"], trace.mask)
        if trace.records["factors"]:
            d_output = d_output * trace.records["factors"][self.architecture.layers]
        for k, directions in reversed(list(enumerate(self.architecture.stack))):
            d_input: Any = None  # not asked for below the first layer
            for direction, mine in zip(directions, np.split(d_output, len(directions), axis=-1), strict=True):
                layer = self._back(direction, trace, mine, gradients, wanted)
                at = f"{direction.name}."
                found |= {at + name: g for name, g in layer.parameters.items()}
                values |= {at + name: _turned(g, direction) for name, g in layer.received.items()}
                initial |= {at + name: g for name, g in layer.initial.items()}
                if layer.x is not None:
                    d_x = _turned(layer.x, direction)
                    d_input = d_x if d_input is None else d_input + d_x
            if k in trace.records["factors"]:
                d_input = d_input * trace.records["factors"][k]
            d_output = d_input
        if "x" in wanted:
            values["x"] = d_output
        if self.architecture.vocabulary:
            total = found.setdefault("embedding.W", np.zeros_like(self.parameters["embedding.W"]))
            gather(trace.records["symbols"], d_output, total)
        return Gradients({name: found[name] for name in self.architecture.shapes}, values, initial)

    # One layer in one direction

    def _run(self, direction: Direction, inputs: Array, question: Question) -> Mapping[str, Array]:
        x = _turned(inputs, direction)
        start, forced = _under(direction, question.initial), _under(direction, question.forced)
        mask = None if question.mask is None else _turned(question.mask, direction)
        # a plan forces all units of a value, or none
        some_units = any(isinstance(value, np.ndarray) for value in forced.values())
        if self.interpreted or some_units or x.dtype not in REAL:
            layer = self._layer(direction)
            return layer.forward(x, start, memory=question.memory, forced=forced, mask=mask)
        steps, batch, width = x.shape
        if not question.memory:  # steps that know nothing of each other are so many sequences of one step
            alone = np.ascontiguousarray(x).reshape(1, steps * batch, width)
            run = self._planned(direction, alone, None, forced, {}, None)
            return {name: v.reshape(steps, batch, v.shape[-1]) for name, v in run.items()}
        return self._planned(direction, x, mask, forced, start, question.reuse)

    def _planned(
        self,
        direction: Direction,
        x: Array,
        mask: Array | None,
        forced: Mapping[str, Any],
        start: Mapping[str, Array],
        reuse: int | None,
    ) -> Run:
        steps, batch, width = x.shape
        spec = self.architecture.spec
        idle = None if mask is None else [None if row.all() else ~row for row in mask]
        plan = fastest(spec, width, self.architecture.hidden, batch, idle is not None, tuple(sorted(forced)))
        workspace = None
        if reuse is not None:
            key = (direction.name, plan, steps, batch, x.dtype, reuse)
            workspace = self._workspaces.get(key) or self._keep(key, plan.workspace(steps, batch, x.dtype))
        return plan.forward(self._of(direction), x, start, idle, forced, workspace)

    def _keep(self, key: Any, workspace: Workspace) -> Workspace:
        """Remember the arrays of a run, and forget the oldest where there are many."""
        while len(self._workspaces) >= KEPT:
            self._workspaces.pop(next(iter(self._workspaces)), None)
        self._workspaces[key] = workspace
        return workspace

    def _back(
        self,
        direction: Direction,
        trace: Trace,
        d_output: Array,
        gradients: Mapping[str, Array],
        wanted: Collection[str],
    ) -> LayerGradients:
        record, spec = trace.records[direction.name], self.architecture.spec
        given = {name: _turned(g, direction) for name, g in _under(direction, gradients).items()}
        d = _turned(d_output, direction)
        given[spec.output] = d + given[spec.output] if spec.output in given else d
        mine = set(_under(direction, dict.fromkeys(wanted)))
        if direction.layer or "x" in wanted or self.architecture.vocabulary:
            mine.add("x")
        if isinstance(record, Run):
            return plan_for(spec, record.compiled.shape).backward(record, given, mine)
        mask = None if trace.mask is None else _turned(trace.mask, direction)
        forced = _under(direction, trace.records["forced"])
        found = self._layer(direction).backward(record, given, mask, forced)
        return LayerGradients(
            found.parameters,
            {name: g for name, g in found.received.items() if name in mine},
            found.x,
            {s: g for s, g in found.initial.items() if f"{s}0" in mine},
        )

    def _of(self, direction: Direction) -> dict[str, Array]:
        at = f"{direction.name}."
        return {name: self.parameters[at + name] for name in self.architecture.spec.parameters}

    def _layer(self, direction: Direction) -> Layer:
        a = self.architecture
        return Layer(a.spec, self._of(direction), direction.inputs, a.hidden)


def _under(direction: Direction, named: Mapping[str, T]) -> dict[str, T]:
    """What concerns a direction, by its own names: `layers.0.h` is `h`."""
    if not named:
        return {}
    at = f"{direction.name}."
    found = {name.removeprefix(at): v for name, v in named.items() if name.startswith(at)}
    return {name: v for name, v in found.items() if "." not in name}


def _turned(values: Array, direction: Direction) -> Array:
    """From the order of steps into that in which a direction runs, or back."""
    return values[::-1] if direction.reverse else values


def mask_of(lengths: Collection[int], steps: int | None = None) -> Array:
    """(T, B): True for the first steps of each sequence, as many as its length says."""
    sizes = np.asarray(list(lengths))
    return np.arange(int(sizes.max(initial=0)) if steps is None else steps)[:, None] < sizes


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
