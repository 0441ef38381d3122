"""Four readings of what a word did, each held to what defines it."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from engine.answers import answers
from engine.architecture import Architecture
from engine.arrays import Array
from engine.attribution import MOST, gradient_times_input, leave_one_out, shapley, step_change
from engine.cells import CELLS
from engine.errors import InputError
from engine.network import Network, initialise

every_cell = pytest.mark.parametrize("cell", CELLS)


def a_network(cell: str = "gru", **more: int) -> Network:
    made = Architecture(cell, 4, 5, {"readout": 3}, vocabulary=9, **more)
    network = initialise(made, np.random.default_rng(0), np.float64)
    for p in network.parameters.values():
        p += 0.3 * np.random.default_rng(1).standard_normal(p.shape)
    return network


def answer(network: Network, symbols: Array) -> Array:
    """One text alone, without a batch."""
    if not len(symbols):
        return network.before()["probs"][0]
    return network.forward(np.asarray(symbols)[:, None]).values["probs"][-1, 0]


TEXT = np.array([3, 1, 4, 1, 5])


@every_cell
def test_answers_are_those_of_each_text_alone(cell: str) -> None:
    network = a_network(cell)
    texts = [TEXT, TEXT[:0], TEXT[:2], TEXT[::-1], TEXT[:1]]
    expected = [answer(network, text) for text in texts]
    np.testing.assert_allclose(answers(network, texts), expected, atol=1e-14)
    np.testing.assert_array_equal(answers(network, [TEXT[:0]]), network.before()["probs"])


@every_cell
def test_step_changes_are_the_way_from_nothing_to_the_answer(cell: str) -> None:
    network = a_network(cell)
    found = step_change(network, TEXT)
    assert found.shape == (5, 3)
    for t in range(5):
        np.testing.assert_allclose(
            found[t], answer(network, TEXT[: t + 1]) - answer(network, TEXT[:t]), atol=1e-14
        )
    np.testing.assert_allclose(found.sum(axis=0), answer(network, TEXT) - network.before()["probs"][0])


@every_cell
def test_leaving_a_word_out_is_reading_without_it(cell: str) -> None:
    network = a_network(cell)
    found = leave_one_out(network, TEXT)
    for t in range(5):
        without = answer(network, np.delete(TEXT, t))
        np.testing.assert_allclose(found[t], answer(network, TEXT) - without, atol=1e-14)


@every_cell
def test_the_gradient_is_that_of_growing_a_words_vector(cell: str) -> None:
    network, step = a_network(cell), 1e-6
    found = gradient_times_input(network, TEXT)
    E = network.parameters["embedding.W"]
    vectors = Network(
        Architecture(cell, 4, 5, {"readout": 3}),
        {name: p for name, p in network.parameters.items() if name != "embedding.W"},
    )
    for t in range(5):
        x = np.repeat(E[TEXT][:, None], 2, axis=1)
        x[t, 0] *= 1 + step
        x[t, 1] *= 1 - step
        more, less = vectors.forward(x).values["probs"][-1]
        np.testing.assert_allclose(found[t], (more - less) / (2 * step), atol=1e-8)


@every_cell
def test_shapley_values_are_the_mean_over_all_orders(cell: str) -> None:
    network, text = a_network(cell), TEXT[:4]
    found = shapley(network, text)
    expected = np.zeros((4, 3))
    for order in permutations(range(4)):
        for k, t in enumerate(order):
            with_it, without = (answer(network, text[sorted(order[:n])]) for n in (k + 1, k))
            expected[t] += (with_it - without) / 24
    np.testing.assert_allclose(found.values, expected, atol=1e-13)
    whole = answer(network, text) - network.before()["probs"][0]
    np.testing.assert_allclose(found.values.sum(axis=0), whole, atol=1e-13)


def test_an_interaction_is_what_two_words_do_beyond_each_alone() -> None:
    network, text = a_network(), TEXT[:2]
    found = shapley(network, text)
    none, one, other, both = (answer(network, text[k]) for k in ([], [0], [1], [0, 1]))
    np.testing.assert_allclose(found.pairs[0, 1], both - one - other + none, atol=1e-14)
    np.testing.assert_array_equal(found.pairs, found.pairs.transpose(1, 0, 2))
    assert not found.pairs[[0, 1], [0, 1]].any()


def test_interactions_of_three_are_averaged_over_what_else_is_there() -> None:
    network, text = a_network(), TEXT[:3]
    found = shapley(network, text)

    def together(rest: list[int]) -> Array:
        a, b, c, d = (answer(network, text[sorted([*rest, *k])]) for k in ([0, 2], [0], [2], []))
        return a - b - c + d

    np.testing.assert_allclose(found.pairs[0, 2], (together([]) + together([1])) / 2, atol=1e-14)


def test_ten_words_are_read_in_all_subsets_and_eleven_are_refused() -> None:
    network = a_network()
    text = np.arange(MOST) % 9
    found = shapley(network, text)
    whole = answer(network, text) - network.before()["probs"][0]
    np.testing.assert_allclose(found.values.sum(axis=0), whole, atol=1e-12)
    with pytest.raises(InputError, match="of 10 words at most; 11 came"):
        shapley(network, np.arange(MOST + 1) % 9)


def test_a_bag_of_words_does_not_know_their_order() -> None:
    network = a_network("bag")
    expected = answer(network, TEXT)
    for order in permutations(range(5)):
        np.testing.assert_allclose(answer(network, TEXT[list(order)]), expected, atol=1e-14)
    assert not np.allclose(answer(a_network("rnn"), TEXT), answer(a_network("rnn"), TEXT[::-1]), atol=1e-3)
