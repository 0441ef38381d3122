"""Threads: one for BLAS, and the cores for large batches.

The products of a step are small, and BLAS threads cost more than they bring: up to ten times under
load. A large batch is cut into shares instead, and each thread takes one through the whole network;
NumPy lets go of Python's lock while it computes.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

from engine.arrays import Array

SHARE = 32
"""The fewest sequences of a share, so that a batch of 64 is the first to be cut."""

WORK = 8192
"""The fewest units of a share, all sequences together. Below, threads wait for Python's lock longer than
they compute: a batch of 64 with 32 units took twice as long in two shares as in one, with 256 units 0.8."""

T = TypeVar("T")


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shares(batch: int, hidden: int) -> list[slice]:
    """A batch in equal parts, one a core, none smaller than SHARE and WORK unless there is just one.

    They depend on the batch, the units and the cores that the process may use, and results are joined in
    their order: on the same machine the same question gets the same bits again.
    """
    most = min(batch // SHARE, batch * hidden // WORK)
    if most < 2:
        return [slice(0, batch)]
    count = min(cores(), most)
    edges = [batch * k // count for k in range(count + 1)]
    return [slice(start, end) for start, end in itertools.pairwise(edges)]


def spread(function: Callable[..., T], *arguments: Sequence[Any]) -> list[T]:
    """function of each first argument, each second, …, at the same time; the results in order."""
    if len(arguments[0]) == 1:
        return [function(*(one[0] for one in arguments))]
    return list(_pool().map(function, *arguments))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores(), thread_name_prefix="unrolled")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # threads do not survive a fork


class _BLAS:
    """The BLAS that NumPy calls, and how many need it to keep to one thread just now."""

    def __init__(self) -> None:
        libraries = ThreadpoolController().lib_controllers
        self.libraries = [library for library in libraries if library.user_api == "blas"]
        self.before: list[int] = []
        self.users = 0
        self.lock = Lock()

    def __enter__(self) -> None:
        with self.lock:
            if self.users == 0:
                self.before = [library.get_num_threads() or 1 for library in self.libraries]
                self._set([1] * len(self.before))
            self.users += 1

    def __exit__(self, *error: object) -> None:
        with self.lock:
            self.users -= 1
            if self.users == 0:
                self._set(self.before)

    def _set(self, numbers: Sequence[int]) -> None:
        for library, before, now in zip(self.libraries, self.before, numbers, strict=True):
            if before != 1:
                # threadpoolctl lets one Python thread set OpenBLAS's number, and no other; all of ours take
                # turns here, under a lock
                getattr(library, "_real_set_num_threads", library.set_num_threads)(now)


@cache
def one_blas_thread() -> _BLAS:
    """Products inside `with` run on the thread that asks for them; afterwards all is as it was."""
    return _BLAS()


class Joined(Mapping[str, Array]):
    """Arrays (T, B, ·) of several shares of a batch, put together when they are looked at."""

    def __init__(self, parts: Sequence[Mapping[str, Array]]) -> None:
        self.parts = parts
        self._joined: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        if name not in self._joined:
            self._joined[name] = np.concatenate([part[name] for part in self.parts], axis=1)
        return self._joined[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parts[0])

    def __len__(self) -> int:
        return len(self.parts[0])
