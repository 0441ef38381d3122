"""Calls of ufuncs on slots of arrays, and where the slots lie.

A slot holds one named value of a time step. Slots that lie beside each other can be read or written
by one call, and a call costs more than the numbers of a small layer: so neighbours are chosen such
that as many calls as possible become one.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

RECORD, GRADIENT, SPARE, SCRATCH = "record", "gradient", "spare", "scratch"
"""Arrays: values of the forward pass, gradients, helpers of all time steps; helpers of one step."""

WEIGHT, NUMBER = "weight", "number"
"""What is no slot: a packed parameter, a constant."""

SLOTTED = (RECORD, GRADIENT, SPARE, SCRATCH)


@dataclass(frozen=True)
class Place:
    """Neighbouring slots of an array at a time step, or at all of them.

    later: 1 for the row after the step's own: row t + 1 of a state's slot is the state after step t,
           row t the one before it, so that nothing is carried by hand
    """

    array: str
    names: tuple[str, ...]
    later: int = 0

    @property
    def name(self) -> str:
        return self.names[0]


def at(array: str, name: str, later: int = 0) -> Place:
    return Place(array, (name,), later)


def number(value: float) -> Place:
    return Place(NUMBER, (repr(value),))


@dataclass(frozen=True)
class Call:
    """A ufunc with its inputs and where its result goes, or `dot`: a matrix, and slots that lie together."""

    function: str
    inputs: tuple[Place, ...]
    output: Place

    @property
    def operands(self) -> tuple[Place, ...]:
        return (*self.inputs, self.output)


@dataclass
class Layout:
    """The order of the slots of one array, found by linking neighbours.

    sizes: name -> "I", "H" or "1", how many numbers a slot holds
    pens:  names that may only be linked among each other, because one product writes them all
    """

    sizes: dict[str, str]
    pens: list[Collection[str]] = field(default_factory=list)
    after: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)

    def link(self, pairs: Sequence[tuple[str, str]]) -> bool:
        """Make each second name the right neighbour of the first; all of them, or none."""
        after, before = dict(self.after), dict(self.before)
        for left, right in pairs:
            if self.after.get(left) == right:
                continue
            if left in self.after or right in self.before or not self._may_meet(left, right):
                self.after, self.before = after, before
                return False
            self.after[left], self.before[right] = right, left
        return True

    def join(self, names: Sequence[str]) -> tuple[str, ...]:
        """Bring names into one chain, chains that are there already unbroken; return their order."""
        heads = [name for name in names if self.before.get(name) not in names]
        chains = [[name for name in self._chain(head) if name in names] for head in heads]
        for left, right in itertools.pairwise(chains):
            self.link([(left[-1], right[0])])
        return tuple(name for chain in chains for name in chain)

    def freeze(self) -> None:
        """Let all slots keep their places from now on."""
        order = self.order()
        self.after = dict(itertools.pairwise(order))
        self.before = dict(zip(order[1:], order, strict=False))

    def order(self) -> list[str]:
        """All slots, each chain in one piece."""
        return [name for head in self.sizes if head not in self.before for name in self._chain(head)]

    def offsets(self, sizes: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        """name -> the first row of its slot, and the row after the last, for I and H as given."""
        found, here = {}, 0
        for name in self.order():
            found[name] = (here, here + sizes[self.sizes[name]])
            here += sizes[self.sizes[name]]
        return found

    def _chain(self, name: str) -> list[str]:
        chain = [name]
        while chain[-1] in self.after:
            chain.append(self.after[chain[-1]])
        return chain

    def _may_meet(self, left: str, right: str) -> bool:
        if right in self._chain(left) or left in self._chain(right):
            return False
        return all((left in pen) == (right in pen) for pen in self.pens)


Layouts = Mapping[str, Layout]


def levels(calls: Sequence[Call], at_once: bool) -> list[list[Call]]:
    """Calls in groups that can run in any order among themselves: each waits for the groups before it.

    at_once: the calls are for all time steps, so that a state before and after a step is one array
    """
    written: dict[tuple[str, str, int], int] = {}
    read: dict[tuple[str, str, int], int] = {}
    found: list[list[Call]] = []
    for call in calls:
        inputs, output = _keys(call.inputs, at_once), _keys((call.output,), at_once)
        waits = [written.get(key, 0) for key in inputs + output] + [read.get(key, 0) for key in output]
        level = max(waits, default=0) + 1
        read |= {key: max(level, read.get(key, 0)) for key in inputs}
        written |= dict.fromkeys(output, level)
        found += [[] for _ in range(level - len(found))]
        found[level - 1].append(call)
    return found


def _keys(places: Sequence[Place], at_once: bool) -> list[tuple[str, str, int]]:
    return [
        (p.array, name, 0 if at_once else p.later) for p in places if p.array in SLOTTED for name in p.names
    ]


def settle(calls: Sequence[Call], layouts: Layouts, at_once: bool) -> None:
    """Link slots so that calls of one level that do the same become neighbours."""
    for level in levels(calls, at_once):
        rows: list[tuple[Call, Call]] = []  # the first and the last of neighbours
        for call in level:
            for k, (first, last) in enumerate(rows):
                if _link(last, call, layouts):
                    rows[k] = (first, call)
                    break
                if _link(call, first, layouts):
                    rows[k] = (call, last)
                    break
            else:
                rows.append((call, call))


def _link(left: Call, right: Call, layouts: Layouts) -> bool:
    if not _alike(left, right):
        return False
    kept = {name: (dict(layout.after), dict(layout.before)) for name, layout in layouts.items()}
    pairs = zip(left.operands, right.operands, strict=True)
    for p, q in pairs:
        if p.array in SLOTTED and not layouts[p.array].link([(p.names[-1], q.names[0])]):
            for name, (after, before) in kept.items():
                layouts[name].after, layouts[name].before = after, before
            return False
    return True


def _alike(p: Call, q: Call) -> bool:
    """Whether two calls would be one if only their slots were neighbours."""
    if p.function != q.function or p.function == "dot":
        return False
    return all(
        (a.array, a.later) == (b.array, b.later) if a.array in SLOTTED else a == b and a.array == NUMBER
        for a, b in zip(p.operands, q.operands, strict=True)
    )


def merge(calls: Sequence[Call], layouts: Layouts, at_once: bool) -> list[Call]:
    """The calls by level, those on neighbouring slots made one."""
    where = {array: {name: k for k, name in enumerate(layout.order())} for array, layout in layouts.items()}
    merged: list[Call] = []
    for level in levels(calls, at_once):
        done: list[Call] = []
        for call in sorted(level, key=lambda c: where[c.output.array][c.output.name]):
            for k, left in enumerate(done):
                if _alike(left, call) and _touch(left, call, where):
                    done[k] = _one(left, call)
                    break
            else:
                done.append(call)
        merged += done
    return merged


def _touch(left: Call, right: Call, where: Mapping[str, Mapping[str, int]]) -> bool:
    return all(
        p.array not in SLOTTED or where[p.array][p.names[-1]] + 1 == where[q.array][q.name]
        for p, q in zip(left.operands, right.operands, strict=True)
    )


def _one(left: Call, right: Call) -> Call:
    *inputs, output = (
        p if p.array not in SLOTTED else Place(p.array, p.names + q.names, p.later)
        for p, q in zip(left.operands, right.operands, strict=True)
    )
    return Call(left.function, tuple(inputs), output)
