"""How a network is trained, as options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.architecture import Architecture
from engine.errors import BadSetting, UnknownName
from engine.optim import OPTIMISERS
from engine.schedules import SCHEDULES
from engine.tasks.base import Task

POSITIVE = ("steps", "batch", "rate", "clip")
COUNTS = ("seed", "warmup", "check_every", "patience")
SHARES = ("momentum", "average", "dropout")
NAMES: dict[str, Mapping[str, object]] = {"optimiser": OPTIMISERS, "schedule": SCHEDULES}


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    cell:          a name in CELLS
    embedding:     numbers that a symbol becomes, where inputs are symbols
    hidden:        units of each layer
    layers:        layers that stand on each other
    bidirectional: each layer also runs from the last step to the first
    steps:         batches to learn from
    batch:         sequences in a batch
    rate:          learning rate where the schedule is at its height
    schedule:      how the rate goes on after the warm-up: cosine, linear or constant
    warmup:        steps in which the rate grows to its height
    clip:          joint norm that gradients are scaled down to
    optimiser:     adam or sgd
    momentum:      of sgd
    dropout:       share of what an embedding and each layer hand on that is zeroed while training
    average:       decay of the running average of the weights, which is the result; 0 takes the last ones
    check_every:   steps between two looks at held-out examples, the best look being the result; 0 is never
    patience:      looks without a better one after which training ends; 0 is never
    seed:          of the first weights, of the examples and of what is dropped
    """

    cell: str = "rnn"
    embedding: int = 32
    hidden: int = 32
    layers: int = 1
    bidirectional: bool = False
    steps: int = 6000
    batch: int = 128
    rate: float = 3e-3
    schedule: str = "cosine"
    warmup: int = 0
    clip: float = 1.0
    optimiser: str = "adam"
    momentum: float = 0.9
    dropout: float = 0.0
    average: float = 0.0
    check_every: int = 0
    patience: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in POSITIVE:
            self._refuse(name, not getattr(self, name) > 0, "above 0")
        for name in COUNTS:
            self._refuse(name, getattr(self, name) < 0, "0 or more")
        for name in SHARES:
            self._refuse(name, not 0 <= getattr(self, name) < 1, "from 0 to below 1")
        self._refuse("warmup", self.warmup >= self.steps, f"below {self.steps}, the number of steps")
        self._refuse("patience", self.patience > 0 and not self.check_every, "0 where check_every is 0")
        for kind, known in NAMES.items():
            if getattr(self, kind) not in known:
                raise UnknownName(kind, getattr(self, kind), sorted(known))

    def _refuse(self, name: str, wrong: bool, needed: str) -> None:
        if wrong:
            value = getattr(self, name)
            raise BadSetting(f"{name} has to be {needed}; {value} came.", name=name, value=value)

    def architecture(self, task: Task) -> Architecture:
        symbols = len(task.vocabulary)
        inputs = self.embedding if symbols else task.inputs
        heads = dict(task.heads)
        return Architecture(self.cell, inputs, self.hidden, heads, self.layers, self.bidirectional, symbols)

    def with_seed(self, seed: int) -> Recipe:
        return replace(self, seed=seed)

    def stream(self, purpose: str) -> np.random.Generator:
        """A stream of its own for each purpose, so that changing one leaves the other as it was."""
        return np.random.default_rng([self.seed, *purpose.encode()])
