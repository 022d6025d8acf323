"""What the kernel knows of a series before it looks: its seasons, what it is, and how far ahead to go."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]  # shape (n,)
Matrix = NDArray[np.float64]  # shape (n, m)
Cube = NDArray[np.float64]  # shape (n, m, h)
Places = NDArray[np.int64]


class Nature(NamedTuple):
    """Season lengths in steps (`m`: 1 for none; `long`, `year`: 0 for none), horizon, and three yes-or-no facts.

    `is_sum`: the series is a counter's increments, to be summed up again.
    """

    m: int
    long: int
    year: int
    horizon: int
    positive: bool
    toothed: bool
    is_sum: bool
