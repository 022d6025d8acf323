"""Assessing by a model: triggers, alert rules over their whole duration, health, what is good, the model's words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.app.assessment.assessing import assessment_of, assessment_of_source
from plimsoll.app.model import model_from_text
from plimsoll.app.runway.given_limits import given_limits
from plimsoll.app.runway.inputs import Ask, Inputs, inputs_of
from plimsoll.app.runway.of_model import model_inputs
from plimsoll.app.runway.runways import runway
from plimsoll.bootstrap import advice_base
from plimsoll.bootstrap_sources import limit_catalog
from plimsoll.domain.assessment import Assessment, Truth
from plimsoll.domain.runway import RunwayRow, RunwayState
from plimsoll.domain.series import Gap, Harvest, MetricKind, Series, SeriesId, Window
from plimsoll.domain.stored import EVER
from plimsoll.planning.runway import Terms

HEAD = "apiVersion: plimsoll/v1\nkind: System\nmetadata: {name: shop}\n"
NOW_MS = 1_700_000_000_000
MINUTE_MS = 60_000
GAP = float("nan")


def series(name: str, values: list[float], kind: MetricKind = MetricKind.RATIO) -> Series:
    times = NOW_MS - MINUTE_MS * np.arange(len(values) - 1, -1, -1, dtype=np.int64)
    return Series(SeriesId(name), times, np.array(values, dtype=np.float64), "ratio", kind)


def assessed(text: str, *held: Series) -> Assessment:
    found = assessment_of(Harvest("x", held, (), ()), model_from_text(HEAD + text), (), advice_base(), NOW_MS, 3600)
    assert found is not None
    return found


def test_a_band_without_a_component_is_read_from_any_components_signal() -> None:
    text = "bands: [{signal: cpu, target: 60%, action: scale, levels: {normal: [0%, 70%], critical: [70%, null]}}]\n"
    found = assessed(text, series("app/cpu", [0.75]))
    assert [(item.band, item.target) for item in found.standings] == [("critical", 0.6)]
    assert [(item.severity.value, item.action) for item in found.bottlenecks] == [("critical", "scale")]


def test_of_several_series_the_worst_is_shown_where_little_is_bad_and_no_band_says_how_bad() -> None:
    text = "bands: [{signal: hits, bad: low, levels: {rich: [50%, null], poor_man: [null, 50%]}}]\n"
    (standing,) = assessed(text, series("a/hits", [0.9]), series("b/hits", [0.2])).standings
    assert (standing.band, standing.now, standing.verdict.value) == ("poor_man", 0.2, "unknown")


def test_a_series_that_fell_silent_beside_others_is_told_and_not_taken_for_well() -> None:
    text = "components: [{name: web, limits: [{resource: disk, hard: 100%}]}]\n"
    well, silent = (replace(series("web/disk", [0.3]), id=SeriesId("web/disk", (("host", host),))) for host in "ab")
    found = assessed(text, well, replace(silent, times_ms=silent.times_ms - 120 * MINUTE_MS))
    (row,) = found.standings
    told = 'nothing is known of 1 of its 2 series, such as web/disk{host="b"}: the last sample is 2h old'
    assert (row.now, row.why) == (0.3, f"below 80% of the practical limit; {told}")
    assert found.unknown == (f"web/disk: {told}",)


def test_a_gap_of_long_ago_makes_nothing_unknown() -> None:
    text = "components: [{name: web, limits: [{resource: disk, hard: 100%}]}]\n"
    gap = Gap(SeriesId("web/disk"), Window(NOW_MS - 120 * MINUTE_MS, NOW_MS - 60 * MINUTE_MS), "no answer")
    held = replace(series("web/disk", [0.3]), id=SeriesId("web/disk", (("host", "a"),)))
    found = assessment_of(
        Harvest("x", (held,), (gap,), ()), model_from_text(HEAD + text), (), advice_base(), NOW_MS, 3600
    )
    assert found is not None
    assert found.unknown == ()


def test_a_limit_alone_is_a_bottleneck_from_its_practical_share_on() -> None:
    text = "components: [{name: app, limits: [{resource: sessions, hard: 200}]}]\n"
    severities = [
        [item.severity.value for item in assessed(text, series("sessions", [value], MetricKind.COUNT)).bottlenecks]
        for value in (159, 160, 200)
    ]
    assert severities == [[], ["high"], ["critical"]]


@pytest.mark.parametrize(
    "signal",
    [
        pytest.param("name: cpu, unit: percent", id="unit_alone"),
        pytest.param("name: cpu, unit: '%'", id="unit_as_a_sign"),
        pytest.param("name: cpu, unit: percent, kind: gauge", id="unit_of_a_gauge"),
        pytest.param("name: cpu, kind: percent", id="kind_alone"),
        pytest.param("name: cpu, unit: percent, kind: percent", id="both"),
        pytest.param("name: cpu_percent", id="name_alone"),
    ],
)
def test_percentages_are_told_as_shares_however_they_are_stated(signal: str) -> None:
    head = f"{HEAD}components: [{{name: app}}]\nsignals: [{{{signal}, component: app}}]\n"
    section = model_from_text(head).file.signals[0]
    limit = f"limits: [{{component: app, resource: cpu, hard: 90%, signal: {section.name}}}]\n"
    read = replace(series(f"app/{section.name}", [60.9], MetricKind(section.kind)), unit=section.unit)
    (row,) = assessed(head.removeprefix(HEAD) + limit, read).standings
    assert row.unit == "ratio"
    assert row.now == pytest.approx(0.609)
    assert row.practical_utilization == pytest.approx(0.609 / 0.72)


def test_a_trigger_is_a_mild_level_where_none_as_mild_stands_already() -> None:
    text = (
        "bands: [{signal: p95, levels: {normal: [0ms, 250ms], warning: [250ms, null]}}]\n"
        "assess: {triggers: [{signal: p95, above: 200ms}, {signal: cache_hit, below: 70%}], urgent_past: 20%}\n"
    )
    found = assessed(text, series("p95", [0.22], MetricKind.SECONDS), series("cache_hit", [0.5]))
    assert {item.resource: (item.severity.value, item.urgent) for item in found.bottlenecks} == {
        "p95": ("medium", False),
        "cache_hit": ("medium", True),
    }


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        pytest.param(120.0, 100.0, id="above"),
        pytest.param(50.0, None, id="between"),
        pytest.param(3.0, 5.0, id="below"),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("assess: {triggers: [{signal: queue, above: 100}, {signal: queue, below: 5}]}", id="two_triggers"),
        pytest.param("assess: {triggers: [{signal: queue, above: 100, below: 5}]}", id="a_trigger_with_both_sides"),
        pytest.param(
            "bands: [{signal: queue, levels: {normal: [0, 100], warning: [100, null]}, severity: {warning: medium}}]\n"
            "assess: {triggers: [{signal: queue, below: 5}]}",
            id="a_band_and_a_trigger",
        ),
    ],
)
def test_triggers_on_both_sides_of_a_signal_are_both_judged(text: str, value: float, bound: float | None) -> None:
    found = assessed(text + "\n", series("queue", [value], MetricKind.COUNT))
    assert [(item.severity.value, item.threshold) for item in found.bottlenecks] == ([("medium", bound)] * bool(bound))
    assert [item.verdict.value for item in found.standings] == ["immediate" if bound else "monitor"]


@pytest.mark.parametrize(
    "text",
    [
        "assess: {triggers: [{signal: queue, above: 100}, {signal: queue, below: 5}]}\n",
        "assess: {immediate: [{signal: queue, above: 100}, {signal: queue, below: 5}]}\n",
    ],
    ids=["triggers", "immediate"],
)
def test_of_several_series_the_one_past_a_level_is_shown_on_whichever_side_it_lies(text: str) -> None:
    held = (series("a/queue", [50], MetricKind.COUNT), series("b/queue", [3], MetricKind.COUNT))
    assert [item.now for item in assessed(text, *held).standings] == [3]


def test_an_unhealthy_component_hurts_as_much_as_the_model_says() -> None:
    text = (
        "components: [{name: db}]\nsources: [{name: s, kind: app_json, url: 'http://h'}]\n"
        "signals: [{name: state, source: s, query: /health .components.db.status, component: db}]\n"
        "assess: {unhealthy: medium, priorities: {medium: next sprint}}\n"
    )
    found = assessed(text, series("db/state", [0.0], MetricKind.GAUGE))
    assert [item.severity.value for item in found.bottlenecks] == ["medium"]
    assert found.priority_name == "next sprint"
    assert not assessed(text, series("db/state", [1.0], MetricKind.GAUGE)).bottlenecks


def test_what_is_good_is_told_and_what_is_below_an_immediate_bound_is_immediate() -> None:
    text = (
        "bands: [{signal: hit, bad: low, levels: {critical: [0%, 10%], normal: [10%, null]}}]\n"
        "signals: [{name: hit, kind: ratio}]\n"
        "assess: {good: [{signal: hit, above: 80%}], immediate: [{signal: hit, below: 50%}]}\n"
    )
    assert assessed(text, series("hit", [0.85])).good == ("hit is 85%, above 80%",)
    assert assessed(text, series("a/hit", [0.85]), series("b/hit", [0.6])).good == ()
    low = assessed(text, series("hit", [0.4]))
    assert (low.good, low.standings[0].verdict.value) == ((), "immediate")


def test_a_signal_that_only_a_level_for_action_at_once_judges_is_judged_by_it() -> None:
    text = "signals: [{name: errors, kind: ratio}]\nassess: {immediate: [{signal: errors, above: 10%}]}\n"
    high, low = (assessed(text, series("errors", [value])) for value in (0.3, 0.05))
    assert [(item.verdict.value, item.why) for item in (*high.standings, *low.standings)] == [
        ("immediate", "above 10%, which the model calls immediate"),
        ("monitor", "no level reached"),
    ]
    assert (high.priority.value, low.priority.value) == ("immediate", "none")


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ("above: 50%", 0.55, ("immediate", "immediate", ["critical"])),
        ("below: 60%", 0.55, ("immediate", "immediate", ["critical"])),
        ("above: 60%", 0.55, ("monitor", "none", [])),
        ("above: 50%", 0.95, ("immediate", "urgent", ["high"])),
    ],
    ids=["above", "below", "not_passed", "a_level_is_passed"],
)
def test_what_the_model_calls_immediate_is_no_row_beside_a_priority_of_none(
    condition: str, value: float, expected: tuple[str, str, list[str]]
) -> None:
    text = (
        "components: [{name: web, limits: [{resource: disk, hard: 100%}]}]\n"
        f"assess: {{immediate: [{{signal: disk, {condition}}}]}}\n"
    )
    found = assessed(text, series("web/disk", [value]))
    severities = [item.severity.value for item in found.bottlenecks]
    assert (found.standings[0].verdict.value, found.priority.value, severities) == expected


def test_what_is_read_and_judged_by_nothing_is_named_but_not_what_measures_demand() -> None:
    text = (
        "signals: [{name: load}, {name: heat}, {name: cpu}, {name: hit}, {name: errors}]\n"
        "drivers: [{name: orders, signal: load}]\n"
        "bands: [{signal: cpu, levels: {busy: [70%, null]}}]\n"
        "assess: {good: [{signal: hit, above: 80%}]}\n"
        "alerts: {rules: [{name: Errors, signal: errors, above: 5%}]}\n"
    )
    read = [series(name, [0.5]) for name in ("load", "a/heat", "b/heat", "cpu", "hit", "errors")]
    assert assessed(text, *read).notes == ("not judged, because the model has no limit, band or rule for them: heat",)
    assert assessed(text, *(one for one in read if "heat" not in one.id.name)).notes == ()


def test_a_count_with_a_threshold_in_percent_stays_a_count() -> None:
    text = (
        "signals: [{name: open, kind: count}]\nbands: [{signal: open, levels: {few: [0, 80]}}]\n"
        "alerts: {rules: [{name: Many, signal: open, above: 80%}]}\n"
    )
    held = replace(series("open", [41.0], MetricKind.COUNT), unit="")
    (row,) = assessed(text, held).standings
    assert (row.now, row.unit, row.band) == (41.0, "", "few")


@pytest.mark.parametrize(
    ("requests", "advised"),
    [
        pytest.param([100.0] * 20, "memory_leak_first", id="demand_stays"),
        pytest.param([100.0 + 5.0 * n for n in range(20)], "memory_add", id="demand_rises_too"),
        pytest.param([GAP] * 20, "memory_add", id="demand_is_not_known"),
    ],
)
def test_memory_that_rises_alone_is_looked_at_for_a_leak_before_it_is_added(
    requests: list[float], advised: str
) -> None:
    text = (
        "components: [{name: app, demand: {unit: requests, per: 60s, signal: requests},"
        " limits: [{resource: memory, hard: 100%}]}]\n"
    )
    memory = series("app/memory", [0.6 + 0.015 * n for n in range(20)])
    found = assessed(text, memory, series("app/requests", requests, MetricKind.RATE))
    assert {"memory_leak_first", "memory_add"} & {action.id for action in found.actions} == {advised}


def test_a_database_past_its_own_time_is_mended_before_replicas_are_added() -> None:
    text = "components: [{name: db, limits: [{resource: query_time_p95, hard: 80%}, {resource: cpu, hard: 100%}]}]\n"
    slow, busy = series("db/query_time_p95", [0.9] * 20), series("db/cpu", [0.99] * 20)
    advised = {action.id: action.evidence for action in assessed(text, slow, busy).actions}
    assert advised["query_analysis"] == ("database_slow",)
    assert "add_replicas" not in advised
    assert "add_replicas" in {action.id for action in assessed(text, busy).actions}


def known(harvest: Harvest, limits: tuple[str, ...] = (), component: str = "") -> Inputs:
    return inputs_of(harvest, limit_catalog(), Ask(EVER, limits=given_limits(limits)), component)


def assessed_alone(*held: Series, limits: tuple[str, ...] = (), component: str = "") -> Assessment:
    harvest = Harvest("x", held, (), ())
    found = assessment_of_source(harvest, (known(harvest, limits, component),), advice_base(), NOW_MS, 3600)
    assert found is not None
    return found


def test_a_source_is_judged_by_the_names_that_its_runway_gives() -> None:
    disk = series("disk_used_percent", [0.9] * 20)
    twins = [replace(disk, id=SeriesId.of("disk_used_percent", {"host": host, "mount": "/var"})) for host in ("a", "b")]
    found = assessed_alone(*twins)
    assert [item.resource for item in found.standings] == ["a/disk_used_percent:/var", "b/disk_used_percent:/var"]


@pytest.mark.parametrize(
    ("free", "severities"),
    [
        pytest.param(0.21, [], id="enough_is_left"),
        pytest.param(0.2, ["high"], id="as_little_left_as_is_full_at_80_percent"),
        pytest.param(0.04, ["critical"], id="nearly_nothing_left"),
    ],
)
def test_without_a_model_a_share_of_what_is_left_is_judged_from_below(free: float, severities: list[str]) -> None:
    found = assessed_alone(series("db/disk_free_ratio", [free]))
    assert [item.severity.value for item in found.bottlenecks] == severities


@pytest.mark.parametrize("component", ["host", ""], ids=["of_this_host", "in_a_recording"])
def test_a_resource_has_one_name_and_one_limit_in_an_assessment_and_a_runway(component: str) -> None:
    names = ("host_cpu_utilization_ratio", "host_memory_used_ratio", "host_disk_used_ratio", "api/cpu_used_percent")
    held = tuple(series(name, [0.5] * 20) for name in names)
    own = known(Harvest("x", held, (), ()), ("api/cpu_used_percent=70%",), component).resources
    found = assessed_alone(*held, limits=("api/cpu_used_percent=70%",), component=component)
    of_runway = {one.name: one.limit.hard for one in own if one.limit}
    assert {item.resource: item.theoretical_limit for item in found.standings} == of_runway
    assert set(of_runway.values()) == {0.9, 0.98, 0.7}


def test_a_limit_of_the_catalog_is_tight_from_its_soft_limit_on() -> None:
    (low, high) = (assessed_alone(series("host_memory_used_ratio", [now])).bottlenecks for now in (0.89, 0.91))
    assert not low
    assert [(item.severity.value, item.threshold) for item in high] == [("high", 0.9)]


def test_what_a_source_refused_is_listed_as_unknown_with_the_reason() -> None:
    refused = RunwayRow("a/memory", None, "", None, RunwayState.ERROR, None, None, None, None, None, "timed out")
    harvest = Harvest("x", (series("api/cpu_used_percent", [0.5]),), (), ())
    parts = (replace(known(harvest), failed=(refused,)),)
    found = assessment_of_source(harvest, parts, advice_base(), NOW_MS, 3600)
    assert found is not None
    assert {item.resource: item.verdict.value for item in found.standings}["a/memory"] == "unknown"
    assert found.unknown == ("a/memory: cannot tell: timed out",)


def test_a_port_in_the_name_of_a_host_hides_no_topic() -> None:
    busy = replace(series("host_cpu_utilization_ratio", [0.95] * 20), unit="ratio")
    (found,) = assessed_alone(busy, component="10.0.0.1:9100").bottlenecks
    assert (found.resource, found.impact) == ("10.0.0.1:9100/cpu", advice_base().impacts["cpu"])


@pytest.mark.parametrize(
    ("step_min", "age_min", "is_known"),
    [
        pytest.param(1, 59, True, id="an_hour_at_least"),
        pytest.param(60, 175, True, id="three_steps"),
        pytest.param(60, 185, False, id="past_three_steps"),
        pytest.param(24 * 60, 2 * 24 * 60, True, id="the_day_before_yesterday_of_daily_samples"),
    ],
)
def test_a_sample_is_as_old_as_may_be_for_an_assessment_and_a_runway(
    step_min: int, age_min: int, is_known: bool
) -> None:
    held = series("api/cpu_used_percent", [0.5] * 40)
    times = NOW_MS - MINUTE_MS * (age_min + step_min * np.arange(39, -1, -1, dtype=np.int64))
    harvest = Harvest("x", (replace(held, times_ms=times),), (), ())
    parts = (known(harvest),)
    found = assessment_of_source(harvest, parts, advice_base(), NOW_MS)
    (row,) = runway(parts, Terms(NOW_MS)).document.rows
    assert found is not None
    assert (found.standings[0].now is not None, row.state is not RunwayState.STALE) == (is_known, is_known)


def test_a_disk_and_a_quota_on_it_are_two_resources_in_an_assessment_and_a_runway() -> None:
    text = (
        "components: [{name: db, limits: [{resource: disk, signal: used, hard: 100GB},"
        " {resource: quota, signal: used, hard: 90GB}, {resource: disk, signal: used, hard: 50GB}]}]\n"
        "signals: [{name: used, component: db, unit: GB}]\n"
        "bands: [{signal: used, component: db, levels: {low: [0, 95], full: [95, null]}}]\n"
    )
    held = replace(series("db/used", [88.0] * 20, MetricKind.UNKNOWN), unit="GB")
    ask = Ask(Window(0, NOW_MS + 1))
    of_runway = model_inputs(model_from_text(HEAD + text), Harvest("x", (held,)), (), ask).resources
    assert {one.name: one.limit.hard for one in of_runway if one.limit} == {"db/disk": 1e11, "db/quota": 9e10}
    found = {item.resource: (item.now, item.theoretical_limit, item.band) for item in assessed(text, held).standings}
    assert found == {"disk": (8.8e10, 1e11, "low"), "quota": (8.8e10, 9e10, None)}


def test_what_is_full_by_design_asks_for_nothing() -> None:
    text = "components: [{name: web, limits: [{resource: cache, hard: 100%, self_limiting: true}]}]\n"
    found = assessed(text, series("web/cache", [0.99]))
    (row,) = found.standings
    assert (row.verdict.value, row.theoretical_utilization, found.bottlenecks) == ("monitor", 0.99, ())
    assert "full by design" in row.why


@pytest.mark.parametrize(
    ("unit", "now", "hard", "limit"),
    [
        pytest.param("GB", 90.0, "100GB", 1e11, id="bytes"),
        pytest.param("GB", 90.0, "100", 1e11, id="plain_number_of_gigabytes"),
        pytest.param("ms", 90.0, "100ms", 0.1, id="time"),
        pytest.param("percent", 90.0, "100", 1.0, id="plain_number_of_percentages"),
        pytest.param("percent", 90.0, "100%", 1.0, id="percent"),
        pytest.param("", 90.0, "100%", 1.0, id="a_share_by_its_limit"),
        pytest.param("", 90.0, "100", 100.0, id="plain_numbers"),
    ],
)
def test_readings_and_thresholds_of_a_signal_meet_in_its_base_unit(
    unit: str, now: float, hard: str, limit: float
) -> None:
    text = (
        f"components: [{{name: db, limits: [{{resource: used, hard: {hard}}}]}}]\n"
        f"signals: [{{name: used, component: db, unit: '{unit}'}}]\n"
        f"bands: [{{signal: used, component: db, levels: {{low: [0, {hard}], full: [{hard}, null]}}}}]\n"
        f"assess: {{good: [{{signal: used, below: {hard}}}]}}\n"
        f"alerts: {{rules: [{{name: a, signal: used, above: {hard}}}]}}\n"
    )
    held = replace(series("db/used", [now], MetricKind.UNKNOWN), unit=unit)
    found = assessed(text, held)
    (row,), (condition,) = found.standings, found.conditions
    assert (row.theoretical_limit, row.theoretical_utilization) == pytest.approx((limit, 0.9))
    assert (row.band, len(found.good), condition.holds, condition.above) == ("low", 1, Truth.NO, limit)
    (past,) = assessed(text, replace(held, values=held.values + 20)).conditions
    assert past.holds is Truth.YES


def test_a_threshold_that_measures_something_else_is_compared_with_nothing_and_named() -> None:
    text = (
        "components: [{name: db, limits: [{resource: disk, signal: used, hard: 90%}]}]\n"
        "signals: [{name: used, component: db, unit: GB}]\n"
        "assess: {triggers: [{signal: used, above: 80%}]}\n"
    )
    found = assessed(text, replace(series("db/used", [88.0], MetricKind.UNKNOWN), unit="GB"))
    (row,) = found.standings
    assert (row.component, row.resource) == ("db", "disk")
    other = "is a share, and the series in GB"
    assert (row.verdict.value, row.why, found.bottlenecks) == ("unknown", f"the limit {other}", ())
    assert found.notes == (f"used: a threshold of it {other}; it is not judged by that one",)


RULE = "alerts: {rules: [{name: a, signal: cpu, above: 80%, for: 5min, severity: critical}]}\n"


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        pytest.param([0.9] * 10, Truth.YES, id="all_of_it"),
        pytest.param([0.9] * 7 + [0.7, 0.9, 0.9], Truth.NO, id="one_sample_refutes_it"),
        pytest.param([0.7] * 4 + [0.9] * 6, Truth.YES, id="before_the_window_does_not_count"),
        pytest.param([0.9] * 5 + [GAP] * 4 + [0.9], Truth.UNKNOWN, id="a_gap_is_no_proof"),
    ],
)
def test_an_alert_rule_is_judged_over_the_whole_of_its_time(values: list[float], holds: Truth) -> None:
    (condition,) = assessed(RULE, series("app/cpu", values)).conditions
    assert (condition.holds, condition.above, condition.for_s) == (holds, 0.8, 300)


@pytest.mark.parametrize("rule", [RULE, RULE.replace("for: 5min, ", "")], ids=["for_5min", "at_once"])
@pytest.mark.parametrize(
    ("last", "values", "holds"),
    [
        pytest.param(NOW_MS - 30 * MINUTE_MS, [0.1, 0.9], Truth.YES, id="the_newest_of_hourly_samples_stands"),
        pytest.param(NOW_MS - 30 * MINUTE_MS, [0.9, 0.1], Truth.NO, id="and_refutes"),
        pytest.param(NOW_MS - 130 * MINUTE_MS, [0.9, 0.1], Truth.UNKNOWN, id="not_for_ever"),
        pytest.param(NOW_MS, [0.9, 0.9, GAP, GAP, GAP], Truth.UNKNOWN, id="what_is_no_number_is_no_sample"),
        pytest.param(NOW_MS, [GAP], Truth.UNKNOWN, id="none_that_is_a_number"),
    ],
)
def test_what_has_no_sample_of_late_is_never_taken_for_a_breach(
    rule: str, last: int, values: list[float], holds: Truth
) -> None:
    found = series("cpu", values)
    hourly = last - 60 * (NOW_MS - found.times_ms)
    (condition,) = assessed(rule, replace(found, times_ms=hourly)).conditions
    assert condition.holds is holds


def test_a_share_is_never_held_against_a_count() -> None:
    (condition,) = assessed(RULE, series("cpu", [90.0] * 10, MetricKind.COUNT)).conditions
    assert (condition.holds, condition.why) == (
        Truth.UNKNOWN,
        "cannot tell: its threshold is a share, and the series a count",
    )


def test_a_rule_that_cannot_be_judged_says_why() -> None:
    text = (
        "components: [{name: app}]\n"
        "alerts: {rules: [{name: a, signal: cpu, above: 80%}, {name: b, component: app, down: true},"
        " {name: c, expr: up == 0}]}\n"
    )
    found = assessed(text)
    assert {item.holds for item in found.conditions} == {Truth.UNKNOWN}
    assert [item.why for item in found.conditions] == [
        "cannot tell: no source gave cpu",
        "cannot tell: no signal tells whether app answers",
        "cannot tell: its PromQL expression is judged by Prometheus, not here",
    ]


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ("", {"web/busy": (0.8, 0.9)}),
        ("bands: [{signal: busy, component: web, levels: {all: [0, 1]}}]\n", {"busy": ()}),
    ],
    ids=["of_the_catalog", "the_model_comes_first"],
)
def test_a_signal_that_only_the_catalog_knows_is_judged_by_it_as_without_a_model(
    bands: str, expected: dict[str, tuple[float, ...]]
) -> None:
    """By the model alone the processor was not judged, and an assessment without another limit could not be made."""
    signals = "signals: [{name: busy, component: web, query: host_cpu_utilization_ratio}, {name: share, kind: ratio}]\n"
    model = model_from_text(HEAD + "components: [{name: web}]\n" + signals + bands)
    harvest = Harvest("x", (series("web/busy", [0.95] * 20), series("share", [0.99] * 20)))
    parts = (model_inputs(model, harvest, limit_catalog(), Ask(Window(0, NOW_MS + 1))),)
    found = assessment_of(harvest, model, parts, advice_base(), NOW_MS)
    assert found is not None
    held = {item.resource: (item.practical_limit, item.theoretical_limit) for item in found.standings}
    assert {name: tuple(filter(None, limits)) for name, limits in held.items()} == expected
