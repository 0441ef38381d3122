"""unrolled [--host HOST] [--port PORT] [--dev]: start the service."""

from __future__ import annotations

import argparse

import uvicorn

from app.main import create_app
from app.paths import HERE
from app.settings import Settings


def main() -> None:
    settings = Settings()
    parser = argparse.ArgumentParser(
        prog="unrolled", description="See inside recurrent networks, in your browser."
    )
    parser.add_argument("--host", default=settings.host, help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=settings.port, help="port (default: %(default)s)")
    parser.add_argument("--dev", action="store_true", help="serve sources, restart when a file changes")
    options = parser.parse_args()
    print(f"Unrolled opens at http://{options.host}:{options.port}", flush=True)
    if options.dev:
        watched = [str(HERE), str(HERE.parent / "engine"), str(HERE.parent / "templates")]
        uvicorn.run(
            "app.main:dev_app",
            factory=True,
            host=options.host,
            port=options.port,
            reload=True,
            reload_dirs=watched,
            reload_includes=["*.py", "*.html", "*.json"],
        )
    else:
        uvicorn.run(create_app(settings), host=options.host, port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
