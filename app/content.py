"""Words by language, and figures that our commands computed."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from app.paths import CONTENT


@cache
def words(language: str = "en") -> dict[str, Any]:
    """Every word of the interface: nested names -> text, `{placeholders}` inside."""
    found: dict[str, Any] = json.loads((CONTENT / "words" / f"{language}.json").read_text("utf-8"))
    return found


@cache
def ceiling() -> dict[str, Any]:
    """What a Bayes filter reaches on the ball; written by `python -m engine ceiling ball`."""
    found: dict[str, Any] = json.loads((CONTENT / "ball-ceiling.json").read_text("utf-8"))
    return found
