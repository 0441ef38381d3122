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
def words_of(*pages: str, language: str = "en") -> dict[str, Any]:
    """The words of a page, or of several at once: what it says otherwise, and nothing of others alone."""
    all = dict(words(language))
    own = all.pop("of")
    others = set(own) - set(pages)
    found = {name: said for name, said in all.items() if name not in others}
    for page in pages:
        found = _merged(found, own.get(page, {}))
    return found


def _merged(all: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    both = {
        name: _merged(all[name], v) if isinstance(v, dict) else v for name, v in own.items() if name in all
    }
    return {**all, **own, **both}


@cache
def ceiling() -> dict[str, Any]:
    """What a Bayes filter reaches on the ball; written by `python -m engine ceiling ball`."""
    found: dict[str, Any] = json.loads((CONTENT / "ball-ceiling.json").read_text("utf-8"))
    return found
