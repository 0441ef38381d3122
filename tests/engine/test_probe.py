"""A probe reads what is there and no more; the memory curve of networks whose memory is known."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from engine.architecture import Architecture
from engine.checkpoint import load
from engine.network import Network, initialise
from engine.probe import fit
from engine.tasks.recall import LETTERS
from engine.tasks.recall_memory import memory

MODELS = Path(__file__).parents[2] / "app/content/models"


def test_it_is_the_best_reading_of_two_clouds() -> None:
    """Two clouds of the same shape: right as often as the distance between them allows."""
    rng = np.random.default_rng(0)
    root = rng.normal(size=(3, 3))
    apart = np.array([0.9, -0.4, 0.3])
    classes = rng.integers(2, size=40_000)
    states = rng.normal(size=(40_000, 3)) @ root + classes[:, None] * apart
    distance = np.sqrt(apart @ np.linalg.solve(root.T @ root, apart))
    best = 0.5 * (1 + math.erf(distance / 2 / math.sqrt(2)))  # of the normal distribution
    right = (fit(states[:20_000], classes[:20_000], 2).read(states[20_000:]) == classes[20_000:]).mean()
    assert right == pytest.approx(best, abs=0.01)


def test_what_is_not_there_is_not_read() -> None:
    rng = np.random.default_rng(1)
    states, classes = rng.normal(size=(6000, 8)), rng.integers(5, size=6000)
    right = (fit(states[:4000], classes[:4000], 5).read(states[4000:]) == classes[4000:]).mean()
    assert right == pytest.approx(0.2, abs=0.04)


def test_states_in_a_plane_and_classes_that_do_not_occur() -> None:
    rng = np.random.default_rng(2)
    classes = rng.integers(3, size=500)
    states = np.eye(6)[classes]  # no scatter at all, and three directions without anything
    assert (fit(states, classes, 9).read(states) == classes).all()


def letters_network(W_hh: float) -> Network:
    """As many units as letters, each reading its own, with so much memory of it."""
    count = len(LETTERS)
    architecture = Architecture("rnn", count, count, {"readout": count}, vocabulary=count)
    parameters = {name: np.zeros(shape) for name, shape in architecture.shapes.items()}
    parameters |= {
        "embedding.W": np.eye(count),
        "layers.0.W_ih": 0.1 * np.eye(count),
        "layers.0.W_hh": W_hh * np.eye(count),
        "readout.W": np.eye(count),
    }
    return Network(architecture, parameters)


def test_without_memory_only_the_last_letter_is_there() -> None:
    found = memory(letters_network(0), len(LETTERS), 8, 0)
    assert found.decoded[0] == 1
    np.testing.assert_allclose(found.decoded[1:], 1 / len(LETTERS), atol=0.03)
    assert found.answers[0] == 1 and not found.answers[1:].any()
    assert found.moved[0] > 0.9 and not found.moved[1:].any()


def test_what_fades_is_moved_less_the_longer_ago() -> None:
    moved = memory(letters_network(0.5), len(LETTERS), 8, 0).moved
    np.testing.assert_allclose(moved[1:] / moved[:-1], 0.5, atol=0.02)


def test_a_trained_network_keeps_the_first_letter_and_lets_the_others_go() -> None:
    for name in ("recall-gru", "recall-lstm"):
        found = memory(load(MODELS / f"{name}.safetensors").network, len(LETTERS), 31, 0)
        assert found.decoded[-1] > 0.99 and found.answers[-1] > 0.99 and found.moved[-1] > 0.9, name
        assert found.decoded[5:-1].max() < 0.2 and found.answers[:-1].max() < 0.02, name


def test_the_same_seed_gives_the_same_curve() -> None:
    network = initialise(Architecture("gru", 4, 5, {"readout": 16}, vocabulary=16), np.random.default_rng(0))
    first, again, other = (memory(network, 16, 6, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.decoded, again.decoded)
    assert (first.decoded != other.decoded).any()
