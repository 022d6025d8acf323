"""Which loads should be tested next, such that somebody can run them?"""

from __future__ import annotations

import math

import numpy as np

from plimsoll.domain.load_test import LoadUnit, Steps

_FINER = 5.0


def are_whole(steps: Steps) -> bool:
    """Whether loads count users, of whom there are no halves; loads in thousands of users do have halves."""
    return steps.load_unit is LoadUnit.USERS and bool(np.all(steps.load == np.round(steps.load)))


def stairs(low: float, high: float, count: int, whole: bool) -> tuple[float, ...]:
    """Spread at most `count` loads evenly: whole numbers from one on, or rounded to less than their distance.

    >>> stairs(1, 4, 7, whole=True), stairs(0.4, 3, 5, whole=True)
    ((1.0, 2.0, 3.0, 4.0), (1.0, 2.0, 3.0))
    >>> stairs(8.75, 17.5, 5, whole=False), stairs(0.01, 0.03, 5, whole=False)
    ((8.8, 10.9, 13.1, 15.3, 17.5), (0.01, 0.015, 0.02, 0.025, 0.03))
    """
    distance = (high - low) / (count - 1)
    digits = 0 if whole or distance <= 0 else max(0, math.ceil(-math.log10(distance / _FINER)))
    loads = (round(float(load), digits) for load in np.linspace(low, high, count))
    return tuple(dict.fromkeys(max(load, 1.0) if whole else load or low for load in loads))


def listed(loads: tuple[float, ...]) -> str:
    """Format loads as a list.

    >>> listed((0.5, 2.0, 1e6))
    '0.5, 2, 1000000'
    """
    return ", ".join(f"{load:.15g}" for load in loads)
