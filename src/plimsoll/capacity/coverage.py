"""How often does an interval really cover the true value, and when must that be reported?

A tail area set by the evidence (see `calibration`) is meant to miss 5 % of the tests under each noise shape. Where a
few steps cannot tell the shapes apart, no tail area does so (docs/decisions/0030, "What cannot be had"). The draws that
set the tail area therefore also count how many tests each shape misses. The coverage is reported where it lies outside
93 to 97 %, the range accepted as 95 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.capacity.model import Values
from plimsoll.capacity.noise import NOISE_SHAPES
from plimsoll.domain.estimate import Coverage

MISSED = 0.05
FIXED = 0.045  # the area outside both ends where nothing can be calibrated, see docs/decisions/0030
_LEAST, _MOST = 0.03, 0.07
_NOT_ALWAYS = 99.9  # percent


@dataclass(frozen=True)
class Tail:
    """The quantiles at which an interval is read: the share of the draws outside, both ends together, and its coverage.

    `coverage` is None where it is about 95 % under every noise shape, and where it is not known.
    """

    missed: float = FIXED
    coverage: Coverage | None = None


AT_FIXED = Tail()


def doubt_of(rows: int) -> float:
    """Compute the standard error of a small share counted over this many rows.

    >>> round(doubt_of(1600), 4), round(doubt_of(400), 4)
    (0.0043, 0.0087)
    """
    return float(np.sqrt(_LEAST / rows))


def near_enough(missed: Values, doubt: float) -> bool:
    """Whether these shares of missed tests, each with standard error `doubt`, are consistent with 95 % coverage."""
    return bool(missed.min() >= _LEAST - doubt and missed.max() <= _MOST + doubt)


def coverage_of(missed: Values) -> Coverage | None:
    """Turn missed shares (3, k), by noise shape and by where a knee lies, into a range of coverage.

    The range is rounded outward to whole percent, except that 100 becomes 99.9: no more is known, and no interval
    always covers the true value. Returns None where the range counts as 95 %, and where no shares could be counted.

    >>> coverage_of(np.array([[0.08, 0.066], [0.04, 0.043], [0.02, 0.013]]))
    Coverage(low=0.92, high=0.99, low_if='additive', high_if='proportional')
    """
    if not np.isfinite(missed).all():
        return None
    least, most = missed.min(axis=1), missed.max(axis=1)
    low, high = int(np.argmax(most)), int(np.argmin(least))
    lowest, highest = np.floor(100 - 100 * most[low]), np.ceil(100 - 100 * least[high])
    if lowest >= 100 - 100 * _MOST and highest <= 100 - 100 * _LEAST:
        return None
    lowest, highest = (round(min(float(one), _NOT_ALWAYS) / 100, 3) for one in (lowest, highest))
    return Coverage(lowest, highest, NOISE_SHAPES[low].name, NOISE_SHAPES[high].name)
