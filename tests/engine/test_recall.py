"""Recall: the first letter is asked for after the last, and what the shipped cards say of it holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.checkpoint import Checkpoint, load
from engine.errors import BadSetting
from engine.tasks import recall_report, registry
from engine.tasks.recall import LETTERS, RecallTask, asked
from engine.tasks.recall_exam import DISTANCES, examine

MODELS = sorted((Path(__file__).parents[2] / "app/content/models").glob("recall-*.safetensors"))
every_network = pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)


def task_of(checkpoint: Checkpoint) -> RecallTask:
    recipe = checkpoint.card["recipe"]
    return RecallTask(letters=recipe["letters"], distance=recipe["distance"])


def test_each_sequence_is_asked_for_its_first_letter_once_after_its_last() -> None:
    task = RecallTask(letters=5, distance=7)
    batch = task.batch(np.random.default_rng(0), 500)
    lengths = batch.weights.argmax(axis=0) + 1
    assert set(lengths) == set(range(1, 9))
    assert np.bincount(lengths)[1:].min() > 40  # each number of letters is as likely
    np.testing.assert_array_equal(batch.weights.sum(axis=0), 1)
    assert batch.mask is not None
    np.testing.assert_array_equal(batch.mask.sum(axis=0), lengths)
    np.testing.assert_array_equal(batch.targets["first"], np.broadcast_to(batch.x[0], batch.x.shape))
    assert set(np.unique(batch.x)) == set(range(5))
    again = task.batch(np.random.default_rng(0), 500)
    np.testing.assert_array_equal(batch.x, again.x)


def test_no_letter_but_the_first_tells_which_it_was() -> None:
    x = asked(np.random.default_rng(1), np.full(20_000, 6), 4).x
    for t in range(1, 7):
        counts = np.zeros((4, 4))
        np.add.at(counts, (x[0], x[t]), 1)
        assert np.abs(counts / counts.sum(axis=1, keepdims=True) - 0.25).max() < 0.03, t


@pytest.mark.parametrize("wrong", [{"letters": 1}, {"letters": 17}, {"distance": -1}, {"distance": 101}])
def test_settings_are_within_bounds(wrong: dict[str, int]) -> None:
    with pytest.raises(BadSetting, match=next(iter(wrong))):
        RecallTask(**wrong)


def test_a_text_is_its_letters() -> None:
    assert RecallTask.tokens(" A cb\n") == ["a", "c", "b"]
    assert RecallTask.outputs == LETTERS


@every_network
def test_a_card_says_what_is_measured_now(path: Path) -> None:
    one = load(path)
    found = examine(one, task_of(one))
    said = one.card["figures"]
    assert {**found, "accuracy": 0, "near": 0, "far": 0} == {**said, "accuracy": 0, "near": 0, "far": 0}
    assert said["distances"] == list(DISTANCES)
    np.testing.assert_allclose(said["accuracy"], found["accuracy"], atol=0.002)  # a rounding may turn one
    for mean, those in (
        ("near", lambda d: d <= task_of(one).distance),
        ("far", lambda d: d > task_of(one).distance),
    ):
        shares = [v for d, v in zip(found["distances"], found["accuracy"], strict=True) if those(d)]
        assert found[mean] == pytest.approx(np.mean(shares), abs=5e-5)


@every_network
def test_a_card_says_how_the_network_was_made(path: Path) -> None:
    card = load(path).card
    assert card["command"].startswith("python -m engine train recall ")
    assert card["command"].endswith(f"--out app/content/models/{path.name}")
    assert len(card["seeds"]["seeds"]) == 3
    for figure in registry.exam("recall").headlines:
        assert card["seeds"][figure]["values"][0] == card["figures"][figure]


def test_networks_that_are_compared_are_of_the_same_size() -> None:
    sizes = {load(path).network.architecture.hidden for path in MODELS if path.stem.count("-") == 1}
    assert sizes == {16}


def test_every_promise_of_the_cards_holds() -> None:
    promises = recall_report.bars({path.stem: load(path).card["figures"] for path in MODELS})
    assert len(promises) == 4
    assert [bar for bar in promises if not bar.holds] == []
