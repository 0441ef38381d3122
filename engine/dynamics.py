"""What a step makes of the states it is given: how it turns and stretches them, where it lets them rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array, Forced
from engine.errors import BadSetting
from engine.layer import NOTHING
from engine.network import Network
from engine.trace import Trace

REST = 1e-9
"""A state rests where a step moves it by no more than this, the length of the move."""

SLOW = 0.05
"""It is slow where a step moves it by no more than this, and no state near it moves less."""

EDGE = 1e-6
"""From 1, within which an eigenvalue is taken for it."""

FLAT = 1e-7
"""Where q slopes no more than this, it has come to a minimum."""

SAME, NEAR = 1e-4, 0.02
"""States that lie so near are one; and so near, where what lies between them moves as little."""

AT_ONCE = 4096
"""Rows of Jacobians that are worked out at once."""


class Step:
    """F: all states before a step, side by side (N, S) -> those after it.

    x: what each reads, (1, N, I) or (1, N) of symbols' numbers; or one for all, (1, 1, ·)

    Sizes are those of `architecture.states`, in their order. It computes in 64 bits. A network that reads
    from the end too has no such step: a BadSetting.
    """

    def __init__(self, network: Network, x: Array, forced: Mapping[str, Forced] = NOTHING) -> None:
        a = network.architecture
        if a.bidirectional:
            raise BadSetting("A network that reads both ways has no step from state to state.", network="")
        self.network = network.astype(np.float64)
        self.x = x if a.vocabulary else x.astype(np.float64)
        self.forced = forced
        self.sizes = a.states
        self.size = sum(self.sizes.values())
        self.output = a.spec.output

    def __call__(self, states: Array) -> Array:
        return self._joined(self._run(states, self.x))

    def jacobian(self, states: Array) -> Array:
        """dF/ds at each of the states: (N, S) -> (N, S, S), a row for each state after the step."""
        x = np.broadcast_to(self.x, (1, len(states), *self.x.shape[2:]))
        each = max(1, AT_ONCE // self.size)
        shares = [slice(k, k + each) for k in range(0, len(states), each)]
        return np.concatenate([self._jacobian(states[share], x[:, share]) for share in shares])

    def _jacobian(self, states: Array, x: Array) -> Array:
        count, size = len(states), self.size
        trace = self._run(np.repeat(states, size, axis=0), np.repeat(x, size, axis=1))
        rows = np.tile(np.eye(size), (count, 1))  # (N·S, S): of each sequence one state is asked for
        gradients = {name: part[None] for name, part in self._apart(rows).items()}
        found = self.network.backward(trace, gradients, wanted=[f"{name}0" for name in self.sizes]).initial
        return np.concatenate([found[name] for name in self.sizes], axis=-1).reshape(count, size, size)

    def reach(self, states: Array) -> Array:
        """How far out a run from these states is taken to come, (S,): outputs to 1, or to what they are or a
        step makes of them; other states anywhere."""
        found = np.maximum(1, np.maximum(np.abs(states), np.abs(self(states.astype(np.float64)))).max(axis=0))
        bounded = [np.full(n, name.endswith(f".{self.output}")) for name, n in self.sizes.items()]
        return np.where(np.concatenate(bounded), found, np.inf)

    def _run(self, states: Array, x: Array) -> Trace:
        x = np.broadcast_to(x, (1, len(states), *x.shape[2:]))
        return self.network.forward(x, self._apart(states), forced=self.forced)

    def _apart(self, states: Array) -> dict[str, Array]:
        ends = np.cumsum(list(self.sizes.values()))[:-1]
        return dict(zip(self.sizes, np.split(states, ends, axis=-1), strict=True))

    def _joined(self, trace: Trace) -> Array:
        return np.concatenate([trace.values[name][0] for name in self.sizes], axis=-1)


def jacobians(network: Network, trace: Trace, inputs: Array, forced: Mapping[str, Forced] = NOTHING) -> Array:
    """ds_t/ds_t−1 of each step of a run over one sequence: (T, S, S).

    inputs: what it read, (T, 1, I) or (T, 1) of symbols' numbers
    """
    before = [trace.values[f"{name}_prev"][:, 0] for name in network.architecture.states]
    states = np.concatenate(before, axis=-1).astype(np.float64)
    return Step(network, np.swapaxes(inputs, 0, 1), forced).jacobian(states)


def remains(steps: Array) -> Array:
    """‖ds_T/ds_k‖, the most that a small change of s_k can come to in s_T, for k = 0 … T: (T + 1,).

    steps: ds_t/ds_t−1, (T, S, S). The norm is the largest singular value of their product (Pascanu, Mikolov
    and Bengio, On the difficulty of training recurrent neural networks, 2013, section 2).
    """
    product = np.eye(steps.shape[-1])
    norms = [1.0]
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for step in steps[::-1]:
            product = product @ step
            norms.append(largest(product))
    return np.array(norms[::-1])


def largest(matrix: Array) -> float:
    """The largest singular value."""
    return float(np.linalg.norm(matrix, 2)) if np.isfinite(matrix).all() else float("inf")


def radius(matrix: Array) -> float:
    """The spectral radius: the size of the largest eigenvalue."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


@dataclass(frozen=True)
class Rest:
    """A state that a step leaves where it is, or almost.

    state:       (S,)
    speed:       how far a step moves it, the length of the move
    eigenvalues: of dF/ds there, the largest first: complex, (S,)
    """

    state: Array
    speed: float
    eigenvalues: Array

    @property
    def is_fixed(self) -> bool:
        return self.speed <= REST

    @property
    def kind(self) -> str:
        """stable: what is near comes back; unstable: it goes away whichever way it lies; saddle: it goes away
        some ways; marginal: the largest eigenvalue has the size 1, and the linear picture does not tell."""
        sizes = np.abs(self.eigenvalues)
        if sizes[0] > 1 + EDGE:
            return "unstable" if sizes[-1] > 1 + EDGE else "saddle"
        return "stable" if sizes[0] < 1 - EDGE else "marginal"


def rests(step: Step, starts: Array, tries: int = 200) -> list[Rest]:
    """Where states rest, or are slowest: the fixed points of F and its slow points, each once, by speed.

    From each start q = ½ |F(s) − s|² is made smaller (Sussillo and Barak, Opening the black box, 2013) by
    steps of Levenberg and Marquardt. What ends at q = 0 is a fixed point, another minimum of q a slow one.
    Those to which no start led are not found. Outputs farther out than 1, than the starts, and than a step
    leads from them, are left out: no run comes there, and where gates are shut to the last bit all rests.

    starts: (N, S)
    """
    s = starts.astype(np.float64).copy()
    damping = np.full(len(s), 1e-2)
    move = step(s) - s
    for _ in range(tries):
        open_ = (np.linalg.norm(move, axis=1) > REST / 10) & (damping < 1e8)
        if not open_.any():
            break
        k = np.flatnonzero(open_)
        J = step.jacobian(s[k]) - np.eye(step.size)
        JT = np.swapaxes(J, 1, 2)
        A = JT @ J + damping[k, None, None] * np.eye(step.size)
        aim = s[k] - np.linalg.solve(A, JT @ move[k, :, None])[..., 0]
        there = step(aim) - aim
        better = np.linalg.norm(there, axis=1) < np.linalg.norm(move[k], axis=1)
        s[k[better]], move[k[better]] = aim[better], there[better]
        damping[k] = np.where(better, damping[k] / 3, damping[k] * 4)
    near = (np.abs(s) <= step.reach(starts) + SAME).all(axis=1)
    return _told_apart(step, s[near], move[near])


def _told_apart(step: Step, states: Array, moves: Array) -> list[Rest]:
    """Those that are fixed, or the slowest of their neighbourhood."""
    speeds = np.linalg.norm(moves, axis=1)
    found: list[Rest] = []
    for k in np.argsort(speeds, kind="stable"):
        if speeds[k] > SLOW or any(_is_same(step, states[k], speeds[k], other) for other in found):
            continue
        J = step.jacobian(states[k : k + 1])[0]
        slope = (J - np.eye(step.size)).T @ moves[k]  # of q, 0 at its minima
        if speeds[k] <= REST or np.linalg.norm(slope) <= FLAT:
            values = np.linalg.eigvals(J).astype(np.complex128)
            order = np.argsort(-np.abs(values), kind="stable")
            found.append(Rest(states[k], float(speeds[k]), values[order]))
    return found


def _is_same(step: Step, state: Array, speed: float, other: Rest) -> bool:
    """Whether two states are one: where steps are slow over a stretch, tries end all over it."""
    apart = np.linalg.norm(state - other.state)
    if apart <= SAME or apart > NEAR:
        return bool(apart <= SAME)
    middle = (state + other.state)[None] / 2
    return bool(np.linalg.norm(step(middle) - middle) <= max(REST, speed, other.speed))
