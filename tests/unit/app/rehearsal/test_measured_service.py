"""What a replay takes from a load test of one replica: the axis of demand, its curves, its capacity, its service."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.adapters.loadtests.plain_csv import read_steps
from plimsoll.app.rehearsal.measured_service import measured_service
from plimsoll.app.rehearsal.replays import ReplayOptions, replay, setting_of
from plimsoll.domain import load_line as lines
from plimsoll.domain.errors import UsageError
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import Condition, Direction, Side, SignalUse, TriggerRule
from plimsoll.domain.policy_restraints import Limits
from plimsoll.domain.system import Component, Demand, Instance, Latency, Slo
from plimsoll.domain.trace import Trace
from plimsoll.simulation.feeds import feed_of
from plimsoll.simulation.signals import UNKNOWN_SIGNAL

LOADS = (0.0, 50.0, 100.0, 120.0)  # the last lies past the tested range


def chart(of: str, unit: str, *curve: float) -> lines.LoadChart:
    past = tuple(load > 100 for load in LOADS)
    return lines.LoadChart(of, unit, (), (), LOADS, curve, curve, curve, past, (0.0, 100.0), None, 80.0)


def limits_of(unit: str, *charts: lines.LoadChart) -> lines.LoadTestLimits:
    line = lines.LoadLine(Estimate(80.0), None, "p95<0.25s", None, None, 0.95, False, "")
    return lines.LoadTestLimits(
        models=(),
        peak=lines.Peak(lines.PeakState.NOT_IDENTIFIED, None, None, ""),
        ceiling=lines.Ceiling(None),
        load_line=line,
        load_line_reason="",
        thresholds=lines.Thresholds(*(None,) * 7),
        tested=lines.TestedRange(0.0, 100.0, 3, unit),
        charts=charts,
        source="test.csv",
    )


P95 = chart("p95", "seconds", 0.1, 0.2, 0.6, 0.9)
CPU = chart("cpu", "ratio", 0.0, 0.5, 1.1, 1.2)
ERRORS = chart("errors", "ratio", 0.0, 0.0, 0.04, 0.06)
THROUGHPUT = chart("throughput", "1/s", 0.0, 300.0, 200.0, 150.0)
WEB = Component("web", demand=Demand("requests", 60.0), slo=Slo(0.8, (Latency(0.95, 0.25),)))


def test_arrivals_are_laid_on_a_demand_per_span():
    web, findings = measured_service(WEB, limits_of("arrivals/s", P95, CPU, ERRORS))
    assert web.measured is not None
    assert web.measured.load == (0.0, 3000.0, 6000.0)
    assert (web.measured.latency_s, web.measured.error_ratio) == ((0.1, 0.2, 0.6), (0.0, 0.0, 0.04))
    assert web.responses[0].value == (0.0, 0.5, 1.0)  # a share is at most 1
    assert web.capacity == pytest.approx(4800.0)  # 80 a second, the load line
    assert "tested from 0 to 6000 requests a replica" in findings[0].message


def test_users_are_laid_on_a_rate_by_the_throughput_up_to_its_peak():
    web, _ = measured_service(WEB, limits_of("users", THROUGHPUT, P95))
    assert web.measured is not None
    assert (web.measured.load, web.measured.latency_s) == ((0.0, 18000.0), (0.1, 0.2))


def test_users_are_a_level_as_they_stand_and_a_stated_capacity_is_kept():
    web, findings = measured_service(replace(WEB, demand=Demand("users"), capacity=150.0), limits_of("users", P95))
    assert web.measured is not None
    assert (web.measured.load, web.capacity) == ((0.0, 50.0, 100.0), 150.0)
    assert findings[-1].rule == "past-the-test"


@pytest.mark.parametrize(
    ("component", "unit", "said"),
    [
        (replace(WEB, demand=Demand("users")), "arrivals/s", "it counts arrivals/s, the demand a level of users"),
        (WEB, "users", "has no throughput"),
        (replace(WEB, demand=None), "users", "the model states no demand"),
    ],
)
def test_what_cannot_be_laid_on_the_demand_is_said_and_not_taken(component: Component, unit: str, said: str):
    web, findings = measured_service(component, limits_of(unit, P95))
    assert (web, len(findings)) == (component, 1)
    assert said in findings[0].message


@pytest.mark.parametrize(("cores", "use"), [(4.0, (0.0, 0.25, 0.5)), pytest.param(None, None, id="cores_unknown")])
def test_cores_in_use_are_a_share_of_those_a_replica_has(cores: float | None, use: tuple[float, ...] | None):
    unit = read_steps("rps,cpu_cores\n50,1\n100,2\n", "", (("load", "rps"), ("cpu", "cpu_cores"))).resource_units["cpu"]
    found = limits_of("arrivals/s", P95, chart("cpu", unit, 0.0, 1.0, 2.0, 2.4))
    web, _ = measured_service(replace(WEB, instance=Instance(cores)), found)
    assert {one.value for one in web.responses if one.feeds("ratio")} == ({use} if use else set())


MEMORY = chart("memory", "bytes", 4e8, 6e8, 8e8, 9e8)


@pytest.mark.parametrize(
    ("unit", "memory", "use"),
    [
        pytest.param("ratio", 1.6e9, (0.25, 0.375, 0.5), id="a_share_of_what_a_replica_has"),
        pytest.param("bytes", 1.6e9, (4e8, 6e8, 8e8), id="bytes_as_they_are"),
        pytest.param("bytes", None, (4e8, 6e8, 8e8), id="bytes_need_no_whole"),
        pytest.param("ratio", None, None, id="a_share_of_nobody_knows_what"),
        pytest.param("count", None, None, id="bytes_are_no_mere_number"),
    ],
)
def test_a_signal_is_fed_in_the_unit_that_the_policy_reads_it_in(
    unit: str, memory: float | None, use: tuple[float, ...] | None
):
    web, findings = measured_service(
        replace(WEB, instance=Instance(memory_bytes=memory)), limits_of("arrivals/s", MEMORY)
    )
    trace = Trace("demand.csv", 60.0 * np.arange(2), np.full(2, 1.0), 60.0)
    kind, line, _ = feed_of(SignalUse("memory", unit=unit), setting_of(trace, web, ReplayOptions()))
    assert (line.value if line else None) == use
    assert (kind == UNKNOWN_SIGNAL) is (use is None)
    said = "web: memory was measured in bytes; instance.memory tells what share of a replica's that is"
    assert (said in [one.message for one in findings]) is (memory is None)


def test_an_hpa_reads_a_share_of_requests_or_an_amount_and_never_one_for_the_other():
    cores = limits_of("arrivals/s", chart("cpu", "count", 0.0, 1.0, 2.0, 2.4))
    web, _ = measured_service(replace(WEB, instance=Instance(4.0)), cores)
    trace = Trace("demand.csv", 60.0 * np.arange(30), np.full(30, 24000.0), 60.0)
    share = HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 40)
    amount = HpaMetric(MetricType.RESOURCE, "cpu", TargetType.AVERAGE_VALUE, 1600)  # of four cores
    runs = replay(
        trace,
        web,
        [HpaPolicy(kind, 1, 99, (m,)) for kind, m in (("share", share), ("amount", amount))],
        ReplayOptions(),
    ).runs
    assert runs[0].desired.tolist() == runs[1].desired.tolist()
    assert runs[0].desired[-1] == 5
    measured_in_shares, _ = measured_service(WEB, limits_of("arrivals/s", CPU))
    with pytest.raises(UsageError, match="a replay has no value for Resource metric cpu"):
        replay(trace, measured_in_shares, [HpaPolicy("amount", 1, 99, (amount,))], ReplayOptions())


def test_a_measured_latency_is_held_against_the_objective_of_its_own_quantile():
    """The bound on the median, 100 ms, does not apply to the measured p95; its own bound of 1 s does, and holds."""
    both = replace(WEB, slo=Slo(0.8, (Latency(0.5, 0.1), Latency(0.95, 1.0))))
    web, findings = measured_service(both, limits_of("arrivals/s", replace(P95, objective=1.0)))
    assert "latency is judged by its p95; nothing is said of p50" in [one.message for one in findings]
    trace = Trace("demand.csv", 60.0 * np.arange(4), np.full(4, 3000.0), 60.0)
    run = replay(trace, web, [Policy("stay", Limits(1, 1))], ReplayOptions())
    assert not run.runs[0].missed.any()


def test_a_mean_that_is_held_against_a_quantile_is_said():
    trace = Trace("demand.csv", 60.0 * np.arange(4), np.full(4, 3000.0), 60.0)
    served = replace(WEB, capacity=4800.0)
    for service_s, said in ((None, []), (0.1, ["web: the mean time in the system is held against p95 < 250ms"])):
        run = replay(trace, served, [Policy("stay", Limits(1, 1))], ReplayOptions(service_s=service_s))
        assert [one.message for one in run.document.findings] == said


def test_of_several_latencies_the_one_that_binds_the_load_line_is_followed():
    web, _ = measured_service(WEB, limits_of("arrivals/s", chart("p50", "seconds", 0.01, 0.02, 0.06, 0.09), P95))
    assert web.measured is not None
    assert web.measured.latency_s == (0.1, 0.2, 0.6)


def test_a_replay_serves_as_was_measured_and_lets_the_backlog_wait_on_top():
    """A replica is tested up to 6000: of 7200 it serves 6000, more than its capacity of 4800; the rest waits 12 s."""
    web, _ = measured_service(WEB, limits_of("arrivals/s", P95, CPU, ERRORS))
    rule = TriggerRule("slow", Direction.OUT, (Condition("p95", Side.ABOVE, 99.0),))
    policy = Policy("stay", Limits(1, 1), (SignalUse("p95"),), triggers=(rule,))
    load = np.array([3000.0, 3000.0, 7200.0, 0.0])
    trace = Trace("demand.csv", 60.0 * np.arange(4), load, 60.0)
    run = replay(trace, replace(web, replicas=replace(web.replicas, max=1)), [policy], ReplayOptions(deadline_s=90.0))
    observed = run.runs[0].observed
    assert observed is not None
    assert observed[0].tolist() == pytest.approx([0.625, 0.625, 1.25, 0.25])
    assert observed[1].tolist() == pytest.approx([0.2, 0.2, 0.6 + 12.0, 0.1 + 0.4 * 0.1], abs=1e-9)
    assert observed[2].tolist() == pytest.approx([0.0, 0.0, 0.04, 0.0], abs=1e-9)
    assert run.document.policies[0].latency_s is not None
    assert run.runs[0].missed.tolist() == [False, False, True, False]
