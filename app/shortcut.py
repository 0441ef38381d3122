"""The short way of a question about a trace: known bytes are answered at once, a body is read in one pass."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import wire
from app.answers import Answers, Question
from app.schemas import TraceQuery
from engine.errors import EngineError

Endpoint = Callable[[Request, TraceQuery], Awaitable[Response]]


class Shortcut:
    """ASGI middleware around the routes: a question that came before in the very same bytes is known.

    The body of a POST that is right is read here, and answered by the endpoint. Everything else goes the long
    way, through FastAPI, which says what is wrong with what is wrong. The endpoint finds in `request.state`
    the question to keep its answer under.
    """

    def __init__(self, app: ASGIApp, path: str, endpoint: Endpoint, answers: Answers) -> None:
        self.app, self.path, self.endpoint, self.answers = app, path, endpoint, answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self.path or scope["method"] not in ("GET", "POST"):
            return await self.app(scope, receive, send)
        request = Request(scope, receive)
        try:
            question = await _question(scope, receive)
        except HTTPException as error:  # the body is too large
            return await self.app(scope, _raising(error), send)
        request.state.question = question
        response = await self._answer(request, question)
        if response is not None:
            await response(scope, receive, send)
        elif question is not None and scope["method"] == "POST":
            await self.app(scope, _again(question[-1]), send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, request: Request, question: Question | None) -> Response | None:
        if question is None:
            return None
        if found := self.answers.get(question):
            return found.to(request)
        query = _query(question)
        try:
            return await self.endpoint(request, query) if query else None
        except EngineError:  # is raised again, and worded, on the long way
            return None


async def _question(scope: Scope, receive: Receive) -> Question | None:
    """The method, the form that is wanted, and the bytes that say what is asked."""
    form = wire.chosen(header(scope, b"accept"))
    if scope["method"] == "GET":
        return "GET", form, scope["query_string"]
    if header(scope, b"content-type").partition(";")[0].strip().lower() != "application/json":
        return None
    body = await _body(receive)
    return None if body is None else ("POST", form, body)


def header(scope: Scope, name: bytes) -> str:
    """Header lines of one name are one list."""
    return b",".join([value for key, value in scope["headers"] if key == name]).decode("latin-1")


async def _body(receive: Receive) -> bytes | None:
    """A whole body, or None if whoever sends it has gone."""
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return body


def _query(question: Question) -> TraceQuery | None:
    method, _, body = question
    try:
        return TraceQuery.model_validate_json(body) if method == "POST" else None
    except ValidationError:
        return None


def _again(body: bytes) -> Receive:
    """A body that has been read, to be read once more."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _raising(error: Exception) -> Receive:
    """A body that cannot be read."""

    async def receive() -> Message:
        raise error

    return receive
