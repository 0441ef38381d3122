"""Unrolled as a candidate. Each function does a kind of work; what can be done once is done before.

All of them keep every value of every time step.
"""

from __future__ import annotations

import itertools
from functools import reduce

from engine.arrays import Array
from engine.compiler.compiled import shape_for
from engine.compiler.workspace import Workspace
from engine.layer import LayerGradients
from engine.parallel import spread
from engine.plan import Plan, plan_for
from tests.benchmarks.problem import Candidate, Problem, Values


def forward(problem: Problem, *, reuse: bool) -> Candidate:
    """The whole record: fresh arrays and all values by name, or the same arrays written again."""
    plan = _plan(problem, problem.sizes.batch)
    if not reuse:
        return Candidate(
            lambda: dict(plan.forward(problem.weights, problem.x)), lambda values: {"h": values["h"]}
        )
    workspace = plan.workspace(problem.sizes.time, problem.sizes.batch, problem.x.dtype)
    return Candidate(
        lambda: plan.forward(problem.weights, problem.x, workspace=workspace), lambda run: {"h": run["h"]}
    )


def training(problem: Problem) -> Candidate:
    """Every parameter's gradient; with more threads, each takes its share of the batch, as in a Network."""
    edges = [problem.sizes.batch * k // problem.threads for k in range(problem.threads + 1)]
    shares = [slice(start, end) for start, end in itertools.pairwise(edges)]
    plan = _plan(problem, problem.sizes.batch // problem.threads)
    places = [
        plan.workspace(problem.sizes.time, share.stop - share.start, problem.x.dtype) for share in shares
    ]
    x, d_h = ([array[:, share] for share in shares] for array in (problem.x, problem.d_h))

    def run() -> Values:
        found = spread(lambda *share: _step(plan, problem, *share).parameters, x, d_h, places)
        return reduce(_sum, found)

    return Candidate(run, dict)


def received(problem: Problem) -> Candidate:
    """The parameters' gradients and dL/dh, as every h_t received it."""
    plan = _plan(problem, problem.sizes.batch)
    workspace = plan.workspace(problem.sizes.time, problem.sizes.batch, problem.x.dtype)
    return Candidate(
        lambda: _step(plan, problem, problem.x, problem.d_h, workspace, ("h",)),
        lambda found: {**found.parameters, "d_h": found.received["h"]},
    )


def _plan(problem: Problem, batch: int) -> Plan:
    sizes = problem.sizes
    return plan_for(problem.cell, shape_for(problem.cell, sizes.inputs, sizes.hidden, batch))


def _step(
    plan: Plan, problem: Problem, x: Array, d_h: Array, workspace: Workspace, wanted: tuple[str, ...] = ()
) -> LayerGradients:
    run = plan.forward(problem.weights, x, workspace=workspace)
    return plan.backward(run, {"h": d_h}, wanted)


def _sum(a: Values, b: Values) -> Values:
    return {name: a[name] + b[name] for name in a}
