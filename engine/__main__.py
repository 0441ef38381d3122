"""python -m engine train | examine | ceiling: train a network, measure it, compute what is possible."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from engine import report
from engine.checkpoint import Checkpoint, load
from engine.errors import BadSetting, EngineError
from engine.tasks.ball_ceiling import ceiling
from engine.tasks.base import Task
from engine.tasks.registry import TASKS, exam
from engine.train import Recipe, train


def main(words: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if words is None else words)
    options = _parser().parse_args(given)
    try:
        run = {"train": _train, "examine": _examine, "ceiling": _ceiling}[options.command]
        return run(options, given)
    except EngineError as error:
        report.refuse(error)
        return 2


def _train(options: argparse.Namespace, given: list[str]) -> int:
    """Train once for each seed; keep the first network, and the spread of all in its card."""
    task = TASKS[options.task](**_of(options, TASKS[options.task]))
    recipe = Recipe(**_of(options, Recipe))
    if options.seeds < 1:
        raise BadSetting(
            f"seeds has to be 1 or more; {options.seeds} came.", name="seeds", value=options.seeds
        )
    path = options.out or Path(f"{task.name}-{recipe.cell}.safetensors")
    path.parent.mkdir(
        parents=True, exist_ok=True
    )  # a place that cannot be written fails now, not after hours
    runs = [_one(task, recipe.with_seed(recipe.seed + k)) for k in range(options.seeds)]
    network, figures = runs[0]
    card = {
        "command": " ".join(["python -m engine", *given]),
        "data": task.data,
        "parameters": network.size,
        "recipe": {**_values(recipe), **_values(task)},
        "figures": figures,
        "seeds": _spread([f for _, f in runs], recipe.seed),
        "licence": "MIT",
    }
    checkpoint = Checkpoint(network, task.name, card)
    checkpoint.save(path)
    report.card(path.stem, card)
    report.saved(path, checkpoint.digest)
    return 0


def _one(task: Task, recipe: Recipe) -> tuple[Any, dict[str, Any]]:
    with report.training(f"{task.name} {recipe.cell} H={recipe.hidden} seed {recipe.seed}") as show:
        for progress in train(task, recipe):
            show(progress)
    with report.status("examining") as show_what:
        return progress.network, exam(task.name)(progress.network, show_what)


def _spread(runs: list[dict[str, Any]], first: int) -> dict[str, Any]:
    """Mean and sample standard deviation of each single figure over the seeds."""
    spread: dict[str, Any] = {"seeds": list(range(first, first + len(runs)))}
    for name, value in runs[0].items():
        if isinstance(value, float):
            values = [run[name] for run in runs]
            mean = sum(values) / len(values)
            variance = sum((v - mean) ** 2 for v in values) / max(len(values) - 1, 1)
            spread[name] = {"values": values, "mean": round(mean, 4), "deviation": round(variance**0.5, 4)}
    return spread


def _examine(options: argparse.Namespace, given: list[str]) -> int:
    """Measure checkpoints afresh, beside their promises and the ceiling."""
    figures = {}
    for path in options.paths:
        checkpoint = load(path)
        with report.status(path.stem) as show_what:
            figures[path.stem] = exam(checkpoint.task)(checkpoint.network, show_what)
    limit = json.loads(options.ceiling.read_text()) if options.ceiling else None
    return 0 if report.examination(figures, limit) else 1


def _ceiling(options: argparse.Namespace, given: list[str]) -> int:
    with report.counting("Bayes filter") as show:
        found = ceiling(options.sequences, progress=show)
    found = {"command": " ".join(["python -m engine", *given]), **found}
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n")
    report.ceiling(found)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train", help="train a network and measure it")
    tasks = training.add_subparsers(dest="task", required=True)
    for name, task in TASKS.items():
        one = tasks.add_parser(name, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        _add(one, Recipe)
        _add(one, task)
        one.add_argument("--seeds", type=int, default=1, help="train for so many seeds, keep the first")
        one.add_argument("--out", type=Path, help="where the .safetensors file goes")
    examining = commands.add_parser("examine", help="measure checkpoints, beside what they promise")
    examining.add_argument("paths", nargs="+", type=Path)
    examining.add_argument("--ceiling", type=Path, help="a file that the command `ceiling` wrote")
    limit = commands.add_parser("ceiling", help="how well anyone could do, given the noise")
    limit.add_argument("task", choices=["ball"])
    limit.add_argument("--sequences", type=int, default=2000)
    limit.add_argument("--out", type=Path, help="write the figures as JSON")
    return parser


def _add(parser: argparse.ArgumentParser, settings: type) -> None:
    """An option for each field of a dataclass, explained by its line in the docstring."""
    said = dict(re.findall(r"^ +(\w+): +(.+)$", settings.__doc__ or "", re.MULTILINE))
    for field in fields(settings):
        if field.default is not MISSING:
            parser.add_argument(
                f"--{field.name}", type=type(field.default), default=field.default, help=said[field.name]
            )


def _of(options: argparse.Namespace, settings: type) -> dict[str, Any]:
    return {field.name: getattr(options, field.name) for field in fields(settings)}


def _values(settings: Any) -> dict[str, Any]:
    return {field.name: getattr(settings, field.name) for field in fields(settings)}


if __name__ == "__main__":
    sys.exit(main())
