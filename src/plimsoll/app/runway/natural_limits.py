"""What is the natural limit of a series? A share cannot exceed 100 %, and a remainder cannot fall below 0.

A column of percentages or ratios is full at 100 %, unless its name says that it is a remainder (free, idle: empty at
0 %) or a measure of quality (hit, error: no such limit). If a name says utilization without a unit, the values decide
the unit. Anything else has no natural limit, and is reported as such.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace

import numpy as np

from plimsoll.domain.limit import Direction, Limit
from plimsoll.domain.series import MetricKind, Series, SeriesId

_WORDS = re.compile(r"[a-z]+|%")
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
_SHARES = frozenset({"percent", "percentage", "pct", "perc", "ratio"})
_BUSY = frozenset({"utilization", "utilisation", "util"})
_SHARE_UNITS = {"percent": MetricKind.PERCENT, "%": MetricKind.PERCENT, "ratio": MetricKind.RATIO}
_TOLERANCE = 1.005


@dataclass(frozen=True)
class Natural:
    """A series in its base unit, its natural limit or why it has none, and what was assumed."""

    series: Series
    limit: Limit | None
    no_limit: str = ""


def natural_limit(series: Series) -> Natural:
    """Turn percentages into ratios and find the natural limit of the series."""
    kind = _kind(series)
    words = set(_WORDS.findall(series.id.name.lower()))
    mend = f"give it with --limit {shlex.quote(series.id.name)}=VALUE"
    if kind not in (MetricKind.RATIO, MetricKind.PERCENT):
        return Natural(series, None, f"no limit is known; {mend}")
    shares = _as_ratio(series, kind)
    top = float(np.nanmax(shares.values)) if np.isfinite(shares.values).any() else 0.0
    if words & _QUALITY:
        return Natural(shares, None, f"100 % is no limit of such a share; {mend}")
    if top > _TOLERANCE:
        return Natural(shares, None, f"goes up to {top:.3g} of one, so 100 % is not where it is full; {mend}")
    if words & _LEFT:
        source = "nothing left of a share"
        return Natural(shares, Limit(series.id.name, "ratio", source, hard=0.0, direction=Direction.LOW_IS_BAD))
    stated = words & _SHARES or series.kind in (MetricKind.RATIO, MetricKind.PERCENT)
    source = "100 % of a share" if stated else f"100 % of a share, taken to be in {kind.value}s by its values"
    return Natural(shares, Limit(series.id.name, "ratio", source, hard=1.0))


def in_base_unit(series: Series, as_share: bool = False) -> Series:
    """Turn a series of percentages into ratios; with `as_share` also one of unknown kind with a limit in percent."""
    kind = _kind_as(series, as_share)
    return _as_ratio(series, kind) if kind in (MetricKind.RATIO, MetricKind.PERCENT) else series


def scale_to_base(series: Series, as_share: bool = False) -> float:
    """The factor that `in_base_unit` applies to values, to convert other amounts in the series' own unit."""
    return 0.01 if _kind_as(series, as_share) is MetricKind.PERCENT else 1.0


def base_unit(name: str, unit: str, kind: MetricKind) -> str:
    """Name the unit that `in_base_unit` brings a series of this name, unit and kind into.

    >>> base_unit("cpu", "percent", MetricKind.UNKNOWN), base_unit("queue", "", MetricKind.COUNT)
    ('ratio', '')
    """
    none = np.empty(0)
    return in_base_unit(Series(SeriesId(name), none.astype(np.int64), none, unit, kind)).unit


def own_kind(series: Series) -> MetricKind:
    """The original kind of a series: by its source, otherwise by its name."""
    return _kind(series)


def _kind(series: Series) -> MetricKind:
    if series.kind is MetricKind.GAUGE and series.unit in _SHARE_UNITS:
        return _SHARE_UNITS[series.unit]
    if series.kind is not MetricKind.UNKNOWN:
        return series.kind
    name = series.id.name.lower()
    words = set(_WORDS.findall(name))
    if "%" in words or words & (_SHARES - {"ratio"}) or _SHARE_UNITS.get(series.unit) is MetricKind.PERCENT:
        return MetricKind.PERCENT
    if "ratio" in words or series.unit == "ratio":
        return MetricKind.RATIO
    return _by_values(series) if words & _BUSY else MetricKind.UNKNOWN


def _kind_as(series: Series, as_share: bool) -> MetricKind:
    kind = _kind(series)
    return _by_values(series) if kind is MetricKind.UNKNOWN and as_share else kind


def _by_values(series: Series) -> MetricKind:
    known = series.values[np.isfinite(series.values)]
    return MetricKind.PERCENT if known.size and float(known.max()) > 1.5 else MetricKind.RATIO


def _as_ratio(series: Series, kind: MetricKind) -> Series:
    values = series.values / 100.0 if kind is MetricKind.PERCENT else series.values
    return replace(series, values=values, unit="ratio", kind=MetricKind.RATIO)
