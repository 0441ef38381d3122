"""Parameters of several gates as one matrix, and its gradient back into them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.cells import CellSpec
from engine.compiler.forward import UNITS, Product


@dataclass(frozen=True)
class Block:
    """Rows of a parameter, and where they lie in a packed matrix; the one column of a bias is a number.

    adds: another block has written there before
    """

    parameter: str
    theirs: slice
    rows: slice
    columns: slice | int
    adds: bool


class Packer:
    """The matrix of a product: rows by sum, in the order in which they lie in the record; columns by what
    is read."""

    def __init__(
        self, product: Product, order: Sequence[str], cell: CellSpec, sizes: Mapping[str, int]
    ) -> None:
        self.key, self.hidden = product.key, sizes["H"]
        self.columns: dict[str, slice] = {}
        width = 0
        for name in product.columns:
            size = 1 if name in UNITS else sizes[cell.size(name)]
            self.columns[name] = slice(width, width + size)
            width += size
        self.shape = (len(order) * self.hidden, width)
        self.blocks = _joined(self._blocks(product, order, cell))

    def pack(self, parameters: Mapping[str, Array], W: Array) -> None:
        """Write the parameters into W (rows, columns), which holds zeros or an earlier packing."""
        for block in self.blocks:
            here, rows = W[block.rows, block.columns], parameters[block.parameter][block.theirs]
            if block.adds:
                here += rows
            else:
                np.copyto(here, rows)

    def unpack(self, gradient: Array, total: Mapping[str, Array], alone: Collection[str]) -> None:
        """dL/dW (rows, columns) into the gradients of the parameters: added, but written to those alone."""
        for block in self.blocks:
            here, found = total[block.parameter][block.theirs], gradient[block.rows, block.columns]
            if block.parameter in alone:
                np.copyto(here, found)
            else:
                here += found

    def view(self, W: Array, columns: Sequence[str]) -> Array:
        """Some neighbouring columns, or all of them."""
        if not columns:
            return W
        start, stop = self.columns[columns[0]].start, self.columns[columns[-1]].stop
        return W[:, start:stop]

    def _blocks(self, product: Product, order: Sequence[str], cell: CellSpec) -> list[Block]:
        found: list[Block] = []
        sums = {one.id: one for one in product.sums}
        unit = next((name for name in product.columns if name in UNITS), "")
        for k, id in enumerate(order):
            mine = slice(k * self.hidden, (k + 1) * self.hidden)
            read: list[tuple[slice | int, str, str | None]] = [
                (self.columns[source], rows.parameter, rows.gate) for rows, source in sums[id].products
            ]
            read += [(self.columns[unit].start, rows.parameter, rows.gate) for rows in sums[id].biases]
            taken: list[slice | int] = []
            for columns, parameter, gate in read:
                theirs = cell.parameters[parameter].rows(gate, self.hidden)
                found.append(Block(parameter, theirs, mine, columns, columns in taken))
                taken.append(columns)
        return found


def _joined(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks that continue each other become one; what adds comes last."""
    found: list[Block] = []
    for block in sorted(blocks, key=lambda b: (b.adds, b.parameter, str(b.columns), b.rows.start)):
        last = found[-1] if found else None
        if last and _continues(last, block):
            theirs = slice(last.theirs.start, block.theirs.stop)
            rows = slice(last.rows.start, block.rows.stop)
            found[-1] = Block(block.parameter, theirs, rows, block.columns, block.adds)
        else:
            found.append(block)
    return tuple(found)


def _continues(a: Block, b: Block) -> bool:
    return (a.adds, a.parameter, a.columns, a.theirs.stop, a.rows.stop) == (
        b.adds,
        b.parameter,
        b.columns,
        b.theirs.start,
        b.rows.start,
    )


def alone(cell: CellSpec, blocks: Sequence[Block], sizes: Mapping[str, int]) -> frozenset[str]:
    """The parameters whose every row is read in one place only."""
    found = set()
    for name, parameter in cell.parameters.items():
        mine = sorted((b.theirs.start, b.theirs.stop) for b in blocks if b.parameter == name)
        ends = [0, *(stop for _, stop in mine)]
        if [start for start, _ in mine] == ends[:-1] and ends[-1] == parameter.shape(sizes)[0]:
            found.add(name)
    return frozenset(found)
