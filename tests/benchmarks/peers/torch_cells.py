"""nn.RNNCell, nn.LSTMCell and nn.GRUCell in a loop: how one gets at every h_t, and at its gradient."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tests.benchmarks.peers.torch_weights import gradients, load
from tests.benchmarks.problem import Candidate, Problem, Values


def forward(problem: Problem) -> Candidate:
    """The states of every time step as a list; stacking them would cost more."""
    module, x = _module(problem), torch.from_numpy(problem.x)

    def run() -> list[Any]:
        states, state = [], None
        with torch.inference_mode():
            for x_t in x.unbind(0):
                state = module(x_t, state)
                states.append(state)
        return states

    return Candidate(run, lambda states: {"h": torch.stack([_h(state) for state in states]).numpy()})


def received(problem: Problem) -> Candidate:
    module, x = _module(problem), torch.from_numpy(problem.x)
    d_h = torch.from_numpy(problem.d_h).unbind(0)

    def run() -> list[torch.Tensor]:
        module.zero_grad()
        hs, state = [], None
        for x_t in x.unbind(0):
            state = module(x_t, state)
            hs.append(_h(state))
            hs[-1].retain_grad()
        torch.autograd.backward(hs, d_h)
        return hs

    def read(hs: list[torch.Tensor]) -> Values:
        return {**gradients(module), "d_h": torch.stack([h.grad for h in hs]).numpy()}

    return Candidate(run, read)


def _module(problem: Problem) -> nn.Module:
    kind = getattr(nn, f"{problem.cell.name.upper()}Cell")
    return load(kind(problem.sizes.inputs, problem.sizes.hidden), problem)


def _h(state: Any) -> torch.Tensor:
    """A Cell carries h, or h and c."""
    return state[0] if isinstance(state, tuple) else state
