"""The benchmark of the service asks what it says. How fast we are is no test: it depends on the machine."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.benchmarks import serving
from tests.threads import in_thread


def test_a_round_of_it_runs() -> None:
    rows = in_thread(lambda: serving.measure(rounds=1, seconds=0.2))
    assert [row["what"] for row in rows] == list(serving.BARS)
    for row in rows:
        assert row.keys() == {"what", "ours", "peer", "ratio", "low", "high", "bar"}
        assert row["ours"] > 0 and row["peer"] > 0
        assert row["low"] == row["ratio"] == row["high"] == pytest.approx(row["ours"] / row["peer"])


def test_every_post_is_a_new_question_for_the_whole_network(tmp_path: Path) -> None:
    serving.write_model(tmp_path)
    client = TestClient(create_app(Settings(models=tmp_path)))
    following = serving.post()
    bodies = [following().partition(b"\r\n\r\n")[2] for _ in range(100)]
    assert len(set(bodies)) == 100
    questions = [json.loads(body) for body in bodies[:2]]
    first, second = (client.post("/api/trace", json=question).json() for question in questions)
    assert first["length"] == serving.FRAMES and len(first["values"]["layers.0.h"][0]) == serving.HIDDEN
    assert first["values"]["x"][0] != second["values"]["x"][0]
    assert first["values"]["layers.0.h"][0] != second["values"]["layers.0.h"][0]


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    what = next(iter(serving.BARS))
    rates = [{what: 1.0, "hello": 2.0}, {what: 9.0, "hello": 10.0}, {what: 7.0, "hello": 10.0}]
    row = serving._row(what, rates)
    assert (row["ours"], row["peer"], row["ratio"]) == (7.0, 10.0, 0.7)
    assert (row["low"], row["high"]) == (pytest.approx(0.6), pytest.approx(0.8))


def test_an_answer_of_another_status_ends_the_measurement() -> None:
    with serving.serving("tests.benchmarks.serving:hello", None) as port:
        load = serving.Load(port, serving.get("/nowhere"))
        with pytest.raises(RuntimeError, match=r"200 was expected; came: HTTP/1\.1 404"):
            in_thread(lambda: asyncio.run(serving.requests_a_second(load, 0.2)))
