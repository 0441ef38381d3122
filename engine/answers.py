"""What a network says at the end of texts, however long each of them is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.network import Network, mask_of


def answers(network: Network, texts: Sequence[Array], value: str = "probs") -> Array:
    """A value of the head after the last symbol of each text, (B, K); before any, where a text is empty."""
    lengths = np.array([len(text) for text in texts])
    found = np.repeat(network.before()[value], len(texts), axis=0)
    there = [k for k, length in enumerate(lengths) if length]
    if there:
        x = np.zeros((lengths.max(), len(there)), np.int64)
        for b, k in enumerate(there):
            x[: lengths[k], b] = texts[k]
        said = network.forward(x, mask=mask_of(lengths[there], len(x))).values[value]
        found[there] = said[lengths[there] - 1, np.arange(len(there))]
    return found
