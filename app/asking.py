"""How a page reads its address: what cannot be used becomes the default, with a notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.errors import EDITS_UNSEEN, ModelChanged, notice
from app.wire import Json
from engine.errors import EngineError

Readers = Mapping[str, tuple[str, Callable[[str], Any]]]
"""A parameter of the address -> the field that it sets, and how its text is read."""


def read(
    query: Mapping[str, str], readers: Readers, possible: Callable[[Json], object]
) -> tuple[Json, list[Json]]:
    """The fields that an address sets, and notices of what it cannot have.

    possible: raises an EngineError where the fields so far are a question that cannot be answered
    """
    found: Json = {}
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
    if "edit" in query:
        notices.append(EDITS_UNSEEN)
    return found, notices
