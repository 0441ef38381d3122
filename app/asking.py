"""How a page reads its address: what cannot be used becomes the default, with a notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.errors import ModelChanged, NoNetwork, notice
from app.lab import Lab
from app.wire import Json
from engine.errors import EngineError

Readers = Mapping[str, tuple[str, Callable[[str], Any]]]
"""A parameter of the address -> the field that it sets, and how its text is read."""


def network_of(lab: Lab, task: str, meant: str) -> str:
    """The network that a page begins with: the one that is meant, or another of its task."""
    ids = [model.id for model in lab.store.list() if model.checkpoint.task == task]
    if not ids:
        raise NoNetwork(
            f"There is no network of the task {task} among those that this service was started with.",
            task=task,
        )
    return meant if meant in ids else ids[0]


def read(
    query: Mapping[str, str], readers: Readers, possible: Callable[[Json], object], model: str
) -> tuple[Json, list[Json]]:
    """The fields that an address sets, and notices of what it cannot have.

    model:    where it names none
    possible: raises an EngineError where the fields so far are a question that cannot be answered
    """
    found: Json = {"model": model}
    notices: list[Json] = []
    for name, (field, reader) in readers.items():
        if name not in query:
            continue
        before = dict(found)
        try:
            found[field] = reader(query[name])
            possible(found)
        except ModelChanged as error:  # the numbers are others, the network is the one that was meant
            found[field] = error.params["model"]
            notices.append(notice(error))
        except EngineError as error:
            found = before
            notices.append(notice(error, name))
    return found, notices
