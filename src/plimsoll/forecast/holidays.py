"""What do public holidays do to this series, judged by its own past ones?

Where the past supports a rule (`holiday_rules`), past holidays are removed from the history, so that they spoil no
pattern. Each holiday ahead is applied to the forecast as events: for every slot of the day, a factor of predicted over
usual value. Where values may be negative, or almost vanish in that slot, the difference is added instead. Intervals are
scaled by the factor, or kept with the difference, and widened by how much more holidays scatter than usual days.

The day of rest is that of the calendar; where it names several weekdays, the one least like a working day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from plimsoll.domain.forecast import Event, IgnoreWindow
from plimsoll.domain.holidays import Holiday, HolidayEffect, HolidayState, HolidayWay
from plimsoll.domain.pattern import WEEKDAYS
from plimsoll.domain.quantity import PAST_MEASURE, format_duration
from plimsoll.domain.series import MetricKind, Series, Window
from plimsoll.domain.time_spans import DAY_MS
from plimsoll.forecast.day_profiles import SUNDAY, DayProfiles, day_profiles
from plimsoll.forecast.holiday_rules import (
    FEWEST,
    MOST_TIMES,
    ComparedDay,
    Found,
    Rule,
    best_rule,
    compared_day,
    is_comparable,
)

FEWEST_DAYS = 21
MOST = 60  # the newest holidays count
NEXT_TO_NOTHING = 0.1  # of the usual day's mean size: in a smaller slot a factor would multiply noise
UNCHANGED = (1.0, 0.0, 0.0)
TO_DEVIATION = 1.2533  # standard deviation of a normal error over its mean size: sqrt(pi / 2)
IGNORED = "public holidays"


@dataclass(frozen=True, slots=True)
class Learned:
    """What holidays do to a series, with the consequences for its past and its future."""

    effect: HolidayEffect
    events: tuple[Event, ...] = ()
    ignore: tuple[IgnoreWindow, ...] = ()


def learn_holidays(
    series: Series,
    holidays: Sequence[Holiday],
    zone: str,
    horizon_ms: int,
    whole_days: bool = False,
    rest_days: Sequence[int] = (SUNDAY,),
) -> Learned:
    """Learn from the past holidays of `series` and apply them to those within `horizon_ms` after its end.

    Days are counted in `zone`. With `whole_days` there is one event for a holiday instead of one for each slot.
    `rest_days` are the weekdays (Monday is 0), at least one, of which one is the day of rest. Never raises because of
    the series' content.
    """
    if why := "no public holiday in its time span" if not holidays else obstacle(series):
        return Learned(HolidayEffect(HolidayState.CANNOT_TELL, why))
    profiles = day_profiles(series, zone)
    rows = frozenset(profiles.row(one.day) for one in holidays)
    profiles = replace(profiles, rest_day=profiles.unlike_others(rest_days, rows))
    past = [one for one in holidays if profiles.holds(profiles.row(one.day))]
    ahead = [one for one in holidays if is_ahead(profiles.window(one.day), series, horizon_ms)]
    counts = HolidayEffect(HolidayState.CANNOT_TELL, "", len(past), len(ahead))
    days = [day for one in past[-MOST:] if is_comparable(day := compared_day(profiles, one, rows))]
    if why := shortage(len(profiles.values), sum(not day.is_rest for day in days)):
        return Learned(replace(counts, why=why))
    found = best_rule(days, is_positive=float(np.nanmin(profiles.values)) >= 0.0)
    if found is None:
        why = f"{counted(len(past))} in the history show no effect; treated as usual days"
        return Learned(replace(counts, state=HolidayState.NO_DIFFERENCE, why=why))
    scatter = extra_scatter(profiles, rows, found, days)
    seen = [(one, changes(found.rule, compared_day(profiles, one, rows), scatter, whole_days)) for one in ahead]
    events = tuple(event for one, by_slot in seen for event in events_of_day(one, profiles, by_slot))
    ignored = tuple(IgnoreWindow(profiles.window(one.day), IGNORED, is_true=True) for one in past)
    return Learned(describe(counts, found, profiles.rest_day), events, ignored)


def obstacle(series: Series) -> str:
    """Say why days cannot be told apart in a series; empty where they can."""
    if not np.isfinite(series.values).any() or series.step_ms is None:
        return "too few samples to compare days"
    if series.kind is MetricKind.COUNTER:
        return "a counter's readings only accumulate; holidays show in its rate"
    if series.step_ms > DAY_MS:
        return f"steps of {format_duration(series.step_ms / 1000)}; a holiday shows in steps of a day or less"
    if float(np.nanmax(np.abs(series.values[np.isfinite(series.values)]))) > PAST_MEASURE:
        return f"holds values beyond {PAST_MEASURE:g}"
    return ""


def shortage(days: int, holidays: int) -> str:
    """Say what the history lacks to learn from; empty where it suffices. Holidays on days of rest teach nothing."""
    if days < FEWEST_DAYS:
        return f"{days} days of history, {FEWEST_DAYS} are needed"
    if holidays < FEWEST:
        return f"{counted(holidays)} with usual days beside them in the history, {FEWEST} are needed"
    return ""


def counted(holidays: int) -> str:
    """Count holidays in words."""
    return f"{holidays} public holiday{'' if holidays == 1 else 's'}"


def describe(counts: HolidayEffect, found: Found, rest_day: int) -> HolidayEffect:
    """Describe in a line what was found."""
    rule, names = found.rule, ", more or less for each holiday as in its own past" if found.by_name else ""
    effect = replace(
        counts,
        state=HolidayState.APPLIED,
        way=rule.way,
        size=rule.size,
        by_name=found.by_name,
        error_ratio=found.error_ratio,
        rest_day=WEEKDAYS[rest_day] if rule.way is HolidayWay.REST_DAY else None,
    )
    size = f"{rule.size:.2f} of {effect.of_what}"
    why = f"{counted(counts.in_past)} in the history: {size}{names}; treated as usual days, their error is "
    return replace(effect, why=why + f"{times_as_large(found.error_ratio)} as large")


def times_as_large(error_ratio: float) -> str:
    """Format how many times as large an error is; at the cap it is only known to be more."""
    return f"over {MOST_TIMES:.0f} times" if error_ratio >= 0.999 * MOST_TIMES else f"{error_ratio:.1f} times"


def is_ahead(window: Window, series: Series, horizon_ms: int) -> bool:
    """Whether a step of the horizon falls in a window."""
    end_ms = int(series.times_ms[-1])
    return window.end_ms > end_ms + (series.step_ms or 0) and window.start_ms <= end_ms + horizon_ms


Change = tuple[float, float, float]  # factor, offset, spread


def extra_scatter(profiles: DayProfiles, rows: frozenset[int], found: Found, days: Sequence[ComparedDay]) -> float:
    """Compute how much more holidays scatter than usual days, as a standard deviation over the usual value.

    The errors of usual days, predicted from the days around them as holidays are, are scaled by the size of the
    holidays.
    """
    seen = (compared_day(profiles, Holiday(profiles.day(row), ""), rows) for row in profiles.ordinary(rows, MOST))
    usual = [day.error(day.usual) for day in seen if is_comparable(day)]
    sizes = [np.nanmean(np.abs(found.rule.predict(day))) / day.size for day in days]
    own = float(np.mean(usual)) * float(np.mean(sizes)) if usual else 0.0
    return TO_DEVIATION * float(np.sqrt(max(found.error**2 - own**2, 0.0)))


def changes(rule: Rule, day: ComparedDay, scatter: float, whole_days: bool) -> list[Change]:
    """Return the change in each slot of a day ahead, or one for the whole day."""
    usual, predicted = day.usual, rule.predict(day)
    if whole_days:
        known = np.isfinite(usual) & np.isfinite(predicted)
        usual, predicted = (one[known].mean(keepdims=True) if known.any() else one[:1] for one in (usual, predicted))
    pairs = zip(usual.tolist(), predicted.tolist(), strict=True)
    return [change(before, after, day.size, scatter) for before, after in pairs]


def change(usual: float, predicted: float, size: float, scatter: float = 0.0) -> Change:
    """Return factor, offset and spread from a usual to a predicted value; an unknown one does not change."""
    if not np.isfinite(predicted - usual) or predicted == usual:
        return UNCHANGED
    spread = scatter * abs(usual)
    if usual > NEXT_TO_NOTHING * size and predicted >= 0.0:
        return predicted / usual, 0.0, spread
    return 1.0, predicted - usual, spread


def events_of_day(holiday: Holiday, profiles: DayProfiles, by_slot: Sequence[Change]) -> Iterator[Event]:
    """Turn the changes of a day into events, one for each run of slots that change alike; none without a change."""
    window = profiles.window(holiday.day)
    place = 0
    for (factor, offset, spread), run in groupby(by_slot):
        start_ms, place = window.start_ms + place * profiles.slot_ms, place + len(list(run))
        end_ms = window.end_ms if place == len(by_slot) else window.start_ms + place * profiles.slot_ms
        if (factor, offset) != UNCHANGED[:2]:
            yield Event(holiday.name, start_ms, end_ms, factor, offset, spread=spread)
