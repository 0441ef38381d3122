"""The page of the review: what its address asks for, and all that its first picture needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.address import read_edits, read_switch, write_edits
from app.asking import Readers, network_of, read
from app.content import words_of
from app.lab import Lab
from app.schemas import LONGEST_TEXT, RunInput, TraceQuery
from app.wire import Json
from engine.errors import InputError
from engine.tasks.review import ReviewTask

TASK = "review"
"""Whose networks the page shows."""

WORDS = 60
"""The page shows so many tokens; a longer text is cut, and the page says so."""

SMALL = ("review-rnn-2", "review-rnn-16")
"""For a chapter: they can be chosen on the page, and do not read along with the others."""

EMBEDDING = "embedding.W"
"""Is long, and of it the page needs a row for each word, which the trace has as x."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for; everything has a default."""

    model: str = "review-gru"
    text: str = "that was phenomenal"
    memory: bool = True
    edits: tuple[str, ...] = ()


def _text(written: str) -> str:
    if len(written) > LONGEST_TEXT:
        raise InputError(f"A text may have {LONGEST_TEXT} characters; {len(written)} came.")
    return written


READERS: Readers = {
    "model": ("model", str),
    "input": ("text", _text),
    "memory": ("memory", read_switch),
    "edit": ("edits", read_edits),
}


def _possible(asked: Asked, lab: Lab) -> None:
    """Raise where the model reads something else, or cannot be changed so."""
    if lab.store.get(asked.model).checkpoint.task != TASK:
        raise InputError(f"{asked.model} does not read reviews.", model=asked.model)
    if asked.edits:
        lab.trace(_query(_cut(asked)[0]))


def _query(asked: Asked) -> TraceQuery:
    return TraceQuery(
        model=asked.model, input=RunInput(text=asked.text), memory=asked.memory, edits=asked.edits
    )


def _cut(asked: Asked) -> tuple[Asked, list[Json]]:
    """With the first words of a long text, and a notice that says so."""
    tokens = ReviewTask.tokens(asked.text)
    if len(tokens) <= WORDS:
        return asked, []
    params = {"limit": WORDS, "came": len(tokens)}
    said = {"code": "cut", "detail": f"Only the first {WORDS} words are read.", "params": params}
    return replace(asked, text=" ".join(tokens[:WORDS])), [said]


def boot(query: Mapping[str, str], lab: Lab) -> Json:
    """Everything that the page's first picture needs."""
    model = network_of(lab, TASK, Asked.model)
    found, notices = read(query, READERS, lambda fields: _possible(Asked(**fields), lab), model)
    asked, cut = _cut(Asked(**found))
    shown = lab.model(asked.model)
    return {
        "words": words_of(TASK),
        "asked": {
            "model": shown["id"],
            "text": asked.text,
            "memory": asked.memory,
            "edit": write_edits(asked.edits),
        },
        "defaults": {"model": model, "text": Asked.text},
        "limits": {"words": WORDS},
        "small": SMALL,
        "notices": [*notices, *cut],
        "models": lab.models(TASK)["models"],
        "model": shown,
        "weights": lab.weights(asked.model, [EMBEDDING])["weights"],
        "trace": lab.trace(_query(asked)),
    }
