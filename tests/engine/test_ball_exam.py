"""The examination of the ball: known answers get the figures that they deserve."""

from __future__ import annotations

import numpy as np
import pytest

from engine.architecture import Architecture
from engine.checkpoint import Checkpoint
from engine.network import Network, initialise
from engine.tasks.ball import DIRECTIONS, TRAINED, throw
from engine.tasks.ball_exam import (
    COUNT,
    blackout_paths,
    curve_paths,
    examine,
    fresh_paths,
    judge,
    predict,
)
from engine.tasks.reliability import reliability


def test_fresh_paths_are_as_the_contract_says() -> None:
    fresh, curve, dark = fresh_paths(), curve_paths(), blackout_paths()
    assert fresh.points.shape == (16, COUNT, 2)
    assert {int(fresh.of(m).sum()) for m in TRAINED} == {COUNT // 4}
    assert fresh.visible.all() and curve.visible.all()
    assert set(curve.motions) == {"curve"}
    assert dark.points.shape == (20, COUNT, 2)
    hidden = [t + 1 for t in range(20) if not dark.visible[t].any()]
    assert hidden == [9, 10, 11, 12, 13, 14]
    assert dark.visible.sum() == 14 * COUNT
    np.testing.assert_array_equal(fresh.points, fresh_paths().points)


def test_an_oracle_and_a_guesser_get_what_they_deserve() -> None:
    paths = throw(np.random.default_rng(1), 4000, 16)
    oracle = judge(np.eye(8)[paths.directions], paths)
    assert oracle["correct"].all()
    assert (oracle["confidence"] == 1).all() and not oracle["entropy"].any()
    guess = judge(np.full((16, 4000, 8), 1 / 8), paths)
    assert (guess["entropy"] == 3).all()
    assert guess["correct"].mean() == pytest.approx(1 / 8, abs=0.02)


def test_reliability_finds_who_promises_too_much() -> None:
    rng = np.random.default_rng(2)
    confidence = rng.uniform(0.2, 1, (40, 2000))
    honest = reliability(confidence, rng.random((40, 2000)) < confidence)
    assert [row["from"] for row in honest] == pytest.approx([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    assert sum(row["count"] for row in honest) == 80000
    for row in honest:
        assert row["from"] <= row["confidence"] <= row["to"]
        assert abs(row["accuracy"] - row["confidence"]) < 2 * row["band"]
    boaster = reliability(confidence, rng.random((40, 2000)) < confidence - 0.2)
    assert all(row["confidence"] - row["accuracy"] > 10 * row["band"] for row in boaster)


def test_a_bin_with_few_answers_says_nothing() -> None:
    assert reliability(np.array([0.55] * 49 + [1.0] * 50), np.ones(99, bool)) == [
        {"from": 0.9, "to": 1.0, "count": 50, "confidence": 1.0, "accuracy": 1.0, "band": 0.0}
    ]


def always(direction: str) -> Network:
    """A network that says one direction whatever it sees, with a probability of one half."""
    heads = {"readout": 8, "displacement": 2}
    network = initialise(Architecture("rnn", 3, 4, heads), np.random.default_rng(0))
    network.parameters["readout.W"][:] = 0
    network.parameters["readout.b"][DIRECTIONS.index(direction)] = np.log(7)
    return network


def test_figures_of_a_network_that_always_says_north() -> None:
    told: list[str] = []
    figures = examine(Checkpoint(always("N"), "ball", {}), progress=told.append)
    north = fresh_paths().directions == DIRECTIONS.index("N")
    assert told == ["fresh paths", "the held-out curve", "blackouts"]
    assert figures["sequences"] == COUNT
    assert figures["accuracy"] == pytest.approx(north.mean(), abs=5e-5)
    assert figures["accuracy_late"] == pytest.approx(north[8:16].mean(), abs=5e-5)
    assert figures["accuracy_by_frame"] == pytest.approx(list(north.mean(axis=1)), abs=5e-5)
    assert figures["confidence_by_frame"] == [0.5] * 16
    assert figures["entropy_by_frame"] == pytest.approx([1 + 0.5 * np.log2(7)] * 16, abs=5e-5)
    dark = blackout_paths()
    for motion, shares in figures["blackout_by_motion"].items():
        mine = dark.directions[8:14, dark.of(motion)] == DIRECTIONS.index("N")
        assert shares == pytest.approx(list(mine.mean(axis=1)), abs=5e-5)
    curve = curve_paths().directions[8:16] == DIRECTIONS.index("N")
    assert figures["accuracy_late_by_motion"]["curve"] == pytest.approx(curve.mean(), abs=5e-5)


def test_predictions_do_not_depend_on_how_paths_are_batched() -> None:
    network = initialise(Architecture("gru", 3, 4, {"readout": 8}), np.random.default_rng(0))
    paths = throw(np.random.default_rng(3), 1201, 4)
    few = throw(np.random.default_rng(3), 1201, 4)
    few = type(few)(few.points[:, :7], few.truth[:, :7], few.visible[:, :7], few.motions[:7])
    whole = predict(network, paths)
    assert whole.shape == (4, 1201, 8)
    np.testing.assert_allclose(whole[:, :7], predict(network, few), atol=1e-6)
    first = predict(network, paths, memory=False)
    assert np.abs(first[0] - whole[0]).max() < 1e-7 < np.abs(first[3] - whole[3]).max()
