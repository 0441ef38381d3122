"""What the names' figures look like as tables, and what its shipped networks promise."""

from __future__ import annotations

from collections.abc import Mapping

from engine.tables import Table, table
from engine.tasks.bars import Bar, Figures

HEADLINES = {"loss": "Loss on held-out names, nats a letter"}

GATED = ("names-gru", "names-lstm")


def tables(rows: Mapping[str, Figures]) -> list[Table]:
    figures = table("Held-out names", "nats a letter", "bigram table", "next letter, %", "in the list, %")
    for name, f in rows.items():
        figures.add_row(
            name,
            f"{f['loss']:.4f}",
            f"{f['bigram_loss']:.4f}",
            f"{100 * f['accuracy']:.1f}",
            f"{100 * f['known']:.1f}",
        )
    made_up = table("Made up", "names that are not in the list")
    for name, f in rows.items():
        made_up.add_row(name, ", ".join(f["made_up"]))
    return [figures, made_up]


def bars(figures: Mapping[str, Figures]) -> list[Bar]:
    """Every promise that can be judged from the figures given. figures: model id -> figures of its card."""
    found = []
    gated = {name: figures[name]["loss"] for name in GATED if name in figures}
    if gated:
        best = min(gated, key=gated.__getitem__)
        found.append(Bar(best, "lowest loss of a gated one, nats a letter", gated[best], 0, 2.05))
    if rnn := figures.get("names-rnn"):
        found.append(Bar("names-rnn", "loss, nats a letter", rnn["loss"], 0, 2.11))
    return found
