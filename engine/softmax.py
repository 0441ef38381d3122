"""Softmax: scores into probabilities, with each of its steps."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array


def log_softmax(logits: Array) -> Array:
    """log p along the last axis, by log-sum-exp: never the logarithm of a probability that rounded to 0."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def softmax(logits: Array) -> Array:
    """p_k = exp(z_k) / Σ exp(z_j) along the last axis (..., K).

    The largest score is subtracted first: the result is the same and nothing overflows.
    """
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def entropy(probs: Array) -> Array:
    """−Σ p log2 p along the last axis, in bits: 3 for a pure guess among eight."""
    p = np.where(probs > 0, probs, 1)  # 0 log 0 = 0
    return np.asarray(-(p * np.log2(p)).sum(axis=-1))
