"""Training: a generator that anyone may stop, the same for the same seed, honest when it fails."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from engine.cells import CELLS
from engine.errors import BadSetting, Diverged, UnknownName
from engine.network import Network
from engine.tasks.ball import BallTask
from engine.train import Progress, Recipe, train

SHORT = Recipe(hidden=6, steps=12, batch=8)


def last(recipe: Recipe, task: BallTask | None = None) -> Progress:
    *_, progress = train(task or BallTask(), recipe)
    return progress


def assert_same(one: Network, other: Network) -> None:
    assert list(one.parameters) == list(other.parameters)
    for name, p in one.parameters.items():
        assert p.tobytes() == other.parameters[name].tobytes(), name


def test_every_step_is_yielded() -> None:
    steps = list(train(BallTask(), SHORT))
    assert [p.step for p in steps] == list(range(1, 13))
    assert {p.steps for p in steps} == {12}
    assert all(np.isfinite([p.loss, p.norm]).all() and p.norm > 0 for p in steps)
    assert len({id(p.network) for p in steps}) == 1


def test_nothing_is_computed_before_it_is_asked_for_and_it_can_be_stopped() -> None:
    run = train(BallTask(), Recipe(hidden=6, steps=10**9, batch=8))
    *_, progress = itertools.islice(run, 3)
    kept = {name: p.copy() for name, p in progress.network.parameters.items()}
    run.close()
    assert progress.step == 3
    assert next(run, None) is None
    assert all((p == kept[name]).all() for name, p in progress.network.parameters.items())


def test_the_rate_falls_along_half_a_cosine() -> None:
    rates = [p.rate for p in train(BallTask(), SHORT)]
    assert rates[0] == SHORT.rate
    assert rates[6] == pytest.approx(SHORT.rate / 2)
    assert rates == sorted(rates, reverse=True)
    assert 0 < rates[-1] < 0.02 * SHORT.rate


@pytest.mark.parametrize("cell", CELLS)
def test_the_same_seed_gives_the_same_weights_to_the_bit(cell: str) -> None:
    recipe = Recipe(cell=cell, hidden=6, steps=8, batch=8, seed=3)
    one, same, other = (last(r) for r in (recipe, recipe, recipe.with_seed(4)))
    assert_same(one.network, same.network)
    assert one.loss == same.loss
    for name, p in one.network.parameters.items():
        assert (p != other.network.parameters[name]).any(), name


def test_weights_stay_float32_and_every_one_of_them_is_trained() -> None:
    before = next(train(BallTask(), Recipe(cell="lstm", layers=2, hidden=6, batch=8))).network.parameters
    first = {name: p.copy() for name, p in before.items()}
    after = last(Recipe(cell="lstm", layers=2, hidden=6, batch=8, steps=5)).network.parameters
    assert {str(p.dtype) for p in after.values()} == {"float32"}
    assert all((after[name] != p).any() for name, p in first.items())


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_a_step_goes_downhill(optimiser: str) -> None:
    task, recipe = BallTask(), Recipe(hidden=8, steps=60, batch=64, optimiser=optimiser, rate=0.01, seed=1)
    losses = [p.loss for p in train(task, recipe)]
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:10])


@pytest.mark.parametrize("steps", [2, 50])  # also when the last step is the one that fails
def test_a_training_that_diverges_says_so(steps: int) -> None:
    recipe = Recipe(cell="rnn-relu", hidden=8, steps=steps, batch=8, rate=1e6, optimiser="sgd")
    with pytest.raises(Diverged) as caught:
        last(recipe)
    step = caught.value.params["step"]
    assert caught.value.detail == (
        f"The loss is no longer a number at step {step}. Try a lower rate or a tighter clip."
    )
    assert caught.value.code == "diverged"
    assert 1 < step <= 3


def test_gradients_that_overflow_are_refused_before_they_reach_the_weights() -> None:
    class Steep(BallTask):
        def loss(self, values, batch):  # type: ignore[no-untyped-def]
            loss, gradients = super().loss(values, batch)
            return loss, {name: g * np.float32(np.inf) for name, g in gradients.items()}

    with pytest.raises(Diverged):
        last(replace(SHORT, steps=1), Steep())


def test_clipping_bounds_a_step_of_sgd() -> None:
    recipe = Recipe(hidden=6, steps=2, batch=8, clip=0.5, rate=0.1, optimiser="sgd", momentum=0.0)
    run = train(BallTask(), recipe)
    one = {n: p.copy() for n, p in next(run).network.parameters.items()}
    two = next(run)
    moved = np.sqrt(sum(((two.network.parameters[n] - p) ** 2).sum() for n, p in one.items()))
    assert two.norm > 0.5
    assert moved == pytest.approx(0.5 * two.rate, rel=1e-3)


# A guess costs 2.8: log 8 for the direction, the rest for the displacement. Without memory there is no more.
BETWEEN = {"memoryless": (2.6, 3.0)}


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_learns_the_ball(cell: str) -> None:
    recipe = Recipe(cell=cell, hidden=16, steps=400, batch=32, rate=0.01)
    losses = [p.loss for p in train(BallTask(first=1), recipe)]
    low, high = BETWEEN.get(cell, (1.0, 2.2))
    assert losses[0] > 3.5
    assert low < np.mean(losses[-40:]) < high


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"steps": 0}, "steps has to be above 0; 0 came."),
        ({"batch": -1}, "batch has to be above 0; -1 came."),
        ({"rate": float("nan")}, "rate has to be above 0; nan came."),
        ({"clip": 0.0}, "clip has to be above 0; 0.0 came."),
        ({"seed": -1}, "seed has to be 0 or more; -1 came."),
    ],
)
def test_settings_that_cannot_train_are_refused(wrong: dict[str, float], sentence: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Recipe(**wrong)  # type: ignore[arg-type]
    assert caught.value.detail == sentence
    assert caught.value.params["name"] == next(iter(wrong))


def test_an_unknown_optimiser_names_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"There is no optimiser called 'lion'\. Known are: adam, sgd\."):
        Recipe(optimiser="lion")
