"""The trainings that one command asks for, one for each seed: examined, saved, and resumed when stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine import checkpoint, report, state, tensors
from engine.checkpoint import Checkpoint
from engine.errors import BadSetting, CheckpointError
from engine.options import read, values
from engine.recipe import Recipe
from engine.state import State
from engine.tasks import registry
from engine.tasks.base import Task
from engine.train import train
from engine.vocabulary import Vocabulary


@dataclass(frozen=True)
class Runs:
    """What a command asks for beside its task and recipe. A state that it saves has this in its note.

    command:    the command as it was typed, for the card
    out:        where the .safetensors file goes
    seeds:      train for so many seeds, keep the first
    save_every: steps between two savings of the state; 0 saves it when training is stopped
    half:       round weights to 16 bits, which halves the file; what is examined is what is saved
    figures:    what the exam found for each seed that is done
    first:      digest of the first seed's weights, once it is done
    """

    command: str
    out: str
    seeds: int = 1
    save_every: int = 0
    half: bool = False
    figures: tuple[dict[str, Any], ...] = field(default_factory=tuple)  # by a factory: no option
    first: str = field(default_factory=str)

    def __post_init__(self) -> None:
        for name, lowest in (("seeds", 1), ("save_every", 0)):
            value = getattr(self, name)
            if value < lowest:
                raise BadSetting(f"{name} has to be {lowest} or more; {value} came.", name=name, value=value)

    @property
    def path(self) -> Path:
        return Path(self.out)

    @property
    def state_path(self) -> Path:
        """Beside what it ends as: ball-gru.state.safetensors."""
        return self.path.with_suffix(".state.safetensors")

    def keep(self, now: State) -> None:
        now.note = asdict(self)
        now.save(self.state_path)


@dataclass(frozen=True)
class Stopped:
    """What the file of a state says: where the training of which seed stands, and what came before.

    recipe: as it was asked for, with the first seed
    """

    runs: Runs
    task: Task
    recipe: Recipe
    state: State


def stopped(path: Path) -> Stopped:
    """Read what `Runs.keep` wrote; a CheckpointError says what is wrong with a file that is not such."""
    found = state.load(path)
    with tensors.fitting(path):
        runs = Runs(**found.note)
        done = len(runs.figures)
        if done >= runs.seeds:
            raise ValueError(f"{done} of {runs.seeds} seeds are done.")
        recipe = found.recipe.with_seed(found.recipe.seed - done)
        task = read(registry.task(found.task), found.settings)
        return Stopped(replace(runs, figures=tuple(runs.figures)), task, recipe, found)


def first_of(runs: Runs) -> Checkpoint | None:
    """The network of the first seed, as it was saved when it was done."""
    if not runs.figures:
        return None
    found = checkpoint.load(runs.path)
    if found.digest != runs.first:
        raise CheckpointError(
            f"{runs.path.name} holds other weights than those of the first seed, {runs.first}. Put that file "
            "back, or train from the beginning."
        )
    return found


def run(
    runs: Runs,
    task: Task,
    recipe: Recipe,
    begun: State | None = None,
    first: Checkpoint | None = None,
) -> Checkpoint:
    """Train the seeds that are not done; the first one's network is saved as soon as it is there, with the
    spread of those that are done in its card.

    recipe: with the first seed
    begun:  where the first of those to be trained stands
    first:  the first seed's network, if it is done
    """
    runs.path.parent.mkdir(parents=True, exist_ok=True)  # what cannot be written fails now, not after hours
    for k in range(len(runs.figures), runs.seeds):
        begun = begun or State.begin(task, recipe.with_seed(recipe.seed + k))
        ended, figures = _one(runs, task, begun)
        begun = None
        runs = replace(runs, figures=(*runs.figures, figures))
        if first is None:
            first = replace(_result(runs, task, ended), card=_card(runs, task, ended))
            runs = replace(runs, first=first.digest)
        first = replace(first, card={**first.card, "seeds": _spread(runs.figures, recipe.seed)})
        first.save(runs.path, half=runs.half)
    assert first is not None
    return first


def _one(runs: Runs, task: Task, begun: State) -> tuple[State, dict[str, Any]]:
    """Train from a state to the end, and examine what came out. Ctrl-C saves the state on the way."""
    now, recipe = begun, begun.recipe
    try:
        with (
            report.training(f"{task.name} {recipe.cell} H={recipe.hidden} seed {recipe.seed}") as show,
            _stoppable() as stopped,
        ):
            for progress in train(task, recipe, begun):
                now = progress.state
                show(progress)
                if stopped():
                    raise KeyboardInterrupt
                if runs.save_every and now.step % runs.save_every == 0:
                    runs.keep(now)
        with report.status("examining") as show_what:
            return now, registry.exam(task.name).examine(_result(runs, task, now), task, show_what)
    except KeyboardInterrupt:
        runs.keep(now)
        report.stopped(now.step, recipe.steps, task.name, runs.state_path)
        raise


def _result(runs: Runs, task: Task, ended: State) -> Checkpoint:
    """What a training gives, as it will be saved, without a card."""
    network = ended.network(ended.result)
    if runs.half:
        network = network.astype(np.float16).astype(network.dtype)
    return Checkpoint(network, task.name, {}, Vocabulary(task.vocabulary))


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed: a step that has begun is ended first, for half a step cannot be resumed."""
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


def _card(runs: Runs, task: Task, ended: State) -> dict[str, Any]:
    unsaid = task.unsaid if task.vocabulary else (*task.unsaid, "embedding")
    options = {**values(ended.recipe), **values(task)}
    card = {
        "command": runs.command,
        "data": f"{task.source} {task.provenance}".strip(),
        "parameters": ended.weights.size,
        "recipe": {name: value for name, value in options.items() if name not in unsaid},
        "figures": runs.figures[0],
        "seeds": {},
        "licence": "MIT",
    }
    checks = {"held_out": [check._asdict() for check in ended.checks]} if ended.checks else {}
    return card | checks


def _spread(figures: tuple[dict[str, Any], ...], first: int) -> dict[str, Any]:
    """Mean and sample standard deviation of each single figure over the seeds."""
    spread: dict[str, Any] = {"seeds": list(range(first, first + len(figures)))}
    for name, value in figures[0].items():
        if isinstance(value, float):
            found = [one[name] for one in figures]
            mean = sum(found) / len(found)
            variance = sum((v - mean) ** 2 for v in found) / max(len(found) - 1, 1)
            spread[name] = {"values": found, "mean": round(mean, 4), "deviation": round(variance**0.5, 4)}
    return spread
