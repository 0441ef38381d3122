"""The use cases of the labs: what is remembered how long, what is left of a change, where states rest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock

import numpy as np

from app.errors import within
from app.inputs import given
from app.schemas import MemoryAddress, RemainsQuery, RestsQuery
from app.settings import Settings
from app.store import Model, ModelStore
from app.wire import Json
from engine import dynamics
from engine.arrays import Array
from engine.dynamics import Rest, Step
from engine.edits import edit
from engine.errors import EmptyInput, InputError
from engine.network import initialise
from engine.tasks.recall import RecallTask
from engine.tasks.recall_memory import memory

WIDEST = 256
"""The most states of a network that is asked for matrices of that size."""

THOROUGH = ((8, 80, 200), (32, 24, 120), (WIDEST, 12, 40))
"""Up to so many states, rest is looked for from so many of them at random, in so many tries."""

SETTLING = 30
"""Steps after which states at random are looked from once more: they lie where runs come to."""


class Labs:
    """Answers questions about the models of a store, within the limits of the settings."""

    def __init__(self, store: ModelStore, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self._memory = lru_cache(64)(self._measured)
        self._rests = lru_cache(256)(self._found)
        self._measuring = Lock()

    def memory(self, id: str, query: MemoryAddress) -> Json:
        """What is left at the end of each letter, by how many came after it."""
        model = self.store.get(id)
        if model.checkpoint.task != RecallTask.name:
            raise InputError(f"{model.id} was not trained to recall letters.", model=model.id)
        with self._measuring:  # one at a time: whoever asks the same meanwhile gets the same
            return self._memory(model.id, query)

    def _measured(self, id: str, query: MemoryAddress) -> Json:
        model = self.store.get(id)
        network = model.checkpoint.network
        letters = int(model.checkpoint.card["recipe"]["letters"])
        if not query.trained:
            network = initialise(network.architecture, np.random.default_rng(query.seed))
        found = memory(network, letters, query.length, query.seed)
        return {
            "model": model.pinned,
            "trained": query.trained,
            "length": query.length,
            "letters": letters,
            "seed": query.seed,
            "decoded": found.decoded,
            "answers": found.answers.round(4),
            "moved": found.moved.round(5),
        }

    def remains(self, query: RemainsQuery) -> Json:
        """What is left after the last step of a small change of a state, beside what single matrices say."""
        model = self._of(query.model)
        asked = given(model, query.input)
        within("time steps", self.settings.max_frames, len(asked.x))
        if not len(asked.x):
            raise EmptyInput("Of nothing nothing is left. Give at least one time step.")
        edited = edit(model.checkpoint.network, query.edits)
        with _in_numbers():
            steps = dynamics.jacobians(edited.network, edited.run(asked.x), asked.x, edited.forced)
            radii = [dynamics.radius(step) for step in steps]
        return {
            "model": model.pinned,
            "input": asked.said,
            "states": edited.network.architecture.states,
            "spectra": _spectra(edited.network.parameters, edited.network.architecture.hidden),
            "radius": radii,
            "largest": [dynamics.largest(step) for step in steps],
            "remains": [v if math.isfinite(v) else None for v in dynamics.remains(steps)],
        }

    def rests(self, query: RestsQuery) -> Json:
        """Where states rest while the same input comes again and again."""
        return self._rests(self._of(query.model).pinned, query)

    def _found(self, pinned: str, query: RestsQuery) -> Json:
        model = self.store.get(pinned)
        asked = given(model, query.input)
        if len(asked.x) != 1:
            raise InputError(
                f"Where states rest is asked of one input; {len(asked.x)} came.", came=len(asked.x), limit=1
            )
        edited = edit(model.checkpoint.network, query.edits)
        step = Step(edited.network, asked.x, edited.forced)
        count, tries = next((starts, tries) for most, starts, tries in THOROUGH if step.size <= most)
        rng = np.random.default_rng(0)
        anywhere = rng.uniform(-1, 1, (count, step.size))
        with _in_numbers():
            later = anywhere
            for _ in range(SETTLING):
                later = step(later)
            found = dynamics.rests(
                step, np.concatenate([_starts(query, step, count), anywhere, later]), tries
            )
        return {
            "model": model.pinned,
            "input": asked.said,
            "states": step.sizes,
            "rests": [_rest(one) for one in found],
        }

    def _of(self, id: str) -> Model:
        model = self.store.get(id)
        architecture = model.checkpoint.network.architecture
        size = sum(architecture.states.values())
        if not size or architecture.bidirectional:
            raise InputError(f"{model.id} hands no states from step to step, one way.", model=model.id)
        within("states", WIDEST, size)
        return model


@contextmanager
def _in_numbers() -> Iterator[None]:
    """Refuse what leads beyond what numbers hold."""
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            yield
    except np.linalg.LinAlgError as error:
        raise InputError("With numbers this large nothing can be worked out. Give smaller ones.") from error


def _spectra(parameters: dict[str, Array], hidden: int) -> Json:
    """Of each square block of each W_hh, one a gate: its spectral radius and its largest singular value."""
    return {
        name: [
            {"radius": dynamics.radius(block), "largest": dynamics.largest(block)}
            for block in W.astype(np.float64).reshape(-1, hidden, hidden)
        ]
        for name, W in parameters.items()
        if name.endswith(".W_hh")
    }


def _starts(query: RestsQuery, step: Step, most: int) -> Array:
    """Those that were given; of many some from all over."""
    for k, row in enumerate(query.starts):
        if len(row) != step.size:
            raise InputError(
                f"Start {k + 1} has {len(row)} numbers; the states of this model are {step.size}.",
                index=k,
                expected=step.size,
                came=len(row),
            )
    given = query.starts[:: -(-len(query.starts) // most) or 1]
    return np.array(given, float).reshape(-1, step.size)


def _rest(one: Rest) -> Json:
    return {
        "state": one.state,
        "speed": one.speed,
        "fixed": one.is_fixed,
        "kind": one.kind,
        "eigenvalues": [[float(v.real), float(v.imag)] for v in one.eigenvalues],
    }
