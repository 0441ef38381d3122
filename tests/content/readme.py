"""python -m tests.content.readme: writes the tables of models in the README from the models' own cards."""

from __future__ import annotations

import json
import re
from pathlib import Path

from engine.checkpoint import Checkpoint, load

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
KINDS = {
    "ball-memoryless": "no memory: one frame",
    "ball-window-2": "the last two frames",
    "ball-window-4": "the last four frames",
    "ball-rnn-2": "RNN, tanh, to be seen whole",
    "ball-rnn": "RNN, tanh",
    "ball-gru": "GRU, trained with blackouts",
    "ball-lstm": "LSTM, trained with blackouts",
    "review-bow": "bag of words",
    "review-rnn": "RNN, tanh",
    "review-rnn-16": "RNN, tanh, for the lesson",
    "review-rnn-2": "RNN, tanh, for the lesson",
    "review-gru": "GRU",
    "review-lstm": "LSTM",
    "names-rnn": "RNN, tanh",
    "names-gru": "GRU",
    "names-lstm": "LSTM",
    "recall-rnn-2": "RNN, tanh, on four letters",
    "recall-rnn": "RNN, tanh",
    "recall-gru": "GRU",
    "recall-lstm": "LSTM",
}


def shipped(task: str) -> list[tuple[str, Checkpoint]]:
    """The models of a task, the smallest first."""
    paths = sorted((ROOT / "app/content/models").glob(f"{task}-*.safetensors"))
    models = [(path.stem, load(path)) for path in paths]
    return sorted(models, key=lambda model: model[1].network.size)


def row(id: str, model: Checkpoint, *cells: str) -> str:
    kind = f"{KINDS[id]}, {model.network.architecture.hidden} units"
    return f"| {' | '.join([f'`{id}`', kind, str(model.network.size), *cells])} |"


def spread(model: Checkpoint, figure: str, scale: float = 100, digits: int = 1) -> str:
    found = model.card["seeds"][figure]
    return f"{scale * found['mean']:.{digits}f} ± {scale * found['deviation']:.{digits + 1}f}"


def ball() -> list[str]:
    """And the ceiling."""
    rows = []
    for id, model in shipped("ball"):
        figures = model.card["figures"]
        first, late = 100 * figures["accuracy_by_frame"][0], 100 * figures["accuracy_late"]
        rows.append(row(id, model, f"{first:.1f}", f"{late:.1f}", spread(model, "accuracy_late")))
    limit = json.loads((ROOT / "app/content/ball-ceiling.json").read_text())
    first, late = 100 * limit["accuracy_by_frame"][0], 100 * limit["accuracy_late"]
    doubt = 100 * limit["standard_error"]
    return [*rows, f"| | the best possible | | {first:.1f} | {late:.1f} ± {doubt:.1f} | |"]


def review() -> list[str]:
    rows = []
    for id, model in shipped("review"):
        figures = model.card["figures"]
        cells = [f"{100 * figures[k]:.1f} ± {100 * figures[f'{k}_band']:.1f}" for k in ("accuracy", "binary")]
        means = f"{spread(model, 'accuracy')}, {spread(model, 'binary')}"
        rows.append(row(id, model, *cells, means))
    return rows


def names() -> list[str]:
    """And the table of letter pairs."""
    models = shipped("names")
    rows = [
        row(id, model, f"{model.card['figures']['loss']:.3f}", spread(model, "loss", 1, 3))
        for id, model in models
    ]
    pairs = models[0][1].card["figures"]["bigram_loss"] if models else float("nan")
    return [*rows, f"| | pairs of letters, counted | 729 | {pairs:.3f} | |"]


RECALLED = (0, 4, 16, 30, 59, 200)
"""Distances of the table."""


def recall() -> list[str]:
    rows = []
    for id, model in shipped("recall"):
        figures = model.card["figures"]
        found = dict(zip(figures["distances"], figures["accuracy"], strict=True))
        cells = [f"{100 * found[distance]:.1f}" for distance in RECALLED]
        rows.append(
            row(id, model, *cells, ", ".join(f"{100 * v:.1f}" for v in model.card["seeds"]["far"]["values"]))
        )
    return rows


TABLES = {"models": ball, "review models": review, "names models": names, "recall models": recall}


def place(name: str) -> re.Pattern[str]:
    """What stands between a table's marks."""
    return re.compile(rf"(?<=<!-- {name} -->\n).*(?=<!-- /{name} -->)", re.DOTALL)


def table(name: str) -> str:
    return "\n".join(TABLES[name]()) + "\n"


def main() -> None:
    text = README.read_text()
    for name in TABLES:
        text = place(name).sub(table(name), text)
    README.write_text(text)


if __name__ == "__main__":
    main()
