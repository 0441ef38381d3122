"""The heads of a network: what they read of the last layer, and what they make of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.architecture import HEAD_VALUES, Architecture
from engine.arrays import Array
from engine.softmax import softmax


class Heads:
    """Affine maps of the last layer's outputs; `readout` becomes `logits` and `probs`."""

    def __init__(self, architecture: Architecture, parameters: Mapping[str, Array]) -> None:
        self.architecture, self.parameters = architecture, parameters
        self.names = [(HEAD_VALUES.get(h, h), architecture.matrix(h), f"{h}.b") for h in architecture.heads]

    def features(self, outputs: Array, mask: Array | None) -> Array:
        """What the heads read of outputs (T, B, F): all of it, or (1, B, F) at each direction's end."""
        if self.architecture.read == "all":
            return outputs
        if not len(outputs):  # nothing was read: what stands for it is a state of zeros
            return np.zeros((1, *outputs.shape[1:]), outputs.dtype)
        parts = [outputs[step, rows, units] for step, rows, units in self._ends(outputs.shape, mask)]
        return np.concatenate(parts, axis=-1)[None]

    def spread(self, d_features: Array, shape: tuple[int, int, int], mask: Array | None) -> Array:
        """dL/d(outputs) of the shape (T, B, F), from that of what the heads read."""
        if self.architecture.read == "all":
            return d_features
        found = np.zeros(shape, d_features.dtype)
        if not shape[0]:
            return found
        for step, rows, units in self._ends(shape, mask):
            found[step, rows, units] = d_features[0, :, units]
        return found

    def forward(self, features: Array) -> dict[str, Array]:
        """The values of all heads, (T, B, K)."""
        steps, batch, width = features.shape
        flat = features.reshape(steps * batch, width)  # one product for all steps
        found = {}
        for name, matrix, bias in self.names:
            value = flat.dot(self.parameters[matrix].T)
            value += self.parameters[bias]
            found[name] = value.reshape(steps, batch, value.shape[-1])
        if "logits" in found:
            found["probs"] = softmax(found["logits"])
        return found

    def backward(self, features: Array, gradients: Mapping[str, Array]) -> tuple[Array, dict[str, Array]]:
        """dL/d(features), and dL/d(parameter) of the heads. A head without a gradient is silent."""
        flat = features.reshape(-1, features.shape[-1])
        d_flat = np.zeros(flat.shape, flat.dtype)
        found = {}
        for name, matrix, bias in self.names:
            g = gradients.get(name)
            if g is None:
                found[matrix] = np.zeros_like(self.parameters[matrix])
                found[bias] = np.zeros_like(self.parameters[bias])
            else:
                g = g.reshape(-1, g.shape[-1])  # (T·B, K)
                d_flat += g @ self.parameters[matrix]
                found[matrix] = g.T @ flat
                found[bias] = g.sum(axis=0)
        return d_flat.reshape(features.shape), found

    def _ends(self, shape: tuple[int, int, int], mask: Array | None) -> list[tuple[Array, Array, slice]]:
        """For each direction the step where it ends in each sequence, and the units it has in the outputs."""
        steps, batch, width = shape
        there = np.ones((steps, batch), bool) if mask is None else mask
        one, rows = width // (2 if self.architecture.bidirectional else 1), np.arange(batch)
        last = steps - 1 - there[::-1].argmax(axis=0)
        ends = [(last, rows, slice(one))]
        if self.architecture.bidirectional:
            ends.append((there.argmax(axis=0), rows, slice(one, None)))
        return ends
