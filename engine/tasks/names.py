"""Names: letter by letter, which comes next?"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from engine.arrays import Array
from engine.errors import BadData
from engine.losses import cross_entropy
from engine.tasks.base import Batch
from engine.tasks.folders import fingerprint, folder, lines
from engine.vocabulary import Vocabulary

END = "end"
"""Stands after the last letter; and before the first, where nothing has been read yet."""

LETTERS = (*string.ascii_lowercase, END)

ADVICE = (
    "A list of first names is names.txt of https://github.com/karpathy/makemore: give the folder that holds "
    "it, a name a line, in the letters a to z."
)

FILES = ("names.train.txt", "names.txt")

FEWEST = 100
"""A list of fewer names is none."""


@dataclass(frozen=True)
class Names:
    """What a network learns from, and what it is examined on: a tenth, chosen by the names themselves."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]


def is_held_out(name: str) -> bool:
    """Whether its SHA-1, as a number, ends with 9 in decimal."""
    return int(hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(), 16) % 10 == 9


def read(data: str) -> Names:
    """Read and check a list of names."""
    where = folder(data, "names", ADVICE)
    path = next((where / name for name in FILES if (where / name).is_file()), where / FILES[-1])
    names = sorted({line.strip().lower() for line in lines(path, ADVICE)})
    for name in names:
        if not (name.isascii() and name.isalpha()):
            raise BadData(
                f"{name[:40]!r} in {path.name} is not a name in the letters a to z. {ADVICE}", name=name[:40]
            )
    if len(names) < FEWEST:
        raise BadData(f"{path.name} holds {len(names)} names. {ADVICE}", file=path.name)
    return Names(
        tuple(name for name in names if not is_held_out(name)),
        tuple(name for name in names if is_held_out(name)),
    )


@dataclass(frozen=True)
class NamesTask:
    """Options of training.

    data: the folder of a list of names; $UNROLLED_DATA/names where it is not given
    """

    data: str = ""

    name: ClassVar[str] = "names"
    inputs: ClassVar[int] = 0
    vocabulary: ClassVar[tuple[str, ...]] = LETTERS
    end: ClassVar[str | None] = END
    heads: ClassVar[Mapping[str, int]] = {"readout": len(LETTERS)}
    outputs: ClassVar[tuple[str, ...]] = LETTERS
    unsaid: ClassVar[tuple[str, ...]] = ("data",)
    source: ClassVar[str] = (
        "First names from the public list of the US Social Security Administration, as makemore's names.txt "
        "has them, without those whose SHA-1 ends with 9 in decimal, on which it is examined."
    )

    @staticmethod
    def tokens(text: str) -> list[str]:
        """`"emma"` -> `["end", "e", "m", "m", "a"]`: a step before any letter, and one after each."""
        return [END, *text.strip().lower()]

    @cached_property
    def names(self) -> Names:
        return read(self.data)

    @property
    def provenance(self) -> str:
        count = len(self.names.train) + len(self.names.held_out)
        return f"Read were {count:,} names (SHA-256 {fingerprint(self.names)})."

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        known = self._train
        return padded([known[k] for k in rng.integers(len(known), size=size)])

    def held_out(self) -> Iterator[Batch]:
        """None: what is held out is what it is examined on."""
        return iter(())

    def loss(self, values: Mapping[str, Array], batch: Batch) -> tuple[float, dict[str, Array]]:
        """Cross-entropy of the next letter, in nats a letter, the end included."""
        loss, d_logits = cross_entropy(values["logits"], batch.targets["letter"], batch.weights)
        return float(loss), {"logits": d_logits}

    @cached_property
    def _train(self) -> list[Array]:
        return encoded(self.names.train)


def encoded(names: tuple[str, ...]) -> list[Array]:
    """The numbers of the letters of each name, with the end at both ends."""
    letters = Vocabulary(LETTERS)
    return [letters.encode([END, *name, END]) for name in names]


def padded(names: list[Array]) -> Batch:
    """Names as a batch: what is read, and what comes next. Nothing is asked beyond a name's end."""
    steps = max(len(name) for name in names) - 1
    x, targets = np.zeros((2, steps, len(names)), np.int64)
    weights = np.zeros((steps, len(names)), np.float32)
    for b, name in enumerate(names):
        length = len(name) - 1
        x[:length, b], targets[:length, b], weights[:length, b] = name[:-1], name[1:], 1
    return Batch(x=x, targets={"letter": targets}, weights=weights)
