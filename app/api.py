"""The JSON routes."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from app import wire
from app.address import read_points
from app.answers import Answer
from app.lab import Lab
from app.schemas import (
    Failure,
    ModelAnswer,
    ModelList,
    PathsAddress,
    PathsAnswer,
    RunInput,
    TallyAddress,
    TallyAnswer,
    TraceAddress,
    TraceAnswer,
    TraceQuery,
    WeightsAnswer,
)
from app.shortcut import by_address, header
from app.traces import Traces

Id = Annotated[
    str, Path(description="A model's id, or id@hash to insist on certain weights.", examples=["ball-rnn"])
]

FAILURES: dict[int | str, dict[str, Any]] = {
    400: {"model": Failure, "description": "The body is not JSON."},
    404: {"model": Failure, "description": "There is no such model."},
    409: {"model": Failure, "description": "The model has other weights than those asked for."},
    413: {"model": Failure, "description": "The body is too large."},
    422: {"model": Failure, "description": "The question cannot be answered as it is put."},
}
TRACE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {wire.BINARY.media_type: {"schema": {"type": "string", "format": "binary"}}},
        "description": wire.DESCRIPTION,
    }
}

router = APIRouter(prefix="/api", responses=FAILURES)


def answer(request: Request, content: Any) -> Response:
    """JSON with an ETag: whoever has the same answer already gets a 304."""
    return Answer(wire.dumps(content), wire.JSON.media_type).to(request.scope)


def _lab(request: Request) -> Lab:
    lab: Lab = request.app.state.lab
    return lab


@router.get("/models", response_model=ModelList, tags=["models"], summary="The shipped models")
async def list_models(request: Request) -> Response:
    return answer(request, _lab(request).models())


@router.get("/models/{id}", response_model=ModelAnswer, tags=["models"], summary="One model: graph and card")
async def get_model(request: Request, id: Id) -> Response:
    return answer(request, _lab(request).model(id))


@router.get(
    "/models/{id}/weights", response_model=WeightsAnswer, tags=["models"], summary="Every weight of a model"
)
async def get_weights(request: Request, id: Id) -> Response:
    return answer(request, _lab(request).weights(id))


@router.get(
    "/models/{id}/file",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "A .safetensors file"}},
    tags=["models"],
    summary="The file of a model, which any safetensors reader opens",
)
async def get_file(request: Request, id: Id) -> Response:
    name, content = _lab(request).file(id)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.get("/ball/paths", response_model=PathsAnswer, tags=["ball"], summary="Throw balls")
async def get_paths(request: Request, address: Annotated[PathsAddress, Query()]) -> Response:
    return answer(request, await asyncio.to_thread(_lab(request).paths, address))


@router.get("/ball/tally", response_model=TallyAnswer, tags=["ball"], summary="How often each model is right")
async def get_tally(request: Request, address: Annotated[TallyAddress, Query()]) -> Response:
    return answer(request, await asyncio.to_thread(_lab(request).tally, address))


@router.post(
    "/trace",
    response_model=TraceAnswer,
    responses=TRACE,
    tags=["trace"],
    summary="Run a model, get every value",
)
async def post_trace(request: Request, query: TraceQuery) -> Response:
    traces: Traces = request.app.state.traces
    return (await traces.answer(query, wire.chosen(header(request.scope, b"accept")))).to(request.scope)


@router.get(
    "/trace",
    response_model=TraceAnswer,
    responses=TRACE,
    tags=["trace"],
    summary="The same by address, with an ETag",
)
async def get_trace(request: Request, address: Annotated[TraceAddress, Query()]) -> Response:
    query = TraceQuery(
        model=address.model,
        input=RunInput(points=read_points(address.points)),
        memory=address.memory,
        edits=tuple(address.edit),
        generate=address.generate,
        layout=address.layout,
    )
    traces: Traces = request.app.state.traces
    question = by_address(request.scope)
    return (await traces.answer(query, question[1], question)).to(request.scope)
