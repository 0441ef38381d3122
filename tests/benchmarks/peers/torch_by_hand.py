"""A trace as one writes it in PyTorch: its matrix products and activations in a loop, every gate kept."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import linear

from tests.benchmarks.problem import Candidate, Problem

Kept = dict[str, Tensor]


def forward(problem: Problem) -> Candidate:
    torch.set_num_threads(problem.threads)
    w = {name: torch.from_numpy(array) for name, array in problem.weights.items()}
    x, step = torch.from_numpy(problem.x), STEPS[problem.cell.name]
    zeros = torch.zeros(problem.sizes.batch, problem.sizes.hidden, dtype=x.dtype)

    def run() -> list[Kept]:
        trace = [{state: zeros for state in problem.cell.states}]
        with torch.inference_mode():
            for a in linear(x, w["W_ih"], w["b_ih"]).unbind(0):  # of all time steps at once
                b = linear(trace[-1]["h"], w["W_hh"], w["b_hh"])
                trace.append(step(a, b, trace[-1]))
        return trace[1:]

    return Candidate(run, lambda trace: {"h": torch.stack([kept["h"] for kept in trace]).numpy()})


def rnn(a: Tensor, b: Tensor, past: Kept) -> Kept:
    a_h = a + b
    return {"a_h": a_h, "h": a_h.tanh()}


def lstm(a: Tensor, b: Tensor, past: Kept) -> Kept:
    a_i, a_f, a_g, a_o = (a + b).chunk(4, 1)
    i, f, g, o = a_i.sigmoid(), a_f.sigmoid(), a_g.tanh(), a_o.sigmoid()
    keep, write = f * past["c"], i * g
    c = keep + write
    gates = {"a_i": a_i, "a_f": a_f, "a_g": a_g, "a_o": a_o, "i": i, "f": f, "g": g, "o": o}
    return {**gates, "keep": keep, "write": write, "c": c, "h": o * c.tanh()}


def gru(a: Tensor, b: Tensor, past: Kept) -> Kept:
    (x_r, x_z, x_n), (h_r, h_z, hn) = a.chunk(3, 1), b.chunk(3, 1)
    a_r, a_z = x_r + h_r, x_z + h_z
    r, z = a_r.sigmoid(), a_z.sigmoid()
    a_n = x_n + r * hn
    n = a_n.tanh()
    write, keep = (1 - z) * n, z * past["h"]
    gates = {"a_r": a_r, "a_z": a_z, "hn": hn, "a_n": a_n, "r": r, "z": z, "n": n}
    return {**gates, "write": write, "keep": keep, "h": write + keep}


STEPS = {"rnn": rnn, "lstm": lstm, "gru": gru}
