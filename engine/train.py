"""Training, as a generator of progress: whoever iterates it decides when to stop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.architecture import Architecture
from engine.errors import BadSetting, Diverged, UnknownName
from engine.network import Network, initialise
from engine.optim import OPTIMISERS, clip_global_norm
from engine.tasks.base import Task


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    cell:      a name in CELLS
    hidden:    units of each layer
    layers:    layers that stand on each other
    steps:     batches to learn from
    batch:     sequences in a batch
    rate:      learning rate at the start; it falls to zero along half a cosine (Loshchilov and Hutter, 2017)
    clip:      joint norm that gradients are scaled down to
    optimiser: adam or sgd
    momentum:  of sgd
    seed:      of the first weights and of the examples
    """

    cell: str = "rnn"
    hidden: int = 32
    layers: int = 1
    steps: int = 6000
    batch: int = 128
    rate: float = 3e-3
    clip: float = 1.0
    optimiser: str = "adam"
    momentum: float = 0.9
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("steps", "batch", "rate", "clip"):
            value = getattr(self, name)
            if not value > 0:
                raise BadSetting(f"{name} has to be above 0; {value} came.", name=name, value=value)
        if self.seed < 0:
            raise BadSetting(f"seed has to be 0 or more; {self.seed} came.", name="seed", value=self.seed)
        if self.optimiser not in OPTIMISERS:
            raise UnknownName("optimiser", self.optimiser, sorted(OPTIMISERS))

    def architecture(self, task: Task) -> Architecture:
        return Architecture(self.cell, task.inputs, self.hidden, dict(task.heads), self.layers)

    def with_seed(self, seed: int) -> Recipe:
        return replace(self, seed=seed)


@dataclass(frozen=True)
class Progress:
    """Where a training stands after a step.

    loss: of this step's batch, before the step; norm: of all gradients together, before clipping
    """

    step: int
    steps: int
    loss: float
    norm: float
    rate: float
    network: Network


def train(task: Task, recipe: Recipe) -> Iterator[Progress]:
    """Train a network from its beginning; yields after each step, the same network each time."""
    network = initialise(recipe.architecture(task), _rng(recipe.seed, "weights"))
    examples = _rng(recipe.seed, "examples")
    optimiser = OPTIMISERS[recipe.optimiser](recipe.momentum)
    for step in range(1, recipe.steps + 1):
        rate = 0.5 * recipe.rate * (1 + math.cos(math.pi * (step - 1) / recipe.steps))
        batch = task.batch(examples, recipe.batch)
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused below
            trace = network.forward(batch.x, reuse=True)
            loss, gradients = task.loss(trace.values, batch)
            found = network.backward(trace, gradients).parameters
            norm = clip_global_norm(found, recipe.clip)
        if not math.isfinite(loss + norm):
            raise Diverged(
                f"The loss is no longer a number at step {step}. Try a lower rate or a tighter clip.",
                step=step,
            )
        optimiser.step(network.parameters, found, rate)
        yield Progress(step, recipe.steps, loss, norm, rate, network)


def _rng(seed: int, purpose: str) -> np.random.Generator:
    """A stream of its own for each purpose, so that changing one leaves the other as it was."""
    return np.random.default_rng([seed, *purpose.encode()])
