"""How are spans of a series summed? In any order, because these sums are most of the work.

`plimsoll.forecast.compiled` lets their terms be added in any order, so that the processor adds several at once. The
order depends on the machine code and the length only, not on other series or threads.
"""

from __future__ import annotations

from plimsoll.forecast.kernel.nature import Values


def mean_of(x: Values, first: int, end: int) -> float:
    """Return the mean of `x[first:end]`, which must not be empty."""
    part, total = x[first:end], 0.0
    for i in range(part.size):
        total += part[i]
    return total / part.size


def product_of(x: Values, y: Values) -> float:
    """Return the inner product of two spans of the same length."""
    total = 0.0
    for i in range(x.size):
        total += x[i] * y[i]
    return total


def distance_of(x: Values, y: Values) -> float:
    """Return the sum of absolute differences of two spans of the same length."""
    total = 0.0
    for i in range(x.size):
        total += abs(x[i] - y[i])
    return total


def deviation_of(x: Values) -> float:
    """Return the standard deviation of `x`."""
    mean, total = mean_of(x, 0, x.size), 0.0
    for i in range(x.size):
        total += (x[i] - mean) * (x[i] - mean)
    return float((total / x.size) ** 0.5)
