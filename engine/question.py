"""What is asked of a network: the part that is not its parameters, checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from engine.architecture import Architecture
from engine.arrays import Array, Forced
from engine.errors import ShapeError, UnknownName


class Question(NamedTuple):
    """What is asked of a batch, or of a share of it; see `Network.forward`.

    factors: layer, or their number for the heads -> what its input is multiplied with
    reuse:   which share writes over its last run, None for fresh arrays
    """

    initial: Mapping[str, Array]
    mask: Array | None
    memory: bool
    forced: Mapping[str, Forced]
    factors: Mapping[int, Array]
    reuse: int | None

    def of(self, share: slice) -> Question:
        return self._replace(
            initial={name: state[share] for name, state in self.initial.items()},
            mask=None if self.mask is None else self.mask[:, share],
            factors={layer: factor[:, share] for layer, factor in self.factors.items()},
            reuse=None if self.reuse is None else share.start,
        )


def check_input(architecture: Architecture, x: Array) -> None:
    """Refuse an input that this network does not read: NumPy would stretch it, or cut its digits off."""
    if architecture.vocabulary:
        if x.ndim != 2 or x.dtype.kind not in "iu":
            raise ShapeError(f"x has to be whole numbers (T, B); {x.dtype} of {x.shape} came.", name="x")
    elif x.ndim != 3 or x.shape[2] != architecture.inputs or x.dtype.kind not in "fc":
        raise ShapeError(
            f"x has to be real numbers (T, B, {architecture.inputs}); {x.dtype} of {x.shape} came.", name="x"
        )


def check_mask(mask: Array, x: Array) -> None:
    if mask.shape != x.shape[:2] or mask.dtype != bool:
        raise ShapeError(
            f"The mask has to be of bool and {x.shape[:2]}, as x is; {mask.dtype} of {mask.shape} came.",
            name="mask",
        )


def check_forced(forced: Mapping[str, Forced], widths: Mapping[str, int]) -> None:
    for name, value in forced.items():
        if name not in widths:
            raise UnknownName("value", name, list(widths))
        if np.shape(value) not in ((), (widths[name],)):
            raise ShapeError(
                f"{name} has {widths[name]} units; {np.shape(value)} numbers came to force them to.",
                name=name,
            )


def initial_states(architecture: Architecture, given: Mapping[str, Array], batch: int) -> dict[str, Array]:
    """Each state (B, ·), which may be given once for all sequences."""
    sizes = architecture.states
    for name, state in given.items():
        if name not in sizes:
            raise UnknownName("state", name, list(sizes))
        if np.shape(state) not in ((sizes[name],), (1, sizes[name]), (batch, sizes[name])):
            raise ShapeError(
                f"{name} has to be of shape ({batch}, {sizes[name]}); {np.shape(state)} came.", name=name
            )
    return {name: np.broadcast_to(state, (batch, sizes[name])) for name, state in given.items()}
