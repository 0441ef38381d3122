"""The README says what is so."""

from __future__ import annotations

import json
import re

from tests.benchmarks import report
from tests.content.readme import PLACE, README, ROOT, table


def test_the_table_of_models_is_that_of_their_cards() -> None:
    found = PLACE.search(README.read_text())
    assert found and found[0] == table(), "run: python -m tests.content.readme"


def test_the_table_of_the_benchmark_is_that_of_its_results() -> None:
    found = report.PLACE.search(report.README.read_text("utf-8"))
    expected = report.markdown(json.loads(report.RESULTS.read_text("utf-8")))
    assert found and found[0] == expected, "run: python -m tests.benchmarks --markdown"


def test_every_file_it_links_to_is_there() -> None:
    for name in re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text()):
        assert (ROOT / name).exists(), name
