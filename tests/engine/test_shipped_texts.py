"""The shipped networks that read symbols keep what their cards say, measured now where the data is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from some_data import data_folder
from test_shipped import numbers

from engine.answers import answers
from engine.checkpoint import Checkpoint, load
from engine.tasks import registry
from engine.tasks.names import LETTERS, NamesTask
from engine.tasks.review import FEELINGS, ReviewTask
from engine.tasks.review_exam import SENTENCES, read_all
from engine.tokens import tokenize
from engine.vocabulary import UNKNOWN

MODELS = Path(__file__).parents[2] / "app" / "content" / "models"
REVIEWS = ("review-bow", "review-rnn", "review-rnn-2", "review-rnn-16", "review-gru", "review-lstm")
NAMES = ("names-rnn", "names-gru", "names-lstm")
CELLS = {"bow": "bag", "rnn": "rnn", "gru": "gru", "lstm": "lstm"}
FOLDERS = {"review": "sst", "names": "names"}

every_reader = pytest.mark.parametrize("name", [*REVIEWS, *NAMES])
every_review = pytest.mark.parametrize("name", REVIEWS)
every_gated = pytest.mark.parametrize("name", ["review-gru", "review-lstm"])


@cache
def checkpoint(name: str) -> Checkpoint:
    return load(MODELS / f"{name}.safetensors")


def measured(name: str) -> dict[str, Any]:
    task = name.partition("-")[0]
    return _measured(name, str(data_folder(FOLDERS[task])))


@cache
def _measured(name: str, data: str) -> dict[str, Any]:
    one = checkpoint(name)
    return registry.exam(one.task).examine(one, registry.task(one.task)(data=data))  # type: ignore[call-arg]


@every_reader
def test_a_card_says_what_is_measured_now(name: str) -> None:
    card, now = dict(checkpoint(name).card["figures"]), dict(measured(name))
    for figures in (card, now):  # a rounding may move an answer across an edge, or another letter be drawn
        for field in ("reliability", "made_up", "confusion", "our_sentences"):
            figures.pop(field, None)
    said, found = numbers(card), numbers(now)
    assert set(said) == set(found)
    for at, value in found.items():
        assert said[at] == pytest.approx(value, abs=0.005), at


@every_reader
def test_a_card_says_how_the_network_was_made(name: str) -> None:
    one = checkpoint(name)
    card, architecture = one.card, one.network.architecture
    task, cell, *size = name.split("-")
    assert (one.task, architecture.cell) == (task, CELLS[cell])
    if size:  # the lesson's
        assert architecture.hidden == int(size[0])
    else:
        assert 16 <= architecture.hidden <= (48 if task == "review" else 96)
    assert card["parameters"] == one.network.size
    assert card["command"].startswith(f"python -m engine train {task} ")
    assert card["command"].endswith(f"--out app/content/models/{name}.safetensors")
    assert "--data" not in card["command"] and "data" not in card["recipe"]
    assert re.fullmatch(
        re.escape(registry.task(task).source) + r" Read were .*\(SHA-256 [0-9a-f]{12}\)\.", card["data"]
    )
    assert card["recipe"]["embedding"] == architecture.inputs
    assert len(card["seeds"]["seeds"]) == 3
    for figure in registry.exam(task).headlines:
        assert card["seeds"][figure]["values"][0] == card["figures"][figure]
    assert (MODELS / f"{name}.safetensors").stat().st_size <= 2_000_000


@pytest.mark.parametrize("task", FOLDERS)
def test_a_card_names_the_data_that_is_here(task: str) -> None:
    here: Any = registry.task(task)(data=str(data_folder(FOLDERS[task])))
    for name in REVIEWS if task == "review" else NAMES:
        assert checkpoint(name).card["data"] == f"{here.source} {here.provenance}"


def test_every_promise_of_the_cards_holds() -> None:
    for task, names in (("review", REVIEWS), ("names", NAMES)):
        promises = registry.exam(task).bars({name: checkpoint(name).card["figures"] for name in names})
        assert len(promises) > 1
        assert [bar for bar in promises if not bar.holds] == []


# What follows needs no data.


@every_review
def test_our_sentences_get_what_the_card_says(name: str) -> None:
    one = checkpoint(name)
    texts = [tokenize(text) for text in SENTENCES]
    probs = read_all(one.network, one.vocabulary, texts)
    for said, p in zip(one.card["figures"]["our_sentences"], probs, strict=True):
        np.testing.assert_allclose(said["probs"], p, atol=1e-3)
        assert said["right"] == (said["said"] == SENTENCES[said["text"]])
    assert sum(not said["right"] for said in one.card["figures"]["our_sentences"]) >= 2


def probs(name: str, text: str) -> dict[str, float]:
    one = checkpoint(name)
    symbols = one.vocabulary.encode(ReviewTask.tokens(text))
    return dict(zip(FEELINGS, answers(one.network, [symbols])[0].tolist(), strict=True))


@every_gated
def test_the_gated_networks_read_what_the_article_reads(name: str) -> None:
    for text, feeling in (
        ("that was phenomenal", "positive"),
        ("that was terrible", "negative"),
        ("terrible", "negative"),
    ):
        said = probs(name, text)
        assert max(said, key=said.__getitem__) == feeling, text
    said = probs(name, "not good")
    assert max(said, key=said.__getitem__) != "positive"
    lead = probs(name, "good, not bad")["positive"] - probs(name, "bad, not good")["positive"]
    assert lead >= 0.3


def test_a_bag_of_words_cannot_tell_them_apart() -> None:
    one, other = (probs("review-bow", text) for text in ("good, not bad", "bad, not good"))
    assert one == pytest.approx(other, abs=1e-6)


def test_all_networks_of_a_task_know_the_same_symbols() -> None:
    assert {checkpoint(name).vocabulary.symbols for name in NAMES} == {LETTERS}
    known = {checkpoint(name).vocabulary.symbols for name in REVIEWS}
    assert len(known) == 1
    words = known.pop()
    assert words[0] == UNKNOWN and {"that", "was", "phenomenal", "terrible", "n't"} <= set(words)


def test_the_data_that_is_named_is_the_data_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNROLLED_DATA", str(data_folder("names").parent))
    assert NamesTask().names == NamesTask(data=str(data_folder("names"))).names
