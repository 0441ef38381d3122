"""The tasks by name, and how their networks are examined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import UnknownName
from engine.tables import Table
from engine.tasks import (
    ball_bars,
    ball_exam,
    ball_report,
    names_exam,
    names_report,
    recall_exam,
    recall_report,
    review_exam,
    review_report,
)
from engine.tasks.ball import BallTask
from engine.tasks.bars import Bar, Figures
from engine.tasks.names import NamesTask
from engine.tasks.recall import RecallTask
from engine.tasks.review import ReviewTask

Known = BallTask | ReviewTask | NamesTask | RecallTask

TASKS: dict[str, type[Known]] = {task.name: task for task in (BallTask, ReviewTask, NamesTask, RecallTask)}


@dataclass(frozen=True)
class Exam:
    """How networks of a task are examined.

    examine:   (checkpoint, task, progress) -> the figures of a card, measured on examples that the network
               never saw; progress is told what is being examined
    tables:    figures of several networks as tables
    bars:      what the shipped networks promise
    headlines: the figures whose spread over seeds is printed, and what each is
    """

    examine: Callable[..., dict[str, Any]]
    tables: Callable[[Mapping[str, Figures]], list[Table]]
    bars: Callable[[Mapping[str, Figures]], list[Bar]]
    headlines: Mapping[str, str]


EXAMS: dict[str, Exam] = {
    "ball": Exam(ball_exam.examine, ball_report.tables, ball_bars.bars, ball_report.HEADLINES),
    "review": Exam(review_exam.examine, review_report.tables, review_report.bars, review_report.HEADLINES),
    "names": Exam(names_exam.examine, names_report.tables, names_report.bars, names_report.HEADLINES),
    "recall": Exam(recall_exam.examine, recall_report.tables, recall_report.bars, recall_report.HEADLINES),
}


def task(name: str) -> type[Known]:
    """The task of that name, or an UnknownName that lists them all."""
    if name not in TASKS:
        raise UnknownName("task", name, sorted(TASKS))
    return TASKS[name]


def exam(name: str) -> Exam:
    """How networks of that task are examined, or an UnknownName."""
    return EXAMS[task(name).name]
