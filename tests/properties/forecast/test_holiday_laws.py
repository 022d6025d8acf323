"""Laws of holiday effects: the unit does not matter, no holidays change nothing, no series fails."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from plimsoll.domain.forecast import Annotations
from plimsoll.domain.holidays import Holiday, HolidayState
from plimsoll.domain.pattern import WEEKDAYS
from plimsoll.domain.series import MetricKind, Series, SeriesId
from plimsoll.forecast.holidays import learn_holidays
from plimsoll.forecast.single import forecast_series

DAY_MS = 86_400_000
START = 19_723  # 2024-01-01 in days since 1970
numbers = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: round(x, 3))
known = st.one_of(numbers, st.just(float("nan")))
values = st.integers(0, 120).flatmap(lambda n: arrays(np.float64, n, elements=known))
days = st.sets(st.integers(-5, 140), max_size=25)
laws = settings(max_examples=60, deadline=None)


def series_of(numbers: np.ndarray, per_day: int = 1) -> Series:
    times = START * DAY_MS + DAY_MS // per_day * np.arange(numbers.size, dtype=np.int64)
    return Series(SeriesId("x"), times, numbers, "", MetricKind.UNKNOWN)


def holidays_on(rows: set[int]) -> list[Holiday]:
    return [Holiday(date(2024, 1, 1) + timedelta(days=row), "ab"[row % 2]) for row in sorted(rows)]


@laws
@given(
    values,
    days,
    st.sampled_from([1, 4, 24]),
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York"]),
    st.booleans(),
    st.sampled_from([(6,), (4, 5), (4, 5, 6), tuple(range(7))]),
)
def test_no_series_fails_and_every_event_is_a_number_of_a_day_ahead(numbers, rows, per_day, zone, whole, rest):
    series = series_of(numbers, per_day)
    found = learn_holidays(series, holidays_on(rows), zone, 30 * DAY_MS, whole, rest)
    assert found.effect.rest_day is None or WEEKDAYS.index(found.effect.rest_day) in rest
    assert (found.effect.state is HolidayState.APPLIED) == bool(found.ignore)
    assert found.effect.why
    for event in found.events:
        assert np.isfinite([event.factor, event.offset, event.spread]).all()
        assert event.factor >= 0.0
        assert event.end_ms is not None
        assert event.start_ms < event.end_ms
        assert event.end_ms > series.times_ms[-1] - DAY_MS


@laws
@given(st.integers(0, 1000), days, st.sampled_from([1e-9, 1e-3, 2.0, 1024.0, 1e9]))
def test_changing_the_unit_changes_no_factor(seed, rows, unit):
    draw = np.random.default_rng(seed)
    numbers = draw.normal(100, 5, 120) * np.where(np.arange(120) % 7 == 6, 0.6, 1.0)
    numbers[[row for row in rows if 0 <= row < 120]] *= draw.uniform(0.3, 1.1)
    plain, scaled = (
        learn_holidays(series_of(part), holidays_on(rows), "UTC", 30 * DAY_MS) for part in (numbers, numbers * unit)
    )
    assert plain.effect.state is scaled.effect.state
    assert plain.ignore == scaled.ignore
    assert [event.factor for event in scaled.events] == pytest.approx([event.factor for event in plain.events])
    assert [event.spread / unit for event in scaled.events] == pytest.approx([event.spread for event in plain.events])


@given(st.sets(st.sampled_from([0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]), min_size=1))
@settings(max_examples=12, deadline=None)
def test_a_quantile_of_a_holiday_is_the_same_whichever_others_are_asked_for(asked):
    draw = np.random.default_rng(0)
    numbers = draw.normal(100, 5, 120)
    numbers[5::10] *= draw.uniform(0.3, 0.8, 12)
    series, levels = series_of(numbers), tuple(sorted(asked))
    found = learn_holidays(series, holidays_on(set(range(5, 140, 10))), "UTC", 20 * DAY_MS)
    assert any(event.spread > 0.0 for event in found.events)
    known = Annotations(found.events, (), found.ignore)
    own = forecast_series(series, 20, levels, known).values
    among = forecast_series(series, 20, (*levels, 0.001, 0.5, 0.999), known).values
    np.testing.assert_allclose(own, among[:, : len(levels)], rtol=1e-12)


@laws
@given(values)
def test_without_holidays_nothing_changes(numbers):
    found = learn_holidays(series_of(numbers), [], "UTC", 30 * DAY_MS)
    assert (found.events, found.ignore, found.effect.state) == ((), (), HolidayState.CANNOT_TELL)
