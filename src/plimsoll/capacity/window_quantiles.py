"""What is a quantile of a whole step, where a file gives only those of short windows?

    P(T > x) = sum over windows w of n_w P_w(T > x) / sum of n_w, their requests        solved for x

The median of the windows' own quantiles is too low wherever windows differ: a queue that is nearly full comes in waves,
and most slow requests fall into a few windows. The share of a window beyond x is interpolated from all its known
quantiles. From each to the next, past the last, and from zero to the first, it falls as in an exponential distribution
(a straight line in its logarithm). Where a single quantile is known, that line begins at no request for the calmest
window only: in the others all wait as much longer as their quantile lies higher, as in a wave of the queue.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from plimsoll.capacity.model import Values

_HALVINGS = 60
_LEAST_GAP = 1e-9  # of the longest latency, between quantiles that rounding made equal


def quantile_of_windows(quantiles: Values, probabilities: Values, requests: Values, probability: float) -> float:
    """Find the quantile of the requests of all windows together, in seconds.

    `quantiles` (w, k) are seconds at the rising `probabilities` (k,); `requests` (w,) is the count in each window.
    Windows that lack a quantile are left out; NaN where none remains.

    >>> calm_and_wave = np.array([[0.1], [0.3]])
    >>> round(quantile_of_windows(calm_and_wave, np.array([0.95]), np.array([10.0, 10.0]), 0.95), 4)
    0.2769
    """
    known = np.all(np.isfinite(quantiles), axis=1) & (requests > 0)
    if not np.any(known):
        return math.nan
    share = requests[known] / np.sum(requests[known])
    at = np.pad(np.maximum.accumulate(quantiles[known], axis=1), ((0, 0), (1, 0)))
    if probabilities.size == 1:
        at[:, 0] = at[:, 1] - np.min(at[:, 1])
    log_beyond = np.log1p(-np.concatenate([[0.0], probabilities]))
    longest = float(np.max(at))
    if longest == 0:
        return 0.0
    falls = np.diff(log_beyond) / np.maximum(np.diff(at, axis=1), _LEAST_GAP * longest)
    rows, last = np.arange(share.size), probabilities.size - 1
    low, high = 0.0, longest * max(1.0, math.log1p(-probability) / float(log_beyond[-1]))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        piece = np.clip(np.count_nonzero(at <= middle, axis=1) - 1, 0, last)
        log_share = log_beyond[piece] + falls[rows, piece] * (middle - at[rows, piece])
        beyond = float(share @ np.exp(np.minimum(log_share, 0.0)))
        low, high = (middle, high) if beyond > 1 - probability else (low, middle)
    return (low + high) / 2


def quantile_of_known(quantiles: Mapping[float, Values], requests: Values, probability: float) -> float:
    """Find it from the quantiles of each window, (w,) by probability; those that no window has are left out."""
    known = {level: quantiles[level] for level in sorted(quantiles) if np.any(np.isfinite(quantiles[level]))}
    if not known:
        return math.nan
    return quantile_of_windows(np.stack(list(known.values()), axis=1), np.array(list(known)), requests, probability)
