"""What is the unit of a telemetry signal?

    --signal p99:ms=QUERY     as stated: word, colon, unit
    --signal p99=wait_ms      as the end of a metric's name says, where the query is that name alone

Without either, the unit is the one that the source gives of the series, in words or as a sign (`ms`, `MB`, `%`), if it
measures such a signal. Without that, the size of the values suggests it, with a note:
latencies with a median above 10 are milliseconds, shares above 1.5 are percent, and above 100 an amount. Errors may be
a rate per second, as demand is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from plimsoll.capacity.model import Values
from plimsoll.domain.errors import InputError, QuantityError, UsageError
from plimsoll.domain.quantity import Dimension, unit_scale
from plimsoll.domain.series import MetricKind, Series
from plimsoll.domain.unit_names import RATES, SHORT_TIMES, SIZES, TIMES, per_second, tells_unit

_DIMENSIONS = {
    "demand": (Dimension.PER_SECOND,),
    "replicas": (),
    "latency": (Dimension.TIME,),
    "errors": (Dimension.RATIO,),
    "resource": (Dimension.RATIO, Dimension.BYTE_RATE, Dimension.BYTES),
}
_EXAMPLES = {"demand": "/s, /min", "latency": "ms, s", "errors": "%", "resource": "%, MB, MB/s, count"}
_NAMES = {Dimension.RATIO: "ratio", Dimension.BYTES: "bytes", Dimension.BYTE_RATE: "bytes/s"}
_AMOUNTS = {"cpu": "count", "memory": "bytes", "disk": "bytes/s", "network": "bytes/s"}  # of what is often a ratio
_ENDS = {"demand": RATES, "latency": TIMES | SHORT_TIMES, "resource": SIZES}
_TIMES_A_SECOND = {"seconds per second": 1.0} | {
    per_second(unit): unit_scale(unit, Dimension.TIME) for unit in TIMES.values()
}
_METRIC = re.compile(r"(?i)([a-z_][\w:.]*?)(?:\{.*\})?")  # no expression; a counter's unit is one of its rate
A_SECOND = "per second"
_MS_ABOVE_S = 10.0
_PERCENT_ABOVE = 1.5


@dataclass(frozen=True, eq=False)
class InBaseUnit:
    """Values (n,) in a base unit, the unit's name where it matters, and a note on what was assumed, if anything."""

    values: Values
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class StatedUnit:
    """The factor from a stated unit to its base unit, and the name of that base unit."""

    factor: float
    name: str


def stated_unit(word: str, kind: str, unit: str) -> StatedUnit:
    """Read a stated unit; raises UsageError for one that does not fit the kind of signal."""
    if kind == "resource" and unit in ("count", "ratio"):
        return StatedUnit(1.0, unit)
    if (known := _unit_of_kind(kind, unit)) is not None:
        return known
    examples = _EXAMPLES.get(kind)
    fits = f"write one of {examples}" if examples else "it is a plain number"
    raise UsageError(f"--signal {word}:{unit[:40]}: {unit[:40]!r} is not a unit that it can have; {fits}")


def _unit_of_kind(kind: str, unit: str) -> StatedUnit | None:
    """Read a unit of one of the measures that a kind of signal can have; None for any other word."""
    for dimension in _DIMENSIONS[kind] if unit else ():
        try:
            return StatedUnit(unit_scale(unit, dimension), _NAMES.get(dimension, ""))
        except QuantityError:
            continue
    return None


def unit_of_name(word: str, kind: str, query: str) -> StatedUnit | None:
    """Read the unit at the end of a metric's name; None for an expression, and where the name says nothing.

    >>> unit_of_name("p99", "latency", 'wait_ms{job="api"}'), unit_of_name("p99", "latency", "rate(wait_ms[5m])")
    (StatedUnit(factor=0.001, name=''), None)
    """
    found = _METRIC.fullmatch(query)
    is_told = found is not None and (kind == "demand" or tells_unit(found[1]))  # of demand, units are those of rates
    ends = _ENDS.get(kind, {}).items() if is_told else ()
    unit = next((unit for end, unit in ends if found and found[1].lower().endswith(f"_{end}")), None)
    return None if unit is None else stated_unit(word, kind, unit)


def in_base_unit(word: str, kind: str, stated: StatedUnit | None, series: Series, values: Values) -> InBaseUnit:
    """Bring values into their base unit; raises InputError for shares of requests above one."""
    known = stated or _unit_of_kind(kind, series.unit)
    if known is not None:
        return InBaseUnit(values * known.factor, known.name)
    if kind == "latency":
        return _latency(word, series, values)
    if kind == "errors":
        return _errors(word, series, values)
    return _resource(word, series, values) if kind == "resource" else InBaseUnit(values)


def _latency(word: str, series: Series, values: Values) -> InBaseUnit:
    if series.kind is MetricKind.SECONDS or series.unit == "seconds":
        return InBaseUnit(values)
    in_ms = bool(np.any(np.isfinite(values))) and float(np.nanmedian(values)) > _MS_ABOVE_S
    note = f"{word} names no unit of time: taken as {'milliseconds' if in_ms else 'seconds'}"
    return InBaseUnit(values * (1e-3 if in_ms else 1.0), note=f"{note} (write --signal {word}:ms=QUERY or {word}:s=)")


def _errors(word: str, series: Series, values: Values) -> InBaseUnit:
    if series.kind is MetricKind.RATE:
        return InBaseUnit(values, A_SECOND)
    most = float(np.nanmax(values, initial=0.0))
    if most <= 1 and series.kind is not MetricKind.PERCENT:
        is_ratio = series.kind is MetricKind.RATIO
        return InBaseUnit(values, note="" if is_ratio else f"{word} names no unit: taken as a ratio{_write(word)}")
    if most > 100:
        raise InputError(f"{word} reaches {most:g}: give the share of requests that fail, as a ratio or in percent")
    note = "" if series.kind is MetricKind.PERCENT else f"{word} goes above 1: taken as percent{_write(word)}"
    return InBaseUnit(values / 100, note=note)


def _write(word: str) -> str:
    return f" (write --signal {word}:%=QUERY where it is in percent)"


def _resource(word: str, series: Series, values: Values) -> InBaseUnit:
    if series.kind is MetricKind.BYTES or series.unit == "bytes":
        return InBaseUnit(values, "bytes")
    if series.kind is MetricKind.RATE and series.unit.startswith("bytes"):
        return InBaseUnit(values, "bytes/s")
    if series.unit == "cores":
        return InBaseUnit(values, "count")
    if series.unit in _TIMES_A_SECOND:
        return InBaseUnit(values * _TIMES_A_SECOND[series.unit], "count")  # seconds of processors a second are cores
    if series.kind is MetricKind.PERCENT:
        return InBaseUnit(values / 100, "ratio")
    if series.kind is MetricKind.RATIO:
        return InBaseUnit(values, "ratio")
    if word not in _AMOUNTS:
        return InBaseUnit(values, "count")
    most = float(np.nanmax(values, initial=0.0))
    if most <= _PERCENT_ABOVE:
        return InBaseUnit(
            values, "ratio", f"{word} names no unit: taken as a ratio (write --signal {word}:count=QUERY)"
        )
    if most <= 100:
        return InBaseUnit(
            values / 100, "ratio", f"{word} names no unit: taken as percent (write --signal {word}:%=QUERY)"
        )
    return InBaseUnit(values, _AMOUNTS[word], f"{word} names no unit: taken as {_AMOUNTS[word]}")
