"""How well a network reads reviews: measured on the treebank's dev sentences, the same for every network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from engine.answers import answers
from engine.arrays import Array
from engine.checkpoint import Checkpoint
from engine.network import Network
from engine.softmax import entropy, log_softmax, softmax
from engine.tasks.reliability import band, reliability
from engine.tasks.review import CLASS, FEELINGS, ReviewTask
from engine.tokens import tokenize
from engine.vocabulary import Vocabulary

NEGATIVE, NEUTRAL, POSITIVE = range(len(FEELINGS))

SENTENCES = {
    "that was phenomenal": "positive",
    "that was terrible": "negative",
    "terrible": "negative",
    "good": "positive",
    "bad": "negative",
    "not good": "negative",
    "not bad": "neutral",
    "good, not bad": "positive",
    "bad, not good": "negative",
    "the food was good, not bad at all": "positive",
    "the food was bad, not good at all": "negative",
    "it's not a bad film": "positive",
    "a film that is not at all boring": "positive",
    "it starts badly but ends well": "positive",
    "it starts well but ends badly": "negative",
    "I could not stop laughing": "positive",
    "I could not stop yawning": "negative",
    "nothing about it is any good": "negative",
    "you will hardly find a better film this year": "positive",
    "the film lasts two hours": "neutral",
    "a waste of a wonderful cast": "negative",
    "I expected to hate it and loved every minute": "positive",
    "not one joke works": "negative",
    "never dull": "positive",
}
"""Our own, with what a person would say: for a card, not for a figure."""


def examine(
    checkpoint: Checkpoint, task: ReviewTask, progress: Callable[[str], None] = lambda what: None
) -> dict[str, Any]:
    """The figures of a model card: shares from 0 to 1, bands the half-width of a 95 % binomial band."""
    progress("dev sentences")
    network, words = checkpoint.network, checkpoint.vocabulary
    dev = task.treebank.dev
    truth = np.array([CLASS[label] for _, label in dev])
    logits = np.concatenate(list(read(network, words, [tokens for tokens, _ in dev])))
    logp = log_softmax(logits)
    probs = np.exp(logp)
    correct = probs.argmax(axis=-1) == truth
    felt = truth != NEUTRAL
    rather = np.where(logits[:, POSITIVE] > logits[:, NEGATIVE], POSITIVE, NEGATIVE)
    binary = (rather == truth)[felt]
    progress("our sentences")
    return {
        "sentences": len(dev),
        "accuracy": _mean(correct),
        "accuracy_band": band(correct.mean(), len(correct)),
        "binary_sentences": int(felt.sum()),
        "binary": _mean(binary),
        "binary_band": band(binary.mean(), len(binary)),
        "loss": round(float(-logp[np.arange(len(dev)), truth].mean()), 4),
        "entropy": round(float(entropy(probs).mean()), 4),
        "confusion": confusion(truth, probs.argmax(axis=-1)),
        "reliability": reliability(probs.max(axis=-1), correct),
        "our_sentences": _ours(network, words),
    }


def read(
    network: Network, words: Vocabulary, texts: Sequence[Sequence[str]], size: int = 100
) -> Iterator[Array]:
    """The scores after the last word of each text, (B, K), `size` texts at a time."""
    encoded = [words.encode(tokens) for tokens in texts]
    for start in range(0, len(texts), size):
        yield answers(network, encoded[start : start + size], "logits")


def read_all(network: Network, words: Vocabulary, texts: Sequence[Sequence[str]]) -> Array:
    """The probabilities after the last word of each text, (N, K)."""
    return softmax(np.concatenate(list(read(network, words, texts))))


def confusion(truth: Array, said: Array) -> list[list[int]]:
    """How often each class, a row, was taken for each, a column."""
    counts = np.zeros((len(FEELINGS), len(FEELINGS)), int)
    np.add.at(counts, (truth, said), 1)
    return [[int(n) for n in row] for row in counts]


def _ours(network: Network, words: Vocabulary) -> list[dict[str, Any]]:
    """What it says of our own sentences, and whether a person would."""
    probs = read_all(network, words, [tokenize(text) for text in SENTENCES])
    return [
        {
            "text": text,
            "expected": expected,
            "said": FEELINGS[int(p.argmax())],
            "probs": [round(float(v), 4) for v in p],
            "right": FEELINGS[int(p.argmax())] == expected,
        }
        for (text, expected), p in zip(SENTENCES.items(), probs, strict=True)
    ]


def _mean(values: Array) -> float:
    return round(float(values.mean()), 4)
