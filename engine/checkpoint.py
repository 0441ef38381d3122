"""A trained network in one .safetensors file: tensors under our names, and a JSON header.

The header holds the architecture, the task and the card: what trained it and how well it does. The
file opens in any safetensors reader; nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from engine.architecture import Architecture
from engine.errors import CheckpointError, EngineError
from engine.network import Network

KEY, VERSION = "unrolled", 1


@dataclass(frozen=True)
class Checkpoint:
    """A network, the name of its task, and its card."""

    network: Network
    task: str
    card: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """The first 8 hex digits of the SHA-256 of the weights: which numbers these are."""
        digest = hashlib.sha256()
        for name, p in sorted(self.network.parameters.items()):
            digest.update(f"{name}{p.shape}{p.dtype}".encode())
            digest.update(np.ascontiguousarray(p).tobytes())
        return digest.hexdigest()[:8]

    def to_bytes(self) -> bytes:
        header = {
            "version": VERSION,
            "architecture": self.network.architecture.as_dict(),
            "task": self.task,
            "card": dict(self.card),
        }
        tensors = {name: np.ascontiguousarray(p) for name, p in self.network.parameters.items()}
        return save(tensors, {KEY: json.dumps(header, ensure_ascii=False)})

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.to_bytes())


def load(path: Path) -> Checkpoint:
    """Read a checkpoint; a CheckpointError says what is wrong with a file that is not one."""
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, TypeError) as error:  # TypeError: a type that NumPy has not
        raise CheckpointError(f"{path.name} is not a readable .safetensors file: {error}.") from error
    if KEY not in metadata:
        raise CheckpointError(
            f"{path.name} is a .safetensors file without our header, so its architecture is unknown."
        )
    try:
        header = json.loads(metadata[KEY])
        if header["version"] != VERSION:
            raise ValueError(f"version {header['version']!r} is not the {VERSION} that this program reads.")
        architecture = Architecture(**header["architecture"])
        if architecture.layers > len(tensors):  # before anything is as long as a number in a file says
            raise ValueError(f"{architecture.layers} layers cannot come from {len(tensors)} tensors.")
        if odd := sorted({str(p.dtype) for p in tensors.values()} - {"float32", "float64"}):
            raise ValueError(f"float32 or float64 numbers are needed; {', '.join(odd)} came.")
        if not all(np.isfinite(p).all() for p in tensors.values()):
            raise ValueError("some of the weights are infinite or not a number.")
        return Checkpoint(Network(architecture, tensors), str(header["task"]), dict(header["card"]))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, EngineError) as error:
        why = f"{error} is missing." if isinstance(error, KeyError) else error
        raise CheckpointError(f"The header of {path.name} does not fit its tensors: {why}") from error
