"""The inputs of a suggestion, and the notes beside it."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.app.rehearsal.pages import suggestion_page
from plimsoll.app.rehearsal.replays import ReplayOptions
from plimsoll.app.rehearsal.suggestions import suggest
from plimsoll.app.rehearsal.tuning import Goal, account_of
from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import SignalUse
from plimsoll.domain.policy_restraints import Limits
from plimsoll.domain.suggestion import Verdict
from plimsoll.domain.system import Component, Demand
from plimsoll.domain.trace import Trace
from plimsoll.simulation.setting import Rules

CPU = HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70)
PODS = HpaMetric(MetricType.PODS, "requests", TargetType.AVERAGE_VALUE, 50_000)
MEMORY = HpaMetric(MetricType.RESOURCE, "memory", TargetType.UTILIZATION, 70)


@pytest.mark.parametrize(
    ("metrics", "referred"),
    [
        pytest.param((CPU,), True, id="cpu"),
        pytest.param((PODS,), False, id="an_average_of_its_own"),
        pytest.param((CPU, MEMORY), False, id="memory_beside_it"),
    ],
)
def test_only_an_hpa_on_cpu_is_run_along_for_its_replica_hours(metrics: tuple[HpaMetric, ...], referred: bool):
    account = account_of(Goal(budget=HpaPolicy("now", 2, 20, metrics)), 0.0)
    assert (account is not None) == referred


def test_a_policy_that_reads_a_column_is_beaten_or_kept_and_what_is_odd_is_said():
    times = 300.0 * np.arange(200)
    trace = Trace("t", times, 500.0 + 100.0 * np.sin(times / 9000), 300.0, columns=(("depth", times),))
    now = Policy("now", Limits(2, 20), (SignalUse("humidity"), SignalUse("depth")))
    component = Component("web", demand=Demand("requests", 60.0), capacity=100.0, policies=(now,))
    found = suggest(trace, component, Goal(misses=0.05, calm_as=now), 0.5, ReplayOptions(rules=Rules.PLAIN)).document
    assert {finding.rule for finding in found.findings} == {"trace-span", "signal-unknown"}
    page = suggestion_page(found)
    said = {Verdict.RECOMMENDED: "Recommended: ", Verdict.KEEP_CURRENT: "Keep the current policy: "}[found.verdict]
    assert page.headlines == (f"{said}{found.reason}.",)
    (front,) = (table for table in page.parts[0].tables if table.title.startswith("Efficient"))
    assert "no platform runs it" in front.notes[0]
