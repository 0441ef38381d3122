"""What was measured, as tables: for the terminal, and for README.md between its markers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.rows import CELLS

HERE = Path(__file__).parent
README = HERE / "README.md"
RESULTS = HERE / "results.json"
PLACE = re.compile(r"(?<=<!-- benchmarks -->\n).*(?=<!-- /benchmarks -->)", re.DOTALL)

Found = Mapping[str, Any]


# For the terminal


def show(console: Console, results: Found) -> None:
    """Every part that was measured; then who was missing, and whose answers differ."""
    for part in results.values():
        console.print(where(part))
        for peer, packages in part.get("missing", {}).items():
            console.print(f"[bold]missing[/]: {peer}, which needs {' and '.join(packages)}")
        for sentence in part.get("unequal", []):
            console.print(f"[bold red]unequal[/]: {sentence}")
    if engine := results.get("engine"):
        console.print(_engine_table(engine))
        if engine["accuracy"]:
            console.print(_accuracy_table(engine))
    if serving := results.get("serving"):
        console.print(_serving_table(serving))


def where(part: Found) -> str:
    """One line: machine, versions, load average and date."""
    m = part["machine"]
    peers = [f"{name} {m[key]}" for key, name in PRINTED.items() if key in m]
    threads = f"threads: {m['blas_threads'] or 'unknown'}"
    computing = ", ".join([f"Python {m['python']}", f"NumPy {m['numpy']} ({m['blas']}, {threads})", *peers])
    load = "" if m["load"] is None else f", load average {m['load']} before"
    return f"{m['cpu']}, {m['cores']} cores{load}; {computing}; {part['rounds']} rounds; {m['date']}"


PRINTED = {"torch": "PyTorch", "onnxruntime": "ONNX Runtime"}


def _engine_table(part: Found) -> Table:
    table = _table("One layer; ours / peer, below 1 we are faster")
    for name in ("what", "B, T, I, H", "beside", "cell"):
        table.add_column(name)
    for name in ("ours µs", "peer µs", "ratio", "bar", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for line in part["rows"]:
        figures = f"{line['ours']:,.0f}", f"{line['theirs']:,.0f}", ratio(line), bar(line, "≤"), verdict(line)
        table.add_row(line["what"], line["sizes"], line["peer"], line["cell"].upper(), *figures)
    return table


def _accuracy_table(part: Found) -> Table:
    table = _table("Beside PyTorch in float64")
    for name in ("cell", "B, T, I, H", "forward", "bar", "gradients", "bar"):
        table.add_column(name)
    for line in part["accuracy"]:
        values = [f"{line[name]:.1e}" for name in ("forward", "forward_bar", "gradients", "gradients_bar")]
        table.add_row(line["cell"].upper(), line["sizes"], *values)
    return table


def _serving_table(part: Found) -> Table:
    table = _table("Requests a second; ours / peer, above 1 we are faster")
    for name in ("what", "ours", "peer", "ratio", "bar", ""):
        table.add_column(name, justify="left" if name == "what" else "right")
    for line in part["rows"]:
        figures = f"{line['ours']:,.0f}", f"{line['peer']:,.0f}", ratio(line)
        table.add_row(line["what"], *figures, bar(line, "≥"), verdict(line, more=True))
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))


def ratio(line: Found) -> str:
    """The median, and the quartiles behind it."""
    return f"{line['ratio']:.2f} ({line['low']:.2f}–{line['high']:.2f})"


def bar(line: Found, sign: str) -> str:
    return "" if line["bar"] is None else f"{sign} {line['bar']:.2f}"


def verdict(line: Found, *, more: bool = False) -> str:
    """Whether the bar holds. more: whether the ratio is to reach it, not to stay below it."""
    if line["bar"] is None:
        return ""
    holds = line["ratio"] >= line["bar"] if more else line["ratio"] <= line["bar"]
    return "holds" if holds else "MISSED"


# For the README


def markdown(results: Found) -> str:
    """The tables of README.md; a figure in bold is a row that we lose."""
    parts = []
    if engine := results.get("engine"):
        parts += [where(engine), _engine_markdown(engine), _accuracy_markdown(engine)]
        parts += [f"Missing: {peer}, which needs {' and '.join(p)}." for peer, p in engine["missing"].items()]
    if serving := results.get("serving"):
        parts += ["Serving: " + where(serving), _serving_markdown(serving)]
    return "\n" + "\n\n".join(parts) + "\n\n"


def _engine_markdown(part: Found) -> str:
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for line in part["rows"]:
        row = found.setdefault((line["what"], line["sizes"], line["peer"]), {})
        row[line["cell"]] = _cell(line)
    head = ["ours / peer", "B, T, I, H", "beside", *map(str.upper, CELLS)]
    return _lines(head, [[*row, *(cells.get(c, "") for c in CELLS)] for row, cells in found.items()])


def _cell(line: Found) -> str:
    times = f"{line['ours']:,.0f} / {line['theirs']:,.0f} µs"
    return "<br>".join(filter(None, (_marked(line, line["ratio"] > 1), _bar(line, "≤"), times)))


def _accuracy_markdown(part: Found) -> str:
    head = ["difference from PyTorch, float64", "B, T, I, H", "largest of any h", "of any gradient, relative"]
    rows = [
        [
            line["cell"].upper(),
            line["sizes"],
            f"{line['forward']:.1e} (≤ {line['forward_bar']:g})",
            f"{line['gradients']:.1e} (≤ {line['gradients_bar']:g})",
        ]
        for line in part["accuracy"]
    ]
    return _lines(head, rows)


def _serving_markdown(part: Found) -> str:
    rows = [
        [
            line["what"],
            f"{line['ours']:,.0f}",
            f"{line['peer']:,.0f}",
            _marked(line, line["ratio"] < 1),
            _bar(line, "≥", more=True),
        ]
        for line in part["rows"]
    ]
    return _lines(["requests a second", "ours", "peer", "ours / peer", "bar"], rows)


def _marked(line: Found, lost: bool) -> str:
    return f"**{line['ratio']:.2f}** {ratio(line).partition(' ')[2]}" if lost else ratio(line)


def _bar(line: Found, sign: str, *, more: bool = False) -> str:
    return f"{bar(line, sign)} {verdict(line, more=more)}".strip()


def _lines(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
