"""Patterns: hours, weekdays, ratios and what to size for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.signal import lfilter

from plimsoll.assess.patterns import pattern_of
from plimsoll.domain.pattern import PatternState
from plimsoll.domain.series import Series, SeriesId

HOUR_MS = 3_600_000
MONDAY_MS = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp() * 1000)


def sample_month(seed: int = 7) -> Series:
    """Thirty days by the rules of reference system 3: busy from nine to five, quieter at weekends, a fifth of noise."""
    draws = np.random.default_rng(seed)
    times = MONDAY_MS + HOUR_MS * np.arange(30 * 24, dtype=np.int64)
    hour, day = (times // HOUR_MS) % 24, (times // (24 * HOUR_MS) + 3) % 7
    busy = np.where((hour >= 9) & (hour <= 17), 1.5, 0.7) * np.where(day < 5, 1.2, 0.8)
    return Series(SeriesId("requests"), times, 100 * busy * draws.uniform(0.8, 1.2, times.size))


def test_the_busy_hours_and_days_of_a_month_are_found() -> None:
    pattern = pattern_of(sample_month())
    assert pattern.state is PatternState.OK
    assert "09:00" <= (pattern.peak_hour or "") <= "17:00"
    assert pattern.peak_day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    assert pattern.trough_day in ("Saturday", "Sunday")
    assert pattern.weekday_mean == pytest.approx(1.5 * (pattern.weekend_mean or 0), rel=0.05)
    assert pattern.peak_to_trough == pytest.approx(1.5 / 0.7, rel=0.15)
    assert set(pattern.high_variance_hours) <= {f"{hour:02d}:00" for hour in range(9, 18)}
    assert len(pattern.high_variance_hours) == 5


def test_the_values_to_size_for_are_ordered_and_the_buffer_is_a_fifth() -> None:
    sizes = {item.name: item.value for item in pattern_of(sample_month()).scenarios}
    assert sizes["baseline"] < sizes["p95"] < sizes["peak"]
    assert sizes["peak_with_buffer"] == pytest.approx(1.2 * sizes["peak"])


@pytest.mark.parametrize(
    ("noon", "rest", "often"),
    [
        pytest.param(2.0, 1.0, "monitor it daily", id="calm"),
        pytest.param(4.0, 1.0, "monitor it hourly", id="steep"),
        pytest.param(4.0, 0.0, "monitor it hourly", id="steeper_than_any_ratio"),
        pytest.param(0.0, 0.0, "monitor it daily", id="nothing_ever"),
    ],
)
def test_a_steep_day_is_looked_at_hourly(noon: float, rest: float, often: str) -> None:
    times = MONDAY_MS + HOUR_MS * np.arange(72, dtype=np.int64)
    values = np.where((times // HOUR_MS) % 24 == 12, noon, rest)
    assert often in pattern_of(Series(SeriesId("rate"), times, values)).recommendations


def test_hours_are_those_of_the_zone_on_both_sides_of_a_clock_change() -> None:
    start = int(datetime(2026, 3, 27, tzinfo=UTC).timestamp() * 1000)  # Berlin turns its clocks on 29 March 2026
    times = start + HOUR_MS * np.arange(24 * 5, dtype=np.int64)
    local_noon = np.where(times < int(datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp() * 1000), 11, 10)
    values = np.where((times // HOUR_MS) % 24 == local_noon, 9.0, 1.0)
    pattern = pattern_of(Series(SeriesId("rate"), times, values), "Europe/Berlin")
    noon = next(slot for slot in pattern.by_hour if slot.label == "12:00")
    assert (pattern.peak_hour, noon.low, noon.samples) == ("12:00", 9.0, 5)


@pytest.mark.parametrize("values", [[], [1.0], [np.nan] * 48, [1.0] * 12], ids=["none", "one", "all_nan", "half_a_day"])
def test_too_little_history_cannot_tell_and_says_what_is_needed(values: list[float]) -> None:
    times = MONDAY_MS + HOUR_MS * np.arange(len(values), dtype=np.int64)
    pattern = pattern_of(Series(SeriesId("rate"), times, np.array(values, dtype=np.float64)))
    assert pattern.state is PatternState.CANNOT_TELL
    assert "needs 24" in pattern.why
    assert pattern.scenarios == ()


def filling(daily_wave: float, weeks: float = 4.0) -> Series:
    """A disk that fills by a point a day, measured hourly with a little noise, with a wave of the day on top."""
    hours = np.arange(int(weeks * 7 * 24))
    noise = np.random.default_rng(3).normal(0, 0.02, hours.size)
    values = 20 + hours / 24 + daily_wave * np.sin(hours * 2 * np.pi / 24) + noise
    return Series(SeriesId("disk"), MONDAY_MS + hours * 3_600_000, values)


@pytest.mark.parametrize("weeks", [0.3, 1.0, 4.0, 3.6])
def test_what_only_rises_has_no_busy_hour_and_no_busy_day(weeks: float) -> None:
    found = pattern_of(filling(0.0, weeks))
    assert (found.peak_hour, found.trough_hour, found.peak_day, found.trough_day) == (None,) * 4
    assert found.peak_to_trough is None
    assert "; no busy hour: " in found.why


def test_a_rhythm_on_top_of_a_rise_is_still_told() -> None:
    found = pattern_of(filling(3.0))
    assert (found.peak_hour, found.trough_hour) == ("06:00", "18:00")
    assert "no busy hour" not in found.why


def hourly(days: int, rhythm: float, seed: int, kept: float = 0.0) -> Series:
    """Noise of one, of which each hour keeps a share from the hour before, round a wave of the day of this height."""
    hours = np.arange(24 * days)
    shocks = np.random.default_rng(seed).normal(0, 1, hours.size)
    noise = lfilter([1.0], [1.0, -kept], shocks)
    return Series(SeriesId("load"), MONDAY_MS + HOUR_MS * hours, 100 + noise + rhythm * np.sin(hours * 2 * np.pi / 24))


@pytest.mark.parametrize("kept", [0.0, 0.9, 1.0], ids=["white", "lasting", "random_walk"])
@pytest.mark.parametrize("days", [5, 14, 60])
def test_noise_has_no_busy_hour_and_no_busy_day(days: int, kept: float) -> None:
    found = [pattern_of(hourly(days, 0.0, seed, kept)) for seed in range(25)]
    assert sum(one.peak_hour is not None or one.peak_day is not None for one in found) <= 2
    assert all("no more than chance" in one.why for one in found if one.peak_hour is None)


@pytest.mark.parametrize(("days", "rhythm"), [(5, 5.0), (14, 2.0), (60, 1.0)])
def test_a_rhythm_that_comes_back_day_by_day_is_told(days: int, rhythm: float) -> None:
    found = [pattern_of(hourly(days, rhythm, seed)) for seed in range(10)]
    assert all("04:00" <= (one.peak_hour or "") <= "08:00" for one in found)


def test_two_days_tell_no_busy_hour_and_say_how_many_do() -> None:
    found = pattern_of(hourly(2, 50.0, 0))
    assert (found.peak_hour, found.peak_to_trough) == (None, None)
    assert found.why.endswith("; no busy hour: 2 whole days of samples, needs 3")


def test_a_rhythm_with_gaps_in_it_is_still_told() -> None:
    whole = hourly(14, 5.0, 0)
    values = np.where(np.random.default_rng(1).random(len(whole)) < 0.3, np.nan, whole.values)
    values[:60] = np.nan
    assert "04:00" <= (pattern_of(replace(whole, values=values)).peak_hour or "") <= "08:00"
