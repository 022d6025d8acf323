"""Limits and lead times as they are typed."""

from __future__ import annotations

import pytest

from plimsoll.app.runway.given_limits import NO_LEAD_TIMES, check_used, given_limits, lead_times
from plimsoll.domain.errors import UsageError
from plimsoll.domain.limit import Direction


@pytest.mark.parametrize(
    ("text", "unit", "scale", "values"),
    [
        pytest.param("a=90%", "ratio", 1.0, (None, 0.9), id="share"),
        pytest.param("a=90", "ratio", 0.01, (None, 0.9), id="bare_number_on_a_column_of_percentages"),
        pytest.param("a=90%", "ratio", 0.01, (None, 0.9), id="percent_on_a_column_of_percentages"),
        pytest.param("a=80%..95%", "ratio", 1.0, (0.8, 0.95), id="soft_and_hard"),
        pytest.param("a=1Ki", "bytes", 1.0, (None, 1024.0), id="bytes"),
        pytest.param("a=500m", "cores", 1.0, (None, 0.5), id="half_a_core"),
        pytest.param("a=250ms", "seconds", 1.0, (None, 0.25), id="time"),
        pytest.param("a=250ms", "seconds", 0.001, (None, 0.25), id="time_on_a_column_in_milliseconds"),
        pytest.param("a=250", "seconds", 0.001, (None, 0.25), id="bare_number_on_a_column_in_milliseconds"),
        pytest.param("a=100", "bytes", 1e9, (None, 1e11), id="bare_number_on_a_column_of_gigabytes"),
        pytest.param("a=100GB", "bytes", 1e9, (None, 1e11), id="bytes_on_a_column_of_gigabytes"),
        pytest.param("a=1.5k", "", 1.0, (None, 1500.0), id="count"),
        pytest.param("a=2Gi", "", 1.0, (None, 2.0 * 2**30), id="a_unit_on_a_column_of_none"),
        pytest.param("a=b=5", "", 1.0, (None, 5.0), id="a_name_with_an_equals_sign"),
    ],
)
def test_a_value_is_read_in_the_unit_of_its_series(
    text: str, unit: str, scale: float, values: tuple[float | None, float]
) -> None:
    assert given_limits([text])[0].values(unit, scale) == values


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("a", "write it like", id="no_value"),
        pytest.param("=5", "write it like", id="no_name"),
        pytest.param("a=", "write it like", id="empty_value"),
        pytest.param("a=..5", "write it like", id="no_soft"),
        pytest.param("a=5..", "write it like", id="no_hard"),
        pytest.param("a=apple", "is not a value", id="word"),
        pytest.param("a=nan", "is not a value", id="not_a_number"),
        pytest.param("a=" + "9" * 5000, "is not a value", id="a_number_of_five_thousand_digits"),
    ],
)
def test_a_word_that_is_no_limit_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        given_limits([text])
    assert len(str(caught.value)) < 6000
    assert "\n" not in str(caught.value)


def test_a_value_of_another_sort_than_its_series_is_refused() -> None:
    with pytest.raises(UsageError, match="the series is in bytes"):
        given_limits(["a=5ms"])[0].values("bytes")


@pytest.mark.parametrize(
    ("limits", "floors"),
    [pytest.param(["a=95%..80%"], [], id="ceiling"), pytest.param([], ["a=10%..20%"], id="floor")],
)
def test_a_soft_limit_past_the_hard_one_is_refused(limits: list[str], floors: list[str]) -> None:
    with pytest.raises(UsageError, match="must come before"):
        given_limits(limits, floors)[0].values("ratio")


def test_a_floor_lies_below_and_names_may_hold_wildcards() -> None:
    (floor,) = given_limits([], ["db*/free=10Gi"])
    assert floor.direction is Direction.LOW_IS_BAD
    assert floor.concerns("db1/free")
    assert not floor.concerns("web/free")


def test_a_name_without_its_component_will_do() -> None:
    (given,) = given_limits(["disk=90%"])
    assert given.concerns("db1/disk")
    assert not given.concerns("db1/disk_io")


def test_a_limit_that_fits_nothing_is_refused_with_what_is_near() -> None:
    with pytest.raises(UsageError, match="matches no series; there are cpu"):
        check_used(given_limits(["cqu=5"]), NO_LEAD_TIMES, {"cpu", "memory"})
    check_used(given_limits(["cp*=5"]), lead_times(["7d", "web/*=3d"]), {"web/cpu"})
    with pytest.raises(UsageError, match="--lead-time 'db/\\*' matches no series; there are web/cpu"):
        check_used((), lead_times(["db/*=3d"]), {"web/cpu"})


def test_the_last_lead_time_that_matches_counts() -> None:
    times = lead_times(["14d", "db*=30d", "db1/disk=60d"])
    assert times.of("web/cpu") == 14 * 86400
    assert times.of("db2/disk") == 30 * 86400
    assert times.of("db1/disk") == 60 * 86400
    assert lead_times([]).of("x") is None


def test_a_lead_time_goes_by_the_names_that_a_limit_goes_by() -> None:
    """If `--limit disk=90%` applies to db1/disk, so must `--lead-time disk=30d`."""
    check_used(given_limits(["disk=90%"]), lead_times(["di*=30d"]), {"db1/disk"})
    assert lead_times(["disk=30d"]).of("db1/disk") == 30 * 86400


@pytest.mark.parametrize("word", ["soon", "disk=soon", "-1d", "disk=5"])
def test_a_lead_time_that_is_no_time_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="--lead-time"):
        lead_times([word])
