"""Training: a generator that anyone may stop, the same for the same seed, honest when it fails."""

from __future__ import annotations

import itertools
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.arrays import Array
from engine.cells import CELLS
from engine.errors import BadSetting, Diverged, UnknownName
from engine.network import Network
from engine.recipe import Recipe
from engine.state import load
from engine.tasks.ball import BallTask
from engine.tasks.ball_exam import blackout_paths, fresh_paths
from engine.tasks.base import Batch
from engine.train import Progress, train

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
# A bag adds up positions and knows how many there were, but not in which order they came.
BETWEEN = {"memoryless": (2.6, 3.0), "bag": (2.3, 2.8)}


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
        ({"warmup": -1}, "warmup has to be 0 or more; -1 came."),
        ({"check_every": -5}, "check_every has to be 0 or more; -5 came."),
        ({"patience": 3}, "patience has to be 0 where check_every is 0; 3 came."),
        ({"average": 1.0}, "average has to be from 0 to below 1; 1.0 came."),
        ({"dropout": -0.1}, "dropout has to be from 0 to below 1; -0.1 came."),
        ({"momentum": float("nan")}, "momentum has to be from 0 to below 1; nan came."),
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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="Another allocator keeps what it likes.")
def test_a_step_finds_its_memory_where_the_last_one_left_it() -> None:
    """In a process of its own: what others allocated before decides on it too."""
    script = """if True:
        import itertools, resource
        from engine.recipe import Recipe
        from engine.tasks.ball import BallTask
        from engine.train import train
        run = train(BallTask(), Recipe("gru"))
        for _ in itertools.islice(run, 20):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in itertools.islice(run, 20):
            pass
        print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 20)
    """
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=root, check=True, capture_output=True, text=True
    )
    assert float(found.stdout) < 10  # pages; there are some 390 if it does not


# averaging


def weights(network: Network) -> Array:
    return np.concatenate([p.ravel() for p in network.parameters.values()])


@pytest.mark.parametrize("decay", [0.3, 0.9, 0.999])
def test_the_average_of_the_weights_equals_its_closed_form(decay: float) -> None:
    """Also after one step, when a running average from zero would still be almost nothing."""
    seen: list[Array] = []
    for progress in train(BallTask(), replace(SHORT, average=decay, rate=0.05, schedule="constant")):
        seen.append(weights(progress.learning).astype(np.float64))
        shares = decay ** np.arange(len(seen))[::-1]
        expected = np.average(seen, axis=0, weights=shares)
        np.testing.assert_allclose(weights(progress.network), expected, rtol=0, atol=2e-7)
    assert np.abs(seen[-1] - expected).max() > 0.001


def test_averaging_leaves_the_network_that_learns_as_it_is() -> None:
    averaged, plain = last(replace(SHORT, average=0.9)), last(SHORT)
    assert_same(averaged.learning, plain.learning)
    assert_same(plain.network, plain.learning)
    assert (weights(averaged.network) != weights(plain.network)).all()


def test_an_average_calms_a_training_that_never_slows_down() -> None:
    task, steps = BallTask(first=1), 300
    recipe = Recipe(hidden=8, steps=steps, batch=16, rate=0.03, schedule="constant", check_every=steps)
    calm, restless = (last(replace(recipe, average=decay), task).held_out for decay in (0.95, 0.0))
    assert calm is not None and restless is not None
    assert calm < restless


# held-out examples


class Scripted(BallTask):
    """A ball whose held-out losses are written down beforehand; so is how many were looked at."""

    script = (5.0, 3.0, 4.0, 3.5, 2.0, 1.0)

    def held_out(self) -> Iterator[Batch]:
        once = self.batch(np.random.default_rng(1), 2)
        self.__dict__["looks"] = iter(self.script)
        yield replace(once, targets={**once.targets, "scripted": np.zeros(0)})

    def loss(self, values: Mapping[str, Array], batch: Batch) -> tuple[float, dict[str, Array]]:
        if "scripted" in batch.targets:
            return next(self.__dict__["looks"]), {}
        return super().loss(values, batch)


def test_training_stops_when_no_better_look_comes_and_gives_the_best() -> None:
    recipe = replace(SHORT, steps=18, check_every=3, patience=2)
    seen = [(p, weights(p.learning), weights(p.network)) for p in train(Scripted(), recipe)]
    found = [p.held_out for p, _, _ in seen]
    assert found == [None, None, 5.0, None, None, 3.0, None, None, 4.0, None, None, 3.5]
    learned = [learning for _, learning, _ in seen]
    best = [0, 1, 2, 2, 2, 5, 5, 5, 5, 5, 5, 5]  # until the first look, the newest; then the best one
    for k, (_, _, network) in enumerate(seen):
        np.testing.assert_array_equal(network, learned[best[k]], err_msg=str(k + 1))
    assert (learned[5] != learned[11]).any()


def test_a_look_as_good_as_the_best_is_no_better() -> None:
    class Even(Scripted):
        script = (3.0, 3.0, 3.0, 3.0)

    recipe = replace(SHORT, check_every=2, patience=2)
    learned = [(p, weights(p.learning)) for p in train(Even(), recipe)]
    assert len(learned) == 6
    np.testing.assert_array_equal(weights(learned[-1][0].network), learned[1][1])


def test_without_patience_it_goes_on_to_the_end_and_looks_once_more_there() -> None:
    recipe = replace(SHORT, steps=16, check_every=3)
    *_, end = train(Scripted(), recipe)
    assert [(c.step, c.held_out) for c in end.state.checks] == list(
        zip((3, 6, 9, 12, 15, 16), Scripted.script, strict=True)
    )
    assert_same(end.network, end.learning)


def test_what_is_looked_at_and_kept_is_the_average() -> None:
    recipe = replace(SHORT, steps=18, check_every=3, patience=2, average=0.8)
    *_, end = train(Scripted(), recipe)
    averages = [weights(p.network) for p in train(BallTask(), replace(recipe, check_every=0, patience=0))]
    np.testing.assert_array_equal(weights(end.network), averages[5])


def test_a_training_that_waits_for_a_better_look_still_waits_when_it_is_resumed(tmp_path: Path) -> None:
    recipe, script = replace(SHORT, steps=18, check_every=3, patience=2), Scripted.script
    runs = [(p.state.save(tmp_path / str(p.step)), p)[1] for p in train(Scripted(), recipe)]
    for stop in range(1, 12):
        rest = type("Rest", (Scripted,), {"script": script[stop // 3 :]})
        *_, end = train(rest(), recipe, load(tmp_path / str(stop)))
        assert end.step == 12
        assert end.state.to_bytes() == runs[-1].state.to_bytes()
        assert_same(end.network, runs[-1].network)


def test_the_held_out_loss_is_that_of_all_examples_as_one_batch() -> None:
    class Uneven(BallTask):
        def held_out(self) -> Iterator[Batch]:
            whole = self.batch(np.random.default_rng(5), 9)
            for part in (slice(0, 2), slice(2, 9)):
                targets = {name: values[:, part] for name, values in whole.targets.items()}
                yield Batch(whole.x[:, part], targets, whole.weights[:, part])

    *_, end = train(Uneven(), replace(SHORT, layers=2, dropout=0.5, check_every=12))
    whole = BallTask().batch(np.random.default_rng(5), 9)
    expected, _ = BallTask().loss(end.learning.forward(whole.x).values, whole)
    assert end.held_out == pytest.approx(expected, rel=1e-6)


def test_looking_changes_nothing_in_what_is_learned() -> None:
    recipe = replace(SHORT, layers=2, dropout=0.2)
    assert_same(last(replace(recipe, check_every=5)).learning, last(recipe).learning)


def test_a_held_out_loss_that_is_no_number_is_refused() -> None:
    class Broken(Scripted):
        script = (float("nan"),)

    with pytest.raises(Diverged, match="at step 4"):
        last(replace(SHORT, check_every=4), Broken())


def test_a_task_without_held_out_examples_cannot_be_checked() -> None:
    class Nothing(BallTask):
        def held_out(self) -> Iterator[Batch]:
            return iter(())

    with pytest.raises(BadSetting) as caught:
        last(replace(SHORT, check_every=4), Nothing())
    assert caught.value.detail == ("The task ball holds no examples out, so check_every has to be 0; 4 came.")
    assert last(SHORT, Nothing()).step == 12


def test_held_out_paths_are_the_same_each_time_and_seen_nowhere_else() -> None:
    def starts(*arrays: Array) -> set[bytes]:
        return {row.tobytes() for x in arrays for row in np.ascontiguousarray(x[0, :, :2], np.float32)}

    def encoded(points: Array) -> Array:
        return 4 * (points - 0.5)

    task = BallTask()
    held = [batch.x for batch in task.held_out()]
    for x, again in zip(held, task.held_out(), strict=True):
        np.testing.assert_array_equal(x, again.x)
    assert len(starts(*held)) == 2000
    assert not starts(*held) & starts(*(encoded(p.points) for p in (fresh_paths(), blackout_paths())))
    for seed in (0, 1, 1_000_033):
        examples = Recipe(seed=seed).stream("examples")
        assert not starts(*held) & starts(*(task.batch(examples, 500).x for _ in range(10)))
    assert len(starts(*held) & starts(task.batch(np.random.default_rng([1_000_033, 1]), 500).x)) == 500


# dropout


class Recorded(BallTask):
    """A ball that remembers what was learned from."""

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        batch = super().batch(rng, size)
        self.__dict__.setdefault("seen", []).append(batch.x)
        return batch


def test_dropout_draws_from_a_stream_of_its_own() -> None:
    tasks = [Recorded() for _ in range(4)]
    recipes = [replace(SHORT, layers=n, dropout=rate) for n in (1, 2) for rate in (0.0, 0.4)]
    one, one_dropped, two, two_dropped = (last(r, t) for r, t in zip(recipes, tasks, strict=True))
    assert (weights(one.network) != weights(one_dropped.network)).any()
    assert (weights(two.network) != weights(two_dropped.network)).any()
    for task in tasks[1:]:
        np.testing.assert_array_equal(tasks[0].__dict__["seen"], task.__dict__["seen"])


def test_a_network_of_both_directions_is_trained() -> None:
    found = last(replace(SHORT, bidirectional=True)).network
    assert found.architecture.bidirectional
    assert found.parameters["readout.W"].shape == (8, 12)
    first = next(train(BallTask(), replace(SHORT, bidirectional=True, rate=1e-9))).network
    assert all((p != first.parameters[name]).any() for name, p in found.parameters.items())
