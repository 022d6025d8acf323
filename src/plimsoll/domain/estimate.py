"""How uncertain is a number? An estimate with its interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coverage:
    """The actual coverage of an interval, for a load test with too few steps to reach the nominal level.

    Coverage lies between `low` and `high`, ratios in whole percent (0.999 stands for more than 0.99): it is `low` if
    the noise has the shape `low_if`, and `high` if it has the shape `high_if`. Shapes: `additive` noise has the same
    size at any value, `count` noise grows with the square root of the value, `proportional` noise in proportion to it.
    The steps cannot tell which shape holds.
    """

    low: float
    high: float
    low_if: str
    high_if: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point value with the interval `low..high` that covers the true value with probability `confidence`.

    `low` or `high` is None where the data do not bound that side; it is never an infinity. `coverage` is set only
    where actual coverage is known to be possibly well above or below `confidence`.
    """

    value: float
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95
    coverage: Coverage | None = None
