"""In which band is a value?

Bands are any number of named ranges, closed below and open above. Their author decides which are good and which are
bad; bottlenecks are judged by thresholds instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from plimsoll.domain.assessment import Band


def band_of(value: float, bands: Sequence[Band]) -> str | None:
    """Name the band that holds `value`; None where no band does, or the value is not a number.

    >>> bands = [Band("normal", 0, 50), Band("warning", 50, 80), Band("critical", 80, None)]
    >>> band_of(49.9, bands), band_of(50, bands), band_of(1e9, bands), band_of(-1, bands)
    ('normal', 'warning', 'critical', None)
    """
    if math.isnan(value):
        return None
    return next((band.name for band in bands if band.holds(value)), None)
