"""Which limits and lead times does the caller give?

    --limit NAME=VALUE            the hard limit (80%, 100Gi, 500, 250ms); NAME may hold * and ?
    --limit NAME=SOFT..HARD       both
    --floor NAME=VALUE            low values are bad (free space); SOFT..HARD again gives both
    --lead-time VALUE             for everything; NAME=VALUE for what NAME matches

A name means a resource, its series, or a limit of the catalog. A plain number is in the unit of its series: for a
column of percentages 80 and 80% are the same, for one in ms 250 and 250ms. A series that tells no unit is in the base
unit of its limit: with 100Gi in bytes.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from plimsoll.app.runway.base_units import times
from plimsoll.app.runway.resource_names import of_point
from plimsoll.domain.errors import QuantityError, UsageError
from plimsoll.domain.limit import Direction
from plimsoll.domain.quantity import Dimension, duration, quantity
from plimsoll.domain.saturation import SaturationPoint
from plimsoll.domain.series import SeriesId

FROM_CALLER = "given on the command line"
_BY_UNIT = {
    "ratio": Dimension.RATIO,
    "bytes": Dimension.BYTES,
    "seconds": Dimension.TIME,
    "bytes per second": Dimension.BYTE_RATE,
    "cores": Dimension.CORES,
    "per second": Dimension.PER_SECOND,
}
_DIGITS = frozenset("0123456789.")
_ANY = (Dimension.COUNT, Dimension.BYTES, Dimension.TIME, Dimension.RATIO, Dimension.BYTE_RATE, Dimension.PER_SECOND)


@dataclass(frozen=True, slots=True)
class GivenLimit:
    """A limit from the command line, its values still as text."""

    pattern: str
    soft: str
    hard: str
    direction: Direction

    def concerns(self, *names: str) -> bool:
        """Whether the limit applies to any of the names, whole or without its component (`disk` of `db1/disk`)."""
        return fits(self.pattern, names)

    @property
    def is_share(self) -> bool:
        """Whether the values are given in percent."""
        return self.hard.endswith("%")

    @property
    def unit(self) -> str:
        """The base unit of what the values measure, empty for plain numbers."""
        measure, _ = _any_amount(self.hard, f"--limit {self.pattern}")
        return "" if measure is Dimension.COUNT else measure.value

    def values(self, unit: str, scale: float = 1.0) -> tuple[float | None, float]:
        """Read soft and hard in the base unit `unit` of a series; a plain number is in its own unit, `scale` of that.

        Raises UsageError for a value of another sort.
        """
        soft = _value(self.soft, unit, scale, self.pattern) if self.soft else None
        hard = _value(self.hard, unit, scale, self.pattern)
        if soft is not None and self.direction.sign * (hard - soft) <= 0:
            raise UsageError(f"--limit {self.pattern}: the soft limit {self.soft} must come before {self.hard}")
        return soft, hard


@dataclass(frozen=True, slots=True)
class LeadTimes:
    """Lead times from the command line, in seconds: one for everything, and some by name."""

    general_s: float | None = None
    named_s: tuple[tuple[str, float], ...] = ()

    def of(self, *names: str) -> float | None:
        """The lead time of a resource with these names, or None where the caller gave none."""
        for pattern, seconds in reversed(self.named_s):
            if fits(pattern, names):
                return seconds
        return self.general_s


NO_LEAD_TIMES = LeadTimes()


def check_used(limits: Sequence[GivenLimit], lead_times: LeadTimes, names: Collection[str]) -> None:
    """Raise UsageError for a limit or lead time that matches none of the names, with similar names."""
    options = {Direction.HIGH_IS_BAD: "--limit", Direction.LOW_IS_BAD: "--floor"}
    for limit in limits:
        check_fits(options[limit.direction], (limit.pattern,), names)
    check_fits("--lead-time", [name for name, _ in lead_times.named_s], names)


def check_fits(option: str, patterns: Sequence[str], names: Collection[str]) -> None:
    """Raise UsageError for a pattern that none of the names fits, with those that are near."""
    for pattern in patterns:
        if not fits(pattern, names):
            near = difflib.get_close_matches(pattern, list(names), n=3, cutoff=0.4) or sorted(names)[:3]
            hint = f"; there are {', '.join(near)}" if near else ""
            raise UsageError(f"{option} {pattern[:80]!r} matches no series{hint}")


def series_named(words: Sequence[str], held: Sequence[SeriesId], points: Sequence[SaturationPoint]) -> tuple[str, ...]:
    """Turn the names that the runway takes from the catalog into those of the series; other words stay as they are."""
    by_signal = {signal: point for point in points for signal in point.signals}
    of = {
        str(one): (point.name, of_point(point, one.label_map, "").name)
        for one in held
        if (point := by_signal.get(one.name))
    }
    return tuple(name for word in words for name in [one for one in of if fits(word, of[one])] or [word])


def given_limits(limits: Sequence[str], floors: Sequence[str] = ()) -> tuple[GivenLimit, ...]:
    """Read the words of --limit and --floor; raises UsageError naming the word that does not fit."""
    return (
        *(_given(text, "--limit", Direction.HIGH_IS_BAD) for text in limits),
        *(_given(text, "--floor", Direction.LOW_IS_BAD) for text in floors),
    )


def lead_times(words: Sequence[str]) -> LeadTimes:
    """Read the words of --lead-time; raises UsageError naming the word that does not fit."""
    general: float | None = None
    named: list[tuple[str, float]] = []
    for word in words:
        name, separator, text = word.rpartition("=")
        try:
            seconds = duration(text)
        except QuantityError as error:
            raise UsageError(f"--lead-time {word}: {error.message}") from error
        if seconds < 0:
            raise UsageError(f"--lead-time {word}: a lead time is not negative")
        if separator:
            named.append((name, seconds))
        else:
            general = seconds
    return LeadTimes(general, tuple(named))


def fits(pattern: str, names: Collection[str]) -> bool:
    """Whether a pattern matches a name, whole or without its component."""
    meant = {part for name in names for part in (name, name.rpartition("/")[2])}
    return any(name == pattern or fnmatchcase(name, pattern) for name in meant)


def _given(text: str, option: str, direction: Direction) -> GivenLimit:
    name, separator, value = text.rpartition("=")
    soft, dots, hard = value.partition("..")
    if not separator or not name or not value or (dots and not (soft and hard)):
        raise UsageError(f"{option} {text!r}: write it like {option} disk_used=90% or {option} disk_used=80%..95%")
    given = GivenLimit(name, soft if dots else "", hard if dots else value, direction)
    for part in filter(None, (given.soft, given.hard)):
        _any_amount(part, f"{option} {name}")
    return given


def _value(text: str, unit: str, scale: float, pattern: str) -> float:
    try:
        if scale != 1.0 and text[-1:] in _DIGITS:
            return times(quantity(text, Dimension.COUNT), scale)
        if unit in _BY_UNIT:
            return quantity(text, _BY_UNIT[unit])
    except QuantityError as error:
        raise UsageError(f"--limit {pattern}: the series is in {unit}: {error.message}") from error
    return _any_amount(text, f"--limit {pattern}")[1]


def _any_amount(text: str, option: str) -> tuple[Dimension, float]:
    for dimension in _ANY:
        try:
            return dimension, quantity(text, dimension)
        except QuantityError:
            continue
    raise UsageError(f"{option}: {text[:40]!r} is not a value; write it like 90%, 100Gi, 500 or 250ms")
