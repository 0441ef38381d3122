"""The short way of a question about a trace: known bytes are answered at once, a body is read in one pass."""

from __future__ import annotations

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.types import Message, Receive, Scope, Send

from app import wire
from app.answers import Answers, Question
from app.schemas import TraceQuery


class Shortcut(APIRoute):
    """A route whose questions are answered again if they come in the very same bytes.

    What is new or wrong goes the long way, through FastAPI, which says what is wrong with it; only the body
    of a POST that is right is read here. The endpoint takes the request and a TraceQuery; it finds in
    `request.state` the form that is wanted and the question to keep its answer under, or None.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            return await super().handle(scope, receive, send)
        request = Request(scope, receive)
        asked = request.state
        asked.form = wire.chosen(_header(scope, b"accept"))
        asked.question = question = await _question(scope, receive, asked.form)
        if question is None:
            return await super().handle(scope, receive, send)
        answers: Answers = request.app.state.answers
        if answer := answers.get(question):
            await answer.to(request)(scope, receive, send)
        elif query := _query(question):
            response = await self.endpoint(request, query)
            await response(scope, receive, send)
        else:
            await super().handle(scope, _again(question[-1]), send)


async def _question(scope: Scope, receive: Receive, form: wire.Form) -> Question | None:
    """The method, the form that is wanted, and the bytes that say what is asked."""
    if scope["method"] == "GET":
        return "GET", form, scope["query_string"]
    if _header(scope, b"content-type").partition(";")[0].strip().lower() != "application/json":
        return None
    body = await _body(receive)
    return None if body is None else ("POST", form, body)


def _header(scope: Scope, name: bytes) -> str:
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
