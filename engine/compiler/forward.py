"""The calls of a forward pass: what to compute before the steps, in each of them, and after them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.compiler.calls import NUMBER, RECORD, SCRATCH, SPARE, WEIGHT, Call, Layout, Place, at, settle
from engine.compiler.schedule import Forced, Item, Pointwise, Schedule, Sum
from engine.compiler.traced import PARAMETER, Traced, forward_of
from engine.expr import Rows

UNIT, LEFT_UNIT = "1", "1 left"
"""Slots that always hold 1, so that a bias is one more column of a matrix: right of what is known early,
and left of what is carried, for matrices that read only that."""

UNITS = (UNIT, LEFT_UNIT)

PART = "part "
"""How the slot of a product begins that is added to what is there already."""

FORCED = "forced"
"""How the place of a forced value's number begins."""

BEFORE, STEP, AFTER = "before", "step", "after"


@dataclass(frozen=True, eq=False)
class Product:
    """One matrix for all sums that read the same things: rows by sum, columns by what is read.

    late: the columns that are known only when their step is reached
    """

    key: str
    sums: tuple[Sum, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    late: tuple[str, ...]

    def weight(self, columns: Sequence[str]) -> Place:
        """Some of its columns, or all of them."""
        return Place(WEIGHT, (self.key, *(columns if tuple(columns) != self.columns else ())))


@dataclass(frozen=True, eq=False)
class Forward:
    """Calls by phase, and the slots they speak of.

    rows: product -> its sums in the order in which they lie in the record
    """

    schedule: Schedule
    products: tuple[Product, ...]
    rows: dict[str, tuple[str, ...]]
    calls: dict[str, list[Call]]
    layouts: dict[str, Layout]


@dataclass
class Room:
    """The slots of all arrays, in the making."""

    schedule: Schedule
    layouts: dict[str, Layout] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for array in (RECORD, SPARE, SCRATCH):
            self.layouts[array] = Layout({})
        self.record("x")

    def slot(self, array: str, name: str, size: str) -> Place:
        self.layouts[array].sizes.setdefault(name, size)
        return at(array, name)

    def record(self, name: str) -> Place:
        """Where the forward pass keeps a value: a carried state in the row before or after."""
        states = self.schedule.cell.states
        if self.schedule.is_previous(name):
            return self.slot(RECORD, self.schedule.owner(name), self.schedule.size(name))
        size = "1" if name in UNITS else self.schedule.size(name)
        return Place(RECORD, self.slot(RECORD, name, size).names, int(name in states))


def compile_forward(schedule: Schedule, fold: bool, share: bool) -> Forward:
    """Write the calls down, and settle which slots lie beside which.

    fold:  multiply what is known early in the step as well, in one product with what is carried
    share: one matrix for sums that wait for the same values, filled up with zeros, to spare a call
    """
    room = Room(schedule)
    phases = {BEFORE: schedule.before, STEP: schedule.steps, AFTER: schedule.after}
    products: list[Product] = []
    for phase, items in phases.items():
        for sums in _together(items, phase, share, schedule):
            products.append(_product(f"W{len(products)}", sums, phase, room))
    calls: dict[str, list[Call]] = {phase: [] for phase in phases}
    of = {one.id: product for product in products for one in product.sums}
    for phase, items in phases.items():
        for item in items:
            if isinstance(item, Sum):
                _sum(item, of[item.id], phase, fold, calls, room)
            else:
                calls[phase] += _unit_by_unit(item, phase, room)
    return Forward(schedule, tuple(products), _settled(products, calls, room), calls, room.layouts)


def _together(items: Sequence[Item], phase: str, share: bool, schedule: Schedule) -> list[list[Sum]]:
    """Sums that read the same values, or wait for the same in a step; states and others apart, for they lie
    in other rows of the record."""
    found: dict[tuple[tuple[str, ...], bool], list[Sum]] = {}
    for item in items:
        if isinstance(item, Sum):
            sources = dict.fromkeys(source for _, source in item.products)
            if share and phase == STEP:
                sources = {name: None for name in sources if not schedule.early(name)}
            found.setdefault((tuple(sources), item.id in schedule.cell.states), []).append(item)
    return list(found.values())


def _product(key: str, sums: Sequence[Sum], phase: str, room: Room) -> Product:
    """The matrix of sums. What it reads lies together in the record if it can, and so does what it writes."""
    read = list(dict.fromkeys(source for one in sums for _, source in one.products))
    late = tuple(name for name in read if phase == STEP and not room.schedule.early(name))
    early = [name for name in read if name not in late]
    biased = any(one.biases for one in sums)
    left, right = [LEFT_UNIT] * (biased and not early), [UNIT] * (biased and bool(early))
    columns = (*left, *late, *early, *right)
    for a, b in itertools.pairwise([room.record(name) for name in columns]):
        if a.later == b.later:
            room.layouts[RECORD].link([(a.name, b.name)])
    rows = tuple(room.record(one.id).name for one in sums)
    if len(rows) > 1:
        room.layouts[RECORD].pens.append(rows)
    return Product(key, tuple(sums), rows, columns, late)


def _settled(
    products: Sequence[Product], calls: dict[str, list[Call]], room: Room
) -> dict[str, tuple[str, ...]]:
    """Find neighbours, those of the steps first; then how the sums of each product lie."""
    for phase in (STEP, BEFORE, AFTER):
        settle(calls[phase], room.layouts, phase != STEP)
    rows = {product.key: room.layouts[RECORD].join(product.rows) for product in products}
    room.layouts[RECORD].freeze()
    for helper in (room.layouts[SPARE], room.layouts[SCRATCH]):
        for row in rows.values():
            helper.join([PART + name for name in row if PART + name in helper.sizes])
    return rows


def _sum(
    item: Sum, product: Product, phase: str, fold: bool, calls: dict[str, list[Call]], room: Room
) -> None:
    """The product is written with the first of its sums; each then adds its other values."""
    if item is product.sums[0]:
        early, step = _dots(product, phase, fold, room)
        calls[BEFORE if phase == STEP else phase] += early
        calls[STEP] += step
    here = room.record(item.id)
    for name in item.others:
        calls[phase].append(Call("add", (here, room.record(name)), here))


def _dots(product: Product, phase: str, fold: bool, room: Room) -> tuple[list[Call], list[Call]]:
    """The calls for all time steps at once, and those of a step."""
    rows = Place(RECORD, product.rows, room.record(product.rows[0]).later)
    late = [name for name in product.columns if name in product.late]
    early = [name for name in product.columns if name not in product.late]
    if late and len(_cut(product.columns, room)) == 1 and (fold or set(early) <= set(UNITS)):
        return [], [_dot(product, product.columns, rows, room)]
    before, step = [], []
    for k, columns in enumerate(_cut(early, room)):
        before += _add_up(product, columns, rows, k == 0, SPARE, room)
    for k, columns in enumerate(_cut(late, room)):
        step += _add_up(product, columns, rows, k == 0 and not early, SCRATCH, room)
    return before, step


def _cut(columns: Sequence[str], room: Room) -> list[tuple[str, ...]]:
    """Columns that lie together in the record, each piece for one product."""
    pieces: list[list[str]] = []
    for name in columns:
        place = room.record(name)
        if pieces:
            last = room.record(pieces[-1][-1])
            linked = room.layouts[RECORD].after.get(last.name) == place.name
            if linked and last.later == place.later:
                pieces[-1].append(name)
                continue
        pieces.append([name])
    return [tuple(piece) for piece in pieces]


def _dot(product: Product, columns: Sequence[str], output: Place, room: Room) -> Call:
    places = [room.record(name) for name in columns]
    read = Place(RECORD, tuple(p.name for p in places), places[0].later)
    return Call("dot", (product.weight(columns), read), output)


def _add_up(
    product: Product, columns: Sequence[str], rows: Place, first: bool, helper: str, room: Room
) -> list[Call]:
    if first:
        return [_dot(product, columns, rows, room)]
    parts = Place(helper, tuple(room.slot(helper, f"{PART}{name}", "H").name for name in rows.names))
    if parts.names not in room.layouts[helper].pens:
        room.layouts[helper].pens.append(parts.names)
    each = [at(RECORD, name, rows.later) for name in rows.names]
    adding = [Call("add", (one, at(helper, f"{PART}{one.name}")), one) for one in each]
    return [_dot(product, columns, parts, room), *adding]


def _unit_by_unit(item: Pointwise | Forced, phase: str, room: Room) -> list[Call]:
    output = room.record(item.id)
    if isinstance(item, Forced):
        return [Call("positive", (Place(WEIGHT, (FORCED, item.id)),), output)]
    expression, names = forward_of(item.op)
    places = {
        name: parameter_place(item.parameters, name)
        if name.startswith(PARAMETER)
        else room.record(item.inputs[int(name)])
        for name in names
    }
    helper = SCRATCH if phase == STEP else SPARE
    return evaluate(expression, output, places, helper, item.size, room)


def parameter_place(parameters: Sequence[Rows], name: str) -> Place:
    rows = parameters[int(name.removeprefix(PARAMETER))]
    return Place(WEIGHT, (rows.parameter, rows.gate or ""))


def evaluate(
    expression: Traced, output: Place, places: dict[str, Place], helper: str, size: str, room: Room
) -> list[Call]:
    """Calls that leave an expression's value in output. One inner value goes there as well, others into
    helpers."""
    if expression.function is None:
        return [Call("positive", (_leaf(expression, places),), output)]
    calls: list[Call] = []
    inputs: list[Place] = []
    reads_output = any(places[name] == output for name in expression.names())
    free = not reads_output
    for k, one in enumerate(expression.inputs):
        if one.function is None:
            inputs.append(_leaf(one, places))
            continue
        if free:
            here, free = output, False
        else:
            here = room.slot(helper, f"{output.name}.{k}", size)
        calls += evaluate(one, here, places, helper, size, room)
        inputs.append(here)
    return [*calls, Call(expression.function, tuple(inputs), output)]


def _leaf(expression: Traced, places: dict[str, Place]) -> Place:
    if expression.name is not None:
        return places[expression.name]
    assert expression.number is not None
    return Place(NUMBER, (repr(expression.number),))
