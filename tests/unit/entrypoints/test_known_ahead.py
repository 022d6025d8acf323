"""What is typed of the future becomes what the forecast is given: a model's scenario keeps its driver's series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.app.model import model_from_text
from plimsoll.domain.errors import UsageError
from plimsoll.domain.forecast import Annotations, Combination, Event
from plimsoll.domain.series import Harvest, Series, SeriesId
from plimsoll.entrypoints.cli.known_ahead import Course, annotations_from, course_from

DAY_MS = 86_400_000
MODEL = model_from_text(
    "apiVersion: plimsoll/v1\nkind: System\nmetadata: {name: shop}\n"
    "drivers: [{name: users, signal: reqs}, {name: tasks, of: users, ratio: 3, signal: tasks_started}, {name: staff}]\n"
    "sources: [{name: file, kind: csv, file: x.csv}]\n"
    "signals: [{name: reqs, source: file}, {name: tasks_started, source: file}]\n"
    "scenarios: [{name: low, driver: users, monthly: 5%, variance: 10%}, {name: hiring, driver: staff, monthly: 1%},"
    " {name: wide, driver: users, range: [5%, 15%]}]\n"
)
RATES = 100 * 1.05 ** (np.arange(400) / 30.4375) * np.where(np.arange(400) >= 300, 2, 1)
GROWN = Harvest("x.csv", (Series(SeriesId("web/reqs"), DAY_MS * np.arange(400, dtype=np.int64), RATES),))


def test_a_scenario_of_the_model_concerns_what_follows_its_driver() -> None:
    low, hiring = (course_from(MODEL, Course(name, add=True), GROWN, Annotations()) for name in ("low", "hiring"))
    assert low is not None
    assert hiring is not None
    assert (low.monthly_rates, low.spread, low.combination) == ((0.05,), 0.1, Combination.ADD)
    assert [low.concerns(name) for name in ("web/reqs", "tasks_started", "users", "cpu")] == [True, True, True, False]
    assert not hiring.concerns("web/reqs")


def test_a_start_is_of_one_of_the_series_that_follow_a_driver() -> None:
    both = replace(GROWN, series=(*GROWN.series, replace(GROWN.series[0], id=SeriesId("tasks_started"))))
    with pytest.raises(UsageError, match="start of one series, not of 2"):
        course_from(MODEL, Course("low", initial=5.0), both, Annotations())
    low = course_from(MODEL, Course("low", initial=5.0, only=("tasks_started",)), both, Annotations())
    assert low is not None
    assert low.initial == 5.0


def test_a_range_of_the_model_reaches_the_forecast() -> None:
    wide = course_from(MODEL, Course("wide"), GROWN, Annotations())
    assert wide is not None
    assert (wide.monthly_rates, wide.rate_range) == ((0.1,), (0.05, 0.15))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("5", "growth 500% a month"), ("0.05", "growth 5% a month"), ("10%,8%", "growth 10%, 8% a month")],
)
def test_typed_growth_is_shown_in_percent(typed: str, shown: str) -> None:
    """Who types 5 for five percent gets six times as much after a month, and must see it."""
    found = course_from(None, Course(growth=typed), GROWN, Annotations())
    assert found is not None
    assert found.name == shown


def test_typed_growth_concerns_every_series() -> None:
    typed = course_from(None, Course(growth="5%"), GROWN, Annotations())
    assert typed is not None
    assert typed.concerns("anything")


def test_the_growth_of_the_past_leaves_out_what_events_have_done() -> None:
    launch = Event("launch", 300 * DAY_MS, None, factor=2.0, only=frozenset({"reqs"}))
    plain, known = (
        course_from(None, Course(growth="history"), GROWN, one) for one in (Annotations(), Annotations((launch,)))
    )
    assert plain is not None
    assert known is not None
    assert known.monthly_rates[0] == pytest.approx(0.05, abs=0.002)
    assert plain.monthly_rates[0] > 0.08


def test_a_scenario_that_the_model_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(UsageError, match="'lo' is unknown; known are low, hiring, wide"):
        course_from(MODEL, Course("lo"), GROWN, Annotations())
    with pytest.raises(UsageError, match="give a model with -m"):
        course_from(None, Course("low"), GROWN, Annotations())


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("", "00:00"), ("UTC", "00:00"), ("Europe/Berlin", "22:00"), ("America/New_York", "04:00")],
)
def test_times_that_carry_no_zone_are_of_the_zone_of_the_file(zone: str, hour: str) -> None:
    """They were UTC, so that a day to ignore took the samples of another one."""
    day = "2026-07-02..2026-07-03"
    known = annotations_from(None, [f"sale={day}*2"], ["2026-07-02"], [day], zone)
    start = np.datetime64(f"2026-07-0{2 if hour != '22:00' else 1}T{hour}", "ms").astype(np.int64)
    (event,), (change,), (ignored,) = known.events, known.changepoints, known.ignore
    assert (event.start_ms, change.at_ms, ignored.window.start_ms) == (start, start, start)
    assert (event.end_ms, ignored.window.end_ms) == (start + DAY_MS, start + DAY_MS)


def test_a_time_that_carries_its_zone_keeps_it() -> None:
    known = annotations_from(None, (), ["2026-07-02T00:00:00Z"], (), "Europe/Berlin")
    assert known.changepoints[0].at_ms == np.datetime64("2026-07-02", "ms").astype(np.int64)


@pytest.mark.parametrize(("typed", "written"), [("*0", "factor: 0"), ("*2", "factor: 2"), ("+-5", "offset: -5")])
def test_an_event_may_be_typed_or_stand_in_the_model(typed: str, written: str) -> None:
    head = "apiVersion: plimsoll/v1\nkind: System\nmetadata: {name: shop}\n"
    model = model_from_text(f"{head}events: [{{name: a, start: 2026-07-02, end: 2026-07-03, {written}}}]\n")
    assert annotations_from(model, (), (), ()) == annotations_from(None, [f"a=2026-07-02..2026-07-03{typed}"], (), ())
