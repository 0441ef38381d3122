"""The use cases: where the service meets the engine. Knows nothing of HTTP."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from app.content import ceiling
from app.errors import within
from app.inputs import given
from app.schemas import FlowsQuery, PathsAddress, SoftmaxQuery, TallyAddress, TraceQuery
from app.settings import Settings
from app.store import Model, ModelStore
from app.wire import Json
from engine.arrays import Array
from engine.edits import Edited, edit
from engine.errors import InputError, UnknownName
from engine.flows import flows
from engine.graph import graph
from engine.rollout import dream
from engine.softmax import entropy, loss_steps, softmax_steps
from engine.tasks.ball import DIRECTIONS, TRAINED, Paths, throw
from engine.tasks.ball_exam import predict
from engine.tasks.registry import task
from engine.trace import Trace


class Lab:
    """Answers questions about the models of a store, within the limits of the settings."""

    def __init__(self, store: ModelStore, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.tally = lru_cache(16)(self._tally)

    def models(self, task: str | None = None) -> Json:
        """All models, or those of one task."""
        return {"models": [_summary(m) for m in self.store.list() if task in (None, m.checkpoint.task)]}

    def model(self, id: str) -> Json:
        model = self.store.get(id)
        architecture = model.checkpoint.network.architecture
        return {
            **_summary(model),
            "heads": dict(architecture.heads),
            "card": model.checkpoint.card,
            "graph": graph(architecture),
        }

    def weights(self, id: str, without: Sequence[str] = ()) -> Json:
        """All weights but those whose names are given."""
        model = self.store.get(id)
        weights = model.checkpoint.network.parameters
        return {"model": model.pinned, "weights": {n: p for n, p in weights.items() if n not in without}}

    def states(self, id: str) -> Json:
        """Where sentences end that a network was not trained on; none where that is not known."""
        model = self.store.get(id)
        found = model.states
        return {
            "model": model.pinned,
            "labels": found.feelings if found else [],
            "lines": found.lines if found else [],
            "values": found.values if found else {},
        }

    def file(self, id: str) -> tuple[str, bytes]:
        """The name and the bytes of the .safetensors file."""
        model = self.store.get(id)
        return model.path.name, model.path.read_bytes()

    def paths(self, query: PathsAddress) -> Json:
        within("frames", self.settings.max_frames, query.frames)
        within("points", self.settings.max_points, query.count * query.frames)
        paths = self._throw(query.motion, query.count, query.frames, query.seed)
        directions = paths.directions
        return {"paths": [_path(paths, directions, k) for k in range(query.count)]}

    def trace(self, query: TraceQuery, *, reuse: bool = False) -> Json:
        """Run a model over an input; the same question gets the same answer. `values` are arrays (T, N).

        reuse: run in the arrays of an earlier run; for one thread
        """
        model = self.store.get(query.model)
        with np.errstate(over="ignore", invalid="ignore"):  # _copied says it in a sentence
            network = edit(model.checkpoint.network, query.edits)
            trace, said = self._run(model, network, query, reuse)
            values = _wanted(_copied(trace), query.only)
        return {
            "model": model.pinned,
            "task": model.checkpoint.task,
            "input": said,
            "length": trace.length,
            "generated": query.generate,
            "memory": query.memory,
            "outputs": list(task(model.checkpoint.task).outputs),
            **({"initial": _first(network.before())} if model.reads_symbols else {}),
            "layout": query.layout,
            "values": values,
        }

    def flows(self, query: FlowsQuery) -> Json:
        """What flows into one score through each unit at each step."""
        model = self.store.get(query.model)
        outputs = list(task(model.checkpoint.task).outputs)
        if query.output not in outputs:
            raise UnknownName("output", query.output, outputs)
        asked = given(model, query.input)
        within("time steps", self.settings.max_frames, len(asked.x))
        if query.at > len(asked.x):
            raise InputError(
                f"There are {len(asked.x)} steps; {query.at} came as the one to begin at.", at=query.at
            )
        edited, output = edit(model.checkpoint.network, query.edits), outputs.index(query.output)
        with np.errstate(over="ignore", invalid="ignore"):
            trace = edited.run(asked.x)
            found = flows(edited.network, trace, query.at - 1, output)
        score = trace.values["logits"][query.at - 1, 0, output]
        _finite({"logits": score, **found})
        return {
            "model": model.pinned,
            "input": asked.said,
            "at": query.at,
            "output": query.output,
            "score": score,
            "values": found,
        }

    def _run(self, model: Model, network: Edited, query: TraceQuery, reuse: bool) -> tuple[Trace, Json]:
        reuse = reuse and not query.edits  # an edited network is run once
        within("generated steps", self.settings.max_generate, query.generate)
        most, asks = self.settings.max_frames, query.input
        if asks.text is None:  # before anything is made of them
            within("time steps", most, len(asks.points or asks.values or ()))
        asked = given(model, asks)
        if asks.text is not None:
            within("time steps", most, len(asked.x))
        if not query.generate:
            return network.run(asked.x, memory=query.memory, reuse=reuse), asked.said
        points = query.input.points
        if points is None or not query.memory:
            raise InputError(
                "Going on by itself needs points, and memory: without it there is nothing to go on."
            )
        trace, made_up = dream(network.run, points, query.generate)
        return trace, {"points": [*points, *made_up]}

    def _tally(self, query: TallyAddress) -> Json:
        """Every ball model on the same fresh throws, the recurrent ones also without memory. A network of
        both directions has seen where the ball goes, so that its answers are no predictions."""
        paths = self._throw(query.motion, query.count, 16, query.seed)
        rows = []
        for model in self.store.list():
            architecture = model.checkpoint.network.architecture
            if model.checkpoint.task == "ball" and not architecture.bidirectional:
                rows.append(_row(model, paths, memory=True))
                if "h" in architecture.spec.states:
                    rows.append(_row(model, paths, memory=False))
        return {
            "count": query.count,
            "motion": query.motion,
            "seed": query.seed,
            "rows": rows,
            "ceiling": _ceiling(query.motion),
        }

    def _throw(self, motion: str | None, count: int, frames: int, seed: int) -> Paths:
        within("balls", self.settings.max_balls, count)
        return throw(np.random.default_rng([seed, 2]), count, frames, [motion] if motion else TRAINED)


def softmax(query: SoftmaxQuery) -> Json:
    """Every step from scores to probabilities."""
    if query.target is not None and query.target >= len(query.logits):
        raise InputError(
            f"There are {len(query.logits)} classes, counted from 0; {query.target} came as the target.",
            target=query.target,
        )
    logits = np.array(query.logits)
    found = {"logits": logits, "temperature": query.temperature, **softmax_steps(logits, query.temperature)}
    return found if query.target is None else found | loss_steps(logits, query.target, query.temperature)


def _first(values: Mapping[str, Array]) -> dict[str, Array]:
    return {name: value[0] for name, value in values.items()}


def _summary(model: Model) -> Json:
    network = model.checkpoint.network
    architecture = network.architecture
    return {
        "id": model.id,
        "pinned": model.pinned,
        "task": model.checkpoint.task,
        "cell": architecture.cell,
        "hidden": architecture.hidden,
        "layers": architecture.layers,
        "bidirectional": architecture.bidirectional,
        "feeds_back": architecture.spec.output in architecture.spec.states
        and architecture.spec.output not in architecture.spec.held,
        "parameters": network.size,
        "vocabulary": architecture.vocabulary,
        "outputs": list(task(model.checkpoint.task).outputs),
    }


def _path(paths: Paths, directions: Array, k: int) -> Json:
    return {
        "motion": paths.motions[k],
        "points": paths.points[:, k].round(4),
        "truth": paths.truth[:, k].round(4),
        "directions": [DIRECTIONS[d] for d in directions[:, k]],
    }


def _row(model: Model, paths: Paths, *, memory: bool) -> Json:
    probs = predict(model.checkpoint.network, paths, memory=memory)
    return {
        "model": model.id,
        "memory": memory,
        "accuracy_by_frame": (probs.argmax(axis=-1) == paths.directions).mean(axis=1).round(4),
        "entropy_by_frame": entropy(probs).mean(axis=1).round(4),
    }


def _ceiling(motion: str | None) -> Json | None:
    found = ceiling()
    by_frame = found["accuracy_by_motion_and_frame"].get(motion) if motion else found["accuracy_by_frame"]
    return {"accuracy_by_frame": by_frame, "command": found["command"]} if by_frame else None


def _copied(trace: Trace) -> dict[str, Array]:
    """The values of the only sequence, (T, N) each, in memory of their own.

    A run that JSON cannot hold is refused: huge inputs and edits overflow a 32-bit float.
    """
    values = trace.values
    whole = np.concatenate(list(values.values()), axis=None)
    if not math.isfinite(whole.dot(whole)):  # which is fast
        _finite(values)
    found, start = {}, 0
    for name, array in values.items():
        end = start + array.size
        found[name] = whole[start:end].reshape(len(array), array.shape[-1])
        start = end
    return found


def _finite(values: Mapping[str, Array]) -> None:
    for name, array in values.items():
        if not np.isfinite(array).all():
            raise InputError(
                f"With numbers this large {name} is no longer a finite 32-bit float. Give smaller ones.",
                name=name,
            )


def _wanted(values: dict[str, Array], only: tuple[str, ...] | None) -> dict[str, Array]:
    if only is None:
        return values
    for name in only:
        if name not in values:
            raise UnknownName("value", name, list(values))
    return {name: array for name, array in values.items() if name in only}
