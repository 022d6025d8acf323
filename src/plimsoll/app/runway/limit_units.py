"""What is the common unit of a model's limit and the series that it bounds?

    a share         the limit in percent or as a ratio; a plain number is in the unit of the series: 90 of percentages
    bytes, time     the series in its own unit (GB, ms) is brought to the limit's; one without a unit is in the limit's
    a plain number  is in the unit of the series

If the two measure different things (a share of bytes) they have no common unit, and none is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from plimsoll.app.runway.natural_limits import in_base_unit, own_kind, scale_to_base
from plimsoll.domain.errors import QuantityError
from plimsoll.domain.limit import Limit
from plimsoll.domain.quantity import Dimension, unit_scale
from plimsoll.domain.series import MetricKind, Series

_SHARES = {MetricKind.PERCENT: 0.01, MetricKind.RATIO: 1.0}
_MOST_OF_ONE = 10.0  # a limit above ten times the whole cannot be a share of one, but may be of 16 cores
_MEASURES = (Dimension.TIME, Dimension.BYTES, Dimension.BYTE_RATE, Dimension.PER_SECOND)


@dataclass(frozen=True)
class Fitted:
    """A limit and its series in one unit, and the factor by which the values of the series were multiplied."""

    limit: Limit
    series: Series
    scale: float = 1.0


def fitted(limit: Limit, series: Series) -> Fitted | str:
    """Convert a limit and its series to one unit, or say why they have none in common."""
    kind = own_kind(series)
    if kind in _SHARES:
        return _of_share(limit, series, _SHARES[kind])
    measure, scale = _measure(series)
    if limit.unit == Dimension.COUNT.value:
        return Fitted(replace(limit, unit=series.unit), series)
    if measure not in (None, limit.unit):
        bound = "a share" if limit.unit == Dimension.RATIO.value else f"in {limit.unit}"
        return f"the limit is {bound}, and the series in {series.unit or measure}"
    if limit.unit == Dimension.RATIO.value:
        return Fitted(limit, in_base_unit(series, as_share=True), scale_to_base(series, as_share=True))
    return Fitted(limit, replace(series, values=series.values * scale, unit=limit.unit), scale)


def _of_share(limit: Limit, series: Series, scale: float) -> Fitted | str:
    base = in_base_unit(series)
    if limit.unit == Dimension.RATIO.value:
        return Fitted(limit, base, scale)
    if limit.unit != Dimension.COUNT.value:
        return f"the limit is in {limit.unit}, and the series tells a share"
    soft, hard = (None if value is None else value * scale for value in (limit.soft, limit.hard))
    most = max((value for value in (soft, hard) if value is not None), default=0.0)
    if most > _MOST_OF_ONE and not np.any(base.values > 1.0):
        return f"the limit is {most:g} times the whole of a share; write it in percent"
    return Fitted(replace(limit, unit="ratio", soft=soft, hard=hard), base, scale)


def _measure(series: Series) -> tuple[str | None, float]:
    """The dimension that a series measures, None if unknown, and the factor from its unit to the base unit."""
    if series.kind in (MetricKind.BYTES, MetricKind.SECONDS) and series.unit in ("", series.kind.value):
        return series.kind.value, 1.0
    for measure in _MEASURES if series.unit else ():
        if series.unit == measure.value:
            return measure.value, 1.0
        try:
            return measure.value, unit_scale(series.unit, measure)
        except QuantityError:
            continue
    return None, 1.0
