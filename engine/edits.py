"""What-if: changes to a network that are part of the question, not of the network.

layers.0.W_hh[3,1]:0.5     one weight, by its place
scale:layers.0.W_hh:1.2    a whole parameter, times a number
force:layers.0.f:1         every unit of a value, at every time step
force:layers.0.h[3]:0      one unit of it: silenced
h0[2]:0.4                  one unit of an initial state of the first layer
layers.1.reverse.h0[2]:0.4 the same of any layer and direction
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np

from engine.arrays import Array, Forced
from engine.encoders import NUMBER
from engine.errors import InputError
from engine.network import Network
from engine.trace import Trace

PLACE = re.compile(r"(?P<name>[\w.]+)\[(?P<index>\d{1,6}(,\d{1,6})?)\]:(?P<value>[^:]+)", re.ASCII)
WHOLE = re.compile(
    r"(?P<verb>scale|force):(?P<name>[\w.]+)(\[(?P<unit>\d{1,6})\])?:(?P<value>[^:]+)", re.ASCII
)
FORM = "Write layers.0.W_hh[3,1]:0.5, scale:layers.0.W_hh:1.2, force:layers.0.h[3]:0 or h0[2]:0.4."


@dataclass(frozen=True)
class Edited:
    """A changed network, and how to run it.

    initial: full name of a state -> unit -> value
    forced:  full name -> the value of its units at all time steps; see `Network.forward`
    """

    network: Network
    initial: dict[str, dict[int, float]] = field(default_factory=dict)
    forced: dict[str, Forced] = field(default_factory=dict)

    def run(self, x: Array, *, memory: bool = True, reuse: bool = False) -> Trace:
        """Run x (T, B, I) with all edits in force; see `Network.forward`."""
        start = self._start(x.shape[1])
        return self.network.forward(x, start, memory=memory, forced=self.forced, reuse=reuse)

    def before(self) -> dict[str, Array]:
        """What the heads say of the states that it begins with; see `Network.before`."""
        return self.network.before(self._start(1))

    def _start(self, batch: int) -> dict[str, Array]:
        if not self.initial:
            return {}
        sizes = self.network.architecture.states
        start = {}
        for state, units in self.initial.items():
            start[state] = np.zeros((batch, sizes[state]), self.network.dtype)
            for unit, value in units.items():
                start[state][:, unit] = value
        return start


def edit(network: Network, edits: Sequence[str]) -> Edited:
    """Apply edits in their order to a copy; without any it is the network itself. An InputError names the
    first that cannot be applied."""
    if not edits:
        return Edited(network)
    edited = Edited(Network(network.architecture, {n: p.copy() for n, p in network.parameters.items()}))
    for text in edits:
        if match := WHOLE.fullmatch(text):
            value = _number(text, match["value"])
            if match["verb"] == "scale":
                _scale(edited, text, match["name"], match["unit"], value)
            else:
                _force(edited, text, match["name"], match["unit"], value)
        elif match := PLACE.fullmatch(text):
            index = tuple(int(part) for part in match["index"].split(","))
            _place(edited, text, match["name"], index, _number(text, match["value"]))
        else:
            _refuse(text, FORM)
    return edited


def _scale(edited: Edited, text: str, name: str, unit: str | None, value: float) -> None:
    if unit is not None:
        _refuse(text, f"A parameter is scaled as a whole: write scale:{name}:{value:g}.")
    parameter = _parameter(edited, text, name)
    parameter *= value


def _force(edited: Edited, text: str, name: str, unit: str | None, value: float) -> None:
    forcible = edited.network.widths
    if name not in forcible:
        _refuse(text, f"Values that can be forced are {', '.join(forcible)}.")
    if unit is None:
        edited.forced[name] = value
        return
    if int(unit) >= forcible[name]:
        _refuse(text, f"{name} has {forcible[name]} units, counted from 0.")
    each = np.full(forcible[name], edited.forced.get(name, math.nan), edited.network.dtype)
    each[int(unit)] = value
    edited.forced[name] = each


def _place(edited: Edited, text: str, name: str, index: tuple[int, ...], value: float) -> None:
    sizes = edited.network.architecture.states
    state = name.removesuffix("0")
    full = state if "." in state else f"layers.0.{state}"
    if name.endswith("0") and full in sizes:
        if len(index) != 1 or index[0] >= sizes[full]:
            _refuse(text, f"{name} has {sizes[full]} units, counted from 0.")
        edited.initial.setdefault(full, {})[index[0]] = value
        return
    parameter = _parameter(edited, text, name)
    if len(index) != parameter.ndim or any(i >= n for i, n in zip(index, parameter.shape, strict=True)):
        _refuse(text, f"{name} has the shape {parameter.shape}, counted from 0.")
    parameter[index] = value


def _parameter(edited: Edited, text: str, name: str) -> Array:
    known = edited.network.parameters
    if name not in known:
        _refuse(text, f"Parameters are {', '.join(known)}.")
    return known[name]


def _number(text: str, value: str) -> float:
    number = float(value) if NUMBER.fullmatch(value) else math.nan
    if not abs(number) <= 1e6:
        _refuse(text, "The value has to be a number from -1e6 to 1e6.")
    return number


def _refuse(text: str, why: str) -> NoReturn:
    raise InputError(f"The edit {text[:60]!r} cannot be applied. {why}", edit=text[:60])
