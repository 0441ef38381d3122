"""Softmax: scores into probabilities, with each of its steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import BadSetting


def log_softmax(logits: Array) -> Array:
    """log p along the last axis, by log-sum-exp: never the logarithm of a probability that rounded to 0."""
    shifted = _shifted(logits)
    shifted -= np.log(np.add.reduce(np.exp(shifted)))
    return _classes_last(shifted, logits)


def softmax(logits: Array) -> Array:
    """p_k = exp(z_k) / Σ exp(z_j) along the last axis (..., K).

    The largest score is subtracted first: the result is the same and nothing overflows.
    """
    e = _shifted(logits)
    np.exp(e, out=e)
    e /= np.add.reduce(e)
    return _classes_last(e, logits)


def softmax_steps(logits: Array, temperature: float = 1.0) -> dict[str, Any]:
    """Every step of softmax(z / T) for scores (K,), in float64.

    scaled:   z / T
    max:      the largest of them
    shifted:  z / T − max
    exp:      e to the power of that, never above 1
    sum:      of all exp, never below 1
    probs:    exp / sum
    log_probs: shifted − log(sum), which is right where probs round to 0
    entropy:  in bits
    sigmoids: 1 / (1 + e^−scaled) of each score alone
    jacobian: ∂p_i / ∂z_j = p_i (δ_ij − p_j) / T, (K, K)
    naive:    e to the power of scaled itself, its sum and what the division gives: inf and nan beyond 709.78
    """
    if not temperature > 0:
        raise BadSetting(
            f"temperature has to be above 0; {temperature:g} came. Scores are divided by it: towards 0 the "
            "largest takes all, which is argmax.",
            name="temperature",
            value=temperature,
        )
    with np.errstate(over="ignore"):
        scaled = np.asarray(logits, np.float64) / temperature
    if not np.isfinite(scaled).all():
        raise BadSetting(
            "These scores divided by this temperature are more than a 64-bit float holds. Give smaller ones, "
            "or a higher temperature.",
            name="temperature",
            value=temperature,
        )
    shifted = scaled - scaled.max()
    exp = np.exp(shifted)
    probs = exp / exp.sum()
    with np.errstate(over="ignore", invalid="ignore"):
        naive = np.exp(scaled)
        divided = naive / naive.sum()
    return {
        "scaled": scaled,
        "max": scaled.max(),
        "shifted": shifted,
        "exp": exp,
        "sum": exp.sum(),
        "probs": probs,
        "log_probs": shifted - np.log(exp.sum()),
        "entropy": float(entropy(probs)) + 0.0,  # not −0
        "sigmoids": 1 / (1 + np.exp(-np.clip(scaled, -700, 700))),
        "jacobian": (np.diag(probs) - np.outer(probs, probs)) / temperature,
        "naive": {"exp": naive, "sum": naive.sum(), "probs": divided},
    }


def loss_steps(logits: Array, target: int, temperature: float = 1.0) -> dict[str, Any]:
    """−log p[target] in nats, its gradient by the scores (p − y) / T, and the same by central differences."""
    z = np.asarray(logits, np.float64)

    def loss(scores: Array) -> float:
        return float(-log_softmax(scores / temperature)[target])

    y = np.arange(len(z)) == target
    step = np.cbrt(np.finfo(np.float64).eps) * max(1.0, float(np.abs(z).max()))
    moved = step * np.eye(len(z))
    return {
        "loss": loss(z),
        "gradient": (softmax(z / temperature) - y) / temperature,
        "check": np.array([(loss(z + d) - loss(z - d)) / (2 * step) for d in moved]),
    }


def entropy(probs: Array) -> Array:
    """−Σ p log2 p along the last axis, in bits: 3 for a pure guess among eight."""
    p = np.where(probs > 0, probs, 1)  # 0 log 0 = 0
    return np.asarray(-(p * np.log2(p)).sum(axis=-1))


def _shifted(logits: Array) -> Array:
    """(..., K) -> (K, ·), less the largest along K.

    Classes come first while they are compared and summed: over few long rows NumPy is ten times as fast as
    over many short ones.
    """
    z = logits.reshape(-1, logits.shape[-1]).T.copy()
    z -= np.maximum.reduce(z)
    return z


def _classes_last(values: Array, logits: Array) -> Array:
    """(K, ·) -> the shape of the logits."""
    return values.T.reshape(logits.shape)
