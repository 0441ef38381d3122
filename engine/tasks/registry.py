"""The tasks by name, and how each is examined."""

from __future__ import annotations

from engine.errors import UnknownName
from engine.tasks.ball import BallTask
from engine.tasks.ball_exam import examine
from engine.tasks.base import Exam

TASKS: dict[str, type[BallTask]] = {"ball": BallTask}

EXAMS: dict[str, Exam] = {"ball": examine}


def task(name: str) -> type[BallTask]:
    """The task of that name, or an UnknownName that lists them all."""
    if name not in TASKS:
        raise UnknownName("task", name, sorted(TASKS))
    return TASKS[name]


def exam(name: str) -> Exam:
    """How networks of that task are examined, or an UnknownName."""
    return EXAMS[task(name).name]
