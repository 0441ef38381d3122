"""The ball: paths that stay in the box, positions that give nothing away, and the encoding of points."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from derivatives import Arrays, assert_gradient, complex_step
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.encoders import encode_points, points_array
from engine.errors import BadPoint, BadSetting, EmptyInput, UnknownName
from engine.losses import cross_entropy
from engine.tasks.ball import (
    ACCELERATION,
    DIRECTIONS,
    DISPLACEMENT_SCALE,
    FAST,
    MOTIONS,
    NOISE,
    SPEED,
    TRAINED,
    TURN,
    BallTask,
    Paths,
    direction,
    fold,
    hide,
    throw,
)

every_motion = pytest.mark.parametrize("motion", MOTIONS)
real = st.floats(-50, 50)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def offsets(motion: str, count: int = 4000, frames: int = 16) -> NDArray[np.float64]:
    """(F + 1, N, 2) in the plane without walls."""
    return MOTIONS[motion](rng(5), count, np.arange(frames + 1.0)[:, None])


# the box


@given(real)
def test_a_fold_stays_in_the_box(u: float) -> None:
    assert 0 <= fold(np.array(u)) <= 1


@given(real, st.integers(-20, 20))
def test_every_wall_is_a_mirror(u: float, wall: int) -> None:
    assert fold(np.array(2 * wall - u)) == pytest.approx(float(fold(np.array(u))), abs=1e-12)


def test_a_fold_is_a_remainder_to_the_bit() -> None:
    edges = [0.0, -0.0, 1, -1, 2, -2, 3, 5e-324, -5e-324, 1e-20, -1e-20, *np.nextafter([1, 2, -1, -2], 0)]
    wide = [rng(k).uniform(-size, size, 1000) for k, size in enumerate((1e-3, 1, 30, 1e6, 1e15))]
    u = np.concatenate([edges, *wide])
    m = np.mod(u, 2)
    assert fold(u).tobytes() == np.where(m > 1, 2 - m, m).tobytes()


@given(st.floats(0, 1))
def test_inside_the_box_a_fold_changes_nothing(u: float) -> None:
    assert fold(np.array(u)) == u


@given(real, st.floats(-0.5, 0.5))
def test_a_fold_never_lengthens_a_step(u: float, step: float) -> None:
    assert abs(fold(np.array(u + step)) - fold(np.array(u))) <= abs(step) + 1e-12


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 30), st.sampled_from([0.0, NOISE, 0.3]))
def test_all_points_lie_in_the_box(seed: int, count: int, frames: int, noise: float) -> None:
    paths = throw(rng(seed), count, frames, list(MOTIONS), noise)
    assert paths.points.shape == (frames, count, 2)
    assert paths.truth.shape == (frames + 1, count, 2)
    assert paths.directions.shape == paths.visible.shape == (frames, count)
    for points in (paths.points, paths.truth):
        assert points.min() >= 0 and points.max() <= 1
    assert paths.visible.all()
    assert len(paths.motions) == count


def chi_square(classes: NDArray[np.int64], bins: int) -> float:
    """How far the counts are from even, in standard deviations of what chance does."""
    counts = np.bincount(classes.ravel(), minlength=bins)
    even = counts.sum() / bins
    return float((((counts - even) ** 2 / even).sum() - (bins - 1)) / math.sqrt(2 * (bins - 1)))


@every_motion
def test_at_every_frame_a_ball_may_be_anywhere(motion: str) -> None:
    """The rule against leaks: if some places were likelier for some motions, a place would tell."""
    truth = throw(rng(1), 6400, 16, [motion]).truth
    cells = (np.minimum(truth, 0.999999) * 8).astype(int)  # 8 × 8 cells, 100 balls in each
    for t, (column, row) in enumerate(np.moveaxis(cells, -1, 1)):
        assert chi_square(8 * row + column, 64) < 4.5, t


@every_motion
def test_no_direction_is_likelier_at_first(motion: str) -> None:
    paths = throw(rng(2), 6400, 4, [motion])
    assert chi_square(paths.directions[0], 8) < 4.5


@every_motion
def test_a_place_away_from_the_walls_says_nothing_about_the_direction(motion: str) -> None:
    paths = throw(rng(3), 12000, 16, [motion])
    for t in (0, 5, 15):
        inside = ((paths.truth[t] > 0.2) & (paths.truth[t] < 0.8)).all(axis=-1)
        for left in (True, False):
            here = inside & ((paths.truth[t, :, 0] < 0.5) == left)
            assert chi_square(paths.directions[t, here], 8) < 4.5, t


# directions


def unit(degrees: float) -> NDArray[np.float64]:
    return np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])


def test_up_is_north() -> None:
    assert DIRECTIONS[int(direction(np.array([0.0, 0.05])))] == "N"


@pytest.mark.parametrize(("k", "name"), list(enumerate(("E", "NE", "N", "NW", "W", "SW", "S", "SE"))))
def test_eight_sectors_of_45_degrees(k: int, name: str) -> None:
    for inside in (-22.499, -10, 0, 10, 22.499):
        for around in (-360, 0, 360):
            assert DIRECTIONS[int(direction(0.07 * unit(45 * k + inside + around)))] == name
    for outside, neighbour in ((-22.501, k - 1), (22.501, k + 1)):
        assert direction(0.07 * unit(45 * k + outside)) == neighbour % 8


@given(st.floats(0, 360), st.floats(1e-6, 1e3))
def test_a_direction_does_not_depend_on_the_speed(degrees: float, speed: float) -> None:
    away = (degrees - 22.5) % 45
    if 1e-6 < away < 45 - 1e-6:
        assert direction(speed * unit(degrees)) == direction(unit(degrees)) == round(degrees / 45) % 8


def test_directions_are_those_of_the_true_next_step() -> None:
    paths = throw(rng(4), 50, 16)
    for t in range(16):
        step = paths.truth[t + 1] - paths.truth[t]
        np.testing.assert_array_equal(paths.displacements[t], step)
        np.testing.assert_array_equal(paths.directions[t], direction(step))


# motions


def test_motions_have_equal_shares() -> None:
    paths = throw(rng(), 4000, 3)
    assert {m: int(paths.of(m).sum()) for m in TRAINED} == dict.fromkeys(TRAINED, 1000)
    assert not paths.of("curve").any()
    assert set(MOTIONS) - set(TRAINED) == {"curve"}


@given(st.integers(0, 30), st.integers(1, 5))
def test_shares_differ_by_at_most_one(count: int, kinds: int) -> None:
    chosen = list(MOTIONS)[:kinds]
    paths = throw(rng(), count, 2, chosen)
    shares = [int(paths.of(m).sum()) for m in chosen] if count else [0]
    assert max(shares) - min(shares) <= 1


def test_each_path_moves_as_its_name_says() -> None:
    """Each ball gets the motion it is named after: away from the walls, only straight paths do not bend."""
    paths = throw(rng(6), 800, 4, noise=0)
    bend = np.abs(np.diff(paths.truth, n=2, axis=0)).max(axis=(0, 2))
    free = ((paths.truth > 0.15) & (paths.truth < 0.85)).all(axis=(0, 2))  # no step is longer than 0.15
    straight = paths.of("straight") | paths.of("bouncing")
    assert (free & straight).sum() > 20
    assert bend[free & straight].max() < 1e-12
    assert bend[~straight].min() > 1e-3


SPEEDS = {
    "straight": SPEED,
    "bouncing": (FAST * SPEED[0], FAST * SPEED[1]),
    "accelerating": (SPEED[0] - ACCELERATION[1] / 2, SPEED[1] + ACCELERATION[1] / 2),
    "circular": (SPEED[0] * math.sin(TURN[1] / 2) / (TURN[1] / 2), SPEED[1]),  # a chord of the arc
    "curve": (SPEED[0] * (1 - 5 * 0.08), SPEED[1] * (1 + 5 * 0.08)),
}


@every_motion
def test_the_first_step_is_as_long_as_the_speeds_allow(motion: str) -> None:
    steps = offsets(motion)
    np.testing.assert_array_equal(steps[0], 0)
    length = np.linalg.norm(steps[1], axis=-1)
    low, high = SPEEDS[motion]
    assert length.min() >= low - 1e-12 and length.max() <= high + 1e-12
    if motion != "curve":  # and the whole range is used
        assert length.min() < low + 0.1 * (high - low) and length.max() > high - 0.1 * (high - low)
    thrown = np.linalg.norm(throw(rng(), 500, 1, [motion]).displacements[0], axis=-1)
    assert thrown.max() <= high + 1e-12


@pytest.mark.parametrize("motion", ["straight", "bouncing"])
def test_a_straight_path_keeps_its_velocity(motion: str) -> None:
    np.testing.assert_allclose(np.diff(offsets(motion), n=2, axis=0), 0, atol=1e-13)


def test_an_accelerating_path_keeps_its_acceleration() -> None:
    bend = np.diff(offsets("accelerating"), n=2, axis=0)
    np.testing.assert_allclose(bend - bend[0], 0, atol=1e-13)
    a = np.linalg.norm(bend[0], axis=-1)
    assert ACCELERATION[0] - 1e-12 <= a.min() and a.max() <= ACCELERATION[1] + 1e-12


def test_a_circular_path_turns_evenly_to_either_side() -> None:
    steps = np.diff(offsets("circular"), axis=0) @ np.array([1, 1j])
    turn = np.angle(steps[1:] / steps[:-1])
    np.testing.assert_allclose(turn - turn[0], 0, atol=1e-10)
    np.testing.assert_allclose(np.abs(steps) - np.abs(steps[0]), 0, atol=1e-12)
    assert TURN[0] - 1e-9 <= np.abs(turn).min() and np.abs(turn).max() <= TURN[1] + 1e-9
    assert 0.45 < (turn[0] > 0).mean() < 0.55


def test_an_unknown_motion_names_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"There is no motion called 'zigzag'\. Known are: straight, "):
        throw(rng(), 1, 1, ["zigzag"])


# what is observed


@pytest.mark.parametrize("noise", [0.0, NOISE, 0.02])
def test_noise_is_as_large_as_it_says(noise: float) -> None:
    paths = throw(rng(7), 2000, 16, noise=noise)
    error = paths.points - paths.truth[:-1]
    free = error[((paths.truth[:-1] > 0.1) & (paths.truth[:-1] < 0.9))]  # where no clipping reaches
    assert free.std() == pytest.approx(noise, rel=0.02)
    assert abs(free.mean()) <= 5 * noise / math.sqrt(free.size)
    assert NOISE == 0.006


def test_the_same_seed_throws_the_same_balls() -> None:
    one, same, other = (throw(rng(seed), 20, 8, list(MOTIONS)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.points, same.points)
    np.testing.assert_array_equal(one.truth, same.truth)
    assert (one.points != other.points).any(axis=(0, 2)).all()


def test_hide_counts_from_one_and_includes_both_ends() -> None:
    paths = throw(rng(), 5, 20)
    hidden = hide(paths, 9, 14)
    for b in range(5):
        assert [t + 1 for t in range(20) if not hidden.visible[t, b]] == [9, 10, 11, 12, 13, 14]
    np.testing.assert_array_equal(hidden.points, paths.points)
    assert paths.visible.all()  # the one given is left as it was


def test_a_hidden_frame_is_all_zeros() -> None:
    paths = hide(throw(rng(), 3, 4), 2, 3)
    x = encode_points(paths.points, paths.visible)
    assert not x[1:3].any()
    np.testing.assert_array_equal(x[[0, 3], :, 2], 1)
    np.testing.assert_allclose(x[0, :, :2], 4 * (paths.points[0] - 0.5))


def test_encoded_points() -> None:
    x = points_array([[0.5, 0.5], None, [0.0, 1.0], (0.75, 0.25)])
    assert x.dtype == np.float32
    np.testing.assert_array_equal(x[:, 0], [[0, 0, 1], [0, 0, 0], [-2, 2, 1], [1, -1, 1]])


def test_points_of_a_visitor_are_encoded_as_those_of_a_batch() -> None:
    paths = hide(throw(rng(), 1, 6), 3, 3)
    given = [
        list(p) if seen else None for p, seen in zip(paths.points[:, 0], paths.visible[:, 0], strict=True)
    ]
    batch = encode_points(paths.points, paths.visible).astype(np.float32)
    np.testing.assert_array_equal(points_array(given), batch)


@pytest.mark.parametrize(
    ("point", "sentence"),
    [
        ([0.1], "Point 2 is not a pair of finite numbers. Give it as [x, y], or null if hidden."),
        ([0.1, 0.2, 0.3], "Point 2 is not a pair of finite numbers. Give it as [x, y], or null if hidden."),
        ([math.nan, 0.2], "Point 2 is not a pair of finite numbers. Give it as [x, y], or null if hidden."),
        ([0.1, -math.inf], "Point 2 is not a pair of finite numbers. Give it as [x, y], or null if hidden."),
        ([0.5, 1.25], "Point 2 at (0.5, 1.25) is outside the box. Both numbers have to be from 0 to 1."),
        ([-0.01, 0], "Point 2 at (-0.01, 0) is outside the box. Both numbers have to be from 0 to 1."),
    ],
)
def test_a_bad_point_is_named(point: list[float], sentence: str) -> None:
    with pytest.raises(BadPoint) as caught:
        points_array([[0.1, 0.2], point])
    assert caught.value.detail == sentence
    assert caught.value.code == "bad_point"
    assert caught.value.params["index"] == 1


def test_no_points_at_all() -> None:
    with pytest.raises(EmptyInput) as caught:
        points_array([])
    assert caught.value.detail == "There are no points. Give at least one, as [x, y] with both from 0 to 1."
    assert caught.value.code == "empty_input"


# the task


def runs_of(hidden: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(first, length) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hidden.astype(int), [0]])))
    return [(int(a), int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


@pytest.mark.parametrize("frames", [12, 16, 20])
def test_a_blackout_is_one_run_and_never_among_the_first_three_frames(frames: int) -> None:
    x = BallTask(frames=frames, blackout=1.0).batch(rng(), 2000).x
    runs = [runs_of(x[:, b, 2] == 0) for b in range(2000)]
    assert {len(found) for found in runs} == {1}
    first, length = np.transpose([found[0] for found in runs])
    assert set(length) == set(range(1, 9))
    assert first.min() == 3 and (first + length).max() == frames
    assert not x[x[..., 2] == 0].any()


def test_the_share_of_blackouts_is_as_asked() -> None:
    x = BallTask(blackout=0.25).batch(rng(), 4000).x
    assert (x[..., 2] == 0).any(axis=0).mean() == pytest.approx(0.25, abs=0.03)
    assert (BallTask().batch(rng(), 200).x[..., 2] == 1).all()


def test_a_batch_asks_for_the_true_next_step() -> None:
    batch = BallTask(frames=10, first=5).batch(rng(9), 40)
    paths: Paths = throw(rng(9), 40, 10)
    np.testing.assert_array_equal(batch.x, encode_points(paths.points, paths.visible).astype(np.float32))
    np.testing.assert_array_equal(batch.targets["direction"], paths.directions)
    np.testing.assert_allclose(
        batch.targets["displacement"], DISPLACEMENT_SCALE * paths.displacements, rtol=1e-6
    )
    assert (batch.weights[0] == 5).all() and (batch.weights[1:] == 1).all()
    assert {batch.x.dtype, batch.weights.dtype, batch.targets["displacement"].dtype} == {np.dtype(np.float32)}


def test_the_gradient_of_the_loss_equals_complex_steps() -> None:
    task = BallTask(frames=4)
    batch = task.batch(rng(10), 3)
    values = {
        "logits": rng(11).standard_normal((4, 3, 8)),
        "displacement": rng(12).standard_normal((4, 3, 2)),
    }
    exact = replace(batch, weights=batch.weights.astype(float))

    def loss(moved: Arrays) -> complex:
        k, shares = DISPLACEMENT_SCALE, exact.weights / exact.weights.sum()
        guess = cross_entropy(moved["logits"], exact.targets["direction"], exact.weights)[0]
        miss = (k * moved["displacement"] - exact.targets["displacement"]) ** 2
        return complex(guess + 0.5 * (shares * miss.sum(axis=-1)).sum())

    found, gradients = task.loss(values, exact)
    expected = complex_step(loss, values)
    assert found == pytest.approx(
        loss({name: v.astype(complex) for name, v in values.items()}).real, rel=1e-12
    )
    for name, d in gradients.items():
        assert_gradient(d, expected[name], name)


@pytest.mark.parametrize(
    "wrong", [{"frames": 0}, {"frames": 8, "blackout": 0.5}, {"blackout": 1.5}, {"first": 0}]
)
def test_settings_that_make_no_task_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadSetting, match=r"^.* came\.$"):
        BallTask(**wrong)  # type: ignore[arg-type]
