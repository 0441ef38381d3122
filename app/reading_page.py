"""The page of networks that read a text to its end: what its address asks for, and its first picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.address import read_edits, read_switch, write_edits
from app.asking import Readers, network_of, read
from app.content import words_of
from app.inputs import text
from app.lab import Lab
from app.schemas import LONGEST_TEXT, RunInput, TraceQuery
from app.wire import Json
from engine.errors import InputError
from engine.tasks import registry

WORDS = 60
"""The page shows so many tokens; a longer text is cut, and the page says so."""


@dataclass(frozen=True)
class Reader:
    """A task whose networks read a text to its end.

    model, text: what the page begins with
    words:       whose words it says beside those of the task
    small:       for chapters: they can be chosen on the page, and do not read along with the others
    """

    task: str
    model: str
    text: str
    words: tuple[str, ...]
    small: tuple[str, ...]


REVIEW = Reader("review", "review-gru", "that was phenomenal", ("review",), ("review-rnn-2", "review-rnn-16"))
RECALL = Reader("recall", "recall-gru", "c a d b b a c d", ("review", "recall"), ("recall-rnn-2",))

EMBEDDING = "embedding.W"
"""Is long, and of it the page needs a row for each word, which the trace has as x."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for; everything has a default."""

    model: str
    text: str
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


def _possible(reader: Reader, asked: Asked, lab: Lab) -> None:
    """Raise where the model reads something else, or cannot read this, or cannot be changed so."""
    if lab.store.get(asked.model).checkpoint.task != reader.task:
        raise InputError(f"{asked.model} is none of the networks of this page.", model=asked.model)
    short = _cut(reader, asked)[0]
    if asked.edits:
        lab.trace(_query(short))
    else:
        text(lab.store.get(asked.model), short.text)


def _query(asked: Asked) -> TraceQuery:
    return TraceQuery(
        model=asked.model, input=RunInput(text=asked.text), memory=asked.memory, edits=asked.edits
    )


def _cut(reader: Reader, asked: Asked) -> tuple[Asked, list[Json]]:
    """With the first words of a long text, and a notice that says so."""
    tokens = registry.task(reader.task).tokens(asked.text)
    if len(tokens) <= WORDS:
        return asked, []
    params = {"limit": WORDS, "came": len(tokens)}
    said = {"code": "cut", "detail": f"Only the first {WORDS} words are read.", "params": params}
    return replace(asked, text=" ".join(tokens[:WORDS])), [said]


def boot(reader: Reader, query: Mapping[str, str], lab: Lab) -> Json:
    """Everything that the page's first picture needs."""
    model = network_of(lab, reader.task, reader.model)
    begun = Asked(model, reader.text)
    found, notices = read(
        query, READERS, lambda fields: _possible(reader, replace(begun, **fields), lab), model
    )
    asked, cut = _cut(reader, replace(begun, **found))
    shown = lab.model(asked.model)
    return {
        "words": words_of(*reader.words),
        "task": reader.task,
        "asked": {
            "model": shown["id"],
            "text": asked.text,
            "memory": asked.memory,
            "edit": write_edits(asked.edits),
        },
        "defaults": {"model": model, "text": reader.text},
        "limits": {"words": WORDS},
        "small": reader.small,
        "notices": [*notices, *cut],
        "models": lab.models(reader.task)["models"],
        "model": shown,
        "weights": lab.weights(asked.model, [EMBEDDING])["weights"],
        "trace": lab.trace(_query(asked)),
    }
