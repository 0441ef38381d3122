"""Options: frozen dataclasses of plain values, each with a default and a line in the docstring.

From that description come the options of the commands, their help, and what is read back from a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

from engine.errors import BadSetting

Settings = TypeVar("Settings")


def options(kind: Any) -> list[Field[Any]]:
    """The fields that have a default, of a dataclass or of one of its kind."""
    return [field for field in fields(kind) if field.default is not MISSING]


def explained(kind: type) -> dict[str, str]:
    """What the docstring says of each option: lines that read `name: what it is`."""
    return dict(re.findall(r"^ +(\w+): +(.+)$", kind.__doc__ or "", re.MULTILINE))


def values(settings: Any) -> dict[str, Any]:
    """Every option by its name."""
    return {field.name: getattr(settings, field.name) for field in options(settings)}


def read(kind: type[Settings], given: Mapping[str, Any]) -> Settings:
    """The dataclass with these options, which have to be all of them and of the types that they have."""
    known = {field.name: type(field.default) for field in options(kind)}
    for name in (*known, *given):
        if name not in known or name not in given:
            what = "is missing" if name in known else "is not known here"
            raise BadSetting(f"The option {name} {what}.", name=name)
        if type(given[name]) is not known[name]:
            raise BadSetting(
                f"{name} has to be of the type {known[name].__name__}; {given[name]!r} came.",
                name=name,
                value=given[name],
            )
    return kind(**given)


def agree(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse options that differ from those of the training that is to go on."""
    for name, value in now.items():
        if value != before[name]:
            raise BadSetting(
                f"{name} was {before[name]} when this training began, and stays so to its end; {value} came.",
                name=name,
                value=value,
            )
