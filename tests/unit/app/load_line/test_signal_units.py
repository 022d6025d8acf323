"""A signal is read in base units: as stated, as its series says, or as its size suggests, with a note."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.app.load_line.counter_signals import as_rate
from plimsoll.app.load_line.of_telemetry import roles_of
from plimsoll.app.load_line.signal_units import in_base_unit, stated_unit
from plimsoll.domain.errors import InputError, UsageError
from plimsoll.domain.series import MetricKind, Series, SeriesId

CASES = {
    "latency_large_is_ms": ("p99", MetricKind.GAUGE, 250.0, 0.25, "", "milliseconds"),
    "latency_small_is_s": ("p99", MetricKind.GAUGE, 0.25, 0.25, "", "seconds"),
    "latency_known_as_seconds": ("p99", MetricKind.SECONDS, 20.0, 20.0, "", ""),
    "errors_as_ratio": ("errors", MetricKind.GAUGE, 0.02, 0.02, "", "a ratio"),
    "errors_known_as_ratio": ("errors", MetricKind.RATIO, 0.02, 0.02, "", ""),
    "errors_above_one": ("errors", MetricKind.GAUGE, 2.0, 0.02, "", "percent"),
    "errors_known_as_percent": ("errors", MetricKind.PERCENT, 0.5, 0.005, "", ""),
    "cpu_as_ratio": ("cpu", MetricKind.GAUGE, 0.6, 0.6, "ratio", "a ratio"),
    "cpu_as_percent": ("cpu", MetricKind.GAUGE, 60.0, 0.6, "ratio", "percent"),
    "memory_as_bytes": ("memory", MetricKind.GAUGE, 4e9, 4e9, "bytes", "bytes"),
    "network_as_rate": ("network", MetricKind.GAUGE, 5e6, 5e6, "bytes/s", "bytes/s"),
    "known_as_bytes": ("heap", MetricKind.BYTES, 4e9, 4e9, "bytes", ""),
    "known_as_percent": ("pool", MetricKind.PERCENT, 70.0, 0.7, "ratio", ""),
    "another_resource_is_a_count": ("connections", MetricKind.GAUGE, 70.0, 70.0, "count", ""),
}


def kind_of(word: str) -> str:
    (role, _) = roles_of((f"{word}=x", "demand=y"))
    return role.kind


def series(kind: MetricKind, value: float) -> Series:
    return Series(SeriesId("x"), np.array([0, 60_000]), np.array([value, value]), kind=kind)


@pytest.mark.parametrize(("word", "kind", "value", "expected", "unit", "said"), CASES.values(), ids=CASES.keys())
def test_values_come_in_base_units(
    word: str, kind: MetricKind, value: float, expected: float, unit: str, said: str
) -> None:
    one = series(kind, value)
    found = in_base_unit(word, kind_of(word), None, one, one.values)
    assert found.values == pytest.approx([expected] * 2)
    assert found.unit == unit
    assert said in found.note if said else found.note == ""


@pytest.mark.parametrize(
    ("word", "kind", "unit", "expected"),
    [
        pytest.param("disk_read", MetricKind.RATE, "bytes per second", "bytes/s", id="bytes_a_second"),
        pytest.param("cpu", MetricKind.RATE, "seconds per second", "count", id="seconds_a_second_are_cores"),
        pytest.param("cpu", MetricKind.GAUGE, "cores", "count", id="cores"),
        pytest.param("errors", MetricKind.RATE, "per second", "per second", id="errors_a_second"),
    ],
)
def test_a_unit_that_the_series_says_is_taken(word: str, kind: MetricKind, unit: str, expected: str) -> None:
    one = replace(series(kind, 0.6), unit=unit)
    found = in_base_unit(word, kind_of(word), None, one, one.values)
    assert (found.unit, found.note) == (expected, "")
    assert found.values == pytest.approx([0.6, 0.6])


@pytest.mark.parametrize(
    ("word", "kind", "unit", "factor", "name"),
    [
        pytest.param("p99", MetricKind.UNKNOWN, "ms", 1e-3, "", id="milliseconds"),
        pytest.param("p99", MetricKind.SECONDS, "ms", 1e-3, "", id="milliseconds_of_a_time"),
        pytest.param("memory", MetricKind.BYTES, "MB", 1e6, "bytes", id="megabytes"),
        pytest.param("network", MetricKind.RATE, "MB/s", 1e6, "bytes/s", id="megabytes_a_second"),
        pytest.param("errors", MetricKind.UNKNOWN, "%", 0.01, "ratio", id="percent"),
        pytest.param("demand", MetricKind.UNKNOWN, "/min", 1 / 60, "", id="a_minute"),
        pytest.param("cpu", MetricKind.RATE, "ms per second", 1e-3, "count", id="milliseconds_a_second_are_cores"),
    ],
)
def test_a_unit_that_the_source_gives_is_taken(
    word: str, kind: MetricKind, unit: str, factor: float, name: str
) -> None:
    """Eight milliseconds are eight thousandths of a second: no size has to suggest it."""
    one = replace(series(kind, 8.0), unit=unit)
    found = in_base_unit(word, kind_of(word) if word != "demand" else word, None, one, one.values)
    assert (found.unit, found.note) == (name, "")
    assert found.values == pytest.approx([8.0 * factor] * 2)


def test_what_a_counter_in_megabytes_gains_is_in_megabytes_a_second() -> None:
    counter = Series(SeriesId("x"), np.array([0, 1000]), np.array([1.0, 3.0]), "MB", MetricKind.COUNTER)
    rate = as_rate("network", counter)
    assert in_base_unit("network", "resource", None, rate, rate.values).values == pytest.approx([2e6])


@pytest.mark.parametrize(
    ("text", "factor", "name"),
    [
        ("p99:ms=q", 1e-3, ""),
        ("demand:/min=q", 1 / 60, ""),
        ("demand:1/s=q", 1.0, ""),
        ("errors:%=q", 0.01, "ratio"),
        ("disk:MB/s=q", 1e6, "bytes/s"),
        ("memory:Mi=q", 2.0**20, "bytes"),
        ("sessions:count=q", 1.0, "count"),
    ],
)
def test_a_stated_unit_is_taken(text: str, factor: float, name: str) -> None:
    role = roles_of((text,) if text.startswith("demand") else (text, "demand=q"))[0]
    assert role.query == "q"
    assert role.stated is not None
    assert role.stated.factor == pytest.approx(factor)
    assert role.stated.name == name


@pytest.mark.parametrize(
    ("word", "kind", "unit"),
    [
        ("p99", "latency", "MB"),
        ("replicas", "replicas", "s"),
        ("disk", "resource", "parsec"),
        ("demand", "demand", "0/s"),
    ],
)
def test_a_unit_that_a_signal_cannot_have_is_refused(word: str, kind: str, unit: str) -> None:
    with pytest.raises(UsageError, match="is not a unit that it can have"):
        stated_unit(word, kind, unit)


@pytest.mark.parametrize(
    ("text", "factor", "name"),
    [
        pytest.param("p95=api_p95_ms", 1e-3, "", id="latency"),
        pytest.param('p95=api_p95_MS{pod="a"}', 1e-3, "", id="with_labels"),
        pytest.param("p95=app.latency.wait_milliseconds", 1e-3, "", id="in_full"),
        pytest.param("memory=rss_mb", 1e6, "bytes", id="memory"),
        pytest.param("memory=heap_used_GiB", 2.0**30, "bytes", id="binary"),
        pytest.param("demand=requests_per_minute", 1 / 60, "", id="demand_a_minute"),
    ],
)
def test_a_unit_that_the_name_of_the_metric_says_is_taken(text: str, factor: float, name: str) -> None:
    """Five milliseconds are no five seconds, nor 400 MB 400 bytes, which no bound of memory would ever stop."""
    role = roles_of((text, "demand=q"))[0] if not text.startswith("demand") else roles_of((text,))[0]
    assert role.stated is not None
    assert (role.stated.factor, role.stated.name) == (pytest.approx(factor), name)


@pytest.mark.parametrize(
    "query", ["rate(wait_ms[5m])", "sent_mb_total", "items", "wait_ms / 1000", "rooms", "net_Mb", "users_gb"]
)
def test_an_expression_or_another_name_says_no_unit(query: str) -> None:
    assert [role.stated for role in roles_of((f"p95={query}", f"memory={query}", "demand=q"))] == [None] * 3


def test_more_failures_than_requests_are_refused() -> None:
    one = series(MetricKind.GAUGE, 140.0)
    with pytest.raises(InputError, match="share of requests"):
        in_base_unit("errors", "errors", None, one, one.values)
