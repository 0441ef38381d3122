"""The benchmark compares equals, counts right, and names who is missing. No test asks how fast we are."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from rich.console import Console

from tests.benchmarks import __main__ as command
from tests.benchmarks import engine, report
from tests.benchmarks.machine import machine
from tests.benchmarks.peers import naive, registry
from tests.benchmarks.problem import CLOSE, Sizes, disagreement, problem
from tests.benchmarks.rows import CELLS, ROWS, Row
from tests.benchmarks.timing import LEAST, Run, alternate, compare

TINY = Sizes(2, 3, 4, 5)
NAIVE = Row("tiny", "forward", TINY, "NumPy, as tutorials write it", {"rnn": 0.5})


class Clock:
    """Time that passes only when a candidate says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.order: list[str] = []

    def __call__(self) -> float:
        return self.now

    def candidate(self, name: str, seconds: float) -> Run:
        def run() -> None:
            self.order.append(name)
            self.now += seconds

        return run


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    """Not the ratio of the medians, which here is 3."""
    found = compare([1, 10, 6], [1, 20, 2])
    assert (found.ours, found.peer) == (6, 2)
    assert (found.low, found.ratio, found.high) == (0.75, 1, 2)


def test_one_round_has_no_spread() -> None:
    found = compare([3], [2])
    assert (found.low, found.ratio, found.high) == (1.5, 1.5, 1.5)


def test_a_round_times_every_candidate_once_in_a_new_order() -> None:
    clock = Clock()
    runs = {name: clock.candidate(name, 1) for name in "abc"}
    found = alternate(runs, 8, Random(0), clock)
    assert found == {name: [1.0] * 8 for name in "abc"}
    rounds = ["".join(clock.order[k : k + 3]) for k in range(3, len(clock.order), 3)]  # 3 calls to count
    assert all(sorted(of) == ["a", "b", "c"] for of in rounds)
    assert len(set(rounds)) > 3
    assert gc.isenabled()


def test_a_short_call_is_repeated_until_it_can_be_measured() -> None:
    clock = Clock()
    found = alternate({"a": clock.candidate("a", 2**-10)}, 1, Random(0), clock)
    assert found == {"a": [2**-10]}
    assert len(clock.order) == 1 + 2 + 4 + 4  # 4/1024 s are the first that last 3 ms
    assert 2 * 2**-10 < LEAST < 4 * 2**-10


def test_two_sides_agree_or_a_sentence_says_where_they_part() -> None:
    a = {"h": np.array([0.5, -2.0]), "W_hh": np.array([[4.0]])}
    near = {**a, "h": a["h"] + 1.9 * CLOSE}
    assert disagreement(near, a) is None
    assert "h by 1.1e-05" in str(disagreement({**a, "h": a["h"] + 2.2 * CLOSE}, a))
    assert "W_hh by nan" in str(disagreement({**a, "W_hh": np.array([[np.nan]])}, a))
    assert "h by inf" in str(disagreement({**a, "h": a["h"][:1]}, a))
    assert "One gives h, the other W_hh, h" in str(disagreement({"h": a["h"]}, a))


def test_naive_numpy_is_timed_for_every_cell() -> None:
    found = engine.measure(1, rows=[NAIVE])
    assert [line["cell"] for line in found["rows"]] == list(CELLS)
    assert [line["bar"] for line in found["rows"]] == [0.5, None, None]
    assert not found["unequal"]
    for line in found["rows"]:
        assert line["ours"] > 0 and line["theirs"] > 0
        assert (
            line["ratio"]
            == line["low"]
            == line["high"]
            == pytest.approx(line["ours"] / line["theirs"], rel=0.05)
        )


def test_a_row_whose_sides_differ_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naive, "sigmoid", lambda a: 1 / (1 + np.exp(a)))
    found = engine.measure(1, rows=[NAIVE])
    assert [line["cell"] for line in found["rows"]] == ["rnn"]
    assert [sentence.split(", ")[:2] for sentence in found["unequal"]] == [["tiny", "lstm"], ["tiny", "gru"]]


def test_a_peer_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "installed", lambda package: package == "onnx")
    found = engine.measure(1, rows=[NAIVE, *(Row("", "forward", TINY, peer) for peer in registry.PEERS)])
    assert found["missing"]["ONNX Runtime"] == ["onnxruntime"]
    assert {line["peer"] for line in found["rows"]} == {NAIVE.peer}
    assert found["accuracy"] == []
    results = {"engine": {"machine": machine(), **found}}
    console = Console(width=160)
    with console.capture() as printed:
        report.show(console, results)
    for text in (printed.get(), report.markdown(results)):
        assert "PyTorch fused, which needs torch" in text


LINE = {
    "what": "w",
    "sizes": "1",
    "peer": "p",
    "cell": "rnn",
    "ours": 1,
    "theirs": 2,
    "low": 0.4,
    "high": 2.0,
}


@pytest.mark.parametrize(
    ("ratio", "bar", "shown"),
    [
        (0.5, 0.6, "0.50 (0.40–2.00)<br>≤ 0.60 holds<br>1 / 2 µs"),
        (0.5, 0.4, "0.50 (0.40–2.00)<br>≤ 0.40 MISSED<br>1 / 2 µs"),
        (1.2, 1.3, "**1.20** (0.40–2.00)<br>≤ 1.30 holds<br>1 / 2 µs"),
        (1.2, None, "**1.20** (0.40–2.00)<br>1 / 2 µs"),
    ],
)
def test_what_we_lose_is_bold_and_a_missed_bar_says_so(ratio: float, bar: float | None, shown: str) -> None:
    part = {"machine": machine(), "rounds": 3, "missing": {}, "accuracy": []}
    text = report.markdown({"engine": {**part, "rows": [{**LINE, "ratio": ratio, "bar": bar}]}})
    assert f"| w | 1 | p | {shown} |  |  |" in text


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [(0.3, "**0.30** (0.40–2.00) | ≥ 0.33 MISSED"), (1.5, "1.50 (0.40–2.00) | ≥ 0.33 holds")],
)
def test_requests_a_second_are_the_better_the_more(ratio: float, shown: str) -> None:
    row = {"what": "POST", "ours": 1200.4, "peer": 4000, "ratio": ratio, "low": 0.4, "high": 2, "bar": 0.33}
    text = report.markdown({"serving": {"machine": machine(), "rounds": 3, "rows": [row]}})
    assert f"| POST | 1,200 | 4,000 | {shown} |" in text


def test_only_unequal_sides_fail_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And what is measured later joins what the file already holds."""
    file, missed = tmp_path / "results.json", {**LINE, "ratio": 9.0, "bar": 0.1}
    file.write_text(json.dumps({"serving": "kept", "engine": "replaced"}))
    found = {"rounds": 1, "rows": [missed], "accuracy": [], "missing": {}, "unequal": []}
    monkeypatch.setattr(engine, "measure", lambda rounds, say: {**found, "rounds": rounds})
    words = ["--only", "engine", "--rounds", "5"]
    assert command.main([*words, "--json", str(file)]) == 0
    written = json.loads(file.read_text("utf-8"))
    assert written["serving"] == "kept"
    assert written["engine"]["rows"] == [missed] and written["engine"]["rounds"] == 5
    found["unequal"] = ["One gives h, the other c."]
    assert command.main(words) == 1


@pytest.mark.frameworks
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.what}, {row.sizes}, {row.peer}")
def test_both_sides_of_every_row_compute_the_same(row: Row, cell: str) -> None:
    for package in registry.PEERS[row.peer].needs:
        pytest.importorskip(package, reason=f"{package} is not installed")
    of = problem(cell, row.sizes, row.threads)
    peer = registry.PEERS[row.peer].candidate(row.work, of)
    assert disagreement(engine.our_side(row, of).values(), peer.values()) is None


@pytest.mark.frameworks
@pytest.mark.parametrize("cell", CELLS)
def test_two_hundred_time_steps_are_pytorchs(cell: str) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    found = engine.accuracy(cell)
    assert found["forward"] <= found["forward_bar"]
    assert found["gradients"] <= found["gradients_bar"]
