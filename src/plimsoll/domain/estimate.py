"""A number with its interval: how sure is it?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often an interval holds the truth, where few steps cannot make it as often as it should.

    From `low` to `high`, ratios in whole percent (0.999 stands for more than 0.99): `low` where scatter is of the shape
    `low_if` (`additive`: it stays the same whatever is measured; `count`: it grows with the root; `proportional`: in
    proportion), `high` where it is `high_if`. Which it is the steps cannot tell.
    """

    low: float
    high: float
    low_if: str
    high_if: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point value with the interval `low..high` that holds the truth with probability `confidence`.

    `low` and `high` are None where the data bound that side by nothing; an infinity is never used for it. `coverage` is
    None unless it is known that the interval may hold the truth distinctly more or less often than `confidence`.
    """

    value: float
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95
    coverage: Coverage | None = None
