"""Sums over spans of a series.

They are the bulk of the work. `plimsoll.forecast.compiled` allows their terms to be added in any order, so that the
processor adds several at once: the order is fixed by the machine code and the length, not by neighbors or threads.
"""

from __future__ import annotations

from plimsoll.forecast.kernel.nature import Values


def mean_of(x: Values, first: int, end: int) -> float:
    """Answer the mean of `x[first:end]`, which must hold something."""
    part, total = x[first:end], 0.0
    for i in range(part.size):
        total += part[i]
    return total / part.size


def product_of(x: Values, y: Values) -> float:
    """Answer the inner product of two spans of the same length."""
    total = 0.0
    for i in range(x.size):
        total += x[i] * y[i]
    return total


def distance_of(x: Values, y: Values) -> float:
    """Answer the sum of the distances between the values of two spans of the same length."""
    total = 0.0
    for i in range(x.size):
        total += abs(x[i] - y[i])
    return total


def deviation_of(x: Values) -> float:
    """Answer the standard deviation of `x`."""
    mean, total = mean_of(x, 0, x.size), 0.0
    for i in range(x.size):
        total += (x[i] - mean) * (x[i] - mean)
    return float((total / x.size) ** 0.5)
