"""How the learning rate goes while a network trains: a factor of the rate for every step.

A schedule is a function of how far the training is. All of them may begin with a warm-up, in which the
factor grows evenly to 1 (Goyal et al., Accurate, large minibatch SGD, 2017).
"""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[float], float]
"""The share of the steps after the warm-up that are done, from 0 to below 1 -> a factor, from 0 to 1."""


def cosine(share: float) -> float:
    """Half a cosine from 1 to 0 (Loshchilov and Hutter, SGDR, 2017)."""
    return 0.5 * (1 + math.cos(math.pi * share))


def linear(share: float) -> float:
    """A straight line from 1 to 0 (Defazio et al., Optimal linear decay learning rate schedules, 2023)."""
    return 1 - share


def constant(share: float) -> float:
    """1 throughout; then the average of the weights is what comes to rest (Polyak and Juditsky, 1992)."""
    return 1.0


SCHEDULES: dict[str, Schedule] = {"cosine": cosine, "linear": linear, "constant": constant}


def factor(schedule: str, step: int, steps: int, warmup: int = 0) -> float:
    """What the rate is multiplied by at a step, counted from 1; the first after the warm-up has all of it."""
    if step <= warmup:
        return step / (warmup + 1)
    return SCHEDULES[schedule]((step - 1 - warmup) / (steps - warmup))
