"""The browser's own run of a network is the engine's: for every shipped model, for cells that nobody made,
with every kind of edit, as addresses have them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from app.settings import Settings
from engine.architecture import Architecture
from engine.cells import CELLS, CellSpec
from engine.checkpoint import load
from engine.edits import edit
from engine.encoders import points_array
from engine.expr import LEAVES, OPS
from engine.graph import graph
from engine.network import Network, initialise
from tests.engine.more_cells import MORE, random_cell
from tests.test_javascript import ROOT, find_node

SHIPPED = sorted(Settings().models.glob("*.safetensors"))
RANDOM = tuple(random_cell(seed) for seed in range(40))


def input_of(network: Network, rng: np.random.Generator, steps: int) -> Any:
    """A ball's way with a gap in it, symbols, or numbers."""
    a = network.architecture
    if a.vocabulary:
        return rng.integers(a.vocabulary, size=(steps, 1))
    if a.heads.get("displacement"):
        way = rng.uniform(0.1, 0.9, 2) + np.cumsum(rng.uniform(-0.06, 0.06, (steps, 2)), axis=0)
        return points_array([None if 4 < t < 7 else p.clip(0, 1).tolist() for t, p in enumerate(way)])
    return rng.standard_normal((steps, 1, a.inputs)).astype(network.dtype)


def some_edits(network: Network, rng: np.random.Generator) -> list[str]:
    """One of each kind, and two of a weight."""
    names = [name for name in network.parameters if name != "embedding.W"]
    name = names[rng.integers(len(names))]
    place = ",".join(str(rng.integers(n)) for n in network.parameters[name].shape)
    forced = list(network.widths)
    whole, some = (forced[rng.integers(len(forced))] for _ in range(2))
    states = list(network.architecture.states)
    state = states[rng.integers(len(states))] if states else None
    start = state.removeprefix("layers.0.") if state and "reverse" not in state else state
    return [
        f"{name}[{place}]:{rng.normal():.4g}",
        f"scale:{names[0]}:0.8",
        f"{name}[{place}]:{rng.normal():.4g}",
        f"force:{whole}:{rng.uniform():.3f}",
        f"force:{some}[{rng.integers(network.widths[some])}]:0",
        *([f"{start}0[0]:-0.4"] if start else []),
    ]


def case(name: str, network: Network, x: Any, edits: list[str], memory: bool = True) -> dict[str, Any]:
    """A run of one sequence with some edits: what the browser has, and what the engine answers."""
    values = edit(network, edits).run(x, memory=memory).sequence()
    tied = network.architecture.tied
    return {
        "name": f"{name}, memory {memory}, {edits}",
        "graph": graph(network.architecture),
        "weights": {n: p for n, p in network.parameters.items() if tied or n != "embedding.W"},
        "x": values["x"].copy(),
        "memory": memory,
        "edits": edits,
        "values": {n: v.copy() for n, v in values.items()},
    }


def check(cases: Iterable[dict[str, Any]], folder: Path, close: float) -> None:
    path = folder / "cases.json"
    path.write_bytes(orjson.dumps(list(cases), option=orjson.OPT_SERIALIZE_NUMPY))
    command = [find_node(), "tests/static/forward_check.js", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found
    for one in found:
        assert not one["unlike"], one
        assert one["difference"] <= close, one


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_model(path: Path, tmp_path: Path) -> None:
    """To 1e-5 where the engine computes in single precision, as it answers; to the last digits in double."""
    network = load(path).network
    for dtype, close in ((np.float32, 1e-5), (np.float64, 1e-12)):
        one, rng = network.astype(dtype), np.random.default_rng(7)
        inputs = [input_of(one, rng, steps) for steps in (1, 16, 60)]
        if not network.architecture.vocabulary:
            inputs = [x.astype(dtype) for x in inputs]
        cases = [case(path.stem, one, x, [], memory) for x in inputs for memory in (True, False)]
        cases += [case(path.stem, one, inputs[1], some_edits(one, rng)) for _ in range(4)]
        check(cases, tmp_path, close)


def cases_of(cell: CellSpec) -> Iterator[dict[str, Any]]:
    """Stacked and both ways, all steps read or the last, with memory and without, edited and not."""
    rng = np.random.default_rng(3)
    for layers, both, read in ((1, False, "all"), (2, False, "last"), (2, True, "all"), (2, True, "last")):
        heads = {"readout": 3, "other": 2}
        made = Architecture(cell.name, 3, hidden=4, heads=heads, layers=layers, bidirectional=both, read=read)
        network = initialise(made, rng, np.float64)
        for memory in (True, False):
            yield case(cell.name, network, input_of(network, rng, 7), [], memory)
            yield case(cell.name, network, input_of(network, rng, 5), some_edits(network, rng), memory)


@pytest.mark.parametrize("kind", ["known", "more", "random"])
def test_any_cell(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = {"known": tuple(CELLS.values()), "more": MORE, "random": RANDOM}[kind]
    for cell in cells:
        monkeypatch.setitem(CELLS, cell.name, cell)
    check((one for cell in cells for one in cases_of(cell)), tmp_path, 1e-12)


def test_every_operation_is_met() -> None:
    """So that one that is new to the engine and not to the browser is found."""
    met = {node.op for cell in (*CELLS.values(), *MORE, *RANDOM) for node in cell.nodes}
    assert met == {*OPS, *LEAVES}
