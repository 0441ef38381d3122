"""python -m tests.content.readme: writes the table of models in the README from the models' own cards."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from engine.checkpoint import load

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PLACE = re.compile(r"(?<=<!-- models -->\n).*(?=<!-- /models -->)", re.DOTALL)

KINDS = {
    "memoryless": "no memory: one frame",
    "window-2": "the last two frames",
    "window-4": "the last four frames",
    "rnn": "RNN, tanh",
    "gru": "GRU, trained with blackouts",
}


def table() -> str:
    """A row for each shipped model, smallest first, and the ceiling."""
    models = [load(path) for path in (ROOT / "app/content/models").glob("*.safetensors")]
    models.sort(key=lambda model: model.network.size)
    rows = [_row(m.task, m.network.architecture, m.card) for m in models]
    limit = json.loads((ROOT / "app/content/ball-ceiling.json").read_text())
    first, late = 100 * limit["accuracy_by_frame"][0], 100 * limit["accuracy_late"]
    doubt = 100 * limit["standard_error"]
    rows.append(f"| | the best possible | | {first:.1f} | {late:.1f} ± {doubt:.1f} | |")
    return "\n".join(rows) + "\n"


def _row(task: str, architecture: Any, card: Any) -> str:
    figures, spread = card["figures"], card["seeds"]["accuracy_late"]
    kind = f"{KINDS[architecture.cell]}, {architecture.hidden} units"
    first, late = 100 * figures["accuracy_by_frame"][0], 100 * figures["accuracy_late"]
    seeds = f"{100 * spread['mean']:.1f} ± {100 * spread['deviation']:.2f}"
    cells = [f"`{task}-{architecture.cell}`", kind, card["parameters"], f"{first:.1f}", f"{late:.1f}", seeds]
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    README.write_text(PLACE.sub(table(), README.read_text()))


if __name__ == "__main__":
    main()
