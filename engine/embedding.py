"""An embedding: each symbol is a row of a matrix, which is its vector."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array


def look_up(W: Array, symbols: Array) -> Array:
    """The vectors (..., I) of symbols' numbers (...): what a one-hot vector times W (V, I) would give."""
    return np.asarray(W[symbols])


def gather(symbols: Array, d_vectors: Array, d_W: Array) -> None:
    """Add the gradient of each vector (..., I) to the row of its symbol in d_W (V, I).

    Rows of one symbol are summed first: several times as fast as `np.add.at`.
    """
    numbers = symbols.ravel()
    if numbers.size:
        order = np.argsort(numbers, kind="stable")
        found, starts = np.unique(numbers[order], return_index=True)
        d_W[found] += np.add.reduceat(d_vectors.reshape(numbers.size, -1)[order], starts, axis=0)
