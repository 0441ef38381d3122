"""What the review's figures look like as tables, and what its shipped networks promise."""

from __future__ import annotations

from collections.abc import Mapping

from engine.tables import Table, table
from engine.tasks.bars import Bar, Figures

HEADLINES = {"accuracy": "Accuracy of three classes on dev", "binary": "Accuracy without neutral on dev"}

GATED = ("review-gru", "review-lstm")


def tables(rows: Mapping[str, Figures]) -> list[Table]:
    """Accuracies with their bands, and what is said of our own sentences."""
    figures = table("Dev sentences, % ± 95 % band", "three classes", "negative or positive", "nats")
    for name, f in rows.items():
        cells = [f"{100 * f[k]:.2f} ± {100 * f[f'{k}_band']:.1f}" for k in ("accuracy", "binary")]
        figures.add_row(name, *cells, f"{f['loss']:.3f}")
    ours = table("Our own sentences: P(positive) − P(negative), * where a person would say otherwise", *rows)
    for k, first in enumerate(next(iter(rows.values()))["our_sentences"]):
        said = [f["our_sentences"][k] for f in rows.values()]
        ours.add_row(
            first["text"],
            *(f"{one['probs'][2] - one['probs'][0]:+.2f}{' ' if one['right'] else '*'}" for one in said),
        )
    return [figures, ours]


def bars(figures: Mapping[str, Figures]) -> list[Bar]:
    """Every promise that can be judged from the figures given. figures: model id -> figures of its card."""
    found = []
    gated = {name: figures[name] for name in GATED if name in figures}
    if gated:
        best = max(gated, key=lambda name: gated[name]["accuracy"])
        found.append(Bar(best, "best three-class accuracy of a gated one", gated[best]["accuracy"], 0.68, 1))
        best = max(gated, key=lambda name: gated[name]["binary"])
        found.append(Bar(best, "best binary accuracy of a gated one", gated[best]["binary"], 0.85, 1))
    if rnn := figures.get("review-rnn"):
        found.append(Bar("review-rnn", "three-class accuracy", rnn["accuracy"], 0.665, 1))
        found.append(Bar("review-rnn", "binary accuracy", rnn["binary"], 0.83, 1))
    for name, f in gated.items():
        found += _sentences(name, {one["text"]: one for one in f["our_sentences"]})
    return found


def _sentences(name: str, said: Mapping[str, Figures]) -> list[Bar]:
    """What a gated network has to say of some sentences."""
    order = said["good, not bad"]["probs"][2] - said["bad, not good"]["probs"][2]
    found = [Bar(name, "P(positive) of good, not bad less that of bad, not good", round(order, 4), 0.3, 1)]
    for text, feeling in (
        ("that was phenomenal", "positive"),
        ("that was terrible", "negative"),
        ("terrible", "negative"),
    ):
        found.append(Bar(name, f"{text} is {feeling}", float(said[text]["said"] == feeling), 1, 1))
    found.append(Bar(name, "not good is not positive", float(said["not good"]["said"] != "positive"), 1, 1))
    return found
