"""The short way of a question about a trace: a known address is answered at once, a body read in one pass."""

from __future__ import annotations

from functools import lru_cache

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import wire
from app.answers import Answer, Question
from app.schemas import TraceQuery
from app.traces import Traces
from engine.errors import EngineError


class Shortcut:
    """ASGI middleware around the routes: an address that came before in the very same bytes is known.

    The body of a POST that is right is read and answered here. Everything else goes the long way, through
    FastAPI, which says what is wrong with what is wrong.
    """

    def __init__(self, app: ASGIApp, path: str, traces: Traces) -> None:
        self.app, self.path, self.traces = app, path, traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self.path:
            return await self.app(scope, receive, send)
        answer = None
        if scope["method"] == "GET":
            answer = self.traces.known.get(by_address(scope))
        elif scope["method"] == "POST" and _is_json(header(scope, b"content-type")):
            try:
                body = await _body(receive)
            except HTTPException as error:  # it is too large
                return await self.app(scope, _raising(error), send)
            if body is not None:
                receive = _again(body)
                answer = await self._run(body, wire.chosen(header(scope, b"accept")))
        await (self.app if answer is None else answer.to(scope))(scope, receive, send)

    async def _run(self, body: bytes, form: wire.Form) -> Answer | None:
        try:
            return await self.traces.answer(TraceQuery.model_validate_json(body), form)
        except (ValidationError, EngineError):  # is raised again, and worded, on the long way
            return None


@lru_cache(256)
def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


def by_address(scope: Scope) -> Question:
    """The question that a GET asks."""
    return wire.chosen(header(scope, b"accept")), scope["query_string"]


def header(scope: Scope, name: bytes) -> str:
    """Header lines of one name are one list."""
    found = [value for key, value in scope["headers"] if key == name]
    return (found[0] if len(found) == 1 else b",".join(found)).decode("latin-1")


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
