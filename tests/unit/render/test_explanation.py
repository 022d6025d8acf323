"""What stands behind a row of the runway: where it was read, and no chance that looks more certain than it is."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date

from tests.unit.planning.histories import history, runway_of

from plimsoll.domain.runway import RunwayExplanation
from plimsoll.render.explanation import tables


def told(source: str) -> dict[str, str]:
    found = runway_of(history(level=0.6))
    row = replace(found.row, source=source)
    return {fact[0]: fact[1] for fact in tables(RunwayExplanation(row, found.evidence))[0].rows}


def test_an_explanation_names_where_its_series_was_read() -> None:
    assert told("metrics.csv")["source"] == "metrics.csv"
    assert "source" not in told("")


def test_a_chance_that_no_future_showed_is_not_told_as_none() -> None:
    """A few hundred futures cannot distinguish a chance of zero from one in a thousand."""
    assert told("")["probability of none"] == "<1% within 90d"


def test_a_date_to_act_by_names_its_day_of_the_week() -> None:
    """Lead times are not in working days, so a date on a Sunday must be visible as such."""
    moment, _, day = told("")["act by"].partition(", a ")
    assert day == calendar.day_name[date.fromisoformat(moment[:10]).weekday()]
