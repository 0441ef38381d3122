"""The HTML routes. A page comes with its first run inlined, so its first paint is the live diagram."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import orjson
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates

from app import ball_page, learn_page, names_page
from app.content import words
from app.lab import Lab
from app.reading_page import RECALL, REVIEW
from app.reading_page import boot as reading
from app.wire import Json
from engine.errors import EngineError

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Page:
    """A task's page.

    template: its HTML; entry: its script
    tab:      which of the tabs it is
    boot:     what an address asks for -> what the script begins with
    """

    template: str
    entry: str
    tab: str
    boot: Callable[[Mapping[str, str], Lab], Json]


PAGES = {
    ball_page.TASK: Page("lab.html", "main", "ball", ball_page.boot),
    REVIEW.task: Page("review.html", "review", "review", partial(reading, REVIEW)),
    names_page.TASK: Page("names.html", "letters", "names", names_page.boot),
    RECALL.task: Page("review.html", "review", "recall", partial(reading, RECALL)),
}


def page_of(query: Mapping[str, str], lab: Lab) -> Page:
    """The page of the model that an address names, of the ball, or of the first task that has a network."""
    there = {model.checkpoint.task for model in lab.store.list()}
    first = next((task for task in PAGES if task in there), ball_page.TASK)
    try:
        task = lab.store.get(query["model"].partition("@")[0]).checkpoint.task
    except (KeyError, EngineError):
        task = REVIEW.task if "input" in query and REVIEW.task in there else first
    return PAGES[task]


def inlined(content: Json) -> str:
    """JSON that may stand inside a script element: no `<` can end it."""
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY).decode().replace("<", "\\u003c")


@router.get("/", name="lab")
async def lab_page(request: Request) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    lab: Lab = request.app.state.lab
    asked = dict(request.query_params)
    if edits := request.query_params.getlist("edit"):
        asked["edit"] = ";".join(edits)
    page = page_of(asked, lab)
    content = await asyncio.to_thread(page.boot, asked, lab)
    return templates.TemplateResponse(
        request,
        page.template,
        {"words": content["words"], "boot": inlined(content), "entry": page.entry, "tab": page.tab},
        headers={"Cache-Control": "no-cache"},
    )


@router.get("/learn", name="learn")
async def learn() -> Response:
    return RedirectResponse(next(iter(learn_page.ADDRESSES.values())))


@router.get("/learn/{chapter}", name="chapter")
async def chapter_page(request: Request, chapter: str) -> Response:
    if chapter not in learn_page.CHAPTERS:
        raise HTTPException(404, f"There is no chapter {chapter[:40]!r}.")
    templates: Jinja2Templates = request.app.state.templates
    content = learn_page.boot(chapter, request.app.state.lab)
    return templates.TemplateResponse(
        request,
        f"lesson_{chapter}.html",
        {
            "words": content["words"],
            "boot": inlined(content),
            "entry": learn_page.CHAPTERS[chapter].entry,
            "tab": "learn",
            "chapter": chapter,
            "chapters": learn_page.ADDRESSES,
            "sizes": list(content.get("sizes", ())),
        },
        headers={"Cache-Control": "no-cache"},
    )


@router.get("/docs", name="docs")
async def docs_page(request: Request) -> Response:
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, "docs.html", {"words": words()})
