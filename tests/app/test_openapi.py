"""The OpenAPI document is complete, and true: its examples work, and answers look as it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from app import replies
from app.main import create_app
from app.settings import Settings

DOCUMENT = create_app(Settings()).openapi()
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]
BODIES = [(m, p) for m, p in OPERATIONS if "requestBody" in DOCUMENT["paths"][p][m]]

every_operation = pytest.mark.parametrize(("method", "path"), OPERATIONS)
every_body = pytest.mark.parametrize(("method", "path"), BODIES)


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method]
    return found


def schema_of(reference: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from [schema["$ref"]] if "$ref" in schema else []
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else []:
        yield from references(part)


def body_of(method: str, path: str) -> dict[str, Any]:
    content = operation(method, path)["requestBody"]["content"]["application/json"]
    return schema_of(content["schema"]["$ref"])


def test_it_is_served_as_it_is(client: TestClient) -> None:
    assert client.get("/openapi.json").json() == DOCUMENT
    assert len(BODIES) >= 1 and ("post", "/api/trace") in BODIES


@every_operation
def test_every_operation_says_what_it_does(method: str, path: str) -> None:
    found = operation(method, path)
    assert len(found["summary"]) > 10 and found["tags"]
    assert found["summary"] != found["summary"].title(), "made from the name of a function"
    summaries = [operation(*other)["summary"] for other in OPERATIONS]
    assert summaries.count(found["summary"]) == 1


@every_operation
def test_every_parameter_is_described(method: str, path: str) -> None:
    for parameter in operation(method, path).get("parameters", []):
        assert parameter.get("description", "").endswith("."), parameter["name"]


@every_body
def test_every_field_of_a_body_is_described(method: str, path: str) -> None:
    todo = [body_of(method, path)]
    for schema in todo:
        assert schema["additionalProperties"] is False
        for name, field in schema["properties"].items():
            assert field.get("description", "").endswith("."), f"{schema['title']}.{name}"
        todo += [schema_of(reference) for reference in references(schema)]
    assert todo[0]["properties"]


@every_body
def test_the_examples_of_a_body_work(client: TestClient, method: str, path: str) -> None:
    examples = body_of(method, path)["examples"]
    assert examples
    for example in examples:
        found = client.request(method, path, json=example)
        assert found.status_code == 200, found.text


@every_operation
def test_a_parameter_is_an_example_or_may_be_left_out(client: TestClient, method: str, path: str) -> None:
    if method != "get":
        return
    query = {}
    for parameter in operation(method, path).get("parameters", []):
        examples = (
            parameter["schema"].get("examples")
            or parameter.get("examples")
            or [parameter["schema"].get("example")]
        )
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", examples[0])
        elif parameter["required"] or examples[0] is not None:
            query[parameter["name"]] = examples[0]
    found = client.get(path, params=query)
    assert found.status_code == 200, found.text


@every_operation
def test_errors_are_documented_in_their_one_shape(method: str, path: str) -> None:
    if not path.startswith("/api"):
        return
    responses = operation(method, path)["responses"]
    assert {"200", "400", "404", "409", "413", "422"} <= responses.keys()
    for status, response in responses.items():
        assert response["description"]
        if status != "200":
            schema = response["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Failure"}, status
    assert set(schema_of("Failure")["required"]) == {"error", "detail", "params"}


ANSWERS: dict[str, type[BaseModel]] = {
    "/api/models": replies.ModelList,
    "/api/models/ball-gru": replies.ModelAnswer,
    "/api/models/ball-gru/weights": replies.WeightsAnswer,
    "/api/models/review-gru/states": replies.StatesAnswer,
    "/api/models/ball-gru/states": replies.StatesAnswer,
    "/api/trace?points=0.1,0.2;-": replies.TraceAnswer,
    "/api/trace?points=0.1,0.2;-&layout=steps": replies.TraceAnswer,
    "/api/ball/paths?count=2": replies.PathsAnswer,
    "/api/ball/tally?count=4": replies.TallyAnswer,
    "/api/models/recall-gru/memory?length=5": replies.MemoryAnswer,
    "/api/models/nope": replies.Failure,
    "/api/trace?points=": replies.Failure,
}


POSTED: dict[str, tuple[dict[str, Any], type[BaseModel]]] = {
    "/api/remains": ({"model": "recall-lstm", "input": {"text": "abc"}}, replies.RemainsAnswer),
    "/api/rests": ({"model": "recall-rnn-2", "input": {"text": "a"}}, replies.RestsAnswer),
    "/api/flows": (
        {"model": "review-lstm", "input": {"text": "good, not bad"}, "at": 3, "output": "positive"},
        replies.FlowsAnswer,
    ),
    "/api/attributions": (
        {"model": "review-gru", "text": "not bad"},
        replies.AttributionAnswer,
    ),
    "/api/softmax": ({"logits": [1, 2]}, replies.SoftmaxAnswer),
}


@pytest.mark.parametrize("path", POSTED)
def test_what_is_posted_is_answered_as_documented(client: TestClient, path: str) -> None:
    body, shape = POSTED[path]
    found = client.post(path, json=body)
    assert found.status_code == 200, found.text
    shown = shape.model_validate(found.json()).model_dump(mode="json", exclude_unset=True)
    assert shown == found.json(), "a field is not in the schema"


@pytest.mark.parametrize("address", ANSWERS)
def test_an_answer_looks_as_documented(client: TestClient, address: str) -> None:
    answer = client.get(address).json()
    shown = ANSWERS[address].model_validate(answer).model_dump(mode="json", exclude_unset=True)
    assert shown == answer, "a field is not in the schema"
