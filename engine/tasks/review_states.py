"""Where reviews end: a network's states after dev sentences, to be drawn behind the way of one's own review.

Shipped are states, labels and line numbers; the sentences themselves stay where they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine import tensors
from engine.arrays import Array
from engine.checkpoint import Checkpoint
from engine.tasks.review import CLASS, FEELINGS, ReviewTask

COUNT = 200
KEY = "unrolled.states"
SUFFIX = ".states"


class States(NamedTuple):
    """digest: of the weights; feelings: as people judged, (N,); lines: of the dev sentences, from 1, (N,);
    values: full name of a carried state -> (N, ·)"""

    digest: str
    feelings: list[str]
    lines: list[int]
    values: dict[str, Array]


def states(checkpoint: Checkpoint, task: ReviewTask, count: int = COUNT) -> States:
    """Where `count` dev sentences end, evenly spread over the file."""
    dev, network = task.treebank.dev, checkpoint.network
    chosen = np.unique(np.linspace(0, len(dev) - 1, count).astype(int))
    last = {
        f"{d.name}.{state}": 0 if d.reverse else -1  # what runs back ends at the first word
        for d in network.architecture.directions
        for state in network.architecture.spec.states
    }
    ends = []
    for k in chosen:
        values = network.forward(checkpoint.vocabulary.encode(dev[k][0])[:, None]).values
        ends.append({name: values[name][end, 0] for name, end in last.items()})
    return States(
        checkpoint.digest,
        [FEELINGS[CLASS[dev[k][1]]] for k in chosen],
        [int(k) + 1 for k in chosen],
        {name: np.array([end[name] for end in ends]) for name in last},
    )


def save(path: Path, found: States) -> None:
    """In half precision: a dot in a picture asks for no more."""
    header = {"digest": found.digest, "feelings": found.feelings, "lines": found.lines}
    halves = {name: rows.astype(np.float16) for name, rows in found.values.items()}
    tensors.write(path, tensors.pack(halves, KEY, header))


def load(path: Path) -> States:
    """Read what `save` wrote; a CheckpointError says what is wrong with a file that is not one."""
    text, values = tensors.read(path, KEY, "states of ours.")
    with tensors.fitting(path):
        header = json.loads(text)
        feelings, lines = list(map(str, header["feelings"])), list(map(int, header["lines"]))
        if any(len(rows) != len(lines) for rows in values.values()) or len(feelings) != len(lines):
            raise ValueError("Not every sentence has its states.")
        return States(
            str(header["digest"]), feelings, lines, {n: v.astype(np.float32) for n, v in values.items()}
        )
