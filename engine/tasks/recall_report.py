"""What recall's figures look like as tables, and what its shipped networks promise."""

from __future__ import annotations

from collections.abc import Mapping

from engine.tables import Table, table
from engine.tasks.bars import Bar, Figures

HEADLINES = {"near": "First letter named, at distances that it was trained on", "far": "the same beyond"}

PROMISES = [
    ("recall-gru", "far", "first letter named, beyond the distances of training", 0.99),
    ("recall-lstm", "far", "first letter named, beyond the distances of training", 0.99),
    ("recall-rnn", "near", "first letter named, at the distances of training", 0.8),
    ("recall-rnn-2", "far", "first of four letters named, beyond the distances of training", 0.99),
]
"""Network, figure, what it is, and the least that it may be."""


def tables(rows: Mapping[str, Figures]) -> list[Table]:
    """Accuracy in %, a column for each distance."""
    distances = next(iter(rows.values()))["distances"]
    found = table("First letter named, %, by how many came after it", *map(str, distances))
    for name, f in rows.items():
        found.add_row(name, *(f"{100 * share:.1f}" for share in f["accuracy"]))
    return [found]


def bars(figures: Mapping[str, Figures]) -> list[Bar]:
    """Every promise that can be judged from the figures given. figures: model id -> figures of its card."""
    return [
        Bar(name, claim, figures[name][figure], low, 1)
        for name, figure, claim, low in PROMISES
        if name in figures
    ]
