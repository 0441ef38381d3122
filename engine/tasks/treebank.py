"""The Stanford Sentiment Treebank: phrases of film reviews with what people felt about each.

Socher et al., Recursive deep models for semantic compositionality over a sentiment treebank (EMNLP 2013).
A folder holds its trees as they are published, train.txt and dev.txt, or tables made of them: a label from
0, very negative, to 4, very positive, a tab and the tokens, in phrases.train.tsv, sentences.train.tsv and
sentences.dev.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.errors import BadData
from engine.tasks.folders import folder, lines

ADVICE = (
    "The Stanford Sentiment Treebank is to be had at https://nlp.stanford.edu/sentiment/, as "
    "trainDevTestTrees_PTB.zip: give the folder that holds its train.txt and dev.txt."
)
LABELS = range(5)
FEWEST = 100
"""A treebank of fewer sentences is none."""

Phrase = tuple[tuple[str, ...], int]
"""Tokens, and a label from 0 to 4."""


@dataclass(frozen=True)
class Treebank:
    """What a network learns from, and what it is examined on.

    All tokens are in lower case.

    phrases:   every phrase of the training sentences once, these included, in the order of their tokens
    sentences: the whole training sentences
    dev:       whole sentences that are held out, in their order in the file
    """

    phrases: tuple[Phrase, ...]
    sentences: tuple[Phrase, ...]
    dev: tuple[Phrase, ...]


def find(data: str) -> Path:
    """The folder that was named, or else $UNROLLED_DATA/sst."""
    return folder(data, "sst", ADVICE)


@lru_cache(maxsize=1)
def read(where: Path) -> Treebank:
    """Read and check a folder."""
    if (where / "train.txt").is_file():
        trees = list(_trees(where / "train.txt"))
        phrases, sentences = [phrase for tree in trees for phrase in tree], [tree[0] for tree in trees]
        dev = [tree[0] for tree in _trees(where / "dev.txt")]
    else:
        phrases = list(_table(where / "phrases.train.tsv"))
        sentences = list(_table(where / "sentences.train.tsv"))
        dev = list(_table(where / "sentences.dev.tsv"))
    if min(len(sentences), len(dev)) < FEWEST:
        raise BadData(
            f"{where.name} has {len(sentences)} training and {len(dev)} dev sentences; the treebank has "
            f"8,544 and 1,101. {ADVICE}",
            folder=where.name,
        )
    return Treebank(_lowered([*phrases, *sentences]), tuple(map(_lower, sentences)), tuple(map(_lower, dev)))


def _lower(phrase: Phrase) -> Phrase:
    tokens, label = phrase
    return tuple(token.lower() for token in tokens), label


def _lowered(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """Each phrase once. `Terrible` and `terrible` may have two labels: that in lower case stands."""
    in_order = sorted(set(phrases), key=lambda phrase: (phrase == _lower(phrase), phrase))
    return tuple(sorted(dict(map(_lower, in_order)).items()))


def _table(path: Path) -> Iterator[Phrase]:
    for number, line in enumerate(lines(path, ADVICE), 1):
        label, _, text = line.partition("\t")
        tokens = text.split(" ")
        if label not in "01234" or len(label) != 1 or not all(tokens):
            raise _wrong(
                path, number, "a label from 0 to 4, a tab, and tokens with single spaces between them"
            )
        yield tuple(tokens), int(label)


NODE = re.compile(r"\((\d)|([^\s()]+)|\)")
ESCAPED = {"-LRB-": "(", "-RRB-": ")", "\\/": "/", "\\*": "*"}


def _trees(path: Path) -> Iterator[list[Phrase]]:
    """The phrases of each tree, the whole sentence first."""
    for number, line in enumerate(lines(path, ADVICE), 1):
        found: list[tuple[int, int, int]] = []  # (label, first token, one past the last)
        tokens: list[str] = []
        opened: list[int] = []
        for match in NODE.finditer(line):
            if match[1]:
                opened.append(len(found))
                found.append((int(match[1]), len(tokens), 0))
            elif match[2]:
                tokens.append(_plain(match[2]))
            elif opened:
                k = opened.pop()
                found[k] = (found[k][0], found[k][1], len(tokens))
        if opened or not found or not all(end > start and label in LABELS for label, start, end in found):
            raise _wrong(path, number, "a tree like (3 (2 a) (4 joy))")
        yield [(tuple(tokens[start:end]), label) for label, start, end in found]


def _plain(token: str) -> str:
    for escaped, plain in ESCAPED.items():
        token = token.replace(escaped, plain)
    return token


def _wrong(path: Path, number: int, needed: str) -> BadData:
    return BadData(f"Line {number} of {path.name} is not {needed}. {ADVICE}", file=path.name, line=number)
