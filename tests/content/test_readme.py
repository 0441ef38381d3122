"""The README says what is so."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.benchmarks import report
from tests.content.readme import README, ROOT, TABLES, place, table


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_of_models_are_those_of_their_cards(name: str) -> None:
    found = place(name).search(README.read_text())
    assert found and found[0] == table(name), "run: python -m tests.content.readme"


def test_the_table_of_the_benchmark_is_that_of_its_results() -> None:
    found = report.PLACE.search(report.README.read_text("utf-8"))
    expected = report.markdown(json.loads(report.RESULTS.read_text("utf-8")))
    assert found and found[0] == expected, "run: python -m tests.benchmarks --markdown"


def test_every_file_it_links_to_is_there() -> None:
    for name in re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text()):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("layout", ["arrays", "steps"])
def test_its_decoder_reads_what_its_curl_fetches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    text = README.read_text()
    (command,) = re.findall(r"^    curl -o trace\.bin (.*)$", text, re.MULTILINE)
    (decoder,) = re.findall(r"^    import json.*\n(?:    .*\n)+", text, re.MULTILINE)
    _, header, address = shlex.split(command)
    accept = dict([header.split(": ", 1)])
    service = TestClient(create_app(Settings()), base_url="http://localhost:8000")
    address = f"http://{address}&layout={layout}"
    (tmp_path / "trace.bin").write_bytes(service.get(address, headers=accept).content)
    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = {}
    exec(textwrap.dedent(decoder), found)
    expected = service.get(address.replace(layout, "arrays")).json()["values"]
    assert list(found["values"]) == list(expected)
    for name, rows in expected.items():
        np.testing.assert_array_equal(found["values"][name], np.array(rows, np.float32), err_msg=name)


def test_its_example_of_the_engine_runs_as_written() -> None:
    (example,) = re.findall(
        r"^    from engine.architecture import.*\n(?:    .*\n|\n(?=    ))+", README.read_text(), re.MULTILINE
    )
    found: dict[str, Any] = {}
    exec(textwrap.dedent(example), found)
    assert found["trace"].values["layers.0.reverse.f"].shape == (20, 4, 32)
    assert found["found"].parameters["layers.1.W_hh"].shape == (128, 32)
    assert found["found"].values["layers.0.h"].shape == (20, 4, 32)
