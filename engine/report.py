"""What the commands print: progress while they work, and an honest table at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from engine import train
from engine.errors import EngineError
from engine.tasks.ball_bars import bars

# without a terminal, wide enough that no figure is cut
console = Console(width=None if sys.stdout.isatty() else 110)


@contextmanager
def training(title: str) -> Iterator[Callable[[train.Progress], None]]:
    """A progress bar with a running mean of the loss, and the held-out loss once it is measured."""
    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.3f}{task.fields[held_out]}"),
    )
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        row = bar.add_task(title, total=None, loss=0.0, held_out="")

        def show(progress: train.Progress) -> None:
            bar.update(row, completed=progress.step, total=progress.steps, loss=progress.state.mean)
            if progress.held_out is not None:
                bar.update(row, held_out=f", held out {progress.held_out:.3f}")

        yield show


@contextmanager
def status(title: str) -> Iterator[Callable[[str], None]]:
    with console.status(title) as line:
        yield lambda what: line.update(f"{title}: {what}")


@contextmanager
def counting(title: str) -> Iterator[Callable[[int, int], None]]:
    with Progress(TextColumn(title), BarColumn(), MofNCompleteColumn(), console=console) as bar:
        row = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(row, completed=done, total=total)


def refuse(error: EngineError) -> None:
    console.print(f"[bold]{error.code}[/]: {escape(error.detail)}", soft_wrap=True)


def stopped(step: int, steps: int, task: str, path: Path) -> None:
    console.print(
        f"Stopped after step {step} of {steps}. Go on with:\n"
        f"python -m engine train {escape(task)} --resume {escape(str(path))}",
        soft_wrap=True,
    )


def saved(path: Path, digest: str) -> None:
    console.print(f"Saved {path} (weights {digest})")


def card(name: str, card: Mapping[str, Any]) -> None:
    """The measured figures of one network."""
    console.print(f"\n[bold]{name}[/]  {card['parameters']} parameters")
    console.print(escape(card["command"]), soft_wrap=True)
    console.print(_by_frame({name: card["figures"]}))
    console.print(_by_motion({name: card["figures"]}))
    late = card["seeds"]["accuracy_late"]
    values = ", ".join(f"{100 * v:.1f}" for v in late["values"])
    console.print(
        f"Frames 9-16 over seeds {card['seeds']['seeds']}: {values} %; "
        f"mean {100 * late['mean']:.1f}, deviation {100 * late['deviation']:.1f}"
    )
    if looks := card.get("held_out"):
        best = min(looks, key=lambda look: look["held_out"])
        console.print(
            f"Held-out loss {best['held_out']:.4f} after step {best['step']}, the best of {len(looks)} "
            f"looks; the last was after step {looks[-1]['step']}"
        )


def examination(figures: Mapping[str, Mapping[str, Any]], limit: Mapping[str, Any] | None) -> bool:
    """All tables, the ceiling in their last row, then the promises. True if all of them hold."""
    rows = dict(figures)
    if limit:
        rows["ceiling (Bayes filter)"] = limit
    console.print(_by_frame(rows), _by_frame(rows, "entropy_by_frame", "Entropy by frame, bits", 1))
    console.print(_by_motion(rows), _blackout(figures))
    promises = bars(figures)
    table = _table("Promises", "promise", "measured", "bar", "")
    for bar in promises:
        table.add_row(
            bar.model,
            bar.claim,
            f"{bar.measured:.4f}",
            f"{bar.low:g} to {bar.high:g}",
            "holds" if bar.holds else "MISSED",
        )
    console.print(table)
    return all(bar.holds for bar in promises)


def ceiling(found: Mapping[str, Any]) -> None:
    console.print(_by_frame({"ceiling": found}), _by_motion({"ceiling": found}))
    console.print(f"Frames 9-16: {100 * found['accuracy_late']:.2f} % ± {100 * found['standard_error']:.2f}")


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False
    )
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _by_frame(
    rows: Mapping[str, Mapping[str, Any]],
    key: str = "accuracy_by_frame",
    title: str = "Accuracy by frame, %",
    scale: float = 100,
) -> Table:
    table = _table(title, *map(str, range(1, 17)), "9-16")
    for name, figures in rows.items():
        values = [scale * v for v in figures[key]]
        late = sum(values[8:]) / len(values[8:])
        table.add_row(name, *(f"{v:.{0 if scale == 100 else 1}f}" for v in values), f"{late:.1f}")
    return table


def _by_motion(rows: Mapping[str, Mapping[str, Any]]) -> Table:
    motions = max((figures["accuracy_late_by_motion"] for figures in rows.values()), key=len)
    table = _table("Accuracy over frames 9-16 by motion, % (curve: never trained on)", *motions)
    for name, figures in rows.items():
        found = figures["accuracy_late_by_motion"]
        table.add_row(name, *(f"{100 * found[m]:.1f}" if m in found else "-" for m in motions))
    return table


def _blackout(rows: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table("Accuracy on six hidden frames, %", "motion", *map(str, range(1, 7)))
    for name, figures in rows.items():
        for motion, values in figures["blackout_by_motion"].items():
            table.add_row(name, motion, *(f"{100 * v:.1f}" for v in values))
    return table
