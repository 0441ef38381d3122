"""Losses with their gradients, weighted by a (T, B) mask.

Each returns (loss, gradient): the weighted mean over all entries whose weight is above zero, and its
derivative by the predictions.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.softmax import log_softmax


def cross_entropy(
    logits: Array, targets: Array, weights: Array, smoothing: float = 0.0
) -> tuple[Array, Array]:
    """−log p[target] in nats. logits (T, B, K), targets (T, B) of class numbers, weights (T, B).

    smoothing: share of each target that is spread over all classes evenly (Szegedy et al., Rethinking the
               Inception architecture, 2016)
    """
    logp = log_softmax(logits)
    classes = logp.shape[-1]
    share = weights / weights.sum()
    entries = np.arange(targets.size), targets.reshape(-1)
    chosen = logp.reshape(-1, classes)[entries]
    d_logits = np.exp(logp)  # p − y
    if smoothing:
        chosen = (1 - smoothing) * chosen + smoothing * logp.reshape(-1, classes).mean(axis=-1)
        d_logits -= smoothing / classes
        d_logits.reshape(-1, classes)[entries] -= 1 - smoothing
    else:
        d_logits.reshape(-1, classes)[entries] = np.exp(chosen) - 1
    return -(share.reshape(-1) * chosen).sum(), np.asarray(d_logits * share[..., None], logits.dtype)


def squared_error(values: Array, targets: Array, weights: Array) -> tuple[Array, Array]:
    """½ ‖value − target‖². values and targets (T, B, N), weights (T, B)."""
    share = (weights / weights.sum())[..., None]
    error = values - targets
    return 0.5 * (share * error * error).sum(), np.asarray(share * error, values.dtype)
