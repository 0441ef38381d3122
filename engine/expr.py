"""The language in which cells are written: one row an operation.

An expression is data, so one description can be run, differentiated, printed and drawn. An
operation is a row of `OPS`; a place where a cell reads its parameters is a row of `LEAVES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.arrays import Array


@dataclass(frozen=True)
class Op:
    """An operation without parameters.

    value:    (*inputs) -> y
    vjp:      (g, y, *inputs) -> the gradient that each input receives when y receives g
    notation: how it is written, `{0}` and `{1}` standing for its inputs
    binds:    how tightly what it writes holds together
    needs:    how tightly each input has to hold together to stand without brackets
    ufuncs:   the same value from ufuncs alone, where `value` needs more; an overflow in it ends at the
              right limit. It is what a plan computes in place.
    """

    value: Callable[..., Array]
    vjp: Callable[..., tuple[Array, ...]]
    notation: str
    binds: int = 9
    needs: tuple[int, ...] = (0,)
    ufuncs: Callable[..., Array] | None = None


def _sigmoid(a: Array) -> Array:
    # exp only ever sees a number below zero: no overflow, and right in relative terms at both ends,
    # where 0.5 (1 + tanh(a / 2)) loses every digit. The real part decides, for complex steps.
    positive = a.real >= 0
    e = np.exp(np.where(positive, -a, a))
    return np.asarray(np.where(positive, 1, e) / (1 + e))


def _relu(a: Array) -> Array:
    return np.asarray(np.where(a.real <= 0, 0, a), dtype=a.dtype)  # so that nan stays nan


OPS: dict[str, Op] = {
    "add": Op(lambda a, b: a + b, lambda g, y, a, b: (g, g), "{0} + {1}", 1, (1, 1)),
    "sub": Op(lambda a, b: a - b, lambda g, y, a, b: (g, -g), "{0} − {1}", 1, (1, 2)),
    "mul": Op(lambda a, b: a * b, lambda g, y, a, b: (g * b, g * a), "{0} ⊙ {1}", 3, (3, 3)),
    "complement": Op(lambda a: 1 - a, lambda g, y, a: (-g,), "1 − {0}", 1, (2,)),
    "hold": Op(lambda a: a.copy(), lambda g, y, a: (g,), "{0}", 9, (9,)),
    "sigmoid": Op(
        _sigmoid,
        lambda g, y, a: (g * y * (1 - y),),
        "σ({0})",
        ufuncs=lambda a: 1 / (1 + np.exp(-a)),  # as right in relative terms, down to the normal numbers
    ),
    "tanh": Op(np.tanh, lambda g, y, a: (g * (1 - y * y),), "tanh({0})"),
    "relu": Op(_relu, lambda g, y, a: (g * (a.real > 0),), "relu({0})", ufuncs=lambda a: np.maximum(a, 0)),
}


@dataclass(frozen=True)
class Leaf:
    """A place where a cell reads parameters.

    value:  (a, *parameters) -> y, a of shape (..., N)
    vjp:    (g, *parameters) -> the gradient that a receives
    grads:  (g, a) -> the gradient of each parameter, g and a of shape (T·B, ·)
    ranks:  how many dimensions each parameter has
    needs:  how tightly its input has to hold together to stand without brackets
    """

    value: Callable[..., Array]
    vjp: Callable[..., Array]
    grads: Callable[[Array, Array], tuple[Array, ...]]
    ranks: tuple[int, ...]
    notation: str
    binds: int
    needs: tuple[int, ...]


LEAVES: dict[str, Leaf] = {
    "linear": Leaf(
        value=lambda a, W, b=None: a @ W.T if b is None else a @ W.T + b,  # (..., N) -> (..., H)
        vjp=lambda g, W, b=None: g @ W,
        grads=lambda g, a: (g.T @ a, g.sum(axis=0)),
        ranks=(2, 1),
        notation="{p} {0} + {q}",
        binds=1,
        needs=(9,),
    ),
    "diag": Leaf(
        value=lambda a, p: p * a,  # (..., H) -> (..., H)
        vjp=lambda g, p: g * p,
        grads=lambda g, a: ((g * a).sum(axis=0),),
        ranks=(1,),
        notation="{p} ⊙ {0}",
        binds=3,
        needs=(3,),
    ),
}


@dataclass(frozen=True)
class Rows:
    """The rows of one gate in a stacked parameter, or the whole of it where gate is None."""

    parameter: str
    gate: str | None = None

    @property
    def symbol(self) -> str:
        """As the field writes it: the rows of gate i in W_ih are W_ii, in W_hh they are W_hi."""
        return self.parameter if self.gate is None else self.parameter[:-1] + self.gate


@dataclass(frozen=True)
class Stacked:
    """A parameter with one block of H rows for each gate, as PyTorch keeps it: `W_ih["i"]`."""

    name: str

    def __getitem__(self, gate: str) -> Rows:
        return Rows(self.name, gate)


@dataclass(frozen=True)
class Expr:
    """One operation applied to expressions; a bare name is the operation "symbol"."""

    op: str
    inputs: tuple[Expr, ...] = ()
    parameters: tuple[Rows, ...] = ()
    name: str | None = None

    def __add__(self, other: Expr) -> Expr:
        return Expr("add", (self, other))

    def __sub__(self, other: Expr) -> Expr:
        return Expr("sub", (self, other))

    def __mul__(self, other: Expr) -> Expr:
        return Expr("mul", (self, other))

    def __rsub__(self, one: int) -> Expr:
        if one != 1:
            return NotImplemented
        return Expr("complement", (self,))


def symbols(names: str) -> tuple[Expr, ...]:
    """`f, c_prev = symbols("f c_prev")`: names to write equations with."""
    return tuple(Expr("symbol", name=name) for name in names.split())


def named(name: str, expr: Expr) -> Expr:
    """Give a part of an equation a name of its own, so that it is kept and can be spoken of."""
    return replace(expr, name=name)


def linear(W: Rows, b: Rows | None, a: Expr) -> Expr:
    """W a + b: a matrix, and a bias unless b is None."""
    return Expr("linear", (a,), (W,) if b is None else (W, b))


def diag(p: Rows | str, a: Expr) -> Expr:
    """p ⊙ a: one weight a unit, as a peephole has."""
    return Expr("diag", (a,), (Rows(p) if isinstance(p, str) else p,))


def hold(a: Expr) -> Expr:
    """The same value under another name."""
    return Expr("hold", (a,))


def sigmoid(a: Expr) -> Expr:
    return Expr("sigmoid", (a,))


def tanh(a: Expr) -> Expr:
    return Expr("tanh", (a,))


def relu(a: Expr) -> Expr:
    return Expr("relu", (a,))


def write(expr: Expr) -> str:
    """An expression as the field writes it: `σ(W_ii x_t + b_ii + W_hi h_t−1 + b_hi)`."""
    if expr.op == "symbol":
        name = expr.name or ""
        return f"{name.removesuffix('_prev')}_t−1" if name.endswith("_prev") else f"{name}_t"
    row: Op | Leaf = OPS.get(expr.op) or LEAVES[expr.op]
    inputs = [
        f"({write(e)})" if _binds(e) < need else write(e)
        for e, need in zip(expr.inputs, row.needs, strict=True)
    ]
    if isinstance(row, Op):
        return row.notation.format(*inputs)
    p, *rest = [rows.symbol for rows in expr.parameters]
    notation = row.notation if rest else row.notation.split(" + {q}")[0]
    return notation.format(*inputs, p=p, q="".join(rest))


def _binds(expr: Expr) -> int:
    row = OPS.get(expr.op) or LEAVES.get(expr.op)
    return 9 if row is None else row.binds
