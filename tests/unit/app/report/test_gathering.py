"""A report contains what was known at its as-of time, and no forecast or rhythm of a series that ended before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.planning.histories import LIMIT, history

from plimsoll.app.model import model_from_text
from plimsoll.app.report.gathered import Gathered
from plimsoll.app.report.gathering import Read, gather
from plimsoll.app.runway.inputs import Inputs
from plimsoll.bootstrap import advice_base
from plimsoll.domain.errors import NothingToAnswer
from plimsoll.domain.forecast import Annotations, Event, IgnoreWindow
from plimsoll.domain.runway import RunwayRow, RunwayState
from plimsoll.domain.series import Harvest, SeriesId, Window
from plimsoll.forecast.annotations import with_events
from plimsoll.planning.runway import Resource

DAY_MS = 86_400_000
CALM = history(days=60, per_day=0.0)
FIRST_MS, LAST_MS = int(CALM.times_ms[0]), int(CALM.times_ms[-1])


def gathered_as_of(as_of_ms: int) -> Gathered:
    harvest, resource = Harvest("m.csv", (CALM,)), Resource("db/calm", "db", CALM, LIMIT)
    return gather(Read(harvest, (Inputs("m.csv", (resource,)),), 7 * DAY_MS, as_of_ms), None, advice_base())


def test_nothing_past_the_moment_asked_for_is_looked_at() -> None:
    """A recording may continue after that moment; a live source could not."""
    as_of_ms = LAST_MS - 20 * DAY_MS
    (outlook,) = gathered_as_of(as_of_ms).outlooks
    assert int(outlook.series.times_ms[-1]) <= as_of_ms
    assert outlook.forecast is not None
    assert as_of_ms - DAY_MS < int(outlook.forecast.times_ms[0]) <= as_of_ms + DAY_MS


@pytest.mark.parametrize(
    ("as_of_ms", "stale"),
    [
        pytest.param(LAST_MS, (), id="the_last_sample"),
        pytest.param(LAST_MS + 30 * DAY_MS, ("db/calm",), id="a_month_after_it"),
        pytest.param(FIRST_MS - DAY_MS, ("db/calm",), id="before_the_first"),
    ],
)
def test_what_is_too_old_to_speak_for_now_has_no_forecast_and_no_rhythm(as_of_ms: int, stale: tuple[str, ...]) -> None:
    found = gathered_as_of(as_of_ms)
    assert found.stale == stale
    assert (bool(found.outlooks), found.patterns is not None) == (not stale, not stale)


def test_every_part_calls_a_resource_by_one_name() -> None:
    labeled = replace(CALM, id=SeriesId.of("disk", {"host": "db", "mount": "/var"}))
    resource = Resource("db/disk:/var", "db", labeled, LIMIT)
    read = Read(Harvest("m.csv", (labeled,)), (Inputs("m.csv", (resource,)),), 7 * DAY_MS, LAST_MS)
    found = gather(read, None, advice_base())
    assert found.runway is not None
    assert found.patterns is not None
    assert found.assessment is not None
    assert {
        found.runway.rows[0].resource,
        found.patterns.patterns[0].series,
        found.assessment.standings[0].resource,
        str(found.outlooks[0].series.id),
    } == {"db/disk:/var"}


def test_where_nothing_was_read_there_is_nothing_to_report_on() -> None:
    with pytest.raises(NothingToAnswer, match="no series to report on"):
        gather(Read(Harvest("m.csv", ()), (), 7 * DAY_MS, LAST_MS), None, advice_base())


def test_the_sources_name_each_remark_of_the_runway_once() -> None:
    inputs = Inputs("m.csv", (Resource("db/calm", "db", CALM, LIMIT),), notes=("2 empty cells", "event sale: idle"))
    read = Read(Harvest("m.csv", (CALM,), notes=("2 empty cells",)), (inputs,), 7 * DAY_MS, LAST_MS)
    assert gather(read, None, advice_base()).sources == ("m.csv", "2 empty cells", "event sale: idle")


def test_what_could_not_be_read_is_a_row_of_the_runway_even_where_nothing_else_is() -> None:
    failed = RunwayRow("disk", None, "", None, RunwayState.ERROR, None, None, None, None, None, "no connection")
    read = Read(Harvest("m.csv", ()), (Inputs("m.csv", (), (failed,)),), 7 * DAY_MS, LAST_MS)
    model = model_from_text(
        "apiVersion: plimsoll/v1\nkind: System\nmetadata: {name: shop}\n"
        "drivers: [{name: users, now: 9}]\nscenarios: [{name: base, driver: users, monthly: 5%}]\n"
        "components: [{name: web, demand: {driver: users, unit: users}, capacity: {per_replica: 10}}]\n"
    )
    found = gather(read, model, advice_base()).runway
    assert found is not None
    assert [(row.resource, row.why) for row in found.rows] == [("disk", "no connection")]


HOUR_MS = 3_600_000
TODAY_MS = LAST_MS // DAY_MS * DAY_MS


def forecast_of_days(values: np.ndarray, stated: Annotations) -> np.ndarray:
    """Return the medians of the worst of each day, the first that of the day after the last."""
    series = replace(CALM, values=values)
    resource = Resource("db/calm", "db", series, LIMIT, annotations=stated, stated=stated)
    read = Read(Harvest("m.csv", (series,)), (Inputs("m.csv", (resource,)),), 7 * DAY_MS, LAST_MS)
    (outlook,) = gather(read, None, advice_base()).outlooks
    assert outlook.forecast is not None
    return outlook.forecast.at(0.5)


def test_hours_to_ignore_and_past_events_of_hours_are_in_no_worst_of_a_day() -> None:
    """They begin after the start of a day, at which its worst is stamped."""
    incidents = [
        Window(TODAY_MS - day * DAY_MS + 9 * HOUR_MS, TODAY_MS - day * DAY_MS + 12 * HOUR_MS) for day in (2, 5)
    ]
    sale = Event("sale", TODAY_MS - 8 * DAY_MS + 9 * HOUR_MS, TODAY_MS - 8 * DAY_MS + 15 * HOUR_MS, factor=2.0)
    values = with_events(CALM.values[:, None], CALM.times_ms, [sale])[:, 0]
    for one in incidents:
        values[(CALM.times_ms >= one.start_ms) & (CALM.times_ms < one.end_ms)] = 1.0
    stated = Annotations((sale,), ignore=tuple(IgnoreWindow(one) for one in incidents))
    np.testing.assert_allclose(
        forecast_of_days(values, stated), forecast_of_days(CALM.values, Annotations()), rtol=0.01
    )


def test_an_event_of_hours_that_makes_things_worse_changes_its_day() -> None:
    start_ms = TODAY_MS + 3 * DAY_MS + 9 * HOUR_MS
    plain = forecast_of_days(CALM.values, Annotations())
    for factor, expected in ((1.5, 1.5), (0.5, 1.0)):
        event = Event("sale", start_ms, start_ms + 4 * HOUR_MS, factor=factor)
        changed = forecast_of_days(CALM.values, Annotations((event,))) / plain
        assert changed[:5] == pytest.approx([1.0, 1.0, expected, 1.0, 1.0])
