"""What feeds a policy's signals in a replay: columns of the trace, lines over the load, the world itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.domain.errors import UsageError
from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, KedaPolicy, KedaTrigger, MetricType, TargetType
from plimsoll.domain.policy import Limits, Policy
from plimsoll.domain.policy_proposals import Condition, Direction, Form, Side, SignalUse, TriggerRule
from plimsoll.domain.response import Response
from plimsoll.domain.system import Startup
from plimsoll.simulation.course import fresh_course
from plimsoll.simulation.feeds import fed_value, feed_of, feeds_of
from plimsoll.simulation.plain import plain_signal
from plimsoll.simulation.queued import shown_signal
from plimsoll.simulation.runs import replayed, world_of
from plimsoll.simulation.setting import Rules, Setting
from plimsoll.simulation.signals import LATENCY, UNKNOWN_SIGNAL
from plimsoll.simulation.world import LATENCY_S, READY, serve, show

LOAD = np.full(60, 1000.0)
MEMORY = Response("memory", (0.0, 100.0, 200.0), (0.25, 0.75, 0.9))
SETTING = Setting(LOAD, 0.0, 60.0, 100.0, 0.8, Startup(120.0), 2, 60)


@pytest.mark.parametrize(
    ("load", "ready", "value"),
    [
        pytest.param(1000.0, 20, 0.5, id="between_two_points"),
        pytest.param(1000.0, 10, 0.75, id="on_a_point"),
        pytest.param(9000.0, 10, 0.9, id="past_the_last"),
        pytest.param(0.0, 10, 0.25, id="no_load"),
        pytest.param(1000.0, 0, None, id="no_replica"),
    ],
)
def test_an_average_is_read_at_the_load_of_one_replica(load: float, ready: int, value: float | None):
    feeds = feeds_of((SignalUse("memory"),), replace(SETTING, responses=(MEMORY,)))
    found = fed_value(feeds, 0, 0, load, ready)
    assert found == pytest.approx(value) if value is not None else np.isnan(found)


def test_no_replica_is_neither_idle_nor_full():
    world = world_of(replace(SETTING, rules=Rules.QUEUED))
    world.state[READY] = 0
    serve(world, 0)
    show(world, 0)
    uses = (SignalUse("cpu", Form.LEVEL), SignalUse("demand"), SignalUse("rps"), SignalUse("demand", Form.TOTAL))
    feeds, course = feeds_of(uses, SETTING), fresh_course(LOAD, 0.0, 60.0, 100.0)
    for shown in (
        [shown_signal(feeds, i, world) for i in range(len(uses))],
        [plain_signal(feeds, i, course, 0, 0) for i in range(len(uses))],
    ):
        assert np.isnan(shown[:3]).all()
        assert shown[3] == 1000.0


def test_a_service_that_queues_tells_its_rate_latency_errors_and_backlog():
    """5 replicas serve 500 of 1,000; 250 can wait for half a minute, and 250 are refused."""
    setting = replace(SETTING, rules=Rules.QUEUED, service_s=0.1, deadline_s=30.0)
    world = world_of(setting)
    world.state[READY] = 5
    serve(world, 0)
    show(world, 0)
    uses = tuple(SignalUse(name, Form.TOTAL) for name in ("rps", "latency", "errors", "backlog"))
    rate, latency, errors, backlog = (shown_signal(feeds_of(uses, setting), i, world) for i in range(len(uses)))
    assert (rate, errors, backlog) == (pytest.approx(1000 / 60), 0.25, 250.0)
    assert latency == world.observed[LATENCY_S, 0] > 30.0


def test_a_total_is_read_at_all_of_the_load():
    line = Response("connections", (0.0, 1000.0), (10.0, 110.0), Form.TOTAL)
    feeds = feeds_of((SignalUse("connections", Form.TOTAL),), replace(SETTING, responses=(line,)))
    assert fed_value(feeds, 0, 0, 500.0, 7) == 60.0


def test_a_column_of_the_trace_wins_and_an_average_is_its_share():
    both = replace(SETTING, recorded=(("sessions", np.arange(60.0)),), responses=(replace(MEMORY, signal="sessions"),))
    feeds = feeds_of((SignalUse("sessions"), SignalUse("sessions", Form.TOTAL)), both)
    assert (fed_value(feeds, 0, 30, 0.0, 10), fed_value(feeds, 1, 30, 0.0, 10)) == (3.0, 30.0)


def test_each_column_of_the_trace_feeds_its_own_signal():
    columns = (("jobs", np.full(60, 7.0)), ("sessions", np.arange(60.0)))
    uses = (SignalUse("sessions", Form.TOTAL), SignalUse("jobs", Form.TOTAL))
    feeds = feeds_of(uses, replace(SETTING, recorded=columns))
    assert [fed_value(feeds, i, 30, 0.0, 10) for i in range(2)] == [30.0, 7.0]


def only(signal: str, form: Form, above: float) -> Policy:
    rule = TriggerRule(signal, Direction.OUT, (Condition(signal, Side.ABOVE, above),), step=1)
    return Policy("own", Limits(2, 60), (SignalUse(signal, form),), triggers=(rule,))


@pytest.mark.parametrize("rules", list(Rules))
def test_a_trigger_on_memory_scales_out_until_memory_is_below_it(rules: Rules):
    at_once = replace(SETTING, rules=rules, startup=Startup(0.0), responses=(MEMORY,))
    run = replayed(only("memory", Form.AVERAGE, 0.5), at_once)
    assert run.desired[-1] == 20  # 50 of load each: exactly 50 %, and the threshold is not beyond itself


@pytest.mark.parametrize("rules", list(Rules))
def test_a_trigger_on_a_recorded_queue_fires_when_it_was_recorded(rules: Rules):
    queue = np.where(np.arange(60) == 30, 50.0, 0.0)
    run = replayed(only("jobs", Form.TOTAL, 40.0), replace(SETTING, rules=rules, recorded=(("jobs", queue),)))
    assert np.flatnonzero(np.diff(run.desired)).tolist() == [29]


@pytest.mark.parametrize("rules", list(Rules))
@pytest.mark.parametrize(
    ("metric", "count"),
    [
        pytest.param(HpaMetric(MetricType.RESOURCE, "memory", TargetType.UTILIZATION, 50), 20, id="utilization"),
        pytest.param(HpaMetric(MetricType.PODS, "jobs", TargetType.AVERAGE_VALUE, 40_000), 25, id="average_over_pods"),
        pytest.param(HpaMetric(MetricType.EXTERNAL, "all_jobs", TargetType.AVERAGE_VALUE, 50_000), 40, id="total"),
    ],
)
def test_an_hpa_is_fed_by_lines_too(metric: HpaMetric, count: int, rules: Rules):
    lines = (
        Response("memory", (0.0, 1e6), (0.0, 1e4)),  # 1 % a unit of load
        Response("jobs", (0.0, 1e6), (0.0, 1e6)),
        Response("all_jobs", (0.0, 1e6), (0.0, 2e6), Form.TOTAL),
    )
    run = replayed(HpaPolicy("hpa", 2, 60, (metric,)), replace(SETTING, rules=rules, responses=lines))
    assert abs(run.desired[-1] - count) <= 0.1 * count  # its tolerance


def test_keda_reads_a_column_by_its_name():
    keda = KedaPolicy("keda", (KedaTrigger("rabbitmq", "jobs", 10.0),), min=1, max=60)
    run = replayed(keda, replace(SETTING, recorded=(("jobs", np.full(60, 300.0)),)))
    assert run.desired[-1] == 30


def test_a_latency_is_told_only_with_a_service_time():
    queued = replace(SETTING, rules=Rules.QUEUED)
    assert feed_of(SignalUse("p95", Form.LEVEL), queued)[0] == UNKNOWN_SIGNAL
    assert feed_of(SignalUse("p95", Form.LEVEL), replace(queued, service_s=0.1))[0] == LATENCY


def test_the_name_of_the_demand_itself_is_the_load_and_no_rate_of_it():
    named = replace(SETTING, demand=frozenset({"requests_per_second"}))
    policy = only("requests_per_second", Form.AVERAGE, 60.0)
    assert replayed(policy, named).desired[-1] > 13
    assert replayed(policy, SETTING).desired[-1] == 13  # a load of a minute is a sixtieth of it a second


def test_an_hpa_on_what_nothing_tells_is_refused_with_what_would_mend_it():
    metric = HpaMetric(MetricType.RESOURCE, "memory", TargetType.UTILIZATION, 50)
    with pytest.raises(UsageError, match="a replay has no value for Resource metric memory: state how it follows"):
        replayed(HpaPolicy("hpa", 2, 60, (metric,)), SETTING)
