"""The page of the names: what its address asks for, and all that its first picture needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from app.address import read_edits, read_natural, read_positive, read_switch, write_edits
from app.asking import Readers, network_of, read
from app.content import words_of
from app.lab import Lab
from app.reading_page import EMBEDDING
from app.schemas import GenerateQuery, RunInput, TraceQuery
from app.texts import Texts
from app.wire import Json
from engine.errors import InputError

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
    edits: tuple[str, ...] = ()


TEMPERATURES = (0.2, 3.0)
"""What the page's slider reaches; an address beyond is brought within."""


def _temperature(text: str) -> float:
    return min(TEMPERATURES[1], max(TEMPERATURES[0], read_positive(text)))


READERS: Readers = {
    "model": ("model", str),
    "input": ("prefix", str),
    "go": ("goes_on", read_switch),
    "temperature": ("temperature", _temperature),
    "top": ("top_k", read_natural),
    "seed": ("seed", read_natural),
    "edit": ("edits", read_edits),
}


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
            edits=asked.edits,
        )
        text = Texts(lab.store, lab.settings).spell(query)
    elif len(text) > lab.settings.max_letters:
        raise InputError(f"A name may have {lab.settings.max_letters} letters; {len(text)} came.")
    return lab.trace(TraceQuery(model=asked.model, input=RunInput(text=text), edits=asked.edits))


def _said(asked: Asked) -> Json:
    fields = asdict(asked)
    edits = fields.pop("edits")
    return {**fields, "edit": write_edits(edits)}


def boot(query: Mapping[str, str], lab: Lab) -> Json:
    """Everything that the page's first picture needs."""
    model = network_of(lab, TASK, Asked.model)
    found, notices = read(query, READERS, lambda fields: _trace(Asked(**fields), lab), model)
    asked = Asked(**found)
    shown = lab.model(asked.model)
    return {
        "words": words_of(TASK),
        "asked": _said(asked) | {"model": shown["id"]},
        "defaults": _said(Asked(model=model)),
        "limits": {"letters": lab.settings.max_letters, "temperature": TEMPERATURES},
        "notices": notices,
        "models": lab.models(TASK)["models"],
        "model": shown,
        "weights": lab.weights(asked.model, [EMBEDDING])["weights"],
        "trace": _trace(asked, lab),
    }
