"""The memory curve: what is left of each letter at the end, by how many have come since."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import probe
from engine.arrays import Array
from engine.network import Network

FITTED, TESTED = 3000, 1500
"""Sequences that the probes are fitted to, and others that they are tested on."""

SWAPPED = 500
"""Of these, the ones in which letters are swapped."""

SHARE = 500
"""Sequences that are run at once."""


@dataclass(frozen=True)
class Memory:
    """By lag, the number of letters that came after the one in question; (T,) each.

    decoded: of sequences of which a linear probe names the letter from the states after the last step
    answers: of sequences whose answer is another once that letter is replaced by another
    moved:   how far the states move then; 1 is how far those of two sequences lie apart at the mean
    """

    decoded: Array
    answers: Array
    moved: Array


def memory(network: Network, letters: int, length: int, seed: int) -> Memory:
    """Measured on fresh sequences of random letters, all of the same length T."""
    rng = np.random.default_rng(seed)
    x = rng.integers(letters, size=(length, FITTED + TESTED))
    states, _ = _end(network, x)
    fitted, tested = slice(FITTED), slice(FITTED, None)
    decoded = [
        float((probe.fit(states[fitted], row[fitted], letters).read(states[tested]) == row[tested]).mean())
        for row in x[::-1]
    ]
    answers, moved = _swapped(network, x[:, FITTED : FITTED + SWAPPED], letters, rng)
    return Memory(np.array(decoded), answers, moved)


def _swapped(network: Network, x: Array, letters: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """What changes where one letter is another, by lag."""
    others = (x + rng.integers(1, letters, size=x.shape)) % letters
    states, said = _end(network, x)
    apart = np.linalg.norm(states - states[rng.permutation(x.shape[1])], axis=-1).mean()
    answers, moved = [], []
    for t in reversed(range(len(x))):
        swapped = x.copy()
        swapped[t] = others[t]
        found, now = _end(network, swapped)
        answers.append((now != said).mean())
        moved.append(np.linalg.norm(found - states, axis=-1).mean() / max(apart, 1e-12))
    return np.array(answers), np.array(moved)


def _end(network: Network, x: Array) -> tuple[Array, Array]:
    """All states after the last step side by side (B, S), and the answers (B,)."""
    states, said = [], []
    for share in np.array_split(x, max(1, x.shape[1] // SHARE), axis=1):  # for every value of a run is kept
        values = network.forward(share).values
        states.append(np.concatenate([values[name][-1] for name in network.architecture.states], axis=-1))
        said.append(values["logits"][-1].argmax(axis=-1))
    return np.concatenate(states), np.concatenate(said)
