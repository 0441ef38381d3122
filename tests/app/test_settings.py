"""What whoever runs the service may set, and that it is heeded."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.ball_page import FRAMES_WITH_BLACKOUT
from app.main import create_app
from app.settings import Settings
from app.store import ModelStore
from engine.architecture import Architecture
from engine.checkpoint import Checkpoint
from engine.errors import CheckpointError
from engine.network import initialise
from engine.tasks.ball import BallTask
from engine.tasks.names import LETTERS, NamesTask
from engine.vocabulary import Vocabulary

FIELDS = Settings.model_fields


def serve(**given: Any) -> TestClient:
    return TestClient(create_app(Settings(**given)), raise_server_exceptions=False)


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_is_described(name: str) -> None:
    assert (FIELDS[name].description or "").endswith(".")


def test_a_service_listens_on_loopback_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNROLLED_HOST", raising=False)
    assert Settings().host == "127.0.0.1"


VALUES = {
    "host": "0.0.0.0",
    "port": 9000,
    "dev": True,
    "models": Path("/tmp"),
    "max_frames": 99,
    "max_generate": 3,
    "max_attribution": 61,
    "max_letters": 15,
    "max_balls": 777,
    "max_points": 3333,
    "max_body": 4096,
    "cached_bytes": 0,
}


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_is_an_environment_variable(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"UNROLLED_{name.upper()}", str(VALUES[name]))
    assert getattr(Settings(), name) == VALUES[name] != FIELDS[name].default


@pytest.mark.parametrize(
    "given",
    [
        {"port": 70_000},
        {"port": -1},
        {"max_frames": 0},
        {"max_generate": -1},
        {"max_balls": 0},
        {"max_body": 0},
    ],
    ids=str,
)
def test_a_setting_that_cannot_work_is_refused_at_the_start(given: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Settings(**given)  # type: ignore[arg-type]


def test_settings_do_not_change_while_the_service_runs() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1


# Limits


def trace(frames: int, **more: Any) -> dict[str, Any]:
    return {"model": "ball-rnn", "input": {"points": [[0.5, 0.5]] * frames}, **more}


def limit_of(found: Any) -> int:
    assert (found.status_code, found.json()["error"]) == (422, "over_limit"), found.text
    limit: int = found.json()["params"]["limit"]
    return limit


def test_the_limit_of_frames_is_heeded() -> None:
    client = serve(max_frames=40)
    assert client.post("/api/trace", json=trace(40)).status_code == 200
    assert limit_of(client.post("/api/trace", json=trace(41))) == 40
    assert limit_of(client.get("/api/ball/paths?frames=41")) == 40


def test_the_limit_of_generated_steps_is_heeded() -> None:
    client = serve(max_generate=2)
    assert client.post("/api/trace", json=trace(3, generate=2)).status_code == 200
    assert limit_of(client.post("/api/trace", json=trace(3, generate=3))) == 2


def test_the_limit_of_balls_is_heeded() -> None:
    client = serve(max_balls=500)
    for route in ("paths", "tally"):
        assert client.get(f"/api/ball/{route}?count=500").status_code == 200
        assert limit_of(client.get(f"/api/ball/{route}?count=501")) == 500


def test_the_limit_of_a_body_is_heeded() -> None:
    client = serve(max_body=1024)
    assert client.post("/api/trace", json=trace(16)).status_code == 200
    found = client.post("/api/trace", json=trace(200))
    assert (found.status_code, found.json()["error"]) == (413, "body_too_large")
    assert "1024" in found.json()["detail"]


def test_the_page_opens_with_every_limit_at_its_lowest() -> None:
    lowest = {
        "max_frames": 32,
        "max_generate": 0,
        "max_balls": 500,
        "max_points": 1000,
        "max_body": 1024,
        "cached_bytes": 0,
    }
    for name, value in lowest.items():
        if name not in ("max_generate", "cached_bytes"):
            with pytest.raises(ValidationError):
                Settings(**{name: value - 1})  # type: ignore[arg-type]
    client = serve(**lowest)
    for address in ("/", "/?hide=9-14&model=ball-gru&scene=curve-1"):
        assert client.get(address).status_code == 200
    assert Settings(max_generate=12, max_frames=32).max_frames >= FRAMES_WITH_BLACKOUT + 12


def test_the_page_is_told_the_limits() -> None:
    text = serve(max_frames=77, max_generate=5).get("/").text
    assert '"limits":{"frames":77,"generate":5}' in text


def test_without_a_cache_answers_are_the_same() -> None:
    first, second = serve(cached_bytes=0), serve()
    for _ in range(2):
        assert (
            first.post("/api/trace", json=trace(5)).content
            == second.post("/api/trace", json=trace(5)).content
        )


def test_models_come_from_the_folder_that_is_set(tmp_path: Path) -> None:
    shutil.copy(Settings().models / "ball-gru.safetensors", tmp_path / "mine.safetensors")
    models = serve(models=tmp_path).get("/api/models").json()["models"]
    assert [(model["id"], model["cell"]) for model in models] == [("mine", "gru")]


def test_a_checkpoint_that_does_not_fit_its_task_is_refused_by_name(tmp_path: Path) -> None:
    odd = initialise(Architecture("rnn", 5, 4, {"readout": 3}), np.random.default_rng(0))
    Checkpoint(odd, "ball", {}).save(tmp_path / "odd.safetensors")
    with pytest.raises(CheckpointError, match="reads 5 inputs"):
        ModelStore(tmp_path)


@pytest.mark.parametrize(
    ("task", "made", "sentence"),
    [
        (BallTask, {"read": "last"}, "odd.safetensors says something after the last step only"),
        (BallTask, {"vocabulary": 27}, "odd.safetensors reads symbols and .* needs 3 inputs"),
        (NamesTask, {}, "odd.safetensors reads 3 inputs and .* needs symbols"),
        (NamesTask, {"vocabulary": 27, "read": "last"}, "says something after the last step only"),
    ],
)
def test_a_network_that_the_service_cannot_run_is_refused_by_name(
    task: type[BallTask | NamesTask], made: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    network = initialise(Architecture("gru", 3, 4, dict(task.heads), **made), np.random.default_rng(0))
    words = Vocabulary(LETTERS[: network.architecture.vocabulary])
    Checkpoint(network, task.name, {}, words).save(tmp_path / "odd.safetensors")
    with pytest.raises(CheckpointError, match=sentence):
        ModelStore(tmp_path)
