"""What is measured against whom, and how small the ratio ours / peer has to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.benchmarks.problem import Sizes

CELLS = ("rnn", "lstm", "gru")


@dataclass(frozen=True)
class Row:
    """One comparison, for each cell.

    what:    what the table calls it
    work:    the function of `ours` and of a peer that does it
    peer:    a name in PEERS
    bars:    cell -> the largest ratio that still holds
    reuse:   ours writes into the arrays of the call before
    threads: how many threads both may use
    """

    what: str
    work: str
    sizes: Sizes
    peer: str
    bars: Mapping[str, float] = field(default_factory=dict, hash=False)
    reuse: bool = False
    threads: int = 1


def bars(rnn: float, lstm: float, gru: float) -> dict[str, float]:
    return dict(zip(CELLS, (rnn, lstm, gru), strict=True))


ONE = Sizes(1, 50, 32, 32)
MANY = Sizes(32, 50, 64, 128)
WIDE = Sizes(64, 100, 128, 256)

TRACE = "forward and every value, fresh arrays"
REUSED = "forward and every value, arrays used again"
STEP = "training step"
RECEIVED = "training step with dL/dh of every time step"

ROWS = (
    Row(TRACE, "forward", ONE, "PyTorch, a loop over the Cell", bars(0.18, 0.30, 0.33)),
    Row(REUSED, "forward", ONE, "PyTorch, a loop over the Cell", bars(0.14, 0.20, 0.25), reuse=True),
    Row(TRACE, "forward", MANY, "PyTorch, a loop over the Cell", bars(0.65, 0.85, 0.85)),
    Row(TRACE, "forward", MANY, "PyTorch fused", bars(0.75, 1.45, 0.95)),
    Row(STEP, "training", ONE, "PyTorch fused", bars(0.14, 1.0, 0.14)),
    Row(STEP, "training", MANY, "PyTorch fused", bars(0.75, 1.3, 0.80)),
    Row(RECEIVED, "received", MANY, "PyTorch, a loop over the Cell", bars(0.65, 0.75, 0.75)),
    Row(TRACE, "forward", ONE, "PyTorch fused"),
    Row(TRACE, "forward", ONE, "PyTorch, a trace by hand"),
    Row(TRACE, "forward", ONE, "ONNX Runtime"),
    Row(TRACE, "forward", ONE, "NumPy, as tutorials write it"),
    Row(TRACE, "forward", MANY, "PyTorch, a trace by hand"),
    Row(TRACE, "forward", MANY, "ONNX Runtime"),
    Row(TRACE, "forward", MANY, "NumPy, as tutorials write it"),
    Row("training step, two threads", "training", WIDE, "PyTorch fused", threads=2),
)

LONG = Sizes(4, 200, 32, 32)
"""What accuracy is measured on, in float64."""

FORWARD_WITHIN = 1e-13
GRADIENTS_WITHIN = 1e-12
