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
from engine.compiler.compiled import Shape
from engine.layer import Layer
from engine.plan import Plan

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
    if force:
        return
    says = {
        name: (rng.standard_normal(record[name].shape) * there[..., None]).astype(dtype)
        for name in rng.permutation(kept)[: rng.integers(1, len(kept) + 1)]
    }
    wanted = [*rng.permutation(kept)[: rng.integers(0, len(kept) + 1)]]
    wanted += [*(f"{state}0" for state in spec.states), "x"] if rng.random() < 0.7 else []
    expected = layer.backward(record, says, mask)
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
