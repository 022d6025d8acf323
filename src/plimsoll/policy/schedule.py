"""Which schedules and peak windows hold at a moment? Local wall-clock times with calendars -> bounds in epoch seconds.

A schedule's time is a wall-clock time of its zone, so that 06:00 stays 06:00 when the clocks change. Without a span it
holds until the next one starts. Its target is proposed during the first hour, until it has been reached once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_restraints import PeakWindow, Schedule
from plimsoll.domain.series import Values
from plimsoll.domain.time_spans import DAY_S

TARGET_LASTS_S = 3600.0  # a schedule proposes its target for so long after its start; then only its bounds hold
_DAYS_BACK = 8  # a week, and a day whose start is still to come


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds by schedules and peaks: least, most, target (NaN: none) and its start, held scale-in, extra share."""

    floor: float = 0.0
    ceiling: float = math.inf
    target: float = math.nan
    target_since_s: float = math.nan
    hold_scale_in: bool = False
    extra_ratio: float = 0.0


def bounds_at(policy: Policy, now_s: float) -> Bounds:
    """Return the bounds at a moment."""
    if not policy.schedules and not policy.peaks:
        return Bounds()
    active = active_schedules(policy.schedules, now_s)
    peaks = [peak for peak in policy.peaks if peak.start_s - peak.lead_s <= now_s < peak.end_s]
    floors = [schedule.min for schedule, _ in active if schedule.min is not None]
    floors += [peak.min for peak in peaks if peak.min is not None]
    targets = [
        (start_s, schedule.target)
        for schedule, start_s in active
        if schedule.target is not None and now_s - start_s < TARGET_LASTS_S
    ]
    since_s, target = max(targets, default=(math.nan, math.nan))
    return Bounds(
        floor=max(floors, default=0.0),
        ceiling=min((schedule.max for schedule, _ in active if schedule.max is not None), default=math.inf),
        target=target,
        target_since_s=since_s,
        hold_scale_in=any(peak.hold_scale_in for peak in peaks),
        extra_ratio=max((peak.extra_ratio for peak in peaks), default=0.0),
    )


def active_schedules(schedules: Sequence[Schedule], now_s: float) -> list[tuple[Schedule, float]]:
    """List the schedules that hold at a moment, each with the time it started."""
    started = [(schedule, latest_start(schedule, now_s)) for schedule in schedules]
    open_ended = [start_s for schedule, start_s in started if schedule.span_s is None and start_s is not None]
    latest_s = max(open_ended, default=math.nan)
    return [
        (schedule, start_s)
        for schedule, start_s in started
        if start_s is not None
        and (start_s == latest_s if schedule.span_s is None else now_s < start_s + schedule.lead_s + schedule.span_s)
    ]


def latest_start(schedule: Schedule, now_s: float) -> float | None:
    """Return when the schedule last started, lead time included; None if it has not started yet."""
    calendar = schedule.calendar
    today = datetime.fromtimestamp(now_s + schedule.lead_s, _zone(schedule.time_zone)).date()
    reach = _DAYS_BACK + 7 * len(calendar.except_dates)  # each of them may be the only start of its week
    past = (today - timedelta(days=back) for back in range(reach))
    newest_first = sorted(calendar.only_dates, reverse=True) if calendar.only_dates else past
    starts = (start_on(schedule, day) for day in newest_first if applies(schedule, day))
    return next((start_s for start_s in starts if start_s <= now_s), None)


def applies(schedule: Schedule, day: date) -> bool:
    """Tell whether the calendar lets the schedule start on a day."""
    calendar = schedule.calendar
    if day in calendar.except_dates:
        return False
    return day in calendar.only_dates if calendar.only_dates else day.weekday() in calendar.weekdays


def start_on(schedule: Schedule, day: date) -> float:
    """Return when the schedule starts on a local day, in epoch seconds, lead time included."""
    hours, seconds = divmod(int(schedule.at_s), 3600)
    wall = time(hours, seconds // 60, seconds % 60)
    return datetime.combine(day, wall, _zone(schedule.time_zone)).timestamp() - schedule.lead_s


def bounds_over(policy: Policy, times_s: Values) -> list[Bounds]:
    """Return the bounds at many moments, in any order, computing them only where they may change."""
    if times_s.size == 0:
        return []
    first_s, last_s = float(times_s.min()), float(times_s.max())
    edges = np.array(sorted({first_s, *_edges(policy, first_s, last_s)}))
    at_edges = [bounds_at(policy, edge) for edge in edges.tolist()]
    return [at_edges[place] for place in np.searchsorted(edges, times_s, side="right") - 1]


def _edges(policy: Policy, first_s: float, last_s: float) -> set[float]:
    found = {edge for peak in policy.peaks for edge in _peak_edges(peak)}
    for schedule in policy.schedules:
        begun_s, to_come_s = first_s - (schedule.span_s or 0.0), last_s + schedule.lead_s
        first_day = datetime.fromtimestamp(begun_s, UTC).date() - timedelta(days=1)  # of any zone
        for day in (first_day + timedelta(days=n) for n in range(int((to_come_s - begun_s) / DAY_S) + 4)):
            if applies(schedule, day):
                start_s = start_on(schedule, day)
                found |= {start_s, start_s + TARGET_LASTS_S}
                found |= {start_s + schedule.lead_s + schedule.span_s} if schedule.span_s is not None else set()
    return {edge for edge in found if first_s < edge <= last_s}


def _peak_edges(peak: PeakWindow) -> tuple[float, float]:
    return peak.start_s - peak.lead_s, peak.end_s


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
