"""The runway of a real Prometheus: each of its series is a row or is left out with a reason."""

from __future__ import annotations

import json

import pytest
from tests.conftest import Plimsoll
from tests.servers.prometheus import PrometheusServer

pytestmark = pytest.mark.system


def test_every_series_of_a_server_with_history_is_accounted_for(
    prometheus_with_history: PrometheusServer, plimsoll: Plimsoll
) -> None:
    server = prometheus_with_history
    top = max(float(values.max()) for values in server.values.values())
    called = plimsoll("runway", server.url, "--limit", f"cloud_metric={top * 1.2:.0f}", "-o", "json")
    document = json.loads(called.stdout)
    rows = [row for row in document["rows"] if "cloud_metric" in row["resource"]]
    held = server.query('count by (__name__) (last_over_time({__name__!=""}[2h]))')
    assert called.returncode == 0, called.stderr
    assert len(rows) == len(server.series)
    assert len({row["resource"] for row in rows}) == len(rows)
    assert all(row["state"] in {"ok", "none_within_horizon", "breached", "stale", "cannot_tell"} for row in rows)
    left = {item["resource"]: item["series"] for item in document["excluded"] if item["series"]}
    assert len(left) == sum(item["series"] > 0 for item in document["excluded"])
    expected = {entry["metric"]["__name__"]: int(entry["value"][1]) for entry in held}
    assert {**left, "cloud_metric": len(rows)} == expected
    assert {row["resource"] for row in document["rows"]} == {row["resource"] for row in rows}
    assert not set(left) & {"cloud_metric"}


def test_metrics_without_a_known_limit_are_left_out_by_name_with_what_would_mend_it(
    prometheus_with_history: PrometheusServer, plimsoll: Plimsoll
) -> None:
    called = plimsoll("runway", prometheus_with_history.url, "-o", "json")
    left = {item["resource"]: item for item in json.loads(called.stdout)["excluded"]}
    assert left["cloud_metric"]["series"] == len(prometheus_with_history.series)
    assert "--limit" in left["cloud_metric"]["reason"]


def test_a_server_that_has_just_begun_to_scrape_says_when_each_row_will_be_ready(
    prometheus_server: PrometheusServer, plimsoll: Plimsoll
) -> None:
    called = plimsoll("runway", prometheus_server.url, "--step", "1s", "--history", "10m", "-o", "json")
    rows = {row["resource"]: row for row in json.loads(called.stdout)["rows"]}
    memory = next(row for name, row in rows.items() if name.endswith("/memory"))
    cache = next(row for name, row in rows.items() if name.endswith("/page-cache"))
    assert called.returncode in (0, 4)
    assert memory["limit"]["source"] == "catalog host-memory"
    assert memory["state"] in {"cannot_tell", "breached"}
    assert memory["state"] == "breached" or "ready on" in memory["why"]
    assert cache["state"] == "self_limiting"


def test_a_server_that_cannot_be_reached_is_one_clear_line(plimsoll: Plimsoll) -> None:
    called = plimsoll("runway", "http://127.0.0.1:9", "--deadline", "2s")
    assert called.returncode == 1
    assert called.stdout == ""
    assert len(called.stderr.strip().splitlines()) == 1
    assert "127.0.0.1:9" in called.stderr
