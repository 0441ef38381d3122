"""What the shipped ball networks promise, checked against their measured figures."""

from __future__ import annotations

from collections.abc import Mapping

from engine.tasks.bars import Bar, Figures


def bars(figures: Mapping[str, Figures]) -> list[Bar]:
    """Every promise that can be judged from the figures given. figures: model id -> figures of its card."""
    found = []
    rnn, window, blind = (figures.get(f"ball-{name}") for name in ("rnn", "window-2", "memoryless"))
    for model, f in figures.items():
        found.append(Bar(model, "accuracy at frame 1, a guess", f["accuracy_by_frame"][0], 0.10, 0.16))
        if model in ("ball-rnn", "ball-gru", "ball-lstm"):
            found.append(Bar(model, "entropy at frame 1, bits", f["entropy_by_frame"][0], 2.9, 3.0))
        if model in ("ball-gru", "ball-lstm"):
            found.append(Bar(model, "accuracy over frames 9-16", f["accuracy_late"], 0.84, 1))
            hidden = min(f["blackout_by_motion"]["bouncing"])
            found.append(Bar(model, "worst hidden frame of bouncing balls", hidden, 0.79, 1))
    if blind:
        found.append(Bar("ball-memoryless", "accuracy over all frames", blind["accuracy"], 0, 0.15))
    if rnn:
        found.append(Bar("ball-rnn", "accuracy over frames 9-16", rnn["accuracy_late"], 0.78, 1))
    if rnn and window:
        lead = rnn["accuracy_late"] - window["accuracy_late"]
        found.append(Bar("ball-rnn", "lead over ball-window-2, frames 9-16", round(lead, 4), 0.08, 1))
    return found
