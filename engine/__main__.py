"""python -m engine train | examine | states | ceiling | plan: train a network, measure it, see what runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from engine import report
from engine.architecture import at_least_one
from engine.cells import cell
from engine.checkpoint import Checkpoint, load
from engine.compiler.compiled import shape_for
from engine.errors import BadSetting, EngineError
from engine.options import Settings, agree, explained, options, values
from engine.plan import plan_for
from engine.recipe import Recipe
from engine.runs import Runs, first_of, run, stopped
from engine.tasks import registry, review_states
from engine.tasks.ball_ceiling import ceiling
from engine.tasks.registry import TASKS
from engine.tasks.review import ReviewTask


def main(words: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if words is None else words)
    read = _parser().parse_args(given)
    try:
        commands = {
            "train": _train,
            "examine": _examine,
            "states": _states,
            "ceiling": _ceiling,
            "plan": _plan,
        }
        command = commands[read.command]
        return command(read, given)
    except EngineError as error:
        report.refuse(error)
        return 2
    except KeyboardInterrupt:
        return 130  # as a shell says it


def _train(words: argparse.Namespace, given: list[str]) -> int:
    """Train once for each seed; keep the first network, and the spread of all in its card."""
    asked = {name: value for name, value in vars(words).items() if name not in ("command", "resume")}
    if "resume" in words:
        checkpoint, path = _resume(words.resume, asked)
    else:
        task, recipe = _of(asked, TASKS[words.task]), _of(asked, Recipe)
        out = {"out": f"{task.name}-{recipe.cell}.safetensors"}
        runs = _of({**out, **asked, "command": " ".join(["python -m engine", *given])}, Runs)
        checkpoint, path = run(runs, task, recipe), runs.path
    report.card(path.stem, checkpoint.task, checkpoint.card)
    report.saved(path, checkpoint.digest)
    return 0


def _resume(path: Path, asked: Mapping[str, Any]) -> tuple[Checkpoint, Path]:
    """Go on from a state. What was asked for when it began stands; where files go may be said anew."""
    was = stopped(path)
    anew = {name: asked[name] for name in ("out", "save_every") if name in asked}
    before = {"task": was.task.name, "seeds": was.runs.seeds, **values(was.recipe), **values(was.task)}
    agree(before, {name: value for name, value in asked.items() if name not in anew})
    runs, first = replace(was.runs, **anew), first_of(was.runs)
    return run(runs, was.task, was.recipe, was.state, first), runs.path


def _examine(words: argparse.Namespace, given: list[str]) -> int:
    """Measure checkpoints afresh, beside their promises and the ceiling."""
    figures: dict[str, dict[str, Any]] = {}
    for path in words.paths:
        checkpoint = load(path)
        task = _of({**checkpoint.card.get("recipe", {}), "data": words.data}, registry.task(checkpoint.task))
        with report.status(path.stem) as show_what:
            found = registry.exam(task.name).examine(checkpoint, task, show_what)
        figures.setdefault(task.name, {})[path.stem] = found
    limit = json.loads(words.ceiling.read_text()) if words.ceiling else None
    hold = [
        report.examination(name, rows, limit if name == "ball" else None) for name, rows in figures.items()
    ]
    return 0 if all(hold) else 1


def _states(words: argparse.Namespace, given: list[str]) -> int:
    """Write where the dev sentences end, beside each network that carries states."""
    for path in words.paths:
        checkpoint = load(path)
        if checkpoint.task != "review" or not checkpoint.network.architecture.states:
            raise BadSetting(f"{path.name} carries no states from word to word of a review.", path=path.name)
        task = ReviewTask(data=words.data)
        with report.status(path.stem):
            found = review_states.states(checkpoint, task)
        out = path.with_suffix(review_states.SUFFIX)
        review_states.save(out, found)
        report.saved(out, found.digest)
    return 0


def _ceiling(words: argparse.Namespace, given: list[str]) -> int:
    with report.counting("Bayes filter") as show:
        found = ceiling(words.sequences, progress=show)
    found = {"command": " ".join(["python -m engine", *given]), **found}
    if words.out:
        words.out.write_text(json.dumps(found, indent=1) + "\n")
    report.ceiling(found)
    return 0


def _plan(words: argparse.Namespace, given: list[str]) -> int:
    """Print the lines that a cell was compiled into."""
    spec = cell(words.cell)
    for name in ("inputs", "hidden", "batch"):
        at_least_one(name, getattr(words, name))
    plan = plan_for(spec, shape_for(spec, words.inputs, words.hidden, words.batch))
    print(plan)
    if words.backward:
        print(plan.gradient((spec.output,), ()))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train", help="train a network and measure it")
    tasks = training.add_subparsers(dest="task", required=True)
    for name, task in TASKS.items():
        one = tasks.add_parser(name, argument_default=argparse.SUPPRESS)
        for settings in (Recipe, task, Runs):
            _add(one, settings)
        one.add_argument("--out", help=explained(Runs)["out"])
        one.add_argument("--resume", type=Path, help="go on from a state that was saved, with its options")
    examining = commands.add_parser("examine", help="measure checkpoints, beside what they promise")
    examining.add_argument("paths", nargs="+", type=Path)
    examining.add_argument("--data", default="", help="the folder of the data, for tasks that need it")
    examining.add_argument("--ceiling", type=Path, help="a file that the command `ceiling` wrote")
    ends = commands.add_parser("states", help="where dev sentences end, to be drawn behind a review")
    ends.add_argument("paths", nargs="+", type=Path)
    ends.add_argument("--data", default="", help="the folder of the treebank")
    limit = commands.add_parser("ceiling", help="how well anyone could do, given the noise")
    limit.add_argument("task", choices=["ball"])
    limit.add_argument("--sequences", type=int, default=2000)
    limit.add_argument("--out", type=Path, help="write the figures as JSON")
    plan = commands.add_parser("plan", help="the lines of NumPy that a cell is compiled into")
    plan.add_argument("cell", help="a name in CELLS")
    for name, default in (("inputs", 32), ("hidden", 32), ("batch", 1)):
        plan.add_argument(f"--{name}", type=int, default=default, help="(default: %(default)s)")
    plan.add_argument("--backward", action="store_true", help="also those of the backward pass")
    return parser


def _add(parser: argparse.ArgumentParser, settings: type) -> None:
    """An option for each field of a dataclass that has a default, explained by its line in the docstring."""
    said = explained(settings)
    for field in options(settings):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            help=f"{said[field.name]} (default: {field.default})",
            default=argparse.SUPPRESS,  # so that what was asked for can be told from what was not
            **_reader(field.default),
        )


def _reader(default: Any) -> dict[str, Any]:
    """How an option is read whose default is this."""
    if isinstance(default, bool):
        return {"action": argparse.BooleanOptionalAction}
    return {"type": type(default)}


def _of(asked: Mapping[str, Any], settings: type[Settings]) -> Settings:
    return settings(**{field.name: asked[field.name] for field in fields(settings) if field.name in asked})  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())
