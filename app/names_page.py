"""The page of the names: what its address asks for, and all that its first picture needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.address import read_natural, read_positive
from app.content import words_of
from app.errors import EDITS_UNSEEN, ModelChanged, notice
from app.lab import Json, Lab
from app.review_page import EMBEDDING
from app.schemas import GenerateQuery, RunInput, TraceQuery
from app.texts import Texts
from engine.errors import EngineError, InputError

TASK = "names"
"""Whose networks the page shows."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for; everything has a default.

    goes_on: whether the network goes on from the prefix
    """

    model: str = "names-gru"
    prefix: str = ""
    goes_on: bool = True
    temperature: float = 0.8
    top_k: int = 0
    seed: int = 7


def _goes_on(text: str) -> bool:
    if text not in ("on", "off"):
        raise InputError(f"go is on or off, not {text[:40]!r}.")
    return text == "on"


READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "model": ("model", str),
    "input": ("prefix", str),
    "go": ("goes_on", _goes_on),
    "temperature": ("temperature", read_positive),
    "top": ("top_k", read_natural),
    "seed": ("seed", read_natural),
}


def read(query: Mapping[str, str], lab: Lab) -> tuple[Asked, Json, list[Json]]:
    """What an address asks for, and its trace; what cannot be used becomes the default, with a notice."""
    found: dict[str, Any] = {}
    notices: list[Json] = []
    trace = _trace(Asked(), lab)
    for name, (field, reader) in READERS.items():
        if name not in query:
            continue
        before = dict(found)
        try:
            found[field] = reader(query[name])
            trace = _trace(Asked(**found), lab)
        except ModelChanged as error:  # the numbers are others, the network is the one that was meant
            found[field] = error.params["model"]
            notices.append(notice(error))
            trace = _trace(Asked(**found), lab)
        except EngineError as error:
            found = before
            notices.append(notice(error, name))
    if "edit" in query:
        notices.append(EDITS_UNSEEN)
    return Asked(**found), trace, notices


def _trace(asked: Asked, lab: Lab) -> Json:
    if lab.store.get(asked.model).checkpoint.task != TASK:
        raise InputError(f"{asked.model} does not spell names.", model=asked.model)
    text = asked.prefix
    if asked.goes_on:
        query = GenerateQuery(
            model=asked.model,
            prefix=asked.prefix[:200],
            temperature=asked.temperature,
            top_k=asked.top_k,
            seed=asked.seed,
        )
        text = Texts(lab.store, lab.settings).spell(query)
    elif len(text) > lab.settings.max_letters:
        raise InputError(f"A name may have {lab.settings.max_letters} letters; {len(text)} came.")
    return lab.trace(TraceQuery(model=asked.model, input=RunInput(text=text)))


def boot(query: Mapping[str, str], lab: Lab) -> Json:
    """Everything that the page's first picture needs."""
    asked, trace, notices = read(query, lab)
    model = lab.model(asked.model)
    return {
        "words": words_of(TASK),
        "asked": {**asdict(asked), "model": model["id"]},
        "defaults": asdict(Asked()),
        "limits": {"letters": lab.settings.max_letters},
        "notices": notices,
        "models": lab.models(TASK)["models"],
        "model": model,
        "weights": lab.weights(asked.model, [EMBEDDING])["weights"],
        "trace": trace,
    }
