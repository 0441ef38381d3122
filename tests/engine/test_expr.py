"""Each operation of the cell language against plain Python and decimal arithmetic, and how it is written."""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable, Mapping
from decimal import Decimal

import numpy as np
import pytest
from derivatives import assert_gradient, complex_step
from numpy.typing import NDArray

from engine.cells import CELLS, CellSpec, Stacked, gate, h_prev, x
from engine.errors import CellError
from engine.expr import LEAVES, OPS, Expr, Rows, diag, hold, linear, named, sigmoid, symbols, tanh, write


def sigma(a: float) -> float:
    """1 / (1 + e^−a) with 60 digits."""
    with decimal.localcontext(prec=60):
        return float(1 / (1 + (-Decimal(a)).exp()))


def tanh_of(a: float) -> float:
    with decimal.localcontext(prec=60):
        up, down = Decimal(a).exp(), (-Decimal(a)).exp()
        return float((up - down) / (up + down))


REFERENCE: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "complement": lambda a: 1 - a,
    "hold": lambda a: a,
    "sigmoid": sigma,
    "tanh": tanh_of,
    "relu": lambda a: max(a, 0.0),
}
POINTS = [-40.0, -3.25, -1.0, -0.4, 0.3, 0.75, 2.0, 6.5, 40.0]


def arguments(op: str) -> list[NDArray[np.float64]]:
    """All points, each with each where the operation takes two."""
    count = len(OPS[op].needs)
    return [np.ravel(a) for a in np.meshgrid(*[POINTS] * count)]


def test_every_operation_has_a_reference() -> None:
    assert set(OPS) == set(REFERENCE)


@pytest.mark.parametrize("op", OPS)
def test_value_of_an_operation(op: str) -> None:
    given = arguments(op)
    expected = [REFERENCE[op](*map(float, point)) for point in zip(*given, strict=True)]
    np.testing.assert_allclose(OPS[op].value(*given), expected, rtol=4e-16, atol=0)


@pytest.mark.parametrize("op", OPS)
def test_gradient_of_an_operation(op: str) -> None:
    given = {str(k): a for k, a in enumerate(arguments(op))}
    g = np.random.default_rng(1).standard_normal(len(given["0"]))
    expected = complex_step(lambda a: complex((g * OPS[op].value(*a.values())).sum()), given)
    found = OPS[op].vjp(g, OPS[op].value(*given.values()), *given.values())
    for k, d in enumerate(found):
        assert_gradient(d, expected[str(k)], op)
    assert len(found) == len(given) == len(OPS[op].needs)


A, W, V = np.random.default_rng(2).standard_normal((3, 4, 4))  # A is four vectors of length 4
LEAF_CASES: dict[str, tuple[str, Mapping[str, NDArray[np.float64]], Callable[[int, int], float]]] = {
    "linear with a bias": (
        "linear",
        {"a": A, "W": W[:3], "b": V[0, :3]},
        lambda row, k: math.fsum(W[k, j] * A[row, j] for j in range(4)) + V[0, k],
    ),
    "linear without": (
        "linear",
        {"a": A, "W": W[:3]},
        lambda row, k: math.fsum(W[k, j] * A[row, j] for j in range(4)),
    ),
    "diag": ("diag", {"a": A, "p": V[1]}, lambda row, k: V[1, k] * A[row, k]),
}


def test_every_leaf_has_a_case() -> None:
    assert {leaf for leaf, *_ in LEAF_CASES.values()} == set(LEAVES)


@pytest.mark.parametrize("case", LEAF_CASES)
def test_value_of_a_leaf(case: str) -> None:
    leaf, given, reference = LEAF_CASES[case]
    found = LEAVES[leaf].value(*given.values())
    expected = [[reference(row, k) for k in range(found.shape[1])] for row in range(4)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-15)


@pytest.mark.parametrize("case", LEAF_CASES)
def test_gradient_of_a_leaf(case: str) -> None:
    leaf, given, _ = LEAF_CASES[case]
    row = LEAVES[leaf]
    g = np.random.default_rng(3).standard_normal(row.value(*given.values()).shape)
    expected = complex_step(lambda a: complex((g * row.value(*a.values())).sum()), given)
    a, *parameters = given.values()
    found = [row.vjp(g, *parameters), *row.grads(g, a)]
    for name, d in zip(given, found, strict=False):  # linear finds a gradient for b, wanted or not
        assert_gradient(d, expected[name], name)
    assert [p.ndim for p in parameters] == list(row.ranks[: len(parameters)])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("a", [-100.0, -80.0, -50.0, -20.0, -15.0, -1.0, 0.0, 1.0, 15.0, 50.0, 100.0])
def test_sigmoid_is_right_in_relative_terms(a: float, dtype: type) -> None:
    """½ (1 + tanh(a / 2)) in float32 is 3 % off at −15, and 0 from −20 on. −100 is below float32's normal
    numbers, where one step of the last digit is the best there is."""
    expected = 1 / (1 + math.exp(-a))
    with np.errstate(all="raise", under="ignore"):
        found = OPS["sigmoid"].value(np.array([a], dtype))
    assert found.dtype == dtype
    assert abs(float(found[0]) - expected) <= 3 * float(np.spacing(dtype(expected)))
    assert found[0] > 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_overflows_however_large(dtype: type) -> None:
    a = np.array([-1e30, -1e4, -800, 800, 1e4, 1e30], dtype)
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(OPS["sigmoid"].value(a), [0, 0, 0, 1, 1, 1])
        np.testing.assert_array_equal(OPS["tanh"].value(a), [-1, -1, -1, 1, 1, 1])
        np.testing.assert_array_equal(OPS["relu"].value(a), np.maximum(a, 0))


@pytest.mark.parametrize("op", ["sigmoid", "tanh", "relu"])
def test_nan_stays_nan(op: str) -> None:
    """A relu that turned nan into 0 would hide a training that has diverged."""
    assert np.isnan(OPS[op].value(np.array([np.nan]))).all()


def test_a_held_value_is_a_copy() -> None:
    a = np.zeros(3)
    assert OPS["hold"].value(a) is not a


a, b, c, c_prev = symbols("a b c c_prev")
M, v = Rows("M"), Rows("v")
W_ih, W_hh = Stacked("W_ih"), Stacked("W_hh")


@pytest.mark.parametrize(
    ("expr", "written"),
    [
        (a + b * c_prev, "a_t + b_t ⊙ c_t−1"),
        ((a + b) * c, "(a_t + b_t) ⊙ c_t"),
        (a + b + c, "a_t + b_t + c_t"),
        (a - b + c, "a_t − b_t + c_t"),
        (a - (b + c), "a_t − (b_t + c_t)"),
        (a - (b - c), "a_t − (b_t − c_t)"),
        (a - (1 - b), "a_t − (1 − b_t)"),
        ((1 - a) * b, "(1 − a_t) ⊙ b_t"),
        (1 - (1 - a), "1 − (1 − a_t)"),
        (1 - a * b, "1 − a_t ⊙ b_t"),
        (sigmoid(a + b) * tanh(c), "σ(a_t + b_t) ⊙ tanh(c_t)"),
        (hold(a), "a_t"),
        (hold(a + b) * c, "(a_t + b_t) ⊙ c_t"),
        (linear(M, v, x), "M x_t + v"),
        (linear(M, None, a * tanh(c)), "M (a_t ⊙ tanh(c_t))"),
        (linear(M, v, a + b), "M (a_t + b_t) + v"),
        (linear(W_hh["n"], None, a * h_prev), "W_hn (a_t ⊙ h_t−1)"),
        (a * linear(W_ih["i"], v, x), "a_t ⊙ (W_ii x_t + v)"),
        (a - linear(M, v, x), "a_t − (M x_t + v)"),
        (diag("p", c_prev), "p ⊙ c_t−1"),
        (diag(Stacked("W_ch")["o"], a + c), "W_co ⊙ (a_t + c_t)"),
        (named("whole", a + b) * c, "(a_t + b_t) ⊙ c_t"),
    ],
)
def test_expressions_are_written_as_the_field_writes_them(expr: Expr, written: str) -> None:
    assert write(expr) == written


def test_only_one_minus_is_a_number_minus_a_value() -> None:
    with pytest.raises(TypeError):
        2 - a


def spec(equations: Mapping[str, Expr], **more: object) -> CellSpec:
    settings = {"gates": ("h",), "states": ("h",)} | more
    return CellSpec("odd", equations=equations, **settings)  # type: ignore[arg-type]


H = gate(tanh, "h")


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (
            spec({"h": H * a}),
            "Cell 'odd' reads 'a' before it is defined. "
            "An equation may read x, a carried state, or a name above it.",
        ),
        (
            spec({"h": tanh(c), "c": H}),
            "Cell 'odd' reads 'c' before it is defined. "
            "An equation may read x, a carried state, or a name above it.",
        ),
        (
            spec({"h": H * c_prev}),
            "Cell 'odd' reads 'c_prev' before it is defined. "
            "An equation may read x, a carried state, or a name above it.",
        ),
        (
            spec({"h": gate(tanh, "q")}),
            "Cell 'odd' reads rows of q, but its gates are h.",
        ),
        (
            spec({"h": gate(tanh, "q")}, gates=()),
            "Cell 'odd' reads rows of q, but its gates are none.",
        ),
        (
            spec({"h": H}, states=("h", "c")),
            "Cell 'odd' has no equation for 'c', which it carries or puts out.",
        ),
        (
            spec({"a": tanh(x)}, states=()),
            "Cell 'odd' has no equation for 'h', which it carries or puts out.",
        ),
        (
            spec({"a": gate(sigmoid, "h"), "h": H}),  # both keep their sum as a_h
            "Cell 'odd' defines 'a_h' twice. A name stands for one value; "
            "x and the carried states are there from the start.",
        ),
        (
            spec({"a": tanh(named("b", H)), "b": tanh(h_prev), "h": a * b}),
            "Cell 'odd' defines 'b' twice. A name stands for one value; "
            "x and the carried states are there from the start.",
        ),
        (
            spec({"x": H, "h": tanh(x)}),
            "Cell 'odd' defines 'x' twice. A name stands for one value; "
            "x and the carried states are there from the start.",
        ),
        (
            spec({"h_prev": H, "h": tanh(h_prev)}),
            "Cell 'odd' defines 'h_prev' twice. A name stands for one value; "
            "x and the carried states are there from the start.",
        ),
        (
            spec({"a": tanh(linear(M, None, x)), "h": tanh(linear(M, None, h_prev))}),
            "Cell 'odd' reads 'M' with two shapes.",
        ),
    ],
)
def test_a_cell_that_cannot_be_computed_says_why(broken: CellSpec, sentence: str) -> None:
    with pytest.raises(CellError) as caught:
        assert broken.nodes and broken.parameters
    assert caught.value.detail == sentence
    assert caught.value.code == "bad_cell"
    assert caught.value.params["cell"] == "odd"


def test_no_registered_cell_is_broken() -> None:
    for one in CELLS.values():
        assert one.nodes and one.parameters is not None
