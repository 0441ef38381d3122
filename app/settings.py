"""Everything that whoever runs the service may set, by environment variables that begin with UNROLLED_."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.paths import CONTENT


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="UNROLLED_", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 opens it to the network.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    dev: bool = Field(False, description="Serve the sources of scripts and styles instead of the bundle.")
    models: Path = Field(CONTENT / "models", description="Folder of the shipped models.")
    max_frames: int = Field(200, ge=32, description="Longest sequence of a trace; the page itself needs 32.")
    max_generate: int = Field(
        12, ge=0, le=12, description="Most time steps that a network may go on by itself."
    )
    max_attribution: int = Field(
        60, ge=60, description="Most tokens of a text whose words are weighed; the page shows 60."
    )
    max_letters: int = Field(20, ge=12, description="Most letters of a name that a network makes up.")
    max_balls: int = Field(1000, ge=500, description="Most balls of one request; the page's tally needs 500.")
    max_points: int = Field(20_000, ge=1000, description="Most points of all thrown balls in one answer.")
    max_body: int = Field(64 * 1024, ge=1024, description="Largest body of a request, in bytes.")
    cached_bytes: int = Field(
        32 * 1024 * 1024, ge=0, description="How many bytes of answers are kept, to be given again."
    )
