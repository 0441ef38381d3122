"""Unrolled as a candidate. Each function does a kind of work; what can be done once is done before.

All of them keep every value of every time step; a training step also keeps what each received.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import reduce

import numpy as np

from engine.arrays import Array
from engine.layer import Layer, LayerGradients
from tests.benchmarks.problem import Candidate, Problem, Values


def forward(problem: Problem, *, reuse: bool) -> Candidate:
    """The whole record. A Layer makes fresh arrays at every call; it has none to use again."""
    layer = _layer(problem)
    return Candidate(lambda: layer.forward(problem.x), lambda record: {"h": record["h"]})


def training(problem: Problem) -> Candidate:
    """Every parameter's gradient; with more threads, each takes its share of the batch."""
    layer = _layer(problem)
    shares = [np.array_split(array, problem.threads, axis=1) for array in (problem.x, problem.d_h)]
    spread = map if problem.threads == 1 else ThreadPoolExecutor(problem.threads).map

    def run() -> Values:
        found = spread(lambda x, d_h: _step(layer, x, d_h).parameters, *shares)
        return reduce(_sum, found)

    return Candidate(run, dict)


def received(problem: Problem) -> Candidate:
    """The parameters' gradients and dL/dh, as every h_t received it."""
    layer = _layer(problem)
    return Candidate(
        lambda: _step(layer, problem.x, problem.d_h),
        lambda found: {**found.parameters, "d_h": found.received["h"]},
    )


def _layer(problem: Problem) -> Layer:
    return Layer(problem.cell, problem.weights, problem.sizes.inputs, problem.sizes.hidden)


def _step(layer: Layer, x: Array, d_h: Array) -> LayerGradients:
    return layer.backward(layer.forward(x), {"h": d_h})


def _sum(a: Values, b: Values) -> Values:
    return {name: a[name] + b[name] for name in a}
