"""A network: layers of a cell, and heads that read the last one. Its parameters are one flat dict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.cells import CellSpec, cell
from engine.errors import BadSetting, ShapeError
from engine.layer import NOTHING, Layer
from engine.softmax import softmax
from engine.trace import Trace


@dataclass(frozen=True)
class Architecture:
    """What a network is made of.

    cell:   a name in CELLS
    inputs: I, the length of one encoded input
    hidden: H, the number of units of each layer
    heads:  parameter prefix -> size; `readout` gives `logits` and `probs`, others give their own name
    layers: how many layers stand on each other
    """

    cell: str
    inputs: int
    hidden: int
    heads: Mapping[str, int]
    layers: int = 1

    def __post_init__(self) -> None:
        sizes = {name: getattr(self, name) for name in ("inputs", "hidden", "layers")}
        for name, value in {**sizes, **self.heads}.items():
            if type(value) is not int or value < 1:
                raise BadSetting(
                    f"{name} has to be a whole number, 1 or more; {value!r} came.", name=name, value=value
                )

    @property
    def spec(self) -> CellSpec:
        return cell(self.cell)

    def width(self, layer: int) -> int:
        """The length of what a layer reads."""
        return self.inputs if layer == 0 else self.hidden

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The full name and the shape of every parameter."""
        shapes: dict[str, tuple[int, ...]] = {}
        for k in range(self.layers):
            sizes = {"I": self.width(k), "H": self.hidden}
            for name, parameter in self.spec.parameters.items():
                shapes[f"layers.{k}.{name}"] = parameter.shape(sizes)
        for head, size in self.heads.items():
            shapes[f"{head}.W"] = (size, self.hidden)
            shapes[f"{head}.b"] = (size,)
        return shapes

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


HEAD_VALUES = {"readout": "logits"}
"""What a head's value is called where it is not the head's own name."""


class Network:
    """An architecture with its parameters.

    They are named `layers.0.W_ih` (G·H, I), …, `readout.W` (K, H), `readout.b` (K,).
    """

    def __init__(self, architecture: Architecture, parameters: Mapping[str, Array]) -> None:
        self.architecture = architecture
        self.parameters = dict(parameters)
        for name, shape in architecture.shapes.items():
            if name not in parameters or parameters[name].shape != shape:
                came = "nothing" if name not in parameters else str(parameters[name].shape)
                raise ShapeError(f"The network needs {name} of shape {shape}; {came} came.", name=name)
        surplus = sorted(set(parameters) - set(architecture.shapes))
        if surplus:
            raise ShapeError(f"The network has no parameters called {', '.join(surplus)}.", names=surplus)

    @property
    def layers(self) -> list[Layer]:
        a = self.architecture
        return [Layer(a.spec, self._under(f"layers.{k}."), a.width(k), a.hidden) for k in range(a.layers)]

    @property
    def size(self) -> int:
        """How many numbers were trained."""
        return sum(p.size for p in self.parameters.values())

    def forward(
        self,
        x: Array,
        initial: Mapping[str, Array] | None = None,
        *,
        memory: bool = True,
        forced: Mapping[str, float] = NOTHING,
    ) -> Trace:
        """Run x (T, B, I) through every layer and head, keeping every named value.

        initial: state -> (B, ·) of the first layer, zeros where it is not given
        memory:  without it every carried state is zero at each step
        forced:  full name of a layer's value -> the number that all its units take
        """
        values = {"x": x}
        records = []
        inputs = x
        for k, layer in enumerate(self.layers):
            at = f"layers.{k}."
            mine = {name.removeprefix(at): v for name, v in forced.items() if name.startswith(at)}
            record = layer.forward(inputs, None if k else initial, memory=memory, forced=mine)
            records.append(record)
            values |= {f"layers.{k}.{name}": record[name] for name in self._local}
            inputs = record[layer.cell.output]
        for head in self.architecture.heads:
            value = inputs @ self.parameters[f"{head}.W"].T + self.parameters[f"{head}.b"]  # (T, B, K)
            values[HEAD_VALUES.get(head, head)] = value
        if "logits" in values:
            values["probs"] = softmax(values["logits"])
        return Trace(values, records)

    def backward(self, trace: Trace, gradients: Mapping[str, Array]) -> dict[str, Array]:
        """dL/d(parameter) for all parameters. gradients: `logits` or another head's value -> dL/d(value)."""
        layers = self.layers
        found: dict[str, Array] = {}
        h = trace.layers[-1][layers[-1].cell.output]
        d_h = np.zeros_like(h)
        for head in self.architecture.heads:
            g = gradients.get(HEAD_VALUES.get(head, head))
            if g is None:
                g = np.zeros((*h.shape[:2], self.architecture.heads[head]), h.dtype)
            d_h += g @ self.parameters[f"{head}.W"]
            found[f"{head}.W"] = np.tensordot(g, h, axes=((0, 1), (0, 1)))  # (K, H)
            found[f"{head}.b"] = g.sum(axis=(0, 1))
        for k in reversed(range(len(layers))):
            layer = layers[k].backward(trace.layers[k], {layers[k].cell.output: d_h})
            found |= {f"layers.{k}.{name}": g for name, g in layer.parameters.items()}
            d_h = layer.x
        return {name: found[name] for name in self.architecture.shapes}

    def astype(self, dtype: object) -> Network:
        return Network(
            self.architecture,
            {name: p.astype(dtype) for name, p in self.parameters.items()},  # type: ignore[call-overload]
        )

    @property
    def kept(self) -> list[str]:
        """The full names of all layers' computed values that a trace keeps."""
        nodes = [n.id for n in self.architecture.spec.nodes if n.role != "term"]
        return [f"layers.{k}.{id}" for k in range(self.architecture.layers) for id in nodes]

    @property
    def _local(self) -> list[str]:
        spec = self.architecture.spec
        return [f"{s}_prev" for s in spec.states] + [n.id for n in spec.nodes if n.role != "term"]

    def _under(self, prefix: str) -> dict[str, Array]:
        return {n.removeprefix(prefix): p for n, p in self.parameters.items() if n.startswith(prefix)}


def initialise(architecture: Architecture, rng: np.random.Generator, dtype: object = np.float32) -> Network:
    """A network to begin training from.

    Each block of W_hh is orthogonal (Saxe et al., 2014), any other matrix is
    uniform in ±1/√columns; biases are zero, but 1 for the gates that the cell wants open.
    """
    parameters: dict[str, Array] = {}
    for name, shape in architecture.shapes.items():
        if len(shape) == 1:
            parameters[name] = np.zeros(shape)
        else:
            bound = 1 / np.sqrt(shape[1])
            parameters[name] = rng.uniform(-bound, bound, shape)
    spec, hidden = architecture.spec, architecture.hidden
    for k in range(architecture.layers):
        for name, parameter in spec.parameters.items():
            for gate in parameter.gates:
                block = parameters[f"layers.{k}.{name}"][parameter.rows(gate, hidden)]
                if name == "W_hh":
                    block[:] = _orthogonal(hidden, rng)
                if name == "b_ih" and gate in spec.open:
                    block[:] = 1
    return Network(architecture, {name: p.astype(dtype) for name, p in parameters.items()})  # type: ignore[call-overload]


def _orthogonal(size: int, rng: np.random.Generator) -> Array:
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return np.asarray(q * np.sign(np.diag(r)))
