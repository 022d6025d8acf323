"""Series: sorted, one sample a time stamp, gaps left as gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from plimsoll.domain.series import Series, SeriesId, as_datetime, as_ms, tidy


def test_samples_are_sorted_and_the_last_of_each_time_stamp_is_kept() -> None:
    times, values, dropped, out_of_order = tidy(np.array([30, 10, 30, 20]), np.array([1.0, 2.0, 3.0, 4.0]))
    assert (times.tolist(), values.tolist(), dropped, out_of_order) == ([10, 20, 30], [2.0, 4.0, 3.0], 1, True)


@pytest.mark.parametrize("times", [[], [5], [1, 2, 3]], ids=["none", "one", "sorted"])
def test_tidy_input_is_left_alone(times: list[int]) -> None:
    _, _, dropped, out_of_order = tidy(np.array(times, dtype=np.int64), np.zeros(len(times)))
    assert (dropped, out_of_order) == (0, False)


def test_the_step_is_the_most_common_distance() -> None:
    times = np.array([0, 60, 120, 600, 660], dtype=np.int64)
    assert Series(SeriesId("a"), times, np.zeros(5)).step_ms == 60
    assert Series(SeriesId("a"), times[:1], np.zeros(1)).step_ms is None


@pytest.mark.parametrize(
    ("step_ms", "jitter_ms"),
    [(3_600_000, 1_000), (3_600_000, 300_000), (300_000, 2_000), (15_000, 40), (86_400_000, 3_000_000), (1_000, 3)],
)
def test_where_clocks_jitter_the_step_is_the_usual_distance_in_whole_units(step_ms: int, jitter_ms: int) -> None:
    """The least distance is as common as any other, but with it as the step a day of hours has no daily season."""
    late = np.random.default_rng(1).integers(0, jitter_ms, 200)
    times = np.delete(step_ms * np.arange(200) + late, [20, 21, 90])
    assert Series(SeriesId("a"), times, np.zeros(times.size)).step_ms == step_ms


@pytest.mark.parametrize("seed", range(8))
def test_among_whole_seconds_of_a_jittering_clock_none_is_the_step_for_being_a_little_more_common(seed: int) -> None:
    times = 60_000 * np.arange(200) + 1_000 * np.random.default_rng(seed).integers(0, 8, 200)
    assert Series(SeriesId("a"), times, np.zeros(200)).step_ms == 60_000


def test_a_step_of_no_whole_units_stays_what_it_is() -> None:
    times = np.cumsum(90_400 + np.random.default_rng(1).integers(-40, 40, 200))
    assert Series(SeriesId("a"), times, np.zeros(times.size)).step_ms == pytest.approx(90_400, abs=10)


@pytest.mark.parametrize(
    ("step_ms", "late_ms", "jitter_ms"),
    [
        (300_000, [0, 7_000], 1),
        (60_000, [0, 5_000], 4),
        (3_600_000, [0, 60_000], 1_000),
        (300_000, [0, 7_000, 20_000], 1),
        (60_000, [0, 2_000, 4_000, 6_000], 40),
    ],
    ids=["pair", "jittering-pair", "hours", "three-readers", "four-readers"],
)
def test_the_step_of_several_readers_is_that_of_each(step_ms: int, late_ms: list[int], jitter_ms: int) -> None:
    """Two servers that scrape one target show two samples seconds apart every step, and of those no step."""
    each = np.delete(step_ms * np.arange(200), [20, 21, 90])
    jitter = np.random.default_rng(1).integers(0, jitter_ms, (each.size, len(late_ms)))
    times = (np.add.outer(each, late_ms) + jitter).ravel()
    assert Series(SeriesId("a"), times, np.zeros(times.size)).step_ms == step_ms


@pytest.mark.parametrize("days", [[5, 6], [4, 5, 6], [0, 1, 2, 3, 4]], ids=["weekends", "long-weekends", "work-days"])
def test_days_of_the_week_are_no_readers(days: list[int]) -> None:
    times = 86_400_000 * np.add.outer(7 * np.arange(30), days).ravel()
    assert Series(SeriesId("a"), times, np.zeros(times.size)).step_ms == 86_400_000


def test_an_id_is_the_same_whatever_the_order_of_its_labels() -> None:
    assert SeriesId.of("up", {"b": "2", "a": "1"}) == SeriesId.of("up", {"a": "1", "b": "2"})
    assert str(SeriesId.of("up", {"b": "2", "a": "1"})) == 'up{a="1",b="2"}'


def test_a_naive_time_is_utc_and_an_aware_one_is_itself() -> None:
    noon = datetime(2026, 3, 1, 12)  # noqa: DTZ001 naive on purpose
    assert as_datetime(as_ms(noon)) == noon.replace(tzinfo=UTC)
    assert as_ms(datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))) == as_ms(noon)
