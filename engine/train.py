"""Training, as a generator of progress: whoever iterates it decides when to stop."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.dropout import Dropout
from engine.errors import BadSetting, Diverged
from engine.network import Network
from engine.optim import clip_global_norm
from engine.recipe import Recipe
from engine.schedules import factor
from engine.state import MEMORY, Check, State
from engine.tasks.base import Batch, Task
from engine.vector import joined

__all__ = ["Progress", "Recipe", "train"]


@dataclass(frozen=True)
class Progress:
    """Where a training stands after a step.

    loss:     of this step's batch, before the step; norm: of all gradients together, before clipping
    network:  what the training gives if it ends here: the best that was held against held-out examples;
              before any was, the average of the weights; without an average, the network that learns
    learning: the network that learns, which goes on changing
    held_out: the loss of the held-out examples, if this step measured it
    state:    everything else; what `train` resumes from
    """

    step: int
    steps: int
    loss: float
    norm: float
    rate: float
    network: Network
    learning: Network
    held_out: float | None
    state: State


def train(task: Task, recipe: Recipe, resume: State | None = None) -> Iterator[Progress]:
    """Train a network, from its beginning or from a state; yields after each step.

    The networks that it yields go on changing: whoever wants one as it is now takes a copy. What resumes a
    state ends with the weights that a run without a stop ends with, to the bit.
    """
    state = State.begin(task, recipe) if resume is None else resume.continued(task, recipe)
    training = _Training(task, state)
    while not state.finished:
        yield training.step()


class _Training:
    """A state, and what is needed to bring it a step further."""

    def __init__(self, task: Task, state: State) -> None:
        self.task, self.state, self.recipe = task, state, state.recipe
        self.learning = state.network(state.weights)
        self.current = self.learning if state.average is None else state.network(state.average)
        self.best = None if state.best is None else state.network(state.best)
        self.gradient = np.empty_like(state.weights)
        self.work = np.empty_like(state.weights)
        self.dropout = Dropout(self.recipe.dropout, state.streams["dropout"])
        self.held_out = tuple(task.held_out()) if self.recipe.check_every else ()
        if self.recipe.check_every and not self.held_out:
            raise BadSetting(
                f"The task {task.name} holds no examples out, so check_every has to be 0; "
                f"{self.recipe.check_every} came.",
                name="check_every",
                value=self.recipe.check_every,
            )

    def step(self) -> Progress:
        state, recipe = self.state, self.recipe
        step = state.step + 1
        rate = recipe.rate * factor(recipe.schedule, step, recipe.steps, recipe.warmup)
        batch = self.task.batch(state.streams["examples"], recipe.batch)
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused below
            loss, norm = self._learn(batch)
        _refuse_what_is_no_number(loss + norm, step)
        state.optimiser.step(state.weights, self.gradient, rate)
        state.step = step
        state.mean = loss if step == 1 else MEMORY * state.mean + (1 - MEMORY) * loss
        if state.average is not None:
            self._average(state.average)
        held_out = self._check() if self._is_time_to_check() else None
        network = self.current if self.best is None else self.best
        return Progress(step, recipe.steps, loss, norm, rate, network, self.learning, held_out, state)

    def _learn(self, batch: Batch) -> tuple[float, float]:
        """The loss of a batch, and the norm of its gradient, which is clipped."""
        trace = self.learning.forward(batch.x, mask=batch.mask, dropout=self.dropout, reuse=True)
        loss, gradients = self.task.loss(trace.values, batch)
        joined(self.learning.backward(trace, gradients).parameters, out=self.gradient)
        return loss, clip_global_norm(self.gradient, self.recipe.clip)

    def _average(self, average: Array) -> None:
        """ā ← ā + (p − ā) (1 − d) / (1 − dᵏ) after step k: a running average (Polyak and Juditsky, 1992).

        It equals the sum of dᵏ⁻ʲ pⱼ over the sum of dᵏ⁻ʲ, j = 1 … k: where it began counts for nothing.
        """
        d = self.recipe.average
        np.subtract(self.state.weights, average, out=self.work)
        self.work *= (1 - d) / (1 - d**self.state.step)
        average += self.work

    def _is_time_to_check(self) -> bool:
        every, step = self.recipe.check_every, self.state.step
        return every > 0 and (step % every == 0 or step == self.recipe.steps)

    def _check(self) -> float:
        """The loss of the held-out examples; keeps the weights if none was lower."""
        state = self.state
        with np.errstate(over="ignore", invalid="ignore"):
            held_out = self._mean_loss(self.held_out)
        _refuse_what_is_no_number(held_out, state.step)
        if state.meet(Check(state.step, state.mean, held_out)):
            self._keep()
        return held_out

    def _mean_loss(self, batches: Sequence[Batch]) -> float:
        """As if all were one batch."""
        total = count = 0.0
        for batch in batches:
            trace = self.current.forward(batch.x, mask=batch.mask, reuse=True)
            size = float(batch.weights.sum())
            total += size * self.task.loss(trace.values, batch)[0]
            count += size
        return total / count

    def _keep(self) -> None:
        if self.state.best is None:
            self.state.best = self.state.current.copy()
            self.best = self.state.network(self.state.best)
        else:
            np.copyto(self.state.best, self.state.current)


def _refuse_what_is_no_number(value: float, step: int) -> None:
    if not math.isfinite(value):
        raise Diverged(
            f"The loss is no longer a number at step {step}. Try a lower rate or a tighter clip.",
            step=step,
        )
