"""python tests/static/make_fixtures.py: what the JavaScript tests compare with, computed by the engine.

<model>.json  a network's graph and weights, and its trace over a few points
pca.json      the two directions in which rows differ most
neurons.json  a few tanh units over words, each of which is a number for each unit
softmax.json  every step from scores to probabilities, and the loss
ball.json     directions of displacements and folded coordinates
trace-*       what the service answers to one question: as bytes in both layouts, and as JSON
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import orjson

FOLDER = Path(__file__).parent / "fixtures"
sys.path.insert(0, str(FOLDER.parents[2]))

from app import wire  # noqa: E402
from app.lab import Lab  # noqa: E402
from app.schemas import TraceQuery  # noqa: E402
from app.settings import Settings  # noqa: E402
from app.store import ModelStore  # noqa: E402
from engine.architecture import Architecture  # noqa: E402
from engine.checkpoint import load  # noqa: E402
from engine.encoders import points_array  # noqa: E402
from engine.graph import graph  # noqa: E402
from engine.network import Network, initialise  # noqa: E402
from engine.softmax import loss_steps, softmax_steps  # noqa: E402
from engine.tasks.ball import DIRECTIONS, BallTask, direction, fold  # noqa: E402

POINTS = [[0.10, 0.20], [0.15, 0.22], None, [0.25, 0.26]]
SHIPPED = {"ball-rnn": (1, 3), "ball-gru": (1, 3), "ball-window-4": (3,)}
MADE = {
    "gru-stacked": ("gru", 2, False),
    "lstm-both-ways": ("lstm", 1, True),
    "rnn-both-ways": ("rnn", 2, True),
}

SCORES = [
    ([-2.197, -1.386, 1.735], 1.0, 2),
    ([-1.0, -0.3, 1.84], 0.25, 0),
    ([2.0, 1.0, 0.1, -3.5, 0.0, 0.0, 4.25, -1.0], 2.0, 3),
    ([1000.0, 1001.0, 1002.0], 1.0, 1),
]


def main() -> None:
    for id, steps in SHIPPED.items():
        write(f"{id}.json", cell(load(Settings().models / f"{id}.safetensors").network, keep=steps))
    for name, layers in (("lstm", 2), ("bag", 1), ("rnn-relu", 1), ("memoryless", 1)):
        small = Architecture(name, BallTask.inputs, hidden=3, heads=BallTask.heads, layers=layers)
        write(f"{name}-small.json", cell(initialise(small, np.random.default_rng(0)), keep=(1, 3)))
    for id, (name, layers, both) in MADE.items():
        made = Architecture(
            name, BallTask.inputs, hidden=3, heads=BallTask.heads, layers=layers, bidirectional=both
        )
        write(f"{id}.json", cell(initialise(made, np.random.default_rng(0)), keep=(0, 1)))
    write("ball.json", ball())
    write("pca.json", [pca(*shape) for shape in ((5, 12), (40, 8), (16, 32), (3, 3))])
    write("neurons.json", [neurons(n, seed) for n in (1, 2) for seed in range(3)])
    write("softmax.json", [softmax(*case) for case in SCORES])
    for layout in ("arrays", "steps"):
        (FOLDER / f"trace-{layout}.bin").write_bytes(wire.BINARY.encode(trace(layout)))
    write("trace-arrays.json", trace("arrays"))


def pca(rows: int, size: int) -> dict[str, Any]:
    """By NumPy's singular values; an axis has its largest entry above 0."""
    rng = np.random.default_rng(rows)
    x = (rng.standard_normal((rows, size)) * np.linspace(3, 0.2, size)).round(3)
    centred = x - x.mean(axis=0)
    _, values, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:2] * np.array([[np.sign(a[np.abs(a).argmax()])] for a in axes[:2]])
    shares = values**2 / (values**2).sum()
    return {"rows": x, "axes": axes, "shares": shares[:2].copy(), "points": centred @ axes.T}


def neurons(n: int, seed: int) -> dict[str, Any]:
    """The engine's own RNN: the embedding is what each word pushes, so its W_ih is the identity."""
    rng = np.random.default_rng(seed)
    words = ["good", "bad", "not"]
    architecture = Architecture("rnn", n, hidden=n, heads={"readout": 1}, vocabulary=len(words))
    network = initialise(architecture, rng, np.float64)
    drawn = {name: rng.normal(0, 2, p.shape).round(2) for name, p in network.parameters.items()}
    drawn["layers.0.W_ih"], drawn["layers.0.b_hh"] = np.eye(n), np.zeros(n)
    network = Network(architecture, drawn)
    numbers = np.array([2, 0, 1, 2, 1])
    values = network.forward(numbers[:, None]).sequence()
    return {
        "neurons": {
            "push": {word: drawn["embedding.W"][k] for k, word in enumerate(words)},
            "W_hh": drawn["layers.0.W_hh"],
            "b_h": drawn["layers.0.b_ih"],
            "w_hy": drawn["readout.W"][0],
            "b_y": float(drawn["readout.b"][0]),
        },
        "words": [words[k] for k in numbers],
        "h": values["layers.0.h"].copy(),
        "z": values["logits"][:, 0].copy(),
    }


def softmax(logits: list[float], temperature: float, target: int) -> dict[str, Any]:
    """JSON has no NaN: what the naive division cannot give is null."""
    steps = softmax_steps(np.array(logits), temperature)
    return {
        "logits": logits,
        "temperature": temperature,
        "target": target,
        "steps": {**steps, "entropy": float(steps["entropy"]), "naive": steps["naive"]["probs"]},
        "loss": loss_steps(np.array(logits), target, temperature),
    }


def cell(network: Network, keep: tuple[int, ...]) -> dict[str, Any]:
    """The trace's values at all steps would be long; those that are kept stand at their own places."""
    values = network.forward(points_array(POINTS)).sequence()
    return {
        "cell": network.architecture.cell,
        "graph": graph(network.architecture),
        "weights": network.parameters,
        "values": {n: [v[t].copy() if t in keep else None for t in range(len(v))] for n, v in values.items()},
        "steps": list(keep),
    }


def ball() -> dict[str, Any]:
    degrees = np.arange(-720, 720) / 2 + 0.1  # never on a border, where rounding decides
    steps = 0.06 * np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=-1)
    steps = np.concatenate([steps[::7].round(4), [[1, 0], [0, 1], [-1, 0], [0, -1], [0, 0], [-1, -0.0]]])
    u = np.linspace(-4.3, 5.7, 101).round(4)
    return {
        "directions": DIRECTIONS,
        "steps": [[x, y, k] for (x, y), k in zip(steps.tolist(), direction(steps).tolist(), strict=True)],
        "fold": np.stack([u, fold(u)], axis=-1).round(9).tolist(),
    }


def trace(layout: str) -> dict[str, Any]:
    question = {"model": "ball-rnn", "input": {"points": POINTS}, "layout": layout}
    return Lab(ModelStore(Settings().models), Settings()).trace(TraceQuery.model_validate(question))


def write(name: str, content: dict[str, Any]) -> None:
    FOLDER.mkdir(exist_ok=True)
    text = orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE)
    (FOLDER / name).write_bytes(text)


if __name__ == "__main__":
    main()
