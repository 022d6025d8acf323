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


class Answer(NamedTuple):
    """What the kernel says of many series, one row each; NaN where nothing was known.

    Center and scale at each step (n, h), weights of the methods (n, methods), and the errors of the backtest (n,
    windows, h): those of the weighted center made without the window, those over the scale where both are made from
    earlier windows only, and those of seasonal naive. The errors have no rows where nobody asks for them.
    """

    center: Matrix
    scale: Matrix
    weights: Matrix
    errors: Cube
    standardized: Cube
    naive_errors: Cube
