"""What one replica carries, from a window of telemetry: signals aligned moment by moment, then limits as ever."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.capacity.model import Values
from plimsoll.capacity.telemetry import Moments
from plimsoll.domain.errors import InputError, NothingToAnswer, UsageError
from plimsoll.domain.objective import objective
from plimsoll.domain.ports import Signal
from plimsoll.domain.series import Harvest, MetricKind, Series

DEMAND, REPLICAS = "demand", "replicas"


@dataclass(frozen=True)
class Role:
    """What a signal stands for: demand, replicas, a statistic of latency, errors, or a resource."""

    word: str
    query: str


def roles_of(texts: tuple[str, ...]) -> tuple[Role, ...]:
    """Read `demand=QUERY` and its like; raises UsageError where demand is missing or a word has no query."""
    found = []
    for text in texts:
        word, equals, query = text.partition("=")
        if not equals or not word.strip() or not query.strip():
            raise UsageError(f"--signal {text[:60]!r}: write WORD=QUERY, for example demand=http_requests_per_second")
        found.append(Role(word.strip().lower(), query.strip()))
    if DEMAND not in {role.word for role in found}:
        raise UsageError("--signal demand=QUERY is needed: what the fleet served, per second")
    return tuple(found)


def signals_of(roles: tuple[Role, ...]) -> tuple[Signal, ...]:
    """Name the signals to read; each is called what it stands for."""
    return tuple(Signal(role.word, role.query) for role in roles)


def moments_of(harvest: Harvest, roles: tuple[Role, ...]) -> Moments:
    """Align the series of a harvest on the moments of demand; raises NothingToAnswer where a signal has no samples."""
    demand = _one(harvest, DEMAND)
    step_ms = demand.step_ms or 60_000
    columns = {role.word: _at(demand, _one(harvest, role.word), step_ms) for role in roles}
    kinds = {role.word: _kind(role.word) for role in roles if role.word not in (DEMAND, REPLICAS)}
    resources = {word: columns[word] for word, kind in kinds.items() if kind == "resource"}
    units = {word: _unit(word, _one(harvest, word), values) for word, values in resources.items()}
    scaled = {word: values / 100 if _is_percent(_one(harvest, word), values, units[word]) else values
              for word, values in resources.items()}  # fmt: skip
    return Moments(
        source=harvest.source,
        demand=columns[DEMAND],
        replicas=columns.get(REPLICAS, np.ones(len(demand))),
        latency_s={word: columns[word] for word, kind in kinds.items() if kind == "latency"},
        error_ratio=next((columns[word] for word, kind in kinds.items() if kind == "errors"), None),
        resources=scaled,
        resource_units=units,
    )


def _one(harvest: Harvest, word: str) -> Series:
    found = [series for series in harvest.series if series.id.name == word and len(series)]
    if len(found) > 1:
        raise InputError(f"{harvest.source}: {word} gives {len(found)} series; write a query that gives one (sum, avg)")
    if not found:
        reasons = [gap.reason for gap in harvest.gaps if gap.id.name == word]
        raise NothingToAnswer(
            f"{harvest.source}: {word} has no samples: {reasons[0] if reasons else 'none in the window'}"
        )
    return found[0]


def _at(demand: Series, other: Series, step_ms: int) -> Values:
    """Take the nearest sample of `other` to each moment of demand, at most one step away; NaN where none is."""
    place = np.clip(np.searchsorted(other.times_ms, demand.times_ms), 1, max(len(other) - 1, 1))
    before = np.maximum(place - 1, 0)
    place = np.minimum(place, len(other) - 1)
    nearer = np.abs(other.times_ms[before] - demand.times_ms) <= np.abs(other.times_ms[place] - demand.times_ms)
    chosen = np.where(nearer, before, place)
    apart = np.abs(other.times_ms[chosen] - demand.times_ms)
    return np.where(apart <= step_ms, other.values[chosen], np.nan)


def _kind(word: str) -> str:
    for bound in ("1s", "1%"):
        try:
            return objective(f"{word}<{bound}").kind
        except InputError:
            continue
    return "resource"


def _unit(word: str, series: Series, values: Values) -> str:
    if series.kind is MetricKind.BYTES or series.unit == "bytes":
        return "bytes"
    ratio = series.kind in (MetricKind.RATIO, MetricKind.PERCENT) or word in ("cpu", "memory", "disk", "network")
    del values
    return "ratio" if ratio else "count"


def _is_percent(series: Series, values: Values, unit: str) -> bool:
    return unit == "ratio" and (series.kind is MetricKind.PERCENT or float(np.nanmax(values, initial=0.0)) > 1.5)
