"""python -m tests.benchmarks.serving [--rounds 7] [--seconds 3]: our service beside a FastAPI hello-world.

Both run as children, one uvicorn worker each. Eight connections are kept alive and ask as fast as they are
answered; every question of a kind is asked for some seconds, all kinds in turn, round after round. What is
compared are requests a second within one round, so a machine that is busy for a while slows both.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import FastAPI

from engine.architecture import Architecture
from engine.checkpoint import Checkpoint
from engine.network import initialise
from engine.tasks.ball import BallTask

CONNECTIONS = 8
HIDDEN, FRAMES = 16, 20
MODEL = "rnn-16"
ROOT = Path(__file__).parents[2]


def hello() -> FastAPI:
    """What a FastAPI service costs that does nothing."""
    app = FastAPI()

    @app.get("/")
    async def greet() -> dict[str, str]:
        return {"hello": "world"}

    return app


# What is asked


@dataclass(frozen=True)
class Load:
    """One kind of question: the next request, as bytes, and the status that each has to be answered with."""

    port: int
    following: Callable[[], bytes]
    status: int = 200


def get(address: str, *headers: str) -> Callable[[], bytes]:
    """The same GET again and again."""
    lines = [f"GET {address} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]
    asked = "\r\n".join(lines).encode()
    return lambda: asked


STRIDE = 7919
"""Between two first points, in units of 1e-8: far enough apart for a float32, and no point comes again."""


def post() -> Callable[[], bytes]:
    """A trace that nobody has asked for before, so that no cache can answer: its first point is new."""
    others = ",".join(f"[{x:.4f},{y:.4f}]" for x, y in path()[1:])
    body = f'{{"model":"{MODEL}","input":{{"points":[[0.%08d,0.5],{others}]}}}}'
    head = (
        "POST /api/trace HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body % 0)}\r\n\r\n"
    )
    template = (head + body).encode()
    numbers = itertools.count(time.time_ns() // 1_000_000 % 50_000_000)
    return lambda: template % (next(numbers) * STRIDE % 50_000_000)


def path() -> list[tuple[float, float]]:
    return [(0.1 + 0.03 * t, 0.2 + 0.02 * t) for t in range(FRAMES)]


def trace_address() -> str:
    return f"/api/trace?model={MODEL}&points=" + ";".join(f"{x:.4f},{y:.4f}" for x, y in path())


# The services


@contextlib.contextmanager
def serving(app: str, core: int | None, **environment: str) -> Iterator[int]:
    """One uvicorn worker on a free port of loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", app, "--factory", "--port", str(port)]
    child = subprocess.Popen(
        [*command, "--no-access-log", "--log-level", "warning"],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
    )
    try:
        if core is not None:
            os.sched_setaffinity(child.pid, {core})
        _wait_for(port, child)
        yield port
    finally:
        child.terminate()
        child.wait(timeout=20)


def _wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while child.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    raise RuntimeError("A service did not start within 30 seconds; its own words stand above.")


def write_model(folder: Path) -> None:
    """A network as it begins: what it has learnt does not change how long it takes."""
    network = initialise(
        Architecture("rnn", BallTask.inputs, HIDDEN, BallTask.heads), np.random.default_rng(0)
    )
    Checkpoint(network, "ball", {}).save(folder / f"{MODEL}.safetensors")


# The client


class Connection(asyncio.Protocol):
    """Asks, waits for the whole answer, asks again."""

    LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

    def __init__(self, load: Load, failed: asyncio.Future[None]) -> None:
        self.load = load
        self.failed = failed
        self.answered = 0
        self.buffer = b""
        self.expected = b"HTTP/1.1 %d " % load.status

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        transport.write(self.load.following())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = self.LENGTH.search(self.buffer, 0, end)
        if len(self.buffer) < end + 4 + (int(length[1]) if length else 0):
            return
        if not self.buffer.startswith(self.expected):
            return self._fail(self.buffer[:400].decode(errors="replace"))
        self.buffer = b""
        self.answered += 1
        self.transport.write(self.load.following())

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(f"a connection was closed: {error}")

    def _fail(self, why: str) -> None:
        if not self.failed.done():
            self.failed.set_exception(RuntimeError(f"Status {self.load.status} was expected; came: {why}"))


async def requests_a_second(load: Load, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    failed: asyncio.Future[None] = loop.create_future()
    made = [
        await loop.create_connection(lambda: Connection(load, failed), "127.0.0.1", load.port)
        for _ in range(CONNECTIONS)
    ]
    connections: list[Connection] = [protocol for _, protocol in made]
    try:
        before, start = sum(c.answered for c in connections), time.perf_counter()
        answered = 0
        while not answered and not failed.done():  # a busy machine may need longer than that for the first
            await asyncio.wait([failed], timeout=seconds)
            answered = sum(c.answered for c in connections) - before
        rate = answered / (time.perf_counter() - start)
        if failed.done():
            failed.result()
        return rate
    finally:
        failed.cancel()  # what closes from here on is closed by us
        for connection in connections:
            connection.transport.abort()
        await asyncio.sleep(0)  # in which the transports close


# The table

BARS = {"POST a new trace": 0.33, "conditional GET of a trace": 0.7, "GET of a known trace": None}


def measure(rounds: int = 7, seconds: float = 3.0) -> list[dict[str, Any]]:
    """Requests a second, ours and the hello-world's: {"what", "ours", "peer", "ratio", "low", "high", "bar"}.

    ours and peer are medians over the rounds, ratio is the median of the rounds' ratios, low and high are
    its quartiles.
    """
    server, client = _cores()
    with (
        _on(client),
        tempfile.TemporaryDirectory() as folder,
        serving("tests.benchmarks.serving:hello", server) as peer,
        _ours(Path(folder), server) as ours,
    ):
        loads = {"hello": Load(peer, get("/")), **_loads(ours)}
        for load in loads.values():
            _run(load, min(seconds, 0.5))  # the first requests import, compile and fill caches
        rates = [_round(loads, seconds, first) for first in range(rounds)]
    return [_row(what, rates) for what in BARS]


@contextlib.contextmanager
def _ours(folder: Path, core: int | None) -> Iterator[int]:
    write_model(folder)
    with serving("app.main:create_app", core, UNROLLED_MODELS=str(folder)) as port:
        yield port


def _loads(port: int) -> dict[str, Load]:
    address = trace_address()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}") as answer:
        etag = answer.headers["ETag"]
    asked = (
        Load(port, post()),
        Load(port, get(address, f"If-None-Match: {etag}"), status=304),
        Load(port, get(address)),
    )
    return dict(zip(BARS, asked, strict=True))


def _round(loads: dict[str, Load], seconds: float, first: int) -> dict[str, float]:
    """Every load once; each round begins with another."""
    names = list(loads)
    first %= len(names)
    return {name: _run(loads[name], seconds) for name in names[first:] + names[:first]}


def _run(load: Load, seconds: float) -> float:
    return asyncio.run(requests_a_second(load, seconds))


def _row(what: str, rates: list[dict[str, float]]) -> dict[str, Any]:
    low, ratio, high = np.quantile([r[what] / r["hello"] for r in rates], [0.25, 0.5, 0.75])
    return {
        "what": what,
        "ours": float(np.median([r[what] for r in rates])),
        "peer": float(np.median([r["hello"] for r in rates])),
        "ratio": float(ratio),
        "low": float(low),
        "high": float(high),
        "bar": BARS[what],
    }


def _cores() -> tuple[int | None, int | None]:
    """One core for whoever serves and another for whoever asks, where there are two and one may choose."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return (cores[0], cores[1]) if len(cores) > 1 else (None, None)


@contextlib.contextmanager
def _on(core: int | None) -> Iterator[None]:
    """This process on one core, for a while."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.serving")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    rows = measure(options.rounds, options.seconds)
    print(f"{'':28}{'ours/s':>9}{'hello/s':>9}{'ratio':>7}  quartiles      bar")
    for row in rows:
        spread = f"{row['low']:.3f}-{row['high']:.3f}"
        bar = f"{row['bar']:.2f}" if row["bar"] else "-"
        print(
            f"{row['what']:28}{row['ours']:9,.0f}{row['peer']:9,.0f}{row['ratio']:7.3f}  {spread:13}  {bar}"
        )
    if hasattr(os, "getloadavg"):
        print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores, {CONNECTIONS} connections")


if __name__ == "__main__":
    main()
