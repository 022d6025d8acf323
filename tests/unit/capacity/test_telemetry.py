"""A window of telemetry becomes steps of one replica: outlying moments are left out, all failures count."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from plimsoll.capacity.model import Values
from plimsoll.capacity.telemetry import Moments, telemetry_steps
from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.series import Times

EACH = np.linspace(20, 180, 600)


def minutes(count: int) -> Times:
    """Times a minute apart from the first of January 2026 on."""
    return np.asarray(1_767_225_600_000 + 60_000 * np.arange(count))


def moments(demand: np.ndarray, replicas: np.ndarray) -> Moments:
    cpu = 0.05 + 0.004 * demand / replicas
    return Moments("m", demand, replicas, {}, None, {"cpu": cpu}, {"cpu": "ratio"}, minutes(demand.size))


def test_telemetry_is_taken_per_replica() -> None:
    replicas = np.where(np.arange(600) % 2, 2.0, 4.0)
    steps = telemetry_steps(moments(EACH * replicas, replicas))
    assert len(steps) == 15
    assert steps.resources["cpu"] == pytest.approx(0.05 + 0.004 * steps.load, rel=1e-6)
    assert steps.load.max() < 180


def test_demand_that_hardly_moves_tells_nothing() -> None:
    with pytest.raises(NothingToAnswer, match="too narrow to fit a curve"):
        telemetry_steps(moments(np.full(100, 50.0), np.ones(100)))


def test_demand_below_zero_is_no_demand() -> None:
    with pytest.raises(InputError, match="below zero"):
        telemetry_steps(moments(np.linspace(-50, 50, 100), np.ones(100)))


@pytest.mark.parametrize(
    "strays",
    [
        pytest.param({300: 1e5}, id="one_spike"),
        pytest.param({300: 1e5, 301: 9e4, 400: 1e4}, id="spikes_of_other_sizes"),
        pytest.param({300: 0.0, 301: 0.0}, id="two_zeros"),
        pytest.param({10: 1e5, 300: 0.0}, id="both_ends"),
        pytest.param({300: 1205.0}, id="one_that_leaves_a_single_class_empty"),
        pytest.param(dict.fromkeys(range(6), 0.0) | dict.fromkeys(range(6, 12), 500.0), id="two_heaps_below"),
        pytest.param(dict.fromkeys(range(6), 1e4) | dict.fromkeys(range(6, 12), 1e5), id="two_heaps_above"),
    ],
)
def test_a_few_moments_far_from_all_others_change_no_step(strays: dict[int, float]) -> None:
    demand = EACH + 1000
    clean = np.delete(demand, list(strays))
    demand[list(strays)] = list(strays.values())
    found = telemetry_steps(moments(demand, np.ones(600)))
    expected = telemetry_steps(moments(clean, np.ones(clean.size)))
    assert found.load == pytest.approx(expected.load)
    assert any(f"{len(strays)} moments" in note and "far from all others" in note for note in found.notes)
    assert any(f"of {demand.size} moments" in note for note in found.notes)


def test_few_moments_make_fewer_classes() -> None:
    assert len(telemetry_steps(moments(np.linspace(10, 100, 100), np.ones(100)))) == 5


def test_errors_are_those_of_all_requests_and_no_median() -> None:
    failing = np.where((EACH > 100) & (np.arange(600) % 5 < 2), 0.05, 0.0)
    steps = telemetry_steps(replace(moments(EACH, np.ones(600)), error_ratio=failing))
    assert steps.error_ratio is not None
    assert steps.error_ratio[steps.load < 95] == pytest.approx(0)
    assert steps.error_ratio[steps.load > 105] == pytest.approx(0.02, rel=0.1)


def test_where_nothing_was_served_nothing_had_a_latency() -> None:
    idle = np.arange(600) % 3 == 0
    seen = replace(moments(np.where(idle, 0, EACH), np.ones(600)), latency_s={"p99": np.where(idle, 0.0, EACH / 1000)})
    steps = telemetry_steps(seen)
    assert not np.any(steps.latency_s["p99"] == 0)


@pytest.mark.parametrize(("share", "factor"), [(0.64, 1.3), (0.5, 2.0), (0.25, 0.6), (0.12, 1.5)])
def test_of_a_service_that_changed_only_the_newest_version_counts(share: float, factor: float) -> None:
    demand, first = np.tile(np.linspace(20, 180, 150), 10), round(1500 * (1 - share))
    p99 = np.where(np.arange(1500) >= first, factor, 1.0) * demand / 1000
    steps = telemetry_steps(replace(moments(demand, np.ones(1500)), latency_s={"p99": p99}))
    (note,) = [note for note in steps.notes if "at the same demand" in note]
    assert float(note.partition("p99 is ")[2].split()[0]) == pytest.approx(factor, rel=0.1)
    known = np.isfinite(steps.latency_s["p99"])
    assert np.count_nonzero(known) >= 13
    assert steps.latency_s["p99"][known] == pytest.approx(factor * steps.load[known] / 1000, rel=0.01)
    since = datetime.fromisoformat(note.split("since ")[1].split()[0]).timestamp() * 1000
    assert since == pytest.approx(minutes(1500)[first], abs=60_000 * 1500 / 28)
    assert f"--as-of {note.split('since ')[1].split()[0]}" in note


def test_versions_of_a_service_are_left_out_one_after_the_other() -> None:
    demand, place = np.tile(np.linspace(20, 180, 150), 10), np.arange(1500)
    cpu = np.select([place < 400, place < 900], [1.0, 1.5], 2.2) * demand / 1000
    steps = telemetry_steps(replace(moments(demand, np.ones(1500)), resources={"cpu": cpu}))
    assert steps.resources["cpu"] == pytest.approx(2.2 * steps.load / 1000, rel=0.01)


def test_each_quantity_has_its_own_newest_version() -> None:
    """Memory that fills up for weeks takes nothing away from what is known of latency."""
    demand, place = np.tile(np.linspace(20, 180, 150), 10), np.arange(1500)
    seen = replace(moments(demand, np.ones(1500)), latency_s={"p99": demand / 1000})
    steps = telemetry_steps(replace(seen, resources={"memory": (1 + place / 1500) * (1e9 + demand)}))
    assert [note.split()[4] for note in steps.notes if "at the same demand" in note] == ["memory"]
    assert steps.latency_s["p99"] == pytest.approx(steps.load / 1000, rel=0.01)


@pytest.mark.parametrize("weekend", [0.8, 1.2])
def test_weekends_are_no_other_version(weekend: float) -> None:
    """Two weeks that end on a Sunday: at the end, as a week before, requests are lighter, or heavier, at any demand."""
    hour = np.arange(14 * 96) / 4
    demand = 100 - 80 * np.cos(2 * np.pi * hour / 24)
    scatter = np.exp(np.random.default_rng(2).normal(0, 0.05, hour.size))
    p99 = demand / 1000 * np.where(hour // 24 % 7 < 5, 1.0, weekend) * scatter
    steps = telemetry_steps(replace(moments(demand, np.ones(hour.size)), latency_s={"p99": p99}))
    assert not any("only what came since" in note for note in steps.notes)


MONDAY_MS = 1_767_571_200_000  # the fifth of January 2026


@pytest.mark.parametrize(
    ("starts_day", "days", "factors", "verdict"),
    [
        pytest.param(0, 7, [1, 1, 1, 1, 1, 1.3, 1.3], "may be", id="a_week_that_ends_with_a_weekend"),
        pytest.param(5, 7, [1.3, 1.3, 1, 1, 1, 1, 1], "may be", id="a_week_that_starts_with_one"),
        pytest.param(0, 14, np.linspace(1, 1.2, 14), "may be", id="a_drift"),
        pytest.param(0, 7, [1, 1, 1, 1.3, 1.3, 1.3, 1.3], "is", id="a_step_within_a_week"),
        pytest.param(3, 7, [1, 1, 1, 1, 1, 1.3, 1.3], "is", id="a_step_on_the_last_days_but_no_weekend"),
        pytest.param(0, 14, [1] * 5 + [1.3] * 9, "is", id="a_step_on_a_saturday_that_stays"),
    ],
)
def test_a_step_is_cut_and_a_drift_or_an_only_weekend_is_said(
    starts_day: int, days: int, factors: Values, verdict: str
) -> None:
    hour = np.arange(days * 96) / 4
    demand = 100 - 80 * np.cos(2 * np.pi * hour / 24)
    scatter = np.exp(np.random.default_rng(2).normal(0, 0.05, hour.size))
    p99 = demand / 1000 * np.repeat(factors, 96) * scatter
    times_ms = MONDAY_MS + np.asarray(3_600_000 * (24 * starts_day + hour), dtype=np.int64)
    seen = replace(moments(demand, np.ones(hour.size)), latency_s={"p99": p99}, times_ms=times_ms)
    (note,) = [note for note in telemetry_steps(seen).notes if "at the same demand" in note]
    assert f"p99 {verdict} " in note


def test_an_outage_that_has_ended_is_no_other_version() -> None:
    demand, place = np.tile(np.linspace(20, 180, 150), 10), np.arange(1500)
    p99 = np.where((place >= 600) & (place < 800), 3.0, 1.0) * demand / 1000
    steps = telemetry_steps(replace(moments(demand, np.ones(1500)), latency_s={"p99": p99}))
    assert not any("at the same demand" in note for note in steps.notes)
    assert steps.latency_s["p99"] == pytest.approx(steps.load / 1000, rel=0.02)


def test_a_change_that_readings_leave_open_is_said_and_both_parts_count() -> None:
    """Of the parts before one in nine is as high as those after."""
    demand, place = np.tile(np.linspace(20, 180, 50), 28), np.arange(1400)
    high = (place >= 900) | ((place >= 300) & (place < 400))
    steps = telemetry_steps(
        replace(moments(demand, np.ones(1400)), latency_s={"p99": np.where(high, 1.3, 1.0) * demand / 1000})
    )
    (note,) = [note for note in steps.notes if "at the same demand" in note]
    assert "p99 may be 1.3 times as high" in note
    assert "--history" in note
    assert np.all(np.isfinite(steps.latency_s["p99"]))


def changes(values: Values, demand: Values) -> list[str]:
    """Return the notes on a processor that showed other values from some moment on."""
    seen = replace(moments(demand, np.ones(demand.size)), resources={"cpu": values})
    return [note for note in telemetry_steps(seen).notes if "at the same demand" in note]


def two_loads(moments: int, factor: float, share: float = 0.25) -> tuple[Values, Values]:
    """A processor at two loads in turn, `factor` times as busy in the last `share`, and the demand."""
    demand = np.tile([40.0, 160.0], moments // 2)
    return demand / 400 * np.where(np.arange(moments) >= (1 - share) * moments, factor, 1.0), demand


@pytest.mark.parametrize(("factor", "is_said"), [(1.09, False), (1.11, True), (0.92, False), (0.9, True)])
def test_a_change_is_said_from_a_tenth_on(factor: float, is_said: bool) -> None:
    assert bool(changes(*two_loads(600, factor))) == is_said


@pytest.mark.parametrize(("parts", "is_said"), [(2, False), (3, True), (25, True), (26, False)])
def test_a_change_has_three_parts_of_28_before_and_after_it(parts: int, is_said: bool) -> None:
    assert bool(changes(*two_loads(560, 2.0, parts / 28))) == is_said


def test_a_change_at_one_load_alone_is_none_of_the_service() -> None:
    cpu, demand = two_loads(600, 2.0)
    cpu[451::2] = np.nan  # the higher load is not measured at the end
    assert not changes(cpu, demand)


@pytest.mark.parametrize(("count", "is_said"), [(26, False), (60, True)])
def test_a_change_shows_in_few_readings(count: int, is_said: bool) -> None:
    assert bool(changes(*two_loads(count, 2.0, 0.5))) == is_said


def test_readings_that_are_missing_hide_no_change() -> None:
    cpu, demand = two_loads(600, 2.0)
    cpu[::7] = np.nan
    assert changes(cpu, demand)


@pytest.mark.parametrize("factor", [0.0, np.inf], ids=["idle_at_the_end", "idle_before"])
def test_a_processor_that_was_idle_is_not_so_many_times_as_busy(factor: float) -> None:
    cpu, demand = two_loads(600, 0.0 if factor == 0 else 1.0)
    if np.isinf(factor):
        cpu[:450] = 0.0
    assert not changes(cpu, demand)


def test_scatter_is_no_other_service() -> None:
    demand = np.tile(np.linspace(20, 180, 150), 10)
    scattered = demand / 1000 * np.exp(np.random.default_rng(1).normal(0, 0.4, 1500))
    seen = replace(moments(demand, np.ones(1500)), latency_s={"p99": scattered})
    assert not any("at the same demand" in note for note in telemetry_steps(seen).notes)


def test_what_was_read_in_one_class_or_in_none_is_known_there_or_nowhere() -> None:
    once = np.where((EACH > 100) & (EACH < 106), 0.1, np.nan)
    steps = telemetry_steps(replace(moments(EACH, np.ones(600)), latency_s={"p95": once, "p99": np.full(600, np.nan)}))
    assert steps.latency_s["p95"][np.isfinite(steps.latency_s["p95"])] == pytest.approx(0.1)
    for values in (steps.latency_s["p99"], steps.standard_errors["p99"]):
        assert np.all(np.isnan(values))


@pytest.mark.parametrize(
    ("every", "is_known"),
    [
        pytest.param(20, False, id="fewer_readings_than_a_median_needs"),
        pytest.param(3, False, id="less_than_half_as_many_as_elsewhere"),
        pytest.param(1, True, id="all"),
    ],
)
def test_nothing_is_known_where_it_was_hardly_read(every: int, is_known: bool) -> None:
    """A scrape that times out is missing where the service is slowest: the few that came back are the quick ones."""
    each = np.linspace(20, 180, 1200)
    read = (each < 150) | (np.arange(1200) % every == 0)
    p95, cpu, errors = (np.where(read, each / 1000, np.nan) for _ in range(3))
    seen = replace(moments(each, np.ones(1200)), latency_s={"p95": p95}, error_ratio=errors, resources={"cpu": cpu})
    steps = telemetry_steps(seen)
    assert steps.error_ratio is not None
    for values in (steps.latency_s["p95"], steps.resources["cpu"], steps.error_ratio):
        assert np.all(np.isfinite(values[steps.load < 145]))
        assert np.all(np.isfinite(values[steps.load > 155]) == is_known)
    said = [note.split()[0] for note in steps.notes if "is often not read" in note]
    assert said == ([] if is_known else ["p95", "cpu", "errors"])


def test_what_is_read_seldom_everywhere_alike_is_known() -> None:
    each = np.linspace(20, 180, 3000)
    cpu = np.where(np.arange(3000) % 5 == 0, each / 400, np.nan)
    steps = telemetry_steps(replace(moments(each, np.ones(3000)), resources={"cpu": cpu}))
    assert np.all(np.isfinite(steps.resources["cpu"]))


def test_moments_without_a_number_of_replicas_are_said_to_be_left_out() -> None:
    replicas = np.where(np.arange(600) % 2, 2.0, np.nan)
    notes = telemetry_steps(moments(EACH * 2, replicas)).notes
    assert any("300 of 600 moments of demand are left out" in note for note in notes)
    assert not any("left out" in note for note in telemetry_steps(moments(EACH, np.ones(600))).notes)


def test_no_value_lies_beyond_what_was_read_in_its_class() -> None:
    full = np.where(EACH > 98, 1.0, 0.0)
    steps = telemetry_steps(replace(moments(EACH, np.ones(600)), resources={"cpu": full}))
    assert set(steps.resources["cpu"]) <= {0.0, 1.0}


def test_where_demand_piles_up_at_the_end_of_a_class_its_values_are_still_those_at_its_load() -> None:
    """Scatter of demand carries many readings from the crowded top of a class past its middle, and few from below."""
    random, day = np.random.default_rng(3), 0.5 - 0.5 * np.cos(np.linspace(0, 28 * np.pi, 20_000))
    each = 175 * np.minimum(1, (0.15 + 0.85 * day) * np.exp(0.06 * random.standard_normal(day.size)))
    p95 = 1 / (184 - each)
    read = p95 * np.exp(0.12 * random.standard_normal(each.size))
    steps = telemetry_steps(replace(moments(each, np.ones(each.size)), latency_s={"p95": read}, resources={"cpu": p95}))
    true = 1 / (184 - steps.load)
    assert steps.latency_s["p95"] == pytest.approx(true, rel=0.02)
    assert steps.resources["cpu"] == pytest.approx(true, rel=0.003)
