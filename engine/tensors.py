"""Named arrays and a JSON header in one .safetensors file: nothing in it is ever executed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from engine.arrays import Array
from engine.errors import CheckpointError, EngineError


def pack(tensors: Mapping[str, Array], key: str, header: Mapping[str, Any]) -> bytes:
    """A file whose metadata hold the header, as JSON, under a key."""
    contiguous = {name: np.ascontiguousarray(p) for name, p in tensors.items()}
    return save(contiguous, {key: json.dumps(header, ensure_ascii=False)})


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: who stops in between leaves what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # the name must not reach the disk before the content
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def read(path: Path, key: str, without: str) -> tuple[str, dict[str, Array]]:
    """The header, not yet parsed, and the tensors.

    without: how a CheckpointError ends if there is no such header
    """
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, TypeError) as error:  # TypeError: a type that NumPy has not
        raise CheckpointError(f"{path.name} is not a readable .safetensors file: {error}.") from error
    if key not in metadata:
        raise CheckpointError(f"{path.name} is a .safetensors file without {without}")
    return metadata[key], tensors


@contextmanager
def fitting(path: Path) -> Iterator[None]:
    """Whatever goes wrong while a header is read becomes a CheckpointError that says what."""
    try:
        yield
    except (
        AttributeError,
        KeyError,
        OverflowError,
        TypeError,
        ValueError,
        RecursionError,
        EngineError,
    ) as error:
        why = f"{error} is missing." if isinstance(error, KeyError) else error
        raise CheckpointError(f"The header of {path.name} does not fit its tensors: {why}") from error


def check_version(header: Mapping[str, Any], version: int) -> None:
    if header["version"] != version:
        raise ValueError(f"version {header['version']!r} is not the {version} that this program reads.")


def check_numbers(tensors: Mapping[str, Array], what: str) -> None:
    """Refuse what is not a finite real number of a type that networks compute in."""
    if odd := sorted({str(p.dtype) for p in tensors.values()} - {"float32", "float64"}):
        raise ValueError(f"float32 or float64 numbers are needed; {', '.join(odd)} came.")
    if not all(np.isfinite(p).all() for p in tensors.values()):
        raise ValueError(f"some of the {what} are infinite or not a number.")
