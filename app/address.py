"""Values as they stand in an address."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from engine.encoders import NUMBER
from engine.errors import BadPoint, InputError
from engine.tasks.ball import MOTIONS

Points = tuple[tuple[float, float] | None, ...]

MOST_EDITS, LONGEST_EDIT = 200, 200
"""So many edits of a network, of so many characters each."""


def read_points(text: str) -> Points:
    """`0.10,0.20;-;0.25,0.26` -> points, None where hidden. Empty text has no points."""
    return tuple(_point(part.strip(), k) for k, part in enumerate(text.split(";"))) if text else ()


def read_natural(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise InputError(f"A whole number from 0 is needed, not {text[:40]!r}.")
    return int(text)


def read_positive(text: str) -> float:
    if not NUMBER.fullmatch(text) or len(text) > 20 or not 0 < float(text) <= 100:
        raise InputError(f"A number above 0, up to 100, is needed, not {text[:40]!r}.")
    return float(text)


def read_edits(text: str) -> tuple[str, ...]:
    """`scale:layers.0.W_hh:1.2;h0[2]:0.4` -> edits as the API has them, not yet tried on a network."""
    edits = tuple(part for part in map(str.strip, text.split(";")) if part)
    longest = max(map(len, edits), default=0)
    if len(edits) > MOST_EDITS or longest > LONGEST_EDIT:
        raise InputError(f"At most {MOST_EDITS} edits of {LONGEST_EDIT} characters each can be made.")
    return edits


def write_edits(edits: tuple[str, ...]) -> str | None:
    """As an address has them; None for none."""
    return ";".join(edits) or None


def read_switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise InputError(f"A switch is on or off, not {text[:40]!r}.")
    return text == "on"


def _point(text: str, index: int) -> tuple[float, float] | None:
    if text == "-":
        return None
    numbers = [float(part) for part in map(str.strip, text.split(",")) if NUMBER.fullmatch(part)]
    if len(numbers) == 2 == text.count(",") + 1 and all(map(math.isfinite, numbers)):
        return numbers[0], numbers[1]
    raise BadPoint(
        f"Point {index + 1} is {text[:40]!r}. Write x,y with both from 0 to 1, or - for a hidden frame.",
        index=index,
    )


@dataclass(frozen=True)
class Scene:
    """A path that the service throws: `bouncing-7` is the motion and the seed."""

    motion: str
    seed: int

    def __str__(self) -> str:
        return f"{self.motion}-{self.seed}"


def read_scene(text: str) -> Scene:
    motion, _, seed = text.rpartition("-")
    if motion not in MOTIONS or not re.fullmatch(r"[0-9]{1,9}", seed):
        raise InputError(
            f"{text[:40]!r} is not a scene. Write a motion and a number, as in bouncing-7; "
            f"motions are {', '.join(MOTIONS)}.",
            scene=text[:40],
        )
    return Scene(motion, int(seed))


def read_hidden(text: str) -> tuple[int, int]:
    """`9-14` -> the first and the last hidden frame, counted from 1."""
    match = re.fullmatch(r"([0-9]{1,3})-([0-9]{1,3})", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise InputError(f"{text[:40]!r} is not a range of frames. Write the first and the last, as in 9-14.")
    return int(match[1]), int(match[2])


def without(points: Points, hidden: tuple[int, int] | None) -> Points:
    """The points with the hidden frames taken out."""
    if hidden is None:
        return points
    first, last = hidden
    return tuple(None if first <= t <= last else point for t, point in enumerate(points, start=1))
