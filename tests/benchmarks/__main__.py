"""python -m tests.benchmarks: ours beside PyTorch, ONNX Runtime and naive NumPy, in one process.

Prints medians and quartiles. Timing never fails; two sides that compute different things do.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"  # read while NumPy loads

from rich.console import Console

from tests.benchmarks import engine, report
from tests.benchmarks.machine import machine

console = Console(width=None if sys.stdout.isatty() else 160)

QUICK = 3
SERVING = "tests.benchmarks.serving"


def main(words: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(words)
    if options.markdown:
        results = json.loads(report.RESULTS.read_text("utf-8"))
        text = report.README.read_text("utf-8")
        report.README.write_text(report.PLACE.sub(lambda _: report.markdown(results), text), "utf-8")
        return 0
    parts = [options.only] if options.only else list(PARTS)
    measured = {part: found for part in parts if (found := PARTS[part](options))}
    report.show(console, measured)
    if options.json:
        keep(options.json, measured)
    return 1 if any(part.get("unequal") for part in measured.values()) else 0


def _engine(options: argparse.Namespace) -> dict[str, Any]:
    where = machine()
    with console.status("engine") as status:
        found = engine.measure(QUICK if options.quick else options.rounds, status.update)
    return {"machine": where, **found}


def _serving(options: argparse.Namespace) -> dict[str, Any]:
    """Nothing, and a word about it, where the measurement of the service is not there."""
    if find_spec(SERVING) is None:
        console.print("[bold]missing[/]: the measurement of the service")
        return {}
    where, rounds = machine(), QUICK if options.quick else min(options.rounds, 7)
    with console.status("serving"):
        rows = import_module(SERVING).measure(rounds, 1.0 if options.quick else 3.0)
    return {"machine": where, "rounds": rounds, "rows": rows}


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {"engine": _engine, "serving": _serving}


def keep(path: Path, measured: dict[str, Any]) -> None:
    """Write what was measured into a file; a part that was left out this time stays as it was."""
    before = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    path.write_text(json.dumps(before | measured, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _count(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"a whole number, 1 or more, is needed; {word!r} came.")
    return int(word)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=_count, default=21, help="how often each candidate is timed")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} rounds: for a look, not for a claim")
    parser.add_argument("--only", choices=list(PARTS), help="measure one part")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the results, or a part of them, there"
    )
    parser.add_argument("--markdown", action="store_true", help="only write README.md from results.json")
    return parser


if __name__ == "__main__":
    sys.exit(main())
