"""In which band is a value?

Bands are named ranges, any number of them, closed below and open above. Which is good and which is bad is for the
bands' author to say: for the judgement of bottlenecks there are thresholds.
"""

from __future__ import annotations

import itertools
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


def overlaps(bands: Sequence[Band]) -> tuple[tuple[str, str], ...]:
    """Name the pairs of bands that share a value, and so leave it open which one is meant."""
    return tuple(
        (first.name, second.name)
        for index, first in enumerate(bands)
        for second in bands[index + 1 :]
        if _low(first) < _high(second) and _low(second) < _high(first)
    )


def holes(bands: Sequence[Band]) -> tuple[tuple[float, float], ...]:
    """Give the ranges between bands that no band holds."""
    ordered = sorted(bands, key=_low)
    return tuple(
        (_high(first), _low(second)) for first, second in itertools.pairwise(ordered) if _high(first) < _low(second)
    )


def _low(band: Band) -> float:
    return -math.inf if band.low is None else band.low


def _high(band: Band) -> float:
    return math.inf if band.high is None else band.high
