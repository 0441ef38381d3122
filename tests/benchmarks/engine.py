"""The engine beside its peers: every row for every cell, after a check that both compute the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from random import Random
from typing import Any

import numpy as np

from tests.benchmarks import ours
from tests.benchmarks.peers.registry import PEERS, missing
from tests.benchmarks.problem import Candidate, Problem, disagreement, distance, problem
from tests.benchmarks.rows import CELLS, FORWARD_WITHIN, GRADIENTS_WITHIN, LONG, ROWS, Row
from tests.benchmarks.timing import Comparison, alternate, compare

Found = dict[str, Any]
Say = Callable[[str], None]


def measure(rounds: int, say: Say = lambda what: None, rows: Sequence[Row] = ROWS) -> Found:
    """All that the engine's part of the results holds.

    rows:     those that could be timed, with microseconds a call
    accuracy: how far we are from PyTorch in float64
    missing:  peer -> the packages that it lacks
    unequal:  a sentence for each row whose two sides computed different things; it is not timed
    """
    absent = missing()
    lines, unequal = [], []
    for group in contests([row for row in rows if row.peer not in absent]):
        for cell in CELLS:
            say(f"{group[0].work}, {cell}, {group[0].sizes}")
            timed, wrong = contest(cell, group, rounds)
            lines += [(rows.index(row), line(row, cell, compared)) for row, compared in timed.items()]
            unequal += wrong
    return {
        "rounds": rounds,
        "rows": [found for _, found in sorted(lines, key=lambda pair: pair[0])],
        "accuracy": [] if "PyTorch fused" in absent else [accuracy(cell) for cell in CELLS],
        "missing": absent,
        "unequal": unequal,
    }


def contests(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that do the same work on the same problem; their candidates are timed together."""

    def key(row: Row) -> tuple[str, str, int]:
        return row.work, str(row.sizes), row.threads

    return [list(group) for _, group in groupby(sorted(rows, key=key), key)]


def contest(cell: str, group: Sequence[Row], rounds: int) -> tuple[dict[Row, Comparison], list[str]]:
    """Time the rows of a group whose two sides agree, and say of the others where they part."""
    of = problem(cell, group[0].sizes, group[0].threads)
    runs, unequal = {}, {}
    for row in group:
        our, peer = our_side(row, of), PEERS[row.peer].candidate(row.work, of)
        if wrong := disagreement(our.values(), peer.values()):
            unequal[row] = f"{row.what}, {cell}, {row.sizes}, beside {row.peer}: {wrong}"
        else:
            runs |= {OURS[row.reuse]: our.run, row.peer: peer.run}
    seconds = alternate(runs, rounds, Random(0))
    equal = [row for row in group if row not in unequal]
    timed = {row: compare(seconds[OURS[row.reuse]], seconds[row.peer]) for row in equal}
    return timed, list(unequal.values())


OURS = {False: "ours", True: "ours, arrays used again"}


def our_side(row: Row, of: Problem) -> Candidate:
    return ours.forward(of, reuse=row.reuse) if row.work == "forward" else getattr(ours, row.work)(of)


def line(row: Row, cell: str, compared: Comparison) -> Found:
    """A row's result for one cell; `ours` and `theirs` are microseconds a call."""
    return {
        "what": row.what,
        "sizes": str(row.sizes),
        "peer": row.peer,
        "cell": cell,
        "ours": round(1e6 * compared.ours, 1),
        "theirs": round(1e6 * compared.peer, 1),
        **{name: round(getattr(compared, name), 4) for name in ("ratio", "low", "high")},
        "bar": row.bars.get(cell),
    }


def accuracy(cell: str) -> Found:
    """Beside PyTorch in float64: the largest difference of any h, and of any gradient as a share of the
    largest value of its array."""
    of = problem(cell, LONG, dtype=np.float64)
    peer = PEERS["PyTorch fused"]
    h, expected = ours.forward(of, reuse=False).values()["h"], peer.candidate("forward", of).values()["h"]
    found, gradients = ours.training(of).values(), peer.candidate("training", of).values()
    return {
        "cell": cell,
        "sizes": str(LONG),
        "forward": float(np.abs(h - expected).max()),
        "gradients": max(distance(found[name], gradients[name]) for name in gradients),
        "forward_bar": FORWARD_WITHIN,
        "gradients_bar": GRADIENTS_WITHIN,
    }
