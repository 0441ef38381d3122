"""Names are read, a tenth is held out, and each letter asks for the next."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from some_data import names_folder

from engine.checkpoint import Checkpoint
from engine.errors import BadData
from engine.network import initialise
from engine.recipe import Recipe
from engine.tasks.names import END, LETTERS, NamesTask, encoded, is_held_out, padded, read
from engine.tasks.names_exam import LONGEST, bigram_loss, examine, spell
from engine.vocabulary import Vocabulary

SYLLABLES = ("ma", "ri", "an", "lo", "be")
MADE_UP = sorted({a + b + c for a in SYLLABLES for b in SYLLABLES for c in (*SYLLABLES, "")})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "names.txt").write_text("\n".join(reversed(MADE_UP)) + "\n\n")
    return tmp_path


def test_every_name_is_on_one_side(folder: Path) -> None:
    found = read(str(folder))
    assert sorted(found.train + found.held_out) == MADE_UP
    for name in MADE_UP:
        ends_with_nine = str(int(hashlib.sha1(name.encode()).hexdigest(), 16)).endswith("9")
        assert (name in found.held_out) == ends_with_nine == is_held_out(name)


def test_a_batch_asks_for_the_next_letter(folder: Path) -> None:
    task = NamesTask(data=str(folder))
    batch = task.batch(np.random.default_rng(0), 50)
    seen = set()
    for b in range(50):
        asked = int(batch.weights[:, b].sum())
        assert not batch.weights[asked:, b].any()
        read_in = [LETTERS[k] for k in batch.x[:asked, b]]
        asked_for = [LETTERS[k] for k in batch.targets["letter"][:asked, b]]
        assert read_in[0] == asked_for[-1] == END
        assert read_in[1:] == asked_for[:-1]
        assert read_in == NamesTask.tokens("".join(read_in[1:]))
        seen.add("".join(read_in[1:]))
    assert seen <= set(read(str(folder)).train) and len(seen) > 25


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("emma\nzoë\n", "'zoë' in names.txt is not a name in the letters a to z"),
        ("anna lena\n", "'anna lena' in names.txt is not a name"),
        ("emma\n", "names.txt holds 1 names"),
    ],
)
def test_what_is_no_list_of_names_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "names.txt").write_text(text, "utf-8")
    with pytest.raises(BadData, match=sentence) as caught:
        read(str(tmp_path))
    assert "https://github.com/karpathy/makemore" in caught.value.detail


def test_a_missing_list_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"names.txt cannot be read.*makemore"):
        read(str(tmp_path))


def test_the_exam_measures_what_it_says(folder: Path) -> None:
    task = NamesTask(data=str(folder))
    network = initialise(Recipe(hidden=5, embedding=4).architecture(task), np.random.default_rng(0))
    figures = examine(Checkpoint(network, "names", {}, Vocabulary(LETTERS)), task)
    held_out = task.names.held_out
    total = letters = right = 0.0
    for name in held_out:  # one by one, without a batch
        numbers = Vocabulary(LETTERS).encode([END, *name, END])
        probs = network.forward(numbers[:-1, None]).values["probs"][:, 0]
        total -= np.log(probs[np.arange(len(probs)), numbers[1:]]).sum()
        right += (probs.argmax(axis=1) == numbers[1:]).sum()
        letters += len(probs)
    assert figures["names"] == len(held_out) and figures["letters"] == letters
    assert figures["loss"] == pytest.approx(total / letters, abs=1e-4)
    assert figures["accuracy"] == pytest.approx(right / letters, abs=1e-4)
    assert not set(figures["made_up"]) & set(MADE_UP)


def test_a_bigram_table_knows_what_follows_what() -> None:
    class Pairs:
        train = ("ab",) * 1000
        held_out = ("ab", "ba")

    # 1,001 of 1,027 for each of end→a, a→b, b→end; 1 of 1,027 for end→b, b→a and a→end
    expected = -(3 * np.log(1001 / 1027) + 3 * np.log(1 / 1027)) / 6
    assert bigram_loss(Pairs()) == pytest.approx(expected, abs=1e-4)  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_name(folder: Path) -> None:
    recipe = Recipe(hidden=5, embedding=4)
    network = initialise(recipe.architecture(NamesTask(str(folder))), np.random.default_rng(0))
    names = [spell(network, seed) for seed in range(30)]
    assert names == [spell(network, seed) for seed in range(30)]
    assert len(set(names)) > 20
    assert all(len(name) <= LONGEST and set(name) <= set(LETTERS[:-1]) for name in names)


def test_padding_changes_nothing() -> None:
    one, two = encoded(("jo", "maximilian"))
    both = padded([one, two])
    assert both.x.shape == (11, 2)
    assert both.weights.sum(axis=0).tolist() == [3, 11]


def test_the_list_itself_is_read_whole() -> None:
    found = read(str(names_folder()))
    assert len(found.train) + len(found.held_out) == 26_550 or len(found.train) > 20_000
    assert bigram_loss(found) == pytest.approx(2.45, abs=0.02)
