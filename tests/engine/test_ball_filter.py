"""The Bayes filter: its doubt is the right one, by brute force and by counting how often it is right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import BadSetting
from engine.softmax import entropy
from engine.tasks import ball_filter
from engine.tasks.ball import DIRECTIONS, MOTIONS, NOISE, TRAINED, direction, fold, throw
from engine.tasks.ball_ceiling import ceiling
from engine.tasks.ball_exam import judge
from engine.tasks.ball_filter import MODELS, log_tail, posterior

Floats = NDArray[np.float64]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def likelihood(seen: Floats, where: Floats) -> Floats:
    """p(seen | where) of one observation (2,) of places (N, 2): a density, or a mass where clipped."""
    z = np.abs(where - seen) / NOISE
    p = np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    for k in np.flatnonzero((seen == 0) | (seen == 1)):
        p[:, k] = [math.erfc(a / math.sqrt(2)) / 2 for a in z[:, k]]
    return np.asarray(p.prod(axis=1))


def brute_force(points: Floats, draws: int = 300_000) -> Floats:
    """The posterior at the last of the points (T, 2), (8,): balls from the generator, each weighed once."""
    found = np.zeros(len(DIRECTIONS))
    t = np.arange(len(points) + 1.0)[:, None]
    low, high = np.maximum(points[0] - 4 * NOISE, 0), np.minimum(points[0] + 4 * NOISE, 1)
    for k, name in enumerate(TRAINED):
        truth = fold(rng(k).uniform(low, high, (draws, 2)) + MOTIONS[name](rng(10 + k), draws, t))
        close = (np.abs(truth[1:-1] - points[1:, None]) < 5 * NOISE).all(axis=(0, 2))
        truth = truth[:, close]
        weights = np.prod([likelihood(seen, truth[f]) for f, seen in enumerate(points)], axis=0)
        found += np.bincount(direction(truth[-1] - truth[-2]), weights, len(DIRECTIONS))
    return found / found.sum()


@pytest.mark.parametrize(
    "points",
    [
        [(0.50, 0.50), (0.56, 0.53)],
        [(0.05, 0.50), (0.02, 0.53)],  # off the wall, or not yet
        [(0.0, 0.98), (0.06, 1.0)],  # clipped
        [(0.50, 0.50), (0.56, 0.53), (0.61, 0.57)],  # a curve begins, perhaps
    ],
)
def test_brute_force_finds_the_same_posterior(points: list[tuple[float, float]]) -> None:
    seen = np.array(points)
    found = posterior(np.repeat(seen[:, None], 32, axis=1), rng(), particles=256)[-1].mean(axis=0)
    assert 0.5 * np.abs(found - brute_force(seen)).sum() < 0.03


@pytest.mark.parametrize("motion", MODELS)
def test_moves_leave_a_posterior_as_it_is(motion: str) -> None:
    """Of particles in twos: copies were once neighbours, moved away from each other, and shrank the cloud."""
    seen = np.full((1, 256, 2), 0.5)
    x, weights = ball_filter._one_frame(rng(1), MODELS[motion], seen, 64)
    x = ball_filter._resample(rng(2), x, weights, 128)
    x = ball_filter._move(rng(3), MODELS[motion], seen, np.ones(256), x)
    assert np.std(x[..., :2] - 0.5) == pytest.approx(NOISE, rel=0.015)
    low, high = MODELS[motion].speed
    assert np.hypot(x[..., 2], x[..., 3]).mean() == pytest.approx((low + high) / 2, rel=0.005)


def test_a_first_frame_away_from_the_walls_says_nothing() -> None:
    probs = posterior(np.full((1, 4, 2), 0.5), rng())
    assert probs == pytest.approx(1 / 8, abs=0.015)
    assert entropy(probs) == pytest.approx(3, abs=0.01)


def test_a_first_frame_in_a_corner_points_inwards() -> None:
    probs = posterior(np.full((1, 1, 2), 0.001), rng())[0, 0]
    assert probs[:3].sum() > 0.99  # E, NE, N


def test_the_filter_is_right_as_often_as_it_says() -> None:
    paths = throw(rng(3), 96, 7)
    read = judge(posterior(paths.points, rng(4), particles=64), paths)
    miss = (read["correct"] - read["confidence"]).mean(axis=0)  # by path, for its frames depend on each other
    assert abs(miss.mean()) < 4 * miss.std() / np.sqrt(len(miss))
    by_frame = (read["correct"] - read["confidence"]).mean(axis=1)
    spread = np.sqrt((read["confidence"] * (1 - read["confidence"])).sum(axis=1)) / len(miss)
    assert (np.abs(by_frame) < 4 * spread + 0.02).all()


def test_the_filter_does_not_look_ahead() -> None:
    points = throw(rng(5), 8, 6).points
    np.testing.assert_array_equal(posterior(points, rng(), 16)[:4], posterior(points[:4], rng(), 16))


def test_every_trained_motion_has_a_density() -> None:
    assert list(MODELS) == list(TRAINED)


def test_the_tail_of_the_normal() -> None:
    z = np.linspace(0, 8, 50)
    expected = [math.log(0.5 * math.erfc(a / math.sqrt(2))) for a in z]
    np.testing.assert_allclose(log_tail(z), expected, atol=2e-7)


def test_the_ceiling_is_by_frame_and_motion() -> None:
    told: list[tuple[int, int]] = []
    found = ceiling(8, particles=8, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (8, 8)
    assert len(found["accuracy_by_frame"]) == len(found["entropy_by_frame"]) == 16
    assert list(found["accuracy_late_by_motion"]) == list(TRAINED)
    assert found["accuracy_late"] == pytest.approx(np.mean(found["accuracy_by_frame"][8:]), abs=1e-3)


@pytest.mark.parametrize("particles", [0, 2, 7])
def test_particles_move_in_two_halves(particles: int) -> None:
    with pytest.raises(BadSetting):
        posterior(np.full((1, 1, 2), 0.5), rng(), particles)


@pytest.mark.parametrize("sequences", [0, 4, 8001])
def test_a_ceiling_is_of_the_fresh_paths(sequences: int) -> None:
    with pytest.raises(BadSetting):
        ceiling(sequences)
