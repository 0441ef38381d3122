"""How long candidates take beside each other, in one process.

The machine's speed changes from second to second, and alike for all. So each round times every
candidate once, in a new order; two are compared within a round, and only the ratios are gathered.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

Run = Callable[[], Any]
Clock = Callable[[], float]

LEAST = 3e-3
"""Seconds that one measurement has to last: 3 ms hides the clock's own steps."""


@dataclass(frozen=True)
class Comparison:
    """Two candidates over the rounds.

    ours, peer: median seconds of a call
    ratio:      median of ours / peer within each round; below 1 we are faster
    low, high:  the quartiles of that
    """

    ours: float
    peer: float
    ratio: float
    low: float
    high: float


def alternate(
    runs: Mapping[str, Run], rounds: int, random: Random, clock: Clock = time.perf_counter
) -> dict[str, list[float]]:
    """Seconds a call of each candidate, round by round."""
    calls = {name: enough(run, clock) for name, run in runs.items()}
    found: dict[str, list[float]] = {name: [] for name in runs}
    collecting = gc.isenabled()
    gc.disable()  # or one candidate would sweep up what another left
    try:
        for _ in range(rounds):
            for name in random.sample(list(runs), len(runs)):
                found[name].append(once(runs[name], calls[name], clock))
            gc.collect()
    finally:
        if collecting:
            gc.enable()
    return found


def once(run: Run, calls: int, clock: Clock) -> float:
    """Seconds a call, over so many of them."""
    start = clock()
    for _ in range(calls):
        run()
    return (clock() - start) / calls


def enough(run: Run, clock: Clock, least: float = LEAST) -> int:
    """How many calls last `least` seconds: doubled until they do, which warms them up as well."""
    calls = 1
    while once(run, calls, clock) * calls < least:
        calls *= 2
    return calls


def compare(ours: Sequence[float], peer: Sequence[float]) -> Comparison:
    """What a row says of two candidates that were timed in the same rounds."""
    ratios = [a / b for a, b in zip(ours, peer, strict=True)]
    low, ratio, high = quartiles(ratios)
    return Comparison(statistics.median(ours), statistics.median(peer), ratio, low, high)


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high
