"""The pages: their first picture is inlined, a bad address still opens, and nothing inline is ever run."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from functools import cached_property
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from app.content import words, words_of
from app.main import create_app
from app.settings import Settings


class Page(HTMLParser):
    """What matters of a page here: its tags, and what stands inside its scripts."""

    def __init__(self, found: Any) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[dict[str, str | None], str]] = []
        self._script: dict[str, str | None] | None = None
        assert found.headers["Content-Type"] == "text/html; charset=utf-8", found.headers
        self.text: str = found.text
        self.feed(found.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._script = dict(attrs) if tag == "script" else None

    def handle_data(self, data: str) -> None:
        if self._script is not None and data.strip():
            self.inside.append((self._script, data))

    def handle_endtag(self, tag: str) -> None:
        self._script = None

    @cached_property
    def boot(self) -> dict[str, Any]:
        (text,) = [data for script, data in self.inside if script.get("id") == "boot"]
        found: dict[str, Any] = json.loads(text, parse_constant=pytest.fail)
        return found

    @property
    def addresses(self) -> set[str]:
        names = ("src", "href", "action", "srcset", "poster", "data")
        return {value for _, attrs in self.tags for name in names if (value := attrs.get(name))}


def open_page(client: TestClient, address: str = "/", status: int = 200, **query: str) -> Page:
    found = client.get(address, params=query)
    assert found.status_code == status, found.text[:300]
    return Page(found)


@pytest.fixture(scope="module")
def default(client: TestClient) -> dict[str, Any]:
    """What the page holds when nothing is asked for."""
    return open_page(client).boot


# The page's JSON is the API's

QUERIES: list[dict[str, str]] = [
    {},
    {"model": "ball-gru", "scene": "circular-7"},
    {"points": "0.10,0.20;-;0.25,0.26", "model": "ball-window-2"},
    {"memory": "off", "scene": "curve-3"},
    {"hide": "9-14", "generate": "12", "model": "ball-gru"},
    {"hide": "2-2", "points": "0.1,0.2;0.2,0.2;0.3,0.2"},
]


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_what_is_inlined_is_what_the_api_answers(client: TestClient, query: dict[str, str]) -> None:
    boot = open_page(client, **query).boot
    assert boot["notices"] == []
    asked = boot["asked"]
    first, last = asked["hide"] or (0, -1)
    points = [None if first <= t <= last else p for t, p in enumerate(boot["points"], start=1)]
    body = {
        "model": asked["model"],
        "input": {"points": points},
        "memory": asked["memory"],
        "generate": asked["generate"],
    }
    assert boot["trace"] == client.post("/api/trace", json=body).json()
    assert boot["model"] == client.get(f"/api/models/{asked['model']}").json()
    listed = client.get("/api/models").json()["models"]
    assert boot["models"] == [model for model in listed if model["task"] == "ball"]
    assert boot["weights"] == client.get(f"/api/models/{asked['model']}/weights").json()["weights"]
    assert boot["words"] == words_of("ball")
    if asked["scene"]:
        motion, _, seed = asked["scene"].rpartition("-")
        frames = boot["defaults"]["thrown"]
        address = f"/api/ball/paths?motion={motion}&seed={seed}&frames={frames}"
        assert [boot["path"]] == client.get(address).json()["paths"]
        assert boot["points"] == boot["path"]["points"][: len(points)]
    else:
        assert boot["path"] is None


def test_an_address_asks_for_what_it_says(client: TestClient) -> None:
    asked = open_page(
        client, model="ball-gru", scene="circular-7", hide="3-5", memory="off", generate="4"
    ).boot["asked"]
    assert asked == {
        "model": "ball-gru",
        "scene": "circular-7",
        "hide": [3, 5],
        "memory": False,
        "generate": 4,
        "edit": None,
    }


def test_without_an_address_the_defaults_are_shown(default: dict[str, Any]) -> None:
    asked, defaults = default["asked"], default["defaults"]
    assert (asked["model"], asked["scene"]) == (defaults["model"], defaults["scene"])
    assert asked["memory"] is True and asked["hide"] is None and asked["generate"] == 0
    assert default["trace"]["length"] == defaults["frames"]


def test_the_page_is_small(client: TestClient) -> None:
    page = open_page(client)
    trace = len(gzip.compress(json.dumps(page.boot["trace"], separators=(",", ":")).encode()))
    whole = len(gzip.compress(page.text.encode()))
    print(f"the default trace is {trace} bytes compressed, the whole page {whole}")
    assert trace <= 25_000
    assert whole <= 33_000


def test_the_page_is_sent_compressed(client: TestClient) -> None:
    assert client.get("/", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "identity"}).headers


# A bad address

BAD = {
    "model": ["nope", "", "../ball-rnn", "ball-rnn\0", "é" * 2000, "constructor"],
    "scene": [
        "",
        "bouncing",
        "bouncing-",
        "bouncing-x",
        "bouncing--1",
        "nope-7",
        "bouncing-1.5",
        "bouncing-٣",
        "-7",
        "bouncing-" + "9" * 10,
    ],
    "points": ["", "0.1", "1.5,0", "nan,0", "0.1,0.2;", "a,b;c,d", "-" + ";-" * 200, "9" * 5000, "1_0,0"],
    "hide": ["", "9", "0-4", "14-9", "a-b", "9-9999", "9-14-20", "٣-٤"],
    "memory": ["", "true", "ON", "0", "constructor"],
    "generate": ["", "-1", "1.5", "9999", "9" * 5000, "٣", "²"],
}
ANYWHERE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "'\"><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}",
    "%00%FF",
    "\u2028\u2029",
    "💥" * 500,
    "x" * 20_000,
]
CASES = [(field, text) for field in BAD for text in BAD[field] + ANYWHERE]


@pytest.mark.parametrize(("field", "text"), CASES, ids=lambda text: ascii(text)[:40])
def test_a_bad_field_becomes_the_default_with_a_notice(
    client: TestClient, default: dict[str, Any], field: str, text: str
) -> None:
    page = open_page(client, **{field: text})
    (notice,) = page.boot["notices"]
    assert notice["field"] == field
    assert notice["detail"].endswith(".")
    assert {**page.boot, "notices": []} == default
    check_nothing_inline(page)


@pytest.mark.parametrize("text", ANYWHERE, ids=lambda text: ascii(text)[:40])
def test_a_bad_field_leaves_the_good_ones_alone(client: TestClient, text: str) -> None:
    boot = open_page(client, memory="off", points=text, scene="circular-7", model="ball-gru", hide=text).boot
    assert [notice["field"] for notice in boot["notices"]] == ["points", "hide"]
    assert boot["asked"] == {
        **{
            "model": "ball-gru",
            "scene": "circular-7",
            "hide": None,
            "memory": False,
            "generate": 0,
            "edit": None,
        }
    }


def test_a_field_that_we_do_not_know_is_somebody_elses(client: TestClient, default: dict[str, Any]) -> None:
    assert open_page(client, utm_source="x", z="1").boot == default


def test_a_link_to_other_weights_says_so_and_shows_the_network_that_was_meant(client: TestClient) -> None:
    boot = open_page(client, model="ball-gru@00000000").boot
    assert [notice["code"] for notice in boot["notices"]] == ["model_changed"]
    assert boot["asked"]["model"] == "ball-gru"
    assert boot["trace"]["model"] == boot["model"]["pinned"]


def test_a_link_to_the_same_weights_says_nothing(client: TestClient) -> None:
    pinned = open_page(client, model="ball-gru").boot["model"]["pinned"]
    boot = open_page(client, model=pinned).boot
    assert boot["notices"] == [] and boot["asked"]["model"] == "ball-gru"


# Other pages


def test_an_unknown_page_is_a_page_and_an_unknown_route_is_json(client: TestClient) -> None:
    page = open_page(client, "/nope", 404)
    assert words()["error"]["title"] in page.text and "/nope" in page.text
    assert "/" in page.addresses
    found = client.get("/api/nope")
    assert found.status_code == 404
    assert found.json() == {"error": "not_found", "detail": "There is nothing at /api/nope.", "params": {}}


def test_what_is_asked_for_cannot_write_into_the_error_page(client: TestClient) -> None:
    page = open_page(client, "/<script>alert(1)</script><img onerror=x>", 404)
    assert not [tag for tag, _ in page.tags if tag in ("script", "img")]
    check_nothing_inline(page)


def test_another_method_on_a_page_is_a_page(client: TestClient) -> None:
    found = client.post("/")
    assert found.status_code == 405 and Page(found)


def test_the_api_page_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = open_page(client, "/docs")
    for address in page.addresses:
        assert not urlsplit(address).netloc and address.startswith("/"), address
        assert client.get(address).status_code == 200, address
    assert "servers" not in client.get("/openapi.json").json()


@pytest.mark.parametrize("address", ["/", "/docs", "/nope"])
def test_every_file_of_a_page_is_there_and_ours(client: TestClient, address: str) -> None:
    page = Page(client.get(address))
    for address in page.addresses:
        assert not urlsplit(address).netloc, address
        if address.startswith("/static"):
            assert client.get(address).status_code == 200, address
    assert any(address.endswith(".css") for address in page.addresses)


def test_the_service_answers(client: TestClient) -> None:
    found = client.get("/healthz")
    assert found.status_code == 200 and found.json() == {"status": "ok"}


# Nothing inline, nothing from elsewhere


def check_nothing_inline(page: Page) -> None:
    for tag, attrs in page.tags:
        assert tag != "style" and "style" not in attrs, (tag, attrs)
        assert not [name for name in attrs if name.startswith("on")], (tag, attrs)
        assert not [
            value for value in attrs.values() if value and value.strip().lower().startswith("javascript:")
        ]
        assert tag not in ("base", "object", "embed", "iframe", "form")
    for script, data in page.inside:
        assert script.get("type") == "application/json", data[:80]
        assert "<" not in data


@pytest.mark.parametrize("address", ["/", "/docs", "/nope", "/?model=%3C/script%3E"])
def test_nothing_stands_inline_but_data(client: TestClient, address: str) -> None:
    check_nothing_inline(Page(client.get(address)))


@pytest.mark.parametrize("address", ["/", "/docs", "/nope"])
def test_a_page_holds_words_and_no_python(client: TestClient, address: str) -> None:
    text = client.get(address).text
    assert not re.search(
        r"built-in method|bound method|&lt;function|<function|object at 0x|Undefined|\{\{|\}\} ", text
    )


ANSWERS = {
    "/": 200,
    "/docs": 200,
    "/nope": 404,
    "/healthz": 200,
    "/openapi.json": 200,
    "/static/favicon.svg": 200,
    "/static/nope": 404,
    "/static": 307,
    "/api/models": 200,
    "/api/models/ball-rnn/file": 200,
    "/api/models/nope": 404,
    "/api/trace": 422,
    "/api/trace?points=0.1,0.2": 200,
}


def check_headers(found: Any) -> None:
    policy = dict(part.split(" ", 1) for part in found.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in found.headers["Content-Security-Policy"] and "*" not in str(policy)
    for sources in policy.values():
        assert re.fullmatch(
            r"('self'|'none'|data:|'sha256-[\w+/=]+')( ('self'|data:|'sha256-[\w+/=]+'))*", sources
        )
    assert policy["script-src"].split()[0] == "'self'" and policy["style-src"] == "'self'"
    assert policy["base-uri"] == "'none'" and policy["form-action"] == "'none'"
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert found.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("address", ANSWERS)
def test_every_answer_has_the_headers(client: TestClient, address: str) -> None:
    found = client.get(address, follow_redirects=False)
    assert found.status_code == ANSWERS[address]
    check_headers(found)


def test_a_304_a_405_and_a_413_have_them_too(client: TestClient) -> None:
    etag = client.get("/api/models").headers["ETag"]
    unchanged = client.get("/api/models", headers={"If-None-Match": etag})
    large = client.post("/api/trace", content=b" " * 70_000, headers={"Content-Type": "application/json"})
    broken = client.post("/api/trace", content=b"{", headers={"Content-Type": "application/json"})
    answers = [unchanged, client.put("/api/models"), client.put("/"), large, broken]
    assert [found.status_code for found in answers] == [304, 405, 405, 413, 400]
    for found in answers:
        check_headers(found)


def test_script_and_style_stay_in_the_browser_for_good_and_the_page_does_not(client: TestClient) -> None:
    page = open_page(client)
    bundled = [address for address in page.addresses if "/dist/" in address]
    assert len(bundled) == 2
    for address in bundled:
        assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get("/").headers["Cache-Control"] == "no-cache"


def test_sources_are_served_under_the_same_policy() -> None:
    client = TestClient(create_app(Settings(dev=True)), raise_server_exceptions=False)
    found = client.get("/")
    check_headers(found)
    page = Page(found)
    ((script, text),) = [(s, data) for s, data in page.inside if s.get("type") != "application/json"]
    assert script == {"type": "importmap"}
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in found.headers["Content-Security-Policy"]
    for address in [*json.loads(text)["imports"].values(), "/static/js/main.js", "/static/css/main.css"]:
        assert client.get(address).status_code == 200, address


def test_more_steps_than_allowed_are_clamped(client: TestClient) -> None:
    page = open_page(client, generate="99")
    assert page.boot["asked"]["generate"] == page.boot["limits"]["generate"] == 12
    assert page.boot["trace"]["generated"] == 12 and not page.boot["notices"]


def test_a_link_with_edits_shows_them(client: TestClient) -> None:
    edits = ["scale:layers.0.W_hh:0", "h0[2]:0.4", "force:layers.0.h[3]:0"]
    page = open_page(client, edit=";".join(edits))
    assert page.boot["notices"] == [] and page.boot["asked"]["edit"] == ";".join(edits)
    question = {"model": "ball-rnn", "input": {"points": page.boot["points"]}}
    answer = client.post("/api/trace", json=question | {"edits": edits}).json()
    assert page.boot["trace"]["values"] == answer["values"]
    plain = client.post("/api/trace", json=question).json()
    assert answer["values"]["logits"] != plain["values"]["logits"]
    again = client.get("/", params={"edit": edits})  # as the API's own addresses have them
    assert Page(again).boot["trace"]["values"] == answer["values"]
    assert page.boot["weights"] == client.get("/api/models/ball-rnn/weights").json()["weights"]


@pytest.mark.parametrize(
    "edit",
    [
        "nonsense",
        "scale:layers.0.nothing:2",
        "force:layers.0.h[99]:0",
        "h0[2]:0.4;x",
        "x" * 300,
        ";".join(["h0[2]:0.4"] * 201),
        "scale:readout.W:1e6;scale:readout.W:1e6;scale:readout.W:1e6;scale:readout.W:1e6;scale:readout.W:1e6;scale:readout.W:1e6;scale:readout.W:1e6",
    ],
)
def test_edits_that_cannot_be_made_are_left_out_with_a_notice(client: TestClient, edit: str) -> None:
    page = open_page(client, edit=edit, generate="4")
    assert [notice["field"] for notice in page.boot["notices"]] == ["edit"]
    assert page.boot["asked"]["edit"] is None
    assert page.boot["trace"]["values"] == open_page(client, generate="4").boot["trace"]["values"]


@pytest.mark.parametrize("model", ["review-gru", "names-gru"])
def test_every_page_shows_the_edits_of_its_address(client: TestClient, model: str) -> None:
    edits = ["scale:layers.0.W_hh:0", "h0[2]:0.4"]
    page = open_page(client, model=model, edit=";".join(edits))
    trace = page.boot["trace"]
    assert page.boot["notices"] == [] and page.boot["asked"]["edit"] == ";".join(edits)
    body = {"model": model, "input": {"text": trace["input"]["text"]}, "edits": edits}
    answer = client.post("/api/trace", json=body).json()
    assert (trace["values"], trace["initial"]) == (answer["values"], answer["initial"])
    bad = open_page(client, model=model, edit="nonsense").boot
    assert [notice["field"] for notice in bad["notices"]] == ["edit"] and bad["asked"]["edit"] is None


def test_before_any_word_the_answer_is_that_of_the_start(client: TestClient) -> None:
    body = {"model": "review-gru", "input": {"text": "good"}, "edits": ["h0[2]:0.9"]}
    found = client.post("/api/trace", json=body).json()["initial"]["logits"]
    weights = client.get("/api/models/review-gru/weights?without=embedding.W").json()["weights"]
    expected = [b + 0.9 * row[2] for row, b in zip(weights["readout.W"], weights["readout.b"], strict=True)]
    assert found == pytest.approx(expected, abs=1e-5)


def test_the_bet_is_of_the_default_scene_on_every_address(client: TestClient) -> None:
    bets = [
        open_page(client, **query).boot["bet"] for query in ({}, {"scene": "curve-3"}, {"points": "0.1,0.2"})
    ]
    assert bets[0] == bets[1] == bets[2]
    assert len(bets[0]["points"]) >= 4
