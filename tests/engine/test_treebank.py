"""The treebank is read as it is published, or from tables; what is none is refused in a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from some_data import treebank_folder

from engine.errors import BadData, BadSetting
from engine.tasks.review import CLASS, FEELINGS, NEGATORS, ReviewTask
from engine.tasks.treebank import find, read
from engine.vocabulary import UNKNOWN

# A hundred sentences of our own: "film 17 is not good ." with a tree over it.
WORDS = ["good", "bad", "dull", "grand", "fine"]


def trees() -> list[str]:
    return [
        f"(1 (2 (2 Film) (2 {k})) ({k % 5} (2 is) (1 (2 not) ({k % 5} {WORDS[k % 5]} )))) "
        if k % 3
        else f"({k % 5} (2 -LRB-) ({k % 5} {WORDS[k % 5].upper()}))"
        for k in range(100)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.txt").write_text("\n".join(trees()) + "\n\n")
    (tmp_path / "dev.txt").write_text("\n".join(reversed(trees())))
    read.cache_clear()
    return tmp_path


def test_trees_give_sentences_and_phrases(folder: Path) -> None:
    found = read(folder)
    assert len(found.sentences) == len(found.dev) == 100
    assert found.sentences[0] == (("(", "good"), 0)
    assert found.sentences[1] == (("film", "1", "is", "not", "bad"), 1)
    assert found.dev[0] == found.sentences[99]
    phrases = dict(found.phrases)
    assert (
        phrases["not", "bad"] == 1
        and phrases["good",] == 0
        and phrases["film", "7"] == 2
        and phrases["dull",] == 2
    )
    assert list(phrases) == sorted(phrases)


def test_tables_give_the_same(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    expected = read(folder)
    tables = tmp_path_factory.mktemp("tables")
    for name, rows in (
        ("phrases.train", expected.phrases),
        ("sentences.train", expected.sentences),
        ("sentences.dev", expected.dev),
    ):
        lines = [f"{label}\t{' '.join(tokens)}\n" for tokens, label in rows]
        (tables / f"{name}.tsv").write_text("".join(lines))
    read.cache_clear()
    assert read(tables) == expected


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "train.txt",
            "(3 (2 a) (4 joy)",
            r"Line 1 of train.txt is not a tree like \(3 \(2 a\) \(4 joy\)\)\.",
        ),
        ("train.txt", "(7 (2 a) (4 joy))", "Line 1 of train.txt is not a tree"),
        ("train.txt", "(3 (2 a) (4 ))", "Line 1 of train.txt is not a tree"),
        ("train.txt", "a joy", "Line 1 of train.txt is not a tree"),
        ("train.txt", "(2 fine)", "has 1 training and 100 dev sentences; the treebank has 8,544 and 1,101"),
        ("train.txt", b"\xff\xfe", "train.txt cannot be read"),
        ("dev.txt", None, "dev.txt cannot be read"),
    ],
)
def test_what_is_no_treebank_is_refused(
    folder: Path, name: str, text: str | bytes | None, sentence: str
) -> None:
    path = folder / name
    if text is None:
        path.unlink()
    else:
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(BadData, match=sentence) as caught:
        read(folder)
    assert "https://nlp.stanford.edu/sentiment/" in caught.value.detail


@pytest.mark.parametrize("line", ["5\tgood", "2 good", "2\tgood  film", "\tgood", "22\tgood"])
def test_a_line_that_is_no_phrase_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "phrases.train.tsv").write_text(f"2\tfine\n{line}\n")
    read.cache_clear()
    with pytest.raises(BadData, match=r"Line 2 of phrases.train.tsv is not a label from 0 to 4"):
        read(tmp_path)


def test_the_folder_is_named_or_lies_where_the_variable_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNROLLED_DATA", raising=False)
    with pytest.raises(BadData, match=r"Say where the data lies: --data, or UNROLLED_DATA with sst/ in it\."):
        find("")
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    with pytest.raises(BadData, match=f"There is no folder {re.escape(str(tmp_path / 'sst'))}"):
        find("")
    (tmp_path / "sst").mkdir()
    assert find("") == tmp_path / "sst"
    assert find(str(tmp_path)) == tmp_path


# What is drawn from it


def test_a_batch_asks_for_the_feeling_after_the_last_word(folder: Path) -> None:
    task = ReviewTask(data=str(folder), unknown=0, often=1, sentences=1, feeling=1, negation=1)
    words = task.vocabulary
    assert words[0] == UNKNOWN and len(set(words)) == len(words)
    labels = dict(task.treebank.phrases)
    seen = set()
    for seed in range(20):
        batch = task.batch(np.random.default_rng(seed), 32)
        there = np.ones_like(batch.weights, bool) if batch.mask is None else batch.mask
        for b in range(32):
            tokens = tuple(words[k] for k in batch.x[there[:, b], b])
            seen.add(tokens)
            last = len(tokens) - 1
            assert CLASS[labels[tokens]] == batch.targets["feeling"][last, b]
            assert batch.weights[:, b].sum() == batch.weights[last, b] == 1
    assert len(seen) > 0.8 * len(labels)


def test_what_matters_is_drawn_more_often(folder: Path) -> None:
    def counts(**options: int) -> dict[tuple[str, ...], int]:
        task = ReviewTask(data=str(folder), often=1, **options)
        phrases = sorted(task.treebank.phrases, key=lambda phrase: len(phrase[0]))
        assert task._phrases.lengths.tolist() == [len(tokens) for tokens, _ in phrases]
        times = np.bincount(task._phrases.pool)
        drawn: dict[tuple[str, ...], int] = {}
        for k, start in enumerate(task._phrases.starts):
            numbers = task._phrases.symbols[start : start + task._phrases.lengths[k]]
            drawn[tuple(task.vocabulary[n] for n in numbers)] = int(times[k])
        return drawn

    even = counts(sentences=1, feeling=1, negation=1)
    assert set(even.values()) == {1}
    found = counts(sentences=5, feeling=2, negation=3)
    whole = {tokens for tokens, _ in read(folder).sentences}
    for tokens, label in read(folder).phrases:
        felt = 2 if FEELINGS[CLASS[label]] != "neutral" else 1
        negated = 3 if NEGATORS & set(tokens) else 1
        assert found[tokens] == felt * negated * (5 if tokens in whole else 1), tokens


def test_words_that_are_rare_are_unknown(folder: Path) -> None:
    assert "17" in ReviewTask(data=str(folder), often=1).vocabulary
    assert "17" not in ReviewTask(data=str(folder), often=2).vocabulary


def test_words_are_taken_for_unknown_as_often_as_asked(folder: Path) -> None:
    task = ReviewTask(data=str(folder), often=1, unknown=0.25)
    unknown = []
    for seed in range(40):
        batch = task.batch(np.random.default_rng(seed), 64)
        unknown.append(batch.x[... if batch.mask is None else batch.mask].ravel() == 0)
    assert np.concatenate(unknown).mean() == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize(
    "wrong", [{"often": 0}, {"sentences": 0}, {"unknown": 1.0}, {"smoothing": -0.1}], ids=str
)
def test_options_that_cannot_be_used_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadSetting, match=next(iter(wrong))):
        ReviewTask(**wrong)  # type: ignore[arg-type]


def test_the_treebank_itself_is_read_whole() -> None:
    read.cache_clear()
    found = read(treebank_folder())
    assert (len(found.sentences), len(found.dev)) == (8540, 1101)
    labels = dict(found.phrases)
    human = {
        "that": 2,
        "was": 2,
        "phenomenal": 4,
        "terrible": 1,
        "good": 3,
        "bad": 0,
        "not good": 1,
        "not bad": 2,
    }
    assert {text: labels[tuple(text.split())] for text in human} == human
    assert len(ReviewTask(data=str(treebank_folder())).vocabulary) == 8217
