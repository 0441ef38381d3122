"""Softmax: scores into probabilities, with each of its steps."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array


def log_softmax(logits: Array) -> Array:
    """log p along the last axis, by log-sum-exp: never the logarithm of a probability that rounded to 0."""
    shifted = _shifted(logits)
    shifted -= np.log(np.exp(shifted).sum(axis=0))
    return _classes_last(shifted)


def softmax(logits: Array) -> Array:
    """p_k = exp(z_k) / Σ exp(z_j) along the last axis (..., K).

    The largest score is subtracted first: the result is the same and nothing overflows.
    """
    e = np.exp(_shifted(logits))
    e /= e.sum(axis=0)
    return _classes_last(e)


def entropy(probs: Array) -> Array:
    """−Σ p log2 p along the last axis, in bits: 3 for a pure guess among eight."""
    p = np.where(probs > 0, probs, 1)  # 0 log 0 = 0
    return np.asarray(-(p * np.log2(p)).sum(axis=-1))


def _shifted(logits: Array) -> Array:
    """(..., K) -> (K, ...), less the largest along K.

    Classes come first while they are compared and summed: over few long rows NumPy is ten times as fast as
    over many short ones.
    """
    z = logits.transpose(-1, *range(logits.ndim - 1)).copy()
    z -= z.max(axis=0)
    return z


def _classes_last(values: Array) -> Array:
    """(K, ...) -> (..., K)."""
    return values.transpose(*range(1, values.ndim), 0).copy()
