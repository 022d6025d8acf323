"""What is the base unit of a series, and by which factor are its values brought to it?

a share            a ratio: percentages by a hundredth; its kind and unit say so, otherwise its name, otherwise the
                   values of a utilization without a unit
time, bytes, rate  seconds, bytes, bytes per second, per second: by the unit that is stated (ms, GB, Mbit/s, /min)
anything else      stays as it is
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

import numpy as np

from plimsoll.domain.errors import QuantityError
from plimsoll.domain.quantity import Dimension, unit_scale
from plimsoll.domain.series import MetricKind, Series, SeriesId, Values

SHARES = frozenset({"percent", "percentage", "pct", "perc", "ratio"})
_Amount = TypeVar("_Amount", float, Values)
_WORDS = re.compile(r"[a-z]+|%")
_JOINED = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # the words of CPUUtilization
_OF_CLOUDWATCH = re.compile(r"(?:CPU|Memory|DiskSpace|Swap)Utilization$")  # in percent, of idle machines below 1.5, too
_BUSY = frozenset({"utilization", "utilisation", "util"})
_SHARE_UNITS = {"percent": MetricKind.PERCENT, "%": MetricKind.PERCENT, "ratio": MetricKind.RATIO}
_SHARE_SCALES = {MetricKind.PERCENT: 0.01, MetricKind.RATIO: 1.0}
_UNSTATED = (MetricKind.UNKNOWN, MetricKind.GAUGE)
_MEASURES = (Dimension.TIME, Dimension.BYTES, Dimension.BYTE_RATE, Dimension.PER_SECOND)


def words_of(name: str) -> set[str]:
    """The words in the name of a series, a percent sign and those joined by capitals among them.

    >>> sorted(words_of("CPU_used %")), sorted(words_of("FreeSpace"))
    (['%', 'cpu', 'used'], ['free', 'freespace', 'space'])
    """
    return {*_WORDS.findall(name.lower()), *(word.lower() for word in _JOINED.findall(name))}


def in_base_unit(series: Series, as_share: bool = False) -> Series:
    """Bring a series into its base unit; `as_share` makes a share of one that nothing else is said of."""
    measure, scale = measure_of(series, as_share)
    if measure is None or (scale == 1.0 and measure is not Dimension.RATIO):
        return series
    kind = MetricKind.RATIO if measure is Dimension.RATIO else series.kind
    return replace(series, values=times(series.values, scale), unit=measure.value, kind=kind)


def scale_to_base(series: Series, as_share: bool = False) -> float:
    """The factor that `in_base_unit` applies to values, to convert other amounts in the series' own unit."""
    return measure_of(series, as_share)[1]


def measure_of(series: Series, as_share: bool = False) -> tuple[Dimension | None, float]:
    """What a series measures, None where nothing says so, and the factor from its own unit to the base unit."""
    kind = own_kind(series)
    if kind in _SHARE_SCALES:
        return Dimension.RATIO, _SHARE_SCALES[kind]
    if kind in (MetricKind.BYTES, MetricKind.SECONDS) and series.unit in ("", kind.value):
        return Dimension(kind.value), 1.0
    for measure in _MEASURES if series.unit else ():
        if series.unit == measure.value:
            return measure, 1.0
        try:
            return measure, unit_scale(series.unit, measure)
        except QuantityError:
            continue
    return (Dimension.RATIO, _SHARE_SCALES[_by_values(series)]) if as_share and kind in _UNSTATED else (None, 1.0)


def times(amount: _Amount, scale: float) -> _Amount:
    """Multiply by a scale, without the noise of a factor below one: 7 % is 0.07.

    >>> times(7.0, 0.01), times(3.0, 1e9)
    (0.07, 3000000000.0)
    """
    return amount * scale if scale >= 1.0 else amount / (1.0 / scale)


def base_unit(name: str, unit: str, kind: MetricKind) -> str:
    """Name the unit that `in_base_unit` brings a series of this name, unit and kind into.

    >>> base_unit("cpu", "percent", MetricKind.UNKNOWN), base_unit("queue", "", MetricKind.COUNT)
    ('ratio', '')
    """
    none = np.empty(0)
    return in_base_unit(Series(SeriesId(name), none.astype(np.int64), none, unit, kind)).unit


def own_kind(series: Series) -> MetricKind:
    """The original kind of a series: by its source, otherwise by its name."""
    if series.kind is MetricKind.GAUGE and series.unit in _SHARE_UNITS:
        return _SHARE_UNITS[series.unit]
    if series.kind is not MetricKind.UNKNOWN:
        return series.kind
    words = words_of(series.id.name)
    if "%" in words or words & (SHARES - {"ratio"}) or _SHARE_UNITS.get(series.unit) is MetricKind.PERCENT:
        return MetricKind.PERCENT
    if _OF_CLOUDWATCH.search(series.id.name):
        return MetricKind.PERCENT
    if "ratio" in words or series.unit == "ratio":
        return MetricKind.RATIO
    return _by_values(series) if words & _BUSY else MetricKind.UNKNOWN


def _by_values(series: Series) -> MetricKind:
    known = series.values[np.isfinite(series.values)]
    return MetricKind.PERCENT if known.size and float(known.max()) > 1.5 else MetricKind.RATIO
