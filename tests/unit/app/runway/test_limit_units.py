"""A limit and its series in one unit."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.app.runway.given_limits import given_limits
from plimsoll.app.runway.limit_units import Fitted, fitted, fitted_to_given
from plimsoll.domain.errors import UsageError
from plimsoll.domain.limit import Limit
from plimsoll.domain.series import MetricKind, Series, SeriesId

RATIO, PERCENT, UNKNOWN = MetricKind.RATIO, MetricKind.PERCENT, MetricKind.UNKNOWN


def series_of(value: float, kind: MetricKind = UNKNOWN, unit: str = "", name: str = "used") -> Series:
    return Series(SeriesId(name), np.array([0]), np.array([value]), unit, kind)


@pytest.mark.parametrize(
    ("series", "limit", "unit", "values"),
    [
        pytest.param(series_of(82.0, PERCENT, "percent"), (90.0, "count"), "ratio", (0.82, 0.9), id="plain_of_percent"),
        pytest.param(series_of(82.0, name="used_percent"), (90.0, "count"), "ratio", (0.82, 0.9), id="percent_by_name"),
        pytest.param(series_of(0.82, RATIO, "ratio"), (0.9, "count"), "ratio", (0.82, 0.9), id="plain_of_a_ratio"),
        pytest.param(series_of(850.0, PERCENT, "percent"), (1600.0, "count"), "ratio", (8.5, 16.0), id="of_16_cores"),
        pytest.param(series_of(82.0, PERCENT, "percent"), (0.9, "ratio"), "ratio", (0.82, 0.9), id="percent"),
        pytest.param(series_of(82.0), (0.9, "ratio"), "ratio", (0.82, 0.9), id="percent_by_values"),
        pytest.param(series_of(3e9, MetricKind.BYTES, "bytes"), (5e9, "bytes"), "bytes", (3e9, 5e9), id="bytes"),
        pytest.param(series_of(3.0, unit="GB"), (5e9, "bytes"), "bytes", (3e9, 5e9), id="gigabytes"),
        pytest.param(series_of(120.0, unit="ms"), (0.25, "seconds"), "seconds", (0.12, 0.25), id="milliseconds"),
        pytest.param(series_of(0.12), (0.25, "seconds"), "seconds", (0.12, 0.25), id="no_unit_is_that_of_the_limit"),
        pytest.param(series_of(3.0, unit="GB"), (5.0, "count"), "bytes", (3e9, 5e9), id="plain_of_gigabytes"),
        pytest.param(
            series_of(82.0, MetricKind.GAUGE), (0.9, "ratio"), "ratio", (0.82, 0.9), id="a_gauge_by_its_values"
        ),
        pytest.param(series_of(300.0, unit="jobs"), (400.0, "count"), "jobs", (300, 400), id="plain_numbers"),
    ],
)
def test_a_limit_and_its_series_meet_in_one_unit(
    series: Series, limit: tuple[float, str], unit: str, values: tuple[float, float]
) -> None:
    value, of = limit
    found = fitted(Limit("used", of, "test", hard=value), series)
    assert isinstance(found, Fitted)
    assert (found.limit.unit, found.series.unit) == (unit, unit)
    assert (found.series.values[0], found.limit.hard) == pytest.approx(values)
    assert found.scale == pytest.approx(values[0] / series.values[0])


@pytest.mark.parametrize(
    ("series", "limit", "why"),
    [
        pytest.param(series_of(3e9, unit="bytes"), (0.2, "ratio"), "the limit is a share, and the series in bytes"),
        pytest.param(series_of(3.0, unit="GB"), (0.25, "seconds"), "the limit is in seconds, and the series in GB"),
        pytest.param(series_of(82.0, PERCENT), (5e9, "bytes"), "the limit is in bytes, and the series tells a share"),
        pytest.param(series_of(3.0, MetricKind.COUNT), (0.2, "ratio"), "the limit is a share, and the series a count"),
        pytest.param(
            series_of(0.8, RATIO), (90.0, "count"), "the limit is 90 times the whole of a share; write it in percent"
        ),
    ],
    ids=["share_of_bytes", "time_of_bytes", "bytes_of_a_share", "share_of_a_count", "percent_of_a_ratio"],
)
def test_a_limit_on_another_thing_than_its_series_is_none(series: Series, limit: tuple[float, str], why: str) -> None:
    value, of = limit
    assert fitted(Limit("used", of, "test", hard=value), series) == why


@pytest.mark.parametrize(
    ("series", "typed", "unit", "values"),
    [
        pytest.param(series_of(11.0), "used=12GB", "bytes", (11.0, 12e9), id="no_unit_is_that_of_the_limit"),
        pytest.param(series_of(11.0), "used=12", "", (11.0, 12.0), id="plain_numbers"),
        pytest.param(series_of(11.0, unit="GB"), "used=12GB", "bytes", (11e9, 12e9), id="gigabytes"),
        pytest.param(series_of(82.0), "used=90%", "ratio", (0.82, 0.9), id="percent_by_values"),
    ],
)
def test_a_typed_limit_and_its_series_are_shown_in_one_unit(
    series: Series, typed: str, unit: str, values: tuple[float, float]
) -> None:
    """11 of no unit against 12000000000 is no obvious mistake; 11B against 11.2Gi is."""
    found = fitted_to_given(given_limits([typed])[0], "used", series)
    assert (found.limit.unit, found.series.unit) == (unit, unit)
    assert (found.series.values[0], found.limit.hard) == pytest.approx(values)


@pytest.mark.parametrize(
    ("series", "typed", "why"),
    [
        pytest.param(
            series_of(3.0, MetricKind.COUNT), "90%", "90% is a share, and the series a count", id="of_a_count"
        ),
        pytest.param(series_of(0.8, RATIO), "90", "90 is 90 times the whole of a share; write it in percent", id="90"),
    ],
)
def test_a_typed_limit_that_its_series_cannot_have_is_refused(series: Series, typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=f"--limit used: {why}"):
        fitted_to_given(given_limits([f"used={typed}"])[0], "used", series)
