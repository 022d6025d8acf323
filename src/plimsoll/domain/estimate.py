"""A number with its interval: how sure is it?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point value with the interval `low..high` that holds the truth with probability `confidence`.

    `low` and `high` are None where the data bound that side by nothing; an infinity is never used for it.
    """

    value: float
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95
