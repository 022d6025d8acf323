"""How much wider are intervals when the error of one row carries over into the next?

Autocorrelated errors (AR(1): each is r times the one before plus something of its own) leave least squares unbiased but
less certain, the more so the slower a column moves:

    (X'X)^-1 X' R X (X'X)^-1 against (X'X)^-1,    R_ij = r^|i - j|

(W. H. Greene, "Econometric Analysis", 8th edition, Pearson 2018, sections 20.5 and 20.6). The interval of a column that
does not move is sqrt((1 + r) / (1 - r)) times as wide. Residuals are less correlated than errors, because the fit
follows the errors; r is therefore chosen so that the expected correlation of residuals equals the observed one.
"""

from __future__ import annotations

import numpy as np

from plimsoll.capacity.model import Values

_CLEARLY = 2.0  # standard errors of the correlation of independent rows
_MOST = 0.99
_HALVINGS = 20


def carried_over(residuals: Values, columns: Values) -> float:
    """Estimate the correlation of errors from row to row, from `residuals` (n,) and `columns` (n, p).

    Returns 0 where chance alone may explain the correlation observed.
    """
    squares = float(residuals @ residuals)
    observed = float(residuals[1:] @ residuals[:-1]) / squares if squares > 0 else 0.0
    if observed - _correlation_left(0.0, columns) <= _CLEARLY / np.sqrt(residuals.size):
        return 0.0
    low, high = 0.0, _MOST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _correlation_left(middle, columns) < observed else (low, middle)
    return (low + high) / 2


def times_as_wide(columns: Values, correlation: float) -> Values:
    """Compute the factor by which such errors widen the intervals of columns (n, p); (p,), at least 1."""
    inverse = np.linalg.pinv(columns.T @ columns)
    spread = inverse @ columns.T @ _correlated(columns, correlation) @ inverse
    independent = np.diag(inverse)
    # a column of zeros has no variance
    ratio = np.divide(np.diag(spread), independent, out=np.ones_like(independent), where=independent > 0)
    return np.asarray(np.sqrt(np.maximum(ratio, 1.0)))


def _correlation_left(correlation: float, columns: Values) -> float:
    """Compute the correlation of residuals from that of errors: E(e' L e) / E(e' e), L the shift by a row."""
    inverse, mixed = np.linalg.pinv(columns.T @ columns), _correlated(columns, correlation)
    before, after = np.zeros_like(columns), np.zeros_like(columns)
    before[1:], after[:-1] = columns[:-1], columns[1:]
    lagged = np.trace(inverse @ (after.T @ mixed + mixed.T @ before))
    returned = np.trace(inverse @ columns.T @ before @ inverse @ columns.T @ mixed)
    rows = columns.shape[0]
    return float(((rows - 1) * correlation - lagged + returned) / (rows - np.trace(inverse @ columns.T @ mixed)))


def _correlated(columns: Values, correlation: float) -> Values:
    """Multiply columns (n, p) by R: a filter over past rows and one over rows to come, in linear time."""
    from scipy.linalg import solve_banded

    less = np.stack([np.ones(columns.shape[0]), np.full(columns.shape[0], -correlation)])
    past = solve_banded((1, 0), less, columns)
    to_come = solve_banded((1, 0), less, columns[::-1])[::-1]
    return np.asarray(past + to_come - columns)
