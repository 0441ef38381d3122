"""The chapters: each teaches one thing, and begins with what its script needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.content import words_of
from app.lab import Lab
from app.reading_page import REVIEW
from app.wire import Json

ARTICLE = "that was phenomenal"
"""The review of the article that these chapters follow."""

SIZES = {1: None, **dict(zip((2, 16), REVIEW.small, strict=True)), 32: "review-rnn"}
"""Units of the hidden layer -> the network that has them; one unit is set by hand."""


@dataclass(frozen=True)
class Chapter:
    """A page under /learn/.

    entry: its script
    boot:  what the script begins with, besides the words
    """

    entry: str
    boot: Callable[[Lab], Json]


def _reading(lab: Lab) -> Json:
    there = {model.id for model in lab.store.list()}
    return {
        "text": ARTICLE,
        "sizes": {str(size): id for size, id in SIZES.items() if id is None or id in there},
    }


CHAPTERS = {
    "neuron": Chapter("lesson_neuron", lambda lab: {}),
    "reading": Chapter("lesson_reading", _reading),
    "order": Chapter("lesson_order", lambda lab: {}),
}

ADDRESSES = {name: f"/learn/{name}" for name in CHAPTERS}


def boot(name: str, lab: Lab) -> Json:
    """Everything that a chapter's first picture needs."""
    return {"words": words_of(REVIEW.task, "learn"), **CHAPTERS[name].boot(lab)}
