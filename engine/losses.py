"""Losses with their gradients, weighted by a (T, B) mask.

Each returns (loss, gradient): the weighted mean over all entries whose weight is above zero, and its
derivative by the predictions.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.softmax import log_softmax


def cross_entropy(logits: Array, targets: Array, weights: Array) -> tuple[Array, Array]:
    """−log p[target] in nats. logits (T, B, K), targets (T, B) of class numbers, weights (T, B)."""
    logp = log_softmax(logits)
    share = weights / weights.sum()
    entries = np.arange(targets.size), targets.reshape(-1)
    chosen = logp.reshape(-1, logp.shape[-1])[entries]
    d_logits = np.exp(logp)  # p − y
    d_logits.reshape(-1, logp.shape[-1])[entries] = np.exp(chosen) - 1
    return -(share.reshape(-1) * chosen).sum(), np.asarray(d_logits * share[..., None], logits.dtype)


def squared_error(values: Array, targets: Array, weights: Array) -> tuple[Array, Array]:
    """½ ‖value − target‖². values and targets (T, B, N), weights (T, B)."""
    share = (weights / weights.sum())[..., None]
    error = values - targets
    return 0.5 * (share * error * error).sum(), np.asarray(share * error, values.dtype)
