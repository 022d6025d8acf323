"""A model's events on resources: what one adds is told in the unit in which the series is read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.fakes.written_calendar import WrittenCalendar
from tests.unit.planning.histories import DAY_MS, START_MS, history

from plimsoll.app.given_limits import given_limits
from plimsoll.app.model import model_from_text
from plimsoll.app.public_holidays import HolidayTerms
from plimsoll.app.runway_inputs import Ask
from plimsoll.app.runway_model import model_inputs
from plimsoll.domain.holidays import Holiday
from plimsoll.domain.runway import RunwayState
from plimsoll.domain.series import Harvest, MetricKind, Series, SeriesId, Window, as_datetime
from plimsoll.planning.runway import Resource, Terms, judge

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
    (found,) = model_inputs(model_from_text(text), Harvest("x.csv", (series,)), ask).resources
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
    assert float(np.nanmax(found.series.values)) == pytest.approx(SHARE.values.max())
    as_of = Terms(int(SHARE.times_ms[-1]), paths=100)
    assert judge(found, as_of).row.state is RunwayState.NONE_WITHIN_HORIZON


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
