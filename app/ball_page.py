"""The page of the ball: what its address asks for, and all that its first picture needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.address import (
    Points,
    Scene,
    read_edits,
    read_hidden,
    read_points,
    read_scene,
    read_switch,
    without,
    write_edits,
)
from app.asking import Readers, network_of, read
from app.content import words_of
from app.lab import Lab
from app.schemas import PathsAddress, RunInput, TraceQuery
from app.wire import Json
from engine.errors import InputError

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
    edits: tuple[str, ...] = ()


def _generate(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        raise InputError(f"generate is a number of steps, not {text[:40]!r}.")
    return int(text)


READERS: Readers = {
    "model": ("model", str),
    "scene": ("scene", read_scene),
    "points": ("points", read_points),
    "hide": ("hide", read_hidden),
    "memory": ("memory", read_switch),
    "generate": ("generate", _generate),
    "edit": ("edits", read_edits),
}

TASK = "ball"
"""Whose networks the page shows."""

SMALL = ("ball-rnn-2",)
"""For a chapter: they can be chosen on the page, and do not answer beside the others."""


def _possible(asked: Asked, lab: Lab) -> None:
    """Raise where the question could not be answered."""
    if lab.store.get(asked.model).checkpoint.task != TASK:
        raise InputError(f"{asked.model} does not read a ball's path.", model=asked.model)
    if asked.points is not None:
        lab.trace(_query(Asked(model=asked.model, points=asked.points), asked.points))
    if asked.edits:
        lab.trace(_question(asked, lab)[0])


def _query(asked: Asked, points: Points) -> TraceQuery:
    return TraceQuery(
        model=asked.model,
        input=RunInput(points=without(points, asked.hide)),
        memory=asked.memory,
        generate=asked.generate if asked.memory else 0,
        edits=asked.edits,
    )


def _question(asked: Asked, lab: Lab) -> tuple[TraceQuery, Points, Json | None]:
    """What is asked, all points that are known of the path, and the path where it is a scene's."""
    asked = replace(asked, generate=min(asked.generate, lab.settings.max_generate))
    if asked.points is not None:
        return _query(asked, asked.points), asked.points, None
    path = _thrown(asked.scene, lab)
    frames = FRAMES_WITH_BLACKOUT if asked.hide else FRAMES
    points = tuple((float(x), float(y)) for x, y in path["points"][:frames])
    return _query(asked, points), points, path


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
    model = network_of(lab, TASK, Asked.model)
    found, notices = read(query, READERS, lambda fields: _possible(Asked(**fields), lab), model)
    asked = Asked(**found)
    question, points, path = _question(asked, lab)
    return {
        "words": words_of(TASK),
        "asked": {
            "model": asked.model.partition("@")[0],
            "scene": None if path is None else str(asked.scene),
            "hide": asked.hide,
            "memory": asked.memory,
            "generate": min(asked.generate, lab.settings.max_generate),
            "edit": write_edits(asked.edits),
        },
        "defaults": {
            "model": model,
            "scene": str(DEFAULT_SCENE),
            "frames": FRAMES,
            "framesWithBlackout": FRAMES_WITH_BLACKOUT,
            "thrown": THROWN,
        },
        "bet": _bet(lab),
        "limits": {"frames": lab.settings.max_frames, "generate": lab.settings.max_generate},
        "small": SMALL,
        "notices": notices,
        "points": points,
        "path": path,
        "models": lab.models(TASK)["models"],
        "model": lab.model(asked.model),
        "weights": lab.weights(asked.model)["weights"],
        "trace": lab.trace(question),
    }
