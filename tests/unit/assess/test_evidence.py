"""What speaks for one remedy rather than another, as the newest readings tell it."""

from __future__ import annotations

import pytest

from plimsoll.assess.evidence import connections_idle, database_slow, sequential_scans
from plimsoll.domain.assessment import Level, Resource, Severity, Threshold
from plimsoll.domain.observation import MISSING, Reading, Value
from plimsoll.domain.series import SeriesId


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
