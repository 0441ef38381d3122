"""Calls as Python source: what a plan runs is what a reader sees."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.compiler.calls import (
    GRADIENT,
    NUMBER,
    RECORD,
    SLOTTED,
    SPARE,
    WEIGHT,
    Call,
    Layout,
    Place,
    merge,
)

BY_KEYWORD = ("maximum", "minimum")
"""Ufuncs that NumPy wants to be told their output by name."""

NUMBERS = {"0.0": "zero", "1.0": "one", "-1.0": "minus_one"}


@dataclass(frozen=True, eq=False)
class Part:
    """A stretch of a plan: its source, and the function made of it.

    The function takes what is the same at all time steps, then, where there are steps, `rows`: what is
    another at each, and `idle` where sequences may be.
    """

    name: str
    source: str
    function: Callable[..., None]
    constant: tuple[Place, ...]
    rows: tuple[Place, ...]
    backwards: bool
    is_masked: bool


def write_part(
    name: str,
    calls: Sequence[Call],
    layouts: Mapping[str, Layout],
    states: Collection[str],
    *,
    steps: bool = False,
    backwards: bool = False,
    opening: Sequence[Call] = (),
    closing: Sequence[Call] = (),
) -> Part:
    """A function of the arrays that the calls speak of.

    steps:     run the calls at each time step, from the last to the first if backwards
    opening, closing: calls at the two ends of a step in which a sequence is idle
    """
    order = {array: {name: k for k, name in enumerate(layout.order())} for array, layout in layouts.items()}
    merged = [_sorted(call, order) for call in merge(calls, layouts, not steps)]
    every = [*opening, *merged, *closing]
    names = _variables([place for call in every for place in call.operands], states)
    rows = tuple(place for place in names if steps and place.array in (RECORD, GRADIENT, SPARE))
    constant = tuple(sorted(set(names) - set(rows), key=names.__getitem__))
    masked = bool(opening or closing)
    lines = [_line(call, names, whole=not steps) for call in merged]
    lines = [*_idle(opening, names), *lines, *_idle(closing, names)] or ["pass"]
    arguments = [names[place] for place in constant]
    if steps:
        arguments += ["rows", "idle"] if masked else ["rows"]
        each = f"({', '.join(names[place] for place in rows)},)"
        loop = f"for {each}, idle in zip(rows, idle):" if masked else f"for {each} in rows:"
        lines = [loop, *(f"    {line}" for line in lines)]
    head = f"def {name}({', '.join(arguments)}):"
    source = "\n".join([head, *(f"    {line}" for line in lines), ""])
    return Part(name, source, _compiled(name, source), constant, rows, backwards, masked)


def _variables(places: Sequence[Place], states: Collection[str]) -> dict[Place, str]:
    """A name for each place; one that is taken gets a number."""
    found: dict[Place, str] = {}
    for place in dict.fromkeys(places):
        name = variable(place, states)
        taken = set(found.values())
        found[place] = next(
            one for k in range(len(taken) + 1) if (one := f"{name}_{k}" if k else name) not in taken
        )
    return found


def variable(place: Place, states: Collection[str]) -> str:
    """A readable name for slots: `i_f_o`, `h_prev`, `d_a_h`, `W_ih`."""
    if place.array == NUMBER:
        return NUMBERS.get(place.name, "number_" + re.sub(r"\W", "_", place.name))
    if place.array == WEIGHT:
        return re.sub(r"\W", "_", "_".join(filter(None, place.names)))
    names = [
        f"{name}_prev" if name in states and not place.later and place.array in (RECORD, GRADIENT) else name
        for name in place.names
    ]
    text = "_".join(names)
    return ("d_" if place.array == GRADIENT else "") + re.sub(
        r"\W", "_", f"_{text}" if text[:1] == "1" else text
    )


def _sorted(call: Call, order: Mapping[str, Mapping[str, int]]) -> Call:
    """The slots of a product's sums in the order in which they lie."""
    *inputs, output = (
        Place(p.array, tuple(sorted(p.names, key=order[p.array].__getitem__)), p.later)
        if p.array in SLOTTED
        else p
        for p in call.operands
    )
    return Call(call.function, tuple(inputs), output)


def _line(call: Call, names: Mapping[Place, str], *, whole: bool = False) -> str:
    """whole: the call is for all time steps at once."""
    inputs = [names[p] for p in call.inputs]
    if call.function == "dot" and not whole:  # as a method, for np.dot looks for other kinds of arrays first
        return f"{inputs[0]}.dot({inputs[1]}, {names[call.output]})"
    function = "dots" if call.function == "dot" else call.function
    out = "out=" if function in BY_KEYWORD else ""  # it costs time where it is not needed
    return f"{function}({', '.join(inputs)}, {out}{names[call.output]})"


def _idle(calls: Sequence[Call], names: Mapping[Place, str]) -> list[str]:
    if not calls:
        return []
    return ["if idle is not None:", *(f"    {_line_idle(call, names)}" for call in calls)]


def _line_idle(call: Call, names: Mapping[Place, str]) -> str:
    if call.function == "copyto":
        return f"copyto({names[call.output]}, {names[call.inputs[0]]}, where=idle)"
    if call.function == "keep":
        return f"multiply({names[call.inputs[0]]}, idle, {names[call.output]})"
    return _line(call, names)


def dots(W: Any, a: Any, out: Any) -> None:
    """W a at all time steps: (R, N) and (T, N, B) into (T, R, B), or (T, N) into (T, R)."""
    if a.ndim == 2:
        np.matmul(a, W.T, out=out)
    else:
        np.matmul(W, a, out=out)


def _compiled(name: str, source: str) -> Callable[..., None]:
    """The source as a function; tracebacks show its lines."""
    filename = f"<plan {name} {abs(hash(source))}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    space: dict[str, Any] = {"dots": dots}
    for function in set(re.findall(r"(\w+)\(", source)) - {"dot", "dots", "zip", name}:
        space[function] = getattr(np, function)
    exec(
        compile(source, filename, "exec"), space
    )  # our own lines, made of names that are checked identifiers
    made: Callable[..., None] = space[name]
    return made
