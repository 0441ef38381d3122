"""Where the data lies that a task learns from: it is not part of the project."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from engine.errors import BadData

VARIABLE = "UNROLLED_DATA"


def folder(data: str, name: str, advice: str) -> Path:
    """The folder that was named, or else the one of that name under $UNROLLED_DATA.

    advice: where the data is to be had, a sentence
    """
    named = data or (os.path.join(os.environ[VARIABLE], name) if os.environ.get(VARIABLE) else "")
    if not named:
        raise BadData(
            f"Say where the data lies: --data, or {VARIABLE} with {name}/ in it. {advice}", folder=""
        )
    if not Path(named).is_dir():
        raise BadData(f"There is no folder {named}. {advice}", folder=named)
    return Path(named)


def fingerprint(read: object) -> str:
    """The start of the SHA-256 of what was read, tuples of texts and numbers: the same on every machine."""
    return hashlib.sha256(repr(read).encode()).hexdigest()[:12]


def lines(path: Path, advice: str) -> Iterator[str]:
    """The lines of a file that are not empty."""
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.strip():
                    yield line.rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadData(f"{path.name} cannot be read: {error}. {advice}", file=path.name) from error
