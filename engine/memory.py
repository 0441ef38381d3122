"""Large arrays that are used again once nobody looks at them any more.

The system clears each page of memory that it hands out, which takes a tenth of a batch's forward pass.
So large arrays are kept here, and given out again when nothing else holds them or a view of them:
whoever keeps a trace keeps its numbers.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from threading import Lock
from typing import Any

import numpy as np

from engine.arrays import Array

LARGE = 1 << 18
"""Bytes from which on an array is worth keeping; below, the allocator does so itself."""

LIMIT = 1 << 26
"""Bytes that are kept at most."""

COUNTED = sys.implementation.name == "cpython" and getattr(sys, "_is_gil_enabled", lambda: True)()
"""Whether it can be told that nobody holds an array: views hold what they look into."""


class Store:
    """Arrays by the time they were given out, the latest last."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._arrays: OrderedDict[int, Array] = OrderedDict()
        self._lock = Lock()

    def empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Like np.empty, from memory that is free again where there is some."""
        size = int(np.prod(shape)) * dtype.itemsize
        if size < LARGE or not COUNTED:
            return np.empty(shape, dtype)
        with self._lock:
            found = self._free(shape, dtype)
            if found is None:
                found = np.empty(shape, dtype)
                self._arrays[id(found)] = found
                self._forget()
            else:
                self._arrays.move_to_end(id(found))
        return found

    def _free(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array | None:
        for key in self._arrays:
            alone = sys.getrefcount(self._arrays[key]) == 2  # this dict, and the question itself
            if alone and self._arrays[key].shape == shape and self._arrays[key].dtype == dtype:
                return self._arrays[key]
        return None

    def _forget(self) -> None:
        """Let go of those that were given out longest ago; whoever holds them keeps them."""
        while sum(array.nbytes for array in self._arrays.values()) > self.limit:
            self._arrays.popitem(last=False)


STORE = Store()
