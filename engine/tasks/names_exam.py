"""How well a network spells names: measured on names that it never saw, the same for every network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.checkpoint import Checkpoint
from engine.generate import Sampling, generate
from engine.losses import cross_entropy
from engine.network import Network
from engine.tasks.names import END, LETTERS, Names, NamesTask, encoded, padded

LONGEST = 20
"""Letters of a made-up name."""

PLAIN = Sampling()

SAMPLES = 500
"""Names that are made up to see how many of them are in the list."""


def examine(
    checkpoint: Checkpoint, task: NamesTask, progress: Callable[[str], None] = lambda what: None
) -> dict[str, Any]:
    """The figures of a model card: losses in nats a letter, the end included; shares from 0 to 1."""
    network = checkpoint.network
    progress("held-out names")
    batch = padded(encoded(task.names.held_out))
    logits = network.forward(batch.x).values["logits"]
    asked = batch.weights > 0
    said = logits.argmax(axis=-1) == batch.targets["letter"]
    loss, _ = cross_entropy(logits, batch.targets["letter"], batch.weights)
    progress("made-up names")
    made_up = [spell(network, seed) for seed in range(SAMPLES)]
    known = set(task.names.train) | set(task.names.held_out)
    return {
        "names": len(task.names.held_out),
        "letters": int(asked.sum()),
        "loss": round(float(loss), 4),
        "bigram_loss": bigram_loss(task.names),
        "accuracy": round(float(said[asked].mean()), 4),
        "known": round(float(np.mean([name in known for name in made_up])), 4),
        "made_up": [name for name in dict.fromkeys(made_up) if name not in known][:12],
    }


def spell(network: Network, seed: int, sampling: Sampling = PLAIN) -> str:
    """The name of a seed."""
    end = LETTERS.index(END)
    drawn = generate(network.forward, [end], end, sampling, np.random.default_rng(seed), 1 + LONGEST)
    return "".join(LETTERS[number] for number in drawn[1:])


def bigram_loss(names: Names) -> float:
    """What a table of which letter follows which reaches, counted with one more of each."""
    size = len(LETTERS)
    counts = np.ones((size, size))
    for name in encoded(names.train):
        np.add.at(counts, (name[:-1], name[1:]), 1)
    logp = np.log(counts / counts.sum(axis=1, keepdims=True))
    held_out = encoded(names.held_out)
    total = -sum(float(logp[name[:-1], name[1:]].sum()) for name in held_out)
    return round(total / sum(len(name) - 1 for name in held_out), 4)
