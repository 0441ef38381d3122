"""Everything the engine refuses, each as a full sentence that says what would work.

    EngineError
    ├── CellError          an equation that cannot be computed as written
    ├── ShapeError         an array whose shape or size does not fit
    ├── InputError         an input that cannot be encoded
    │   ├── EmptyInput     nothing was given where something is needed
    │   └── BadPoint       a point that is not a position inside the unit box
    ├── UnknownName        a cell, task, motion or model that does not exist
    ├── BadSetting         a size, rate or count that cannot be used
    ├── BadData            data to learn from that is missing, or not what it should be
    ├── Diverged         a training whose numbers ran away
    └── CheckpointError    a file that is not one of our checkpoints

`code` is stable and machine-readable; `params` holds the values that the sentence mentions, so that
a page can word the error in another language.
"""

from __future__ import annotations

from typing import Any


class EngineError(Exception):
    """The root of the tree. `detail` is the sentence, `params` the values in it."""

    code = "engine_error"

    def __init__(self, detail: str, **params: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.params = params


class CellError(EngineError):
    code = "bad_cell"


class ShapeError(EngineError):
    code = "bad_shape"


class InputError(EngineError):
    code = "bad_input"


class UnknownSymbol(InputError):
    """A symbol that a vocabulary without an unknown does not have."""

    code = "unknown_symbol"


class EmptyInput(InputError):
    code = "empty_input"


class BadPoint(InputError):
    code = "bad_point"


class UnknownName(EngineError):
    """A name that is not in a registry; says which names are."""

    code = "unknown_name"

    def __init__(self, kind: str, name: str, known: list[str]) -> None:
        super().__init__(
            f"There is no {kind} called {name!r}. Known are: {', '.join(known)}.",
            kind=kind,
            name=name,
            known=known,
        )


class BadSetting(EngineError):
    code = "bad_setting"


class BadData(EngineError):
    code = "bad_data"


class Diverged(EngineError):
    code = "diverged"


class CheckpointError(EngineError):
    code = "bad_checkpoint"
