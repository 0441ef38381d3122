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
from engine.vocabulary import Vocabulary

KEY, VERSION = "unrolled", 1


@dataclass(frozen=True)
class Checkpoint:
    """A network, the name of its task, its card, and the symbols that it reads, where it reads symbols."""

    network: Network
    task: str
    card: Mapping[str, Any]
    vocabulary: Vocabulary = Vocabulary(())  # noqa: RUF009  it cannot change

    @property
    def digest(self) -> str:
        """The first 8 hex digits of the SHA-256 of the weights: which numbers these are."""
        digest = hashlib.sha256()
        for name, p in sorted(self.network.parameters.items()):
            digest.update(f"{name}{p.shape}{p.dtype}".encode())
            digest.update(np.ascontiguousarray(p).tobytes())
        return digest.hexdigest()[:8]

    def to_bytes(self, *, half: bool = False) -> bytes:
        """The file; half: with 16 bits a weight, which has to be all that there is in it."""
        header = {
            "version": VERSION,
            "architecture": self.network.architecture.as_dict(),
            "task": self.task,
            "card": dict(self.card),
            **({"vocabulary": self.vocabulary.symbols} if len(self.vocabulary) else {}),
        }
        network = self.network.astype(np.float16) if half else self.network
        return tensors.pack(network.parameters, KEY, header)

    def save(self, path: Path, *, half: bool = False) -> None:
        tensors.write(path, self.to_bytes(half=half))


def load(path: Path) -> Checkpoint:
    """Read a checkpoint; a CheckpointError says what is wrong with a file that is not one."""
    text, weights = tensors.read(path, KEY, "our header, so its architecture is unknown.")
    with tensors.fitting(path):
        header = json.loads(text)
        tensors.check_version(header, VERSION)
        architecture = Architecture(**header["architecture"])
        if architecture.layers > len(weights):  # before anything is as long as a number in a file says
            raise ValueError(f"{architecture.layers} layers cannot come from {len(weights)} tensors.")
        weights = {name: p.astype(np.float32) if p.dtype == np.float16 else p for name, p in weights.items()}
        tensors.check_numbers(weights, "weights")
        vocabulary = Vocabulary([str(symbol) for symbol in header.get("vocabulary", ())])
        if len(vocabulary) != architecture.vocabulary or len(vocabulary.numbers) != len(vocabulary):
            raise ValueError(
                f"{architecture.vocabulary} different symbols are needed; {len(vocabulary.numbers)} came."
            )
        network = Network(architecture, weights)
        return Checkpoint(network, str(header["task"]), dict(header["card"]), vocabulary)
