"""Answers as bytes with an ETag, and those that were given, to be given again."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Hashable
from functools import cached_property

from fastapi import Request, Response


class Answer:
    """A body as it is sent, its media type, and the request headers that decide which body it is."""

    def __init__(self, body: bytes, media_type: str, vary: str = "") -> None:
        self.body = body
        self.media_type = media_type
        self.headers = {"Cache-Control": "no-cache"} | ({"Vary": vary} if vary else {})

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:24]}"'

    def to(self, request: Request) -> Response:
        """The whole answer, to a GET with an ETag; or a 304 to a GET by somebody who holds it already."""
        if request.method != "GET":  # nobody can ask conditionally for what a POST gave
            return Response(self.body, media_type=self.media_type, headers=self.headers)
        headers = {"ETag": self.etag, **self.headers}
        if self._is_held(request.headers.getlist("if-none-match")):
            return Response(status_code=304, headers=headers)
        return Response(self.body, media_type=self.media_type, headers=headers)

    def _is_held(self, if_none_match: list[str]) -> bool:
        """The header is * or a list of tags, weakly compared: W/"a" is "a" (RFC 9110, 8.8.3.2 and 13.1.2)."""
        text = ",".join(if_none_match).strip()
        return text == "*" or self.etag in re.findall(r'"[^"]*"', text)


Question = tuple[str, Hashable, bytes]
"""What an answer depends on: the method, the form that is wanted, the bytes that say what is asked."""


class Answers:
    """The answers asked for last, within so many bytes.

    None of them ever grows old: models are loaded when the service starts.
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
