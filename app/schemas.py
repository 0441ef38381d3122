"""What is asked. Every field is described; a field that is not here is an error."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
    model_validator,
)

from app.address import LONGEST_EDIT, MOST_EDITS
from engine.tasks.ball import MOTIONS

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
PointPair = tuple[Number, Number]
Row = tuple[Number, ...]
Layout = Literal["arrays", "steps"]

LONGEST_TEXT = 20_000
"""Characters of a text."""

Edit = Annotated[str, Field(max_length=LONGEST_EDIT)]
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
    """One of the three ways to feed a network."""

    points: tuple[PointPair | None, ...] | None = Field(
        None,
        description="Positions in the unit box, y up, one a frame; null where hidden. For ball models.",
        examples=[EXAMPLE_POINTS],
    )
    values: tuple[Row, ...] | None = Field(
        None, description="Encoded input as the network reads it, T rows of I numbers. For any numeric model."
    )

    text: str | None = Field(
        None,
        max_length=LONGEST_TEXT,
        description="A review, which is split into words, or a name. For models that read symbols.",
        examples=["not bad at all"],
    )

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if sum(way is not None for way in (self.points, self.values, self.text)) != 1:
            raise ValueError("give points, values or a text, and only one of them")
        return self


class TraceQuery(Strict):
    """What is to be run."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "ball-rnn", "input": {"points": EXAMPLE_POINTS}, "memory": True, "edits": []},
                {"model": "review-gru", "input": {"text": "not bad at all"}},
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
        max_length=MOST_EDITS,
        description="Changes to the network for this run: layers.0.W_hh[3,1]:0.5, scale:layers.0.W_hh:1.2, "
        "force:layers.0.h:0, force:layers.0.h[3]:0, h0[2]:0.4, layers.1.reverse.h0[2]:0.4.",
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


class GenerateQuery(Strict):
    """What is to be made up."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"model": "names-gru", "prefix": "ma", "temperature": 0.8, "seed": 7}]
        }
    )

    model: str = Field("names-gru", description="A model's id, or id@hash.", max_length=200)
    prefix: str = Field("", description="What it begins with.", max_length=200, examples=["ma"])
    temperature: Number = Field(
        1.0, description="Scores are divided by it: below 1 surer, above 1 more even.", le=100
    )
    top_k: int = Field(
        0, ge=0, le=LARGEST, strict=True, description="Draw from so many of the likeliest; 0 is all of them."
    )
    length: int | None = Field(
        None, ge=0, le=LARGEST, strict=True, description="Most letters; as many as are allowed if left out."
    )
    seed: int = Field(0, ge=0, le=LARGEST, strict=True, description="The same seed gives the same name.")
    edits: tuple[Edit, ...] = Field((), max_length=MOST_EDITS, description="As in POST /api/trace.")
    only: tuple[Annotated[str, Field(max_length=200)], ...] | None = Field(
        None, max_length=50, description="Names of the values to send; all of them where this is left out."
    )
    layout: Layout = Field("arrays", description="arrays or steps.")


class AttributionQuery(Strict):
    """The text whose words are to be weighed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": "review-gru", "text": "good, not bad"}]}
    )

    model: str = Field("review-gru", description="A model's id, or id@hash.", max_length=200)
    text: str = Field(description="The text.", max_length=LONGEST_TEXT, examples=["good, not bad"])
    edits: tuple[Edit, ...] = Field((), max_length=MOST_EDITS, description="As in POST /api/trace.")


class FlowsQuery(Strict):
    """The answer that is traced back: of a run with memory, at one step, one class."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "review-gru", "input": {"text": "not bad"}, "at": 2, "output": "positive"},
                {"model": "ball-rnn", "input": {"points": EXAMPLE_POINTS}, "at": 3, "output": "NE"},
            ]
        }
    )

    model: str = Field(description="A model's id, or id@hash.", max_length=200)
    input: RunInput = Field(description="What the network is shown.")
    at: int = Field(ge=1, le=LARGEST, strict=True, description="The time step of the answer, counted from 1.")
    output: str = Field(description="The class, one of the model's `outputs`.", max_length=50)
    edits: tuple[Edit, ...] = Field((), max_length=MOST_EDITS, description="As in POST /api/trace.")


class SoftmaxQuery(Strict):
    """Scores to be turned into probabilities."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"logits": [2.0, 1.0, 0.1], "temperature": 1.0, "target": 0}]}
    )

    logits: tuple[Number, ...] = Field(
        description="Scores, two or more.", min_length=2, max_length=64, examples=[[2.0, 1.0, 0.1]]
    )
    temperature: Number = Field(1.0, description="Scores are divided by it; above 0.")
    target: int | None = Field(
        None, ge=0, strict=True, description="The number of the true class, counted from 0, for the loss."
    )


class TraceAddress(Strict):
    """The same question as a query string."""

    model: str = Field("ball-rnn", description="A model's id, or id@hash.", max_length=200)
    points: str | None = Field(
        None,
        description="x,y;x,y;… in the unit box, y up; a hidden frame is a single -.",
        json_schema_extra={"example": "0.10,0.20;-;0.25,0.26"},
        max_length=20_000,
    )
    text: str | None = Field(None, description="A text, for models that read one.", max_length=LONGEST_TEXT)
    memory: bool = Field(True, description="false sets every carried state to zero at each time step.")
    edit: list[Edit] = Field(
        [], max_length=MOST_EDITS, description="An edit, as in POST; may be given again and again."
    )
    generate: int = Field(
        0, ge=0, le=LARGEST, description="How many further steps the network goes on by itself."
    )
    layout: Layout = Field("arrays", description="arrays or steps.")

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if (self.points is None) == (self.text is None):
            raise ValueError("give points or a text, and not both")
        return self


class WordAddress(Strict):
    """A word to be looked up."""

    word: str = Field(
        description="One token, as in `input.tokens` of a trace.",
        max_length=200,
        json_schema_extra={"example": "phenomenal"},
    )


class WeightsAddress(Strict):
    """Which weights."""

    without: list[Annotated[str, Field(max_length=200)]] = Field(
        [],
        max_length=200,
        description="Full names that are left out, if there are such; may be given again and again.",
    )


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


class MemoryAddress(Strict):
    """How long sequences are, and of which draw."""

    length: int = Field(31, ge=2, le=60, description="T, the letters of each sequence.")
    seed: int = Field(0, ge=0, le=LARGEST, description="The same seed gives the same sequences.")
    trained: bool = Field(True, description="False: with the random weights that a training begins with.")


class RemainsQuery(Strict):
    """The run of which it is asked what is left of a small change of its states."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "recall-rnn", "input": {"text": "c a f e"}},
                {"model": "ball-gru", "input": {"points": EXAMPLE_POINTS}},
            ]
        }
    )

    model: str = Field(description="A model's id, or id@hash.", max_length=200)
    input: RunInput = Field(description="What the network is shown.")
    edits: tuple[Edit, ...] = Field((), max_length=MOST_EDITS, description="As in POST /api/trace.")


class RestsQuery(Strict):
    """The input of which it is asked where states rest while it comes again and again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "recall-rnn-2", "input": {"text": "c"}, "starts": [[0.5, -0.5]]},
                {"model": "ball-rnn-2", "input": {"points": [[0.5, 0.5]]}},
            ]
        }
    )

    model: str = Field(description="A model's id, or id@hash.", max_length=200)
    input: RunInput = Field(description="One input: a token, or a point.")
    edits: tuple[Edit, ...] = Field((), max_length=MOST_EDITS, description="As in POST /api/trace.")
    starts: tuple[Row, ...] = Field(
        (),
        max_length=200,
        description="States to look from, beside some at random: all states of the network side by side.",
    )
