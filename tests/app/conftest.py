"""The service as a whole, asked in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from engine.checkpoint import Checkpoint, load

MODELS = sorted(Settings().models.glob("ball-*.safetensors"))


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """An exception that nobody handles becomes a 500, as it does for a visitor."""
    with TestClient(create_app(Settings()), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(params=MODELS, ids=lambda path: path.stem)
def shipped(request: pytest.FixtureRequest) -> tuple[str, Checkpoint]:
    """Each shipped model of the ball: its id and its checkpoint, read past the service."""
    path: Path = request.param
    return path.stem, load(path)
