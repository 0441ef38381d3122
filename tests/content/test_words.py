"""Every word that a template or a script asks for is there, and every name of the engine has its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.content import words
from app.errors import CODES
from app.settings import Settings
from engine.cells import CELLS
from engine.checkpoint import load
from engine.errors import EngineError
from engine.tasks.ball import DIRECTIONS, MOTIONS
from tests.test_architecture import ROOT, code, scripts

WORDS = words("en")
TEMPLATES = sorted((ROOT / "templates").glob("*.html"))
SCRIPTS = {f"{name}.js": code(path) for name, path in scripts().items()}
BUILT_IN = {"items", "length", "map", "indexOf", "slice"}  # of Python's or JavaScript's own
SHIPPED = {path.stem: load(path) for path in Settings().models.glob("*.safetensors")}


def word(path: str) -> Any:
    """`play.scrub` -> the text, or a KeyError."""
    found: Any = WORDS
    for name in path.split("."):
        found = found[name]
    return found


def asked_for(text: str, pattern: str) -> Iterator[str]:
    for path in re.findall(pattern, text):
        names = path.split(".")
        yield ".".join(names[:-1] if names[-1] in BUILT_IN else names)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_word_of_a_template_is_there(path: Path) -> None:
    found = list(asked_for(path.read_text("utf-8"), r"\b(?:w|words)\.([a-zA-Z]+(?:\.[a-zA-Z]+)*)"))
    assert found
    missing = {name for name in found if not known(name)}
    assert not missing


def known(name: str) -> bool:
    try:
        return bool(word(name)) or name == "notice.bad_address"
    except (KeyError, TypeError):
        return False


@pytest.mark.parametrize("name", [n for n, text in SCRIPTS.items() if "words." in text])
def test_every_word_of_a_script_is_there(name: str) -> None:
    found = list(asked_for(SCRIPTS[name], r"\bwords\.([a-zA-Z]+(?:\.[a-zA-Z]+)*)"))
    missing = {name for name in found if not known(name)}
    assert found and not missing


def test_every_gap_in_a_text_is_filled() -> None:
    """`fill(words.play.step, { t, length })` gives every {name} of that text."""
    count = 0
    for name, text in SCRIPTS.items():
        for path, given in re.findall(r"fill\(words\.([\w.]+), \{((?:[^{}]|\{[^{}]*\})*)\}\)", text):
            count += 1
            names = set(re.findall(r"(?:^|,)\s*(\w+)\s*(?=[:,]|\s*$)", given))
            gaps = set(re.findall(r"\{(\w+)\}", str(word(path))))
            assert gaps <= names, f"{name}: {path} needs {gaps - names}"
    assert count > 10


def test_every_text_is_a_text() -> None:
    def walk(here: Any, path: str) -> None:
        if isinstance(here, (dict, list)):
            assert here, path
            for key, part in here.items() if isinstance(here, dict) else enumerate(here):
                walk(part, f"{path}.{key}")
        else:
            assert isinstance(here, str), path
            assert here.strip() == here and (here or path == ".notice.bad_address"), path

    walk(WORDS, "")


# The engine's names

NODES = sorted(
    {(cell.name, node.id) for cell in CELLS.values() for node in cell.nodes if node.role in ("gate", "state")}
)


@pytest.mark.parametrize(("cell", "node"), NODES)
def test_every_gate_and_state_has_a_name(cell: str, node: str) -> None:
    assert WORDS["nodes"][node]


@pytest.mark.parametrize("cell", sorted({m.network.architecture.cell for m in SHIPPED.values()}))
def test_every_cell_that_is_shipped_has_a_name(cell: str) -> None:
    assert WORDS["cells"][cell]


@pytest.mark.parametrize("id", SHIPPED)
def test_every_model_has_its_words(id: str) -> None:
    said = WORDS["models"][id]
    assert said.keys() == {"name", "short", "what"}
    assert len(said["short"]) <= 14 < len(said["what"]) and said["what"].endswith(".")
    hidden = str(SHIPPED[id].network.architecture.hidden)
    assert hidden in said["name"] + said["what"] or not re.search(r"\d\d", said["name"] + said["what"])


def test_no_words_for_a_model_that_is_not_there() -> None:
    assert WORDS["models"].keys() == SHIPPED.keys()


def test_every_motion_and_direction_has_a_word() -> None:
    assert list(WORDS["motions"]) == list(MOTIONS)
    assert WORDS["letters"] == list(DIRECTIONS) == list(WORDS["directions"])
    assert WORDS["directionNames"] == list(WORDS["directions"].values())


# Errors


def codes() -> set[str]:
    """Every code that the service can raise."""
    found, todo = {"invalid_request", "http_error", *CODES.values()}, [EngineError]
    for error in todo:
        found.add(error.code)
        todo += error.__subclasses__()
    return found


@pytest.mark.parametrize("code", sorted(codes()))
def test_every_error_has_a_notice(code: str) -> None:
    said = WORDS["notice"].get(code, WORDS["notice"]["other"])
    assert set(re.findall(r"\{(\w+)\}", said)) <= {"detail", "field"}
    assert said


def test_a_notice_without_a_sentence_of_the_service_has_its_own() -> None:
    ours = set()
    for text in SCRIPTS.values():
        ours |= set(re.findall(r'code: "(\w+)",(?: field,)? detail: ""', text))
        ours |= set(re.findall(r'new ApiError\("(\w+)", ""\)', text))
    assert {"unreachable", "short_stroke", "bad_address"} <= ours <= WORDS["notice"].keys()
    for own in ours - {"bad_address"}:  # that one says which field, and no more
        assert WORDS["notice"][own] and "{detail}" not in WORDS["notice"][own]
