"""Bad input gets a sentence, never a 500, and the next question is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

GOOD: dict[str, Any] = {"model": "ball-rnn", "input": {"points": [[0.1, 0.2], None, [0.25, 0.26]]}}
JSON = {"Content-Type": "application/json"}


def post(client: TestClient, body: Any, headers: dict[str, str] = JSON) -> Any:
    content = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return client.post("/api/trace", content=content, headers=headers)


def with_points(points: str) -> str:
    return f'{{"model": "ball-rnn", "input": {{"points": {points}}}}}'


def check_refused(found: Any, status: int, code: str) -> dict[str, Any]:
    """The one shape of an error, its detail full sentences."""
    assert found.status_code == status, f"{found.status_code}: {found.text[:300]}"
    assert found.headers["Content-Type"] == "application/json"
    failure: dict[str, Any] = found.json()
    assert list(failure) == ["error", "detail", "params"]
    assert failure["error"] == code
    assert isinstance(failure["params"], dict)
    assert failure["detail"].endswith(".") and not failure["detail"].endswith(".."), failure["detail"]
    assert " " in failure["detail"] and "Traceback" not in failure["detail"]
    return failure


@pytest.fixture(autouse=True)
def the_next_question_is_answered(client: TestClient) -> Any:
    yield
    assert post(client, GOOD).status_code == 200


# Bodies

BODIES: dict[str, tuple[Any, int, str]] = {
    # points
    "no points": ({**GOOD, "input": {"points": []}}, 422, "empty_input"),
    "points are null": ({**GOOD, "input": {"points": None}}, 422, "invalid_request"),
    "no input at all": ({"model": "ball-rnn"}, 422, "invalid_request"),
    "an empty input": ({**GOOD, "input": {}}, 422, "invalid_request"),
    "points and values": (
        {**GOOD, "input": {"points": [[0, 0]], "values": [[0, 0, 0]]}},
        422,
        "invalid_request",
    ),
    "NaN": (with_points("[[NaN, 0.2]]"), 422, "invalid_request"),
    "Infinity": (with_points("[[0.1, Infinity]]"), 422, "invalid_request"),
    "-Infinity": (with_points("[[-Infinity, 0.2]]"), 422, "invalid_request"),
    "1e999": (with_points("[[1e999, 0.2]]"), 422, "invalid_request"),
    "outside, right": (with_points("[[1.0001, 0.2]]"), 422, "bad_point"),
    "outside, below": (with_points("[[0.1, 0.2], [0.1, -0.01]]"), 422, "bad_point"),
    "outside, far": (with_points("[[1e308, -1e308]]"), 422, "bad_point"),
    "an integer of 401 digits": (with_points(f"[[{10**400}, 0.2]]"), 422, "invalid_request"),
    "an integer of 5000 digits": (with_points(f"[[{'9' * 5000}, 0.2]]"), 400, "broken_json"),
    "one number": (with_points("[[0.1]]"), 422, "invalid_request"),
    "three numbers": (with_points("[[0.1, 0.2, 0.3]]"), 422, "invalid_request"),
    "an empty point": (with_points("[[]]"), 422, "invalid_request"),
    "a number for a point": (with_points("[0.1, 0.2]"), 422, "invalid_request"),
    "a string for a number": (with_points('[["0.1", 0.2]]'), 422, "invalid_request"),
    "a bool for a number": (with_points("[[true, 0.2]]"), 422, "invalid_request"),
    "null for a number": (with_points("[[null, 0.2]]"), 422, "invalid_request"),
    "an object for a point": (with_points('[{"x": 0.1, "y": 0.2}]'), 422, "invalid_request"),
    "an address for points": (with_points('"0.1,0.2"'), 422, "invalid_request"),
    "an object for points": (with_points('{"0": [0.1, 0.2]}'), 422, "invalid_request"),
    "too many frames": ({**GOOD, "input": {"points": [[0.5, 0.5]] * 201}}, 422, "over_limit"),
    "too many hidden frames": ({**GOOD, "input": {"points": [None] * 5000}}, 422, "over_limit"),
    # values
    "no values": ({**GOOD, "input": {"values": []}}, 422, "empty_input"),
    "an empty row": ({**GOOD, "input": {"values": [[]]}}, 422, "bad_input"),
    "a short row": ({**GOOD, "input": {"values": [[0, 0, 1], [0, 0]]}}, 422, "bad_input"),
    "a long row": ({**GOOD, "input": {"values": [[0] * 1000]}}, 422, "bad_input"),
    "a hidden row": ({**GOOD, "input": {"values": [None]}}, 422, "invalid_request"),
    "beyond a 32-bit float": ({**GOOD, "input": {"values": [[1e39, 0, 0]]}}, 422, "bad_input"),
    "sums beyond a 32-bit float": ({**GOOD, "input": {"values": [[3e38, -3e38, 3e38]]}}, 422, "bad_input"),
    "too many rows": ({**GOOD, "input": {"values": [[0, 0, 0]] * 201}}, 422, "over_limit"),
    "going on from values": ({**GOOD, "input": {"values": [[0, 0, 0]]}, "generate": 1}, 422, "bad_input"),
    # the model
    "an unknown model": ({**GOOD, "model": "nope"}, 404, "unknown_model"),
    "an empty model": ({**GOOD, "model": ""}, 404, "unknown_model"),
    "a path for a model": ({**GOOD, "model": "../models/ball-rnn"}, 404, "unknown_model"),
    "a file for a model": ({**GOOD, "model": "/etc/passwd"}, 404, "unknown_model"),
    "a null byte in a model": ({**GOOD, "model": "ball-rnn\0"}, 404, "unknown_model"),
    "half a character for a model": (
        '{"model": "\\ud800", "input": {"points": [[0, 0]]}}',
        422,
        "invalid_request",
    ),
    "a very long model": ({**GOOD, "model": "a" * 10_000}, 422, "over_limit"),
    "a number for a model": ({**GOOD, "model": 7}, 422, "invalid_request"),
    "other weights": ({**GOOD, "model": "ball-rnn@00000000"}, 409, "model_changed"),
    "a property for a model": ({**GOOD, "model": "__class__"}, 404, "unknown_model"),
    # fields
    "an unknown field": ({**GOOD, "modle": "ball-rnn"}, 422, "invalid_request"),
    "an unknown field of the input": (
        {**GOOD, "input": {"points": [[0, 0]], "z": 1}},
        422,
        "invalid_request",
    ),
    "an unknown field of no name": ({**GOOD, "": 1}, 422, "invalid_request"),
    "half a character for a field": ('{"\\udfff": 1, "input": {"points": [[0, 0]]}}', 422, "invalid_request"),
    "a list for the input": ({**GOOD, "input": [[0.1, 0.2]]}, 422, "invalid_request"),
    "a string for memory": ({**GOOD, "memory": "false"}, 422, "invalid_request"),
    "a number for memory": ({**GOOD, "memory": 0}, 422, "invalid_request"),
    "null for memory": ({**GOOD, "memory": None}, 422, "invalid_request"),
    "a negative generate": ({**GOOD, "generate": -1}, 422, "invalid_request"),
    "half a step of generate": ({**GOOD, "generate": 1.5}, 422, "invalid_request"),
    "a string for generate": ({**GOOD, "generate": "3"}, 422, "invalid_request"),
    "a bool for generate": ({**GOOD, "generate": True}, 422, "invalid_request"),
    "too much generate": ({**GOOD, "generate": 13}, 422, "over_limit"),
    "a huge generate": ({**GOOD, "generate": 10**400}, 422, "invalid_request"),
    "generate without memory": ({**GOOD, "generate": 3, "memory": False}, 422, "bad_input"),
    "an unknown value": ({**GOOD, "only": ["layers.0.q"]}, 422, "unknown_name"),
    "a term, which is not kept": ({**GOOD, "only": ["layers.0.a_h.x"]}, 422, "unknown_name"),
    "half a character for a value": (
        '{"model": "ball-rnn", "input": {"points": [[0, 0]]}, "only": ["\\ud800"]}',
        422,
        "invalid_request",
    ),
    "a string for only": ({**GOOD, "only": "probs"}, 422, "invalid_request"),
    "too many names": ({**GOOD, "only": ["probs"] * 51}, 422, "invalid_request"),
    "a very long name": ({**GOOD, "only": ["a" * 10_000]}, 422, "over_limit"),
    "an unknown layout": ({**GOOD, "layout": "rows"}, 422, "invalid_request"),
    "an edit of nothing": ({**GOOD, "edits": [""]}, 422, "bad_input"),
    "an edit of an unknown weight": ({**GOOD, "edits": ["layers.9.W_hh[0,0]:1"]}, 422, "bad_input"),
    "an edit outside a weight": ({**GOOD, "edits": ["layers.0.W_hh[99,0]:1"]}, 422, "bad_input"),
    "an edit to no number": ({**GOOD, "edits": ["scale:layers.0.W_hh:nan"]}, 422, "bad_input"),
    "edits beyond a 32-bit float": ({**GOOD, "edits": ["scale:layers.0.W_hh:1e6"] * 50}, 422, "bad_input"),
    "half a character in an edit": (
        '{"model": "ball-rnn", "input": {"points": [[0, 0]]}, "edits": ["\\ud800"]}',
        422,
        "invalid_request",
    ),
    "an edit that is a number": ({**GOOD, "edits": [1]}, 422, "invalid_request"),
    # JSON
    "broken JSON": ('{"model": "ball-rnn", ', 400, "broken_json"),
    "one quote": ('"', 400, "broken_json"),
    "single quotes": ("{'model': 'ball-rnn'}", 400, "broken_json"),
    "two objects": ("{}{}", 400, "broken_json"),
    "a comment": ("{} // yes", 400, "broken_json"),
    "invalid UTF-8": (b'{"model": "\xff\xfe"}', 400, "broken_json"),
    "null bytes": (b"\0\0\0\0", 400, "broken_json"),
    "nothing": ("", 422, "invalid_request"),
    "null": ("null", 422, "invalid_request"),
    "a list": ("[]", 422, "invalid_request"),
    "a number": ("7", 422, "invalid_request"),
    "a string": ('"ball-rnn"', 422, "invalid_request"),
    "NaN alone": ("NaN", 422, "invalid_request"),
    "30,000 lists in each other": ("[" * 30_000 + "]" * 30_000, 400, "broken_json"),
    "60,000 lists, never closed": ("[" * 60_000, 400, "broken_json"),
    "100,000 lists": ("[" * 100_000, 413, "body_too_large"),
    "9,000 objects in each other": ('{"a":' * 9_000 + "1" + "}" * 9_000, 400, "broken_json"),
    "500 lists where points are expected": (with_points("[" * 500 + "]" * 500), 422, "invalid_request"),
    "200 objects where points are expected": (
        with_points('{"a":' * 200 + "1" + "}" * 200),
        422,
        "invalid_request",
    ),
    "a body over the limit": (json.dumps(GOOD) + " " * 70_000, 413, "body_too_large"),
    "a million bytes": (b"x" * 1_000_000, 413, "body_too_large"),
}


@pytest.mark.parametrize(("body", "status", "code"), BODIES.values(), ids=BODIES)
def test_a_bad_body_is_refused(client: TestClient, body: Any, status: int, code: str) -> None:
    check_refused(post(client, body), status, code)


def test_an_error_names_the_place(client: TestClient) -> None:
    failure = check_refused(
        post(client, with_points('[[0.1, 0.2], null, ["a", 0.2]]')), 422, "invalid_request"
    )
    assert failure["detail"].startswith("input.points[2][0]: ")
    assert failure["params"]["problems"][0]["where"] == "input.points[2][0]"


def test_an_error_over_a_limit_names_the_limit_and_what_came(client: TestClient) -> None:
    body = {**GOOD, "input": {"points": [[0.5, 0.5]] * 201}}
    failure = check_refused(post(client, body), 422, "over_limit")
    assert failure["params"] == {"what": "time steps", "limit": 200, "came": 201}
    assert "200" in failure["detail"] and "201" in failure["detail"]


def test_an_unknown_model_is_told_which_there_are(client: TestClient) -> None:
    failure = check_refused(post(client, {**GOOD, "model": "nope"}), 404, "unknown_model")
    assert failure["params"]["known"] == [m["id"] for m in client.get("/api/models").json()["models"]]
    assert all(id in failure["detail"] for id in failure["params"]["known"])


def test_a_great_many_problems_are_not_all_told(client: TestClient) -> None:
    failure = check_refused(
        post(client, with_points(str([["a", "b"]] * 3000).replace("'", '"'))), 422, "invalid_request"
    )
    assert len(failure["params"]["problems"]) == 10


def test_a_body_in_pieces_has_the_same_limit(client: TestClient) -> None:
    found = client.post("/api/trace", content=iter([b" " * 10_000] * 10), headers=JSON)
    check_refused(found, 413, "body_too_large")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "image/png", "", "a/b/c"]
)
def test_another_content_type_is_told_which_is_right(client: TestClient, content_type: str) -> None:
    found = post(client, GOOD, {"Content-Type": content_type})
    assert "application/json" in check_refused(found, 422, "invalid_request")["detail"]


def test_a_form_is_refused(client: TestClient) -> None:
    check_refused(client.post("/api/trace", data={"model": "ball-rnn"}), 422, "invalid_request")
    check_refused(client.post("/api/trace", files={"input": b"1"}), 422, "invalid_request")


@pytest.mark.parametrize("length", ["-1", "abc", "99999999999999999999"])
def test_a_false_content_length_does_no_harm(client: TestClient, length: str) -> None:
    found = post(client, "{}", {**JSON, "Content-Length": length})
    assert 400 <= found.status_code < 500


def test_the_last_of_two_equal_keys_counts(client: TestClient) -> None:
    """As in every JSON parser that we know; the engine is asked once."""
    found = post(client, '{"model": "nope", "model": "ball-rnn", "input": {"points": [[0.1, 0.2]]}}')
    assert found.status_code == 200 and found.json()["model"].startswith("ball-rnn@")


# Addresses

TRACE = "/api/trace?points=0.1,0.2"
ADDRESSES: dict[str, tuple[int, str]] = {
    "/api/trace": (422, "invalid_request"),
    "/api/trace?model=ball-rnn": (422, "invalid_request"),
    "/api/trace?points=": (422, "empty_input"),
    "/api/trace?points=0.1": (422, "bad_point"),
    "/api/trace?points=0.1,0.2,0.3": (422, "bad_point"),
    "/api/trace?points=0.1,": (422, "bad_point"),
    "/api/trace?points=0.1,0.2;": (422, "bad_point"),
    "/api/trace?points=a,b": (422, "bad_point"),
    "/api/trace?points=nan,0.2": (422, "bad_point"),
    "/api/trace?points=inf,0.2": (422, "bad_point"),
    "/api/trace?points=0.1,-inf": (422, "bad_point"),
    "/api/trace?points=1e999,0": (422, "bad_point"),
    "/api/trace?points=0.1_0,0.2": (422, "bad_point"),
    "/api/trace?points=%D9%A0.%D9%A1,0.2": (422, "bad_point"),  # digits of another script
    "/api/trace?points=1.5,0.2": (422, "bad_point"),
    "/api/trace?points=%FF": (422, "bad_point"),
    "/api/trace?points=%00": (422, "bad_point"),
    "/api/trace?points=%3Cscript%3E": (422, "bad_point"),
    "/api/trace?points=" + "-;" * 200 + "-": (422, "over_limit"),
    "/api/trace?points=" + "0.1,0.2;" * 4000: (422, "over_limit"),
    f"{TRACE}&model=nope": (404, "unknown_model"),
    f"{TRACE}&model=": (404, "unknown_model"),
    f"{TRACE}&model=%00": (404, "unknown_model"),
    f"{TRACE}&model=%FF": (404, "unknown_model"),
    f"{TRACE}&model=ball-rnn@00000000": (409, "model_changed"),
    f"{TRACE}&model=" + "a" * 300: (422, "over_limit"),
    f"{TRACE}&memory=maybe": (422, "invalid_request"),
    f"{TRACE}&memory=": (422, "invalid_request"),
    f"{TRACE}&generate=-1": (422, "invalid_request"),
    f"{TRACE}&generate=1.5": (422, "invalid_request"),
    f"{TRACE}&generate=13": (422, "over_limit"),
    f"{TRACE}&generate=" + "9" * 5000: (422, "invalid_request"),
    f"{TRACE}&generate=3&memory=false": (422, "bad_input"),
    f"{TRACE}&layout=rows": (422, "invalid_request"),
    f"{TRACE}&unknown=1": (422, "invalid_request"),
    f"{TRACE}&%FF=1": (422, "invalid_request"),
    "/api/ball/paths?motion=nope": (422, "invalid_request"),
    "/api/ball/paths?motion=Bouncing": (422, "invalid_request"),
    "/api/ball/paths?count=0": (422, "invalid_request"),
    "/api/ball/paths?count=1001": (422, "over_limit"),
    "/api/ball/paths?count=x": (422, "invalid_request"),
    "/api/ball/paths?count=" + "9" * 5000: (422, "invalid_request"),
    "/api/ball/paths?count=999999999999999999999": (422, "invalid_request"),
    "/api/ball/paths?frames=1": (422, "invalid_request"),
    "/api/ball/paths?frames=201": (422, "over_limit"),
    "/api/ball/paths?frames=-16": (422, "invalid_request"),
    "/api/ball/paths?seed=-1": (422, "invalid_request"),
    "/api/ball/paths?seed=nan": (422, "invalid_request"),
    "/api/ball/paths?seed=9" + "0" * 30: (422, "invalid_request"),
    "/api/ball/paths?speed=1": (422, "invalid_request"),
    "/api/ball/tally?motion=nope": (422, "invalid_request"),
    "/api/ball/tally?count=1001": (422, "over_limit"),
    "/api/ball/tally?count=0": (422, "invalid_request"),
    "/api/ball/tally?frames=16": (422, "invalid_request"),
    "/api/models/nope": (404, "unknown_model"),
    "/api/models/nope/weights": (404, "unknown_model"),
    "/api/models/nope/file": (404, "unknown_model"),
    "/api/models/" + "a" * 5000: (404, "unknown_model"),
    "/api/models/%00": (404, "unknown_model"),
    "/api/models/%FF/file": (404, "unknown_model"),
    "/api/models/ball-rnn.safetensors/file": (404, "unknown_model"),
    "/api/models/..%2Fball-rnn": (404, "not_found"),
    "/api/models/..%2F..%2F..%2Fetc%2Fpasswd/file": (404, "not_found"),
    "/api/models/%2e%2e%5C%2e%2e%5Csettings.py/file": (404, "unknown_model"),
    "/api/models/ball-rnn@00000000/file": (409, "model_changed"),
    "/api/models/ball-rnn/nope": (404, "not_found"),
    "/api/": (404, "not_found"),
    "/api/nope": (404, "not_found"),
    "/static/nope.js": (404, "not_found"),
    "/static/..%2Fapp%2Fsettings.py": (404, "not_found"),
    "/static/%00": (404, "not_found"),
    "/static/" + "a" * 5000: (404, "not_found"),
}


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address[:60])
def test_a_bad_address_is_refused(client: TestClient, address: str) -> None:
    check_refused(client.get(address), *ADDRESSES[address])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "NOPE"])
@pytest.mark.parametrize("address", ["/api/trace", "/api/models", "/api/models/ball-rnn", "/healthz"])
def test_another_method_is_refused(client: TestClient, address: str, method: str) -> None:
    found = client.request(method, address)
    assert found.headers["Allow"]
    check_refused(found, 405, "method_not_allowed")


def test_a_model_cannot_be_deleted(client: TestClient) -> None:
    check_refused(client.delete("/api/models/ball-rnn"), 405, "method_not_allowed")
    assert client.get("/api/models/ball-rnn").status_code == 200


# Anything at all

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["ball-rnn", "ball-gru", "probs", "arrays", "steps", "scale:readout.W:1e6", "h0[1]:5"])
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
number = st.floats(0, 1) | st.floats() | st.integers(-2, 2)
almost = st.fixed_dictionaries(
    {},
    optional={
        "model": st.sampled_from(["ball-rnn", "ball-gru", "ball-window-4"]) | anything,
        "input": st.fixed_dictionaries(
            {},
            optional={
                "points": st.lists(st.none() | st.lists(number, min_size=2, max_size=2), max_size=6)
                | anything,
                "values": st.lists(st.lists(number, min_size=3, max_size=3), max_size=6) | anything,
            },
        )
        | anything,
        "memory": st.booleans() | anything,
        "edits": st.lists(
            st.sampled_from(
                ["scale:layers.0.W_hh:1e6", "h0[1]:1e6", "force:layers.0.h:-1e6", "layers.0.W_ih[0,0]:1"]
            )
            | st.text(max_size=12),
            max_size=4,
        )
        | anything,
        "generate": st.integers(-1, 3) | anything,
        "only": st.lists(st.sampled_from(["probs", "x", "layers.0.h"])) | anything,
        "layout": st.sampled_from(["arrays", "steps"]) | anything,
        "": anything,
    },
)


def check_any(found: Any) -> None:
    if found.status_code == 200:
        found.json(parse_constant=pytest.fail)  # no NaN, no Infinity
        assert "null" not in found.text.partition('"values"')[2]
    else:
        check_refused(found, found.status_code, found.json()["error"])
        assert 400 <= found.status_code < 500


quick = settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@quick
@given(body=almost | anything)
def test_any_json_is_answered_or_refused(client: TestClient, body: Any) -> None:
    check_any(post(client, json.dumps(body)))


@quick
@given(body=st.binary(max_size=60) | st.text('{}[]":,0123456789.eE-+truefalsn\\ud ', max_size=60))
def test_any_bytes_are_answered_or_refused(client: TestClient, body: bytes | str) -> None:
    check_any(post(client, body))


@quick
@given(
    query=st.dictionaries(
        st.sampled_from(["model", "points", "memory", "generate", "layout", "z"]), st.text(max_size=20)
    )
)
def test_any_address_is_answered_or_refused(client: TestClient, query: dict[str, str]) -> None:
    check_any(client.get("/api/trace", params={"points": "0.1,0.2;-", **query}))
