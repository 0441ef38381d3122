"""A question that was asked before, in the very same bytes, costs no run; nobody gets another's answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from starlette.testclient import TestClient

from app import wire
from app.answers import Answer, Answers, Question
from app.lab import Lab
from app.main import create_app
from app.settings import Settings
from engine.errors import InputError
from tests.app.test_bad_input import BODIES, almost, anything, quick

ADDRESS = "/api/trace?points=0.1,0.2;-;0.25,0.26"
BODY = {"model": "ball-rnn", "input": {"points": [[0.1, 0.2], None, [0.25, 0.26]]}}
BINARY = "application/vnd.unrolled.trace+binary"


@pytest.fixture
def fresh() -> Iterator[TestClient]:
    """A service that has not been asked anything."""
    with TestClient(create_app(Settings()), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the lab is asked to run."""
    seen: list[Any] = []
    trace = Lab.trace

    def watched(self: Lab, query: Any, **how: Any) -> Any:
        seen.append(query)
        return trace(self, query, **how)

    monkeypatch.setattr(Lab, "trace", watched)
    return seen


# If-None-Match

HELD = {
    "{tag}": True,
    "W/{tag}": True,
    '"a", {tag}': True,
    '"a" , W/"b",{tag}, "c"': True,
    '"a,b", {tag}': True,
    "*": True,
    " * ": True,
    '"another"': False,
    'W/"another", "b"': False,
    "": False,
    "tag": False,
    '"*"': False,
}


@pytest.mark.parametrize("address", [ADDRESS, "/api/models"])
@pytest.mark.parametrize("header", HELD)
def test_if_none_match_is_read_as_the_standard_says(client: TestClient, address: str, header: str) -> None:
    first = client.get(address)
    tag = first.headers["ETag"]
    again = client.get(address, headers={"If-None-Match": header.format(tag=tag)})
    assert again.status_code == (304 if HELD[header] else 200)
    assert again.content == (b"" if HELD[header] else first.content)
    assert again.headers["ETag"] == tag


def test_a_part_of_a_tag_is_not_the_tag(client: TestClient) -> None:
    tag = client.get(ADDRESS).headers["ETag"].removeprefix("W/").strip('"')
    for other in (tag, f'"{tag[:-1]}"', f'"x{tag}"'):
        assert client.get(ADDRESS, headers={"If-None-Match": other}).status_code == 200, other


def test_tags_may_come_in_two_headers(client: TestClient) -> None:
    tag = client.get(ADDRESS).headers["ETag"]
    headers = [("If-None-Match", '"a"'), ("If-None-Match", tag)]
    assert client.get(ADDRESS, headers=headers).status_code == 304


def test_each_form_has_its_own_tag(client: TestClient) -> None:
    tag = client.get(ADDRESS).headers["ETag"]
    found = client.get(ADDRESS, headers={"If-None-Match": tag, "Accept": BINARY})
    assert found.status_code == 200 and found.headers["ETag"] != tag
    again = client.get(ADDRESS, headers={"If-None-Match": found.headers["ETag"], "Accept": BINARY})
    assert again.status_code == 304 and "Accept" in again.headers["Vary"]


def test_a_post_is_answered_whatever_one_has(client: TestClient) -> None:
    for _ in range(2):
        assert client.post("/api/trace", json=BODY, headers={"If-None-Match": "*"}).status_code == 200


def test_a_question_that_fails_is_no_304(client: TestClient) -> None:
    assert client.get("/api/trace?points=2,2", headers={"If-None-Match": "*"}).status_code == 422


# Known questions


def test_a_known_address_costs_no_run(fresh: TestClient, runs: list[Any]) -> None:
    first = fresh.get(ADDRESS)
    assert len(runs) == 1
    assert fresh.get(ADDRESS).content == first.content
    assert fresh.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert len(runs) == 1


def test_a_304_alone_makes_an_address_known(fresh: TestClient, runs: list[Any]) -> None:
    for _ in range(2):
        assert fresh.get(ADDRESS, headers={"If-None-Match": "*"}).status_code == 304
    assert len(runs) == 1
    assert fresh.get(ADDRESS).json()["length"] == 3


def test_a_body_is_run_each_time(fresh: TestClient, runs: list[Any]) -> None:
    """Nothing that was posted is kept: most of it comes once."""
    first, second = (fresh.post("/api/trace", json=BODY) for _ in range(2))
    assert first.content == second.content and first.headers == second.headers
    assert len(runs) == 2


OTHERS = [
    ("GET", ADDRESS + "&memory=false", {}),
    ("GET", ADDRESS, {"Accept": BINARY}),
    ("GET", ADDRESS + "&layout=steps", {}),
    ("GET", ADDRESS.replace("0.26", "0.27"), {}),
    ("POST", ADDRESS, {}),
]


def test_another_question_is_run(fresh: TestClient, runs: list[Any]) -> None:
    first = fresh.get(ADDRESS)
    for count, (method, address, headers) in enumerate(OTHERS, start=2):
        found = fresh.request(method, address, headers=headers, json=BODY if method == "POST" else None)
        assert found.status_code == 200 and len(runs) == count, (method, address, headers)
        assert method == "POST" or found.content != first.content


def test_a_failure_is_not_remembered(fresh: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: Lab, query: Any, **how: Any) -> Any:
        raise InputError("Not today.")

    with monkeypatch.context() as broken:
        broken.setattr(Lab, "trace", fails)
        assert fresh.get(ADDRESS).status_code == fresh.post("/api/trace", json=BODY).status_code == 422
    assert fresh.get(ADDRESS).status_code == fresh.post("/api/trace", json=BODY).status_code == 200


def test_known_bytes_count_only_where_they_say_that_they_are_json(fresh: TestClient) -> None:
    text = json.dumps(BODY)
    as_json, as_text = ({"Content-Type": kind} for kind in ("application/json", "text/plain"))
    assert fresh.post("/api/trace", content=text, headers=as_json).status_code == 200
    assert fresh.post("/api/trace", content=text, headers=as_text).status_code == 422
    assert fresh.post("/api/trace", content=text).status_code == 422


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", "application/x.ours+json"]
)
def test_json_by_any_name_is_read_and_kept_apart_from_nothing(fresh: TestClient, kind: str) -> None:
    found = fresh.post("/api/trace", content=json.dumps(BODY), headers={"Content-Type": kind})
    assert found.status_code == 200 and found.json()["length"] == 3
    assert fresh.post("/api/trace", headers={"Content-Type": kind}).status_code == 422
    assert fresh.post("/api/trace", content=b"").status_code == 422


def test_services_do_not_share_what_they_know(fresh: TestClient, runs: list[Any]) -> None:
    fresh.get(ADDRESS)
    TestClient(create_app(Settings())).get(ADDRESS)
    assert len(runs) == 2


# The short way and the long way


@quick
@given(body=almost | anything)
def test_the_short_way_says_what_the_long_way_says(client: TestClient, body: Any) -> None:
    """A body that is called anything but application/json is left to FastAPI."""
    check_both(client, json.dumps(body))


@pytest.mark.parametrize("body", [body for body, _, _ in BODIES.values()], ids=list(BODIES))
def test_so_it_does_of_every_bad_body(client: TestClient, body: Any) -> None:
    check_both(client, body if isinstance(body, (bytes, str)) else json.dumps(body))


def check_both(client: TestClient, content: bytes | str) -> None:
    kinds = ("application/json", "application/ours+json")
    short, long = (
        client.post("/api/trace", content=content, headers={"Content-Type": kind}) for kind in kinds
    )
    assert (short.status_code, short.content) == (long.status_code, long.content)


# Within so many bytes


def asked(n: int) -> Question:
    return wire.JSON, b"points=%d" % n


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    answers = Answers(limit=10_000)
    for n in range(4):
        answers.keep(asked(n), Answer(bytes(1500), "x"))
    assert answers.get(asked(0)) is None  # 4 times 2,500 bytes and some
    assert answers.get(asked(1))
    answers.keep(asked(4), Answer(bytes(1500), "x"))
    assert answers.get(asked(1)) and answers.get(asked(2)) is None


def test_the_limit_holds_whatever_comes() -> None:
    answers = Answers(limit=50_000)
    for n in range(500):
        answers.keep(asked(n % 70), Answer(bytes(37 * n % 9000), "x"))
        held = [answer for k in range(70) if (answer := answers.get(asked(k)))]
        assert sum(len(answer.body) for answer in held) <= answers.size <= answers.limit
    assert len(held) > 3


def test_what_is_larger_than_the_limit_displaces_nothing() -> None:
    answers = Answers(limit=10_000)
    answers.keep(asked(1), Answer(b"small", "x"))
    answers.keep(asked(2), Answer(bytes(10_001), "x"))
    assert answers.get(asked(1)) and answers.get(asked(2)) is None


def test_the_setting_is_the_limit(runs: list[Any]) -> None:
    client = TestClient(create_app(Settings(cached_bytes=0)))
    assert client.get(ADDRESS).content == client.get(ADDRESS).content
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("identity, gzip; q=0.000", False),
        ("br", False),
    ],
)
def test_an_answer_is_packed_only_for_whom_that_is_right(
    client: TestClient, accepted: str, packed: bool
) -> None:
    headers = client.get(ADDRESS, headers={"Accept-Encoding": accepted}).headers
    assert (headers.get("Content-Encoding") == "gzip") is packed
    assert headers["ETag"].startswith('W/"')
