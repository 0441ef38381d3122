"""A vocabulary: the symbols that a network knows, by number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from engine.arrays import Array
from engine.errors import UnknownSymbol

UNKNOWN = "<unk>"
"""Stands for every symbol that the network does not know."""


class Vocabulary:
    """Symbols in the order of their numbers; a row of the embedding each."""

    def __init__(self, symbols: Sequence[str]) -> None:
        self.symbols = tuple(symbols)

    def __len__(self) -> int:
        return len(self.symbols)

    @cached_property
    def numbers(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.symbols)}

    def encode(self, symbols: Sequence[str]) -> Array:
        """The number of each, (T,); of UNKNOWN for those that are not known, if there is one."""
        other = self.numbers.get(UNKNOWN)
        found = [self.numbers.get(symbol, other) for symbol in symbols]
        if None in found:
            symbol = symbols[found.index(None)]
            raise UnknownSymbol(f"This network knows no {symbol!r}.", symbol=symbol)
        return np.array(found, np.int64)

    def unknown(self, symbols: Sequence[str]) -> list[int]:
        """The places of those that are not known."""
        return [t for t, symbol in enumerate(symbols) if symbol not in self.numbers or symbol == UNKNOWN]
