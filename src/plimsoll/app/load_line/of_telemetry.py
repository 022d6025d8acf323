"""How much does one replica carry, by a window of telemetry? Signals are aligned in time, then read as a load test."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from plimsoll.app.load_line.counter_signals import as_rate
from plimsoll.app.load_line.signal_units import (
    A_SECOND,
    InBaseUnit,
    StatedUnit,
    in_base_unit,
    stated_unit,
    unit_of_name,
)
from plimsoll.capacity.model import Values
from plimsoll.capacity.telemetry import Moments
from plimsoll.domain.errors import InputError, NothingToAnswer, UsageError
from plimsoll.domain.objective import objective, one_name
from plimsoll.domain.ports import Signal
from plimsoll.domain.series import Harvest, Series

DEMAND, REPLICAS = "demand", "replicas"
_ONE_REPLICA = "no signal replicas: all demand counts as that of one replica (--signal replicas=QUERY tells how many)"


@dataclass(frozen=True)
class Role:
    """What a signal measures: demand, replicas, a statistic of latency, errors, or a resource; its unit if stated."""

    word: str
    query: str
    stated: StatedUnit | None = None

    @property
    def kind(self) -> str:
        """Demand, replicas, latency, errors or resource."""
        return self.word if self.word in (DEMAND, REPLICAS) else _kind(self.word)


def roles_of(texts: tuple[str, ...]) -> tuple[Role, ...]:
    """Read `demand=QUERY`, `p99:ms=QUERY` and the like; raises UsageError for another form, or without a demand."""
    roles = []
    for text in texts:
        word, equals, query = text.partition("=")
        if not equals or not word.strip() or not query.strip():
            raise UsageError(f"--signal {text[:60]!r}: write WORD=QUERY, for example demand=http_requests_per_second")
        name, colon, unit = word.strip().partition(":")
        role = Role(one_name(name), query.strip())
        of_name = unit_of_name(role.word, role.kind, role.query)
        roles.append(replace(role, stated=stated_unit(role.word, role.kind, unit) if colon else of_name))
    words = [role.word for role in roles]
    if twice := next((part for part in words if words.count(part) > 1), None):
        raise UsageError(f"--signal {twice} is given twice")
    if DEMAND not in words:
        raise UsageError("--signal demand=QUERY is needed: what the fleet served, per second")
    return tuple(roles)


def signals_of(roles: tuple[Role, ...]) -> tuple[Signal, ...]:
    """Name the signals to read, each by its role."""
    return tuple(Signal(role.word, role.query) for role in roles)


def moments_of(harvest: Harvest, roles: tuple[Role, ...]) -> Moments:
    """Align the series of a harvest on the moments of demand; raises NothingToAnswer where a signal has no samples."""
    series = {role.word: _single_series(harvest, role.word) for role in roles}
    rates = {role.word: series[role.word] if role.stated else as_rate(role.word, series[role.word]) for role in roles}
    demand = rates[DEMAND]
    read = {role.word: _in_base_unit(role, demand, rates[role.word]) for role in roles}
    of = {kind: {r.word: read[r.word] for r in roles if r.kind == kind} for kind in ("latency", "errors", "resource")}
    return Moments(
        source=harvest.source,
        demand=read[DEMAND].values,
        replicas=read[REPLICAS].values if REPLICAS in read else np.ones(len(demand)),
        latency_s={word: one.values for word, one in of["latency"].items()},
        error_ratio=next((_share(one, read[DEMAND].values) for one in of["errors"].values()), None),
        resources={word: one.values for word, one in of["resource"].items()},
        resource_units={word: one.unit for word, one in of["resource"].items()},
        times_ms=demand.times_ms,
        notes=(
            *harvest.notes,
            *_notes(
                [word for word in rates if rates[word] is not series[word]],
                list(of["resource"]),
                replicas_known=REPLICAS in read,
            ),
            *(one.note for one in read.values() if one.note),
        ),
    )


def _notes(counters: list[str], resources: list[str], *, replicas_known: bool) -> list[str]:
    notes = [f"counters are taken as what they gain a second: {', '.join(counters)}"] if counters else []
    if not replicas_known:
        return [*notes, _ONE_REPLICA]
    shared = f"{', '.join(resources)}: taken as of one replica; demand alone is parted among them"
    return [*notes, shared] if resources else notes


def _share(errors: InBaseUnit, demand: Values) -> Values:
    """Turn errors per second into a share of demand."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return errors.values / np.where(demand > 0, demand, np.nan) if errors.unit == A_SECOND else errors.values


def _in_base_unit(role: Role, demand: Series, series: Series) -> InBaseUnit:
    step_ms = demand.step_ms or 60_000
    return in_base_unit(role.word, role.kind, role.stated, series, _at(demand, series, step_ms))


def _single_series(harvest: Harvest, word: str) -> Series:
    found = [series for series in harvest.series if series.id.name == word and len(series)]
    if len(found) > 1:
        labels = " and ".join(str(one.id).removeprefix(word) for one in found[:2])
        raise InputError(
            f"{harvest.source}: {word} gives {len(found)} series, {labels}{' and others' if len(found) > 2 else ''}: "
            'name one with its labels (NAME{label="value"}) or, of a server, write a query that gives one (sum, avg)'
        )
    if not found:
        reasons = [gap.reason for gap in harvest.gaps if gap.id.name == word] or list(harvest.notes)
        raise NothingToAnswer(
            f"{harvest.source}: {word} has no samples: {reasons[0] if reasons else 'none in the window'}"
        )
    return found[0]


def _at(demand: Series, other: Series, step_ms: int) -> Values:
    """Take the nearest sample of `other` to each moment of demand, at most half a step away; NaN where none is.

    A sample farther away is that of another moment, at another demand.
    """
    place = np.clip(np.searchsorted(other.times_ms, demand.times_ms), 1, max(len(other) - 1, 1))
    before = np.maximum(place - 1, 0)
    place = np.minimum(place, len(other) - 1)
    nearer = np.abs(other.times_ms[before] - demand.times_ms) <= np.abs(other.times_ms[place] - demand.times_ms)
    chosen = np.where(nearer, before, place)
    distance_ms = np.abs(other.times_ms[chosen] - demand.times_ms)
    return np.where(2 * distance_ms <= step_ms, other.values[chosen], np.nan)


def _kind(word: str) -> str:
    for bound in ("1s", "1%"):
        try:
            return objective(f"{word}<{bound}").kind
        except InputError:
            continue
    return "resource"
