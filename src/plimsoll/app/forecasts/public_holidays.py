"""Which public holidays apply to a series, and how do they change its past and its future?

The places come from the command line or from the model's `planning.forecast.holidays`; the effect is learned for each
series. A change that the user states for the day itself replaces the learned effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from plimsoll.app.model import Model
from plimsoll.domain.errors import InputError, UsageError
from plimsoll.domain.forecast import Annotations, Event
from plimsoll.domain.holidays import Holiday, HolidayEffect, HolidayState
from plimsoll.domain.ports import HolidayCalendar
from plimsoll.domain.quantity import some_of
from plimsoll.domain.series import Series, as_datetime, as_ms
from plimsoll.domain.time_spans import DAY_MS, HOUR_MS
from plimsoll.domain.time_zone import time_zone
from plimsoll.forecast.annotations import without_ignored
from plimsoll.forecast.day_profiles import SUNDAY, zone_of_days
from plimsoll.forecast.holidays import learn_holidays, times_as_large

_EARLIEST, _LATEST = (as_ms(datetime(year, 1, 1, tzinfo=UTC)) for year in (1900, 2200))
_OF_THE_DAY_MS = 2 * DAY_MS
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class HolidayTerms:
    """A calendar, the places whose holidays count, and the time zone of their days.

    `read_in` are other zones in which dates of a file may have been read.
    """

    calendar: HolidayCalendar
    places: tuple[str, ...]
    zone: str = "UTC"
    read_in: tuple[str, ...] = ()


def holiday_terms(
    model: Model | None, calendar: HolidayCalendar, typed: Sequence[str] = (), zone: str = ""
) -> HolidayTerms | None:
    """Take the places from the command line, otherwise the model's; None where there are none.

    Days are those of `zone`, otherwise of the model's time zone, otherwise of UTC. Raises UsageError for an unknown
    place or zone on the command line, InputError with its place in the file for an unknown place in the model.
    """
    for place in typed:
        calendar.check(place)
    places = tuple(typed) or (_of_model(model, calendar) if model is not None else ())
    if not places:
        return None
    sources = model.file.sources if model is not None else ()
    zones = dict.fromkeys(section.time_zone for section in sources if section.time_zone)
    whole = zone or (model.system.time_zone if model is not None else "UTC")
    return HolidayTerms(calendar, places, _known_zone(whole), tuple(zones))


def _known_zone(zone: str) -> str:
    if time_zone(zone) is None:
        raise UsageError(f"{zone[:40]!r} is not a time zone; write it like Europe/Berlin or UTC")
    return zone


def _of_model(model: Model, calendar: HolidayCalendar) -> tuple[str, ...]:
    places = model.file.planning.forecast.holidays
    for index, place in enumerate(places):
        try:
            calendar.check(place)
        except UsageError as error:
            where = model.tree.place(("planning", "forecast", "holidays", index))
            raise InputError(str(error), where) from None
    return places


def with_holidays(
    series: Series, known: Annotations, terms: HolidayTerms, horizon_ms: int, whole_days: bool = False
) -> tuple[Annotations, HolidayEffect]:
    """Add the learned effect of holidays to the annotations of a series; it is learned from what these leave."""
    kept = without_ignored(series, known)
    days, rest = _holidays(kept, terms, horizon_ms), _rest_days(kept, terms)
    zone = zone_of_days(kept, terms.zone, *terms.read_in) if days else terms.zone
    learned = learn_holidays(kept, days, zone, horizon_ms, whole_days, rest)
    events = tuple(event for event in learned.events if not any(_stands_for(one, event) for one in known.events))
    both = Annotations((*known.events, *events), known.changepoints, (*known.ignore, *learned.ignore))
    return both, learned.effect


def holiday_notes(found: Sequence[tuple[str, HolidayEffect]]) -> tuple[str, ...]:
    """Say what was found, in one line for all series with the same or a similar result."""
    groups: dict[object, list[tuple[str, HolidayEffect]]] = {}
    for series, effect in found:
        kind = effect.of_what if effect.way else (effect.state, effect.why)
        groups.setdefault(kind, []).append((series, effect))
    return tuple(
        f"holidays{_on([name for name, _ in group], len(found))}: {_summary([effect for _, effect in group])}"
        for group in groups.values()
    )


def _holidays(series: Series, terms: HolidayTerms, horizon_ms: int) -> tuple[Holiday, ...]:
    """Look up the holidays in series and horizon, a day wider for the zone; none outside the calendar's range."""
    if not len(series) or int(series.times_ms[-1]) > _LATEST:
        return ()
    first_ms, last_ms = max(int(series.times_ms[0]), _EARLIEST), min(int(series.times_ms[-1]) + horizon_ms, _LATEST)
    if first_ms > last_ms:
        return ()
    day = timedelta(days=1)
    return terms.calendar.holidays(terms.places, as_datetime(first_ms).date() - day, as_datetime(last_ms).date() + day)


def _rest_days(series: Series, terms: HolidayTerms) -> tuple[int, ...]:
    """Name the candidate weekdays of rest: Sunday if all places rest on it, otherwise all of their days of rest."""
    last_ms = int(series.times_ms[-1]) if len(series) else _LATEST
    on = as_datetime(min(max(last_ms, _EARLIEST), _LATEST)).date()
    weekends = [terms.calendar.rest_days(place, on) for place in terms.places]
    if all(SUNDAY in weekend for weekend in weekends):
        return (SUNDAY,)
    return tuple(sorted(frozenset[int]().union(*weekends))) or (SUNDAY,)


def _stands_for(own: Event, learned: Event) -> bool:
    """Whether a user's event is about the holiday itself: it overlaps the learned event and lasts at most two days.

    An overlap of one hour does not count: dates shift by that much when clocks have changed since.
    """
    if own.end_ms is None or learned.end_ms is None or own.end_ms - own.start_ms > _OF_THE_DAY_MS:
        return False
    shared_ms = min(own.end_ms, learned.end_ms) - max(own.start_ms, learned.start_ms)
    shorter_ms = min(own.end_ms - own.start_ms, learned.end_ms - learned.start_ms)
    return shared_ms > min(HOUR_MS, shorter_ms / 4)


def _summary(effects: Sequence[HolidayEffect]) -> str:
    """Summarize effects of one kind; for those applied, give the range of sizes and gains."""
    first = effects[0]
    if first.way is None or all(effect.why == first.why for effect in effects):
        unknown = first.state is HolidayState.CANNOT_TELL
        return f"{first.why}; treated as usual days" if unknown else first.why
    sizes = [effect.size or 0.0 for effect in effects]
    ratios = [effect.error_ratio or 0.0 for effect in effects]
    return (
        f"{_range([effect.in_past for effect in effects], 'd')} public holidays in the history: "
        f"{_range(sizes, '.2f')} of {first.of_what}; treated as usual days, their error is "
        f"{_times(ratios)} as large"
    )


def _times(ratios: Sequence[float]) -> str:
    least, most = times_as_large(min(ratios)), times_as_large(max(ratios))
    return least if least == most else f"{least.removesuffix(' times')} to {most}"


def _range(numbers: Sequence[float], form: str) -> str:
    low, high = format(min(numbers), form), format(max(numbers), form)
    return low if low == high else f"{low} to {high}"


def _on(names: Sequence[str], all_of_them: int) -> str:
    return "" if len(names) == all_of_them else f" on {some_of(names, _SHOWN)}"
