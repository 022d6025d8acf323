"""Facts that support one remedy over another, from the newest readings."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.assess.evidence import connections_idle, database_slow, memory_rises, relative_rise, sequential_scans
from plimsoll.domain.assessment import Level, Resource, Severity, Threshold
from plimsoll.domain.observation import MISSING, Reading, Value
from plimsoll.domain.series import Series, SeriesId


def line(start: float, rise: float, samples: int = 500) -> Series:
    """A straight line over an hour, which loses every third sample."""
    times = np.linspace(0, 3_600_000, samples).astype(np.int64)
    values = start + rise * times / times[-1]
    values[1:-1:3] = np.nan
    return Series(SeriesId("memory"), times, values)


def test_a_rise_is_measured_over_the_whole_span_as_a_share_of_the_mean() -> None:
    series = line(100.0, 10.0)
    assert relative_rise(series) == pytest.approx(10.0 / np.nanmean(series.values))


@pytest.mark.parametrize(
    "series",
    [
        pytest.param(line(100.0, 10.0, samples=16), id="eleven_samples"),
        pytest.param(line(0.0, 0.0), id="nothing"),
        pytest.param(line(-100.0, 10.0), id="below_nothing"),
    ],
)
def test_a_rise_of_too_few_samples_or_of_nothing_is_not_told(series: Series) -> None:
    assert relative_rise(series) is None


def test_twelve_samples_tell_a_rise() -> None:
    assert relative_rise(line(100.0, 10.0, samples=17)) is not None


@pytest.mark.parametrize(
    ("memory", "demand", "alone"),
    [
        pytest.param(40.0, 10.0, True, id="demand_by_less_than_half_as_much"),
        pytest.param(40.0, 20.0, False, id="demand_by_more_than_half_as_much"),
        pytest.param(11.0, 0.0, True, id="by_more_than_a_tenth"),
        pytest.param(9.0, 0.0, False, id="by_less_than_a_tenth"),
    ],
)
def test_memory_rises_alone_where_demand_does_not_follow(memory: float, demand: float, alone: bool) -> None:
    assert memory_rises(line(100.0, memory), [line(100.0, 0.0), line(100.0, demand)]) is alone


def by_state(**counts: float) -> dict[SeriesId, float]:
    names = {state: SeriesId("postgresql_connections", (("state", state.replace("_", " ")),)) for state in counts}
    return {names[state]: count for state, count in counts.items()}


@pytest.mark.parametrize(
    ("now", "idle"),
    [
        pytest.param(by_state(active=4, idle=9), True, id="most_are"),
        pytest.param(by_state(active=4, idle=3, idle_in_transaction=2), True, id="some_in_a_transaction"),
        pytest.param(by_state(active=5, idle=5), False, id="half_are"),
        pytest.param({SeriesId("postgresql_connections_used"): 9.0}, False, id="not_counted_by_state"),
        pytest.param({}, False, id="nothing_is_known"),
    ],
)
def test_idle_connections_are_seen_where_they_are_most(now: dict[SeriesId, float], idle: bool) -> None:
    assert connections_idle(now) is idle


def tables(**tables: tuple[float, float]) -> dict[SeriesId, float]:
    """Readings of tables by name: bytes, and the share of sequential scans."""
    names = ("postgresql_table_bytes", "postgresql_sequential_scan_ratio")
    labels = {table: (("schema", "public"), ("table", table)) for table in tables}
    return {
        SeriesId(name, labels[table]): value
        for table, values in tables.items()
        for name, value in zip(names, values, strict=True)
    }


@pytest.mark.parametrize(
    ("now", "scanned"),
    [
        pytest.param(tables(orders=(9e9, 0.8), codes=(8e3, 0.1)), True, id="the_largest_is"),
        pytest.param(tables(orders=(9e9, 0.1), codes=(8e3, 1.0)), False, id="a_small_one_is"),
        pytest.param(tables(orders=(9e9, 0.5)), False, id="as_often_as_by_index"),
        pytest.param({SeriesId("postgresql_table_bytes"): 9e9}, False, id="how_it_is_read_is_not_known"),
    ],
)
def test_scans_are_seen_where_the_largest_table_is_read_by_them(now: dict[SeriesId, float], scanned: bool) -> None:
    assert sequential_scans(now) is scanned


@pytest.mark.parametrize(
    ("topics", "reading", "slow"),
    [
        pytest.param(("latency", "database"), Value(0.3, 0.0), True, id="past_its_level"),
        pytest.param(("latency", "database"), Value(0.1, 0.0), False, id="below_it"),
        pytest.param(("latency", "database"), MISSING, False, id="not_read"),
        pytest.param(("latency",), Value(0.3, 0.0), False, id="of_something_else"),
    ],
)
def test_a_database_is_slow_where_a_time_of_it_is_past_a_level(
    topics: tuple[str, ...], reading: Reading, slow: bool
) -> None:
    level = Threshold((Level(0.2, Severity.HIGH),))
    assert database_slow([Resource("db", "query_time", "seconds", reading, threshold=level, topics=topics)]) is slow
