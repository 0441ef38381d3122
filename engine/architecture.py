"""What a network is made of: its cell, its sizes, and the names and shapes of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from engine.cells import CellSpec, cell
from engine.errors import BadSetting

HEAD_VALUES = {"readout": "logits"}
"""What a head's value is called where it is not the head's own name."""

READS = ("all", "last")


def at_least_one(name: str, value: object) -> None:
    """Refuse a size that is none."""
    if type(value) is not int or value < 1:
        raise BadSetting(
            f"{name} has to be a whole number, 1 or more; {value!r} came.", name=name, value=value
        )


@dataclass(frozen=True)
class Direction:
    """One layer in one direction: what runs as a whole.

    name:   `layers.0`, or `layers.0.reverse` for the direction from the last step to the first
    inputs: the length of what it reads
    """

    name: str
    layer: int
    reverse: bool
    inputs: int


@dataclass(frozen=True)
class Architecture:
    """What a network is made of.

    cell:          a name in CELLS
    inputs:        I, the length of one encoded input, or of one row of the embedding
    hidden:        H, the number of units of each layer, in each direction
    heads:         parameter prefix -> size; `readout` gives `logits` and `probs`, others their own name
    layers:        how many layers stand on each other
    bidirectional: whether each layer also runs from the last step to the first; above it stand both
                   outputs, the forward one first (Schuster and Paliwal, 1997)
    vocabulary:    V, how many symbols an embedding (V, I) knows; 0 where inputs are numbers
    tied:          whether the embedding is also the readout's matrix (Press and Wolf, 2017)
    read:          "all": the heads say something at every step; "last": once, at each direction's end
    """

    cell: str
    inputs: int
    hidden: int
    heads: Mapping[str, int]
    layers: int = 1
    bidirectional: bool = False
    vocabulary: int = 0
    tied: bool = False
    read: str = "all"

    def __post_init__(self) -> None:
        sizes = {name: getattr(self, name) for name in ("inputs", "hidden", "layers")}
        for name, value in {**sizes, **self.heads}.items():
            at_least_one(name, value)
        if type(self.vocabulary) is not int or self.vocabulary < 0:
            raise BadSetting(
                f"vocabulary has to be a whole number, 0 or more; {self.vocabulary!r} came.",
                name="vocabulary",
                value=self.vocabulary,
            )
        if self.read not in READS:
            raise BadSetting(
                f"read is {' or '.join(READS)}; {self.read!r} came.", name="read", value=self.read
            )
        if self.tied and (self.heads.get("readout"), self.features) != (self.vocabulary, self.inputs):
            raise BadSetting(
                f"A tied readout needs as many classes as symbols, and as many features as the embedding is "
                f"wide; {self.heads.get('readout')} and {self.vocabulary}, {self.features} and {self.inputs} "
                "came.",
                name="tied",
                value=self.tied,
            )

    @property
    def spec(self) -> CellSpec:
        return cell(self.cell)

    @property
    def features(self) -> int:
        """The length of what the heads read."""
        return self.width(self.layers)

    @cached_property
    def directions(self) -> tuple[Direction, ...]:
        """Every layer in every direction, in order of computation."""
        return tuple(
            Direction(f"layers.{k}{'.reverse' if reverse else ''}", k, reverse, self.width(k))
            for k in range(self.layers)
            for reverse in ((False, True) if self.bidirectional else (False,))
        )

    @cached_property
    def stack(self) -> tuple[tuple[Direction, ...], ...]:
        """The directions of each layer, from the first layer to the last."""
        return tuple(tuple(d for d in self.directions if d.layer == k) for k in range(self.layers))

    @cached_property
    def values(self) -> tuple[str, ...]:
        """What a trace keeps of each layer and direction: carried states, then every named node."""
        spec = self.spec
        return (*(f"{s}_prev" for s in spec.states), *(n.id for n in spec.nodes if n.role != "term"))

    @cached_property
    def states(self) -> dict[str, int]:
        """The full name of every carried state, and how many units it has."""
        spec = self.spec
        return {
            f"{direction.name}.{state}": direction.inputs if state in spec.held else self.hidden
            for direction in self.directions
            for state in spec.states
        }

    def width(self, layer: int) -> int:
        """The length of what a layer reads, or of what the heads read above the last one."""
        if layer == 0:
            return self.inputs
        one = self.width(layer - 1) if self.spec.output in self.spec.held else self.hidden
        return one * (2 if self.bidirectional else 1)

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The full name and the shape of every parameter."""
        shapes: dict[str, tuple[int, ...]] = {}
        if self.vocabulary:
            shapes["embedding.W"] = (self.vocabulary, self.inputs)
        for direction in self.directions:
            sizes = {"I": direction.inputs, "H": self.hidden}
            for name, parameter in self.spec.parameters.items():
                shapes[f"{direction.name}.{name}"] = parameter.shape(sizes)
        for head, size in self.heads.items():
            if not (self.tied and head == "readout"):
                shapes[f"{head}.W"] = (size, self.features)
            shapes[f"{head}.b"] = (size,)
        return shapes

    def matrix(self, head: str) -> str:
        """The full name of the matrix that a head multiplies with."""
        return "embedding.W" if self.tied and head == "readout" else f"{head}.W"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
