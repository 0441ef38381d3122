"""The HTML routes. The page comes with its first run inlined, so its first paint is the live diagram."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.templating import Jinja2Templates

from app.address import Points, Scene, read_hidden, read_points, read_scene, without
from app.content import words
from app.errors import ModelChanged
from app.lab import Json, Lab
from app.schemas import PathsAddress, RunInput, TraceQuery
from engine.errors import EngineError, InputError

router = APIRouter(include_in_schema=False)

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


def _memory(text: str) -> bool:
    if text not in ("on", "off"):
        raise InputError(f"memory is on or off, not {text[:40]!r}.")
    return text == "on"


def _generate(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        raise InputError(f"generate is a number of steps, not {text[:40]!r}.")
    return int(text)


READERS: dict[str, Callable[[str], Any]] = {
    "model": str,
    "scene": read_scene,
    "points": read_points,
    "hide": read_hidden,
    "memory": _memory,
    "generate": _generate,
}


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
            notices.append({"code": error.code, "detail": error.detail, "params": error.params})
        except EngineError as error:
            found.pop(name, None)
            notices.append(
                {"code": error.code, "field": name, "detail": error.detail, "params": error.params}
            )
    if "edit" in query:
        unseen = "The page shows the network without edits."
        notices.append({"code": "edits_unseen", "detail": unseen, "params": {}})
    asked = Asked(**found)
    return replace(asked, generate=min(asked.generate, lab.settings.max_generate)), notices


def _possible(asked: Asked, lab: Lab) -> None:
    """Raise where the question could not be answered."""
    lab.store.get(asked.model)
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
        "words": words(),
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
        "models": lab.models()["models"],
        "model": lab.model(asked.model),
        "weights": lab.weights(asked.model)["weights"],
        "trace": lab.trace(_query(asked, points)),
    }


def inlined(content: Json) -> str:
    """JSON that may stand inside a script element: no `<` can end it."""
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY).decode().replace("<", "\\u003c")


@router.get("/", name="lab")
async def lab_page(request: Request) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    content = await asyncio.to_thread(boot, request.query_params, request.app.state.lab)
    return templates.TemplateResponse(
        request,
        "lab.html",
        {"words": content["words"], "boot": inlined(content)},
        headers={"Cache-Control": "no-cache"},
    )


@router.get("/docs", name="docs")
async def docs_page(request: Request) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, "docs.html", {"words": words()})
