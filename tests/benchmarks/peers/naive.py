"""NumPy as tutorials write it: a matrix for each gate, a line for each equation, a cache for each step."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from tests.benchmarks.problem import Candidate, Problem

Weights = dict[str, tuple[Array, Array, Array, Array]]
Cache = dict[str, Array]


def forward(problem: Problem) -> Candidate:
    w, step = _by_gate(problem), STEPS[problem.cell.name]

    def run() -> list[Cache]:
        zeros = np.zeros((problem.sizes.batch, problem.sizes.hidden), problem.x.dtype)
        past = {state: zeros for state in problem.cell.states}
        caches = []
        for t in range(len(problem.x)):
            past = step(w, problem.x[t], past)
            caches.append(past)
        return caches

    return Candidate(run, lambda caches: {"h": np.stack([cache["h"] for cache in caches])})


def rnn(w: Weights, x: Array, past: Cache) -> Cache:
    W_ih, b_ih, W_hh, b_hh = w["h"]
    return {"h": np.tanh(x @ W_ih.T + b_ih + past["h"] @ W_hh.T + b_hh)}


def lstm(w: Weights, x: Array, past: Cache) -> Cache:
    i = sigmoid(linear(w["i"], x, past["h"]))
    f = sigmoid(linear(w["f"], x, past["h"]))
    g = np.tanh(linear(w["g"], x, past["h"]))
    o = sigmoid(linear(w["o"], x, past["h"]))
    c = f * past["c"] + i * g
    return {"i": i, "f": f, "g": g, "o": o, "c": c, "h": o * np.tanh(c)}


def gru(w: Weights, x: Array, past: Cache) -> Cache:
    W_in, b_in, W_hn, b_hn = w["n"]
    r = sigmoid(linear(w["r"], x, past["h"]))
    z = sigmoid(linear(w["z"], x, past["h"]))
    n = np.tanh(x @ W_in.T + b_in + r * (past["h"] @ W_hn.T + b_hn))
    return {"r": r, "z": z, "n": n, "h": (1 - z) * n + z * past["h"]}


def linear(w: tuple[Array, Array, Array, Array], x: Array, h_prev: Array) -> Array:
    W_ih, b_ih, W_hh, b_hh = w
    return np.asarray(x @ W_ih.T + b_ih + h_prev @ W_hh.T + b_hh)


def sigmoid(a: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-a)))


STEPS = {"rnn": rnn, "lstm": lstm, "gru": gru}


def _by_gate(problem: Problem) -> Weights:
    gates = problem.cell.gates
    split = [np.split(problem.weights[name], len(gates)) for name in ("W_ih", "b_ih", "W_hh", "b_hh")]
    return dict(zip(gates, zip(*split, strict=True), strict=True))
