"""The learning rate follows the formula that the schedule is named after, once it has warmed up."""

from __future__ import annotations

import math

import pytest

from engine.errors import BadSetting, UnknownName
from engine.recipe import Recipe
from engine.schedules import SCHEDULES, factor
from engine.tasks.ball import BallTask
from engine.train import train

FORMULAS = {
    "cosine": lambda k, steps: math.cos(math.pi * k / steps / 2) ** 2,  # of the half angle
    "linear": lambda k, steps: (steps - k) / steps,
    "constant": lambda k, steps: 1,
}


def rates(steps: int, **options: object) -> list[float]:
    recipe = Recipe(hidden=3, batch=2, steps=steps, rate=0.5, **options)  # type: ignore[arg-type]
    return [p.rate for p in train(BallTask(frames=2), recipe)]


def test_every_schedule_has_a_formula_here() -> None:
    assert FORMULAS.keys() == SCHEDULES.keys()


@pytest.mark.parametrize("warmup", [0, 1, 4, 11])
@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_of_a_training(name: str, warmup: int) -> None:
    found = rates(12, schedule=name, warmup=warmup)
    rising = [0.5 * k / (warmup + 1) for k in range(1, warmup + 1)]
    falling = [0.5 * FORMULAS[name](k, 12 - warmup) for k in range(12 - warmup)]
    assert found == pytest.approx(rising + falling, rel=1e-12)
    assert max(found) == found[warmup] == 0.5  # all of it, just once the warm-up is over


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_factor_is_above_0_and_at_most_1_and_never_rises_after_the_warm_up(name: str) -> None:
    for steps in (1, 2, 7, 1000):
        found = [factor(name, k, steps) for k in range(1, steps + 1)]
        assert found[0] == 1
        assert found == sorted(found, reverse=True)
        assert min(found) > 0


def test_an_unknown_schedule_names_the_known_ones() -> None:
    with pytest.raises(
        UnknownName, match=r"There is no schedule called 'step'\. Known are: constant, cosine"
    ):
        Recipe(schedule="step")


def test_a_warm_up_that_never_ends_is_refused() -> None:
    with pytest.raises(BadSetting, match=r"^warmup has to be below 10, the number of steps; 10 came\.$"):
        Recipe(steps=10, warmup=10)
