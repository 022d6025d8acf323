"""Notes state what was applied to which forecast, in units of the series; no growth is applied without a request."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.forecast.panels import HOUR_MS, daily_wave, hours

from plimsoll.app.forecasts.notes import annotation_notes
from plimsoll.app.forecasts.reports import ForecastAsk, forecast_report
from plimsoll.domain.errors import UsageError
from plimsoll.domain.forecast import Annotations, Changepoint, Event, ForecastReport, IgnoreWindow, Scenario
from plimsoll.domain.series import Harvest, MetricKind, Series, SeriesId, Window
from plimsoll.domain.time_spans import DAY_MS

LOW = Scenario("low", (0.5,), only=frozenset({"users", "reqs"}))


def one(name: str, unit: str = "", kind: MetricKind = MetricKind.UNKNOWN) -> Series:
    return Series(SeriesId(name), hours(240), np.abs(daily_wave(240)), unit, kind)


REQS, LOAD = one("web/reqs", "req"), one("web/load", "percent", MetricKind.PERCENT)
TOTAL = one("reqs", "req", MetricKind.COUNTER)


@pytest.mark.parametrize(
    ("event", "wanted", "said"),
    [
        (Event("x", 0, factor=2.0), (REQS,), "event x: x 2"),
        (Event("x", 0, offset=10.0), (REQS,), "event x: + 10 req"),
        (Event("x", 0, offset=-10.0), (LOAD,), "event x: - 10 points"),
        (Event("x", 0, factor=2.0, offset=1.5), (REQS, LOAD), "event x: x 2 + 1.5"),
        (Event("x", 0, offset=5.0, only=frozenset({"load"})), (REQS, LOAD), "event x: + 5 points, on load"),
        (Event("x", 0, offset=5.0), (TOTAL,), "event x: + 5 req a step"),
        (Event("x", 0), (REQS,), "event x: x 1"),
    ],
    ids=["factor", "offset", "points_less", "two_units", "of_one_series", "counter", "nothing"],
)
def test_an_event_is_told_by_what_it_does(event: Event, wanted: tuple[Series, ...], said: str) -> None:
    assert annotation_notes(Annotations((event,)), wanted, HOUR_MS) == (said,)


def report_of(scenario: Scenario, *series: Series) -> ForecastReport:
    return forecast_report(Harvest("x.csv", series), ForecastAsk(24 * HOUR_MS, (0.5,), scenario=scenario))


def test_a_scenario_of_a_driver_is_laid_on_what_follows_it_and_on_nothing_else() -> None:
    plain, grown = (report_of(course, REQS, LOAD) for course in (Scenario("all", (0.0,), only=LOW.only), LOW))
    assert grown.forecasts[1] == plain.forecasts[1]
    assert "low" not in grown.forecasts[1].why
    assert grown.forecasts[0].why.endswith("low")
    assert grown.forecasts[0].rows[-1].quantiles["q0.5"] > 1.01 * plain.forecasts[0].rows[-1].quantiles["q0.5"]
    assert grown.notes == ("scenario low: laid on web/reqs; not on web/load, which its driver does not move",)
    assert report_of(LOW, REQS).notes == ("scenario low: laid on web/reqs",)


def test_a_course_without_a_driver_is_laid_on_every_series() -> None:
    report = report_of(Scenario("growth 50% a month", (0.5,)), REQS, LOAD)
    assert all(found.why.endswith("growth 50% a month") for found in report.forecasts)
    assert report.notes == ()


def test_a_scenario_that_nothing_follows_and_a_total_from_a_stated_number_are_refused() -> None:
    with pytest.raises(UsageError, match="low is a course of reqs, users, which no series"):
        report_of(LOW, LOAD)
    with pytest.raises(UsageError, match="reqs is a counter, which cannot start"):
        report_of(Scenario("s", (0.1,), initial=5.0), TOTAL)


def test_a_stated_start_says_that_it_stands_alone() -> None:
    (found,) = report_of(Scenario("growth 10% a month", (0.1,), initial=5.0), REQS).forecasts
    assert found.why.endswith("growth 10% a month from 5, without the forecast and known events")
    assert found.rows[0].quantiles["q0.5"] == pytest.approx(5.0, rel=1e-3)


@pytest.mark.parametrize(
    ("at_ms", "said"),
    [
        pytest.param(60_000, "history before 1970-01-01 00:01Z is left out", id="in_the_history"),
        pytest.param(
            120_000,
            "the change of 1970-01-01 00:02Z lies past every sample: no history is left out for it",
            id="still_to_come",
        ),
        pytest.param(
            0,
            "the change of 1970-01-01 00:00Z lies before every sample: no history is left out for it",
            id="before_it_all",
        ),
    ],
)
def test_a_change_point_says_whether_it_cuts_the_history(at_ms: int, said: str) -> None:
    series = Series(SeriesId("disk"), np.array([0, 60_000], dtype=np.int64), np.ones(2))
    assert annotation_notes(Annotations(changepoints=(Changepoint(at_ms),)), [series], HOUR_MS) == (said,)


NOTHING = "touches no sample and no step that is forecast; nothing is changed"


@pytest.mark.parametrize(
    ("hour", "kind", "acts"),
    [
        pytest.param(9, MetricKind.GAUGE, False, id="between_two_days"),
        pytest.param(22, MetricKind.GAUGE, True, id="over_midnight"),
        pytest.param(10, MetricKind.COUNTER, True, id="over_the_middle_of_a_counters_step"),
        pytest.param(22, MetricKind.COUNTER, False, id="at_the_edge_of_a_counters_step"),
    ],
)
@pytest.mark.parametrize("day", [5, 40, 70], ids=["past", "ahead", "far_ahead"])
def test_an_event_of_hours_is_told_as_applied_to_days_only_where_it_is(
    day: int, hour: int, kind: MetricKind, acts: bool
) -> None:
    series = Series(SeriesId("disk"), DAY_MS * np.arange(30, dtype=np.int64), np.arange(30.0), "", kind)
    start_ms = day * DAY_MS + hour * HOUR_MS
    known = Annotations(
        (Event("x", start_ms, start_ms + 4 * HOUR_MS, factor=2.0),),
        ignore=(IgnoreWindow(Window(5 * DAY_MS + HOUR_MS, 5 * DAY_MS + 2 * HOUR_MS)),),
    )
    event, ignored = annotation_notes(known, [series], 60 * DAY_MS)
    assert event == f"event x: {'x 2' if acts else NOTHING}"
    assert ignored.endswith("holds no sample: nothing is ignored")


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (Event("x", -5, 0, factor=2.0), f"event x: {NOTHING}"),
        (Event("x", 60_000 + HOUR_MS + 1, factor=2.0), f"event x: {NOTHING}"),
        (Event("x", 60_000 + HOUR_MS, factor=2.0), "event x: x 2"),
        (Event("x", 0, factor=2.0, only=frozenset({"cpu"})), f"event x: {NOTHING}, on cpu"),
        (IgnoreWindow(Window(-9, 0)), "1969-12-31 23:59Z to 1970-01-01 00:00Z holds no sample: nothing is ignored"),
        (IgnoreWindow(Window(60_000, 60_001)), "1970-01-01 00:01Z to 1970-01-01 00:01Z is ignored"),
    ],
    ids=["over_before", "after_the_horizon", "in_its_last_step", "of_another_series", "before_it_all", "last_sample"],
)
def test_what_touches_nothing_says_so(known: Event | IgnoreWindow, said: str) -> None:
    """A mistyped year must not be reported as applied."""
    series = Series(SeriesId("disk"), np.array([0, 60_000], dtype=np.int64), np.ones(2))
    is_event = isinstance(known, Event)
    both = Annotations(events=(known,)) if is_event else Annotations(ignore=(known,))
    assert annotation_notes(both, [series], HOUR_MS) == (said,)
