"""The problem's weights in a module of PyTorch, and its gradients by our names."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import nn

from tests.benchmarks.problem import Problem, Values

Module = TypeVar("Module", bound=nn.Module)


def load(module: Module, problem: Problem) -> Module:
    """The module, of the problem's type and with its weights. Sets PyTorch's number of threads as well."""
    torch.set_num_threads(problem.threads)
    module.to(torch.from_numpy(problem.x).dtype)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.from_numpy(problem.weights[ours(name)]))
    return module


def gradients(module: nn.Module) -> Values:
    return {ours(name): parameter.grad.numpy() for name, parameter in module.named_parameters()}


def ours(name: str) -> str:
    """`weight_ih_l0` and `weight_ih` are our `W_ih`."""
    kind, of = name.split("_")[:2]
    return f"{kind[0].replace('w', 'W')}_{of}"
