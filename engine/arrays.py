"""The array types that the engine's signatures speak of."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
"""float32 or float64; complex128 while a gradient is checked by complex step."""

Forced = float | Array
"""What units of a value are forced to: all to one number, or each to its own, (H,), nan where it is free."""
