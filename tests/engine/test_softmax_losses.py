"""Softmax and losses: right where numbers are extreme, silent where nothing is asked."""

from __future__ import annotations

import math

import numpy as np
import pytest
from derivatives import assert_gradient, complex_step
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from engine.losses import cross_entropy, squared_error
from engine.softmax import entropy, log_softmax, softmax

scores = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 9)), elements=st.floats(-50, 50))


@given(scores, st.floats(-1000, 1000))
def test_a_shift_of_all_scores_changes_nothing(z: NDArray[np.float64], shift: float) -> None:
    np.testing.assert_allclose(softmax(z + shift), softmax(z), rtol=1e-10, atol=0)
    np.testing.assert_allclose(log_softmax(z + shift), log_softmax(z), rtol=0, atol=1e-10)


@given(scores)
def test_probabilities_are_positive_ordered_and_sum_to_one(z: NDArray[np.float64]) -> None:
    p = softmax(z)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-14)
    assert (p > 0).all()
    assert (np.take_along_axis(p, z.argsort(axis=-1), -1) == np.sort(p, axis=-1)).all()
    np.testing.assert_allclose(np.exp(log_softmax(z)), p, rtol=1e-12)


@given(scores)
def test_entropy_lies_between_none_and_all(z: NDArray[np.float64]) -> None:
    found = entropy(softmax(z))
    assert (found >= 0).all()
    assert (found <= math.log2(z.shape[-1]) + 1e-12).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_scores(dtype: type) -> None:
    with np.errstate(all="raise", under="ignore"):
        p = softmax(np.array([1000, 1001, 1002], dtype))
        expected = [0.09003057317038046, 0.24472847105479767, 0.6652409557748219]
        np.testing.assert_allclose(p, expected, rtol=1e-6 if dtype is np.float32 else 1e-15)
        np.testing.assert_array_equal(softmax(np.array([-1e30, 0, 1e30], dtype)), [0, 0, 1])
        np.testing.assert_array_equal(log_softmax(np.array([-1e4, 1e4], dtype)), [-2e4, 0])
    assert p.dtype == dtype


def test_entropy_of_a_pure_guess_and_of_certainty() -> None:
    assert entropy(np.full(8, 1 / 8)) == 3
    assert entropy(np.array([0.0, 1.0, 0.0])) == 0
    assert entropy(np.array([0.5, 0.25, 0.25])) == 1.5
    assert entropy(np.full((5, 2, 8), 1 / 8, np.float32)).shape == (5, 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_is_finite_where_a_probability_rounds_to_zero(dtype: type) -> None:
    logits = np.array([[[0.0, -5000.0]]], dtype)
    with np.errstate(all="raise", under="ignore"):
        assert softmax(logits)[0, 0, 1] == 0
        loss, d = cross_entropy(logits, np.array([[1]]), np.ones((1, 1), dtype))
    assert loss == 5000
    np.testing.assert_array_equal(d, [[[1, -1]]])
    assert d.dtype == dtype


def test_cross_entropy_by_hand() -> None:
    logits = np.log(np.array([[[0.5, 0.25, 0.25]], [[0.1, 0.1, 0.8]]]))
    loss, d = cross_entropy(logits, np.array([[0], [2]]), np.array([[3.0], [1.0]]))
    assert loss == pytest.approx(0.75 * -math.log(0.5) + 0.25 * -math.log(0.8), rel=1e-15)
    np.testing.assert_allclose(d[0, 0], 0.75 * np.array([-0.5, 0.25, 0.25]), rtol=1e-14)
    np.testing.assert_allclose(d[1, 0], 0.25 * np.array([0.1, 0.1, -0.2]), rtol=1e-14)


RNG = np.random.default_rng(4)
T, B, K = 5, 3, 4
TARGETS = RNG.integers(0, K, (T, B))
WEIGHTS = RNG.uniform(0.5, 2, (T, B)) * (RNG.random((T, B)) > 0.4)


def test_gradient_of_cross_entropy() -> None:
    logits = {"logits": 3 * RNG.standard_normal((T, B, K))}
    expected = complex_step(lambda a: complex(cross_entropy(a["logits"], TARGETS, WEIGHTS)[0]), logits)
    assert_gradient(cross_entropy(logits["logits"], TARGETS, WEIGHTS)[1], expected["logits"])


def test_gradient_of_squared_error() -> None:
    values, targets = {"values": RNG.standard_normal((T, B, 2))}, RNG.standard_normal((T, B, 2))
    expected = complex_step(lambda a: complex(squared_error(a["values"], targets, WEIGHTS)[0]), values)
    assert_gradient(squared_error(values["values"], targets, WEIGHTS)[1], expected["values"])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_has_no_weight_has_no_say(dtype: type) -> None:
    weights = WEIGHTS.astype(dtype)
    silent = weights == 0
    assert silent.any() and not silent.all()
    logits, values = (
        RNG.standard_normal((T, B, K)).astype(dtype),
        RNG.standard_normal((T, B, 2)).astype(dtype),
    )
    aims = RNG.standard_normal((T, B, 2)).astype(dtype)
    other_logits, other_values, other_targets = logits.copy(), values.copy(), TARGETS.copy()
    other_logits[silent], other_values[silent], other_targets[silent] = 77, -77, 0
    for (loss, d), (again, d_again) in (
        (cross_entropy(logits, TARGETS, weights), cross_entropy(other_logits, other_targets, weights)),
        (squared_error(values, aims, weights), squared_error(other_values, aims, weights)),
    ):
        assert loss == again
        assert not d[silent].any()
        np.testing.assert_array_equal(d, d_again)
        assert d.dtype == dtype


def test_only_the_ratios_of_the_weights_count() -> None:
    logits = RNG.standard_normal((T, B, K))
    loss, d = cross_entropy(logits, TARGETS, WEIGHTS)
    again, d_again = cross_entropy(logits, TARGETS, 1000 * WEIGHTS)
    assert again == pytest.approx(loss, rel=1e-14)
    np.testing.assert_allclose(d_again, d, rtol=1e-12)
