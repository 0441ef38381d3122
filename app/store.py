"""The models that can be asked, by id."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from app.errors import ModelChanged, UnknownModel
from engine.checkpoint import Checkpoint, load
from engine.errors import CheckpointError
from engine.tasks.registry import task
from engine.tasks.review_states import SUFFIX, States
from engine.tasks.review_states import load as load_states


@dataclass(frozen=True)
class Model:
    """A checkpoint with the id that people ask for, and the file it came from.

    states: where sentences end that it was not trained on
    """

    id: str
    checkpoint: Checkpoint
    digest: str
    path: Path
    states: States | None = None

    @cached_property
    def reads_symbols(self) -> bool:
        return len(self.checkpoint.vocabulary) > 0

    @cached_property
    def pinned(self) -> str:
        """The id with the weights' hash: `ball-rnn@1a2b3c4d`."""
        return f"{self.id}@{self.digest}"


def _states_beside(path: Path, checkpoint: Checkpoint) -> States | None:
    """Those of these very weights; a CheckpointError says what is wrong with a file."""
    beside = path.with_suffix(SUFFIX)
    found = load_states(beside) if beside.is_file() else None
    if found is None or found.digest != checkpoint.digest:
        return None
    widths = {name: rows.shape[1:] for name, rows in found.values.items()}
    if widths != {name: (width,) for name, width in checkpoint.network.architecture.states.items()}:
        raise CheckpointError(f"{beside.name} does not hold the states of {path.name}. Write it anew.")
    return found


def _fits(path: Path, checkpoint: Checkpoint) -> None:
    """Refuse a network that does not read or say what its task does."""
    asked, has = task(checkpoint.task), checkpoint.network.architecture
    inputs = 0 if has.vocabulary else has.inputs
    if inputs != asked.inputs or dict(has.heads) != dict(asked.heads):
        reads, needs = (f"{n} inputs" if n else "symbols" for n in (inputs, asked.inputs))
        raise CheckpointError(
            f"{path.name} reads {reads} and has the heads {dict(has.heads)}; its task, {checkpoint.task}, "
            f"needs {needs} and {dict(asked.heads)}. Take it out of the folder."
        )
    if has.read != "all":
        raise CheckpointError(
            f"{path.name} says something after the last step only; the service runs networks that do at "
            "every step. Take it out of the folder."
        )


class ModelStore:
    """All checkpoints of a folder; a file's name is its id."""

    def __init__(self, folder: Path) -> None:
        self._models: dict[str, Model] = {}
        for path in sorted(folder.glob("*.safetensors"), key=lambda path: path.stem):
            checkpoint = load(path)
            _fits(path, checkpoint)
            checkpoint.network.freeze()  # the digest says which numbers these are
            states = _states_beside(path, checkpoint)
            self._models[path.stem] = Model(path.stem, checkpoint, checkpoint.digest, path, states)

    def list(self) -> tuple[Model, ...]:
        return tuple(self._models.values())

    def get(self, id: str) -> Model:
        """A model by `id` or `id@digest`; a digest that is not today's is a ModelChanged."""
        name, _, digest = id.partition("@")
        if name not in self._models:
            known = list(self._models)
            raise UnknownModel(
                f"There is no model called {name!r}. Known are: {', '.join(known)}.", model=name, known=known
            )
        model = self._models[name]
        if digest and digest != model.digest:
            raise ModelChanged(
                f"{name} has been retrained since this was written: its weights are now {model.digest}, "
                f"not {digest}. Ask for {name} to get today's numbers.",
                model=name,
                asked=digest,
                now=model.digest,
            )
        return model
