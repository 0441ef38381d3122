"""The JSON routes."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from app import wire
from app.address import read_points
from app.answers import Answer, Question
from app.lab import Lab, softmax
from app.labs import Labs
from app.replies import (
    AttributionAnswer,
    Failure,
    FlowsAnswer,
    MemoryAnswer,
    ModelAnswer,
    ModelList,
    PathsAnswer,
    RemainsAnswer,
    RestsAnswer,
    SoftmaxAnswer,
    StatesAnswer,
    TallyAnswer,
    TraceAnswer,
    WeightsAnswer,
    WordAnswer,
)
from app.schemas import (
    AttributionQuery,
    FlowsQuery,
    GenerateQuery,
    MemoryAddress,
    PathsAddress,
    RemainsQuery,
    RestsQuery,
    RunInput,
    SoftmaxQuery,
    TallyAddress,
    TraceAddress,
    TraceQuery,
    WeightsAddress,
    WordAddress,
)
from app.shortcut import by_address, header
from app.texts import Texts
from app.traces import Traces

Id = Annotated[
    str, Path(description="A model's id, or id@hash to insist on certain weights.", examples=["ball-rnn"])
]

ReaderId = Annotated[str, Path(description="The id of a model that reads symbols.", examples=["review-gru"])]

RecallId = Annotated[
    str, Path(description="The id of a model that recalls letters.", examples=["recall-gru"])
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


def _texts(request: Request) -> Texts:
    texts: Texts = request.app.state.texts
    return texts


def _labs(request: Request) -> Labs:
    labs: Labs = request.app.state.labs
    return labs


@router.get("/models", response_model=ModelList, tags=["models"], summary="The shipped models")
async def list_models(request: Request) -> Response:
    return answer(request, _lab(request).models())


@router.get("/models/{id}", response_model=ModelAnswer, tags=["models"], summary="One model: graph and card")
async def get_model(request: Request, id: Id) -> Response:
    return answer(request, _lab(request).model(id))


@router.get(
    "/models/{id}/weights", response_model=WeightsAnswer, tags=["models"], summary="Every weight of a model"
)
async def get_weights(request: Request, id: Id, address: Annotated[WeightsAddress, Query()]) -> Response:
    return answer(request, _lab(request).weights(id, address.without))


@router.get(
    "/models/{id}/states",
    response_model=StatesAnswer,
    tags=["models"],
    summary="Where sentences end that a model was not trained on",
)
async def get_states(request: Request, id: ReaderId) -> Response:
    return answer(request, _lab(request).states(id))


@router.get("/models/{id}/words", response_model=WordAnswer, tags=["text"], summary="A word as numbers")
async def get_word(request: Request, id: ReaderId, address: Annotated[WordAddress, Query()]) -> Response:
    return answer(request, _texts(request).word(id, address.word))


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


@router.post(
    "/attributions",
    response_model=AttributionAnswer,
    tags=["text"],
    summary="What each word did to the answer, by four methods",
)
async def post_attributions(request: Request, query: AttributionQuery) -> Response:
    return answer(request, await asyncio.to_thread(_texts(request).attributions, query))


@router.post(
    "/flows",
    response_model=FlowsAnswer,
    tags=["trace"],
    summary="What flows into an answer, through each unit at each step",
)
async def post_flows(request: Request, query: FlowsQuery) -> Response:
    return answer(request, await asyncio.to_thread(_lab(request).flows, query))


@router.post("/softmax", response_model=SoftmaxAnswer, tags=["softmax"], summary="Every step of softmax")
async def post_softmax(request: Request, query: SoftmaxQuery) -> Response:
    return answer(request, softmax(query))


@router.get(
    "/models/{id}/memory",
    response_model=MemoryAnswer,
    tags=["labs"],
    summary="What a network that recalls letters still knows of each",
)
async def get_memory(request: Request, id: RecallId, address: Annotated[MemoryAddress, Query()]) -> Response:
    return answer(request, await asyncio.to_thread(_labs(request).memory, id, address))


@router.post(
    "/remains",
    response_model=RemainsAnswer,
    tags=["labs"],
    summary="What is left of a small change of a network's states",
)
async def post_remains(request: Request, query: RemainsQuery) -> Response:
    return answer(request, await asyncio.to_thread(_labs(request).remains, query))


@router.post(
    "/rests",
    response_model=RestsAnswer,
    tags=["labs"],
    summary="Where the states of a network rest while one input goes on",
)
async def post_rests(request: Request, query: RestsQuery) -> Response:
    return answer(request, await asyncio.to_thread(_labs(request).rests, query))


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
    return await _traced(request, query)


@router.post(
    "/generate",
    response_model=TraceAnswer,
    responses=TRACE,
    tags=["text"],
    summary="Make up a name; the answer is the trace of its run",
)
async def post_generate(request: Request, query: GenerateQuery) -> Response:
    written = await asyncio.to_thread(_texts(request).spell, query)
    asked = TraceQuery(
        model=query.model,
        input=RunInput(text=written),
        edits=query.edits,
        only=query.only,
        layout=query.layout,
    )
    return await _traced(request, asked)


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
        input=RunInput(
            points=None if address.points is None else read_points(address.points), text=address.text
        ),
        memory=address.memory,
        edits=tuple(address.edit),
        generate=address.generate,
        layout=address.layout,
    )
    return await _traced(request, query, by_address(request.scope))


async def _traced(request: Request, query: TraceQuery, question: Question | None = None) -> Response:
    """Run it, in the form that is wanted; kept under the question if there is one."""
    traces: Traces = request.app.state.traces
    form = wire.chosen(header(request.scope, b"accept"))
    return (await traces.answer(query, form, question)).to(request.scope)
