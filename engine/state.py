"""The state of a training after a step: what goes on from it ends as what never stopped, to the bit.

That holds on the same machine; another one, with other cores, may sum in another order.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from engine import options, tensors
from engine.architecture import Architecture
from engine.arrays import Array
from engine.errors import ShapeError
from engine.network import Network, initialise
from engine.optim import OPTIMISERS, Optimiser
from engine.parallel import one_blas_thread
from engine.recipe import Recipe
from engine.tasks.base import Task
from engine.vector import joined, length, views

KEY, VERSION = "unrolled.training", 1

STREAMS = ("examples", "dropout")
"""What is drawn while a network trains, each from a stream of its own."""

MEMORY = 0.98
"""How much of the running mean of the losses stays at each step."""


class Check(NamedTuple):
    """A look at held-out examples: after which step, the running mean of the losses, the held-out loss."""

    step: int
    loss: float
    held_out: float


@dataclass
class State:
    """Everything that a training is.

    task:      the task's name
    settings:  the task's own options
    weights:   of the network that learns: all parameters in one vector (N,), in the architecture's order
    average:   (N,) of those weights, where the recipe wants one
    best:      (N,) the weights with the lowest held-out loss, once one was measured
    optimiser: with what it remembers
    streams:   purpose -> random generator
    step:      how many are done
    mean:      running mean of the losses
    checks:    every look at held-out examples, in order
    waited:    how many of them came after the best one
    note:      what whoever trains wants to find again, as JSON knows it
    """

    architecture: Architecture
    recipe: Recipe
    task: str
    settings: Mapping[str, Any]
    weights: Array
    average: Array | None
    best: Array | None
    optimiser: Optimiser
    streams: dict[str, np.random.Generator]
    step: int = 0
    mean: float = 0.0
    checks: list[Check] = field(default_factory=list)
    waited: int = 0
    note: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def begin(cls, task: Task, recipe: Recipe) -> State:
        """Before the first step."""
        architecture = recipe.architecture(task)
        with one_blas_thread():  # orthogonal matrices come from LAPACK, whose sums follow its threads
            network = initialise(architecture, recipe.stream("weights"))
        weights = joined(network.parameters)
        return cls(
            architecture,
            recipe,
            task.name,
            options.values(task),
            weights,
            np.zeros_like(weights) if recipe.average else None,
            None,
            OPTIMISERS[recipe.optimiser](recipe.momentum),
            {purpose: recipe.stream(purpose) for purpose in STREAMS},
        )

    def continued(self, task: Task, recipe: Recipe) -> State:
        """The same state to go on from, this one being left as it is; refuses another task or recipe."""
        options.agree(
            {"task": self.task, **options.values(self.recipe)}, {"task": task.name, **options.values(recipe)}
        )
        options.agree(dict(self.settings), options.values(task))
        if recipe.architecture(task) != self.architecture:
            raise ShapeError("The training that is resumed was of another architecture than this task needs.")
        return copy.deepcopy(self)

    @property
    def finished(self) -> bool:
        """Whether every step is done, or no better look came for too long."""
        return self.step >= self.recipe.steps or 0 < self.recipe.patience <= self.waited

    @property
    def current(self) -> Array:
        """The weights as they are judged: averaged, where the recipe says so."""
        return self.weights if self.average is None else self.average

    @property
    def result(self) -> Array:
        """What the training gives if it ends here."""
        return self.current if self.best is None else self.best

    def network(self, weights: Array) -> Network:
        """A network whose parameters are views of a vector (N,): it follows what changes there."""
        return Network(self.architecture, views(weights, self.architecture.shapes))

    def meet(self, check: Check) -> bool:
        """Write a look at held-out examples down; True if none was better before."""
        better = all(check.held_out < other.held_out for other in self.checks)
        self.checks.append(check)
        self.waited = 0 if better else self.waited + 1
        return better

    def to_bytes(self) -> bytes:
        vectors = {"weights": self.weights, "average": self.average, "best": self.best}
        memory = {f"optimiser.{name}": p for name, p in self.optimiser.memory.items()}
        header = {
            "version": VERSION,
            "architecture": self.architecture.as_dict(),
            "recipe": options.values(self.recipe),
            "task": self.task,
            "settings": dict(self.settings),
            "step": self.step,
            "mean": self.mean,
            "checks": self.checks,
            "streams": {purpose: _written(rng) for purpose, rng in self.streams.items()},
            "note": self.note,
        }
        there = {name: p for name, p in vectors.items() if p is not None}
        return tensors.pack(there | memory, KEY, header)

    def save(self, path: Path) -> None:
        tensors.write(path, self.to_bytes())


def load(path: Path) -> State:
    """Read a state; a CheckpointError says what is wrong with a file that is not one."""
    text, found = tensors.read(path, KEY, "the state of a training, so there is nothing to go on from.")
    with tensors.fitting(path):
        header = json.loads(text)
        tensors.check_version(header, VERSION)
        recipe = options.read(Recipe, header["recipe"])
        state = State(
            Architecture(**header["architecture"]),
            recipe,
            str(header["task"]),
            dict(header["settings"]),
            found["weights"],
            found.get("average"),
            found.get("best"),
            OPTIMISERS[recipe.optimiser](recipe.momentum),
            {purpose: _read(header["streams"][purpose]) for purpose in STREAMS},
            int(header["step"]),
            float(header["mean"]),
            note=dict(header["note"]),
        )
        for step, loss, held_out in header["checks"]:
            state.meet(Check(int(step), float(loss), float(held_out)))
        state.optimiser.steps = state.step
        if state.step:
            remembered = state.optimiser.remembers
            state.optimiser.memory = {name: found[f"optimiser.{name}"] for name in remembered}
        _check(state, found)
        return state


def _check(state: State, found: Mapping[str, Array]) -> None:
    """Refuse vectors that are not those of this training."""
    expected = {"weights", *(f"optimiser.{name}" for name in state.optimiser.memory)}
    expected |= {"average"} if state.recipe.average else set()
    expected |= {"best"} if state.checks else set()
    if found.keys() != expected:
        came, needed = (", ".join(sorted(names)) for names in (found, expected))
        raise ValueError(f"the vectors {needed} are needed; {came} came.")
    if not 0 <= state.step <= state.recipe.steps:
        raise ValueError(f"step {state.step} is not one of {state.recipe.steps}.")
    if state.architecture.layers > state.weights.size:  # before anything is as long as a file says
        raise ValueError(f"{state.architecture.layers} layers cannot come from {state.weights.size} numbers.")
    tensors.check_numbers(found, "numbers")
    size = length(state.architecture.shapes)
    for name, vector in sorted(found.items()):
        if vector.shape != (size,) or vector.dtype != np.float32:
            came = f"{vector.shape} of {vector.dtype}"
            raise ValueError(f"{name} has to be of shape ({size},) and of float32; {came} came.")


def _written(rng: np.random.Generator) -> dict[str, Any]:
    """The state of a generator, its 128-bit numbers as hex: JSON readers keep 53 bits of a number."""
    state = dict(rng.bit_generator.state)
    return {**state, "state": {name: hex(value) for name, value in state["state"].items()}}


def _read(written: Mapping[str, Any]) -> np.random.Generator:
    bits = np.random.PCG64()
    state: Any = {**written, "state": {name: int(value, 16) for name, value in written["state"].items()}}
    bits.state = state
    return np.random.Generator(bits)
