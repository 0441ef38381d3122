"""Where the data lies that networks were trained on, which is not part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PLACES = (os.environ.get("UNROLLED_DATA"), Path(__file__).parents[3] / "shared" / "data")


def data_folder(name: str) -> Path:
    """The folder of that name, or the test is skipped."""
    for place in PLACES:
        if place and (Path(place) / name).is_dir():
            return Path(place) / name
    pytest.skip(f"the data of {name} is neither in UNROLLED_DATA nor in ../shared/data: see the README")


def treebank_folder() -> Path:
    return data_folder("sst")


def names_folder() -> Path:
    return data_folder("names")
