"""The shipped catalog is complete and valid, and a faulty one is refused with the place of the fault."""

from __future__ import annotations

from typing import Any

import promql_parser
import pytest

from plimsoll.adapters.limit_catalog import limit_catalog, metric_alternatives, saturation_points
from plimsoll.domain.errors import InputError
from plimsoll.domain.limit import Direction
from plimsoll.domain.saturation import SaturationPoint

LEADS = {"config": 172800.0}
FAMILIES = {
    "cpu": "host-cpu",
    "memory": "host-memory",
    "disk space": "host-disk",
    "inodes": "host-inodes",
    "disk io": "host-disk-busy",
    "network": "network-transmit",
    "file descriptors": "process-file-descriptors",
    "conntrack": "network-conntrack",
    "threads": "host-threads",
    "connection pools": "jvm-connection-pool",
    "postgresql connections": "postgresql-connections",
    "transaction-id wraparound": "postgresql-transaction-ids",
    "int4 ids": "postgresql-int4-ids",
    "replication lag": "postgresql-replication-lag",
    "cache memory": "redis-memory",
    "queue depth": "rabbitmq-queue-depth",
    "quota": "gcp-quota",
    "subnet addresses": "network-subnet-addresses",
    "node count": "cluster-nodes",
    "autoscaler desired against max": "autoscaler-replicas",
    "certificate age": "certificate-tls",
}


def entry(**changes: Any) -> dict[str, Any]:
    whole = {
        "name": "x",
        "title": "X",
        "resource": "x",
        "query": "a / b",
        "lead_time": "config",
        "why": "it breaks",
        "remedies": [],
        "source": "https://example.org",
        "labels": ["instance"],
        "exporter": "e",
        "soft": "80%",
        "hard": "90%",
    }
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


def read(**changes: Any) -> SaturationPoint:
    return saturation_points("x.yaml", {"group": "g", "limits": [entry(**changes)]}, LEADS)[0]


@pytest.mark.parametrize("name", FAMILIES.values(), ids=FAMILIES.keys())
def test_every_family_that_commonly_runs_out_has_a_point(name: str) -> None:
    assert any(point.name == name for point in limit_catalog())


def test_the_catalog_holds_at_least_sixty_points_of_eleven_groups() -> None:
    points = limit_catalog()
    assert len(points) >= 60
    assert len({point.group for point in points}) >= 11


@pytest.mark.parametrize("point", limit_catalog(), ids=lambda point: point.name)
def test_every_template_is_promql_and_every_point_is_whole(point: SaturationPoint) -> None:
    for template in filter(None, (point.query, point.current, point.capacity)):
        promql_parser.parse(template.replace("$window", "1h"))
    assert "$window" not in point.promql("5m")
    assert point.metrics
    assert point.source.startswith("https://")
    assert point.lead_time_s > 0
    assert point.horizon_s > point.lead_time_s
    assert point.needs or (point.soft is not None and point.hard is not None)
    assert point.self_limiting or point.remedies


def test_some_points_are_full_by_design_and_some_are_bad_when_low() -> None:
    by_name = {point.name: point for point in limit_catalog()}
    assert by_name["redis-cache-memory"].self_limiting
    assert not by_name["redis-memory"].self_limiting
    assert by_name["certificate-tls"].direction is Direction.LOW_IS_BAD


def test_an_or_gives_alternatives_and_a_join_needs_all() -> None:
    assert metric_alternatives("(a / b) or (c and on (x) d)") == (("a", "b"), ("c", "d"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"query": "rate(a[5m"}, "not PromQL", id="broken_query"),
        pytest.param({"capacity": "sum by ("}, "not PromQL", id="broken_capacity"),
        pytest.param({"query": "1 + 1"}, "reads no metric", id="no_metric"),
        pytest.param({"soft": "95%"}, "soft threshold must come before", id="soft_past_hard"),
        pytest.param({"soft": "80%", "direction": "low_is_bad"}, "soft threshold must come", id="soft_past_hard_low"),
        pytest.param({"soft": "12 apples"}, "apples", id="foreign_unit"),
        pytest.param({"hard": None}, "both thresholds", id="no_hard_and_no_need"),
        pytest.param({"lead_time": "soon"}, "soon", id="unknown_lead_time_class"),
        pytest.param({"direction": "sideways"}, "sideways", id="unknown_direction"),
        pytest.param({"sofft": "80%"}, "unknown keys sofft", id="misspelled_key"),
        pytest.param({"source": None}, "lacks source", id="no_source"),
    ],
)
def test_a_faulty_point_is_named_with_its_file_and_its_fault(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read(**changes)
    assert str(caught.value).startswith("x.yaml: x: ")


def test_a_point_without_thresholds_says_what_it_needs() -> None:
    assert read(soft=None, hard=None, needs="the size").limit().binding is None
