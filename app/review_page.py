"""The page of the review: what its address asks for, and all that its first picture needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.address import read_memory
from app.content import words_of
from app.errors import EDITS_UNSEEN, ModelChanged, notice
from app.lab import Json, Lab
from app.schemas import LONGEST_TEXT, RunInput, TraceQuery
from engine.errors import EngineError, InputError
from engine.tasks.review import ReviewTask

TASK = "review"
"""Whose networks the page shows."""

WORDS = 60
"""The page shows so many tokens; a longer text is cut, and the page says so."""


EMBEDDING = "embedding.W"
"""Is long, and of it the page needs a row for each word, which the trace has as x."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for; everything has a default."""

    model: str = "review-gru"
    text: str = "that was phenomenal"
    memory: bool = True


def _text(written: str) -> str:
    if len(written) > LONGEST_TEXT:
        raise InputError(f"A text may have {LONGEST_TEXT} characters; {len(written)} came.")
    return written


READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "model": ("model", str),
    "input": ("text", _text),
    "memory": ("memory", read_memory),
}


def read(query: Mapping[str, str], lab: Lab) -> tuple[Asked, list[Json]]:
    """An address into what it asks for; what cannot be read becomes the default, with a notice."""
    found: dict[str, Any] = {}
    notices: list[Json] = []
    for name, (field, reader) in READERS.items():
        if name not in query:
            continue
        try:
            found[field] = reader(query[name])
            if lab.store.get(Asked(**found).model).checkpoint.task != TASK:
                raise InputError(f"{query[name]} does not read reviews.", model=query[name])
        except ModelChanged as error:  # the numbers are others, the network is the one that was meant
            found[field] = error.params["model"]
            notices.append(notice(error))
        except EngineError as error:
            found.pop(field, None)
            notices.append(notice(error, name))
    if "edit" in query:
        notices.append(EDITS_UNSEEN)
    asked = Asked(**found)
    tokens = ReviewTask.tokens(asked.text)
    if len(tokens) > WORDS:
        params = {"limit": WORDS, "came": len(tokens)}
        notices.append({"code": "cut", "detail": f"Only the first {WORDS} words are read.", "params": params})
        asked = Asked(asked.model, " ".join(tokens[:WORDS]), asked.memory)
    return asked, notices


def boot(query: Mapping[str, str], lab: Lab) -> Json:
    """Everything that the page's first picture needs."""
    asked, notices = read(query, lab)
    model = lab.model(asked.model)
    return {
        "words": words_of(TASK),
        "asked": {"model": model["id"], "text": asked.text, "memory": asked.memory},
        "defaults": {"model": Asked.model, "text": Asked.text},
        "limits": {"words": WORDS},
        "notices": notices,
        "models": lab.models(TASK)["models"],
        "model": model,
        "weights": lab.weights(asked.model, [EMBEDDING])["weights"],
        "trace": lab.trace(
            TraceQuery(model=asked.model, input=RunInput(text=asked.text), memory=asked.memory)
        ),
    }
