"""The review: word by word, is it negative, neutral or positive?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from engine.arrays import Array
from engine.errors import BadSetting
from engine.losses import cross_entropy
from engine.tasks import treebank
from engine.tasks.base import Batch
from engine.tasks.folders import fingerprint
from engine.tasks.treebank import Treebank
from engine.tokens import tokenize
from engine.vocabulary import UNKNOWN, Vocabulary

FEELINGS = ("negative", "neutral", "positive")

CLASS = (0, 0, 1, 2, 2)
"""Of the treebank's labels, very negative to very positive."""

NEGATORS = frozenset(["not", "n't", "never", "no", "nothing", "without", "hardly", "neither", "nor"])

SHORT = 8
"""A phrase of at most so many tokens is short."""

WINDOW = 4
"""A batch is drawn from so many batches' phrases of about the same length to either side."""


@dataclass(frozen=True)
class ReviewTask:
    """Options of training.

    data:      the folder of the treebank; $UNROLLED_DATA/sst where it is not given
    often:     how often a word has to stand in the training sentences to be known
    sentences: how much more often whole sentences are drawn
    feeling:   how much more often what is not neutral is drawn
    negation:  how much more often short phrases with a negation are drawn
    unknown:   share of the words that are taken for unknown
    smoothing: share of each target that is spread over all classes
    """

    data: str = ""
    often: int = 2
    sentences: int = 3
    feeling: int = 2
    negation: int = 3
    unknown: float = 0.02
    smoothing: float = 0.05

    name: ClassVar[str] = "review"
    inputs: ClassVar[int] = 0
    end: ClassVar[str | None] = None
    heads: ClassVar[Mapping[str, int]] = {"readout": len(FEELINGS)}
    outputs: ClassVar[tuple[str, ...]] = FEELINGS
    unsaid: ClassVar[tuple[str, ...]] = ("data",)
    source: ClassVar[str] = (
        "The training phrases and sentences of the Stanford Sentiment Treebank (Socher et al., 2013), in "
        "lower case and three classes; examined on its dev sentences, which were also tuned on."
    )

    def __post_init__(self) -> None:
        for name in ("often", "sentences", "feeling", "negation"):
            if getattr(self, name) < 1:
                raise BadSetting(f"{name} has to be 1 or more; {getattr(self, name)} came.", name=name)
        for name in ("unknown", "smoothing"):
            if not 0 <= getattr(self, name) < 1:
                raise BadSetting(
                    f"{name} has to be from 0 to below 1; {getattr(self, name)} came.", name=name
                )

    @staticmethod
    def tokens(text: str) -> list[str]:
        """`"Wasn't bad!"` -> `["was", "n't", "bad", "!"]`: a step for each."""
        return tokenize(text)

    @cached_property
    def treebank(self) -> Treebank:
        return treebank.read(treebank.find(self.data))

    @property
    def provenance(self) -> str:
        bank = self.treebank
        counts = (
            f"{len(bank.phrases):,} phrases, {len(bank.sentences):,} of them sentences, and {len(bank.dev):,}"
        )
        return f"Read were {counts} dev sentences (SHA-256 {fingerprint(bank)})."

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """The unknown, then the words of the training sentences, the most frequent first."""
        counts = Counter(token for tokens, _ in self.treebank.sentences for token in tokens)
        known = [(-count, word) for word, count in counts.items() if count >= self.often]
        return (UNKNOWN, *(word for _, word in sorted(known)))

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """Phrases of about the same length, so that little is padded."""
        drawn, lengths = self._phrases, self._phrases.lengths
        around = min(WINDOW * size, len(drawn.pool) // 2)
        anchor = np.clip(rng.integers(len(drawn.pool)), around, len(drawn.pool) - around)
        chosen = drawn.pool[anchor + rng.integers(-around, around, size)]
        length = lengths[chosen]
        there = np.arange(length.max())[:, None] < length  # (T, B)
        x = np.where(
            there,
            drawn.symbols[
                np.minimum(drawn.starts[chosen] + np.arange(length.max())[:, None], len(drawn.symbols) - 1)
            ],
            0,
        )
        x[rng.random(x.shape) < self.unknown] = 0
        weights = np.zeros(x.shape, np.float32)
        weights[length - 1, np.arange(size)] = 1
        return Batch(
            x=x,
            targets={"feeling": np.broadcast_to(drawn.classes[chosen], x.shape)},
            weights=weights,
            mask=None if there.all() else there,
        )

    def held_out(self) -> Iterator[Batch]:
        """None: what is known of the dev sentences would choose for them."""
        return iter(())

    def loss(self, values: Mapping[str, Array], batch: Batch) -> tuple[float, dict[str, Array]]:
        """Cross-entropy of the feeling after the last word."""
        loss, d_logits = cross_entropy(
            values["logits"], batch.targets["feeling"], batch.weights, self.smoothing
        )
        return float(loss), {"logits": d_logits}

    @cached_property
    def _phrases(self) -> _Phrases:
        words = Vocabulary(self.vocabulary)
        whole = {tokens for tokens, _ in self.treebank.sentences}
        order = np.random.default_rng(0).permutation(len(self.treebank.phrases))  # among those of one length
        phrases = sorted((self.treebank.phrases[k] for k in order), key=lambda phrase: len(phrase[0]))
        times = [self._times(tokens, label, tokens in whole) for tokens, label in phrases]
        lengths = np.array([len(tokens) for tokens, _ in phrases])
        return _Phrases(
            symbols=words.encode([token for tokens, _ in phrases for token in tokens]),
            starts=np.cumsum(lengths) - lengths,
            lengths=lengths,
            classes=np.array([CLASS[label] for _, label in phrases]),
            pool=np.repeat(np.arange(len(phrases)), times),
        )

    def _times(self, tokens: tuple[str, ...], label: int, is_whole: bool) -> int:
        """How often a phrase stands among those that are drawn from."""
        times = self.sentences if is_whole else 1
        if CLASS[label] != CLASS[2]:
            times *= self.feeling
        if len(tokens) <= SHORT and not NEGATORS.isdisjoint(tokens):
            times *= self.negation
        return times


@dataclass(frozen=True)
class _Phrases:
    """All phrases, the shortest first.

    symbols: of all, end to end; starts, lengths: where each lies there
    pool:    numbers of phrases, as often as each is to be drawn
    """

    symbols: Array
    starts: Array
    lengths: Array
    classes: Array
    pool: Array
