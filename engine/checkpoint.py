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

from engine import tensors
from engine.architecture import Architecture
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
        return tensors.pack(self.network.parameters, KEY, header)

    def save(self, path: Path) -> None:
        tensors.write(path, self.to_bytes())


def load(path: Path) -> Checkpoint:
    """Read a checkpoint; a CheckpointError says what is wrong with a file that is not one."""
    text, weights = tensors.read(path, KEY, "our header, so its architecture is unknown.")
    with tensors.fitting(path):
        header = json.loads(text)
        tensors.check_version(header, VERSION)
        architecture = Architecture(**header["architecture"])
        if architecture.layers > len(weights):  # before anything is as long as a number in a file says
            raise ValueError(f"{architecture.layers} layers cannot come from {len(weights)} tensors.")
        tensors.check_numbers(weights, "weights")
        return Checkpoint(Network(architecture, weights), str(header["task"]), dict(header["card"]))
