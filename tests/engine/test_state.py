"""A training that was stopped goes on as if it had not been, and a file that holds no training is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from engine.cells import CELLS
from engine.checkpoint import Checkpoint
from engine.errors import BadSetting, CheckpointError, EngineError
from engine.optim import OPTIMISERS
from engine.recipe import Recipe
from engine.state import State, load
from engine.tasks.ball import BallTask
from engine.tasks.base import Batch
from engine.train import train

ROOT = Path(__file__).parents[2]


class Quick(BallTask):
    """A ball that is soon examined."""

    def held_out(self) -> Iterator[Batch]:
        for size in (5, 3):
            yield self.batch(np.random.default_rng([7, size]), size)


TASK = Quick(frames=12, blackout=0.5)
RECIPE = Recipe(
    **{"hidden": 4, "layers": 2, "batch": 6, "steps": 7, "rate": 0.02, "seed": 3, "warmup": 2},
    **{"dropout": 0.3, "average": 0.6, "check_every": 2, "patience": 2},
)


def every_state(recipe: Recipe, folder: Path) -> list[Path]:
    """The files of a training that runs through: before the first step, and after each."""
    paths = [folder / f"{k}.safetensors" for k in range(recipe.steps + 1)]
    State.begin(TASK, recipe).save(paths[0])
    done = [progress.state.save(paths[progress.step]) or progress.step for progress in train(TASK, recipe)]
    return paths[: done[-1] + 1]


def assert_goes_on(recipe: Recipe, folder: Path) -> None:
    """From wherever it is stopped, a training ends in the state that a run without a stop ends in."""
    *stops, end = every_state(recipe, folder)
    through = end.read_bytes()
    for stop in stops:
        *_, last = train(TASK, recipe, load(stop))
        assert last.state.to_bytes() == through, stop.name
        assert last.network.parameters.keys() == last.learning.parameters.keys()


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_training_stopped_anywhere_ends_with_the_same_bits(
    cell: str, optimiser: str, tmp_path: Path
) -> None:
    assert_goes_on(replace(RECIPE, cell=cell, optimiser=optimiser), tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("schedule", ["cosine", "linear", "constant"])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("plain", [{}, {"average": 0.0}, {"check_every": 0, "patience": 0}, {"dropout": 0.0}])
@pytest.mark.parametrize("cell", CELLS)
def test_a_training_of_any_kind_can_be_resumed(
    cell: str, plain: dict[str, Any], bidirectional: bool, layers: int, schedule: str, tmp_path: Path
) -> None:
    kind = {"cell": cell, "layers": layers, "bidirectional": bidirectional, "schedule": schedule}
    assert_goes_on(replace(RECIPE, **kind, **plain), tmp_path)


def test_a_file_holds_all_that_the_next_step_needs(tmp_path: Path) -> None:
    """That the runs above agree proves something: all they draw and keep matters to where they end."""
    path = every_state(RECIPE, tmp_path)[3]
    *_, through = train(TASK, RECIPE)
    other = np.random.default_rng(9)
    for spoil in (
        lambda s: s.weights.__imul__(1.01),
        lambda s: s.average.__imul__(1.01),
        lambda s: s.optimiser.memory["mean"].__imul__(1.01),
        lambda s: s.optimiser.memory["square"].__imul__(1.01),
        lambda s: setattr(s.optimiser, "steps", 1),
        lambda s: setattr(s, "mean", 0.0),
        lambda s: s.streams.update(examples=other),
        lambda s: s.streams.update(dropout=other),
    ):
        state = load(path)
        spoil(state)
        *_, last = train(TASK, RECIPE, state)
        assert last.state.to_bytes() != through.state.to_bytes()


def test_resuming_leaves_the_state_as_it_was(tmp_path: Path) -> None:
    path = every_state(RECIPE, tmp_path)[3]
    state = load(path)
    ends = []
    for _ in range(2):
        *_, last = train(TASK, RECIPE, state)
        ends.append(last.state.to_bytes())
        assert state.to_bytes() == path.read_bytes()
    assert ends[0] == ends[1]


def test_a_training_that_is_over_has_no_more_steps(tmp_path: Path) -> None:
    state = load(every_state(RECIPE, tmp_path)[-1])
    *_, through = train(TASK, RECIPE)
    assert list(train(TASK, RECIPE, state)) == []
    for name, p in state.network(state.result).parameters.items():
        assert p.tobytes() == through.network.parameters[name].tobytes()


def test_a_note_travels_along(tmp_path: Path) -> None:
    state = State.begin(TASK, RECIPE)
    state.note = {"球": [1, 0.1, None]}
    state.save(tmp_path / "noted.safetensors")
    *_, last = train(TASK, RECIPE, load(tmp_path / "noted.safetensors"))
    assert last.state.note == {"球": [1, 0.1, None]}


@pytest.mark.parametrize(
    ("task", "recipe", "sentence"),
    [
        (
            TASK,
            replace(RECIPE, hidden=5),
            "hidden was 4 when this training began, and stays so to its end; 5 came.",
        ),
        (
            TASK,
            replace(RECIPE, schedule="linear"),
            "schedule was cosine when this training began, and stays so to its end; linear came.",
        ),
        (
            replace(TASK, blackout=0.2),
            RECIPE,
            "blackout was 0.5 when this training began, and stays so to its end; 0.2 came.",
        ),
    ],
)
def test_another_recipe_or_task_is_refused(task: BallTask, recipe: Recipe, sentence: str) -> None:
    with pytest.raises(BadSetting) as caught:
        next(train(task, recipe, State.begin(TASK, RECIPE)))
    assert caught.value.detail == sentence


def test_two_processes_train_the_same_weights_to_the_bit() -> None:
    """Whatever order Python gives its sets in, and however many threads BLAS has."""
    script = f"""if True:
        import hashlib
        from engine.recipe import Recipe
        from engine.tasks.ball import BallTask
        from engine.train import train
        for cell in {list(CELLS)!r}:
            *_, last = train(BallTask(blackout=0.5), Recipe(cell, 24, 2, batch=96, steps=4, dropout=0.2))
            print(cell, hashlib.sha256(last.state.to_bytes()).hexdigest())
    """
    one, two = (
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": threads},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, threads in (("1", "1"), ("2", "4"))
    )
    assert one == two
    assert len(set(one.split())) == 2 * len(CELLS)


# files


@pytest.fixture
def path(tmp_path: Path) -> Path:
    *_, last = train(TASK, RECIPE)
    last.state.save(tmp_path / "some" / "net.state.safetensors")
    return tmp_path / "some" / "net.state.safetensors"


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        load(path)
    return caught.value.detail


def test_round_trip(path: Path) -> None:
    state = load(path)
    assert state.to_bytes() == path.read_bytes()
    assert (state.recipe, state.task, state.settings["blackout"]) == (RECIPE, "ball", 0.5)
    assert [p.name for p in path.parent.iterdir()] == [path.name]  # no draft is left


@pytest.mark.parametrize("at", ["fsync", "replace"])
def test_who_stops_while_a_file_is_written_leaves_the_one_before(
    at: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def stop(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, at, stop)
    with pytest.raises(KeyboardInterrupt):
        State.begin(TASK, RECIPE).save(path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_network_is_not_the_state_of_a_training(path: Path) -> None:
    state = load(path)
    Checkpoint(state.network(state.weights), "ball", {}).save(path)
    assert refusal(path) == (
        "net.state.safetensors is a .safetensors file without the state of a training, so there is nothing "
        "to go on from."
    )


@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_a_file_that_was_cut_off(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    assert refusal(path).startswith("net.state.safetensors is not a readable .safetensors file: ")


def spoiled(path: Path, tensors: dict[str, Any] | None = None, **header: Any) -> Path:
    """The file with other entries of the header, None for none, and other tensors, also None for none."""
    with safetensors.safe_open(path, "numpy") as file:
        before = json.loads(file.metadata()["unrolled.training"])
    found = safetensors.numpy.load_file(path) | (tensors or {})
    found = {name: p for name, p in found.items() if p is not None}
    changed = {name: value for name, value in (before | header).items() if value is not None}
    path.write_bytes(safetensors.numpy.save(found, {"unrolled.training": json.dumps(changed)}))
    return path


def test_the_file_that_the_next_tests_spoil_is_good(path: Path) -> None:
    assert load(spoiled(path)).step == load(spoiled(path, note={"a": 1})).step


GOOD = State.begin(TASK, RECIPE)
ARCHITECTURE = GOOD.architecture.as_dict()
OPTIONS = {name: getattr(RECIPE, name) for name in RECIPE.__dataclass_fields__}
N = GOOD.weights.size
STREAM = {"bit_generator": "PCG64", "state": {"state": "0x1", "inc": "0x1"}, "has_uint32": 0, "uinteger": 0}


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"version": 2}, "version 2 is not the 1 that this program reads."),
        ({"version": None}, "'version' is missing."),
        ({"step": None}, "'step' is missing."),
        ({"step": 8}, "step 8 is not one of 7."),
        ({"step": "x"}, ""),
        ({"mean": []}, ""),
        ({"step": 0}, "the vectors average, best, weights are needed; average, best, optimiser.mean, "),
        ({"checks": []}, "the vectors average, optimiser.mean, optimiser.square, weights are needed; "),
        ({"checks": [[1]]}, ""),
        ({"checks": 3}, ""),
        ({"note": 3}, ""),
        ({"settings": 3}, ""),
        ({"recipe": {}}, "The option cell is missing."),
        ({"recipe": OPTIONS | {"colour": 1}}, "The option colour is not known here."),
        ({"recipe": OPTIONS | {"hidden": "4"}}, "hidden has to be of the type int; '4' came."),
        ({"recipe": OPTIONS | {"hidden": True}}, "hidden has to be of the type int; True came."),
        ({"recipe": OPTIONS | {"dropout": 1.0}}, "dropout has to be from 0 to below 1; 1.0 came."),
        ({"recipe": OPTIONS | {"optimiser": "lion"}}, "There is no optimiser called 'lion'."),
        ({"recipe": OPTIONS | {"optimiser": "sgd"}}, "'optimiser.velocity' is missing."),
        (
            {"recipe": OPTIONS | {"average": 0.0}},
            "the vectors best, optimiser.mean, optimiser.square, weights",
        ),
        (
            {"architecture": ARCHITECTURE | {"layers": 10**15}},
            f"1000000000000000 layers cannot come from {N} numbers.",
        ),
        ({"architecture": ARCHITECTURE | {"hidden": 5}}, "average has to be of shape ("),
        ({"architecture": []}, ""),
        ({"streams": {}}, "'examples' is missing."),
        ({"streams": {"examples": STREAM}}, "'dropout' is missing."),
        ({"streams": {"examples": {}, "dropout": STREAM}}, "'state' is missing."),
        ({"streams": {"examples": STREAM | {"bit_generator": "MT19937"}, "dropout": STREAM}}, ""),
        ({"streams": {"examples": STREAM | {"uinteger": -1}, "dropout": STREAM}}, ""),
        ({"streams": {"examples": STREAM | {"state": {"state": "0x1"}}, "dropout": STREAM}}, ""),
        ({"streams": {"examples": STREAM | {"state": {"state": "q", "inc": "0x1"}}, "dropout": STREAM}}, ""),
        (
            {
                "streams": {
                    "examples": STREAM | {"state": {"state": hex(1 << 200), "inc": "1"}},
                    "dropout": STREAM,
                }
            },
            "",
        ),
    ],
)
def test_a_header_that_does_not_fit(path: Path, header: dict[str, Any], why: str) -> None:
    expected = f"The header of net.state.safetensors does not fit its tensors: {why}"
    assert refusal(spoiled(path, **header)).startswith(expected)


@pytest.mark.parametrize(
    ("tensors", "why"),
    [
        ({"weights": None}, "'weights' is missing."),
        (
            {"average": None},
            "the vectors average, best, optimiser.mean, optimiser.square, weights are needed;",
        ),
        (
            {"more": np.zeros(N, np.float32)},
            "the vectors average, best, optimiser.mean, optimiser.square, weights",
        ),
        ({"weights": np.zeros(N - 1, np.float32)}, f"weights has to be of shape ({N},) and of float32; "),
        (
            {"average": np.zeros(N)},
            f"average has to be of shape ({N},) and of float32; ({N},) of float64 came.",
        ),
        ({"best": np.zeros(N, np.int32)}, "float32 or float64 numbers are needed; int32 came."),
        (
            {"optimiser.mean": np.full(N, np.nan, np.float32)},
            "some of the numbers are infinite or not a number.",
        ),
    ],
)
def test_tensors_that_are_not_of_the_training(path: Path, tensors: dict[str, Any], why: str) -> None:
    expected = f"The header of net.state.safetensors does not fit its tensors: {why}"
    assert refusal(spoiled(path, tensors)).startswith(expected)


def test_an_architecture_that_is_not_the_tasks_is_refused(path: Path) -> None:
    state = load(path)
    state.architecture = replace(state.architecture, heads={"readout": 8, "displacement": 2, "more": 1})
    with pytest.raises(EngineError, match="of another architecture than this task needs"):
        next(train(TASK, RECIPE, state))
