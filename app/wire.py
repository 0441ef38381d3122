"""How a trace becomes bytes: JSON, or a JSON header and raw float32; array by array, or step by step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import orjson

from engine.arrays import Array

Json = dict[str, Any]
Pieces = Iterator[bytes | memoryview]

LARGE = 50_000
"""From so many numbers on, an answer is written in a thread: as JSON it takes more than a millisecond."""


@dataclass(frozen=True)
class Form:
    """One way to write a trace: its media type, and what turns the answer into pieces of its bytes."""

    media_type: str
    pieces: Callable[[Json, bool], Pieces]

    def encode(self, trace: Json, large: bool | None = None) -> bytes:
        """The body of an answer. trace: what Lab.trace gives, `values` being arrays (T, N); large: whether
        it has LARGE numbers or more, if that is known."""
        return b"".join(self.pieces(trace, numbers(trace) >= LARGE if large is None else large))


def dumps(content: Any) -> bytes:
    # an array that does not lie in order is not known to orjson, and is put in order first
    return orjson.dumps(content, default=np.ascontiguousarray, option=orjson.OPT_SERIALIZE_NUMPY)


def numbers(trace: Json) -> int:
    """How many numbers the values of a trace are."""
    return sum(values.size for values in trace["values"].values())


# JSON. What is large is written piece by piece, for orjson holds the interpreter's lock while it writes:
# between two pieces the event loop has its turn, also where all this happens in another thread.


def _json(trace: Json, large: bool) -> Pieces:
    if trace["layout"] == "arrays" and not large:
        yield dumps(trace)
        return
    yield dumps(_without_values(trace))[:-1]
    yield from _JSON_VALUES[trace["layout"]](trace["values"], trace["length"])
    yield b"}"


def _json_arrays(values: Mapping[str, Array], length: int) -> Pieces:
    yield b',"values":{'
    for k, (name, array) in enumerate(values.items()):
        yield b"," if k else b""
        yield memoryview(dumps({name: array}))[1:-1]
    yield b"}"


def _json_steps(values: Mapping[str, Array], length: int) -> Pieces:
    yield b',"steps":['
    for t in range(length):
        yield b"," if t else b""
        yield dumps({name: array[t] for name, array in values.items()})
    yield b"]"


_JSON_VALUES = {"arrays": _json_arrays, "steps": _json_steps}


# Binary. One rule finds a number in both layouts, counted in numbers from the first one:
# values[name][t][k] is at offset + t · stride + k, for k below size.


def _binary(trace: Json, large: bool) -> Pieces:
    values = {name: np.ascontiguousarray(array, "<f4") for name, array in trace["values"].items()}
    header = dumps({**_without_values(trace), "values": _places(values, trace["layout"])})
    header += b" " * (-len(header) % 4)  # so that the numbers begin on a multiple of 4
    yield len(header).to_bytes(4, "little")
    yield header
    if trace["layout"] == "steps":
        nothing = np.empty((trace["length"], 0), "<f4")  # where `only` asks for no values
        yield np.concatenate([nothing, *values.values()], axis=1).data
    else:
        yield from (array.data for array in values.values())


def _places(values: Mapping[str, Array], layout: str) -> dict[str, dict[str, int]]:
    """Where the values of each name lie."""
    sizes = {name: array.shape[1] for name, array in values.items()}
    together = sum(sizes.values())
    places, offset = {}, 0
    for name, size in sizes.items():
        steps = layout == "steps"
        places[name] = {"offset": offset, "stride": together if steps else size, "size": size}
        offset += size if steps else values[name].size
    return places


def _without_values(trace: Json) -> Json:
    return {name: part for name, part in trace.items() if name != "values"}


JSON = Form("application/json", _json)
BINARY = Form("application/vnd.unrolled.trace+binary", _binary)

DESCRIPTION = f"""The trace. As `{BINARY.media_type}`, if the Accept header names it:

1. 4 bytes: the length of the header in bytes, an unsigned little-endian integer; a multiple of 4.
2. The header: JSON in UTF-8, padded with spaces. It is the answer, except that each entry of `values` says
   where its numbers lie: `{{"offset": o, "stride": s, "size": n}}`.
3. The numbers: raw little-endian float32. The k-th of the n values of a name at time step t, both
   counted from 0, is number o + t·s + k.

With `layout=arrays` the values of one name lie together, s being n. With `layout=steps` those of one time
step do, step after step, so that a reader may stop early, or draw while the rest still arrives."""


# Which form: Accept, RFC 9110, section 12.5.1


@lru_cache(256)
def chosen(accept: str) -> Form:
    """The binary form for whoever names it and does not prefer JSON; JSON for everybody else."""
    found = weights(accept)
    binary = found.get(BINARY.media_type, 0.0)
    json = (found[kind] for kind in (JSON.media_type, "application/*", "*/*") if kind in found)
    return BINARY if binary > 0 and binary >= next(json, 0.0) else JSON


def weights(accepted: str) -> dict[str, float]:
    """How much each item of an Accept header is wanted: `gzip;q=0.5, br` -> {"gzip": 0.5, "br": 1.0}."""
    found = {}
    for part in accepted.split(","):
        item, _, parameters = part.partition(";")
        found[item.strip().lower()] = _weight(parameters)
    return found


def _weight(parameters: str) -> float:
    found = re.search(r"(?:^|;)\s*q\s*=\s*([^;]*)", parameters, re.IGNORECASE)
    if found is None:
        return 1.0
    text = found[1].strip()
    return float(text) if re.fullmatch(r"0(\.\d{0,3})?|1(\.0{0,3})?", text, re.ASCII) else 0.0
