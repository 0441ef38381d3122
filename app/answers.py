"""Answers as bytes with an ETag, and those that were given, to be given again."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from functools import cached_property

from fastapi import Response
from starlette.datastructures import Headers
from starlette.types import Scope

from app.wire import Form

FRESH = (b"cache-control", b"no-cache")
"""An answer may be kept, but is asked after before it is used again."""


class Answer:
    """A body as it is sent, its media type, and the request headers that decide which body it is."""

    def __init__(self, body: bytes, media_type: str, *, vary: bytes = b"") -> None:
        self.body = body
        self.described = ((b"content-type", media_type.encode()), (b"content-length", b"%d" % len(body)))
        self.headers = [FRESH, (b"vary", vary)] if vary else [FRESH]

    @cached_property
    def etag(self) -> str:
        """A weak tag: packed by gzip the bytes are others, and mean the same (RFC 9110, 8.8.1)."""
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:24]}"'

    def to(self, scope: Scope) -> Response:
        """The whole answer, to a GET with an ETag; or a 304 to a GET by somebody who holds it already."""
        if scope["method"] != "GET":  # nobody can ask conditionally for what a POST gave
            return Ready(200, [*self.described, *self.headers], self.body)
        headers = [(b"etag", self.etag.encode()), *self.headers]
        if self._is_held(Headers(scope=scope).getlist("if-none-match")):
            return Ready(304, headers)
        return Ready(200, [*self.described, *headers], self.body)

    def _is_held(self, if_none_match: list[str]) -> bool:
        """The header is * or a list of tags, weakly compared: W/"a" is "a" (RFC 9110, 8.8.3.2 and 13.1.2)."""
        text = ",".join(if_none_match).strip()
        return text == "*" or self.etag.removeprefix("W/") in re.findall(r'"[^"]*"', text)


class Ready(Response):
    """A response whose headers are bytes already; what Response itself makes of words takes far longer."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
        self.status_code = status
        self.raw_headers = headers
        self.body = body
        self.background = None


Question = tuple[Form, bytes]
"""What an answer depends on: the form that is wanted, and the bytes of the address that say what is asked."""


class Answers:
    """The answers asked for last, within so many bytes.

    Who wants an answer to be kept asks by address. What is posted mostly comes once, and to keep its answer
    takes a tenth as long as to give it. None ever grows old: models are loaded when the service starts.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[Question, Answer] = OrderedDict()

    def get(self, question: Question) -> Answer | None:
        answer = self._kept.get(question)
        if answer is not None:
            self._kept.move_to_end(question)
        return answer

    def keep(self, question: Question, answer: Answer) -> None:
        """Remember an answer, and forget those that were asked for longest ago where it gets too much."""
        size = _size(question, answer)
        if question in self._kept or size > self.limit:
            return
        self._kept[question] = answer
        self.size += size
        while self.size > self.limit:
            self.size -= _size(*self._kept.popitem(last=False))


def _size(question: Question, answer: Answer) -> int:
    """In bytes, with about what Python needs to keep them."""
    return len(question[-1]) + len(answer.body) + 1024
