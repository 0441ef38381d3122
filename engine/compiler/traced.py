"""Expressions that write themselves down: a function called with traced values says what it computes.

`derivative(op, 0)` calls the row of an operation with names in the place of arrays and gets back the
ufuncs that it applies. So what a plan computes in place is read from the same row that the
interpreter calls, and nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from engine.expr import LEAVES, OPS


@dataclass(frozen=True, eq=True)
class Traced(NDArrayOperatorsMixin):
    """A name, a number, or a ufunc of traced values.

    function: the ufunc's name, or None
    inputs:   what it is applied to
    name:     of a value, where there is no function
    number:   where there is neither
    """

    function: str | None = None
    inputs: tuple[Traced, ...] = ()
    name: str | None = None
    number: float | None = None

    # equality is that of data classes, not the ufunc
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Traced) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[Any, ...]:
        return (self.function, self.inputs, self.name, self.number)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **more: Any) -> Any:
        if method != "__call__" or more:
            return NotImplemented
        return apply(ufunc.__name__, *(a if isinstance(a, Traced) else constant(a) for a in inputs))

    @property
    def real(self) -> Traced:
        """Plans compute with real numbers."""
        return self

    def copy(self) -> Traced:
        return self

    def names(self) -> Iterator[str]:
        """Every name that it reads."""
        if self.name is not None:
            yield self.name
        for one in self.inputs:
            yield from one.names()


def value(name: str) -> Traced:
    return Traced(name=name)


def constant(number: float) -> Traced:
    return Traced(number=float(number))


ONE, MINUS_ONE = constant(1), constant(-1)


def apply(function: str, *inputs: Traced) -> Traced:
    """A ufunc of traced values; products with 1 and −1 are not computed."""
    if function == "multiply":
        for factor, other in (inputs, inputs[::-1]):
            if factor == ONE:
                return other
            if factor == MINUS_ONE:
                return apply("negative", other)
    if function == "negative" and inputs[0].number is not None:
        return constant(-inputs[0].number)
    return Traced(function, inputs)


def times(a: Traced, b: Traced) -> Traced:
    return apply("multiply", a, b)


def plus(a: Traced, b: Traced) -> Traced:
    """a + b, a difference where one of them is negative."""
    if b.function == "negative":
        return apply("subtract", a, b.inputs[0])
    if a.function == "negative":
        return apply("subtract", b, a.inputs[0])
    return apply("add", a, b)


PARAMETER = "parameter "
"""How the names of parameters begin, so that none is taken for a value."""


@cache
def forward_of(op: str) -> tuple[Traced, tuple[str, ...]]:
    """What an operation computes, and the names that stand for its inputs and parameters."""
    if op in LEAVES:
        names = ("0", *(f"{PARAMETER}{k}" for k in range(len(LEAVES[op].ranks))))
        return LEAVES[op].value(*map(value, names)), names  # type: ignore[return-value]
    row = OPS[op]
    names = tuple(str(k) for k in range(len(row.needs)))
    function: Callable[..., Any] = row.ufuncs or row.value
    return function(*map(value, names)), names


@cache
def partials_of(op: str) -> tuple[Traced, ...]:
    """∂y/∂input for each input of an operation: its vjp with 1 arriving. "y" is its own value."""
    if op in LEAVES:
        parameters = [value(f"{PARAMETER}{k}") for k in range(len(LEAVES[op].ranks))]
        return (LEAVES[op].vjp(ONE, *parameters),)  # type: ignore[return-value]
    row = OPS[op]
    inputs = [value(str(k)) for k in range(len(row.needs))]
    return row.vjp(ONE, value("y"), *inputs)  # type: ignore[return-value]


def rename(expression: Traced, names: dict[str, str]) -> Traced:
    """The same expression over other names."""
    if expression.name is not None:
        return value(names[expression.name])
    if expression.function is None:
        return expression
    return apply(expression.function, *(rename(one, names) for one in expression.inputs))
