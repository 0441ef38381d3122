"""How far shares can be trusted, and whether a network is right as often as it is sure."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array


def band(share: float, count: int) -> float:
    """The half-width of the 95 % binomial band of a share of so many."""
    return round(1.96 * float(np.sqrt(share * (1 - share) / count)), 4)


def reliability(confidence: Array, correct: Array, bins: int = 10) -> list[dict[str, float]]:
    """Of the answers given with a certain confidence, how many were right (Guo et al., 2017).

    `band` is the half-width of the 95 % binomial band. Answers of one path are not independent of
    each other, so read it as a lower bound of the doubt.
    """
    rows = []
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    for k in range(bins):
        mine = which == k
        if mine.sum() < 50:
            continue
        share = float(correct[mine].mean())
        rows.append(
            {
                "from": k / bins,
                "to": (k + 1) / bins,
                "count": int(mine.sum()),
                "confidence": round(float(confidence[mine].mean()), 4),
                "accuracy": round(share, 4),
                "band": band(share, int(mine.sum())),
            }
        )
    return rows
