"""When is a workload busy, how much busier than on average, and which value should be sized for?

    peak to average    highest sample / mean
    peak to trough     mean of the busiest hour of the day / mean of the quietest
    high variance      hours whose standard deviation lies above the 80th percentile of all hours'

A peak is named only where hours (or weekdays) differ by more than chance and by more than the course of the series:
see `rhythm`.

The percentile, the buffer on the peak and what to size for are rules that a model may state (PatternRules).

Hours and weekdays are counted in a time zone that the caller names, so that a day of 23 or 25 hours is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from plimsoll.assess.rhythm import FEWEST_CYCLES, slots_differ, whole_cycles
from plimsoll.assess.trends import plain_trends
from plimsoll.domain.local_time import local_ms, weekdays
from plimsoll.domain.pattern import WEEKDAYS, Pattern, PatternState, SizingScenario, Slot
from plimsoll.domain.quantity import PAST_MEASURE, counted
from plimsoll.domain.series import Series, Times, Values
from plimsoll.domain.time_spans import DAY_MS, HOUR_MS, WEEK_MS

MIN_SPAN_MS = DAY_MS
_WEEKEND = 5
_SCENARIO = {"mean": "baseline"}
_SHOWN = {
    "hour": ("by_hour",),
    "weekday": ("by_weekday",),
    "peak_hour": ("peak_hour", "trough_hour", "peak_to_trough"),
    "peak_day": ("peak_day", "trough_day"),
    "peak_to_average": ("peak_to_average",),
    "high_variance_hours": ("high_variance_hours",),
    "weekday_against_weekend": ("weekday_mean", "weekend_mean"),
}
_ABSENT: dict[str, Any] = {"by_hour": (), "by_weekday": (), "high_variance_hours": ()}


@dataclass(frozen=True, slots=True)
class PatternRules:
    """How a rhythm is judged, and which parts of it are shown; an empty `show` shows everything.

    `automatic` and `manual` name the sizing scenarios for automatic scaling and for a fixed size. `trends` are the
    plain trends to fit, `growth_per` the spans over which their growth is stated; with `show_r_squared` the share of
    variance that they explain is shown.
    """

    buffer_ratio: float = 1.2
    high_variance_quantile: float = 0.8
    hourly_monitoring_above: float = 3.0
    automatic: str = "p95"
    manual: str = "peak_with_buffer"
    show: frozenset[str] = frozenset()
    trends: tuple[str, ...] = ()
    growth_per: tuple[str, ...] = ("day", "month", "year")
    show_r_squared: bool = True


def pattern_of(series: Series, tz: str = "UTC", rules: PatternRules | None = None) -> Pattern:
    """Describe the rhythm of one series; with less than a day of finite samples it is unknown."""
    how = rules or PatternRules()
    trends = plain_trends(series, how.trends, how.growth_per)
    if not how.show_r_squared:
        trends = tuple(replace(trend, r_squared=None) for trend in trends)
    return replace(_shown(_rhythm(series, tz, how), how.show), trends=trends)


def _rhythm(series: Series, tz: str, rules: PatternRules) -> Pattern:
    finite = np.isfinite(series.values) & (np.abs(series.values) <= PAST_MEASURE)
    times, values = series.times_ms[finite], series.values[finite]
    if times.size < 2 or int(times[-1] - times[0]) < MIN_SPAN_MS - _step_of(times):
        hours = 0.0 if times.size == 0 else float(times[-1] - times[0]) / HOUR_MS
        why = f"cannot tell: {hours:.1f} h of samples, needs 24"
        return Pattern(str(series.id), series.unit, PatternState.CANNOT_TELL, why, tz)
    hour, weekday = _calendar(times, tz)
    by_hour = _slots(values, hour, [f"{index:02d}:00" for index in range(24)])
    by_weekday = _slots(values, weekday, WEEKDAYS)
    means = [slot.mean for slot in by_hour]
    busiest, quietest = max(means), min(means)
    step_ms = _step_of(times)
    hours_have = slots_differ(times, values, hour, step_ms, DAY_MS)
    weekdays_have = slots_differ(times, values, weekday, step_ms, WEEK_MS)
    return Pattern(
        series=str(series.id),
        unit=series.unit,
        state=PatternState.OK,
        why=f"{values.size} samples over {(times[-1] - times[0]) / DAY_MS:.1f} days"
        + ("" if hours_have else _no_busy_hour(len(by_hour), whole_cycles(times, step_ms, DAY_MS))),
        tz=tz,
        by_hour=by_hour,
        by_weekday=by_weekday,
        peak_hour=_extreme(by_hour, highest=True) if hours_have else None,
        trough_hour=_extreme(by_hour, highest=False) if hours_have else None,
        peak_day=_extreme(by_weekday, highest=True) if weekdays_have else None,
        trough_day=_extreme(by_weekday, highest=False) if weekdays_have else None,
        peak_to_average=_ratio(float(values.max()), float(values.mean())),
        peak_to_trough=_ratio(busiest, quietest) if len(means) > 1 and hours_have else None,
        high_variance_hours=_high_variance(by_hour, rules.high_variance_quantile),
        weekday_mean=_mean(values[weekday < _WEEKEND]),
        weekend_mean=_mean(values[weekday >= _WEEKEND]),
        scenarios=scenarios_of(values, rules),
        recommendations=_recommendations(hours_have and 0 <= quietest * rules.hourly_monitoring_above < busiest, rules),
    )


def scenarios_of(values: Values, rules: PatternRules | None) -> tuple[SizingScenario, ...]:
    """Give the values to size for: mean, 95th percentile, peak, and the peak with a buffer on top."""
    how, peak = rules or PatternRules(), float(values.max())
    found = (
        SizingScenario("baseline", float(values.mean()), "for baseline cost only; too small to size for"),
        SizingScenario("p95", float(np.quantile(values, 0.95)), "all but the busiest twentieth of the time"),
        SizingScenario("peak", peak, "the highest value seen"),
        SizingScenario(
            "peak_with_buffer", how.buffer_ratio * peak, f"the highest value seen, times {how.buffer_ratio:g}"
        ),
    )
    chosen = {_SCENARIO.get(how.manual, how.manual): "a fixed size, scaled by hand"}
    chosen[_SCENARIO.get(how.automatic, how.automatic)] = "the target of automatic scaling"
    return tuple(replace(item, good_for=chosen.get(item.name, item.good_for)) for item in found)


def _shown(pattern: Pattern, show: frozenset[str]) -> Pattern:
    """Leave out what the rules do not show."""
    words = [word for word in _SHOWN if show and word not in show]
    hidden: dict[str, Any] = {field: _ABSENT.get(field) for word in words for field in _SHOWN[word]}
    return replace(pattern, **hidden)


def _calendar(times_ms: Times, tz: str) -> tuple[Times, Times]:
    """Hour of the day and day of the week (Monday is 0) of each time in a zone."""
    local = local_ms(times_ms, tz)
    return (local // HOUR_MS) % 24, weekdays(local)


def _slots(values: Values, keys: Times, labels: Sequence[str]) -> tuple[Slot, ...]:
    slots = []
    for key, label in enumerate(labels):
        inside = values[keys == key]
        if inside.size:
            spread = (float(inside.mean()), float(inside.std()), float(inside.min()), float(inside.max()))
            slots.append(Slot(label, *spread, samples=int(inside.size)))
    return tuple(slots)


def _extreme(slots: Sequence[Slot], *, highest: bool) -> str | None:
    """The busiest or quietest slot; None if there is only one slot (a sample per day, at midnight)."""
    if len(slots) < 2:
        return None
    return max(slots, key=lambda slot: slot.mean if highest else -slot.mean).label


def _no_busy_hour(hours: int, days: int) -> str:
    """Say why no hour is busier than others."""
    if hours < 2:
        return ""
    few = f"{counted(days, 'whole day')} of samples, needs {FEWEST_CYCLES}"
    return f"; no busy hour: {few if days < FEWEST_CYCLES else 'hours differ by no more than chance and its course'}"


def _high_variance(slots: Sequence[Slot], quantile: float) -> tuple[str, ...]:
    bound = float(np.quantile([slot.deviation for slot in slots], quantile))
    return tuple(slot.label for slot in slots if slot.deviation > bound)


def _recommendations(steep: bool, rules: PatternRules) -> tuple[str, ...]:
    return (
        f"let automatic scaling aim at {rules.automatic}",
        f"size by hand for {rules.manual}",
        f"monitor it {'hourly' if steep else 'daily'}",
    )


def _mean(values: Values) -> float | None:
    return float(values.mean()) if values.size else None


def _ratio(above: float, below: float) -> float | None:
    return above / below if below > 0 else None


def _step_of(times_ms: Times) -> int:
    return int(np.median(np.diff(times_ms))) if times_ms.size > 1 else 0
