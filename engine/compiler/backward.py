"""The calls of a backward pass, read from the derivatives of the operations.

Between the values that many others read (states, sums), a gradient passes through operations that act
unit by unit. Such a way is one factor, the product of its partial derivatives, and no gradient is
computed on it: d(a_i) = d(c) ⊙ slope, slope = g ⊙ i ⊙ (1 − i). A slope depends on the forward pass alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from engine.compiler.calls import GRADIENT, RECORD, SCRATCH, SPARE, WEIGHT, Call, Layout, Place, settle
from engine.compiler.forward import AFTER, BEFORE, STEP, Forward, Product, Room, evaluate
from engine.compiler.schedule import Item, Pointwise, Sum
from engine.compiler.traced import MINUS_ONE, ONE, PARAMETER, Traced, partials_of, plus, rename, times

SLOPES, REST = "slopes", "rest"
"""The slopes that the steps need, and gradients that nothing but a reader asks for."""

TURNED = "turned"
"""Marks a packed matrix that is to be read with rows and columns exchanged."""


@dataclass(frozen=True, eq=False)
class Backward:
    """Calls by phase, in the order after, slopes, step (from the last to the first), before, rest.

    cleared: slots that begin as zeros
    pointed: items with parameters that act unit by unit
    """

    calls: dict[str, list[Call]]
    layouts: dict[str, Layout]
    cleared: tuple[str, ...]
    pointed: tuple[Pointwise, ...]


def compile_backward(
    forward: Forward, given: Collection[str], wanted: Collection[str], hoist: bool
) -> Backward:
    """given: values whose gradient comes from outside; wanted: values, `x` or states' starts (`h0`) whose
    gradient is asked for; hoist: compute slopes for all steps at once and not in each."""
    found = _Walk(forward, given, wanted, SPARE if hoist else SCRATCH).run()
    if not hoist:
        found.calls[STEP][:0] = found.calls.pop(SLOPES)
    for phase in sorted(found.calls, key=lambda phase: phase != STEP):
        settle(found.calls[phase], found.layouts, phase != STEP)
    return found


@dataclass
class _Arrivals:
    """What reaches a value: other gradients times a slope, and through matrices."""

    slopes: dict[str, Traced] = field(default_factory=dict)
    products: list[Product] = field(default_factory=list)

    def add(self, root: str, slope: Traced) -> None:
        self.slopes[root] = plus(self.slopes[root], slope) if root in self.slopes else slope


class _Walk:
    """Goes through the items from the last to the first and writes the calls down."""

    def __init__(
        self, forward: Forward, given: Collection[str], wanted: Collection[str], slopes: str
    ) -> None:
        self.forward, self.schedule = forward, forward.schedule
        self.room = Room(forward.schedule)
        self.room.layouts[RECORD] = forward.layouts[RECORD]
        self.room.layouts[GRADIENT] = Layout({}, pens=forward.layouts[RECORD].pens)
        self.slopes = slopes
        self.wanted = set(wanted)
        self.filled = set(given)  # values whose slot holds something before their own turn
        self.cleared: list[str] = []
        self.arrivals: dict[str, _Arrivals] = {}
        self.ways: dict[str, tuple[str, Traced]] = {}  # value -> the gradient it is read from, by a slope
        self.settled: set[str] = set()  # values with a gradient of their own
        self.calls: dict[str, list[Call]] = {name: [] for name in (AFTER, SLOPES, STEP, BEFORE, REST)}
        self.products = {one.id: product for product in forward.products for one in product.sums}
        self.states = set(self.schedule.cell.states)
        self.needed = self._needed()

    def run(self) -> Backward:
        for product in self.forward.products:
            names = [self._slot(name).name for name in self.forward.rows[product.key]]
            for left, right in itertools.pairwise(names):
                self.room.layouts[GRADIENT].link([(left, right)])
        self._visit(self.schedule.after, AFTER)
        for item in self.schedule.steps:
            for name in (item.id, f"{item.id}_prev"):
                if name in self.arrivals:  # from what reads it after the steps
                    if item.id in self.states:
                        self._clear(item.id)
                    self._settle(name, AFTER)
                    self.filled.add(item.id)
        self._visit(self.schedule.steps, STEP)
        for state in self.schedule.carried:
            self._slot(state)
            self._settle(f"{state}_prev", STEP)
        self._visit(self.schedule.before, BEFORE)
        if self._matters("x"):
            self._settle("x", BEFORE)
        self._answer()
        pointed = tuple(i for i in self.schedule.items if isinstance(i, Pointwise) and i.parameters)
        return Backward(self.calls, self.room.layouts, tuple(self.cleared), pointed)

    # Which gradients matter

    def _needed(self) -> set[str]:
        """Items whose gradient is wanted, or leads to a parameter or to something wanted."""
        needed: set[str] = set()
        while True:
            more = {
                item.id
                for item in self.schedule.items
                if item.id not in needed
                and (
                    item.id in self.wanted
                    or isinstance(item, Sum)
                    or (isinstance(item, Pointwise) and item.parameters)
                    or any(self._leads(name, needed) for name in item.inputs)
                )
            }
            if not more:
                return needed
            needed |= more

    def _leads(self, name: str, needed: Collection[str]) -> bool:
        if name == "x":
            return "x" in self.wanted
        owner = self.schedule.owner(name)
        return owner in needed or (owner != name and f"{owner}0" in self.wanted)

    def _matters(self, name: str) -> bool:
        return self._leads(name, self.needed)

    # Item by item

    def _visit(self, items: Sequence[Item], phase: str) -> None:
        for item in reversed(items):
            if phase != STEP and f"{item.id}_prev" in self.arrivals:
                self._clear(item.id)
                self._settle(f"{item.id}_prev", phase)
            if item.id not in self.needed:
                continue
            if self._stands(item):
                self._settle(item.id, phase)
                self._send(item, item.id, ONE)
            elif item.id in self.arrivals:
                ((root, slope),) = self.arrivals[item.id].slopes.items()
                self.ways[item.id] = (root, slope)
                self._send(item, root, slope)

    def _stands(self, item: Item) -> bool:
        """Whether an item needs a gradient of its own, because much meets in it or a parameter reads it."""
        if isinstance(item, Sum) or (isinstance(item, Pointwise) and item.parameters):
            return True
        if item.id in self.filled or item.id in self.schedule.carried:
            return True
        arrivals = self.arrivals.get(item.id)
        return arrivals is not None and (len(arrivals.slopes) > 1 or bool(arrivals.products))

    def _send(self, item: Item, root: str, slope: Traced) -> None:
        """Tell the inputs of an item what reaches them."""
        if isinstance(item, Sum):
            for name in item.others:
                self._arrive(name).add(root, slope)
            for _, source in item.products:
                if self._matters(source) and self.products[item.id] not in self._arrive(source).products:
                    self._arrive(source).products.append(self.products[item.id])
        elif isinstance(item, Pointwise):
            names = {str(k): name for k, name in enumerate(item.inputs)} | {"y": item.id}
            for k, rows in enumerate(item.parameters):
                names[f"{PARAMETER}{k}"] = f"{PARAMETER}{rows.parameter} {rows.gate or ''}"
            for name, partial in zip(item.inputs, partials_of(item.op), strict=True):
                if self._matters(name):
                    self._arrive(name).add(root, times(slope, rename(partial, names)))

    def _arrive(self, name: str) -> _Arrivals:
        return self.arrivals.setdefault(name, _Arrivals())

    # Gradients of their own

    def _slot(self, name: str) -> Place:
        """Where the gradient of a value is kept; of a carried state in the row before or after."""
        record = self.room.record(name)
        size = self.room.layouts[RECORD].sizes[record.name]
        self.room.layouts[GRADIENT].sizes.setdefault(record.name, size)
        return Place(GRADIENT, record.names, record.later)

    def _clear(self, name: str) -> None:
        if name not in self.filled:
            self.filled.add(name)
            self.cleared.append(name)

    def _settle(self, name: str, phase: str) -> None:
        """Write the sum of all that reaches a value into its slot."""
        target = self._slot(name)
        owner = self.schedule.owner(name)
        carried = phase == STEP and name in self.schedule.carried  # the step after has written it
        holds = owner in self.filled or carried
        arrivals = self.arrivals.pop(name, _Arrivals())
        self.settled.add(name)
        for product in arrivals.products:
            weight = Place(WEIGHT, (product.key, name, TURNED))
            gradient = Place(GRADIENT, product.rows, self._slot(product.rows[0]).later)
            self._add(target, holds, phase, "dot", (weight, gradient))
            holds = True
        for root, slope in arrivals.slopes.items():
            self._add_slope(name, holds, phase, root, slope)
            holds = True
        if not holds:
            self._clear(owner)

    def _add(self, target: Place, holds: bool, phase: str, function: str, inputs: tuple[Place, ...]) -> None:
        if not holds:
            self.calls[phase].append(Call(function, inputs, target))
            return
        part = self._helper(target, phase)
        self.calls[phase] += [Call(function, inputs, part), Call("add", (target, part), target)]

    def _add_slope(self, name: str, holds: bool, phase: str, root: str, slope: Traced) -> None:
        target, start = self._slot(name), self._slot(root)
        if slope in (ONE, MINUS_ONE):
            alone, more = ("positive", "add") if slope == ONE else ("negative", "subtract")
            call = Call(more, (target, start), target) if holds else Call(alone, (start,), target)
            self.calls[phase].append(call)
        else:
            factor = self._factor(slope, f"slope {name} from {root}", target, phase)
            self._add(target, holds, phase, "multiply", (start, factor))

    def _helper(self, target: Place, phase: str) -> Place:
        array = SCRATCH if phase == STEP else SPARE
        size = self.room.layouts[GRADIENT].sizes[target.name]
        count = sum(name.startswith(f"into {target.name} ") for name in self.room.layouts[array].sizes)
        return self.room.slot(array, f"into {target.name} {count}", size)

    def _factor(self, slope: Traced, name: str, target: Place, phase: str) -> Place:
        """Where a slope lies; an expression is evaluated first."""
        places = {one: self._place(one) for one in slope.names()}
        if slope.name is not None:
            return places[slope.name]
        array, calls = (self.slopes, SLOPES) if phase == STEP else (SPARE, phase)
        size = self.room.layouts[GRADIENT].sizes[target.name]
        here = self.room.slot(array, name if phase == STEP else f"{name} {phase}", size)
        self.calls[calls] += evaluate(slope, here, places, array, size, self.room)
        return here

    def _place(self, name: str) -> Place:
        if name.startswith(PARAMETER):
            parameter, gate = name.removeprefix(PARAMETER).split(" ")
            return Place(WEIGHT, (parameter, gate))
        return self.room.record(name)

    def _answer(self) -> None:
        """Gradients that were asked for and have no slot yet."""
        for name in sorted(self.wanted):
            if name.endswith("0") and name[:-1] in self.states:
                if name[:-1] not in self.schedule.carried and f"{name[:-1]}_prev" not in self.settled:
                    self._slot(name[:-1])
                    self._clear(name[:-1])
            elif name not in self.settled:
                if name in self.ways:
                    self._add_slope(name, False, REST, *self.ways[name])
                elif name not in self.filled:
                    self._slot(name)
                    self._clear(name)
