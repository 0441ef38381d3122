"""nn.RNN, nn.LSTM and nn.GRU: the whole sequence in one call, which keeps h alone for its caller."""

from __future__ import annotations

import torch
from torch import nn

from tests.benchmarks.peers.torch_weights import gradients, load
from tests.benchmarks.problem import Candidate, Problem


def forward(problem: Problem) -> Candidate:
    module, x = _module(problem), torch.from_numpy(problem.x)

    def run() -> torch.Tensor:
        with torch.inference_mode():
            return module(x)[0]

    return Candidate(run, lambda h: {"h": h.numpy()})


def training(problem: Problem) -> Candidate:
    """Autograd from the given dL/dh: no loss is computed, and no dL/dx, which nobody asks for."""
    module, x, d_h = _module(problem), torch.from_numpy(problem.x), torch.from_numpy(problem.d_h)

    def run() -> nn.Module:
        module.zero_grad()
        module(x)[0].backward(d_h)
        return module

    return Candidate(run, gradients)


def _module(problem: Problem) -> nn.Module:
    kind = getattr(nn, problem.cell.name.upper())
    return load(kind(problem.sizes.inputs, problem.sizes.hidden), problem)
