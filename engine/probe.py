"""A linear probe: what a straight reading of a state says of something that is no output of the network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Array

SHRINK = 1e-6
"""Of the mean variance, added to each: states that always lie in the same plane have none across it."""


@dataclass(frozen=True)
class Probe:
    """Scores of classes that are linear in a state: states @ W + b.

    W: (S, K); b: (K,)
    """

    W: Array
    b: Array

    def read(self, states: Array) -> Array:
        """The likeliest class of each state, (N,). states: (N, S)"""
        found: Array = (states @ self.W + self.b).argmax(axis=1)
        return found


def fit(states: Array, classes: Array, count: int) -> Probe:
    """Linear discriminant analysis (Fisher, 1936; Hastie et al., 2009, section 4.3): the best linear reading
    where each class is scattered alike around its mean.

    states: (N, S); classes: (N,), numbers below count. A class that does not occur is never read.
    """
    states = states.astype(np.float64)
    sizes = np.bincount(classes, minlength=count)
    sums = np.zeros((count, states.shape[1]))
    np.add.at(sums, classes, states)
    means = sums / np.maximum(sizes, 1)[:, None]
    within = states - means[classes]
    scatter = within.T @ within / len(states)
    scatter += (SHRINK * np.var(states, axis=0).mean() + np.finfo(float).tiny) * np.eye(len(scatter))
    W = np.linalg.solve(scatter, means.T)
    with np.errstate(divide="ignore"):
        b = np.log(sizes / len(states)) - 0.5 * np.einsum("ks,sk->k", means, W)
    return Probe(W, b)
