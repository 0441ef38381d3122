"""The RNN, LSTM or GRU node of ONNX, run by ONNX Runtime: C++ for one layer, which gives h alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from engine.arrays import Array
from tests.benchmarks.problem import Candidate, Problem

GATES = {"rnn": "h", "lstm": "iofg", "gru": "zrn"}
"""The order of the blocks in ONNX; there they are called i, iofc and zrh."""

MORE: dict[str, dict[str, Any]] = {"rnn": {}, "lstm": {}, "gru": {"linear_before_reset": 1}}

OPSET, IR = 14, 8  # the last change to these nodes; a form that every ONNX Runtime of today reads


def forward(problem: Problem) -> Candidate:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = problem.threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model(problem).SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    given = {"x": problem.x}
    return Candidate(lambda: session.run(["h"], given)[0], lambda h: {"h": h[:, 0]})


def model(problem: Problem) -> onnx.ModelProto:
    """x (T, B, I) to h (T, 1, B, H); the 1 counts directions."""
    sizes, w = problem.sizes, {name: _blocks(problem, array) for name, array in problem.weights.items()}
    weights = {"W": w["W_ih"], "R": w["W_hh"], "B": np.concatenate([w["b_ih"], w["b_hh"]])}
    node = helper.make_node(
        problem.cell.name.upper(),
        ["x", *weights],
        ["h"],
        hidden_size=sizes.hidden,
        **MORE[problem.cell.name],
    )
    number = TensorProto.FLOAT
    graph = helper.make_graph(
        [node],
        problem.cell.name,
        [helper.make_tensor_value_info("x", number, [sizes.time, sizes.batch, sizes.inputs])],
        [helper.make_tensor_value_info("h", number, [sizes.time, 1, sizes.batch, sizes.hidden])],
        [numpy_helper.from_array(array[None], name) for name, array in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)


def _blocks(problem: Problem, array: Array) -> Array:
    """The row blocks of a parameter in ONNX's order."""
    blocks = dict(zip(problem.cell.gates, np.split(array, len(problem.cell.gates)), strict=True))
    return np.concatenate([blocks[gate] for gate in GATES[problem.cell.name]])
