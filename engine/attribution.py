"""What each word of a text did to the answer: four honest readings, which do not agree.

step change          how the answer moved when the word was read
leave one out        how it moves when the word is left out
gradient × input     how it would move if the word's embedding grew, times the embedding
Shapley value        how it moves when the word joins the others, over all orders of joining
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np

from engine.answers import answers
from engine.arrays import Array
from engine.errors import InputError
from engine.network import Network

MOST = 10
"""Words for which all subsets are read: 2¹⁰ of them."""


@dataclass(frozen=True)
class Shapley:
    """Exact Shapley values and pair interactions.

    values: (T, K): they add up to the answer after all words less the one before any
    pairs:  (T, T, K): how much two words do together beyond what each does alone; 0 on the diagonal
    """

    values: Array
    pairs: Array


def step_change(network: Network, symbols: Array) -> Array:
    """(T, K): p after each word, less p before it. They add up to the whole way from before any word."""
    probs = network.forward(symbols[:, None]).values["probs"][:, 0]
    return np.diff(probs, axis=0, prepend=network.before()["probs"])


def leave_one_out(network: Network, symbols: Array) -> Array:
    """(T, K): the answer, less the answer without the word."""
    texts = [symbols, *(np.delete(symbols, t) for t in range(len(symbols)))]
    found = answers(network, texts)
    return np.asarray(found[0] - found[1:])


def gradient_times_input(network: Network, symbols: Array) -> Array:
    """(T, K): ∂p_k / ∂x_t · x_t for the answer p after the last word (Shrikumar et al., 2017, call it so)."""
    classes = network.architecture.heads["readout"]
    trace = network.forward(np.repeat(symbols[:, None], classes, axis=1))  # a copy for each class
    p = trace.values["probs"][-1, 0]
    d_logits = np.zeros_like(trace.values["logits"])
    d_logits[-1] = np.diag(p) - np.outer(p, p)  # ∂p_k / ∂z_j = p_k (δ_kj − p_j)
    d_x = network.backward(trace, {"logits": d_logits}, wanted=["x"]).values["x"]  # (T, K, I)
    return np.asarray((d_x * trace.values["x"]).sum(axis=-1))


def shapley(network: Network, symbols: Array) -> Shapley:
    """Shapley, A value for n-person games (1953); interactions by Grabisch and Roubens (1999).

    Every subset of the words is read, in their order: a text of n words costs 2ⁿ runs in one batch.
    """
    n = len(symbols)
    if n > MOST:
        raise InputError(f"All subsets are read of {MOST} words at most; {n} came.", limit=MOST, came=n)
    subsets = np.arange(2**n)
    member = (subsets[:, None] >> np.arange(n)) & 1 == 1  # (2ⁿ, n)
    worth = answers(network, [symbols[mine] for mine in member]).astype(np.float64)
    sizes = member.sum(axis=1)
    values = np.empty((n, worth.shape[1]))
    pairs = np.zeros((n, n, worth.shape[1]))
    alone = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    both = np.array([factorial(s) * factorial(n - s - 2) / factorial(n - 1) for s in range(n - 1)])
    for i in range(n):
        without = subsets[~member[:, i]]
        joins = worth[without | 1 << i] - worth[without]
        values[i] = alone[sizes[without]] @ joins
        for j in range(i):
            others = without[~member[without, j]]
            together = worth[others | 1 << i | 1 << j] - worth[others | 1 << i]
            pairs[i, j] = pairs[j, i] = both[sizes[others]] @ (
                together - worth[others | 1 << j] + worth[others]
            )
    return Shapley(values, pairs)
