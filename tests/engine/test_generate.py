"""A network that writes draws from what it says, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from engine.architecture import Architecture
from engine.arrays import Array
from engine.errors import BadSetting
from engine.generate import Sampling, generate
from engine.network import initialise
from engine.softmax import softmax
from engine.trace import Trace

LOGITS = np.array([0.0, 2.0, -1.0, 1.0, 2.0], np.float32)


def shares(sampling: Sampling, count: int = 20_000) -> Array:
    rng = np.random.default_rng(0)
    return np.bincount([sampling.draw(LOGITS, rng) for _ in range(count)], minlength=5) / count


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_symbols_are_drawn_as_often_as_softmax_says(temperature: float) -> None:
    sampling = Sampling(temperature)
    np.testing.assert_allclose(sampling.probs(LOGITS), softmax(LOGITS.astype(float) / temperature))
    np.testing.assert_allclose(shares(sampling), sampling.probs(LOGITS), atol=0.012)


@pytest.mark.parametrize(
    ("k", "drawn"), [(1, {1}), (2, {1, 4}), (3, {1, 3, 4}), (0, {0, 1, 2, 3, 4}), (9, {0, 1, 2, 3, 4})]
)
def test_only_the_likeliest_are_drawn(k: int, drawn: set[int]) -> None:
    found = shares(Sampling(top_k=k))
    assert set(np.flatnonzero(found)) == drawn
    p = np.where(np.isin(np.arange(5), list(drawn)), softmax(LOGITS.astype(float)), 0)
    np.testing.assert_allclose(found, p / p.sum(), atol=0.012)


@pytest.mark.parametrize(
    "wrong",
    [{"temperature": 0.0}, {"temperature": -1.0}, {"temperature": float("nan")}, {"top_k": -1}],
    ids=str,
)
def test_what_cannot_be_drawn_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadSetting, match=f"{next(iter(wrong))} has to be"):
        Sampling(**wrong)  # type: ignore[arg-type]


def test_writing_reads_what_it_wrote() -> None:
    """A network that says 1 after 0, 2 after 1, …: what is drawn is what the whole run says."""

    def counts(x: Array) -> Trace:
        logits = np.full((*x.shape, 6), -50.0)
        np.put_along_axis(logits, (x + 1)[..., None], 50.0, axis=-1)
        return Trace({"x": x, "logits": logits})

    rng = np.random.default_rng(0)
    assert generate(counts, [0], 5, Sampling(), rng, 20) == [0, 1, 2, 3, 4]
    assert generate(counts, [0, 3], 5, Sampling(), rng, 20) == [0, 3, 4]
    assert generate(counts, [0], 5, Sampling(), rng, 3) == [0, 1, 2]
    assert generate(counts, [0, 1, 2], 5, Sampling(), rng, 2) == [0, 1, 2]


def test_the_same_seed_writes_the_same() -> None:
    network = initialise(Architecture("gru", 4, 6, {"readout": 7}, vocabulary=7), np.random.default_rng(0))

    def written(seed: int) -> list[int]:
        return generate(network.forward, [6], 6, Sampling(), np.random.default_rng(seed), 12)

    assert [written(seed) for seed in range(20)] == [written(seed) for seed in range(20)]
    assert len({tuple(written(seed)) for seed in range(20)}) > 15
