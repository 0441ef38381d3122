"""The commands, as they are typed: python -m engine train | examine."""

from __future__ import annotations

import json
import re
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import state
from engine.__main__ import main
from engine.checkpoint import Checkpoint, load
from engine.recipe import Recipe
from engine.runs import Runs
from engine.state import State
from engine.tasks.ball import BallTask
from engine.tasks.base import Batch
from engine.tasks.registry import EXAMS

TINY = ["train", "ball", "--steps", "3", "--hidden", "4", "--batch", "8"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    path = tmp_path_factory.mktemp("models") / "new" / "tiny.safetensors"
    words = [*TINY, "--cell", "gru", "--seed", "5", "--seeds", "2", "--blackout", "0.5", "--out", str(path)]
    assert main(words) == 0
    return path, words


def test_training_writes_a_checkpoint_whose_card_says_how(trained: tuple[Path, list[str]]) -> None:
    path, words = trained
    checkpoint = load(path)
    card = checkpoint.card
    assert checkpoint.task == "ball"
    assert checkpoint.network.architecture.cell == "gru"
    assert card["command"] == "python -m engine " + " ".join(words)
    assert card["parameters"] == sum(p.size for p in checkpoint.network.parameters.values()) == 158
    assert card["recipe"] == {
        **{
            "cell": "gru",
            "hidden": 4,
            "layers": 1,
            "steps": 3,
            "batch": 8,
            "rate": 0.003,
            "clip": 1.0,
            "momentum": 0.9,
        },
        **{"optimiser": "adam", "seed": 5, "frames": 16, "blackout": 0.5, "first": 8.0},
        **{"bidirectional": False, "schedule": "cosine", "warmup": 0, "dropout": 0.0, "average": 0.0},
        **{"check_every": 0, "patience": 0},
    }
    assert "held_out" not in card
    assert "No path is seen twice" in card["data"]
    assert card["licence"] == "MIT"


def test_the_card_has_the_spread_over_all_seeds(trained: tuple[Path, list[str]]) -> None:
    card = load(trained[0]).card
    assert card["seeds"]["seeds"] == [5, 6]
    for name in ("accuracy", "accuracy_late"):
        found = card["seeds"][name]
        one, two = found["values"]
        assert one == card["figures"][name]
        assert one != two
        assert found["mean"] == pytest.approx((one + two) / 2, abs=6e-5)
        assert found["deviation"] == pytest.approx(abs(one - two) / 2**0.5, abs=6e-5)


def test_the_card_has_every_figure_that_the_issue_asks_for(trained: tuple[Path, list[str]]) -> None:
    figures = load(trained[0]).card["figures"]
    assert len(figures["accuracy_by_frame"]) == len(figures["entropy_by_frame"]) == 16
    motions = {"straight", "accelerating", "bouncing", "circular"}
    assert set(figures["accuracy_late_by_motion"]) == motions | {"curve"}
    assert {m: len(v) for m, v in figures["blackout_by_motion"].items()} == dict.fromkeys(motions, 6)
    assert all(
        {"from", "to", "count", "confidence", "accuracy", "band"} <= set(r) for r in figures["reliability"]
    )
    json.dumps(figures, allow_nan=False)


def test_examining_prints_promises_and_says_whether_they_hold(
    trained: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = load(trained[0])
    bad = trained[0].with_name("ball-gru.safetensors")  # three steps do not keep what ball-gru promises
    Checkpoint(checkpoint.network, "ball", {}).save(bad)
    assert main(["examine", str(bad)]) == 1
    printed = capsys.readouterr().out
    assert "Promises" in printed
    assert "worst hidden frame of bouncing balls" in printed
    assert "MISSED" in printed


def test_the_command_in_a_card_can_be_typed_again(trained: tuple[Path, list[str]]) -> None:
    path, words = trained
    again = path.with_name("again.safetensors")
    assert main([*words[: words.index("--out")], "--seeds", "1", "--out", str(again)]) == 0
    assert load(again).digest == load(path).digest
    assert load(again).card["figures"] == load(path).card["figures"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            [*TINY, "--cell", "elman"],
            "unknown_name: There is no cell called 'elman'. Known are: bag, gru, lstm, memoryless,",
        ),
        (
            [*TINY, "--optimiser", "lion"],
            "unknown_name: There is no optimiser called 'lion'. Known are: adam, sgd.",
        ),
        ([*TINY, "--hidden", "0"], "bad_setting: hidden has to be a whole number, 1 or more; 0 came."),
        ([*TINY, "--steps", "0"], "bad_setting: steps has to be above 0; 0 came."),
        ([*TINY, "--seeds", "0"], "bad_setting: seeds has to be 1 or more; 0 came."),
        ([*TINY, "--save-every", "-1"], "bad_setting: save_every has to be 0 or more; -1 came."),
        ([*TINY, "--patience", "2"], "bad_setting: patience has to be 0 where check_every is 0; 2 came."),
        (
            ["train", "ball", "--resume", "nowhere.state.safetensors"],
            "bad_checkpoint: nowhere.state.safetensors is not a readable .safetensors file:",
        ),
        ([*TINY, "--seed", "-1"], "bad_setting: seed has to be 0 or more; -1 came."),
        ([*TINY, "--frames", "0"], "bad_setting: frames has to be 1 or more; 0 came."),
        (
            ["examine", "nowhere.safetensors"],
            "bad_checkpoint: nowhere.safetensors is not a readable .safetensors file:",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    words: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "never.safetensors")] if words[0] == "train" else []
    assert main([*words, *out]) == 2
    assert sentence in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_of_an_unknown_task_is_refused(
    trained: tuple[Path, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd[bold].safetensors"  # square brackets mean nothing to whoever prints it
    Checkpoint(load(trained[0]).network, "chess", {}).save(path)
    assert main(["examine", str(path)]) == 2
    assert "unknown_name: There is no task called 'chess'. Known are: ball" in capsys.readouterr().out
    path.write_bytes(b"")
    assert main(["examine", str(path)]) == 2
    assert "odd[bold].safetensors is not a readable" in capsys.readouterr().out


def test_a_word_that_is_no_option_ends_with_a_usage_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["train", "ball", "--colour", "red"])
    assert caught.value.code == 2
    assert "--colour" in capsys.readouterr().err


def test_every_option_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "ball", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for words in (
        "--cell CELL a name in CELLS",
        "--blackout BLACKOUT share of the sequences",
        "--check-every CHECK_EVERY steps between two looks at held-out examples",
        "the best look being the result; 0 is never (default: 0)",
        "--bidirectional, --no-bidirectional each layer also runs from the last step to the first",
        "--save-every SAVE_EVERY steps between two savings of the state",
        "--resume RESUME go on from a state",
        "--seeds SEEDS",
    ):
        assert words in said


# stopping and resuming

LONGER = ["train", "ball", "--cell", "gru", "--hidden", "4", "--layers", "2", "--batch", "8", "--steps", "9"]
LONGER += ["--dropout", "0.2", "--average", "0.9", "--check-every", "4", "--blackout", "0.3", "--seed", "2"]


def press_ctrl_c(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """In the middle of a step, counted over all trainings; once."""
    batch, count = BallTask.batch, iter(range(1, 10**6))

    def pressed(task: BallTask, rng: np.random.Generator, size: int) -> Batch:
        if size == 8 and next(count) == at:
            signal.raise_signal(signal.SIGINT)
        return batch(task, rng, size)

    monkeypatch.setattr(BallTask, "batch", pressed)


@pytest.mark.parametrize(("at", "seed", "step"), [(6, 2, 6), (9, 2, 9), (12, 3, 3)])
def test_what_ctrl_c_stops_goes_on_and_ends_in_the_same_file(
    at: int,
    seed: int,
    step: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "ball.safetensors"
    words = [*LONGER, "--seeds", "2", "--out", str(out)]
    assert main(words) == 0
    through = out.read_bytes()
    out.unlink()
    press_ctrl_c(monkeypatch, at)
    assert main(words) == 130
    kept = tmp_path / "ball.state.safetensors"
    said = f"Stopped after step {step} of 9. Go on with:\npython -m engine train ball --resume {kept}\n"
    assert said in capsys.readouterr().out
    found = state.load(kept)
    assert (found.step, found.recipe.seed) == (step, seed)
    assert out.exists() == (seed == 3)  # the first network is safe as soon as it is done
    assert main(["train", "ball", "--resume", str(kept)]) == 0
    assert out.read_bytes() == through
    looks = load(out).card["held_out"]
    assert [look["step"] for look in looks] == [4, 8, 9]
    best = min(looks, key=lambda look: look["held_out"])
    printed = capsys.readouterr().out
    said = f"Held-out loss {best['held_out']:.4f} after step {best['step']}, the best of 3 looks; the last"
    assert f"{said} was after step 9" in printed
    assert re.search(r"9/9 loss \d+\.\d{3}, held out \d+\.\d{3} ", printed) or step == 9  # nothing was left


def test_an_exam_that_ctrl_c_stops_is_held_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*given: object) -> dict[str, Any]:
        raise KeyboardInterrupt

    out = tmp_path / "ball.safetensors"
    with monkeypatch.context() as patched:
        patched.setitem(EXAMS, "ball", replace(EXAMS["ball"], examine=stop))
        assert main([*LONGER, "--out", str(out)]) == 130
    assert state.load(tmp_path / "ball.state.safetensors").finished
    assert main(["train", "ball", "--resume", str(tmp_path / "ball.state.safetensors")]) == 0
    through = out.read_bytes()
    assert main([*LONGER, "--out", str(out)]) == 0
    assert out.read_bytes() == through


def test_the_state_is_saved_every_so_many_steps(tmp_path: Path) -> None:
    out, other = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    assert main([*LONGER, "--save-every", "5", "--out", str(out)]) == 0
    kept = tmp_path / "one.state.safetensors"
    assert state.load(kept).step == 5
    again = ["--resume", str(kept), "--out", str(other), "--dropout", "0.2", "--no-bidirectional"]
    assert main(["train", "ball", *again, "--save-every", "3"]) == 0
    assert other.read_bytes() == out.read_bytes()
    assert state.load(tmp_path / "two.state.safetensors").step == 9
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        *("one.safetensors", "one.state.safetensors", "two.safetensors", "two.state.safetensors")
    ]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The state of a training that nobody began by command."""
    saved = State.begin(BallTask(), Recipe(hidden=4, batch=8, steps=3))
    Runs("python -m engine train ball", str(tmp_path / "ball.safetensors"), seeds=2).keep(saved)
    return tmp_path / "ball.state.safetensors"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--hidden", "5"], "hidden was 4 when this training began, and stays so to its end; 5 came."),
        (["--frames", "9"], "frames was 16 when this training began, and stays so to its end; 9 came."),
        (["--seed", "1"], "seed was 0 when this training began, and stays so to its end; 1 came."),
        (["--seeds", "3"], "seeds was 2 when this training began, and stays so to its end; 3 came."),
        (["--bidirectional"], "bidirectional was False when this training began, and stays so to its end;"),
    ],
)
def test_what_contradicts_the_state_is_refused(
    words: list[str], sentence: str, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "ball", "--resume", str(kept), *words]) == 2
    assert f"bad_setting: {sentence}" in capsys.readouterr().out
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"task": "chess"}, "There is no task called 'chess'. Known are: ball, names, recall, review."),
        ({"settings": {"frames": 16}}, "The option blackout is missing."),
        ({"settings": {"frames": 0, "blackout": 0.0, "first": 8.0}}, "frames has to be 1 or more; 0 came."),
        ({"note": {}}, ""),
        ({"note": {"command": "", "out": "", "seeds": 0}}, "seeds has to be 1 or more; 0 came."),
        ({"note": {"command": "", "out": "", "seeds": 1, "figures": [{}]}}, "1 of 1 seeds are done."),
        ({"note": {"command": "", "out": "", "more": 1}}, ""),
        (
            {"note": {"command": "", "out": "", "seeds": 2, "figures": [{}]}},
            "seed has to be 0 or more; -1 came.",
        ),
    ],
)
def test_a_state_that_no_command_saved_is_refused(
    change: dict[str, Any], why: str, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = state.load(kept)
    for name, value in change.items():
        setattr(found, name, value)
    found.save(kept)
    assert main(["train", "ball", "--resume", str(kept)]) == 2
    said = "bad_checkpoint: The header of ball.state.safetensors does not fit its tensors: "
    assert said + why in capsys.readouterr().out


def test_the_first_seed_has_to_be_where_it_was_saved(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = state.load(kept)
    runs = Runs(**found.note | {"figures": ({"accuracy": 0.5},), "first": "0123abcd"})
    runs.keep(replace(found, recipe=found.recipe.with_seed(1)))
    assert main(["train", "ball", "--resume", str(kept)]) == 2
    assert "ball.safetensors is not a readable .safetensors file" in capsys.readouterr().out
    Checkpoint(found.network(found.weights), "ball", {}).save(runs.path)
    assert main(["train", "ball", "--resume", str(kept)]) == 2
    assert (
        "ball.safetensors holds other weights than those of the first seed, 0123abcd. Put that file back, or "
        "train from the beginning."
    ) in capsys.readouterr().out


def test_a_plan_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "gru", "--hidden", "8", "--backward"]) == 0
    said = capsys.readouterr().out
    assert "# gru, a row of the record: h_prev x 1" in said
    assert "W0.dot(h_prev_x_1, a_r_a_z_hn)" in said
    assert "def step_backward(" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["plan", "elman"], "unknown_name: There is no cell called 'elman'."),
        (["plan", "gru", "--batch", "0"], "bad_setting: batch has to be a whole number, 1 or more; 0 came."),
    ],
)
def test_a_plan_that_cannot_be(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert sentence in capsys.readouterr().out
