"""Cells that no registry has: what the language can say, a plan has to be able to run."""

from __future__ import annotations

import random

from engine.cells import CellSpec, Stacked, c, c_prev, f, g, gate, h_prev, i, keep, n, o, put, x
from engine.errors import CellError
from engine.expr import Expr, diag, hold, linear, named, relu, sigmoid, symbols, tanh

W_ih, b_ih, W_hh, b_hh, W_ch, W_rh = (
    Stacked(name) for name in ("W_ih", "b_ih", "W_hh", "b_hh", "W_ch", "W_rh")
)
s, s_prev, d_prev, r, z, h = symbols("s s_prev d_prev r z h")

MGU = CellSpec(  # Zhou et al., Minimal gated unit for recurrent neural networks (2016)
    "mgu",
    gates=("f", "n"),
    states=("h",),
    equations={
        "f": sigmoid(named("a_f", linear(W_ih["f"], b_ih["f"], x) + linear(W_hh["f"], None, h_prev))),
        "n": tanh(named("a_n", linear(W_ih["n"], None, x) + linear(W_hh["n"], None, f * h_prev))),
        "keep": (1 - f) * h_prev,
        "write": f * n,
        "h": keep + put,
    },
)


def peephole(name: str, state: Expr) -> Expr:
    sums = linear(W_ih[name], b_ih[name], x) + linear(W_hh[name], b_hh[name], h_prev)
    return sigmoid(named(f"a_{name}", sums + diag(W_ch[name], state)))


PEEPHOLES = CellSpec(  # Gers and Schmidhuber, Recurrent nets that time and count (2000)
    "lstm-peepholes",
    gates=("i", "f", "g", "o"),
    states=("h", "c"),
    equations={
        "i": peephole("i", c_prev),
        "f": peephole("f", c_prev),
        "g": gate(tanh, "g"),
        "keep": f * c_prev,
        "write": i * g,
        "c": keep + put,
        "o": peephole("o", c),  # the current c
        "h": o * tanh(c),
    },
    open=("f",),
)

PROJECTED = CellSpec(  # Sak et al., Long short-term memory recurrent neural network architectures (2014)
    "lstm-projected",
    gates=("i", "f", "g", "o", "p"),
    states=("h", "c"),
    equations={
        "i": gate(sigmoid, "i"),
        "f": gate(sigmoid, "f"),
        "g": gate(tanh, "g"),
        "o": gate(sigmoid, "o"),
        "c": f * c_prev + i * g,
        "h": linear(W_hh["p"], None, o * tanh(c)),
    },
)

EARLY_RESET = CellSpec(  # the GRU as Cho et al. (2014) wrote it: reset before the matrix
    "gru-early-reset",
    gates=("r", "z", "n"),
    states=("h",),
    equations={
        "r": gate(sigmoid, "r"),
        "z": gate(sigmoid, "z"),
        "n": tanh(linear(W_ih["n"], b_ih["n"], x) + linear(W_hh["n"], b_hh["n"], r * h_prev)),
        "h": (1 - z) * n + z * h_prev,
    },
)

LEAKY_SUM = CellSpec(  # no product with a carried state, a delay of the output, a value that nobody reads
    "leaky-sum",
    gates=("n",),
    states=("s", "d"),
    equations={
        "n": relu(linear(W_ih["n"], b_ih["n"], x)),
        "s": diag("p_s", s_prev) + n,
        "h": tanh(s) - d_prev,
        "d": hold(s * n),
        "unread": sigmoid(d_prev),
    },
)

TWO_MATRICES = CellSpec(  # two carried states through matrices, a state that is its own sum
    "two-matrices",
    gates=("u",),
    states=("h", "s"),
    equations={
        "s": linear(W_ih["u"], None, x)
        + linear(W_rh["u"], None, s_prev)
        + linear(W_hh["u"], b_hh["u"], h_prev),
        "h": tanh(s) * sigmoid(h_prev - s_prev) + s,
    },
)

MORE = (MGU, PEEPHOLES, PROJECTED, EARLY_RESET, LEAKY_SUM, TWO_MATRICES)


def random_cell(seed: int) -> CellSpec:
    """Some equations, at random: states, matrices, peepholes and unit by unit operations."""
    rng = random.Random(seed)
    states = ("h", "s", "d")[: rng.randint(1, 3)]
    known = [*symbols(" ".join(f"{state}_prev" for state in states))]
    names = [*(f"v{k}" for k in range(rng.randint(0, 4))), *rng.sample(states, len(states))]
    equations: dict[str, Expr] = {}

    def part(name: str, depth: int) -> Expr:
        kind = rng.choice(
            ["value", "linear", "linear", "diag", "unary", "binary", "binary"] if depth else ["value"]
        )
        if kind == "value":
            return rng.choice(known)
        if kind == "linear":
            bias = Stacked("b")[name] if rng.random() < 0.5 else None
            source = rng.choice([x, *known, part(name, 0)])
            return linear(Stacked("W_x" if source is x else "W_h")[name], bias, source)
        if kind == "diag":
            return diag(Stacked("p")[name], part(name, depth - 1))
        if kind == "unary":
            return rng.choice([tanh, sigmoid, lambda a: 1 - a, hold])(part(name, depth - 1))
        left, right = part(name, depth - 1), part(name, depth - 1)
        return rng.choice([left + right, left - right, left * right, left + right])

    for name in names:
        whole = part(name, 3)
        # a sigmoid now and then keeps numbers small
        equations[name] = rng.choice([tanh, sigmoid])(whole + linear(Stacked("W_x")[name], None, x))
        known.append(symbols(name)[0])
    cell = CellSpec(f"random-{seed}", gates=tuple(names), states=states, equations=equations)
    try:
        assert cell.nodes and cell.parameters
    except CellError as error:  # a parameter that was read with two shapes
        raise AssertionError(error.detail) from error
    return cell
