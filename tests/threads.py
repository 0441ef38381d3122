"""What a test runs beside itself."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def in_thread(run: Callable[[], T]) -> T:
    """In a thread of its own: once a browser has been opened, the tests' own has its event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()
