"""Headers that keep a page to itself: nothing is loaded from elsewhere, nothing inline is run."""

from __future__ import annotations

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import BodyTooLarge, failure

log = logging.getLogger(__name__)

UNFORESEEN = failure(500, "internal_error", "Something went wrong here. Please report what you asked for.")


def policy(*script_hashes: str) -> str:
    """The Content-Security-Policy."""
    scripts = " ".join(["'self'", *script_hashes])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        ]
    )


class BodyLimit:
    """ASGI middleware: stops reading a body where it passes the limit.

    FastAPI's own limit answers before our error handlers can; this one leaves the answer to them.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        came = 0

        async def limited() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self.limit:
                raise BodyTooLarge(self.limit)
            return message

        await self.app(scope, limited if scope["type"] == "http" else receive, send)


class SecurityHeaders:
    """ASGI middleware: the same headers on every answer, also on one that nobody foresaw.

    It sees every answer anyway, so HEAD is answered here as GET is, without the body (RFC 9110, 9.3.2).
    """

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        headers = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(), microphone=(), geolocation=()",
        }
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), *self.headers]
            elif bare:
                message = {**message, "body": b""}
            await send(message)

        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        bare = scope["method"] == "HEAD"
        if bare:
            scope = {**scope, "method": "GET"}
        try:
            await self.app(scope, receive, with_headers)
        except Exception:
            log.exception("A request failed in a way that nobody foresaw")
            if started:
                raise
            await UNFORESEEN(scope, receive, with_headers)
