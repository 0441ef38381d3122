"""What the commands print: progress while they work, and an honest table at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable

from engine import train
from engine.errors import EngineError
from engine.tables import Table, table
from engine.tasks import ball_report, registry
from engine.tasks.ball_report import CEILING
from engine.tasks.bars import Bar, Figures

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


def card(name: str, task: str, card: Mapping[str, Any]) -> None:
    """The measured figures of one network."""
    console.print(f"\n[bold]{name}[/]  {card['parameters']} parameters")
    console.print(escape(card["command"]), soft_wrap=True)
    exam = registry.exam(task)
    _print(exam.tables({name: card["figures"]}))
    for figure, what in exam.headlines.items():
        spread = card["seeds"][figure]
        values = ", ".join(f"{v:.4f}" for v in spread["values"])
        console.print(
            f"{what}, seeds {card['seeds']['seeds']}: {values}; mean {spread['mean']:.4f}, "
            f"deviation {spread['deviation']:.4f}"
        )
    if looks := card.get("held_out"):
        best = min(looks, key=lambda look: look["held_out"])
        console.print(
            f"Held-out loss {best['held_out']:.4f} after step {best['step']}, the best of {len(looks)} "
            f"looks; the last was after step {looks[-1]['step']}"
        )


def examination(task: str, figures: Mapping[str, Figures], limit: Figures | None) -> bool:
    """All tables of a task, the ceiling in their last rows, then the promises. True if all of them hold."""
    exam = registry.exam(task)
    _print(exam.tables({**figures, **({CEILING: limit} if limit else {})}))
    promises = exam.bars(figures)
    if promises:
        _print([_promises(promises)])
    return all(bar.holds for bar in promises)


def ceiling(found: Figures) -> None:
    _print(ball_report.tables({CEILING: found}))
    console.print(f"Frames 9-16: {100 * found['accuracy_late']:.2f} % ± {100 * found['standard_error']:.2f}")


def _promises(bars: Sequence[Bar]) -> Table:
    found = table("Promises", "promise", "measured", "bar", "")
    for bar in bars:
        found.add_row(
            bar.model,
            bar.claim,
            f"{bar.measured:.4f}",
            f"{bar.low:g} to {bar.high:g}",
            "holds" if bar.holds else "MISSED",
        )
    return found


def _print(tables: Sequence[Table]) -> None:
    """Names to the left, then figures to the right of their columns."""
    for one in tables:
        drawn = RichTable(
            title=one.title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False
        )
        drawn.add_column("", no_wrap=True)
        for column in one.columns:
            drawn.add_column(column, justify="right", no_wrap=True)
        for row in one.rows:
            drawn.add_row(*map(escape, row))
        console.print(drawn)
