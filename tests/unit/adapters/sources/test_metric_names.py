"""What a metric's name says about its unit and kind, and where its last word is no unit."""

from __future__ import annotations

import pytest

from plimsoll.adapters.sources.metric_names import unit_and_kind
from plimsoll.domain.series import MetricKind


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("requests_per_sec", "per second"),
        ("errors_per_s", "per second"),
        ("bytes_per_sec", "bytes per second"),
        ("mb_per_sec", "MB/s"),
        ("network_mb_per_s", "MB/s"),
        ("disk_read_bytes_per_second", "bytes per second"),
        ("net_Mb_per_second", "per second"),
    ],
)
def test_what_is_counted_a_second_is_a_rate(name: str, unit: str) -> None:
    assert unit_and_kind(name) == (unit, MetricKind.RATE)


@pytest.mark.parametrize(
    "name", ["requests_per_ms", "items_per_ms", "errors_per_seconds", "cost_per_gb", "rows_per_mib"]
)
def test_a_unit_that_something_is_counted_per_is_not_that_of_the_series(name: str) -> None:
    assert unit_and_kind(name) == ("", MetricKind.UNKNOWN)


@pytest.mark.parametrize(
    "name", ["visits_gb", "sales_gb", "users_gb", "orders_gb", "region_gb", "country_ms", "Users-GB", "requests_sec"]
)
def test_what_is_counted_has_no_size_and_no_time(name: str) -> None:
    assert unit_and_kind(name) == ("", MetricKind.UNKNOWN)


@pytest.mark.parametrize("name", ["net_Mb", "link_Gb", "sent_Kb", "sent_Mib"])
def test_a_small_b_after_a_capital_is_bits_and_no_size(name: str) -> None:
    assert unit_and_kind(name) == ("", MetricKind.UNKNOWN)


@pytest.mark.parametrize(
    ("name", "unit", "kind"),
    [
        ("response_time_ms", "ms", MetricKind.SECONDS),
        ("latency_ms", "ms", MetricKind.SECONDS),
        ("request_sec", "s", MetricKind.SECONDS),
        ("users_seconds", "seconds", MetricKind.SECONDS),
        ("memory_mb", "MB", MetricKind.BYTES),
        ("heap_MB", "MB", MetricKind.BYTES),
        ("postgres_gb", "GB", MetricKind.BYTES),
        ("node_network_receive_bytes_total", "bytes", MetricKind.COUNTER),
    ],
)
def test_other_units_at_the_end_are_those_of_the_series(name: str, unit: str, kind: MetricKind) -> None:
    assert unit_and_kind(name) == (unit, kind)


@pytest.mark.parametrize(
    ("name", "unit", "kind"),
    [
        ("Memory (GB)", "GB", MetricKind.BYTES),
        ("Latency [ms]", "ms", MetricKind.SECONDS),
        ("Disk read (MB/s)", "MB/s", MetricKind.RATE),
        ("Requests/sec", "per second", MetricKind.RATE),
        ("Visits (GB)", "", MetricKind.UNKNOWN),
        ("Link (Mb)", "", MetricKind.UNKNOWN),
        ("avg:system.load.1{region:gb}", "", MetricKind.UNKNOWN),
    ],
)
def test_a_heading_tells_its_unit_in_brackets_or_after_a_slash(name: str, unit: str, kind: MetricKind) -> None:
    assert unit_and_kind(name) == (unit, kind)
