"""What is given to a network, as it reads it: points, rows of numbers, or a text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from app.schemas import RunInput
from app.store import Model
from app.wire import Json
from engine.arrays import Array
from engine.encoders import points_array
from engine.errors import EmptyInput, InputError
from engine.tasks import registry


class Given(NamedTuple):
    """x: (T, 1, I), or (T, 1) of symbols' numbers; said: the input as it was understood."""

    x: Array
    said: Json


def given(model: Model, asked: RunInput) -> Given:
    """The input of a question; refuses one that this model does not read."""
    if model.reads_symbols:
        if asked.text is None:
            raise InputError(f"{model.id} reads a text. Give it as input.text.", model=model.id)
        return text(model, asked.text)
    if asked.text is not None:
        raise InputError(f"{model.id} reads points or values, no text.", model=model.id)
    if asked.values is not None:
        x = _numbers(asked.values, model.checkpoint.network.architecture.inputs)
        return Given(x, {"values": asked.values})
    points = asked.points or ()
    return Given(points_array(points), {"points": points})


def text(model: Model, written: str) -> Given:
    """A text as the task takes it apart. Words that the network does not know are marked by their places."""
    tokens = registry.task(model.checkpoint.task).tokens(written)
    words = model.checkpoint.vocabulary
    said = {"text": written, "tokens": tokens, "unknown": words.unknown(tokens)}
    return Given(words.encode(tokens)[:, None], said)


def _numbers(rows: tuple[tuple[float, ...], ...], inputs: int) -> Array:
    """(T, 1, I), float32."""
    if not rows:
        raise EmptyInput("There are no values. Give at least one row.")
    for t, row in enumerate(rows):
        if len(row) != inputs:
            raise InputError(
                f"Row {t + 1} of values has {len(row)} numbers; this model reads {inputs} at each time step.",
                index=t,
                expected=inputs,
                came=len(row),
            )
    with np.errstate(over="ignore"):
        x = np.array(rows, np.float32)[:, None, :]
    if not np.isfinite(x).all():
        raise InputError("Values have to fit a 32-bit float: from -3.4e38 to 3.4e38.")
    return x
