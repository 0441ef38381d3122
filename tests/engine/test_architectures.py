"""Networks of any make: stacked, in both directions, padded, with an embedding, read once or at each step."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from derivatives import assert_gradient, complex_step
from hypothesis import given, settings
from hypothesis import strategies as st
from more_cells import MORE
from test_golden import assert_same, golden
from test_plan import near

from engine import parallel
from engine.architecture import Architecture
from engine.cells import CELLS
from engine.dropout import Dropout
from engine.errors import BadSetting, EngineError, UnknownName
from engine.network import KEPT, Network, initialise, mask_of

EVERY = [*CELLS, *(cell.name for cell in MORE)]
every_cell = pytest.mark.parametrize("cell", EVERY)


@pytest.fixture(autouse=True)
def more_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    for cell in MORE:
        monkeypatch.setitem(CELLS, cell.name, cell)


def a_network(cell: str = "gru", dtype: type = np.float64, seed: int = 0, **more: Any) -> Network:
    made = {"inputs": 3, "hidden": 4, "heads": {"readout": 5}, "layers": 2} | more
    network = initialise(Architecture(cell, **made), np.random.default_rng(seed), dtype)
    for p in network.parameters.values():  # no bias is 0, no W_hh orthogonal
        p += 0.1 * np.random.default_rng(seed + 1).standard_normal(p.shape).astype(dtype)
    return network


def interpreted(network: Network) -> Network:
    return Network(network.architecture, network.parameters, interpreted=True)


# PyTorch


@pytest.mark.parametrize("cell", ["rnn", "rnn-relu", "lstm", "gru"])
@pytest.mark.parametrize("plain", [False, True], ids=["plan", "interpreter"])
def test_two_layers_in_both_directions_over_a_padded_batch_are_pytorchs(cell: str, plain: bool) -> None:
    g = golden("bidirectional", f"{cell}.")
    architecture = Architecture(cell, 4, 5, {"readout": 1}, layers=2, bidirectional=True)
    heads = {"readout.W": np.zeros((1, 10)), "readout.b": np.zeros(1)}
    network = Network(architecture, {p: (g | heads)[p] for p in architecture.shapes}, interpreted=plain)
    states = architecture.spec.states
    names = [d.name for d in architecture.directions]
    initial = {f"{name}.{s}": g[f"{s}0"][k] for k, name in enumerate(names) for s in states}
    mask = mask_of(g["lengths"], 7)
    trace = network.forward(g["x"], initial, mask=mask)
    both = np.concatenate([trace.values[f"layers.1{way}.h"] for way in ("", ".reverse")], axis=-1)
    assert_same(both * mask[..., None], g["h"], "h")
    cotangent = g["cot_h"] * mask[..., None]
    says = {"layers.1.h": cotangent[..., :5], "layers.1.reverse.h": cotangent[..., 5:]}
    wanted = ["x", *(f"{name}.{s}0" for name in names for s in states)]
    found = network.backward(trace, says, wanted)
    for name, d in found.parameters.items():
        if name not in heads:
            assert_same(d, g[f"d_{name}"], name)
    assert_same(found.values["x"] * mask[..., None], g["d_x"], "x")
    for k, name in enumerate(names):
        for s in states:
            assert_same(found.initial[f"{name}.{s}"], g[f"d_{s}0"][k], f"{name}.{s}0")


def test_a_tied_embedding_is_pytorchs() -> None:
    g = golden("tied")
    architecture = Architecture("gru", 5, 5, {"readout": 6}, vocabulary=6, tied=True)
    network = Network(architecture, {p: g[p] for p in architecture.shapes})
    trace = network.forward(g["x"])
    assert_same(trace.values["logits"], g["logits"], "logits")
    np.testing.assert_array_equal(trace.values["x"], g["embedding.W"][g["x"]])
    found = network.backward(trace, {"logits": g["cot_logits"]}).parameters
    assert list(found) == list(architecture.shapes) and "readout.W" not in found
    for name, d in found.items():
        assert_same(d, g[f"d_{name}"], name)


# Plans and the interpreter

MAKES = {
    "layers": st.integers(1, 3),
    "bidirectional": st.booleans(),
    "read": st.sampled_from(["all", "last"]),
    "vocabulary": st.sampled_from([0, 7]),
}
RUNS = {
    "steps": st.integers(1, 6),
    "batch": st.integers(1, 4),
    "padded": st.booleans(),
    "memory": st.sampled_from([True, True, False]),
    "seed": st.integers(0, 10**6),
    "dtype": st.sampled_from([np.float64, np.float32]),
}
CLOSE = {np.float64: {"values": 1e-13, "gradients": 1e-12}, np.float32: {"values": 3e-5, "gradients": 3e-4}}
"""How near both ways come, relative to the largest entry or 1: the order of sums differs."""


@every_cell
@settings(max_examples=8, deadline=None)
@given(make=st.fixed_dictionaries(MAKES), run=st.fixed_dictionaries(RUNS))
def test_both_ways_give_the_same(cell: str, make: dict[str, Any], run: dict[str, Any]) -> None:
    for extra in MORE:
        CELLS.setdefault(extra.name, extra)  # hypothesis runs outside of the fixture
    rng = np.random.default_rng(run["seed"])
    dtype, close = run["dtype"], CLOSE[run["dtype"]]
    network = a_network(cell, dtype, **make)
    steps, batch = run["steps"], run["batch"]
    points = rng.standard_normal((steps, batch, 3)).astype(dtype)
    x = rng.integers(0, 7, (steps, batch)) if make["vocabulary"] else points
    spec = network.architecture.spec
    initial = {
        f"{d.name}.{s}": rng.standard_normal((batch, d.inputs if s in spec.held else 4)).astype(dtype)
        for d in network.architecture.directions
        for s in spec.states
    }
    mask = mask_of(rng.integers(1, steps + 1, batch), steps) if run["padded"] and run["memory"] else None
    question = {"mask": mask, "memory": run["memory"]}
    found = network.forward(x, initial, **question)
    expected = interpreted(network).forward(x, initial, **question)
    assert list(found.values) == list(expected.values)
    for b in range(batch):
        for name, values in expected.sequence(b).items():
            near(found.sequence(b)[name], values, close["values"], name)
    if not run["memory"]:
        return
    logits = found.values["logits"]
    weights = 1.0 if mask is None or make["read"] == "last" else mask[..., None]
    says = {"logits": (rng.standard_normal(logits.shape) * weights).astype(dtype)}
    wanted = [*network.kept, *(f"{name}0" for name in initial), "x"]
    ours = network.backward(found, says, wanted)
    theirs = interpreted(network).backward(expected, says, wanted)
    there = np.ones((steps, batch), bool) if mask is None else mask
    for name, d in theirs.parameters.items():
        near(ours.parameters[name], d, close["gradients"], name)
    for name, d in theirs.values.items():
        near(ours.values[name][there], d[there], 10 * close["gradients"], name)
    for name, d in theirs.initial.items():
        near(ours.initial[name], d, close["gradients"], name)


# Padding


@every_cell
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("read", ["all", "last"])
def test_a_padded_batch_gives_each_sequence_the_numbers_that_it_gets_alone(
    cell: str, bidirectional: bool, read: str
) -> None:
    network = a_network(cell, bidirectional=bidirectional, read=read)
    rng = np.random.default_rng(5)
    lengths = [6, 1, 4]
    x = 50 * rng.standard_normal((6, 3, 3))  # what stands in the padding must not matter
    alone = [network.forward(x[:length, b : b + 1]) for b, length in enumerate(lengths)]
    trace = network.forward(x, mask=mask_of(lengths))
    says = [rng.standard_normal(one.values["logits"].shape) for one in alone]
    together = np.zeros(trace.values["logits"].shape)
    for b, said in enumerate(says):
        together[: len(said), b] = said[:, 0]
    found = network.backward(trace, {"logits": together}, ["layers.0.h"])
    total: dict[str, Any] = {}
    for b, (one, said) in enumerate(zip(alone, says, strict=True)):
        for name, values in one.sequence().items():
            near(trace.sequence(b)[name], values, 1e-13, name)
        of = network.backward(one, {"logits": said}, ["layers.0.h"])
        if "h" in network.architecture.spec.states:
            received = found.values["layers.0.h"][: lengths[b], b : b + 1]
            np.testing.assert_allclose(received, of.values["layers.0.h"], rtol=0, atol=1e-11)
        total = {name: total.get(name, 0) + d for name, d in of.parameters.items()}
    for name, d in total.items():
        np.testing.assert_allclose(found.parameters[name], d, rtol=1e-10, atol=1e-10, err_msg=name)


def test_a_mask_of_lengths() -> None:
    assert mask_of([2, 0, 3]).T.tolist() == [[True, True, False], [False] * 3, [True] * 3]
    assert mask_of([1], 3).T.tolist() == [[True, False, False]]


# Reading


def test_reading_the_last_step_reads_each_direction_where_it_ends() -> None:
    network = a_network("lstm", bidirectional=True, read="last")
    trace = network.forward(np.random.default_rng(0).standard_normal((5, 2, 3)))
    ends = np.concatenate([trace.values["layers.1.h"][-1], trace.values["layers.1.reverse.h"][0]], axis=-1)
    logits = ends @ network.parameters["readout.W"].T + network.parameters["readout.b"]
    np.testing.assert_allclose(trace.values["logits"], logits[None], rtol=0, atol=1e-14)


# Gradients of what no other test differentiates


@pytest.mark.parametrize("read", ["all", "last"])
def test_gradients_with_embedding_dropout_and_both_directions_equal_complex_steps(read: str) -> None:
    network = a_network("gru", vocabulary=6, bidirectional=True, read=read)
    x = np.random.default_rng(1).integers(0, 5, (4, 2))
    mask = mask_of([4, 2])
    says = np.random.default_rng(2).standard_normal(network.forward(x, mask=mask).values["logits"].shape)
    says = says if read == "last" else says * mask[..., None]

    def run(network: Network) -> Any:
        return network.forward(x, mask=mask, dropout=Dropout(0.4, np.random.default_rng(3)))

    def loss(moved: Any) -> complex:
        return complex((says * run(Network(network.architecture, moved)).values["logits"]).sum())

    expected = complex_step(loss, network.parameters)
    for one in (network, interpreted(network)):
        found = one.backward(run(one), {"logits": says}).parameters
        for name, d in found.items():
            assert_gradient(d, expected[name], name)
    assert not expected["embedding.W"][5].any(), "a symbol that never came"


# Dropout


def test_dropout_zeros_its_share_of_what_is_handed_on_and_keeps_the_mean() -> None:
    network = a_network("rnn", layers=3, hidden=50)
    x = np.random.default_rng(0).standard_normal((20, 30, 3))
    trace = network.forward(x, dropout=Dropout(0.25, np.random.default_rng(1)))
    factors = trace.records["factors"]
    assert sorted(factors) == [1, 2, 3]  # numbers that come in stay as they are; 3 is before the heads
    for f in factors.values():
        assert set(np.unique(f)) == {0.0, 1 / 0.75}
        assert abs((f == 0).mean() - 0.25) < 0.01 and abs(f.mean() - 1) < 0.02
    assert (factors[1] != factors[2]).any()
    plain = network.forward(x).values
    np.testing.assert_array_equal(trace.values["layers.0.h"], plain["layers.0.h"])
    again = network.forward(x, dropout=Dropout(0.25, np.random.default_rng(1))).values
    np.testing.assert_array_equal(trace.values["logits"], again["logits"])
    assert not np.allclose(trace.values["logits"], plain["logits"])


@pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan")])
def test_a_rate_that_leaves_nothing_is_refused(rate: float) -> None:
    with pytest.raises(BadSetting, match="dropout has to be from 0 to below 1"):
        Dropout(rate, np.random.default_rng(0))


# Arrays used again


@every_cell
def test_runs_that_reuse_their_arrays_give_the_same_to_the_bit(cell: str) -> None:
    network = a_network(cell, bidirectional=True)
    rng = np.random.default_rng(4)
    for steps, batch in [(5, 2), (3, 1), (5, 2), (5, 1)]:
        x = rng.standard_normal((steps, batch, 3))
        says = {"logits": rng.standard_normal((steps, batch, 5))}
        network.parameters[next(iter(network.parameters))] *= 1.01  # as training does
        fresh = network.forward(x)
        expected = network.backward(fresh, says).parameters
        trace = network.forward(x, reuse=True)
        for name, values in fresh.values.items():
            np.testing.assert_array_equal(trace.values[name], values, err_msg=name)
        for name, d in network.backward(trace, says).parameters.items():
            np.testing.assert_array_equal(d, expected[name], err_msg=name)


@every_cell
def test_a_frozen_network_gives_the_same_and_cannot_change(cell: str) -> None:
    network, fresh = a_network(cell, bidirectional=True), a_network(cell, bidirectional=True)
    network.freeze()
    rng = np.random.default_rng(4)
    for steps, batch in [(5, 2), (5, 2), (3, 1), (3, 1), (5, 2)]:
        x = rng.standard_normal((steps, batch, 3))
        trace = network.forward(x, reuse=True)
        for name, values in fresh.forward(x).values.items():
            np.testing.assert_array_equal(trace.values[name], values, err_msg=name)
    name = next(iter(network.parameters))
    with pytest.raises(ValueError, match="read-only"):
        network.parameters[name] *= 1.01
    thawed = deepcopy(network)  # of which NumPy makes arrays that can be written to
    thawed.parameters[name] *= 1.01
    fresh.parameters[name] *= 1.01
    x = rng.standard_normal((5, 2, 3))
    np.testing.assert_array_equal(
        thawed.forward(x, reuse=True).values["probs"], fresh.forward(x).values["probs"]
    )


def test_of_many_shapes_only_the_last_ones_arrays_are_kept() -> None:
    network = a_network()
    for steps in (*range(1, 1 + KEPT), 1):
        network.forward(np.zeros((steps, 1, 3)), reuse=True)
    assert len(network._workspaces) == KEPT


def test_a_trace_without_reuse_is_kept() -> None:
    network, x = a_network(), np.random.default_rng(0).standard_normal((4, 2, 3))
    kept = network.forward(x)
    before = {name: values.copy() for name, values in kept.values.items()}
    network.forward(2 * x)
    network.forward(3 * x, reuse=True)
    for name, values in before.items():
        np.testing.assert_array_equal(kept.values[name], values)


# Large batches


@every_cell
@pytest.mark.parametrize("batch", [64, 101])
def test_a_large_batch_is_cut_and_joined_without_a_trace(
    cell: str, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "WORK", 1)
    network = a_network(cell, bidirectional=True)
    rng = np.random.default_rng(6)
    x, says = rng.standard_normal((4, batch, 3)), {"logits": rng.standard_normal((4, batch, 5))}
    spec = network.architecture.spec
    initial = {"layers.0.h": rng.standard_normal(3 if "h" in spec.held else 4)} if "h" in spec.states else {}
    mask = mask_of(rng.integers(1, 5, batch), 4)
    says["logits"] *= mask[..., None]

    def run(cores: int) -> tuple[Any, Any]:
        monkeypatch.setattr(parallel, "cores", lambda: cores)
        dropout = Dropout(0.3, np.random.default_rng(7))
        trace = network.forward(x, initial, mask=mask, dropout=dropout)
        return trace, network.backward(trace, says, ["layers.0.h", "x", *(f"{n}0" for n in initial)])

    (whole, expected), (cut, found) = run(1), run(3)
    assert len(cut.records["parts"]) == min(3, batch // 32)
    assert cut.length == 4 and list(cut.values) == list(whole.values)
    for name, values in whole.values.items():
        np.testing.assert_allclose(cut.values[name], values, rtol=0, atol=1e-13, err_msg=name)
    for name in expected.parameters:
        assert_gradient(found.parameters[name], expected.parameters[name], name)
    for name, d in (expected.values | expected.initial).items():
        assert_gradient((found.values | found.initial)[name], d, name)
    again, repeated = run(3)
    np.testing.assert_array_equal(again.values["logits"], cut.values["logits"])
    for name, d in found.parameters.items():
        assert d.tobytes() == repeated.parameters[name].tobytes(), name


# Architectures that cannot be


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"read": "first"}, "read is all or last; 'first' came."),
        ({"vocabulary": -1}, "vocabulary has to be a whole number, 0 or more; -1 came."),
        ({"tied": True}, "A tied readout needs as many classes as symbols"),
        ({"tied": True, "vocabulary": 5, "bidirectional": True}, "A tied readout needs"),
    ],
)
def test_what_makes_no_network_is_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Architecture(**{"cell": "gru", "inputs": 4, "hidden": 4, "heads": {"readout": 5}} | wrong)
    assert caught.value.detail.startswith(sentence)


def test_given_vectors_are_where_an_embedding_begins() -> None:
    given = np.random.default_rng(0).standard_normal((6, 3)).astype(np.float32)
    architecture = Architecture("rnn", 3, 4, {"readout": 2}, vocabulary=6)
    network = initialise(architecture, np.random.default_rng(1), embedding=given)
    np.testing.assert_array_equal(network.parameters["embedding.W"], given)
    with pytest.raises(Exception, match="embedding"):
        initialise(architecture, np.random.default_rng(1), embedding=given[:, :2])


@pytest.mark.parametrize(
    ("gradients", "wanted", "name"),
    [(["logit"], [], "logit"), (["logits"], ["layers.0.nothing"], "layers.0.nothing"), (["x"], [], "x")],
)
def test_what_has_no_gradient_is_refused_by_name(gradients: list[str], wanted: list[str], name: str) -> None:
    network = a_network("gru")
    trace = network.forward(np.zeros((3, 2, 3)))
    with pytest.raises(UnknownName, match=f"There is no value with a gradient called '{name}'"):
        network.backward(trace, dict.fromkeys(gradients, trace.values["logits"]), wanted)


def test_a_run_without_memory_is_not_gone_back_through() -> None:
    network = a_network("gru")
    trace = network.forward(np.zeros((3, 2, 3)), memory=False)
    with pytest.raises(BadSetting, match="run with memory"):
        network.backward(trace, {"logits": trace.values["logits"]})


# What is refused, and what is not mixed up


@pytest.mark.parametrize("reuse", [False, True])
def test_a_trace_may_be_gone_back_through_twice(reuse: bool) -> None:
    network, rng = a_network(bidirectional=True), np.random.default_rng(0)
    trace = network.forward(rng.standard_normal((5, 2, 3)), reuse=reuse)
    says = [{"logits": rng.standard_normal((5, 2, 5))} for _ in range(2)]
    wanted = ["x", "layers.0.h", "layers.0.h0"]
    first = network.backward(trace, says[0], wanted)
    kept = {name: d.copy() for name, d in {**first.values, **first.initial}.items()}
    network.backward(trace, says[1], wanted)
    again = network.backward(trace, says[0], wanted)
    for name, d in {**again.values, **again.initial}.items():
        np.testing.assert_array_equal(d, kept[name])
    if not reuse:
        for name, d in {**first.values, **first.initial}.items():
            np.testing.assert_array_equal(d, kept[name])


def test_threads_may_go_back_through_one_trace() -> None:
    network, rng = a_network(), np.random.default_rng(0)
    trace = network.forward(rng.standard_normal((20, 2, 3)))
    says = [{"logits": rng.standard_normal((20, 2, 5))} for _ in range(40)]
    expected = [network.backward(trace, one).parameters for one in says]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda one: network.backward(trace, one).parameters, says))
    for one, other in zip(found, expected, strict=True):
        for name, d in one.items():
            np.testing.assert_array_equal(d, other[name])


@every_cell
def test_what_stands_in_padding_does_not_matter(cell: str) -> None:
    network, rng = a_network(cell, bidirectional=True), np.random.default_rng(0)
    mask = mask_of([4, 2], 4)
    x = rng.standard_normal((4, 2, 3))
    says = {"logits": rng.standard_normal((4, 2, 5)) * mask[..., None]}
    expected = network.backward(network.forward(x, mask=mask), says)
    x[~mask] = np.nan
    trace = network.forward(x, mask=mask)
    for name, d in network.backward(trace, says).parameters.items():
        np.testing.assert_array_equal(d, expected.parameters[name])


@pytest.mark.parametrize("interpreted", [False, True])
def test_a_parameter_may_be_replaced(interpreted: bool) -> None:
    network = a_network()
    network.interpreted = interpreted
    x = np.random.default_rng(0).standard_normal((4, 2, 3))
    network.forward(x, reuse=True)
    network.parameters["layers.0.W_hh"] = 0 * network.parameters["layers.0.W_hh"]
    fresh = Network(network.architecture, network.parameters)
    np.testing.assert_allclose(
        network.forward(x, reuse=True).values["logits"], fresh.forward(x).values["logits"], atol=1e-14
    )


def test_frozen_parameters_are_nobody_elses() -> None:
    network = a_network()
    base = next(iter(network.parameters.values()))
    x = np.random.default_rng(0).standard_normal((4, 1, 3))
    network.freeze()
    before = network.forward(x, reuse=True).values["logits"].copy()
    base[:] = 0
    np.testing.assert_array_equal(network.forward(x, reuse=True).values["logits"], before)
    for p in network.parameters.values():
        p.flags.writeable = True
        p[:] = 0
    network.freeze()
    assert not network.forward(x, reuse=True).values["logits"].any()


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "wide": (
        {"x": np.zeros((4, 2, 5))},
        r"x has to be real numbers \(T, B, 3\); float64 of \(4, 2, 5\) came",
    ),
    "whole": ({"x": np.zeros((4, 2, 3), int)}, "x has to be real numbers"),
    "flat": ({"x": np.zeros((4, 3))}, "x has to be real numbers"),
    "short mask": ({"mask": np.ones((2, 2), bool)}, r"The mask has to be of bool and \(4, 2\)"),
    "numbers as mask": ({"mask": np.ones((4, 2), int)}, "The mask has to be of bool"),
    "state": ({"initial": {"layers.0.hh": np.zeros(4)}}, "There is no state called 'layers.0.hh'"),
    "narrow": ({"initial": {"layers.0.h": np.zeros((2, 1))}}, r"layers.0.h has to be of shape \(2, 4\)"),
    "forced": ({"forced": {"layers.0.nope": 1}}, "There is no value called 'layers.0.nope'"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("interpreted", [False, True])
def test_what_does_not_fit_is_refused_and_not_stretched(case: str, interpreted: bool) -> None:
    network = a_network()
    network.interpreted = interpreted
    given, sentence = REFUSED[case]
    with pytest.raises(EngineError, match=sentence):
        network.forward(given.get("x", np.zeros((4, 2, 3))), **{k: v for k, v in given.items() if k != "x"})


@every_cell
@pytest.mark.parametrize("read", ["all", "last"])
def test_nothing_to_read_is_read_too(cell: str, read: str) -> None:
    network = a_network(cell, bidirectional=True, read=read)
    trace = network.forward(np.zeros((0, 2, 3)))
    assert trace.values["logits"].shape == ((0 if read == "all" else 1), 2, 5)
    if read == "last":
        np.testing.assert_array_equal(trace.values["probs"][0, 0], network.before()["probs"][0])
    found = network.backward(trace, {"logits": np.ones_like(trace.values["logits"])})
    assert not found.parameters["readout.W"].any()


def test_a_mask_of_no_steps_has_none() -> None:
    assert mask_of([3, 2], 0).shape == (0, 2)
    assert mask_of([3, 2]).shape == (3, 2)
