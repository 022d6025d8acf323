"""A model's events on resources: the offset of an event is in the unit in which the series is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from tests.fakes.written_calendar import WrittenCalendar
from tests.unit.planning.histories import DAY_MS, START_MS, history

from plimsoll.app.forecasts.public_holidays import HolidayTerms
from plimsoll.app.model import model_from_text
from plimsoll.app.runway.given_limits import given_limits
from plimsoll.app.runway.inputs import Ask
from plimsoll.app.runway.of_model import annotations_of, model_inputs
from plimsoll.bootstrap_sources import limit_catalog
from plimsoll.domain.forecast import Annotations, IgnoreWindow
from plimsoll.domain.holidays import Holiday
from plimsoll.domain.runway import RunwayRow, RunwayState
from plimsoll.domain.series import Harvest, MetricKind, Series, SeriesId, Window, as_datetime, as_ms
from plimsoll.planning.runway import Resource, Terms, estimate_runway

TEXT = """\
apiVersion: plimsoll/v1
kind: System
metadata: {name: shop}
components:
  - name: web
    limits:
      - {resource: cpu, hard: 99%, signal: load}
events:
  - {name: promo, start: 2026-03-08T00:00:00Z, end: 2026-03-10T00:00:00Z, offset: OFFSET}
"""
ASK = Ask(Window(0, START_MS + 60 * DAY_MS))
SHARE = history(60, level=0.7, per_day=0.0, wave=0.1)


def read_as(name: str, kind: MetricKind, unit: str, size: float) -> Series:
    return replace(SHARE, id=SeriesId(name), kind=kind, unit=unit, values=SHARE.values * size)


def resource_of(series: Series, offset: float, ask: Ask = ASK) -> Resource:
    text = TEXT.replace("OFFSET", str(offset)).replace("load", series.id.name)
    (found,) = model_inputs(model_from_text(text), Harvest("x.csv", (series,)), (), ask).resources
    return found


@pytest.mark.parametrize(
    ("series", "offset", "words"),
    [
        (read_as("load", MetricKind.PERCENT, "percent", 100), 5, ()),
        (read_as("cpu_percent", MetricKind.UNKNOWN, "", 100), 5, ()),
        (read_as("load", MetricKind.UNKNOWN, "", 100), 5, ()),
        (read_as("load", MetricKind.UNKNOWN, "", 100), 5, ("load=99%",)),
        (read_as("load", MetricKind.RATIO, "ratio", 1), 0.05, ()),
        (read_as("load", MetricKind.UNKNOWN, "", 1), 0.05, ()),
    ],
    ids=["percent", "percent_by_name", "percent_by_values", "percent_of_a_given_limit", "ratio", "ratio_by_values"],
)
def test_five_points_more_are_five_hundredths_of_a_ratio(series: Series, offset: float, words: tuple[str, ...]) -> None:
    found = resource_of(series, offset, replace(ASK, limits=given_limits(words)))
    assert [event.offset for event in found.annotations.events] == pytest.approx([0.05])
    assert found.stated == found.annotations
    assert float(np.nanmax(found.series.values)) == pytest.approx(SHARE.values.max())
    as_of = Terms(int(SHARE.times_ms[-1]), paths=100)
    assert estimate_runway(found, as_of).row.state is RunwayState.NONE_WITHIN_HORIZON


def test_what_is_learned_of_holidays_stays_in_the_unit_of_the_resource() -> None:
    feasts = tuple(Holiday(as_datetime(START_MS + day * DAY_MS).date(), "feast") for day in range(5, 76, 9))
    days = (SHARE.times_ms - START_MS) // DAY_MS
    values = np.where(days % 9 == 5, SHARE.values * 0.5, SHARE.values)
    terms = HolidayTerms(WrittenCalendar({"ES": feasts}), ("ES",))
    percent, ratio = (
        resource_of(
            replace(read_as("load", kind, kind.value, 1), values=values * size), 0, replace(ASK, holidays=terms)
        ).annotations.events
        for kind, size in ((MetricKind.PERCENT, 100.0), (MetricKind.RATIO, 1.0))
    )
    learned = [event for event in percent if event.name == "feast"]
    assert learned
    told = [np.array([(one.factor, one.offset, one.spread) for one in events]) for events in (percent, ratio)]
    np.testing.assert_allclose(told[0], told[1])


def row_of(limit: str, kind: MetricKind = MetricKind.PERCENT, words: tuple[str, ...] = ()) -> RunwayRow:
    """The row of a share that rises from 40 to 70 %, read in percent."""
    series = replace(history(60, per_day=0.005), id=SeriesId("load"), kind=kind, unit=kind.value)
    text = TEXT.split("events:", maxsplit=1)[0].replace("hard: 99%", limit)
    series = replace(series, values=series.values * 100)
    ask = replace(ASK, limits=given_limits(words))
    (found,) = model_inputs(model_from_text(text), Harvest("x.csv", (series,)), (), ask).resources
    return estimate_runway(found, Terms(int(series.times_ms[-1]), paths=100)).row


def test_a_limit_without_a_percent_sign_on_percentages_is_in_percent() -> None:
    """Read as ninety times the whole, the limit would never be reached."""
    assert row_of("hard: 90").breach == row_of("hard: 90%").breach
    assert row_of("hard: 90").state is RunwayState.OK


def test_a_limit_that_cannot_be_told_of_its_series_is_a_row_that_says_so() -> None:
    row = row_of("hard: 10GB")
    assert row.state is RunwayState.CANNOT_TELL
    assert row.why == "the limit is in bytes, and the series tells a share"


def test_what_is_full_by_design_needs_no_threshold() -> None:
    assert row_of("self_limiting: true").state is RunwayState.SELF_LIMITING


def test_a_limit_from_the_command_line_keeps_the_lead_time_and_horizon_of_the_models() -> None:
    row = row_of("hard: 99%, lead_time: 30d, horizon: 120d", words=("load=90%",))
    assert (row.lead_time_s, row.horizon_s) == (30 * 86400, 120 * 86400)
    assert row.limit is not None
    assert row.limit.value == 0.9


CPU = next(point for point in limit_catalog() if point.name == "host-cpu")
OF_HOST = """\
apiVersion: plimsoll/v1
kind: System
metadata: {name: shop}
components: [{name: web, limits: LIMITS}]
signals: [{name: busy, component: web, query: host_cpu_utilization_ratio}]
"""


@pytest.mark.parametrize(
    ("limits", "words", "expected"),
    [
        ("[]", (), ("catalog host-cpu", 0.8, 0.9)),
        ("[{resource: cpu, signal: busy, hard: 75%}]", (), ("model file: cpu", None, 0.75)),
        ("[]", ("busy=70%",), ("given on the command line", None, 0.7)),
    ],
    ids=["of_the_catalog", "of_the_model_first", "of_the_caller_first"],
)
def test_a_signal_that_the_catalog_knows_has_its_limit_with_a_model_as_without(
    limits: str, words: tuple[str, ...], expected: tuple[str, float | None, float]
) -> None:
    """By nature alone a processor was full at 100 %, and its date came later than without a model."""
    series = replace(SHARE, id=SeriesId("web/busy"), kind=MetricKind.RATIO, unit="ratio")
    model, ask = model_from_text(OF_HOST.replace("LIMITS", limits)), replace(ASK, limits=given_limits(words))
    (found,) = model_inputs(model, Harvest("host", (series,)), (CPU,), ask).resources
    assert found.limit is not None
    assert (found.limit.source, found.limit.soft, found.limit.hard) == expected
    assert found.limit.noisy
    assert found.options == CPU.remedies


EVENTS = """\
events:
  - {name: sale, start: 2027-03-08, end: 2027-03-10, factor: 2}
  - {name: outage, kind: ignore, start: 2025-01-20, end: 2025-01-21}
  - {name: move, kind: changepoint, start: 2025-01-15}
  - {name: used, start: 2026-03-08, factor: 2}
  - {name: elsewhere, start: 2027-03-08, factor: 2, driver: users}
drivers: [{name: users}]
"""


@pytest.mark.parametrize(("horizon_s", "is_seen"), [(None, False), (400 * 86_400.0, True)])
def test_a_runway_tells_of_events_that_touch_nothing_such_as_those_of_another_year(
    horizon_s: float | None, is_seen: bool
) -> None:
    model = model_from_text(TEXT.split("events:", maxsplit=1)[0] + EVENTS)
    ask = replace(ASK, horizon_s=horizon_s)
    notes = model_inputs(model, Harvest("x", (replace(SHARE, id=SeriesId("load")),)), (), ask).notes
    sale = () if is_seen else ("event sale: touches no sample and no step that is forecast; nothing is changed",)
    assert notes == (
        *sale,
        "the change of 2025-01-15 00:00Z lies before every sample: no history is left out for it",
        "2025-01-20 00:00Z to 2025-01-21 00:00Z holds no sample: nothing is ignored",
    )


def test_a_resource_whose_newest_samples_are_ignored_is_stale_for_that_reason() -> None:
    """Its last sample was called ten days old, while the file held one of the hour."""
    window = Window(START_MS + 50 * DAY_MS, START_MS + 99 * DAY_MS)
    known = Annotations(ignore=(IgnoreWindow(window, "incident"),))
    found = replace(resource_of(read_as("load", MetricKind.RATIO, "ratio", 1), 0), annotations=known)
    row = estimate_runway(found, Terms(int(SHARE.times_ms[-1]), paths=100)).row
    assert row.state is RunwayState.STALE
    assert row.why == "the last sample that is not ignored is 10d old"


def test_a_date_of_an_event_is_one_of_the_zone_of_the_model() -> None:
    """A sale of 27 November in New York began the evening before, at midnight in London."""
    dates = "start: 2026-11-27, end: 2026-11-28"
    text = TEXT.replace("name: shop", "name: shop, time_zone: America/New_York").split("events:", maxsplit=1)[0]
    model = model_from_text(
        f"{text}events:\n  - {{name: sale, {dates}, factor: 2}}\n"
        f"  - {{name: outage, kind: ignore, {dates}}}\n"
        "  - {name: move, kind: changepoint, start: 2026-11-27}\n"
        "  - {name: exact, start: 2026-11-27T00:00:00Z, factor: 2}\n"
    )
    known = annotations_of(model)
    start, end = (as_ms(datetime(2026, 11, day, 5, tzinfo=UTC)) for day in (27, 28))
    assert [(one.start_ms, one.end_ms) for one in known.events] == [(start, end), (start - 5 * DAY_MS // 24, None)]
    assert [one.at_ms for one in known.changepoints] == [start]
    assert [one.window for one in known.ignore] == [Window(start, end)]
