"""Questions about a trace, and how they are answered: from memory, or by a run that is written down."""

from __future__ import annotations

import asyncio

from app.answers import Answer, Answers, Question
from app.lab import Lab
from app.schemas import TraceQuery
from app.wire import LARGE, Form, numbers

LONG = 50
"""Up to so many time steps a run takes less than a millisecond."""

SHORT = 3 * LONG
"""Characters of a text of at most so many words, about."""


class Traces:
    """Answers, each given by one run. What takes long is done in a thread, off the event loop."""

    def __init__(self, lab: Lab, known: Answers) -> None:
        self.lab, self.known = lab, known

    async def answer(self, query: TraceQuery, form: Form, question: Question | None = None) -> Answer:
        """Run a model, and remember the answer under the question if it was asked by address."""
        run, write = self.lab.trace, form.encode
        trace = await asyncio.to_thread(run, query) if _is_long(query) else run(query, reuse=True)
        large = numbers(trace) >= LARGE
        body = await asyncio.to_thread(write, trace, large) if large else write(trace, large)
        found = Answer(body, form.media_type, vary=b"Accept")
        if question:
            self.known.keep(question, found)
        return found


def _is_long(query: TraceQuery) -> bool:
    """Also where a changed network may want a plan of its own."""
    asked = query.input
    long = len(asked.text) > SHORT if asked.text else len(asked.points or asked.values or ()) > LONG
    return long or query.generate > 0 or bool(query.edits)
