"""The use cases of networks that read symbols: what each word did, what comes next, what a word is."""

from __future__ import annotations

import numpy as np

from app.errors import within
from app.inputs import text
from app.schemas import AttributionQuery, GenerateQuery
from app.settings import Settings
from app.store import Model, ModelStore
from app.wire import Json
from engine import attribution
from engine.answers import answers
from engine.arrays import Array
from engine.edits import edit
from engine.errors import InputError
from engine.generate import Sampling, generate
from engine.network import Network
from engine.tasks import registry

NEAREST = 12
"""How many neighbours of a word are named."""


class Texts:
    """Answers questions about the models of a store that read symbols."""

    def __init__(self, store: ModelStore, settings: Settings) -> None:
        self.store, self.settings = store, settings

    def attributions(self, query: AttributionQuery) -> Json:
        """What each token did to the answer after the last one, by each of the methods. (T, K) each."""
        model = self._of(query.model)
        edited = edit(model.checkpoint.network, query.edits)
        if edited.forced or edited.initial:
            raise InputError(
                "What each token did is worked out with the states as they are computed, from zeros: "
                "leave out edits that force a value or set an initial state."
            )
        network = edited.network
        said = text(model, query.text)
        symbols = said.x[:, 0]
        within("tokens", self.settings.max_attribution, len(symbols))
        found: Json = {
            "before": network.before()["probs"][0],
            "after": answers(network, [symbols])[0],
        }
        if len(symbols):
            found |= {
                "step_change": attribution.step_change(network, symbols),
                "leave_one_out": attribution.leave_one_out(network, symbols),
                "gradient_x_input": attribution.gradient_times_input(network, symbols),
                "shapley": _shapley(network, symbols),
            }
        return {
            "model": model.pinned,
            "input": said.said,
            "outputs": list(registry.task(model.checkpoint.task).outputs),
            **found,
        }

    def spell(self, query: GenerateQuery) -> str:
        """The text that a network goes on to write from a prefix; the same seed gives the same."""
        model = self._of(query.model)
        words = model.checkpoint.vocabulary
        end = registry.task(model.checkpoint.task).end
        if end is None:
            raise InputError(f"{query.model} does not say what comes next.", model=query.model)
        edited = edit(model.checkpoint.network, query.edits)
        start = text(model, query.prefix).x[:, 0]
        within("letters", self.settings.max_letters, max(len(start) - 1, query.length or 0))
        drawn = generate(
            edited.run,
            [int(number) for number in start],
            words.numbers[end],
            Sampling(query.temperature, query.top_k),
            np.random.default_rng(query.seed),
            1 + (self.settings.max_letters if query.length is None else query.length),
        )
        return "".join(words.symbols[number] for number in drawn[1:])

    def word(self, id: str, word: str) -> Json:
        """A word's number, its row of the embedding, and the words whose rows point the same way."""
        model = self._of(id)
        words = model.checkpoint.vocabulary
        number = int(words.encode([word])[0])
        W = model.checkpoint.network.parameters["embedding.W"]
        cosines = _cosines(W, W[number])
        order = [int(k) for k in np.argsort(-cosines, kind="stable") if k != number][:NEAREST]
        return {
            "model": model.pinned,
            "word": word,
            "known": word in words.numbers,
            "number": number,
            "vocabulary": len(words),
            "vector": W[number],
            "nearest": [
                {"word": words.symbols[k], "number": k, "cosine": round(float(cosines[k]), 4)} for k in order
            ],
        }

    def _of(self, id: str) -> Model:
        model = self.store.get(id)
        if not model.reads_symbols:
            raise InputError(f"{model.id} reads numbers, not symbols.", model=model.id)
        return model


def _shapley(network: Network, symbols: Array) -> Json | None:
    if len(symbols) > attribution.MOST:
        return None
    found = attribution.shapley(network, symbols)
    return {"values": found.values.astype(np.float32), "pairs": found.pairs.astype(np.float32)}


def _cosines(W: Array, vector: Array) -> Array:
    lengths = np.linalg.norm(W, axis=1) * np.linalg.norm(vector)
    return np.asarray((W @ vector) / np.where(lengths > 0, lengths, 1))
