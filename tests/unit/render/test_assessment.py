"""The rhythm of a workload as tables: what was not asked for has no column of dashes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plimsoll.domain.pattern import Pattern, Patterns, PatternState, PlainTrend
from plimsoll.render.assessment import pattern_tables


@pytest.mark.parametrize(("explained", "told"), [(0.9, ["0.90"]), (None, [])])
def test_r_squared_has_a_column_where_it_is_told(explained: float | None, told: list[str]) -> None:
    trend = PlainTrend("linear", 5.0, {"month": 3.0}, 0.1, None, explained, 60, 59.0)
    pattern = Pattern("users", "users", PatternState.CANNOT_TELL, "too short", trends=(trend,))
    growth = pattern_tables(Patterns(datetime(2026, 1, 1, tzinfo=UTC), (pattern,)))[-1]
    assert list(growth.columns[3:]) == ["A MONTH", *(["R2"] if told else []), "OF"]
    assert list(growth.rows[0][4:-1]) == told
