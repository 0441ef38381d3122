"""The chapters: each teaches one thing, and begins with what its script needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.content import words_of
from app.errors import NoNetwork
from app.lab import Lab
from app.reading_page import REVIEW
from app.wire import Json

ARTICLE = "that was phenomenal"
"""The review of the article that these chapters follow."""

SIZES = {1: None, **dict(zip((2, 16), REVIEW.small, strict=True)), 32: "review-rnn"}
"""Units of the hidden layer -> the network that has them; one unit is set by hand."""


FADING = {
    "recall-rnn": "c a f e b a b e d e a d f a d e d b e a d",
    "review-rnn": "i expected to hate it and loved every minute of it",
    "names-rnn": "maximiliana",
}
"""Plain recurrent networks whose small changes are followed -> what they read meanwhile."""

SPACE = {
    "recall-rnn-2": "c a d b b a c a d",
    "review-rnn-2": "i expected to hate it and loved every minute of it",
    "ball-rnn-2": "bouncing",
    "recall-rnn": "c a f e b a b e",
    "recall-gru": "c a f e b a b e",
    "review-rnn": "i expected to hate it and loved every minute of it",
    "review-gru": "i expected to hate it and loved every minute of it",
}
"""Networks of one layer with one state, those of two units first -> what they read: a text, or a motion."""

RECALLING = ("recall-rnn", "recall-gru", "recall-lstm")
"""Networks of one size whose memory is compared."""


@dataclass(frozen=True)
class Chapter:
    """A page under /learn/.

    entry: its script
    boot:  what the script begins with, besides the words
    """

    entry: str
    boot: Callable[[Lab], Json]


def _reading(lab: Lab) -> Json:
    there = _there(lab)
    return {
        "text": ARTICLE,
        "sizes": {str(size): id for size, id in SIZES.items() if id is None or id in there},
    }


def _fading(lab: Lab) -> Json:
    return {"sources": {id: text for id, text in FADING.items() if id in _there(lab)}}


def _memory(lab: Lab) -> Json:
    networks = [id for id in RECALLING if id in _there(lab)]
    if not networks:
        raise NoNetwork(
            "There is no network that recalls letters among those of this service.", task="recall"
        )
    return {"networks": networks}


def _space(lab: Lab) -> Json:
    networks = [
        {
            "id": id,
            "text": None if id.startswith("ball") else begun,
            "motion": begun if id.startswith("ball") else None,
        }
        for id, begun in SPACE.items()
        if id in _there(lab)
    ]
    if not networks:
        raise NoNetwork("There is no network here whose states could be shown in a plane.", task="recall")
    return {"networks": networks}


def _there(lab: Lab) -> set[str]:
    return {model.id for model in lab.store.list()}


CHAPTERS = {
    "neuron": Chapter("lesson_neuron", lambda lab: {}),
    "reading": Chapter("lesson_reading", _reading),
    "order": Chapter("lesson_order", lambda lab: {}),
    "space": Chapter("lesson_space", _space),
    "fading": Chapter("lesson_fading", _fading),
    "memory": Chapter("lesson_memory", _memory),
}

ADDRESSES = {name: f"/learn/{name}" for name in CHAPTERS}


def boot(name: str, lab: Lab) -> Json:
    """Everything that a chapter's first picture needs."""
    return {"words": words_of(REVIEW.task, "learn"), **CHAPTERS[name].boot(lab)}
