"""Memory that is used again at every step is not given back to the system in between."""

from __future__ import annotations

import numpy as np

LARGE = 24 << 20
"""Bytes. Up to 32 MB glibc learns from what is freed what to keep."""


def keep_pages() -> None:
    """Let this process keep what it frees, up to some 50 MB, instead of asking for it at every step anew.

    glibc maps large arrays from the system and unmaps them when they are freed; each page is then found
    empty, and filled with zeros, at the next step. Once a large block was freed, blocks up to its size are
    taken from memory that stays (mallopt(3), M_MMAP_THRESHOLD). The block itself is never touched, and
    another allocator takes no notice.
    """
    np.empty(LARGE, np.uint8)
