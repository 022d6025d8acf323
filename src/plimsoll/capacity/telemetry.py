"""What does a window of production telemetry say about one replica? Quantities against demand per replica, in classes.

Each moment gives demand per replica and what was measured then. Moments are grouped into classes of equal width over
the observed range of demand. A class with enough moments becomes a step, whose values are medians, so that a restart or
a deployment does no harm. Readings are first moved along the curve to the load of their step: where demand piles up at
one end of a class and the curve is steep, the median reading does not belong to the median demand. Error ratios are
taken over all requests of the class, because failures fall into few moments, to which a median is blind. A few moments
far from all others (a replica count that was wrong for once) are left out, so that they do not stretch the classes.

What is slow or fails is often not read either. So a class gives no value of a quantity that was read at hardly any of
its moments, or at less than half as many of them as elsewhere: the median of what was read would look good.

Production goes only where its users take it, so no step is made of loads it never carried. Nor does a service stay the
same: where a quantity has other values at the same demand from some moment on (see `service_change`), only what came
since counts for it, and a note says so. One curve through two versions would be that of neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plimsoll.capacity.model import Values
from plimsoll.capacity.service_change import Change, clear_change, possible_change
from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.series import Times, as_datetime

CLASSES = 15
FEWEST_MOMENTS = 10
_SELDOM = 0.5  # times the usual share of moments with a reading: a median needs half of what it stands for
_ROUNDS = 3  # after them the top of a pile-up lies within a standard error of the curve; after one, three below


@dataclass(frozen=True, eq=False)
class Moments:
    """Columns of equal length (n,), NaN where nothing was measured.

    `demand` is that of the whole fleet, per second; `replicas` is the number that served it. `latency_s`, `error_ratio`
    and `resources` are those of one replica, or of the average replica. `times_ms` (n,) rise.
    """

    source: str
    demand: Values
    replicas: Values
    latency_s: Mapping[str, Values]
    error_ratio: Values | None
    resources: Mapping[str, Values]
    resource_units: Mapping[str, str]
    times_ms: Times
    notes: tuple[str, ...] = ()


def telemetry_steps(moments: Moments) -> Steps:
    """Make steps of demand per replica.

    Raises NothingToAnswer where there are too few moments, demand hardly moved, or fewer than two classes hold enough
    moments; InputError for demand below zero.
    """
    if np.any(moments.demand < 0):
        raise InputError(f"{moments.source}: demand is below zero at some moments: is it a rate, and of requests?")
    with np.errstate(divide="ignore", invalid="ignore"):
        per_replica = moments.demand / np.where(moments.replicas > 0, moments.replicas, np.nan)
    usable = np.isfinite(per_replica)
    count, needed = int(np.count_nonzero(usable)), 2 * FEWEST_MOMENTS
    if count < needed:
        raise NothingToAnswer(
            f"{moments.source}: {count} moments have demand and replicas; needs {needed}: "
            "take a longer window (--history)"
        )
    loads = _without_outliers(np.sort(per_replica[usable]))
    low, high = float(loads[0]), float(loads[-1])
    usable &= (per_replica >= low) & (per_replica <= high)
    number = np.where(usable, _classes(per_replica, low, high, _count(loads)), -1)
    kept = [i for i in range(CLASSES) if np.count_nonzero(number == i) >= FEWEST_MOMENTS]
    if len(kept) < 2:
        stairs = ", ".join(f"{high * part:.3g}" for part in (0.5, 0.75, 1, 1.25, 1.5, 2))
        raise NothingToAnswer(
            f"{moments.source}: demand per replica stays between {low:.4g} and {high:.4g}: too narrow to fit a curve; "
            f"take a longer window (--history), or test next {stairs} per replica, 60 s each"
        )
    notes = (*_notes(number, kept, count - loads.size), *_without_replicas(moments, count))
    rows = [number == i for i in kept]
    return _steps(_read_often(moments, per_replica, rows), per_replica, rows, notes)


def _count(loads: Values) -> int:
    """Choose the number of classes that this many moments can fill."""
    return min(CLASSES, max(2, loads.size // (2 * FEWEST_MOMENTS)))


def _classes(per_replica: Values, low: float, high: float, count: int) -> NDArray[np.int64]:
    """Compute the class index of each moment; it is arbitrary for moments outside the range."""
    place = np.clip((per_replica - low) / max(high - low, 1e-300) * count, 0, count - 1)
    return np.nan_to_num(place).astype(np.int64)


def _without_outliers(loads: Values) -> Values:
    """Drop either end of sorted demand (n,) if it holds few moments and an empty class separates it from the rest."""
    while True:
        number = _classes(loads, loads[0], loads[-1], _count(loads))
        empty = np.flatnonzero(np.diff(number) > 1) + 1
        if empty.size and loads.size - empty[-1] < FEWEST_MOMENTS:
            loads = loads[: empty[-1]]
        elif empty.size and empty[0] < FEWEST_MOMENTS:
            loads = loads[empty[0] :]
        else:
            return loads


def _notes(number: NDArray[np.int64], kept: list[int], outliers: int) -> tuple[str, ...]:
    used, known = int(np.count_nonzero(np.isin(number, kept))), int(np.count_nonzero(number >= 0)) + outliers
    left_out = f"{outliers} moments, far from all others in demand per replica, are left out"
    classes = f"{len(kept)} classes of demand per replica from {used} of {known} moments"
    return (
        f"{classes}; values are medians, errors those of all requests",
        *((left_out,) if outliers else ()),
        "from production: nothing is known past the highest demand seen",
    )


def _without_replicas(moments: Moments, count: int) -> list[str]:
    """Say of how many moments of demand the number of replicas is not known."""
    with_demand = int(np.count_nonzero(np.isfinite(moments.demand)))
    lost = f"{with_demand - count} of {with_demand} moments of demand are left out, since no replicas are known there"
    return [lost] if with_demand > count else []


def _read_often(moments: Moments, per_replica: Values, rows: list[NDArray[np.bool_]]) -> Moments:
    """Clear readings of a service that has changed since, and those of classes in which a quantity was hardly read.

    A latency without any request is no reading.
    """
    served = per_replica > 0
    latency_s = {name: np.where(served, values, np.nan) for name, values in moments.latency_s.items()}
    errors = {} if moments.error_ratio is None else {"errors": moments.error_ratio}
    cleared, notes = dict[str, Values](), list(moments.notes)
    for name, values in {**latency_s, **moments.resources, **errors}.items():
        changes = Changes() if name in errors else _changes(values, per_replica, rows, moments.times_ms)
        since = np.arange(values.size) >= changes.first
        notes.extend(_changed(name, changes, moments.times_ms))
        recent = [row & since for row in rows]
        few = [row & served for row in recent if _is_hardly_read(row & served, np.isfinite(values), recent)]
        hidden = np.any([np.zeros_like(served), *few], axis=0)
        cleared[name] = np.where(hidden | ~since, np.nan, values)
        if few:
            notes.append(_hardly_read(name, np.isfinite(values[hidden]), per_replica[hidden]))
    return replace(
        moments,
        latency_s={name: cleared[name] for name in latency_s},
        error_ratio=cleared.get("errors"),
        resources={name: cleared[name] for name in moments.resources},
        notes=tuple(notes),
    )


def _hardly_read(name: str, read: NDArray[np.bool_], loads: Values) -> str:
    there = f"at {np.count_nonzero(read)} of {loads.size} moments of {np.min(loads):.4g} to {np.max(loads):.4g}"
    why = "" if np.all(read) else ": what is slow or fails is often not read"
    return f"{name} was read {there} per replica, too few to tell it there{why}"


@dataclass(frozen=True)
class Changes:
    """The last clear change of a service within the window, and a later one that may be none."""

    clear: Change | None = None
    possible: Change | None = None

    @property
    def first(self) -> int:
        """The first moment of the newest version."""
        return 0 if self.clear is None else self.clear.moment


def _changed(name: str, changes: Changes, times_ms: Times) -> Iterator[str]:
    for change, verb in ((changes.clear, "is"), (changes.possible, "may be")):
        if change is None:
            continue
        moment = f"{as_datetime(int(times_ms[change.moment])):%Y-%m-%dT%H:%M:%SZ}"
        found = f"at the same demand {name} {verb} {change.times:.2g} times as high since {moment} as before"
        if change is changes.clear:
            counts = f"only what came since counts for {name} (what came before: --as-of {moment})"
        else:
            counts = "both count as one; a shorter window (--history) shows the newer"
        yield f"{found}: has the service changed? {counts}"


def _changes(values: Values, per_replica: Values, rows: list[NDArray[np.bool_]], times_ms: Times) -> Changes:
    """Find the newest version of the service: what is left once no clear change separates the rest."""
    clear: Change | None = None
    while True:
        since = np.arange(values.size) >= (0 if clear is None else clear.moment)
        recent = [kept for row in rows if np.any(np.isfinite(values[kept := row & since]))]
        if not recent:
            return Changes(clear)
        load, medians = (np.array([float(np.nanmedian(of[row])) for row in recent]) for of in (per_replica, values))
        level, _ = _values_at_load(per_replica, values, (load, medians), recent)
        expected = _along(load, level, per_replica)
        change = clear_change(values, expected, recent, times_ms)
        if change is None:
            return Changes(clear, possible_change(values, expected, recent, times_ms))
        clear = change


def _is_hardly_read(row: NDArray[np.bool_], read: NDArray[np.bool_], rows: list[NDArray[np.bool_]]) -> bool:
    """Whether a class has few readings, or less than half as many a moment as all classes together."""
    usual = float(np.mean(read[np.any(rows, axis=0)]))
    readings, size = int(np.count_nonzero(row & read)), int(np.count_nonzero(row))
    return size > 0 and readings < max(FEWEST_MOMENTS, _SELDOM * usual * size)


def _steps(moments: Moments, per_replica: Values, rows: list[NDArray[np.bool_]], notes: tuple[str, ...]) -> Steps:
    def medians(values: Values) -> Values:
        return np.array(
            [float(np.nanmedian(values[row])) if np.any(np.isfinite(values[row])) else np.nan for row in rows]
        )

    def of_requests(ratio: Values) -> Values:
        known = np.isfinite(ratio)
        requests = [float(np.sum(moments.demand[row & known])) for row in rows]
        failed = [float(ratio[row & known] @ moments.demand[row & known]) for row in rows]
        return np.array([part / whole if whole > 0 else np.nan for part, whole in zip(failed, requests, strict=True)])

    errors, load = moments.error_ratio, medians(per_replica)
    settled = {
        name: _values_at_load(per_replica, values, (load, medians(values)), rows)
        for name, values in {**moments.latency_s, **moments.resources}.items()
    }
    return Steps(
        load=load,
        load_unit=LoadUnit.ARRIVALS_PER_S,
        latency_s={name: settled[name][0] for name in moments.latency_s},
        error_ratio=None if errors is None else of_requests(errors),
        resources={name: settled[name][0] for name in moments.resources},
        resource_units=dict(moments.resource_units),
        source=moments.source,
        notes=(*notes, *moments.notes),
        standard_errors={name: error for name, (_, error) in settled.items()},
    )


def _values_at_load(
    per_replica: Values, values: Values, middle: tuple[Values, Values], rows: list[NDArray[np.bool_]]
) -> tuple[Values, Values]:
    """Estimate the value of each class at its load, with its standard error, both (n,); NaN where none was read.

    Readings are moved along a curve through the steps to the load of their class; their median there moves the step,
    and with it the curve, round by round. The standard error is half the distance between the order statistics sqrt(n)
    / 2 ranks on either side of the median, which is one standard deviation of the median's rank on each side.
    """
    load, medians = middle
    known = np.isfinite(medians)
    if not np.any(known):
        return medians, medians
    estimates, errors = medians.copy(), np.full(medians.size, np.nan)
    mine = {i: rows[i] & np.isfinite(values) for i in np.flatnonzero(known)}
    for _ in range(_ROUNDS):
        off = values - _along(load[known], estimates[known], per_replica)
        for i, row in mine.items():
            ranks = 0.5 + np.array([-0.5, 0.0, 0.5]) / np.sqrt(np.count_nonzero(row))
            below, at, above = np.quantile(off[row], ranks)
            estimates[i] = np.clip(estimates[i] + at, np.min(values[row]), np.max(values[row]))
            errors[i] = (above - below) / 2
    return estimates, errors


def _along(load: Values, values: Values, at: Values) -> Values:
    """Read a curve through (n,) points that bends no more often than they do, extended straight past its ends.

    It is a monotone cubic between the points (F. N. Fritsch and R. E. Carlson, "Monotone piecewise cubic
    interpolation", SIAM Journal on Numerical Analysis 17, 1980).
    """
    if load.size < 2:
        return np.full(at.size, values[0])
    from scipy.interpolate import PchipInterpolator

    inside, slopes = np.clip(at, load[0], load[-1]), np.diff(values) / np.diff(load)
    past = (at - inside) * np.where(at < load[0], slopes[0], slopes[-1])
    return np.asarray(PchipInterpolator(load, values)(inside) + past)
