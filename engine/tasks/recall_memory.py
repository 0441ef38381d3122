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


@dataclass(frozen=True)
class Memory:
    """By lag, the number of letters that came after the one in question; (T,) each, shares from 0 to 1.

    decoded: of sequences of which a linear probe names the letter from the states after the last step
    answers: of sequences whose answer is another once that letter is replaced by another
    moved:   how far the states move then, as a share of how far those of two sequences lie apart
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
    """What changes where one letter is another: once for each lag, all at once."""
    length, count = x.shape
    others = (x + rng.integers(1, letters, size=x.shape)) % letters
    swapped = np.repeat(x[:, None, :], length, axis=1)  # (T, lags, B)
    for lag in range(length):
        swapped[length - 1 - lag, lag] = others[length - 1 - lag]
    states, said = _end(network, x)
    found, now = _end(network, swapped.reshape(length, -1))
    found = found.reshape(length, count, -1)
    apart = np.linalg.norm(states - states[rng.permutation(count)], axis=-1).mean()
    answers = (now.reshape(length, count) != said).mean(axis=1)
    return answers, np.linalg.norm(found - states, axis=-1).mean(axis=1) / max(apart, 1e-12)


def _end(network: Network, x: Array) -> tuple[Array, Array]:
    """All states after the last step side by side (B, S), and the answers (B,)."""
    values = network.forward(x).values
    states = np.concatenate([values[name][-1] for name in network.architecture.states], axis=-1)
    return states, values["logits"][-1].argmax(axis=-1)
