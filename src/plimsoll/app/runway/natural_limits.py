"""What is the natural limit of a series? A share cannot exceed 100 %, and a remainder cannot fall below 0.

A column of percentages or ratios is full at 100 %, unless its name says that it is a remainder (free, idle: empty at
0 %) or a measure of quality (hit, error: no such limit). If a name says utilization without a unit, the values decide
the unit. Anything else has no natural limit, and is reported as such.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

import numpy as np

from plimsoll.app.runway.base_units import SHARES, in_base_unit, own_kind, words_of
from plimsoll.domain.limit import Direction, Limit
from plimsoll.domain.series import MetricKind, Series

_LEFT = frozenset({"free", "available", "avail", "idle", "remaining", "left", "headroom", "spare"})
_QUALITY = frozenset(
    {
        "hit",
        "hits",
        "miss",
        "misses",
        "error",
        "errors",
        "success",
        "failure",
        "iowait",
        "steal",
        "loss",
        "core",
        "conversion",
    }
)
_FULL, _EMPTY = "100 % of a share", "nothing left of a share"
_TOLERANCE = 1.005


@dataclass(frozen=True)
class Natural:
    """A series in its base unit, its natural limit or why it has none, and what was assumed."""

    series: Series
    limit: Limit | None
    no_limit: str = ""


def natural_limit(series: Series, remedy: str = "") -> Natural:
    """Turn percentages into ratios and find the natural limit of the series.

    Without one, `remedy` says how to give it; by default, as an option of the command: of a remainder, a floor.
    """
    kind = own_kind(series)
    words = words_of(series.id.name)
    option = "--floor" if words & _LEFT else "--limit"
    remedy = remedy or f"give it with {option} {shlex.quote(series.id.name)}=VALUE"
    if kind not in (MetricKind.RATIO, MetricKind.PERCENT):
        return Natural(series, None, f"no limit is known; {remedy}")
    shares = in_base_unit(series)
    top = float(np.nanmax(shares.values)) if np.isfinite(shares.values).any() else 0.0
    if words & _QUALITY:
        return Natural(shares, None, f"100 % is no limit of such a share; {remedy}")
    if top > _TOLERANCE:
        return Natural(shares, None, f"goes up to {top:.3g} of one, so 100 % is not where it is full; {remedy}")
    if words & _LEFT:
        return Natural(shares, Limit(series.id.name, "ratio", _EMPTY, hard=0.0, direction=Direction.LOW_IS_BAD))
    stated = words & SHARES or series.kind in (MetricKind.RATIO, MetricKind.PERCENT)
    source = _FULL if stated else f"{_FULL}, taken to be in {kind.value}s by its values"
    return Natural(shares, Limit(series.id.name, "ratio", source, hard=1.0))


def is_natural(limit: Limit) -> bool:
    """Whether a limit is one by nature, which nobody chose."""
    return limit.source.startswith((_FULL, _EMPTY))
