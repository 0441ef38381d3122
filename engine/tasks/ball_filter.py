"""The best that anyone could do with the ball: a Bayes filter that knows how the paths are made.

What is seen carries noise, so even a perfect reader of the paths is left in doubt about the next
step. The filter keeps that doubt as particles, balls that could be the one seen. Its likeliest
direction is the ceiling for every network.

Each trained motion has particles of its own. A new frame weighs them by its likelihood, they are
resampled in proportion to the weights, and then moved by MCMC that leaves the posterior of all
frames so far as it is: resample-move (Gilks & Berzuini, 2001; Del Moral et al., 2006). The product
of the mean weights estimates p(frames | motion), by which the motions are weighed against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.errors import BadSetting
from engine.softmax import softmax
from engine.tasks.ball import (
    ACCELERATION,
    DIRECTIONS,
    FAST,
    NOISE,
    SPEED,
    TURN,
    arc,
    direction,
    fold,
    line,
    parabola,
)

PARTICLES = 256
"""Particles of each motion; twice as many give the same accuracy."""

EFFORT = 32
"""MCMC moves of a particle after a frame, times the frames it has to explain; never fewer than 4 moves."""

SURPLUS = 16
"""How many more are drawn at first: most of them do not survive the second frame."""

NEGLIGIBLE = 12.0
"""A motion that is e^12 times less likely than another is followed no further."""

HOPELESS = 30.0
"""Nor one for which a single frame is as unlikely as this, as −log likelihood."""

OUT = -1e9
"""The log evidence of a motion that is followed no further."""

BLOCK = 32
"""Sequences followed at a time, so that the arrays stay in the processor's cache."""

Rng = np.random.Generator


@dataclass(frozen=True)
class Model:
    """A motion as a density. A particle (D,) is the start in the box (2), the velocity (2) and the rest.

    speed:  the range of the speed at the start
    draw:   (rng, N, P) -> the rest, from its prior, (N, P, D - 4)
    prior:  rest (N, P, D - 4) -> its log density up to a constant, (N, P)
    path:   (velocity, rest, t of shape (F, 1, 1)) -> offsets from the start, (F, N, P, 2)
    """

    speed: tuple[float, float]
    draw: Callable[[Rng, int, int], Array]
    prior: Callable[[Array], Array]
    path: Callable[[Array, Array, Array], Array]


def _ring(v: Array, low: float, high: float) -> Array:
    """log density of vectors (..., 2) of any direction whose length is uniform: at length r, 2πr share it."""
    r = np.hypot(v[..., 0], v[..., 1])
    density = -np.log(2 * np.pi * (high - low) * np.maximum(r, low))
    return np.where((low <= r) & (r <= high), density, -np.inf)


def _draw_acceleration(rng: Rng, n: int, p: int) -> Array:
    angle = rng.uniform(0, 2 * np.pi, (n, p))
    along = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return np.asarray(rng.uniform(*ACCELERATION, (n, p, 1)) * along)


def _draw_turn(rng: Rng, n: int, p: int) -> Array:
    return np.asarray(rng.uniform(*TURN, (n, p, 1)) * rng.choice([-1.0, 1.0], (n, p, 1)))


def _turn_prior(rest: Array) -> Array:
    size = np.abs(rest[..., 0])
    return np.where((TURN[0] <= size) & (size <= TURN[1]), 0.0, -np.inf)


def _uniform(speed: tuple[float, float]) -> Model:
    """A motion of one velocity: nothing but the start and the velocity to know."""
    return Model(
        speed,
        draw=lambda rng, n, p: np.zeros((n, p, 0)),
        prior=lambda rest: np.zeros(rest.shape[:-1]),
        path=lambda v, rest, t: line(v, t),
    )


MODELS: Mapping[str, Model] = {
    "straight": _uniform(SPEED),
    "accelerating": Model(SPEED, _draw_acceleration, lambda rest: _ring(rest, *ACCELERATION), parabola),
    "bouncing": _uniform((FAST * SPEED[0], FAST * SPEED[1])),
    "circular": Model(
        SPEED,
        _draw_turn,
        _turn_prior,
        lambda v, rest, t: arc(
            np.hypot(v[..., 0], v[..., 1]), np.arctan2(v[..., 1], v[..., 0]), rest[..., 0], t
        ),
    ),
}


TAIL = np.array(
    [
        *(0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807),
        *(-0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223),
    ]
)


def log_tail(z: Array) -> Array:
    """log Φ(−z) for z >= 0: ½ erfc(z / √2), Chebyshev fit of Numerical Recipes §6.2, to 1.2e-7 of it."""
    t = 1 / (1 + z / np.sqrt(8))
    return np.asarray(np.log(t / 2) - 0.5 * z * z + np.polyval(TAIL, t))


def log_likelihood(seen: Array, places: Array) -> Array:
    """log p(seen | places) of points (..., 2), up to a constant that all places share.

    A coordinate that was clipped to a wall could be any beyond it: the tail of the normal counts.
    """
    z = np.abs(places - seen) / NOISE
    each = -0.5 * z * z
    clipped = np.broadcast_to((seen == 0) | (seen == 1), z.shape)
    each[clipped] = log_tail(z[clipped])
    return np.asarray(each[..., 0] + each[..., 1])


def places(model: Model, x: Array, t: Array) -> Array:
    """Where the balls x (N, P, D) are at the times t (F,), in the box: (F, N, P, 2)."""
    return fold(x[..., :2] + model.path(x[..., 2:4], x[..., 4:], t[:, None, None]))


def log_posterior(model: Model, seen: Array, power: Array, x: Array) -> Array:
    """log p(x) p(seen | x) up to a constant, (N, P), of x (N, P, D) and seen (F, N, 2).

    The likelihood of the last frame is raised to `power` (N,).
    """
    start, v, rest = x[..., :2], x[..., 2:4], x[..., 4:]
    prior = np.where(((start >= 0) & (start <= 1)).all(axis=-1), 0.0, -np.inf)
    prior = prior + _ring(v, *model.speed) + model.prior(rest)
    where = places(model, x, np.arange(float(len(seen))))
    ll = log_likelihood(seen[:, :, None], where)
    return np.asarray(prior + ll[:-1].sum(axis=0) + power[:, None] * ll[-1])


def _mirror(p: Array) -> Array:
    """The image of a point in the nearer wall, by coordinate. The image in the other is out of reach."""
    return np.asarray(2 * np.rint(p) - p)


def _points_near(rng: Rng, seen: Array, p: int) -> tuple[Array, Array]:
    """Points of the box near those seen (N, 2): (N, P, 2), and their log likelihood / density, (N, P)."""
    y = seen[:, None]
    points = fold(y + NOISE * rng.standard_normal((len(seen), p, 2)))
    straight, folded = ((image - y) / NOISE for image in (points, _mirror(points)))
    density = np.logaddexp(-0.5 * straight**2, -0.5 * folded**2).sum(axis=-1)
    return points, log_likelihood(y, points) - density


def _launch(model: Model, step: Array, rest: Array) -> tuple[Array, Array]:
    """The velocity (N, P, 2) whose first step is `step` (N, P, 2), and log |∂velocity / ∂step|.

    As complex numbers, step = a · velocity + b: when the velocity turns, so does the path.
    """

    def first(v: Array) -> Array:
        offset = model.path(v, rest, np.ones((1, 1, 1)))[0]
        return np.asarray(offset[..., 0] + 1j * offset[..., 1])

    b = first(np.zeros_like(step))
    a = first(np.zeros_like(step) + np.array([1.0, 0.0])) - b
    v = (step[..., 0] + 1j * step[..., 1] - b) / a
    return np.stack([v.real, v.imag], axis=-1), -2 * np.log(np.abs(a))


def _one_frame(rng: Rng, model: Model, seen: Array, p: int) -> tuple[Array, Array]:
    """Particles (N, P, D) drawn for the first frame, seen (1, N, 2), and their log weights (N, P)."""
    start, weights = _points_near(rng, seen[0], p)
    angle = rng.uniform(0, 2 * np.pi, (*weights.shape, 1))
    v = rng.uniform(*model.speed, angle.shape) * np.concatenate([np.cos(angle), np.sin(angle)], axis=-1)
    return np.concatenate([start, v, model.draw(rng, *weights.shape)], axis=-1), weights


def _two_frames(rng: Rng, model: Model, seen: Array, p: int) -> tuple[Array, Array]:
    """The same for two frames, seen (2, N, 2): the velocity is what leads from one to the other.

    The second point or, as likely, its mirror image is the end of the first step in the unfolded plane.
    """
    start, first = _points_near(rng, seen[0], p)
    end, second = _points_near(rng, seen[1], p)
    end = np.where(rng.random(end.shape) < 0.5, end, _mirror(end))
    rest = model.draw(rng, *first.shape)
    v, jacobian = _launch(model, end - start, rest)
    weights = first + second + _ring(v, *model.speed) + jacobian
    return np.concatenate([start, v, rest], axis=-1), weights


def _log_mean(weights: Array) -> Array:
    """log of the mean of exp(weights) over the particles (N, P); with none possible, OUT or less."""
    top = np.maximum(weights.max(axis=1), OUT)
    return np.asarray(top + np.log(np.maximum(np.exp(weights - top[:, None]).mean(axis=1), 1e-300)))


def _resample(rng: Rng, x: Array, weights: Array, p: int) -> Array:
    """P of the particles x (N, M, D), by log weights (N, M): systematic (Kitagawa, 1996), and shuffled.

    In order, copies of a particle would be neighbours, and `_move` would push each away from its copy.
    """
    n, m = weights.shape
    total = softmax(np.maximum(weights, OUT)).cumsum(axis=1)
    row = np.arange(n)[:, None]
    comb = (rng.permutation(p) + rng.random((n, 1))) / p
    chosen = np.searchsorted((total / total[:, -1:] + row).ravel(), (comb + row).ravel())
    return np.asarray(x.reshape(n * m, -1)[np.minimum(chosen.reshape(n, p), row * m + m - 1)])


def _walk(rng: Rng, x: Array) -> Array:
    """Random steps (N, P, D) at the scale and in the shape of the particles x (N, P, D).

    Differences of particles drawn at random have twice their covariance (Ter Braak, 2006); three of
    them are added in random shares. 2.38² / D of the covariance is the step that mixes best.
    """
    n, p, d = x.shape
    steps = [(x - np.roll(x, rng.integers(1, p), axis=1)) * rng.standard_normal((n, p, 1)) for _ in range(3)]
    return np.asarray(2.38 / np.sqrt(3 * 2 * d) * sum(steps))


def _move(rng: Rng, model: Model, seen: Array, power: Array, x: Array) -> Array:
    """x (N, P, D) after MCMC moves that leave the posterior of `log_posterior` as it is.

    One half moves by the differences of the other, in turns: what a step depends on then stays put.
    """
    halves = [x[:, 0::2], x[:, 1::2]]
    scores = [log_posterior(model, seen, power, half) for half in halves]
    for k in [0, 1] * max(4, EFFORT // len(seen)):
        moved = halves[k] + _walk(rng, halves[1 - k])
        score = log_posterior(model, seen, power, moved)
        luck = np.log1p(-rng.random(score.shape))  # of a number in (0, 1]
        accepted = luck + scores[k] < score
        halves[k] = np.where(accepted[..., None], moved, halves[k])
        scores[k] = np.where(accepted, score, scores[k])
    return np.concatenate(halves, axis=1)


def _stride(ll: Array, left: Array) -> Array:
    """The power of the likelihood, at most `left` (N,), that half of the particles of ll (N, P) survive."""

    def survived(power: Array) -> Array:
        w = softmax(power[:, None] * ll)
        return np.asarray((w * w).sum(axis=1) * ll.shape[1] <= 2)  # the effective sample size

    low, high = 1e-3 * left, left
    whole = survived(left)
    for _ in range(12):
        middle = (low + high) / 2
        enough = survived(middle)
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
    return np.where(whole, left, low)


def _see(rng: Rng, model: Model, seen: Array, x: Array) -> tuple[Array, Array]:
    """The last frame of seen (F, N, 2) taken in by x (N, P, D): the new x, and log p(frame | before), (N,).

    In as many steps as it takes for half of the particles to survive each: the likelihood of the frame
    is raised to a power that grows to 1 (Jasra et al., 2011). Otherwise a surprise leaves no two alike.
    """
    x, power, gain = x.copy(), np.zeros(len(x)), np.zeros(len(x))
    now = np.array([len(seen) - 1.0])
    while (rows := np.flatnonzero((power < 1) & (gain > -HOPELESS))).size:
        ll = log_likelihood(seen[-1, rows, None], places(model, x[rows], now)[0])
        left = 1 - power[rows]
        step = _stride(ll, left)
        weights = step[:, None] * ll
        gain[rows] += _log_mean(weights)
        power[rows] = np.where(step == left, 1.0, power[rows] + step)
        survivors = _resample(rng, x[rows], weights, x.shape[1])
        x[rows] = _move(rng, model, seen[:, rows], power[rows], survivors)
    return x, np.where(power < 1, OUT, gain)


def _begin(rng: Rng, model: Model, seen: Array, p: int) -> tuple[Array, Array]:
    """Particles (N, P, D) for the first frame or the first two, seen (F, N, 2), and log p(seen), (N,)."""
    if len(seen) == 1:
        x, weights = _one_frame(rng, model, seen, SURPLUS * p)
        return _resample(rng, x, weights, SURPLUS * p), np.zeros(len(x))  # the same for every motion
    x, weights = _two_frames(rng, model, seen, SURPLUS * p)
    x = _resample(rng, x, weights, p)
    return _move(rng, model, seen, np.ones(len(x)), x), _log_mean(weights)


def _shares(model: Model, x: Array, t: int) -> Array:
    """The share of each direction in the step from frame t, (N, 8), among particles x (N, P, D)."""
    before, after = places(model, x, np.array([t - 1.0, t]))
    return np.asarray((direction(after - before)[..., None] == np.arange(len(DIRECTIONS))).mean(axis=1))


def _follow(points: Array, rng: Rng, particles: int) -> Array:
    """`posterior` of one block."""
    evidence = np.zeros((len(MODELS), points.shape[1]))
    shares = np.zeros((*evidence.shape, len(DIRECTIONS)))
    clouds: dict[str, Array] = {}
    probs = []
    for t in range(1, len(points) + 1):
        for k, (name, model) in enumerate(MODELS.items()):
            on = evidence[k] > OUT
            if t <= 2:
                clouds[name], evidence[k] = _begin(rng, model, points[:t], particles)
            else:
                clouds[name][on], gain = _see(rng, model, points[:t, on], clouds[name][on])
                evidence[k, on] += gain
            shares[k, on] = _shares(model, clouds[name][on], t)
        evidence[evidence < evidence.max(axis=0) - NEGLIGIBLE] = OUT
        probs.append(np.einsum("nm,mnk->nk", softmax(evidence.T), shares))
    return np.stack(probs)


def posterior(
    points: Array,
    rng: Rng,
    particles: int = PARTICLES,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Array:
    """Probabilities (T, N, 8) of the true next direction, given points (T, N, 2) seen up to each frame."""
    if particles < 4 or particles % 2:
        raise BadSetting(f"Particles move in two halves of 2 or more; {particles} came.", particles=particles)
    blocks, count = [], points.shape[1]
    for start in range(0, count, BLOCK):
        blocks.append(_follow(points[:, start : start + BLOCK], rng, particles))
        progress(min(start + BLOCK, count), count)
    return np.concatenate(blocks, axis=1)
