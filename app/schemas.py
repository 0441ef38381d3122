"""What crosses the wire. Every field is described; a field that is not here is an error."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
    model_validator,
)

from engine.tasks.ball import MOTIONS

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
PointPair = tuple[Number, Number]
Row = tuple[Number, ...]
Layout = Literal["arrays", "steps"]

Edit = Annotated[str, Field(max_length=200)]
LARGEST = 2**53
"""The largest whole number that every JSON reader takes as it is; ours are limited further by Settings."""


def _known(name: str) -> str:
    if name not in MOTIONS:
        raise ValueError(f"a motion is one of {', '.join(MOTIONS)}")
    return name


Motion = Annotated[
    str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(MOTIONS)}, mode="validation")
]

EXAMPLE_POINTS: list[JsonValue] = [[0.10, 0.20], None, [0.25, 0.26]]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RunInput(Strict):
    """One of the two ways to feed a network."""

    points: tuple[PointPair | None, ...] | None = Field(
        None,
        description="Positions in the unit box, y up, one a frame; null where hidden. For ball models.",
        examples=[EXAMPLE_POINTS],
    )
    values: tuple[Row, ...] | None = Field(
        None, description="Encoded input as the network reads it, T rows of I numbers. For any numeric model."
    )

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if (self.points is None) == (self.values is None):
            raise ValueError("give either points or values, and not both")
        return self


class TraceQuery(Strict):
    """What is to be run."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "ball-rnn", "input": {"points": EXAMPLE_POINTS}, "memory": True, "edits": []}
            ]
        }
    )

    model: str = Field(description="A model's id, or id@hash to insist on certain weights.", max_length=200)
    input: RunInput = Field(description="What the network is shown.")
    memory: bool = Field(
        True, description="false sets every carried state to zero at each time step.", strict=True
    )
    edits: tuple[Edit, ...] = Field(
        (),
        max_length=200,
        description="Changes to the network for this run: layers.0.W_hh[3,1]:0.5, scale:layers.0.W_hh:1.2, "
        "force:layers.0.h:0, h0[2]:0.4, layers.1.reverse.h0[2]:0.4.",
    )
    generate: int = Field(
        0,
        ge=0,
        le=LARGEST,
        strict=True,
        description="How many further steps the network goes on from its own predictions.",
    )
    only: tuple[Annotated[str, Field(max_length=200)], ...] | None = Field(
        None, max_length=50, description="Names of the values to send; all of them where this is left out."
    )
    layout: Layout = Field(
        "arrays", description="arrays: one array a name. steps: a list of time steps, for reading."
    )


class TraceAddress(Strict):
    """The same question as a query string."""

    model: str = Field("ball-rnn", description="A model's id, or id@hash.", max_length=200)
    points: str = Field(
        description="x,y;x,y;… in the unit box, y up; a hidden frame is a single -.",
        json_schema_extra={"example": "0.10,0.20;-;0.25,0.26"},
        max_length=20_000,
    )
    memory: bool = Field(True, description="false sets every carried state to zero at each time step.")
    edit: list[Edit] = Field(
        [], max_length=200, description="An edit, as in POST; may be given again and again."
    )
    generate: int = Field(
        0, ge=0, le=LARGEST, description="How many further steps the network goes on by itself."
    )
    layout: Layout = Field("arrays", description="arrays or steps.")


class PathsAddress(Strict):
    """Balls to be thrown."""

    motion: Motion | None = Field(
        None, description="One motion; all trained ones in equal shares if left out."
    )
    count: int = Field(1, ge=1, le=LARGEST, description="How many paths.")
    frames: int = Field(
        16, ge=2, le=LARGEST, description="How many frames are watched; a curve is another with each."
    )
    seed: int = Field(0, ge=0, le=LARGEST, description="The same seed gives the same paths.")


class TallyAddress(Strict):
    """A tally over many throws."""

    motion: Motion | None = Field(
        None, description="One motion; all trained ones in equal shares if left out."
    )
    count: int = Field(500, ge=1, le=LARGEST, description="How many balls are thrown.")
    seed: int = Field(0, ge=0, le=LARGEST, description="The same seed gives the same throws.")


class Failure(BaseModel):
    """Every error has this shape."""

    error: str = Field(description="A stable code.", examples=["unknown_model"])
    detail: str = Field(description="A sentence that says what to do.")
    params: dict[str, Any] = Field(description="The values that the sentence mentions.")


class TraceAnswer(BaseModel):
    """Every value of the run. With layout=steps, `steps` stands in the place of `values`."""

    model: str = Field(description="The model with its weights' hash.", examples=["ball-rnn@1a2b3c4d"])
    task: str = Field(examples=["ball"])
    input: dict[str, Any] = Field(description="The input as it was understood, made-up points included.")
    length: int = Field(description="T, the number of time steps.")
    generated: int = Field(description="How many of them, at the end, the network made up itself.")
    memory: bool
    outputs: list[str] = Field(description="The classes, in the order of logits and probs.")
    layout: Layout
    values: dict[str, list[Any]] | None = Field(
        None, description="Full name -> T rows: x, layers.0.h, …, logits, probs, displacement."
    )
    steps: list[dict[str, Any]] | None = Field(None, description="One entry a time step: full name -> row.")


class ModelSummary(BaseModel):
    id: str
    pinned: str = Field(description="id@hash of the weights.")
    task: str
    cell: str
    hidden: int = Field(description="Units of each layer, in each direction.")
    layers: int
    bidirectional: bool = Field(description="Whether each layer also runs from the last step to the first.")
    parameters: int
    outputs: list[str]


class ModelList(BaseModel):
    models: list[ModelSummary]


class ModelAnswer(ModelSummary):
    card: dict[str, Any] = Field(
        description="The command that trained it, its data, and its measured figures."
    )
    graph: dict[str, Any] = Field(description="Nodes and edges, from which any picture of it is drawn.")
    heads: dict[str, int]


class WeightsAnswer(BaseModel):
    model: str
    weights: dict[str, list[Any]] = Field(description="Full name -> nested rows, as PyTorch shapes them.")


class BallPath(BaseModel):
    motion: str
    points: list[PointPair] = Field(description="Positions as observed, with noise.")
    truth: list[PointPair] = Field(description="Positions without noise, one frame further than points.")
    directions: list[str] = Field(description="Where the ball really goes next, at each frame.")


class PathsAnswer(BaseModel):
    paths: list[BallPath]


class TallyRow(BaseModel):
    model: str
    memory: bool
    accuracy_by_frame: list[float]
    entropy_by_frame: list[float]


class TallyAnswer(BaseModel):
    count: int
    motion: str | None
    seed: int
    rows: list[TallyRow]
    ceiling: dict[str, Any] | None = Field(description="What a Bayes filter that knows the motions reaches.")
