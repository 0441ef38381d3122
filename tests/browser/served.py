"""The service as ./run starts it, in a process of its own: a driver would slow what is timed."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def served(models: Path | None = None) -> Iterator[str]:
    """Its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    more = {"UNROLLED_MODELS": str(models)} if models else {}
    command = [sys.executable, "-m", "app.cli", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **more}, stdout=subprocess.DEVNULL) as child:
        try:
            wait_for(address)
            yield address
        finally:
            child.terminate()


def wait_for(address: str) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/healthz"):
            return
        time.sleep(0.1)
    raise TimeoutError(f"{address} does not answer.")
