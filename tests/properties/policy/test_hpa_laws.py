"""Fleet totals and single pods are two views of one HPA: if all pods are alike, both decide the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.domain.platform_policy import HpaBehavior, HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.policy.hpa.measure import Context, Observed, measure
from plimsoll.policy.hpa.pods import Container, ContainerUsage, Pod, Ready, ResourceSample
from plimsoll.policy.hpa.replicas import Tolerance
from plimsoll.policy.hpa.rules import program_of
from plimsoll.policy.hpa.totals import HpaReading, metric_replicas

NOW_S, REQUEST = 1_000_000.0, 1000


def pod(name: str, phase: str = "Running") -> Pod:
    return Pod(name, phase, 900_000, Ready("True", 900_010), containers=(Container("app", {"cpu": REQUEST}),))


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 30),
    st.integers(0, 10),
    st.integers(0, 10),
    st.integers(0, 3000),
    st.integers(10, 150),
    st.integers(1, 50),
)
def test_totals_and_pods_ask_for_the_same(
    ready: int, missing: int, unready: int, usage: int, target: int, current: int
):
    metric = HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, target)
    pods = [pod(f"r{i}") for i in range(ready)] + [pod(f"m{i}") for i in range(missing)]
    pods += [pod(f"u{i}", "Pending") for i in range(unready)]
    samples = tuple(ResourceSample(f"r{i}", (ContainerUsage("app", {"cpu": usage}),), NOW_S) for i in range(ready))
    policy = HpaPolicy("web", 1, 100, (metric,), HpaBehavior())
    context = Context(Observed(tuple(pods), samples), policy.controller, Tolerance(0.1, 0.1), NOW_S, current, current)
    one = np.ones(1)
    reading = HpaReading(one * usage * ready, one * REQUEST * ready, one * missing, one * unready)
    asked = metric_replicas(program_of(policy), reading, 0, current, ready)
    assert asked == measure(metric, context).replicas
