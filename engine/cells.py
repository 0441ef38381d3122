"""The cells, each written once, as equations. Everything else about a cell is read from here.

RNN: Elman, Finding structure in time (1990). LSTM: Hochreiter and Schmidhuber (1997) with the forget
gate of Gers et al. (2000). GRU: Cho et al. (2014), with the reset gate applied after the matrix, as
PyTorch and cuDNN compute it. Gate order and parameter names are PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.errors import CellError, UnknownName
from engine.expr import (
    LEAVES,
    Expr,
    Rows,
    Stacked,
    hold,
    linear,
    named,
    relu,
    sigmoid,
    symbols,
    tanh,
    write,
)


@dataclass(frozen=True)
class Node:
    """One operation of a cell's graph. `inputs` are the edges; `x` and `<state>_prev` come from outside.

    role: gate, state, preactivation, part (another named value) or term (nameless, not kept in a trace)
    size: "I" or "H", the length of its value
    """

    id: str
    op: str
    inputs: tuple[str, ...]
    parameters: tuple[Rows, ...]
    role: str
    size: str
    formula: str


@dataclass(frozen=True)
class Parameter:
    """A parameter of a cell: one block of H rows for each of its gates, or a single nameless block."""

    name: str
    gates: tuple[str | None, ...]
    columns: str | None  # "I", "H", or None for a vector

    def shape(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        rows = len(self.gates) * sizes["H"]
        return (rows,) if self.columns is None else (rows, sizes[self.columns])

    def rows(self, gate: str | None, hidden: int) -> slice:
        block = self.gates.index(gate)
        return slice(block * hidden, (block + 1) * hidden)


@dataclass(frozen=True, eq=False)
class CellSpec:
    """A cell: its equations in order of computation.

    gates:     the order of the row blocks in W_ih, b_ih, W_hh and b_hh
    states:    what is carried to the next time step, where it is read as `<state>_prev`
    equations: name -> expression over x, the carried states, and names defined above it
    output:    the value that the next layer and the readout see
    held:      the states that are as long as the input (size I); the others have the hidden size H
    open:      gates whose bias starts at 1, so that they begin open (Jozefowicz et al., 2015)
    """

    name: str
    gates: tuple[str, ...]
    states: tuple[str, ...]
    equations: Mapping[str, Expr]
    output: str = "h"
    held: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The equations as a flat graph, in order of computation."""
        nodes: dict[str, Node] = {}
        for name, expr in self.equations.items():
            self._flatten(named(name, expr if expr.op != "symbol" else hold(expr)), name, nodes)
        for state in (*self.states, self.output):
            if state not in nodes:
                raise CellError(
                    f"Cell {self.name!r} has no equation for {state!r}, which it carries or puts out.",
                    cell=self.name,
                    name=state,
                )
        return tuple(nodes.values())

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Every parameter that the equations read, in order of first use."""
        found: dict[str, tuple[set[str | None], str | None]] = {}
        for node in self.nodes:
            for rows, rank in zip(node.parameters, self._ranks(node), strict=False):
                columns = None if rank == 1 else self.size(node.inputs[0])
                gates, known = found.setdefault(rows.parameter, (set(), columns))
                if known != columns:
                    raise CellError(
                        f"Cell {self.name!r} reads {rows.parameter!r} with two shapes.",
                        cell=self.name,
                        name=rows.parameter,
                    )
                gates.add(rows.gate)
        return {
            name: Parameter(name, self._ordered(gates), columns) for name, (gates, columns) in found.items()
        }

    @cached_property
    def ahead(self) -> frozenset[str]:
        """The nodes that need no state: they can be computed for all time steps at once."""
        ready = {"x"}
        for node in self.nodes:
            if ready.issuperset(node.inputs):
                ready.add(node.id)
        return frozenset(ready - {"x"})

    def size(self, name: str) -> str:
        """How long the value of a node, of x or of a carried state is: "I" or "H"."""
        if self._outside(name):
            return "I" if name == "x" or name[:-5] in self.held else "H"
        return self._sizes[name]

    def formula(self, name: str) -> str:
        return f"{name}_t = {write(self.equations[name])}"

    @cached_property
    def _sizes(self) -> dict[str, str]:
        return {node.id: node.size for node in self.nodes}

    def _ordered(self, gates: set[str | None]) -> tuple[str | None, ...]:
        unknown = gates - {None, *self.gates}
        if unknown:
            raise CellError(
                f"Cell {self.name!r} reads rows of {', '.join(sorted(map(str, unknown)))}, "
                f"but its gates are {', '.join(self.gates) or 'none'}.",
                cell=self.name,
            )
        return tuple(g for g in (None, *self.gates) if g in gates)

    @staticmethod
    def _ranks(node: Node) -> tuple[int, ...]:
        return LEAVES[node.op].ranks if node.op in LEAVES else ()

    def _flatten(self, expr: Expr, owner: str, nodes: dict[str, Node]) -> str:
        """Add expr and what it reads to nodes; return the id of its value."""
        if expr.op == "symbol":
            return self._known(expr.name or "", nodes)
        inner = expr.name or owner
        inputs = tuple(self._flatten(e, inner, nodes) for e in expr.inputs)
        if expr.name and (expr.name in nodes or self._outside(expr.name)):
            raise CellError(
                f"Cell {self.name!r} defines {expr.name!r} twice. A name stands for one value; "
                "x and the carried states are there from the start.",
                cell=self.name,
                name=expr.name,
            )
        id = expr.name or _fresh(f"{owner}.{inputs[0] if expr.op in LEAVES else expr.op}", nodes)
        nodes[id] = Node(
            id=id,
            op=expr.op,
            inputs=inputs,
            parameters=expr.parameters,
            role=self._role(expr.name),
            size="H" if expr.op == "linear" else self._size_of(inputs[0], nodes),
            formula=write(expr),
        )
        return id

    def _known(self, name: str, nodes: dict[str, Node]) -> str:
        if name in nodes or self._outside(name):
            return name
        raise CellError(
            f"Cell {self.name!r} reads {name!r} before it is defined. "
            f"An equation may read x, a carried state, or a name above it.",
            cell=self.name,
            name=name,
        )

    def _outside(self, name: str) -> bool:
        return name == "x" or (name.endswith("_prev") and name[:-5] in self.states)

    def _size_of(self, id: str, nodes: dict[str, Node]) -> str:
        return nodes[id].size if id in nodes else self.size(id)

    def _role(self, name: str | None) -> str:
        if name is None:
            return "term"
        if name in self.states or name == self.output:
            return "state"
        if name in self.gates:
            return "gate"
        return "preactivation" if name.startswith("a_") else "part"


def _fresh(id: str, taken: Mapping[str, object]) -> str:
    candidates: Iterator[str] = (id if n == 1 else f"{id}{n}" for n in range(1, len(taken) + 2))
    return next(c for c in candidates if c not in taken)


W_ih, b_ih, W_hh, b_hh = (Stacked(name) for name in ("W_ih", "b_ih", "W_hh", "b_hh"))
x, h_prev, c_prev = symbols("x h_prev c_prev")
i, f, g, o, c, keep, put = symbols("i f g o c keep write")
r, z, n, hn = symbols("r z n hn")


def gate(activation: Callable[[Expr], Expr], name: str) -> Expr:
    """activation(W_i· x_t + b_i· + W_h· h_t−1 + b_h·), its sum kept as `a_<name>`."""
    total = linear(W_ih[name], b_ih[name], x) + linear(W_hh[name], b_hh[name], h_prev)
    return activation(named(f"a_{name}", total))


RNN = CellSpec("rnn", gates=("h",), states=("h",), equations={"h": gate(tanh, "h")})

RNN_RELU = CellSpec("rnn-relu", gates=("h",), states=("h",), equations={"h": gate(relu, "h")})

LSTM = CellSpec(
    "lstm",
    gates=("i", "f", "g", "o"),
    states=("h", "c"),
    equations={
        "i": gate(sigmoid, "i"),
        "f": gate(sigmoid, "f"),
        "g": gate(tanh, "g"),
        "o": gate(sigmoid, "o"),
        "keep": f * c_prev,
        "write": i * g,
        "c": keep + put,
        "h": o * tanh(c),
    },
    open=("f",),
)

GRU = CellSpec(
    "gru",
    gates=("r", "z", "n"),
    states=("h",),
    equations={
        "r": gate(sigmoid, "r"),
        "z": gate(sigmoid, "z"),
        "hn": linear(W_hh["n"], b_hh["n"], h_prev),
        "n": tanh(named("a_n", linear(W_ih["n"], b_ih["n"], x) + r * hn)),
        "write": (1 - z) * n,
        "keep": z * h_prev,
        "h": put + keep,
    },
)


def window(frames: int) -> CellSpec:
    """A rival without recurrence: one hidden layer over the last few inputs.

    Its whole memory is a shift register of `frames` − 1 earlier inputs; before the first input it
    holds zeros. With one frame it has no memory at all.
    """
    held = [f"x{k}" for k in range(1, frames)]
    earlier = symbols(" ".join(f"{name}_prev" for name in held)) if held else ()
    total = linear(Rows("W_ih"), Rows("b_ih"), x)
    for name, past in zip(held, earlier, strict=True):
        total = total + linear(Rows(f"W_{name}h"), None, past)
    register = dict(zip(held, (x, *earlier), strict=False))
    return CellSpec(
        "memoryless" if frames == 1 else f"window-{frames}",
        gates=(),
        states=tuple(held),
        equations={"h": relu(named("a_h", total)), **register},
        held=tuple(held),
    )


BAG = CellSpec("bag", gates=(), states=("h",), equations={"h": h_prev + x}, held=("h",))
"""A rival that knows no order: whatever it has read is added up, a bag of words."""

CELLS: dict[str, CellSpec] = {
    cell.name: cell for cell in (RNN, RNN_RELU, LSTM, GRU, window(1), window(2), window(4), BAG)
}


def cell(name: str) -> CellSpec:
    """The cell of that name, or an UnknownName that lists them all."""
    if name not in CELLS:
        raise UnknownName("cell", name, sorted(CELLS))
    return CELLS[name]
