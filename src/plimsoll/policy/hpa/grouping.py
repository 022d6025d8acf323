"""Which pods count, and as what? Ready, unready, missing or ignored; replica_calculator.go, groupPods.

The first matching rule decides. Readiness matters for CPU only, because a pod's first minutes of CPU reflect its
start-up more than its load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plimsoll.domain.platform_policy import HpaController
from plimsoll.policy.hpa.pods import Pod, Sample, Samples


@dataclass(frozen=True, slots=True)
class Groups:
    """The number of ready pods, and the names of the others."""

    ready_count: int
    unready: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()


def group_pods(pods: Sequence[Pod], samples: Samples, resource: str, controller: HpaController, now_s: float) -> Groups:
    """Sort pods into groups; `resource` is empty for metrics that are not resources."""
    names: dict[str, list[str]] = {"ready": [], "unready": [], "missing": [], "ignored": []}
    for pod in pods:
        names[_group(pod, samples.get(pod.name), resource, controller, now_s)].append(pod.name)
    unready, missing, ignored = (frozenset(names[group]) for group in ("unready", "missing", "ignored"))
    return Groups(len(names["ready"]), unready, missing, ignored)


def _group(pod: Pod, sample: Sample | None, resource: str, controller: HpaController, now_s: float) -> str:
    if pod.deleted or pod.phase == "Failed":
        return "ignored"
    if pod.phase == "Pending":
        return "unready"
    if sample is None:
        return "missing"
    if resource == "cpu" and _cpu_unready(pod, sample, controller, now_s):
        return "unready"
    return "ready"


def _cpu_unready(pod: Pod, sample: Sample, controller: HpaController, now_s: float) -> bool:
    """Tell whether a pod's CPU sample should not count: still starting, or never ready since it started."""
    if pod.ready is None or pod.start_time_s is None:
        return True
    not_ready = pod.ready.status == "False"
    if pod.start_time_s + controller.cpu_initialization_s > now_s:
        return not_ready or sample.timestamp_s < pod.ready.last_transition_s + sample.window_s
    never_ready = pod.start_time_s + controller.initial_readiness_delay_s > pod.ready.last_transition_s
    return not_ready and never_ready


def ready_and_running(pods: Sequence[Pod]) -> int:
    """Count the pods that run and are ready, as object and external metrics do."""
    return sum(1 for pod in pods if pod.phase == "Running" and pod.ready is not None and pod.ready.status == "True")
