"""POST and GET /api/trace give the engine's own numbers, and the models' routes what lies in their files."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import orjson
import pytest
from safetensors.numpy import load as load_tensors
from starlette.testclient import TestClient

from app.schemas import TraceQuery
from engine.cells import CELLS
from engine.checkpoint import Checkpoint
from engine.encoders import points_array
from engine.rollout import dream
from engine.tasks.ball import DIRECTIONS, throw
from engine.trace import Trace

POINTS = [[0.10, 0.20], [0.15, 0.22], None, [0.25, 0.26], [0.31, 0.28]]
ADDRESS = "0.10,0.20;0.15,0.22;-;0.25,0.26;0.31,0.28"
Shipped = tuple[str, Checkpoint]


def ask(client: TestClient, model: str = "ball-rnn", points: Any = POINTS, **more: Any) -> dict[str, Any]:
    found = client.post("/api/trace", json={"model": model, "input": {"points": points}, **more})
    assert found.status_code == 200, found.text
    answer: dict[str, Any] = found.json()
    return answer


def same(values: dict[str, Any], trace: Trace) -> None:
    """After a round trip through JSON every number is the very float32 that the engine computed."""
    expected = trace.sequence()
    assert list(values) == list(expected)
    for name, rows in values.items():
        assert expected[name].dtype == np.float32
        np.testing.assert_array_equal(np.array(rows, np.float32), expected[name], err_msg=name)


def test_post_gives_the_engines_numbers(client: TestClient, shipped: Shipped) -> None:
    id, checkpoint = shipped
    answer = ask(client, id)
    same(answer["values"], checkpoint.network.forward(points_array(POINTS)))
    assert answer["model"] == f"{id}@{checkpoint.digest}"
    assert answer["length"] == 5 and answer["generated"] == 0 and answer["memory"] is True
    assert answer["input"] == {"points": POINTS}


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_an_answer_keeps_its_numbers_while_others_of_its_length_are_given(
    client: TestClient, shipped: Shipped, frames: int
) -> None:
    id, checkpoint = shipped
    asked = [[[0.01 * k + 0.1 * t, 0.3] for t in range(frames)] for k in range(3)]
    lab = client.app.state.lab  # type: ignore[attr-defined]
    queries = [TraceQuery(model=id, input={"points": points}) for points in asked]
    given = [lab.trace(query, reuse=True) for query in queries]
    for points, answer in zip(asked, given, strict=True):
        same(answer["values"], checkpoint.network.forward(points_array(points)))
        same(ask(client, id, points)["values"], checkpoint.network.forward(points_array(points)))


def test_get_gives_the_same_bytes_as_post(client: TestClient, shipped: Shipped) -> None:
    id, _ = shipped
    posted = client.post("/api/trace", json={"model": id, "input": {"points": POINTS}})
    got = client.get("/api/trace", params={"model": id, "points": ADDRESS})
    assert got.status_code == 200
    assert got.content == posted.content


def test_the_contracts_example_works_as_written(client: TestClient) -> None:
    body = (
        b'{"model": "ball-rnn", "input": {"points": [[0.10, 0.20], null, [0.25, 0.26]]}, '
        b'"memory": true, "edits": []}'
    )
    found = client.post("/api/trace", content=body, headers={"Content-Type": "application/json"})
    assert found.status_code == 200
    answer = found.json()
    assert list(answer) == [
        *("model", "task", "input", "length", "generated", "memory", "outputs", "layout", "values")
    ]
    assert answer["outputs"] == ["E", "NE", "N", "NW", "W", "SW", "S", "SE"]
    assert answer["length"] == 3 and answer["layout"] == "arrays"
    assert {len(rows) for rows in answer["values"].values()} == {3}


def test_numbers_are_float32_in_their_shortest_decimals(client: TestClient) -> None:
    text = client.post("/api/trace", json={"model": "ball-rnn", "input": {"points": POINTS}}).text
    rows = json.loads(text, parse_float=str)["values"]["layers.0.h"]
    for written in (text for row in rows for text in row):
        shortest = np.format_float_scientific(np.float32(written))
        assert digits(written) == digits(shortest), f"{written} could be {shortest}"


def digits(number: str) -> str:
    return re.sub(r"e.*|\D", "", number.lower()).strip("0")


def test_steps_hold_the_same_values_as_arrays(client: TestClient) -> None:
    arrays = ask(client)
    steps = ask(client, layout="steps")
    values, rows = arrays.pop("values"), steps.pop("steps")
    assert len(rows) == 5
    assert {name: [row[name] for row in rows] for name in rows[0]} == values
    assert steps == {**arrays, "layout": "steps"}


def test_only_sends_what_was_asked_for(client: TestClient) -> None:
    everything = ask(client)["values"]
    some = ask(client, only=["probs", "layers.0.h"])["values"]
    assert some == {name: everything[name] for name in ("layers.0.h", "probs")}


def test_encoded_values_give_what_their_points_give(client: TestClient, shipped: Shipped) -> None:
    id, checkpoint = shipped
    x = points_array(POINTS)
    body = {"model": id, "input": {"values": x[:, 0].tolist()}}
    answer = client.post("/api/trace", json=body).json()
    same(answer["values"], checkpoint.network.forward(x))
    assert answer["input"] == {"values": x[:, 0].tolist()}


def test_without_memory_each_frame_stands_alone(client: TestClient, shipped: Shipped) -> None:
    id, _ = shipped
    together = ask(client, id, memory=False)
    assert together["memory"] is False
    rounding = 64 * float(np.finfo(np.float32).eps)  # sums of up to 64 numbers, in another order
    for t, point in enumerate(POINTS):
        alone = ask(client, id, points=[point])
        for name, rows in together["values"].items():
            np.testing.assert_allclose(rows[t], alone["values"][name][0], rtol=0, atol=rounding, err_msg=name)


def test_without_memory_is_the_engines_own_run_without_memory(client: TestClient, shipped: Shipped) -> None:
    id, checkpoint = shipped
    same(
        ask(client, id, memory=False)["values"],
        checkpoint.network.forward(points_array(POINTS), memory=False),
    )


def test_memory_makes_a_difference_to_a_network_that_has_one(client: TestClient) -> None:
    assert ask(client)["values"]["probs"] != ask(client, memory=False)["values"]["probs"]


def test_generated_steps_follow_the_given_ones(client: TestClient, shipped: Shipped) -> None:
    id, checkpoint = shipped
    answer = ask(client, id, generate=4)
    trace, made_up = dream(checkpoint.network.forward, POINTS, 4)
    same(answer["values"], trace)
    assert answer["length"] == 9 and answer["generated"] == 4
    points = answer["input"]["points"]
    assert points[:5] == POINTS and points[5:] == made_up
    assert all(0 <= v <= 1 for point in points[5:] for v in point)
    assert client.get("/api/trace", params={"model": id, "points": ADDRESS, "generate": 4}).json() == answer


def test_a_hidden_frame_is_null_and_encoded_as_nothing(client: TestClient) -> None:
    answer = ask(client)
    assert answer["input"]["points"][2] is None
    assert answer["values"]["x"][2] == [0, 0, 0]
    assert all(row[2] == 1 for t, row in enumerate(answer["values"]["x"]) if t != 2)


def test_edits_are_part_of_the_question(client: TestClient) -> None:
    plain = ask(client)
    edited = ask(client, edits=["scale:readout.W:0"])
    assert edited["values"]["layers.0.h"] == plain["values"]["layers.0.h"]
    assert len({tuple(row) for row in edited["values"]["logits"]}) == 1
    assert ask(client) == plain


def test_probabilities_are_those_of_the_logits(client: TestClient, shipped: Shipped) -> None:
    values = ask(client, shipped[0])["values"]
    probs, logits = np.array(values["probs"]), np.array(values["logits"])
    np.testing.assert_allclose(probs.sum(axis=1), 1, rtol=0, atol=1e-6)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    np.testing.assert_allclose(probs, e / e.sum(axis=1, keepdims=True), rtol=2e-5, atol=1e-30)


NAMES = {
    "ball-rnn": ["h_prev", "a_h", "h"],
    "ball-rnn-2": ["h_prev", "a_h", "h"],
    "ball-gru": ["h_prev", "a_r", "r", "a_z", "z", "hn", "a_n", "n", "write", "keep", "h"],
    "ball-lstm": [
        *["h_prev", "c_prev", "a_i", "i", "a_f", "f", "a_g", "g", "a_o", "o"],
        *["keep", "write", "c", "h"],
    ],
    "ball-memoryless": ["a_h", "h"],
    "ball-window-2": ["x1_prev", "a_h", "h", "x1"],
    "ball-window-4": ["x1_prev", "x2_prev", "x3_prev", "a_h", "h", "x1", "x2", "x3"],
}


def test_values_have_the_names_of_the_contract(client: TestClient, shipped: Shipped) -> None:
    id, checkpoint = shipped
    values = ask(client, id)["values"]
    layer = [f"layers.0.{name}" for name in NAMES[id]]
    assert set(values) == {"x", *layer, "logits", "probs", "displacement"}
    hidden = checkpoint.network.architecture.hidden
    for name, rows in values.items():
        width = {"x": 3, "logits": 8, "probs": 8, "displacement": 2}.get(name)
        width = width or (3 if name.split(".")[-1].startswith("x") else hidden)
        assert [len(row) for row in rows] == [width] * 5, name


# The same question, the same answer


def test_the_same_question_gets_the_same_bytes(client: TestClient) -> None:
    body = {"model": "ball-gru", "input": {"points": POINTS}, "generate": 3}
    first, second = (client.post("/api/trace", json=body) for _ in range(2))
    assert first.content == second.content
    assert "ETag" not in first.headers  # nobody can ask conditionally for what a POST gave


@pytest.mark.parametrize(
    "address",
    [
        f"/api/trace?points={ADDRESS}",
        "/api/models",
        "/api/models/ball-gru",
        "/api/models/ball-gru/weights",
        "/api/ball/paths?motion=bouncing&count=3&seed=7",
        "/api/ball/tally?count=40&seed=7",
    ],
)
def test_an_etag_saves_sending_it_again(client: TestClient, address: str) -> None:
    first = client.get(address)
    assert first.status_code == 200
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    other = client.get(address, headers={"If-None-Match": '"another"'})
    assert other.status_code == 200 and other.content == first.content


def test_an_etag_changes_with_the_question(client: TestClient) -> None:
    tags = {
        client.get("/api/trace", params={"points": p}).headers["ETag"] for p in ("0.1,0.2", "0.1,0.3", "-")
    }
    assert len(tags) == 3


def test_a_pinned_model_answers_only_while_its_weights_are_the_same(
    client: TestClient, shipped: Shipped
) -> None:
    id, checkpoint = shipped
    assert ask(client, f"{id}@{checkpoint.digest}") == ask(client, id)
    found = client.post("/api/trace", json={"model": f"{id}@00000000", "input": {"points": POINTS}})
    assert found.status_code == 409
    failure = found.json()
    assert failure["error"] == "model_changed"
    assert failure["params"] == {"model": id, "asked": "00000000", "now": checkpoint.digest}
    assert client.get(f"/api/models/{id}@00000000/weights").status_code == 409


# Models


def test_every_shipped_model_is_listed(client: TestClient, shipped: Shipped) -> None:
    id, checkpoint = shipped
    (summary,) = [m for m in client.get("/api/models").json()["models"] if m["id"] == id]
    assert summary["pinned"] == f"{id}@{checkpoint.digest}"
    assert summary["cell"] == checkpoint.network.architecture.cell
    assert summary["parameters"] == sum(p.size for p in checkpoint.network.parameters.values())
    whole = client.get(f"/api/models/{id}").json()
    assert {**whole, **summary} == whole
    assert whole["card"] == checkpoint.card


def test_the_graph_of_a_model_is_complete(client: TestClient, shipped: Shipped) -> None:
    id, checkpoint = shipped
    graph = client.get(f"/api/models/{id}").json()["graph"]
    check_graph(graph, set(ask(client, id)["values"]), set(checkpoint.network.parameters))
    assert (
        graph["layers"][0]["formulas"].keys() == CELLS[checkpoint.network.architecture.cell].equations.keys()
    )


def check_graph(graph: dict[str, Any], values: set[str], weights: set[str]) -> None:
    """Every edge, every input of a node and every parameter refers to something that exists."""
    ends = {"x", *(head["value"] for head in graph["heads"])}
    for layer in graph["layers"]:
        outside = {"x", *(f"{state}_prev" for state in layer["states"])}
        known = set(outside)
        for node in layer["nodes"]:
            assert set(node["inputs"]) <= known, f"{node['id']} reads what is not yet computed"
            known.add(node["id"])
            for name, gate in node["parameters"]:
                assert f"{layer['name']}.{name}" in weights
                assert gate in layer["rows"][name]
            if node["role"] != "term":
                assert f"{layer['name']}.{node['id']}" in values
        assert {*layer["states"], layer["output"], *layer["gates"]} <= known
        ends |= {f"{layer['name']}.{name}" for name in known}
    assert ends - {f"{layer['name']}.x" for layer in graph["layers"]} >= values - {"probs"}
    for edge in graph["edges"]:
        assert {edge["from"], edge["to"]} <= ends, edge
        assert (edge["dt"] == -1) == edge["to"].endswith("_prev")
    carried = [edge["from"] for edge in graph["edges"] if edge["dt"]]
    assert carried == [f"{layer['name']}.{state}" for layer in graph["layers"] for state in layer["states"]]


def test_weights_are_those_of_the_checkpoint(client: TestClient, shipped: Shipped) -> None:
    id, checkpoint = shipped
    answer = client.get(f"/api/models/{id}/weights").json()
    assert answer["model"] == f"{id}@{checkpoint.digest}"
    assert answer["weights"].keys() == checkpoint.network.parameters.keys()
    for name, rows in answer["weights"].items():
        np.testing.assert_array_equal(np.array(rows, np.float32), checkpoint.network.parameters[name])


def test_the_file_opens_in_any_safetensors_reader(client: TestClient, shipped: Shipped) -> None:
    id, checkpoint = shipped
    found = client.get(f"/api/models/{id}/file")
    assert found.headers["Content-Disposition"] == f'attachment; filename="{id}.safetensors"'
    tensors = load_tensors(found.content)
    assert tensors.keys() == checkpoint.network.parameters.keys()
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(tensor, checkpoint.network.parameters[name])


# Balls


def test_paths_are_as_asked_and_the_same_for_the_same_seed(client: TestClient) -> None:
    address = "/api/ball/paths?motion=bouncing&count=3&frames=16&seed=7"
    paths = client.get(address).json()["paths"]
    assert client.get(address).json()["paths"] == paths
    assert client.get(address.replace("seed=7", "seed=8")).json()["paths"] != paths
    assert [path["motion"] for path in paths] == ["bouncing"] * 3
    for path in paths:
        assert [len(path[k]) for k in ("points", "truth", "directions")] == [16, 17, 16]
        assert all(0 <= v <= 1 for point in path["points"] + path["truth"] for v in point)


def test_paths_are_the_engines(client: TestClient) -> None:
    found = client.get("/api/ball/paths?count=5&frames=20&seed=9").json()["paths"]
    expected = throw(np.random.default_rng([9, 2]), 5, 20)
    for k, path in enumerate(found):
        np.testing.assert_array_equal(path["points"], expected.points[:, k].round(4))
        np.testing.assert_array_equal(path["truth"], expected.truth[:, k].round(4))
        assert path["directions"] == [DIRECTIONS[d] for d in expected.directions[:, k]]
        assert path["motion"] == expected.motions[k]


def test_motions_take_turns_where_none_is_named(client: TestClient) -> None:
    paths = client.get("/api/ball/paths?count=8").json()["paths"]
    assert [path["motion"] for path in paths] == ["straight", "accelerating", "bouncing", "circular"] * 2


def test_a_longer_path_of_one_seed_begins_like_the_shorter(client: TestClient) -> None:
    """The page throws a scene for longer than it shows, to know where the ball really went."""
    for motion in ("straight", "accelerating", "bouncing", "circular"):
        short, long = (
            client.get(f"/api/ball/paths?motion={motion}&frames={n}&seed=3").json()["paths"][0]
            for n in (16, 28)
        )
        assert long["truth"][:17] == short["truth"], motion


def test_the_tally_counts_each_network_with_and_without_memory(client: TestClient) -> None:
    answer = client.get("/api/ball/tally?count=200&seed=1").json()
    rows = {(row["model"], row["memory"]): row for row in answer["rows"]}
    models = [m["id"] for m in client.get("/api/models").json()["models"] if m["task"] == "ball"]
    recurrent = {"ball-rnn", "ball-rnn-2", "ball-gru", "ball-lstm"}
    assert set(rows) == {(id, True) for id in models} | {(id, False) for id in recurrent}
    for row in rows.values():
        assert len(row["accuracy_by_frame"]) == len(row["entropy_by_frame"]) == 16
        assert all(0 <= v <= 1 for v in row["accuracy_by_frame"])
        assert all(0 <= v <= 3.001 for v in row["entropy_by_frame"])
    for id in recurrent - {"ball-rnn-2"}:
        kept, lost = (np.mean(rows[id, memory]["accuracy_by_frame"][8:]) for memory in (True, False))
        assert kept > 0.7 > 0.3 > lost
    assert len(answer["ceiling"]["accuracy_by_frame"]) == 16


@pytest.mark.parametrize("motion", ["straight", "accelerating", "bouncing", "circular", "curve"])
def test_the_tally_of_one_motion_has_that_motions_ceiling_or_none(client: TestClient, motion: str) -> None:
    answer = client.get(f"/api/ball/tally?count=20&motion={motion}").json()
    assert answer["motion"] == motion
    assert answer["ceiling"] is None or len(answer["ceiling"]["accuracy_by_frame"]) == 16


def test_answers_are_json_that_every_parser_reads(client: TestClient) -> None:
    for address in ("/api/models", "/api/models/ball-gru", "/api/models/ball-gru/weights", "/openapi.json"):
        found = client.get(address)
        assert found.headers["Content-Type"] == "application/json"
        orjson.loads(found.content)  # strict: no NaN, no Infinity


def test_edits_stand_in_an_address_too(client: TestClient) -> None:
    edits = ["scale:layers.0.W_hh:0.5", "layers.0.W_ih[3,1]:0.25"]
    asked = {"model": "ball-rnn", "input": {"points": [[0.1, 0.2], [0.2, 0.2]]}, "edits": edits}
    posted = client.post("/api/trace", json=asked).json()
    got = client.get("/api/trace", params={"points": "0.1,0.2;0.2,0.2", "edit": edits}).json()
    plain = client.get("/api/trace", params={"points": "0.1,0.2;0.2,0.2"}).json()
    assert got == posted != plain


def test_an_edit_that_is_too_long_is_refused_in_both(client: TestClient) -> None:
    asked = {"model": "ball-rnn", "input": {"points": [[0.1, 0.2]]}, "edits": ["x" * 201]}
    assert client.post("/api/trace", json=asked).status_code == 422
    assert client.get("/api/trace", params={"points": "0.1,0.2", "edit": "x" * 201}).status_code == 422
