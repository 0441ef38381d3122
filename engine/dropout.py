"""Dropout: a network that cannot rely on any one unit while it trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import BadSetting


@dataclass(frozen=True)
class Dropout:
    """Zeros a share of what an embedding or a layer hands on, while training: all that does not recur
    (Srivastava et al., 2014; Zaremba et al., Recurrent neural network regularization, 2014).

    rate: the share, from 0 to below 1; what is left is scaled by 1 / (1 − rate)
    """

    rate: float
    rng: np.random.Generator

    def __post_init__(self) -> None:
        if not 0 <= self.rate < 1:
            raise BadSetting(
                f"dropout has to be from 0 to below 1; {self.rate} came.", name="dropout", value=self.rate
            )

    def factors(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """0 or 1 / (1 − rate) for each of so many values."""
        kept = self.rng.random(shape, np.float32) >= self.rate
        return np.asarray(kept / dtype.type(1 - self.rate), dtype)
