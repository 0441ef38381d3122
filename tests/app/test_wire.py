"""A trace as bytes: the binary form, which form is sent to whom, and that the event loop stays free."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import httpx2
import numpy as np
import orjson
import pytest
from starlette.testclient import TestClient

from app import wire
from app.lab import Lab
from app.main import create_app
from app.schemas import TraceQuery
from app.settings import Settings
from app.store import ModelStore
from engine.checkpoint import Checkpoint
from engine.encoders import points_array
from tests.threads import in_thread

POINTS = [[0.10, 0.20], [0.15, 0.22], None, [0.25, 0.26], [0.31, 0.28]]
ADDRESS = "/api/trace?points=0.10,0.20;0.15,0.22;-;0.25,0.26;0.31,0.28"
BINARY = "application/vnd.unrolled.trace+binary"
LAYOUTS = ["arrays", "steps"]

every_layout = pytest.mark.parametrize("layout", LAYOUTS)


def question(model: str = "ball-rnn", points: Any = POINTS, **more: Any) -> dict[str, Any]:
    return {"model": model, "input": {"points": points}, **more}


def ask(client: TestClient, accept: str = BINARY, **more: Any) -> Any:
    found = client.post("/api/trace", json=question(**more), headers={"Accept": accept})
    assert found.status_code == 200, found.text
    return found


def parts(body: bytes) -> tuple[dict[str, Any], np.ndarray]:
    """The header and the numbers, as the documentation says."""
    end = 4 + int.from_bytes(body[:4], "little")
    assert end % 4 == 0
    return json.loads(body[4:end]), np.frombuffer(body[end:], "<f4")


def rows(header: dict[str, Any], numbers: np.ndarray, name: str) -> np.ndarray:
    place = header["values"][name]
    o, s, n = place["offset"], place["stride"], place["size"]
    return np.array([[numbers[o + t * s + k] for k in range(n)] for t in range(header["length"])])


# The binary form


@every_layout
def test_the_numbers_are_the_engines(
    client: TestClient, shipped: tuple[str, Checkpoint], layout: str
) -> None:
    id, checkpoint = shipped
    header, numbers = parts(ask(client, model=id, layout=layout).content)
    expected = checkpoint.network.forward(points_array(POINTS)).sequence()
    assert list(header["values"]) == list(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(rows(header, numbers, name), values, err_msg=name)
    assert numbers.size == sum(values.size for values in expected.values()), "something lies between them"


@every_layout
def test_the_header_is_the_answer_without_its_numbers(client: TestClient, layout: str) -> None:
    header, _ = parts(ask(client, layout=layout, generate=2).content)
    answer = ask(client, "application/json", layout=layout, generate=2).json()
    assert list(header) == [{"steps": "values"}.get(name, name) for name in answer]
    for part in ("values", "steps"):
        header.pop(part, None), answer.pop(part, None)
    assert header == answer


def test_in_arrays_each_name_lies_together(client: TestClient) -> None:
    header, numbers = parts(ask(client, layout="arrays").content)
    end = 0
    for name, place in header["values"].items():
        assert (place["offset"], place["stride"]) == (end, place["size"]), name
        end += header["length"] * place["size"]
    assert end == numbers.size


def test_in_steps_a_reader_may_stop_early(client: TestClient) -> None:
    """What stands at the beginning is the answer to the beginning of the question, in float32: a product of
    more rows may be summed in another order."""
    header, numbers = parts(ask(client, layout="steps").content)
    short, fewer = parts(ask(client, layout="steps", points=POINTS[:2]).content)
    assert short["values"] == header["values"]
    np.testing.assert_allclose(numbers[: fewer.size], fewer, rtol=0, atol=1e-5)


def test_only_sends_what_was_asked_for(client: TestClient) -> None:
    header, numbers = parts(ask(client, only=["probs"]).content)
    assert header["values"] == {"probs": {"offset": 0, "stride": 8, "size": 8}}
    assert numbers.size == 8 * len(POINTS)


@every_layout
def test_nothing_is_sent_where_nothing_is_asked_for(client: TestClient, layout: str) -> None:
    header, numbers = parts(ask(client, layout=layout, only=[]).content)
    assert (header["values"], header["length"], numbers.size) == ({}, 5, 0)


@every_layout
@pytest.mark.parametrize("only", [None, ["probs"], []], ids=str)
def test_json_in_pieces_is_json_in_one(layout: str, only: list[str] | None) -> None:
    lab = Lab(ModelStore(Settings().models), Settings())
    trace = lab.trace(TraceQuery.model_validate(question(layout=layout, only=only)))
    whole = dict(trace)
    if layout == "steps":
        values = whole.pop("values")
        whole["steps"] = [{name: v[t] for name, v in values.items()} for t in range(len(POINTS))]
    assert wire.JSON.encode(trace) == orjson.dumps(whole, option=orjson.OPT_SERIALIZE_NUMPY)


# Which form is sent to whom

ACCEPTS = {
    "": "json",
    "*/*": "json",
    "application/json": "json",
    "application/*": "json",
    "text/html,application/xhtml+xml,*/*;q=0.8": "json",
    "text/html": "json",
    BINARY: "binary",
    BINARY.upper(): "binary",
    f" {BINARY} ; q=0.3": "binary",
    f"{BINARY}, */*": "binary",
    f"{BINARY},application/json;q=0.9": "binary",
    f"application/json, {BINARY}": "binary",
    f"text/html, {BINARY};q=0.5": "binary",
    f"application/json;q=0.1, */*;q=0.9, {BINARY};q=0.5": "binary",
    f"application/json;q=0, {BINARY};q=0.001": "binary",
    f"{BINARY};q=0.4, application/json;q=0.5": "json",
    f"{BINARY};q=0.4, application/*": "json",
    f"{BINARY};q=0.4, */*": "json",
    f"{BINARY};q=0": "json",
    f"{BINARY};q=0.0, */*": "json",
    f"{BINARY};q=x": "json",
    f"{BINARY};q=7": "json",
    f"{BINARY}x": "json",
    ",;q=,": "json",
}


@pytest.mark.parametrize("accept", ACCEPTS)
def test_the_accept_header_chooses(client: TestClient, accept: str) -> None:
    expected = {"json": "application/json", "binary": BINARY}[ACCEPTS[accept]]
    for found in (ask(client, accept), client.get(ADDRESS, headers={"Accept": accept})):
        assert found.headers["Content-Type"] == expected
        assert "Accept" in found.headers["Vary"].split(", ")


def test_two_accept_headers_are_one(client: TestClient) -> None:
    headers = [("Accept", "application/json;q=0.5"), ("Accept", BINARY)]
    assert client.get(ADDRESS, headers=headers).headers["Content-Type"] == BINARY


def test_errors_are_json_for_everybody(client: TestClient) -> None:
    found = client.get("/api/trace?points=", headers={"Accept": BINARY})
    assert found.status_code == 422 and found.json()["error"] == "empty_input"


def test_raw_numbers_are_not_compressed(client: TestClient) -> None:
    packed = {"Accept-Encoding": "gzip"}
    assert client.get(ADDRESS, headers=packed).headers["Content-Encoding"] == "gzip"
    found = client.get(ADDRESS, headers={**packed, "Accept": BINARY})
    assert "Content-Encoding" not in found.headers and len(found.content) > 1024


def test_who_takes_no_gzip_gets_none(client: TestClient) -> None:
    found = client.get(ADDRESS, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in found.headers and found.json()["length"] == 5


# Large answers


def test_a_large_trace_is_written_while_others_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer waits here until /healthz has been answered: on the event loop it would wait in vain."""
    begun, answered = threading.Event(), threading.Event()
    was_answered: list[bool] = []
    encode = wire.Form.encode

    def slowly(form: wire.Form, trace: wire.Json, large: bool) -> bytes:
        begun.set()
        was_answered.append(answered.wait(5))
        return encode(form, trace, large)

    monkeypatch.setattr(wire.Form, "encode", slowly)

    async def visit() -> Any:
        transport = httpx2.ASGITransport(app=create_app(Settings()))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as visitor:
            body = question("ball-gru", [[0.5, 0.5]] * 200)
            large = asyncio.create_task(visitor.post("/api/trace", json=body))
            assert await asyncio.to_thread(begun.wait, 5)
            assert (await visitor.get("/healthz")).json() == {"status": "ok"}
            answered.set()
            return await large

    found = in_thread(lambda: asyncio.run(visit()))
    assert was_answered == [True]
    values = found.json()["values"]
    assert sum(len(rows) * len(rows[0]) for rows in values.values()) >= wire.LARGE


def test_a_small_trace_needs_no_thread(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    encode = wire.Form.encode

    def watched(form: wire.Form, trace: wire.Json, large: bool) -> bytes:
        threads.append(threading.current_thread())
        asyncio.get_running_loop()  # raises in any thread but the loop's
        return encode(form, trace, large)

    monkeypatch.setattr(wire.Form, "encode", watched)
    ask(client, points=[[0.123, 0.4567]] * 50)
    assert len(threads) == 1


# The documentation


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_binary_form_is_documented(client: TestClient, method: str) -> None:
    found = client.get("/openapi.json").json()["paths"]["/api/trace"][method]["responses"]["200"]
    assert found["content"][BINARY]["schema"] == {"type": "string", "format": "binary"}
    assert found["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/TraceAnswer"}
    for word in (BINARY, "little-endian", "float32", "offset", "stride", "size", "o + t·s + k"):
        assert word in found["description"], word
