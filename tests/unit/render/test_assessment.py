"""The rhythm of a workload as tables: what was not asked for has no column of dashes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plimsoll.domain.assessment import Action, Assessment, Priority, Term
from plimsoll.domain.pattern import Pattern, Patterns, PatternState, PlainTrend
from plimsoll.render.assessment import pattern_tables, tables


@pytest.mark.parametrize(("explained", "told"), [(0.9, ["0.90"]), (None, [])])
def test_r_squared_has_a_column_where_it_is_told(explained: float | None, told: list[str]) -> None:
    trend = PlainTrend("linear", 5.0, {"month": 3.0}, 0.1, None, explained, 60, 59.0)
    pattern = Pattern("users", "users", PatternState.CANNOT_TELL, "too short", trends=(trend,))
    growth = pattern_tables(Patterns(datetime(2026, 1, 1, tzinfo=UTC), (pattern,)))[-1]
    assert list(growth.columns[3:]) == ["A MONTH", *(["R2"] if told else []), "OF"]
    assert list(growth.rows[0][4:-1]) == told


def test_advice_for_a_whole_fleet_is_one_line_that_names_a_few() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    fleet = tuple(f"h{number}" for number in range(40))
    told = tuple(Pattern(name, "", PatternState.OK, "", recommendations=("monitor it daily",)) for name in fleet)
    other = Pattern("web", "", PatternState.OK, "", recommendations=("look at it weekly",))
    assert pattern_tables(Patterns(now, told))[1].notes == ("monitor it daily",)
    assert pattern_tables(Patterns(now, (*told, other)))[1].notes == (
        "h0, h1, h2, h3, h4 and 35 more: monitor it daily",
        "web: look at it weekly",
    )
    action = Action("rotate", "Rotate logs.", Term.IMMEDIATE, fleet, ())
    fleet_assessment = Assessment("fleet", now, (), (), (action,), Priority.NONE, (), ())
    assert tables(fleet_assessment)[-1].rows == (("Now", "Rotate logs.", "h0, h1, h2, h3, h4 and 35 more", "-"),)
