"""What does the kernel know about a series in advance? Its seasons, its properties, and how far ahead to go."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]  # shape (n,)
Matrix = NDArray[np.float64]  # shape (n, m)
Cube = NDArray[np.float64]  # shape (n, m, h)
Places = NDArray[np.int64]


class Nature(NamedTuple):
    """Season lengths in steps (`m`: 1 for none; `long`, `year`: 0 for none), horizon, and further properties.

    `positive`: no value is below zero. `toothed`: it climbs and falls like a saw tooth. `slopes` (origins,): how steep
    the line is, a step, along which it grows and that the methods do not see; 0 for none. `counts` (windows,): whether
    the errors of a window do. `movement` (origins,): by what factor the scale follows how much it moved before each.
    """

    m: int
    long: int
    year: int
    horizon: int
    positive: bool
    toothed: bool
    slopes: Values
    counts: NDArray[np.bool_]
    movement: Values


class Answer(NamedTuple):
    """The kernel's answer for many series, one row each; NaN where unknown.

    Center and scale at each step (n, h), weights of the methods (n, methods), and the backtest's errors (n, windows,
    h): `errors` of the weighted center made without the window, `standardized` over the scale where both use earlier
    windows only, and `naive_errors` of seasonal naive. The errors have no rows unless they are asked for.
    `in_logarithms` (n,) says whether the methods saw the logarithms of a series, `along_line` (n,) whether they saw it
    without the line along which it grows.
    """

    center: Matrix
    scale: Matrix
    weights: Matrix
    errors: Cube
    standardized: Cube
    naive_errors: Cube
    in_logarithms: NDArray[np.bool_]
    along_line: NDArray[np.bool_]
