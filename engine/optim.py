"""Optimisers: they change parameters in place, from their gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from engine.arrays import Array

Arrays = Mapping[str, Array]


class Optimiser(Protocol):
    def step(self, parameters: Arrays, gradients: Arrays, rate: float) -> None:
        """Move every parameter a little against its gradient."""


class SGD:
    """Stochastic gradient descent with momentum: v ← μ v + g, p ← p − rate · v."""

    def __init__(self, momentum: float = 0.0) -> None:
        self.momentum = momentum
        self.velocity: dict[str, Array] = {}

    def step(self, parameters: Arrays, gradients: Arrays, rate: float) -> None:
        for name, g in gradients.items():
            v = self.velocity.setdefault(name, np.zeros_like(g))
            v *= self.momentum
            v += g
            parameters[name][...] -= rate * v


class Adam:
    """Adam (Kingma and Ba, 2015), with bias correction."""

    def __init__(self, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> None:
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.mean: dict[str, Array] = {}
        self.square: dict[str, Array] = {}
        self.steps = 0

    def step(self, parameters: Arrays, gradients: Arrays, rate: float) -> None:
        self.steps += 1
        for name, g in gradients.items():
            m = self.mean.setdefault(name, np.zeros_like(g))
            s = self.square.setdefault(name, np.zeros_like(g))
            m += (1 - self.beta1) * (g - m)
            s += (1 - self.beta2) * (g * g - s)
            m_hat = m / (1 - self.beta1**self.steps)
            s_hat = s / (1 - self.beta2**self.steps)
            parameters[name][...] -= rate * m_hat / (np.sqrt(s_hat) + self.epsilon)


OPTIMISERS: dict[str, Callable[[float], Optimiser]] = {"sgd": SGD, "adam": lambda momentum: Adam()}
"""By name, made from a momentum where they have one."""


def clip_global_norm(gradients: Arrays, limit: float) -> float:
    """Scale all gradients together so that their joint norm is at most limit; return the norm before.

    Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013).
    """
    norm = float(np.sqrt(sum(float((g.astype(np.float64) ** 2).sum()) for g in gradients.values())))
    if norm > limit:
        for g in gradients.values():
            g *= limit / norm
    return norm
