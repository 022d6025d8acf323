"""Bounds that are computed where they may change are those of every moment, whatever the calendars and the zones."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_restraints import Calendar, Limits, PeakWindow, Schedule
from plimsoll.policy.schedule import bounds_at, bounds_over

HOUR, DAY = 3600.0, 86_400.0
MARCH_S = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
DATES = st.frozensets(st.dates(date(2026, 3, 1), date(2026, 3, 31)), max_size=2)
SCHEDULES = st.builds(
    Schedule,
    name=st.just("s"),
    at_s=st.integers(0, 23).map(lambda hour: hour * HOUR),
    span_s=st.sampled_from([None, HOUR, 36 * HOUR, 60 * HOUR, 300 * HOUR]),
    time_zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo", "America/New_York"]),
    calendar=st.builds(Calendar, st.frozensets(st.integers(0, 6), min_size=1), DATES, DATES),
    min=st.sampled_from([None, 3, 5]),
    target=st.sampled_from([None, 4]),
    lead_s=st.sampled_from([0.0, 300.0, 100 * HOUR]),
)
PEAKS = st.integers(0, 30).map(lambda day: PeakWindow("p", MARCH_S + day * DAY, MARCH_S + (day + 3) * DAY, 7))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(SCHEDULES, min_size=1, max_size=3),
    st.lists(PEAKS, max_size=1),
    st.integers(0, 27 * 24),
    st.sampled_from([600.0, HOUR, 3 * HOUR]),
)
def test_bounds_over_a_range_are_those_of_each_moment(
    schedules: list[Schedule], peaks: list[PeakWindow], first: int, step_s: float
) -> None:
    policy = Policy("p", Limits(1, 20), schedules=tuple(schedules), peaks=tuple(peaks))
    times = MARCH_S + first * HOUR + step_s * np.arange(30)
    assert [str(one) for one in bounds_over(policy, times)] == [str(bounds_at(policy, one)) for one in times.tolist()]
