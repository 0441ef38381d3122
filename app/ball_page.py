"""The page of the ball: what its address asks for, and all that its first picture needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.address import Points, Scene, read_hidden, read_memory, read_points, read_scene, without
from app.content import words_of
from app.errors import EDITS_UNSEEN, ModelChanged, notice
from app.lab import Json, Lab
from app.schemas import PathsAddress, RunInput, TraceQuery
from engine.errors import EngineError, InputError

FRAMES, FRAMES_WITH_BLACKOUT = 16, 20
"""A scene is watched for so long."""

THROWN = 32
"""And thrown for longer, always the same, to know where the ball really went."""

DEFAULT_SCENE = Scene("bouncing", 570)
BET_FRAME = 6
"""The bet opens on this frame of the default scene, the frames before it unseen."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for; everything has a default."""

    model: str = "ball-rnn"
    scene: Scene = DEFAULT_SCENE
    points: Points | None = None
    hide: tuple[int, int] | None = None
    memory: bool = True
    generate: int = 0


def _generate(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        raise InputError(f"generate is a number of steps, not {text[:40]!r}.")
    return int(text)


READERS: dict[str, Callable[[str], Any]] = {
    "model": str,
    "scene": read_scene,
    "points": read_points,
    "hide": read_hidden,
    "memory": read_memory,
    "generate": _generate,
}


TASK = "ball"
"""Whose networks the page shows."""


def read(query: Mapping[str, str], lab: Lab) -> tuple[Asked, list[Json]]:
    """An address into what it asks for; what cannot be read becomes the default, with a notice."""
    found: dict[str, Any] = {}
    notices: list[Json] = []
    for name, text in query.items():
        try:
            if name in READERS:
                found[name] = READERS[name](text)
                _possible(Asked(**found), lab)
        except ModelChanged as error:  # the numbers are others, the network is the one that was meant
            found[name] = error.params["model"]
            notices.append(notice(error))
        except EngineError as error:
            found.pop(name, None)
            notices.append(notice(error, name))
    if "edit" in query:
        notices.append(EDITS_UNSEEN)
    asked = Asked(**found)
    return replace(asked, generate=min(asked.generate, lab.settings.max_generate)), notices


def _possible(asked: Asked, lab: Lab) -> None:
    """Raise where the question could not be answered."""
    if lab.store.get(asked.model).checkpoint.task != TASK:
        raise InputError(f"{asked.model} does not read a ball's path.", model=asked.model)
    if asked.points is not None:
        lab.trace(_query(Asked(points=asked.points), asked.points))


def _query(asked: Asked, points: Points) -> TraceQuery:
    return TraceQuery(
        model=asked.model,
        input=RunInput(points=without(points, asked.hide)),
        memory=asked.memory,
        generate=asked.generate if asked.memory else 0,
    )


def _thrown(scene: Scene, lab: Lab) -> Json:
    query = PathsAddress(motion=scene.motion, seed=scene.seed, frames=THROWN)
    path: Json = lab.paths(query)["paths"][0]
    return path


def _bet(lab: Lab) -> Json:
    """The opening question: what is shown of the default scene, and what happened then."""
    path = _thrown(DEFAULT_SCENE, lab)
    return {
        "points": path["points"][:BET_FRAME],
        "next": path["truth"][BET_FRAME],
        "direction": path["directions"][BET_FRAME - 1],
    }


def boot(query: Mapping[str, str], lab: Lab) -> Json:
    """Everything that the page's first picture needs."""
    asked, notices = read(query, lab)
    path = None
    points = asked.points
    if points is None:
        frames = FRAMES_WITH_BLACKOUT if asked.hide else FRAMES
        path = _thrown(asked.scene, lab)
        points = tuple((float(x), float(y)) for x, y in path["points"][:frames])
    return {
        "words": words_of(TASK),
        "asked": {
            "model": asked.model.partition("@")[0],
            "scene": None if path is None else str(asked.scene),
            "hide": asked.hide,
            "memory": asked.memory,
            "generate": asked.generate,
        },
        "defaults": {
            "model": Asked.model,
            "scene": str(DEFAULT_SCENE),
            "frames": FRAMES,
            "framesWithBlackout": FRAMES_WITH_BLACKOUT,
            "thrown": THROWN,
        },
        "bet": _bet(lab),
        "limits": {"frames": lab.settings.max_frames, "generate": lab.settings.max_generate},
        "notices": notices,
        "points": points,
        "path": path,
        "models": lab.models(TASK)["models"],
        "model": lab.model(asked.model),
        "weights": lab.weights(asked.model)["weights"],
        "trace": lab.trace(_query(asked, points)),
    }
