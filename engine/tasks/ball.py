"""The ball: from the positions so far, in which of eight directions does it move next?

Paths are drawn in an unfolded plane and folded into the unit box, so the position alone says nothing
about the direction: a network without memory can only guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.arrays import Array
from engine.encoders import POINT_SIZE, encode_points
from engine.errors import BadSetting, UnknownName
from engine.losses import cross_entropy, squared_error
from engine.tasks.base import Batch

DIRECTIONS = ("E", "NE", "N", "NW", "W", "SW", "S", "SE")
"""Eight compass classes, anticlockwise from East, y up."""

NOISE = 0.006
"""Standard deviation of an observed position, in box units."""

SPEED = (0.04, 0.09)
"""Box units a frame. Slower balls ask for small differences of large numbers."""

FAST = 1.6
"""How much faster a bouncing ball is than a straight one."""

ACCELERATION = (0.002, 0.007)
"""Box units a frame, a frame."""

TURN = (0.12, 0.55)
"""Radians a frame of a circular path, to either side."""

SIDES = np.array([-1.0, 1.0])

HELD_OUT = 1_000_033
"""The seed of the paths that say when to stop. Training streams start from a seed and a purpose, and the
exam's paths from another seed."""

DISPLACEMENT_SCALE = 15.0
"""A displacement is multiplied by this in the loss, so that it is about 1 long."""


@dataclass(frozen=True)
class Paths:
    """Paths of N balls over T frames, in box units.

    points:  (T, N, 2) as observed, with noise; clipped to the box
    truth:   (T + 1, N, 2) where the balls really are, and will be one frame later
    visible: (T, N) False where a frame is hidden
    motions: (N,) the name of each motion
    """

    points: Array
    truth: Array
    visible: Array
    motions: Sequence[str]

    @property
    def displacements(self) -> Array:
        """(T, N, 2) the true next step, the one that is to be predicted."""
        return np.asarray(np.diff(self.truth, axis=0))

    @property
    def directions(self) -> Array:
        """(T, N) the class of the true next step."""
        return direction(self.displacements)

    def of(self, motion: str) -> Array:
        """(N,) True where a path has that motion."""
        return np.array([name == motion for name in self.motions])


def direction(displacements: Array) -> Array:
    """The compass class of displacements (..., 2): sectors of 45° centred on E, NE, N, …"""
    degrees = np.degrees(np.arctan2(displacements[..., 1], displacements[..., 0]))
    return np.asarray(np.floor((degrees + 22.5) / 45).astype(np.int64) % 8)


def fold(u: Array) -> Array:
    """A plane without walls into the unit box: every wall is a mirror."""
    m = u - 2 * np.floor(0.5 * np.floor(u))  # u mod 2, to the bit, and six times as fast as np.mod
    return np.asarray(np.minimum(m, 2 - m))


Motion = Callable[[np.random.Generator, int, Array], Array]
"""(rng, N, t of shape (F, 1)) -> offsets from the start, (F, N, 2)."""


def _polar(length: Array, angle: Array) -> Array:
    return np.stack([length * np.cos(angle), length * np.sin(angle)], axis=-1)


def _angle(rng: np.random.Generator, n: int) -> Array:
    return np.asarray(rng.uniform(0, 2 * np.pi, n))


def line(v: Array, t: Array) -> Array:
    """Offsets after t frames at the velocity v (…, 2): v t."""
    return np.asarray(t[..., None] * v)


def parabola(v: Array, a: Array, t: Array) -> Array:
    """Offsets after t frames from the velocity v (…, 2) at the acceleration a (…, 2): v t + ½ a t²."""
    return line(v, t) + 0.5 * (t * t)[..., None] * a


def arc(speed: Array, start: Array, turn: Array, t: Array) -> Array:
    """Offsets after t frames of a ball that heads for the angle `start` and turns by `turn` a frame."""
    radius = speed / turn
    heading = start + turn * t
    x = radius * (np.sin(heading) - np.sin(start))
    y = radius * (np.cos(start) - np.cos(heading))
    return np.stack([x, y], axis=-1)


def _velocity(rng: np.random.Generator, n: int, times: float = 1.0) -> Array:
    return _polar(times * rng.uniform(*SPEED, n), _angle(rng, n))


def _straight(rng: np.random.Generator, n: int, t: Array) -> Array:
    return line(_velocity(rng, n), t)


def _bouncing(rng: np.random.Generator, n: int, t: Array) -> Array:
    return line(_velocity(rng, n, FAST), t)


def _accelerating(rng: np.random.Generator, n: int, t: Array) -> Array:
    a = _polar(rng.uniform(*ACCELERATION, n), _angle(rng, n))
    return parabola(_velocity(rng, n), a, t)


def _circular(rng: np.random.Generator, n: int, t: Array) -> Array:
    turn = rng.uniform(*TURN, n) * SIDES[rng.integers(0, 2, n)]
    return arc(rng.uniform(*SPEED, n), _angle(rng, n), turn, t)


def _curve(rng: np.random.Generator, n: int, t: Array) -> Array:
    """A wandering hand: the curvature changes slowly, the speed a little. Never trained on."""
    frames = len(t)
    speed = rng.uniform(*SPEED, n) * (1 + 0.08 * rng.standard_normal((frames - 1, n)))
    curvature = np.zeros(n)
    heading = _angle(rng, n)
    steps = []
    for k in range(frames - 1):
        curvature = 0.85 * curvature + 0.10 * rng.standard_normal(n)
        heading = heading + curvature
        steps.append(_polar(speed[k], heading))
    return np.concatenate([np.zeros((1, n, 2)), np.cumsum(steps, axis=0)])


MOTIONS: dict[str, Motion] = {
    "straight": _straight,
    "accelerating": _accelerating,
    "bouncing": _bouncing,
    "circular": _circular,
    "curve": _curve,
}

TRAINED = ("straight", "accelerating", "bouncing", "circular")
"""The motions that networks are trained on; `curve` is held out."""


def throw(
    rng: np.random.Generator,
    count: int,
    frames: int,
    motions: Sequence[str] = TRAINED,
    noise: float = NOISE,
) -> Paths:
    """Throw `count` balls, in equal shares of the motions, and watch each for `frames` frames."""
    for name in motions:
        if name not in MOTIONS:
            raise UnknownName("motion", name, list(MOTIONS))
    names = [motions[k % len(motions)] for k in range(count)]
    t = np.arange(frames + 1.0)[:, None]  # (T + 1, 1)
    u = np.broadcast_to(rng.uniform(0, 2, (count, 2)), (frames + 1, count, 2)).copy()
    for k, name in enumerate(motions):
        mine = slice(k, count, len(motions))
        u[:, mine] += MOTIONS[name](rng, len(range(count)[mine]), t)
    truth = fold(u)
    seen = np.clip(truth[:-1] + noise * rng.standard_normal((frames, count, 2)), 0, 1)
    return Paths(seen, truth, np.ones((frames, count), bool), names)


def hide(paths: Paths, first: int, last: int) -> Paths:
    """The same paths with frames `first` to `last` hidden, counted from 1, both included."""
    visible = paths.visible.copy()
    visible[first - 1 : last] = False
    return Paths(paths.points, paths.truth, visible, paths.motions)


@dataclass(frozen=True)
class BallTask:
    """Options of training.

    frames:   length of a sequence
    blackout: share of the sequences in which a run of frames is hidden
    first:    how much more the first frame counts, where the honest answer is a guess
    """

    frames: int = 16
    blackout: float = 0.0
    first: float = 8.0

    name: ClassVar[str] = "ball"
    inputs: ClassVar[int] = POINT_SIZE
    vocabulary: ClassVar[tuple[str, ...]] = ()
    unsaid: ClassVar[tuple[str, ...]] = ()
    end: ClassVar[str | None] = None
    heads: ClassVar[Mapping[str, int]] = {"readout": len(DIRECTIONS), "displacement": 2}
    outputs: ClassVar[tuple[str, ...]] = DIRECTIONS
    provenance: ClassVar[str] = ""
    source: ClassVar[str] = (
        "Made while training: equal shares of straight, accelerating, bouncing and circular paths, "
        f"observed with noise {NOISE}. No path is seen twice."
    )

    def __post_init__(self) -> None:
        if self.frames < 1:
            raise BadSetting(f"frames has to be 1 or more; {self.frames} came.", frames=self.frames)
        if not 0 <= self.blackout <= 1:
            raise BadSetting(f"blackout has to be from 0 to 1; {self.blackout} came.", blackout=self.blackout)
        if not self.first > 0:
            raise BadSetting(f"first has to be above 0; {self.first} came.", first=self.first)
        if self.frames < 12 and self.blackout:
            raise BadSetting(
                f"A blackout needs sequences of 12 frames or more; {self.frames} came.", frames=self.frames
            )

    @staticmethod
    def tokens(text: str) -> list[str]:
        """None: it reads numbers."""
        return []

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        paths = throw(rng, size, self.frames)
        visible = paths.visible & ~self._blackouts(rng, size)
        weights = np.ones((self.frames, size), np.float32)
        weights[0] = self.first
        return Batch(
            x=encode_points(paths.points, visible).astype(np.float32),
            targets={
                "direction": paths.directions,
                "displacement": (DISPLACEMENT_SCALE * paths.displacements).astype(np.float32),
            },
            weights=weights,
        )

    def held_out(self) -> Iterator[Batch]:
        """2,000 fresh paths."""
        rng = np.random.default_rng([HELD_OUT, 1])
        for _ in range(4):
            yield self.batch(rng, 500)

    def loss(self, values: Mapping[str, Array], batch: Batch) -> tuple[float, dict[str, Array]]:
        """Cross-entropy of the direction plus ½ ‖15 · (displacement − truth)‖²."""
        k = DISPLACEMENT_SCALE
        guess, d_logits = cross_entropy(values["logits"], batch.targets["direction"], batch.weights)
        miss, d_scaled = squared_error(
            k * values["displacement"], batch.targets["displacement"], batch.weights
        )
        return float(guess + miss), {"logits": d_logits, "displacement": k * d_scaled}

    def _blackouts(self, rng: np.random.Generator, size: int) -> Array:
        """(T, B) True where a frame is hidden: a run of 1 to 8 frames, never among the first three."""
        chosen = rng.random(size) < self.blackout
        length = rng.integers(1, 9, size)
        first = rng.integers(3, np.maximum(self.frames - length, 3) + 1)
        t = np.arange(self.frames)[:, None]
        return np.asarray(chosen & (t >= first) & (t < first + length))
