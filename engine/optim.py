"""Optimisers: they change parameters in place, from their gradient, without making arrays on the way.

All parameters of a network lie in one vector while it trains, so a step is a handful of calls. What an
optimiser knows is elementwise: an array of any shape will do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from engine.arrays import Array


class Optimiser:
    """Moves parameters a little against their gradient.

    steps:  how many it has made
    memory: what it carries from step to step, by the names it `remembers`: arrays like the parameters
    """

    remembers: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self.steps = 0
        self.memory: dict[str, Array] = {}
        self._work: tuple[Array, Array] | None = None

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Change the parameters, given an array like them."""
        if not self.memory:
            self.memory = {name: np.zeros_like(parameters) for name in self.remembers}
        if self._work is None:
            self._work = np.empty_like(parameters), np.empty_like(parameters)
        self.steps += 1
        parameters -= self._move(gradient, rate, *self._work)

    def _move(self, gradient: Array, rate: float, work: Array, other: Array) -> Array:
        """What is to be taken from the parameters, in one of the two arrays to work in."""
        raise NotImplementedError


class SGD(Optimiser):
    """Stochastic gradient descent with momentum: v ← μ v + g, p ← p − rate · v."""

    remembers = ("velocity",)

    def __init__(self, momentum: float = 0.0) -> None:
        super().__init__()
        self.momentum = momentum

    def _move(self, gradient: Array, rate: float, work: Array, other: Array) -> Array:
        v = self.memory["velocity"]
        v *= self.momentum
        v += gradient
        return np.multiply(v, rate, out=work)


class Adam(Optimiser):
    """Adam (Kingma and Ba, 2015), with bias correction: p ← p − rate · m̂ / (√ŝ + ε)."""

    remembers = ("mean", "square")

    def __init__(self, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> None:
        super().__init__()
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def _move(self, gradient: Array, rate: float, work: Array, other: Array) -> Array:
        m, s = self.memory["mean"], self.memory["square"]
        np.subtract(gradient, m, out=work)  # m ← m + (1 − β1) (g − m)
        work *= 1 - self.beta1
        m += work
        np.multiply(gradient, gradient, out=work)  # s ← s + (1 − β2) (g² − s)
        work -= s
        work *= 1 - self.beta2
        s += work
        np.divide(s, 1 - self.beta2**self.steps, out=work)  # ŝ
        np.sqrt(work, out=work)
        work += self.epsilon
        np.multiply(m, rate / (1 - self.beta1**self.steps), out=other)  # rate · m̂
        return np.divide(other, work, out=other)


OPTIMISERS: dict[str, Callable[[float], Optimiser]] = {"sgd": SGD, "adam": lambda momentum: Adam()}
"""By name, made from a momentum where they have one."""


def clip_global_norm(gradient: Array, limit: float) -> float:
    """Scale a gradient in place so that its norm is at most limit; return the norm before.

    Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013).
    """
    # summed by NumPy: a dot product of BLAS would depend on how many threads share it
    norm = float(np.sqrt(np.square(gradient, dtype=np.float64).sum()))
    if norm > limit:
        gradient *= limit / norm
    return norm
