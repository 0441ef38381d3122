"""What is answered. Every field is described."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from app.schemas import Layout, PointPair


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
    initial: dict[str, list[float]] | None = Field(
        None,
        description="For models that read symbols: what the heads say before any of them was read.",
    )
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
    feeds_back: bool = Field(
        description="Whether its output at a step enters the next through weights; not in a window or a bag."
    )
    parameters: int
    vocabulary: int = Field(description="How many symbols it knows; 0 where it reads numbers.")
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


class StatesAnswer(BaseModel):
    """N sentences of the treebank's dev part, none of which the network was trained on."""

    model: str = Field(description="id@hash.")
    labels: list[str] = Field(description="How people judged each sentence. Empty for models without states.")
    lines: list[int] = Field(description="Which sentence of the dev part each is, counted from 1.")
    values: dict[str, list[list[float]]] = Field(
        description="Full name of a carried state -> N rows: the state after the last word, or after the "
        "first where it runs back."
    )


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


class WordAnswer(BaseModel):
    model: str
    word: str
    known: bool = Field(description="False: the network reads it as unknown, and so are number and vector.")
    number: int = Field(description="Its row in the embedding, counted from 0.")
    vocabulary: int = Field(description="V, how many symbols the network knows.")
    vector: list[float] = Field(description="Its row: I numbers.")
    nearest: list[dict[str, Any]] = Field(description="word, number and cosine, the nearest first.")


class FlowsAnswer(BaseModel):
    """What flows into one score, unit by unit and step by step."""

    model: str = Field(description="id@hash.")
    input: dict[str, Any] = Field(description="The input as it was understood.")
    at: int = Field(description="The time step of the answer, counted from 1.")
    output: str = Field(description="The class.")
    score: float = Field(description="Its score, before softmax: z.")
    values: dict[str, list[list[float]]] = Field(
        description="∂z/∂v ⊙ v of `x` and of each layer's output v (not of an LSTM's c), T rows each: "
        "what the score would lose, to first order, were the unit silenced at that step."
    )


class AttributionAnswer(BaseModel):
    """T rows of K numbers for each method, in probability. None of them is the importance of a word."""

    model: str
    input: dict[str, Any] = Field(description="text, tokens, and the places of unknown ones.")
    outputs: list[str] = Field(description="The classes, K.")
    before: list[float] = Field(description="The probabilities before any token.")
    after: list[float] = Field(description="The probabilities after the last one.")
    step_change: list[list[float]] = Field([], description="p after each token less p before it.")
    leave_one_out: list[list[float]] = Field([], description="after, less what it is without the token.")
    gradient_x_input: list[list[float]] = Field([], description="∂p/∂x · x, x being the token's embedding.")
    shapley: dict[str, Any] | None = Field(
        None, description="values (T × K) and pair interactions (T × T × K); up to ten tokens."
    )


class SoftmaxAnswer(BaseModel):
    """Every step from scores to probabilities, in float64; null where a number overflows."""

    logits: list[float]
    temperature: float
    scaled: list[float] = Field(description="logits / temperature")
    max: float
    shifted: list[float] = Field(description="scaled − max")
    exp: list[float] = Field(description="e to the power of shifted")
    sum: float
    probs: list[float] = Field(description="exp / sum")
    log_probs: list[float]
    entropy: float = Field(description="In bits.")
    sigmoids: list[float] = Field(
        description="1 / (1 + e^−scaled) of each score alone; they need not add up."
    )
    jacobian: list[list[float]] = Field(description="∂p_i / ∂z_j")
    naive: dict[str, Any] = Field(description="The same without taking max away: exp, sum, probs.")
    loss: float | None = Field(None, description="−log p of the target, in nats.")
    gradient: list[float] | None = Field(None, description="∂loss / ∂z: (p − y) / temperature.")
    check: list[float] | None = Field(None, description="The same by finite differences.")


class MemoryAnswer(BaseModel):
    """By lag, the number of letters that came after the one in question: T of each."""

    model: str = Field(description="id@hash.")
    trained: bool
    length: int
    letters: int = Field(description="How many letters were drawn from; a guess is right once in so many.")
    seed: int
    decoded: list[float] = Field(
        description="Of sequences whose letter a linear probe names from the states after the last step."
    )
    answers: list[float] = Field(description="Of sequences whose answer changes once that letter is another.")
    moved: list[float] = Field(
        description="How far the states move then; 1 is how far those of two sequences lie apart at the mean."
    )


class RemainsAnswer(BaseModel):
    """What is left of a small change, beside what single matrices say."""

    model: str = Field(description="id@hash.")
    input: dict[str, Any] = Field(description="The input as it was understood.")
    states: dict[str, int] = Field(description="Full names of the states s, and how many units each has.")
    spectra: dict[str, list[dict[str, float]]] = Field(
        description="Of each block of each W_hh, one a gate: spectral radius and largest singular value."
    )
    radius: list[float] = Field(description="Spectral radius of ds_t/ds_t-1, at each step.")
    largest: list[float] = Field(description="Its largest singular value.")
    remains: list[float | None] = Field(
        description="The largest singular value of ds_T/ds_k, k from 0 to T: what is left of a small change; "
        "null beyond what a 64-bit number holds."
    )


class RestsAnswer(BaseModel):
    """Where states rest, those first at which nothing moves."""

    model: str = Field(description="id@hash.")
    input: dict[str, Any] = Field(description="The input as it was understood.")
    states: dict[str, int] = Field(description="Full names of the states, side by side in each row.")
    rests: list[dict[str, Any]] = Field(
        description="state; speed: how far a step moves it; fixed: whether it stays; kind: stable, unstable, "
        "saddle or marginal; eigenvalues of the step there, the largest first: [real, imaginary]."
    )
