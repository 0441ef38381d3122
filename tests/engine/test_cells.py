"""What holds for every cell in the registry; a new cell is tested by being there."""

from __future__ import annotations

import re

import numpy as np
import pytest
from derivatives import a_layer, a_start, assert_gradient, check_layer

from engine.cells import CELLS, CellSpec, cell
from engine.errors import ShapeError, UnknownName
from engine.expr import LEAVES, OPS
from engine.layer import Layer

every_cell = pytest.mark.parametrize("spec", CELLS.values(), ids=list(CELLS))

# What a trace says of one layer (contract.md, Ids). Nameless terms are not among it.
SAID = {
    "rnn": "h_prev a_h h",
    "rnn-relu": "h_prev a_h h",
    "lstm": "h_prev c_prev a_i i a_f f a_g g a_o o keep write c h",
    "gru": "h_prev a_r r a_z z hn a_n n write keep h",
    "memoryless": "a_h h",
    "window-2": "x1_prev a_h h x1",
    "bag": "h_prev h",
    "window-4": "x1_prev x2_prev x3_prev a_h h x1 x2 x3",
}


@every_cell
def test_gradients_equal_complex_steps(spec: CellSpec) -> None:
    check_layer(spec)


@every_cell
def test_what_an_output_receives_is_what_the_rest_of_the_sequence_sends_back(spec: CellSpec) -> None:
    """dL/dh_t is its own part in the loss, plus the gradient of an initial state of the steps after it."""
    rng = np.random.default_rng(3)
    layer = a_layer(spec, rng)
    record = layer.forward(rng.standard_normal((6, 2, 3)), a_start(layer, rng, 2))
    says = rng.standard_normal(record[spec.output].shape)
    received = layer.backward(record, {spec.output: says}).received[spec.output]
    if spec.output not in spec.states:
        assert_gradient(received, says)
        return
    for t in range(5):
        rest = layer.forward(record["x"][t + 1 :], {s: record[s][t] for s in spec.states})
        later = layer.backward(rest, {spec.output: says[t + 1 :]}).initial[spec.output]
        assert_gradient(received[t], says[t] + later)


@every_cell
def test_replay_each_node_equals_its_operation_on_what_it_read(spec: CellSpec) -> None:
    rng = np.random.default_rng(5)
    layer = a_layer(spec, rng)
    start = a_start(layer, rng, 2)
    record = layer.forward(rng.standard_normal((5, 2, 3)), start)
    assert set(record) == {"x", *(n.id for n in spec.nodes), *(f"{s}_prev" for s in spec.states)}
    for node in spec.nodes:
        read = [record[name] for name in node.inputs]
        blocks = [
            layer.parameters[rows.parameter][spec.parameters[rows.parameter].rows(rows.gate, 4)]
            for rows in node.parameters
        ]
        row = OPS.get(node.op) or LEAVES[node.op]
        again = row.value(*read, *blocks)
        np.testing.assert_allclose(record[node.id], again, rtol=0, atol=4e-15, err_msg=node.id)
    for s in spec.states:
        np.testing.assert_array_equal(record[f"{s}_prev"][0], start[s])
        np.testing.assert_array_equal(record[f"{s}_prev"][1:], record[s][:-1])


@every_cell
def test_one_step_at_a_time_equals_the_whole_sequence(spec: CellSpec) -> None:
    rng = np.random.default_rng(6)
    layer = a_layer(spec, rng)
    x, state = rng.standard_normal((6, 2, 3)), a_start(layer, rng, 2)
    whole = layer.forward(x, state)
    for t in range(6):
        step = layer.forward(x[t : t + 1], state)
        for name in whole:
            np.testing.assert_allclose(step[name][0], whole[name][t], rtol=0, atol=4e-15, err_msg=name)
        state = {s: step[s][0] for s in spec.states}


@every_cell
def test_without_memory_every_step_starts_from_zeros(spec: CellSpec) -> None:
    rng = np.random.default_rng(8)
    layer = a_layer(spec, rng)
    x = rng.standard_normal((6, 2, 3))
    found = layer.forward(x, a_start(layer, rng, 2), memory=False)  # no initial state survives either
    for t in range(6):
        alone = layer.forward(x[t : t + 1])
        for name in found:
            np.testing.assert_allclose(found[name][t], alone[name][0], rtol=0, atol=4e-15, err_msg=name)


@every_cell
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_value_and_gradient_keeps_its_dtype(spec: CellSpec, dtype: type) -> None:
    rng = np.random.default_rng(9)
    layer = a_layer(spec, rng, dtype=dtype)
    x = rng.standard_normal((4, 2, 3)).astype(dtype)
    for start in (None, a_start(layer, rng, 2, dtype)):
        record = layer.forward(x, start)
        found = layer.backward(record, {spec.output: record[spec.output]})
        kept = [record, found.parameters, found.received, found.initial, {"x": found.x}]
        assert {name: a.dtype for values in kept for name, a in values.items() if a.dtype != dtype} == {}


@every_cell
def test_float32_follows_float64(spec: CellSpec) -> None:
    rng = np.random.default_rng(10)
    wide = a_layer(spec, rng)
    narrow = Layer(spec, {n: p.astype(np.float32) for n, p in wide.parameters.items()}, 3, 4)
    x = rng.standard_normal((8, 2, 3))
    h, h32 = (k.forward(a)[spec.output] for k, a in ((wide, x), (narrow, x.astype(np.float32))))
    np.testing.assert_allclose(h32, h, rtol=1e-4, atol=1e-4)


@every_cell
def test_sequences_of_a_batch_do_not_touch_each_other(spec: CellSpec) -> None:
    rng = np.random.default_rng(11)
    layer = a_layer(spec, rng)
    x = rng.standard_normal((5, 3, 3))
    whole = layer.forward(x)[spec.output]
    x[:, 0] = 100
    np.testing.assert_allclose(layer.forward(x)[spec.output][:, 1:], whole[:, 1:], rtol=0, atol=4e-15)


@every_cell
def test_no_time_step_reads_the_future(spec: CellSpec) -> None:
    rng = np.random.default_rng(12)
    layer = a_layer(spec, rng)
    x = rng.standard_normal((5, 2, 3))
    before = layer.forward(x)
    x[3:] = 100
    after = layer.forward(x)
    for name in before:
        np.testing.assert_array_equal(before[name][:3], after[name][:3], err_msg=name)


@every_cell
def test_an_empty_sequence_has_values_of_length_zero(spec: CellSpec) -> None:
    layer = a_layer(spec, np.random.default_rng(13))
    assert {a.shape[:2] for a in layer.forward(np.zeros((0, 2, 3))).values()} == {(0, 2)}


@every_cell
def test_the_graph_is_in_order_and_its_ids_are_unique(spec: CellSpec) -> None:
    known = {"x", *(f"{s}_prev" for s in spec.states)}
    for node in spec.nodes:
        assert node.id not in known
        assert known.issuperset(node.inputs), node.id
        known.add(node.id)
    roles = {node.id: node.role for node in spec.nodes}
    assert all(roles[s] == "state" for s in (*spec.states, spec.output))


@every_cell
def test_every_formula_can_be_read(spec: CellSpec) -> None:
    formulas = [node.formula for node in spec.nodes] + [spec.formula(name) for name in spec.equations]
    for formula in formulas:
        assert formula.strip()
        assert formula.count("(") == formula.count(")")
        assert not re.search(r"[{}]|None|_prev", formula), formula


@every_cell
def test_a_trace_says_what_the_contract_promises(spec: CellSpec) -> None:
    said = {f"{s}_prev" for s in spec.states} | {n.id for n in spec.nodes if n.role != "term"}
    assert said == set(SAID[spec.name].split())


def test_formulas_as_the_field_writes_them() -> None:
    lstm, gru = CELLS["lstm"], CELLS["gru"]
    assert lstm.formula("i") == "i_t = σ(W_ii x_t + b_ii + W_hi h_t−1 + b_hi)"
    assert lstm.formula("keep") == "keep_t = f_t ⊙ c_t−1"
    assert lstm.formula("h") == "h_t = o_t ⊙ tanh(c_t)"
    assert gru.formula("n") == "n_t = tanh(W_in x_t + b_in + r_t ⊙ hn_t)"
    assert gru.formula("write") == "write_t = (1 − z_t) ⊙ n_t"


def test_gate_blocks_lie_in_pytorchs_order() -> None:
    for name, gates in {"lstm": "ifgo", "gru": "rzn", "rnn": "h"}.items():
        for parameter in CELLS[name].parameters.values():
            assert parameter.gates == tuple(gates)


def test_an_unknown_cell_names_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"no cell called 'elman'\. Known are: bag, gru, lstm, .*rnn"):
        cell("elman")


def test_a_layer_says_which_parameter_does_not_fit() -> None:
    rng = np.random.default_rng(0)
    good = dict(a_layer(CELLS["gru"], rng).parameters)
    expected = r"Cell 'gru' with 3 inputs and 4 units needs W_hh of shape \(12, 4\); \(4, 12\) came\."
    with pytest.raises(ShapeError, match=expected):
        Layer(CELLS["gru"], good | {"W_hh": good["W_hh"].T}, 3, 4)
    del good["b_hh"]
    with pytest.raises(ShapeError, match=r"needs b_hh of shape \(12,\); nothing came\."):
        Layer(CELLS["gru"], good, 3, 4)
