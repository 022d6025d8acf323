"""What is the common unit of a limit and the series that it bounds?

    with a unit     the series is brought to the base unit of what the limit measures (a share, bytes, seconds); one
                    that says no unit is in the limit's
    a plain number  is in the series' own unit (90 of percentages, 100 of GB), and brought to the base unit with it

If the two measure different things (a share of bytes) they have no common unit, and none is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from plimsoll.app.runway.base_units import in_base_unit, measure_of, scale_to_base, times
from plimsoll.app.runway.given_limits import FROM_CALLER, GivenLimit
from plimsoll.domain.errors import UsageError
from plimsoll.domain.limit import Limit
from plimsoll.domain.quantity import Dimension
from plimsoll.domain.series import Series

_MOST_OF_ONE = 10.0  # a limit above ten times the whole cannot be a share of one, but may be of 16 cores


@dataclass(frozen=True)
class Fitted:
    """A limit and its series in one unit, and the factor by which the values of the series were multiplied."""

    limit: Limit
    series: Series
    scale: float = 1.0


def fitted(limit: Limit, series: Series) -> Fitted | str:
    """Convert a limit and its series to one unit, or say why they have none in common."""
    is_share, is_plain = limit.unit == Dimension.RATIO.value, limit.unit == Dimension.COUNT.value
    measure, scale = measure_of(series, is_share)
    if not is_plain and (bad := misfit(Dimension(limit.unit), series)):
        return f"the limit is {bad}"
    base = in_base_unit(series, is_share)
    if not is_plain:
        return Fitted(limit, replace(base, unit=limit.unit), scale)
    soft, hard = (None if value is None else times(value, scale) for value in (limit.soft, limit.hard))
    if measure is Dimension.RATIO and (bad := _past_the_whole(base, soft, hard)):
        return f"the limit is {bad}"
    return Fitted(replace(limit, unit=base.unit, soft=soft, hard=hard), base, scale)


def fitted_to_given(given: GivenLimit, name: str, series: Series) -> Fitted:
    """Convert the limit that the caller gives for a resource, and its series, to one unit.

    Raises UsageError for one that measures something else.
    """
    base, scale = in_base_unit(series, given.is_share), scale_to_base(series, given.is_share)
    if given.is_share and (bad := misfit(Dimension.RATIO, series)):
        raise UsageError(f"--limit {given.pattern}: {given.hard} is {bad}")
    unit = base.unit or given.unit
    soft, hard = given.values(base.unit, scale)
    if unit == Dimension.RATIO.value and (bad := _past_the_whole(base, soft, hard)):
        raise UsageError(f"--limit {given.pattern}: {given.hard} is {bad}")
    return Fitted(
        Limit(name, unit, FROM_CALLER, soft, hard, direction=given.direction), replace(base, unit=unit), scale
    )


def _past_the_whole(share: Series, *limits: float | None) -> str:
    """Say that a limit of a share is a percentage without its sign; empty where it is not."""
    most = max((limit for limit in limits if limit is not None), default=0.0)
    if most <= _MOST_OF_ONE or np.any(share.values > 1.0):
        return ""
    return f"{most:g} times the whole of a share; write it in percent"


def misfit(stated: Dimension, series: Series) -> str:
    """Say that an amount with a unit measures something else than a series; empty where it does not."""
    is_share = stated is Dimension.RATIO
    measure, _ = measure_of(series, is_share)
    if measure is stated or (measure is None and not is_share):
        return ""
    amount = "a share" if is_share else f"in {stated.value}"
    if measure is None:
        return f"{amount}, and the series a {series.kind.value}"
    measured = "tells a share" if measure is Dimension.RATIO else f"in {series.unit or measure.value}"
    return f"{amount}, and the series {measured}"
