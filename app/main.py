"""create_app(settings): assembles, decides nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Response
from fastapi.templating import Jinja2Templates
from jinja2 import StrictUndefined
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from app import api, errors, pages, wire
from app.answers import Answers
from app.assets import Assets, assets
from app.content import words
from app.lab import Lab
from app.labs import Labs
from app.paths import folder
from app.security import BodyLimit, SecurityHeaders, policy
from app.settings import Settings
from app.shortcut import Shortcut
from app.store import ModelStore
from app.texts import Texts
from app.traces import Traces
from engine.parallel import one_blas_thread

DESCRIPTION = """Step-by-step runs of recurrent networks: every value, at every time step, as JSON.

Names are those of the engine and of the field: `layers.0.h` is the hidden state of the first layer,
`logits` are scores before softmax, `probs` after it. Time steps are rows."""

PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, wire.BINARY.media_type)
"""What gzip would hardly make smaller: by a tenth, for raw float32."""


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or Settings()
    app = FastAPI(
        title="Unrolled",
        version="0.1.0",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # it reports to nobody
    )
    static = folder("static")
    found = assets(static, settings.dev)
    app.state.lab = Lab(ModelStore(settings.models), settings)
    app.state.texts = Texts(app.state.lab.store, settings)
    app.state.labs = Labs(app.state.lab.store, settings)
    app.state.traces = Traces(app.state.lab, Answers(settings.cached_bytes))
    app.state.templates = _templates(found)
    app.state.error_page = _error_page(app.state.templates)
    errors.install(app)
    app.include_router(api.router)
    app.include_router(pages.router)
    app.get("/healthz", tags=["service"], summary="Whether the service answers")(healthz)
    app.mount("/static", Static(directory=static), name="static")
    app.add_middleware(Shortcut, path="/api/trace", traces=app.state.traces)
    app.add_middleware(BodyLimit, limit=settings.max_body)
    app.add_middleware(Gzip, minimum_size=1024, compresslevel=4, exclude_content_types=PACKED)
    hashes = [found.import_map_hash] if found.import_map_hash else []
    app.add_middleware(SecurityHeaders, policy=policy(*hashes))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    with one_blas_thread():  # once, and not anew for each run
        yield


async def healthz() -> dict[str, str]:
    return {"status": "ok"}


class Gzip(GZipMiddleware):
    """Out of the way of whoever does not ask for it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = [value for name, value in scope.get("headers", ()) if name == b"accept-encoding"]
        wanted = accepted and wire.weights(b",".join(accepted).decode("latin-1")).get("gzip", 0) > 0
        await (super().__call__ if wanted else self.app)(scope, receive, send)


class Static(StaticFiles):
    """Files under dist/ carry their hash in their name, so a browser may keep them for good."""

    def file_response(self, full_path: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(full_path, *args, **kwargs)
        hashed = "/dist/" in str(full_path).replace("\\", "/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response


def _templates(found: Assets) -> Jinja2Templates:
    templates = Jinja2Templates(
        directory=folder("templates"), context_processors=[lambda request: {"assets": found}]
    )
    templates.env.undefined = StrictUndefined
    return templates


def _error_page(templates: Jinja2Templates) -> Any:
    def page(request: Request, status: int, detail: str) -> Response:
        context = {"words": words(), "status": status, "detail": detail}
        return templates.TemplateResponse(request, "error.html", context, status_code=status)

    return page


def dev_app() -> FastAPI:
    """For --dev: sources served, and the process restarted when a file changes."""
    return create_app(Settings(dev=True))
