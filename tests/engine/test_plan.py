"""A plan gives the interpreter's numbers, forward and backward, for every cell that can be written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from derivatives import a_layer, a_start
from hypothesis import given, settings
from hypothesis import strategies as st
from more_cells import MORE, random_cell

from engine.cells import CELLS, CellSpec
from engine.compiler.compiled import Shape, shape_for
from engine.layer import Layer
from engine.plan import Plan, plan_for

ALL = (*CELLS.values(), *MORE)
every_cell = pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.name)

PRECISION = {np.float64: (1e-13, 1e-12), np.float32: (1e-5, 1e-4)}
"""How far forward values and gradients may be apart, relative to the largest, or to 1."""


def near(found: np.ndarray, expected: np.ndarray, within: float, name: str) -> None:
    assert found.shape == expected.shape, name
    assert found.dtype == expected.dtype, name
    largest = max(1.0, float(np.abs(expected).max(initial=0)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=within * largest, err_msg=name)


def compare(
    spec: CellSpec,
    *,
    steps: int,
    batch: int,
    fold: bool,
    hoist: bool,
    masked: bool,
    force: bool = False,
    dtype: type = np.float64,
    seed: int = 0,
) -> None:
    """One layer by both ways: all values, and all gradients when any value may have its say in the loss."""
    rng = np.random.default_rng(seed)
    layer = a_layer(spec, rng, dtype=dtype)
    layer = Layer(spec, {n: p * dtype(0.5) for n, p in layer.parameters.items()}, 3, 4)
    x = rng.standard_normal((steps, batch, 3)).astype(dtype)
    start = a_start(layer, rng, batch, dtype)
    mask = rng.random((steps, batch)) < 0.7 if masked else None
    kept = [node.id for node in spec.nodes if node.role != "term"]
    forced = {name: 0.25 for name in rng.permutation(kept)[:1]} if force else {}
    plan = Plan(spec, Shape(3, 4, batch == 1, fold, hoist, masked, tuple(forced)))
    idle = None if mask is None else [None if row.all() else ~row for row in mask]
    record = layer.forward(x, start, forced=forced, mask=mask)
    run = plan.forward(layer.parameters, x, start, idle, forced)
    there = np.ones((steps, batch), bool) if mask is None else mask
    forward, backward = PRECISION[dtype]
    for name in run:
        if name in spec.states or name.endswith("_prev"):
            near(run[name], record[name], forward, name)
        else:  # where a sequence has no step, such values mean nothing
            near(run[name][there], record[name][there], forward, name)
    says = {
        name: (rng.standard_normal(record[name].shape) * there[..., None]).astype(dtype)
        for name in rng.permutation(kept)[: rng.integers(1, len(kept) + 1)]
    }
    wanted = [*rng.permutation(kept)[: rng.integers(0, len(kept) + 1)]]
    wanted += [*(f"{state}0" for state in spec.states), "x"] if rng.random() < 0.7 else []
    expected = layer.backward(record, says, mask, forced)
    found = plan.backward(run, says, wanted)
    assert set(found.parameters) == set(expected.parameters)
    for name, g in expected.parameters.items():
        near(found.parameters[name], g, backward, name)
    for name in found.received:
        near(found.received[name][there], expected.received[name][there], backward, f"received {name}")
    for name in found.initial:
        near(found.initial[name], expected.initial[name], backward, f"initial {name}")
    if "x" in wanted:
        near(found.x[there], expected.x[there], backward, "x")
    assert set(found.received) | {f"{s}0" for s in found.initial} | {"x"} == {*wanted, "x"}


CASES = {
    "steps": st.integers(0, 6),
    "batch": st.integers(1, 4),
    "fold": st.booleans(),
    "hoist": st.booleans(),
    "masked": st.booleans(),
    "force": st.sampled_from([False, False, True]),
    "seed": st.integers(0, 10**6),
}


@every_cell
@settings(max_examples=25, deadline=None)
@given(dtype=st.sampled_from([np.float64, np.float64, np.float32]), case=st.fixed_dictionaries(CASES))
def test_a_plan_equals_the_interpreter(spec: CellSpec, dtype: type, case: dict[str, Any]) -> None:
    compare(spec, dtype=dtype, **case)


@settings(max_examples=60, deadline=None)
@given(cell=st.integers(0, 10**6), case=st.fixed_dictionaries(CASES))
def test_a_plan_equals_the_interpreter_for_cells_at_random(cell: int, case: dict[str, Any]) -> None:
    compare(random_cell(cell), **case)


# What a plan says of itself


def lines_of_a_step(cell: str, batch: int) -> list[str]:
    spec = CELLS[cell]
    plan = plan_for(spec, shape_for(spec, 32, 32, batch))
    whole = str(plan)
    return [line.strip() for line in whole[whole.index("def step") :].splitlines()[2:] if line.strip()]


def test_an_lstm_is_ten_calls_a_step_and_a_reader_can_check_them() -> None:
    assert lines_of_a_step("lstm", 1) == [
        "W0.dot(h_prev_x_1, a_i_a_f_a_o_a_g)",
        "negative(a_i_a_f_a_o, i_f_o)",
        "tanh(a_g, g)",
        "exp(i_f_o, i_f_o)",
        "add(one, i_f_o, i_f_o)",
        "divide(one, i_f_o, i_f_o)",
        "multiply(i_f, g_c_prev, write_keep)",
        "add(keep, write, c)",
        "tanh(c, h_tanh)",
        "multiply(o, h_tanh, h)",
    ]


@pytest.mark.parametrize(("cell", "calls"), [("rnn", 2), ("rnn-relu", 2), ("gru", 12)])
def test_so_few_calls_are_left_of_a_step(cell: str, calls: int) -> None:
    assert len(lines_of_a_step(cell, 1)) == calls


def test_a_batch_multiplies_no_zeros() -> None:
    """The GRU's hn reads no x: for one sequence its columns of zeros spare a call, for many they cost."""
    for batch, rows in ((1, [3, 1]), (8, [2, 1, 1])):
        plan = plan_for(CELLS["gru"], shape_for(CELLS["gru"], 32, 32, batch))
        assert [len(product.sums) for product in plan.compiled.forward.products] == rows


def test_what_waits_for_no_state_is_computed_for_all_steps_at_once() -> None:
    for cell in ("memoryless", "window-2", "window-4"):
        plan = plan_for(CELLS[cell], shape_for(CELLS[cell], 3, 8, 1))
        assert [part.name for part in plan.parts] == ["before"]


def test_the_header_says_what_lies_where() -> None:
    head = str(plan_for(CELLS["gru"], shape_for(CELLS["gru"], 32, 32, 1))).splitlines()
    assert head[0].startswith("# gru, a row of the record: h_prev x 1 a_r a_z hn ")
    assert head[1:3] == ["# W0: for a_r a_z hn from h_prev x 1", "# W1: for a_n from x 1"]


def test_backwards_a_way_that_acts_unit_by_unit_is_one_product() -> None:
    plan = plan_for(CELLS["lstm"], shape_for(CELLS["lstm"], 32, 32, 1))
    back = {part.name: part.source for part in plan.gradient(("h",), ()).parts}
    assert back["step_backward"].count("(") - 2 == 9  # its head and its loop are no calls
    assert "multiply(d_c, slope_a_i_from_c, d_a_i)" in back["step_backward"]


def test_a_plan_is_compiled_once() -> None:
    shape = shape_for(CELLS["gru"], 7, 9, 1)
    assert plan_for(CELLS["gru"], shape) is plan_for(CELLS["gru"], shape_for(CELLS["gru"], 7, 9, 1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_gate_that_is_shut_ends_at_zero_without_a_word(dtype: type) -> None:
    """exp(−a) overflows in the plan's sigmoid, and 1 / (1 + ∞) is the right end of it."""
    spec = CELLS["lstm"]
    parameters = {n: np.zeros(p.shape({"I": 3, "H": 4}), dtype) for n, p in spec.parameters.items()}
    parameters["b_ih"][:4] = -1e4
    plan = plan_for(spec, shape_for(spec, 3, 4, 1))
    run = plan.forward(parameters, np.ones((2, 1, 3), dtype))
    assert not run["i"].any() and (run["f"] == 0.5).all()
    shut = np.array([-20, -60], dtype)
    parameters["b_ih"][:2] = shut
    found = plan.forward(parameters, np.ones((1, 1, 3), dtype))["i"][0, 0, :2]
    expected = 1 / (1 + np.exp(-shut.astype(np.float64)))
    np.testing.assert_allclose(found, expected, rtol=4 * float(np.finfo(dtype).eps))
