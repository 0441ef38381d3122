"""The states that lie behind a review are those of the shipped weights, and no text lies beside them."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from some_data import data_folder

from engine.__main__ import main
from engine.checkpoint import load as load_checkpoint
from engine.errors import CheckpointError
from engine.network import initialise
from engine.tasks.review import FEELINGS, ReviewTask
from engine.tasks.review_states import COUNT, SUFFIX, States, load, save, states

MODELS = Path(__file__).parents[2] / "app" / "content" / "models"
NETWORKS = ["review-rnn", "review-rnn-2", "review-rnn-16", "review-gru", "review-lstm"]
every_network = pytest.mark.parametrize("name", NETWORKS)


@every_network
def test_they_are_of_the_shipped_weights(name: str) -> None:
    checkpoint = load_checkpoint(MODELS / f"{name}.safetensors")
    found = load((MODELS / name).with_suffix(SUFFIX))
    assert found.digest == checkpoint.digest
    assert set(found.values) == set(checkpoint.network.architecture.states)
    assert all(
        rows.shape == (COUNT, checkpoint.network.architecture.hidden) for rows in found.values.values()
    )
    assert set(found.feelings) == set(FEELINGS) and found.lines == sorted(set(found.lines))
    assert (MODELS / name).with_suffix(SUFFIX).stat().st_size < 50_000


def check_same(found: States, shipped: States) -> None:
    """To a last place of half precision: another processor sums in another order, and may round otherwise."""
    assert found[:3] == shipped[:3]
    assert set(found.values) == set(shipped.values)
    for state, rows in found.values.items():
        np.testing.assert_allclose(rows, shipped.values[state], rtol=2**-10, atol=2**-24)


@every_network
def test_the_command_gives_them_again(name: str) -> None:
    task = ReviewTask(data=str(data_folder("sst")))
    checkpoint = load_checkpoint(MODELS / f"{name}.safetensors")
    check_same(states(checkpoint, task), load((MODELS / name).with_suffix(SUFFIX)))


def test_the_command_writes_them_beside_the_network(tmp_path: Path) -> None:
    network = shutil.copy(MODELS / "review-rnn-2.safetensors", tmp_path)
    assert main(["states", str(network), "--data", str(data_folder("sst"))]) == 0
    check_same(load(tmp_path / "review-rnn-2.states"), load(MODELS / "review-rnn-2.states"))


def test_of_what_reads_no_reviews_it_writes_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = shutil.copy(MODELS / "names-gru.safetensors", tmp_path)
    assert main(["states", str(network)]) == 2
    assert list(tmp_path.glob("*.states")) == []


@every_network
def test_no_text_lies_beside_them(name: str) -> None:
    """A reader could make nothing of the file but numbers, and the three feelings."""
    content = (MODELS / name).with_suffix(SUFFIX).read_bytes()
    header = content[8 : 8 + int.from_bytes(content[:8], "little")].decode()
    words = {word for word in re.findall("[a-z]{5,}", header)}  # a digest has no five letters but a to f
    assert words <= {
        "metadata",
        "unrolled",
        "states",
        "digest",
        "feelings",
        "lines",
        "layers",
        "dtype",
        "shape",
        "offsets",
        *FEELINGS,
    }


def test_what_was_saved_is_read_and_nothing_else(tmp_path: Path) -> None:
    one = States("abc", ["positive"], [7], {"layers.0.h": np.array([[0.5, -0.25]], np.float32)})
    save(tmp_path / "a.states", one)
    found = load(tmp_path / "a.states")
    assert found[:3] == one[:3]
    np.testing.assert_array_equal(found.values["layers.0.h"], one.values["layers.0.h"])
    save(tmp_path / "b.states", one._replace(lines=[7, 8]))
    with pytest.raises(CheckpointError, match="Not every sentence has its states"):
        load(tmp_path / "b.states")
    with pytest.raises(CheckpointError, match=r"without states of ours\."):
        load(MODELS / "review-gru.safetensors")


@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_review_ends_at_its_last_word_and_backwards_at_its_first(bidirectional: bool) -> None:
    """What runs back has read all of it once it is at the first word."""
    task = ReviewTask(data=str(data_folder("sst")))
    checkpoint = load_checkpoint(MODELS / "review-rnn-2.safetensors")
    made = replace(checkpoint.network.architecture, bidirectional=bidirectional, hidden=5)
    fresh = replace(checkpoint, network=initialise(made, np.random.default_rng(3)))
    found = states(fresh, task, count=4)
    for k, line in enumerate(found.lines):
        tokens = fresh.vocabulary.encode(task.treebank.dev[line - 1][0])
        values = fresh.network.forward(tokens[:, None]).values
        np.testing.assert_allclose(found.values["layers.0.h"][k], values["layers.0.h"][-1, 0])
        if bidirectional:
            np.testing.assert_allclose(
                found.values["layers.0.reverse.h"][k], values["layers.0.reverse.h"][0, 0]
            )
