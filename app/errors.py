"""One shape for every error: {"error": code, "detail": sentence, "params": values}, or one page."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from engine.errors import EngineError

STATUS = {"unknown_model": 404, "model_changed": 409, "no_network": 404}
"""The status of an EngineError by its code; any other is 422."""

CODES = {400: "broken_json", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
"""The code of an HTTP error by its status. Python's own phrases change between its versions."""


class UnknownModel(EngineError):
    code = "unknown_model"


class ModelChanged(EngineError):
    code = "model_changed"


class OverLimit(EngineError):
    """More was asked for than the settings allow."""

    code = "over_limit"

    def __init__(self, what: str, limit: int, came: int) -> None:
        super().__init__(
            f"At most {limit} {what} are allowed; {came} came.", what=what, limit=limit, came=came
        )


class NoNetwork(EngineError):
    """A page has no network of its task to show."""

    code = "no_network"


def within(what: str, limit: int, came: int) -> None:
    """Refuse more than a setting allows."""
    if came > limit:
        raise OverLimit(what, limit, came)


class BodyTooLarge(HTTPException):
    """An HTTPException, for FastAPI turns any other that is raised while a body is read into a 400."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"A body may have {limit} bytes at most.")


def notice(error: EngineError, field: str | None = None) -> dict[str, Any]:
    """What a page says of an address that it cannot follow."""
    said = {"code": error.code, "detail": error.detail, "params": error.params}
    return said if field is None else {**said, "field": field}


def failure(status: int, code: str, detail: str, params: dict[str, Any] | None = None) -> Response:
    body = orjson.dumps({"error": code, "detail": detail, "params": params or {}}, default=str)
    return Response(body, status, media_type="application/json")


def install(app: FastAPI) -> None:
    """One handler for each way in which a request can fail."""

    @app.exception_handler(EngineError)
    async def engine_error(request: Request, error: EngineError) -> Response:
        return _shown(request, STATUS.get(error.code, 422), error.code, error.detail, error.params)

    @app.exception_handler(RequestValidationError)
    async def validation_error(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            detail = f"The body is not valid JSON: {first['ctx']['error']}, at character {first['loc'][-1]}."
            return _shown(request, 400, "broken_json", detail, {"at": first["loc"][-1]})
        if first["type"] == "string_too_long":
            limit, came = first["ctx"]["max_length"], len(first["input"])
            over = OverLimit(f"characters of {_where(first['loc'])}", limit, came)
            return _shown(request, 422, over.code, over.detail, over.params)
        problems = [
            {"where": _where(e["loc"]), "what": e["msg"].removeprefix("Value error, ")}
            for e in error.errors()[:10]
        ]
        detail = _problem(problems[0], in_body=first["loc"][0] == "body")
        return _shown(request, 422, "invalid_request", detail, {"problems": problems})

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        code = CODES.get(error.status_code, "http_error")
        response = _shown(request, error.status_code, code, _sentence(error, request), {})
        response.headers.update(error.headers or {})
        return response


def _shown(request: Request, status: int, code: str, detail: str, params: dict[str, Any]) -> Response:
    if request.url.path.startswith(("/api", "/openapi", "/healthz", "/static")):
        return failure(status, code, detail, params)
    page: Response = request.app.state.error_page(request, status, detail)
    return page


def _problem(problem: dict[str, str], *, in_body: bool) -> str:
    if problem["where"] or not in_body:
        return ": ".join(filter(None, problem.values())) + "."
    return f"{problem['what']}. Send a JSON object with Content-Type: application/json."


def _what(message: str) -> str:
    return message.removeprefix("Value error, ")  # how pydantic begins what our own checks say


def _where(location: tuple[int | str, ...]) -> str:
    """("body", "input", "points", 2, 0) -> "input.points[2][0]"."""
    where = ""
    for part in location[1:]:
        where += f"[{part}]" if isinstance(part, int) else f".{part}"
    return where.lstrip(".")


def _sentence(error: HTTPException, request: Request) -> str:
    sentences = {
        404: f"There is nothing at {request.url.path}.",
        405: f"{request.method} is not possible at {request.url.path}.",
        400: "The body could not be read as JSON. Send one JSON object, not nested absurdly deep.",
    }
    return sentences.get(error.status_code, str(error.detail))
