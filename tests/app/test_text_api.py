"""Reviews and names over the wire: tokens, traces, attributions, made-up names, words, softmax."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from engine import attribution
from engine.checkpoint import Checkpoint, load
from engine.errors import CheckpointError
from engine.generate import Sampling
from engine.softmax import softmax
from engine.tasks import review_states
from engine.tasks.names import END, LETTERS
from engine.tasks.names_exam import spell
from engine.tasks.registry import task

FOLDER = Settings().models
READERS = {path.stem: load(path) for path in sorted(FOLDER.glob("*.safetensors"))}
READERS = {id: checkpoint for id, checkpoint in READERS.items() if len(checkpoint.vocabulary)}
REVIEWS = [id for id in READERS if id.startswith("review-")]
NAMES = [id for id in READERS if id.startswith("names-")]
every_reader = pytest.mark.parametrize("id", READERS)
every_review = pytest.mark.parametrize("id", REVIEWS)
every_speller = pytest.mark.parametrize("id", NAMES)


def ask(client: TestClient, id: str, text: str, **more: Any) -> dict[str, Any]:
    found = client.post("/api/trace", json={"model": id, "input": {"text": text}, **more})
    assert found.status_code == 200, found.text
    answer: dict[str, Any] = found.json()
    return answer


def run(checkpoint: Checkpoint, text: str) -> dict[str, np.ndarray]:
    tokens = task(checkpoint.task).tokens(text)
    return checkpoint.network.forward(checkpoint.vocabulary.encode(tokens)[:, None]).sequence()


# Traces


@every_reader
def test_a_text_gets_the_engines_numbers(client: TestClient, id: str) -> None:
    texts = {"names": "emma", "recall": "c a f e b a b e"}
    text = texts.get(READERS[id].task, "Not bad, but it isn't GOOD.")
    answer, expected = ask(client, id, text), run(READERS[id], text)
    assert answer["input"]["tokens"] == task(READERS[id].task).tokens(text)
    assert answer["length"] == len(answer["input"]["tokens"])
    assert list(answer["values"]) == list(expected)
    for name, rows in answer["values"].items():
        np.testing.assert_array_equal(np.array(rows, np.float32), expected[name], err_msg=name)


@every_reader
def test_an_address_gets_the_same_bytes_and_an_etag(client: TestClient, id: str) -> None:
    body = {"model": id, "input": {"text": "abc"}}
    got = client.get("/api/trace", params={"model": id, "text": "abc"})
    assert got.content == client.post("/api/trace", json=body).content
    again = client.get(
        "/api/trace", params={"model": id, "text": "abc"}, headers={"If-None-Match": got.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("params", [{}, {"text": "a", "points": "0.1,0.2"}], ids=str)
def test_an_address_gives_points_or_a_text(client: TestClient, params: dict[str, str]) -> None:
    found = client.get("/api/trace", params={"model": "review-gru", **params})
    assert found.status_code == 422
    assert "give points or a text, and not both" in found.json()["detail"]


@every_reader
def test_before_any_token_the_heads_speak_of_zeros(client: TestClient, id: str) -> None:
    initial = ask(client, id, "a")["initial"]
    bias = READERS[id].network.parameters["readout.b"]
    np.testing.assert_array_equal(np.array(initial["logits"], np.float32), bias)
    np.testing.assert_allclose(initial["probs"], softmax(bias), atol=1e-7)


@every_review
@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200e", "\u0000\u0007"], ids=repr)
def test_an_empty_review_is_answered_before_any_word(client: TestClient, id: str, text: str) -> None:
    answer = ask(client, id, text)
    assert answer["length"] == 0 and answer["input"]["tokens"] == []
    assert all(rows == [] for rows in answer["values"].values())
    assert sum(answer["initial"]["probs"]) == pytest.approx(1, abs=1e-6)


@every_speller
def test_an_empty_name_is_one_step_before_any_letter(client: TestClient, id: str) -> None:
    answer = ask(client, id, "")
    assert answer["length"] == 1 and answer["input"]["tokens"] == [END]
    assert answer["outputs"] == list(LETTERS)


@every_review
def test_unknown_words_are_marked_by_their_places(client: TestClient, id: str) -> None:
    answer = ask(client, id, "good 😀 blorptastic film שלום")
    assert answer["input"]["unknown"] == [1, 2, 4]
    same = ask(client, id, "good 🎬 qwxz film Ωμέγα")
    assert same["values"]["probs"] == answer["values"]["probs"]


def test_a_letter_that_no_name_has_is_refused(client: TestClient) -> None:
    found = client.post("/api/trace", json={"model": NAMES[0], "input": {"text": "zoë"}})
    assert found.status_code == 422
    assert found.json()["detail"] == "This network knows no 'ë'."


def test_ten_thousand_words_are_over_the_limit_which_is_named(client: TestClient) -> None:
    found = client.post("/api/trace", json={"model": REVIEWS[0], "input": {"text": "a " * 9_999}})
    assert found.status_code == 422
    assert found.json()["params"] == {"what": "time steps", "limit": 200, "came": 9_999}
    longer = client.post("/api/trace", json={"model": REVIEWS[0], "input": {"text": "word " * 10_000}})
    assert longer.status_code == 422 and longer.json()["error"] == "over_limit"
    assert longer.json()["params"] == {"what": "characters of input.text", "limit": 20_000, "came": 50_000}


@pytest.mark.parametrize(
    ("model", "given", "sentence"),
    [
        (REVIEWS[0], {"points": [[0.1, 0.2]]}, "reads a text. Give it as input.text."),
        (REVIEWS[0], {"values": [[0.1]]}, "reads a text. Give it as input.text."),
        ("ball-rnn", {"text": "good"}, "ball-rnn reads points or values, no text."),
        (REVIEWS[0], {"text": "good", "points": [[0.1, 0.2]]}, "give points, values or a text, and only one"),
        (REVIEWS[0], {}, "give points, values or a text, and only one"),
        (REVIEWS[0], {"text": 3}, "valid string"),
    ],
)
def test_each_network_says_what_it_reads(
    client: TestClient, model: str, given: dict[str, Any], sentence: str
) -> None:
    found = client.post("/api/trace", json={"model": model, "input": given})
    assert found.status_code == 422
    assert sentence in found.json()["detail"]


@every_reader
def test_a_text_goes_with_edits_without_memory_and_step_by_step(client: TestClient, id: str) -> None:
    plain = ask(client, id, "abc")
    edited = ask(client, id, "abc", edits=["readout.b[0]:5"])
    assert edited["values"]["layers.0.h"] == plain["values"]["layers.0.h"]
    assert edited["values"]["probs"] != plain["values"]["probs"]
    assert ask(client, id, "abc", memory=False)["length"] == plain["length"]
    steps = ask(client, id, "abc", layout="steps")["steps"]
    assert [step["probs"] for step in steps] == plain["values"]["probs"]


@every_reader
def test_a_text_does_not_go_on_by_itself(client: TestClient, id: str) -> None:
    found = client.post("/api/trace", json={"model": id, "input": {"text": "a"}, "generate": 2})
    assert found.status_code == 422


# Attributions


@every_review
def test_attributions_are_the_engines(client: TestClient, id: str) -> None:
    found = client.post("/api/attributions", json={"model": id, "text": "good, not bad"}).json()
    network = READERS[id].network
    symbols = READERS[id].vocabulary.encode(["good", ",", "not", "bad"])
    expected = {
        "step_change": attribution.step_change(network, symbols),
        "leave_one_out": attribution.leave_one_out(network, symbols),
        "gradient_x_input": attribution.gradient_times_input(network, symbols),
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=1e-6, err_msg=name)
    shapley = attribution.shapley(network, symbols)
    np.testing.assert_allclose(found["shapley"]["values"], shapley.values, atol=1e-6)
    np.testing.assert_allclose(found["shapley"]["pairs"], shapley.pairs, atol=1e-6)
    probs = ask(client, id, "good, not bad")["values"]["probs"]
    np.testing.assert_allclose(found["after"], probs[-1], atol=1e-6)
    assert found["input"]["tokens"] == ["good", ",", "not", "bad"]


@every_review
def test_long_and_empty_texts_are_weighed_as_far_as_that_goes(client: TestClient, id: str) -> None:
    eleven = client.post("/api/attributions", json={"model": id, "text": "a b c d e f g h i j k"}).json()
    assert eleven["shapley"] is None and len(eleven["leave_one_out"]) == 11
    nothing = client.post("/api/attributions", json={"model": id, "text": ""}).json()
    assert nothing["before"] == nothing["after"] and "step_change" not in nothing
    many = client.post("/api/attributions", json={"model": id, "text": "a " * 61})
    assert many.json()["params"] == {"what": "tokens", "limit": 60, "came": 61}


def test_a_network_without_words_has_nothing_to_weigh(client: TestClient) -> None:
    found = client.post("/api/attributions", json={"model": "ball-rnn", "text": "a"})
    assert found.status_code == 422 and "reads numbers" in found.json()["detail"]


# Names


@every_speller
def test_a_made_up_name_is_the_engines_and_its_answer_a_trace(client: TestClient, id: str) -> None:
    for seed in (0, 1, 2**40):
        query = {"model": id, "seed": seed, "temperature": 0.7, "top_k": 5}
        answer = client.post("/api/generate", json=query).json()
        name = spell(READERS[id].network, seed, Sampling(0.7, 5))
        assert answer["input"]["text"] == name
        assert answer == ask(client, id, name)
        assert client.post("/api/generate", json=query).json() == answer


@every_speller
def test_a_name_goes_on_from_its_prefix(client: TestClient, id: str) -> None:
    for prefix in ("ma", "Z", "xq"):
        answer = client.post("/api/generate", json={"model": id, "prefix": prefix}).json()
        assert answer["input"]["text"].startswith(prefix.lower())
    short = client.post("/api/generate", json={"model": id, "length": 2, "temperature": 5}).json()
    assert len(short["input"]["text"]) <= 2


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"temperature": 0}, "temperature has to be above 0; 0 came."),
        ({"temperature": -1}, "temperature has to be above 0; -1 came."),
        ({"prefix": "a1"}, "This network knows no '1'."),
        ({"prefix": "a" * 21}, "At most 20 letters are allowed; 21 came."),
        ({"length": 21}, "At most 20 letters are allowed; 21 came."),
        ({"model": "review-gru"}, "review-gru does not say what comes next."),
        ({"model": "ball-rnn"}, "ball-rnn reads numbers, not symbols."),
        ({"seed": -1}, "greater than or equal to 0"),
    ],
    ids=str,
)
def test_what_cannot_be_made_up_is_refused(client: TestClient, query: dict[str, Any], sentence: str) -> None:
    found = client.post("/api/generate", json={"model": NAMES[0], **query})
    assert found.status_code == 422
    assert sentence in found.json()["detail"]


# Words


@every_review
def test_a_word_is_a_row_of_the_embedding(client: TestClient, id: str) -> None:
    found = client.get(f"/api/models/{id}/words", params={"word": "good"}).json()
    words, W = READERS[id].vocabulary, READERS[id].network.parameters["embedding.W"]
    assert words.symbols[found["number"]] == "good" and found["known"]
    assert found["vocabulary"] == len(words) == len(W)
    row = W[found["number"]]
    np.testing.assert_array_equal(np.array(found["vector"], np.float32), row)
    cosines = W @ row / (np.linalg.norm(W, axis=1) * np.linalg.norm(row))
    for near in found["nearest"]:
        assert near["cosine"] == pytest.approx(cosines[near["number"]], abs=1e-4)
        assert words.symbols[near["number"]] == near["word"] != "good"
    assert found["nearest"][0]["cosine"] == pytest.approx(np.sort(cosines)[-2], abs=1e-4)


@every_review
def test_an_unknown_word_is_the_row_of_the_unknown(client: TestClient, id: str) -> None:
    found = client.get(f"/api/models/{id}/words", params={"word": "blorptastic"}).json()
    assert not found["known"] and found["number"] == 0
    assert found["vector"] == client.get(f"/api/models/{id}/words", params={"word": "<unk>"}).json()["vector"]


@pytest.mark.parametrize("id", ["review-gru", "ball-rnn"])
def test_weights_may_be_left_out(client: TestClient, id: str) -> None:
    names = ["embedding.W", "readout.W"]
    whole = client.get(f"/api/models/{id}/weights").json()["weights"]
    found = client.get(f"/api/models/{id}/weights", params={"without": names}).json()["weights"]
    assert found == {name: rows for name, rows in whole.items() if name not in names}


# Softmax


def test_every_step_of_softmax(client: TestClient) -> None:
    found = client.post(
        "/api/softmax", json={"logits": [2.0, 1.0, 0.1], "temperature": 0.5, "target": 1}
    ).json()
    z = np.array([4.0, 2.0, 0.2])
    np.testing.assert_allclose(found["scaled"], z)
    assert found["max"] == 4
    np.testing.assert_allclose(found["shifted"], z - 4)
    np.testing.assert_allclose(found["exp"], np.exp(z - 4))
    assert found["sum"] == pytest.approx(np.exp(z - 4).sum())
    p = np.exp(z) / np.exp(z).sum()
    np.testing.assert_allclose(found["probs"], p, rtol=1e-14)
    np.testing.assert_allclose(found["log_probs"], np.log(p), rtol=1e-14)
    np.testing.assert_allclose(found["sigmoids"], 1 / (1 + np.exp(-z)))
    np.testing.assert_allclose(found["jacobian"], (np.diag(p) - np.outer(p, p)) / 0.5)
    assert found["loss"] == pytest.approx(-np.log(p[1]))
    np.testing.assert_allclose(found["gradient"], (p - [0, 1, 0]) / 0.5)
    np.testing.assert_allclose(found["check"], found["gradient"], atol=1e-9)
    np.testing.assert_allclose(found["naive"]["probs"], p, rtol=1e-14)


def test_what_overflows_is_null_and_the_right_way_does_not(client: TestClient) -> None:
    found = client.post("/api/softmax", json={"logits": [1000, 1001, 1002]}).json()
    assert found["naive"] == {"exp": [None] * 3, "sum": None, "probs": [None] * 3}
    np.testing.assert_allclose(found["probs"], [0.0900, 0.2447, 0.6652], atol=5e-5)
    assert "loss" not in found


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"logits": [1, 2], "temperature": 0}, "temperature has to be above 0; 0 came."),
        ({"logits": [1, 2], "temperature": -2}, "temperature has to be above 0; -2 came."),
        ({"logits": [1]}, "at least 2 items"),
        ({"logits": [1, 2], "target": 2}, "There are 2 classes, counted from 0; 2 came as the target."),
        ({"logits": [1, "a"]}, "valid number"),
    ],
    ids=str,
)
def test_scores_that_have_no_softmax_are_refused(
    client: TestClient, query: dict[str, Any], sentence: str
) -> None:
    found = client.post("/api/softmax", json=query)
    assert found.status_code == 422
    assert sentence in found.json()["detail"]


HUGE = [{"logits": [-1, 1.84], "temperature": 1e-320}, {"logits": [1e308, 0], "temperature": 0.5}]


@pytest.mark.parametrize("body", HUGE)
def test_scores_that_no_number_holds_are_refused(client: TestClient, body: dict[str, Any]) -> None:
    found = client.post("/api/softmax", json=body)
    assert found.status_code == 422
    assert "64-bit" in found.json()["detail"]


def test_entropy_is_one_number_and_never_minus_zero(client: TestClient) -> None:
    assert client.post("/api/softmax", json={"logits": [900, 0]}).text.count('"entropy":0.0') == 1


def test_the_ends_of_reviews_are_those_of_the_weights(client: TestClient) -> None:
    found = client.get("/api/models/review-gru/states").json()
    assert len(found["labels"]) == len(found["lines"]) == len(found["values"]["layers.0.h"]) == 200
    assert found["model"] == client.get("/api/models/review-gru").json()["pinned"]
    for id in ("review-bow", "names-gru", "ball-rnn"):
        none = client.get(f"/api/models/{id}/states").json()
        assert (none["labels"], none["lines"], none["values"]) == ([], [], {})
    assert client.get("/api/models/nope/states").status_code == 404


def test_states_of_other_weights_are_not_shown(tmp_path: Path) -> None:
    for name in ("review-rnn-2.safetensors", "review-rnn-2.states"):
        shutil.copy(Settings().models / name, tmp_path / name.replace("rnn-2", "mine"))
    other = review_states.load(Settings().models / "review-rnn-2.states")._replace(digest="00000000")
    review_states.save(tmp_path / "review-mine.states", other)
    client = TestClient(create_app(Settings(models=tmp_path)))
    assert client.get("/api/models/review-mine/states").json()["labels"] == []


@pytest.mark.parametrize("broken", ["nonsense", "others"])
def test_a_damaged_file_of_states_is_told_of_when_the_service_starts(tmp_path: Path, broken: str) -> None:
    for name in ("review-rnn-2.safetensors", "review-rnn-2.states"):
        shutil.copy(Settings().models / name, tmp_path / name)
    file = tmp_path / "review-rnn-2.states"
    if broken == "nonsense":
        file.write_bytes(b"nonsense")
    else:
        found = review_states.load(file)
        review_states.save(file, found._replace(values={"layers.1.h": found.values["layers.0.h"]}))
    with pytest.raises(CheckpointError, match=r"review-rnn-2\.states"):
        create_app(Settings(models=tmp_path))
