"""The commands, as they are typed: python -m engine train | examine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.checkpoint import Checkpoint, load

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
    }
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
            "unknown_name: There is no cell called 'elman'. Known are: gru, lstm, memoryless,",
        ),
        (
            [*TINY, "--optimiser", "lion"],
            "unknown_name: There is no optimiser called 'lion'. Known are: adam, sgd.",
        ),
        ([*TINY, "--hidden", "0"], "bad_setting: hidden has to be a whole number, 1 or more; 0 came."),
        ([*TINY, "--steps", "0"], "bad_setting: steps has to be above 0; 0 came."),
        ([*TINY, "--seeds", "0"], "bad_setting: seeds has to be 1 or more; 0 came."),
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
        "--seeds SEEDS",
    ):
        assert words in said
