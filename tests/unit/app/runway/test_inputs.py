"""Which resources of a source are judged, and that no series is lost on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from tests.unit.planning.histories import START_MS, history

from plimsoll.adapters.limit_catalog import limit_catalog
from plimsoll.app.runway.given_limits import given_limits, lead_times
from plimsoll.app.runway.inputs import Ask, file_inputs, present_inputs, server_inputs
from plimsoll.app.runway.resource_names import ResourceName, of_series, unique_names
from plimsoll.domain.ports import Check, Signal
from plimsoll.domain.runway import RunwayState
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window

WINDOW = Window(START_MS, START_MS + 60 * 86_400_000)
POINTS = limit_catalog()


@dataclass
class HeldSource:
    """A source that holds series in memory; names in `refused` fail."""

    held: dict[str, list[Series]]
    kinds: dict[str, MetricKind] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    name: str = "held"
    asked: list[str] = field(default_factory=list)

    def read(self, signals: Sequence[Signal], window: Window, step_s: float) -> Harvest:
        self.asked += [signal.name for signal in signals]
        series: list[Series] = []
        gaps: list[Gap] = []
        for signal in signals:
            if signal.name in self.refused:
                gaps.append(Gap(SeriesId(signal.name), window, "held: refused the query: too many samples"))
            elif signal.name == "series":
                series += [_one("series", 4.0, metric=name) for name in self.held]
            elif found := self.held.get(signal.name):
                series += [replace(one, id=SeriesId(signal.name, one.id.labels)) for one in found]
            else:
                gaps.append(Gap(SeriesId(signal.name), window, "held: has no sample of it in the window"))
        return Harvest(self.name, tuple(series), tuple(gaps), ("a remark",))

    def discover(self, window: Window) -> tuple[Signal, ...]:
        metrics = (name for name in self.held if "-" not in name)  # the others are results of queries
        return tuple(Signal(name, name, kind=self.kinds.get(name, MetricKind.GAUGE)) for name in metrics)

    def diagnose(self, window: Window) -> tuple[Check, ...]:
        return ()


def _one(name: str, value: float, **labels: str) -> Series:
    return Series(SeriesId.of(name, labels), np.array([START_MS]), np.array([value]))


def _series(name: str, **labels: str) -> Series:
    return replace(history(), id=SeriesId.of(name, labels), unit="", kind=MetricKind.UNKNOWN)


def _server(**changes: object) -> HeldSource:
    held = {
        "node_nf_conntrack_entries": [],
        "node_nf_conntrack_entries_limit": [],
        "network-conntrack": [_series("x", instance="a:9100"), _series("x", instance="b:9100")],
        "job_busy_ratio": [_series("job_busy_ratio", instance="a:9100")],
        "orders": [_series("orders")],
    }
    return replace(HeldSource(held, {"job_busy_ratio": MetricKind.RATIO}), **changes)  # type: ignore[arg-type]


def test_a_server_is_judged_by_the_catalog_and_by_its_shares_and_the_rest_is_left_out_by_name() -> None:
    inputs = server_inputs(_server(), POINTS, Ask(WINDOW))
    by_name = {resource.name: resource for resource in inputs.resources}
    left = {item.resource: item for item in inputs.excluded}
    assert set(by_name) == {"a:9100/conntrack", "b:9100/conntrack", "a:9100/job_busy_ratio"}
    assert by_name["a:9100/conntrack"].limit is not None
    assert by_name["a:9100/conntrack"].limit.hard == 0.95
    assert left["node_nf_conntrack_entries"].reason == "read by the catalog's network-conntrack"
    assert "--limit" in left["orders"].reason
    assert left["orders"].series == 4


def test_a_metric_that_is_given_a_limit_is_read_and_judged() -> None:
    inputs = server_inputs(_server(), POINTS, Ask(WINDOW, limits=given_limits(["orders=500"])))
    orders = next(resource for resource in inputs.resources if resource.name == "orders")
    assert orders.limit is not None
    assert orders.limit.hard == 500


def test_a_limit_given_for_a_point_replaces_its_thresholds_and_keeps_its_lead_time() -> None:
    ask = Ask(WINDOW, limits=given_limits(["network-conntrack=50%..60%"]), lead_times=lead_times(["b:9100/*=30d"]))
    by_name = {resource.name: resource for resource in server_inputs(_server(), POINTS, ask).resources}
    first, second = by_name["a:9100/conntrack"].limit, by_name["b:9100/conntrack"].limit
    assert first is not None
    assert second is not None
    assert (first.soft, first.hard, first.lead_time_s) == (0.5, 0.6, 2 * 86400)
    assert second.lead_time_s == 30 * 86400


def test_a_query_that_is_refused_is_an_error_row_and_the_others_stand() -> None:
    inputs = server_inputs(_server(refused=("network-conntrack",)), POINTS, Ask(WINDOW))
    assert [row.state for row in inputs.failed] == [RunwayState.ERROR]
    assert "too many samples" in inputs.failed[0].why
    assert [resource.name for resource in inputs.resources] == ["a:9100/job_busy_ratio"]


def test_a_point_that_matches_by_name_and_has_no_series_is_left_out_with_the_reason() -> None:
    source = _server()
    source.held["network-conntrack"] = []
    left = {item.resource: item.reason for item in server_inputs(source, POINTS, Ask(WINDOW)).excluded}
    assert "no sample" in left["network-conntrack"]


def test_a_server_without_anything_is_not_asked_for_series() -> None:
    inputs = server_inputs(HeldSource({}), POINTS, Ask(WINDOW))
    assert inputs.resources == ()
    assert inputs.failed == ()


def test_a_file_is_judged_whole() -> None:
    source = HeldSource({"cpu_percent": [_series("cpu_percent")], "orders": [_series("orders")]})
    inputs = file_inputs(source, POINTS, Ask(WINDOW))
    assert {resource.name: resource.limit is not None for resource in inputs.resources} == {
        "cpu_percent": True,
        "orders": False,
    }
    assert inputs.last_ms == history().times_ms[-1]
    assert inputs.notes == ("a remark",)


def test_a_file_whose_last_sample_stands_alone_says_what_now_would_be_without_it() -> None:
    """With one year mistyped, `now` lies years ahead, and every other series is stale."""
    good, stray = _series("cpu_percent"), _one("orders", 4.0)
    stray = replace(stray, times_ms=good.times_ms[-1:] + 3650 * 86_400_000)
    source = HeldSource({"cpu_percent": [good], "orders": [stray]})
    (*_, note) = file_inputs(source, POINTS, Ask(WINDOW)).notes
    assert "now is its last sample, 2036-" in note
    assert note.endswith("3650d after all others; else give --as-of 2026-03-01T23:00:00Z")
    as_of_ms = int(good.times_ms[-1])
    assert not any("now is" in note for note in file_inputs(source, POINTS, Ask(WINDOW, as_of_ms=as_of_ms)).notes)


def test_what_a_file_holds_after_the_moment_asked_for_is_not_known() -> None:
    """A share that passes 100 % later on is still full at 100 % today; a series that begins later has no sample."""
    growing, later = history(60, per_day=0.02), history(1)
    later = replace(later, times_ms=later.times_ms + 90 * 86_400_000)
    source = HeldSource({"used_ratio": [growing], "new_ratio": [later]}, {"used_ratio": MetricKind.RATIO})
    assert growing.values.max() > 1.1
    as_of_ms = int(growing.times_ms[np.flatnonzero(growing.values > 0.8)[0]])
    one, other = file_inputs(source, POINTS, Ask(WINDOW, as_of_ms=as_of_ms)).resources
    assert one.limit is not None
    assert (one.limit.hard, int(one.series.times_ms[-1]), len(other.series)) == (1.0, as_of_ms, 0)


def test_a_source_of_the_present_is_judged_on_what_was_collected() -> None:
    moment = replace(_one("host_memory_used_ratio", 0.5), times_ms=np.array([WINDOW.end_ms]))
    now = HeldSource({"host_memory_used_ratio": [moment]}, name="host")
    past = HeldSource({"host_memory_used_ratio": [_series("host_memory_used_ratio")]})
    with_past = present_inputs(now, past, POINTS, Ask(WINDOW)).resources
    without = present_inputs(now, None, POINTS, Ask(WINDOW))
    assert [resource.name for resource in with_past] == ["host/memory"]
    assert len(with_past[0].series) == len(history()) + 1
    assert with_past[0].series.values[-1] == 0.5
    assert len(without.resources[0].series) == 1
    assert any("collect" in note for note in without.notes)


@pytest.mark.parametrize(
    ("series", "name"),
    [
        pytest.param(SeriesId("disk"), ResourceName("disk"), id="bare"),
        pytest.param(SeriesId("pg/disk"), ResourceName("pg/disk", "pg"), id="component_in_the_name"),
        pytest.param(SeriesId.of("cpu", {"host": "a"}), ResourceName("a/cpu", "a"), id="component_in_a_label"),
        pytest.param(
            SeriesId.of("disk", {"host": "a", "mount": "/var"}), ResourceName("a/disk:/var", "a"), id="further_labels"
        ),
    ],
)
def test_a_resource_is_named_by_its_component(series: SeriesId, name: ResourceName) -> None:
    assert of_series(series) == name


def test_names_that_would_be_the_same_are_told_apart() -> None:
    ids = [SeriesId.of("x", {"job": "a"}), SeriesId.of("x", {"job": "b"}), SeriesId("y"), SeriesId("y")]
    names = unique_names([ResourceName("r"), ResourceName("r"), ResourceName("s"), ResourceName("s")], ids)
    assert [name.name for name in names] == ["r{job=a}", "r{job=b}", "s", "s#2"]


def test_a_series_that_begins_after_the_time_asked_for_is_named_with_its_samples() -> None:
    source = HeldSource({"x": [_one("x", 1.0)]})
    found = file_inputs(source, POINTS, Ask(WINDOW, as_of_ms=START_MS - 1))
    assert any("all samples are after the as-of time" in note and note.endswith("of x (1)") for note in found.notes)
    assert not any("as-of" in note for note in file_inputs(source, POINTS, Ask(WINDOW, as_of_ms=START_MS)).notes)
