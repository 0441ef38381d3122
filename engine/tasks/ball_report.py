"""What the ball's figures look like as tables."""

from __future__ import annotations

from collections.abc import Mapping

from engine.tables import Table, table
from engine.tasks.bars import Figures

CEILING = "ceiling (Bayes filter)"
"""The name of the row that says how well anyone could do."""

HEADLINES = {"accuracy_late": "Accuracy over frames 9-16"}


def tables(rows: Mapping[str, Figures]) -> list[Table]:
    """By frame, by motion and, for networks, on hidden frames."""
    networks = {name: figures for name, figures in rows.items() if "blackout_by_motion" in figures}
    found = [_by_frame(rows)]
    if any("entropy_by_frame" in figures for figures in rows.values()):
        found.append(_by_frame(rows, "entropy_by_frame", "Entropy by frame, bits", 1))
    found.append(_by_motion(rows))
    return [*found, _blackout(networks)] if len(networks) > 1 else found


def _by_frame(
    rows: Mapping[str, Figures],
    key: str = "accuracy_by_frame",
    title: str = "Accuracy by frame, %",
    scale: float = 100,
) -> Table:
    found = table(title, *map(str, range(1, 17)), "9-16")
    for name, figures in rows.items():
        values = [scale * v for v in figures[key]]
        late = sum(values[8:]) / len(values[8:])
        found.add_row(name, *(f"{v:.{0 if scale == 100 else 1}f}" for v in values), f"{late:.1f}")
    return found


def _by_motion(rows: Mapping[str, Figures]) -> Table:
    motions = max((figures["accuracy_late_by_motion"] for figures in rows.values()), key=len)
    found = table("Accuracy over frames 9-16 by motion, % (curve: never trained on)", *motions)
    for name, figures in rows.items():
        late = figures["accuracy_late_by_motion"]
        found.add_row(name, *(f"{100 * late[m]:.1f}" if m in late else "-" for m in motions))
    return found


def _blackout(rows: Mapping[str, Figures]) -> Table:
    found = table("Accuracy on six hidden frames, %", "motion", *map(str, range(1, 7)))
    for name, figures in rows.items():
        for motion, values in figures["blackout_by_motion"].items():
            found.add_row(name, motion, *(f"{100 * v:.1f}" for v in values))
    return found
