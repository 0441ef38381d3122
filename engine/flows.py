"""How an answer came about, seen from its end: what flows into it through each unit at each time step."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.errors import BadSetting
from engine.network import Network
from engine.trace import Trace


def flows(network: Network, trace: Trace, at: int, output: int) -> dict[str, Array]:
    """∂z/∂v ⊙ v of one score z = logits[at, output]: `x` and each layer's output v -> (T, ·).

    To first order that is what z would lose, were the unit silenced at that step ("gradient × input":
    Shrikumar, Greenside and Kundaje, Learning important features, 2017). It is 0 after the step `at` unless
    the network reads both ways.

    trace:  a run with memory over one sequence
    at:     a time step, from 0
    output: a class, from 0
    """
    logits = trace.values["logits"]
    steps, _, classes = logits.shape
    if not (0 <= at < steps and 0 <= output < classes):
        raise BadSetting(
            f"There are {steps} steps and {classes} classes, counted from 0; {at} and {output} came.",
            at=at,
            output=output,
        )
    d_logits = np.zeros_like(logits)
    d_logits[at, 0, output] = 1
    units = [f"{d.name}.{network.architecture.spec.output}" for d in network.architecture.directions]
    found = network.backward(trace, {"logits": d_logits}, wanted=["x", *units]).values
    return {name: (found[name] * trace.values[name])[:, 0] for name in ("x", *units)}
