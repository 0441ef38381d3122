"""When each value of a cell is computed: before the steps, in them, or after them.

A cell's graph, with its sums of matrix products gathered. What no carried state has a say in is
computed for all time steps at once before the first; what no carried state reads, after the last.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.cells import CellSpec, Node
from engine.expr import Rows

PREVIOUS = "_prev"


@dataclass(frozen=True)
class Sum:
    """A node that adds matrix products: Σ W a + Σ b + Σ other values, of length H."""

    id: str
    products: tuple[tuple[Rows, str], ...]
    biases: tuple[Rows, ...]
    others: tuple[str, ...]
    size: str = "H"

    @property
    def inputs(self) -> tuple[str, ...]:
        return (*(source for _, source in self.products), *self.others)


@dataclass(frozen=True)
class Pointwise:
    """A node that is computed unit by unit."""

    id: str
    op: str
    inputs: tuple[str, ...]
    parameters: tuple[Rows, ...]
    size: str


@dataclass(frozen=True)
class Forced:
    """A node whose units all take one number, whatever they would be computed to be."""

    id: str
    size: str
    inputs: tuple[str, ...] = ()


Item = Sum | Pointwise | Forced


@dataclass(frozen=True, eq=False)
class Schedule:
    """The items of a cell, each in its phase.

    forced: nodes whose units all take a number that is known when the plan runs
    masked: whether a step may leave the states of a sequence as they are; every state is then carried
    """

    cell: CellSpec
    forced: Collection[str]
    masked: bool

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """In order of computation."""
        absorbed = self._absorbed
        return tuple(self._item(node, absorbed) for node in self.cell.nodes if node.id not in absorbed)

    @cached_property
    def before(self) -> tuple[Item, ...]:
        return self._at_once(lambda id: not self._follows_cycle(id))

    @cached_property
    def steps(self) -> tuple[Item, ...]:
        return self._where(lambda id: self._follows_cycle(id) and self._leads_to_cycle(id))

    @cached_property
    def after(self) -> tuple[Item, ...]:
        return self._at_once(lambda id: self._follows_cycle(id) and not self._leads_to_cycle(id))

    @cached_property
    def carried(self) -> tuple[str, ...]:
        """The states that wait for the step before."""
        inside = {item.id for item in self.steps}
        return tuple(s for s in self.cell.states if s in inside)

    def early(self, name: str) -> bool:
        """Whether a value is known at all steps before the first is taken."""
        if name == "x":
            return True
        return not self._follows_cycle(name.removesuffix(PREVIOUS) if self.is_previous(name) else name)

    def is_previous(self, name: str) -> bool:
        return name.endswith(PREVIOUS) and name[: -len(PREVIOUS)] in self.cell.states

    def size(self, name: str) -> str:
        return self.cell.size(name)

    # Sums

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {node.id: node for node in self.cell.nodes}

    @cached_property
    def _absorbed(self) -> set[str]:
        """Nameless terms that only one sum reads: they are added where they are computed."""
        readers: dict[str, list[Node]] = {}
        for node in self.cell.nodes:
            for name in node.inputs:
                readers.setdefault(name, []).append(node)
        return {
            node.id
            for node in self.cell.nodes
            if node.role == "term"
            and node.op in ("linear", "add")
            and [reader.op for reader in readers.get(node.id, [])] == ["add"]
            and self._has_product(node)
        }

    def _has_product(self, node: Node) -> bool:
        """Whether a matrix product stands somewhere among what a node adds."""
        if node.op != "add":
            return node.op == "linear"
        terms = (self._nodes[name] for name in node.inputs if name in self._nodes)
        return any(self._has_product(term) for term in terms if term.role == "term")

    def _item(self, node: Node, absorbed: Collection[str]) -> Item:
        if node.id in self.forced:
            return Forced(node.id, node.size)
        if node.op == "linear" or (node.op == "add" and any(name in absorbed for name in node.inputs)):
            return self._sum(node, absorbed)
        return Pointwise(node.id, node.op, node.inputs, node.parameters, node.size)

    def _sum(self, node: Node, absorbed: Collection[str]) -> Sum:
        products: list[tuple[Rows, str]] = []
        biases: list[Rows] = []
        others: list[str] = []

        def gather(term: Node) -> None:
            if term.op == "linear":
                products.append((term.parameters[0], term.inputs[0]))
                biases.extend(term.parameters[1:])
                return
            for name in term.inputs:
                if name in absorbed:
                    gather(self._nodes[name])
                else:
                    others.append(name)

        gather(node)
        return Sum(node.id, tuple(products), tuple(biases), tuple(others))

    # Phases

    def _where(self, belongs: Callable[[str], bool]) -> tuple[Item, ...]:
        return tuple(item for item in self.items if belongs(item.id))

    def _at_once(self, belongs: Callable[[str], bool]) -> tuple[Item, ...]:
        """Items for all time steps at once: a state comes before what reads it a step later."""
        items = {item.id: item for item in self._where(belongs)}
        ordered: dict[str, Item] = {}

        def place(id: str) -> None:
            if id in items and id not in ordered:
                for other in sorted(self._reads[id]):
                    place(other)
                ordered[id] = items[id]

        for id in items:
            place(id)
        return tuple(ordered.values())

    @cached_property
    def _reads(self) -> dict[str, set[str]]:
        """Value -> the values it is computed from, those of the step before too."""
        reads = {item.id: {self.owner(name) for name in item.inputs} - {"x"} for item in self.items}
        for state in self.cell.states if self.masked else ():
            reads[state].add(state)  # where a sequence has ended, a state stays what it was
        return reads

    def owner(self, name: str) -> str:
        return name[: -len(PREVIOUS)] if self.is_previous(name) else name

    @cached_property
    def _cyclic(self) -> set[str]:
        """Values that are computed from themselves, a step earlier."""
        return {id for id in self._reads if id in _reached(self._reads[id], self._reads)}

    def _follows_cycle(self, id: str) -> bool:
        return bool(self._cyclic & ({id} | _reached(self._reads[id], self._reads)))

    def _leads_to_cycle(self, id: str) -> bool:
        return any(id == one or id in _reached(self._reads[one], self._reads) for one in self._cyclic)


def _reached(start: Iterable[str], edges: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(edges[name])
    return found
