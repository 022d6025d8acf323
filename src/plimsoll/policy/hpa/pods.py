"""What does the controller see of a pod? Pods, their containers and the samples of the metrics APIs, as data.

Amounts are whole thousandths; times are epoch seconds, 0 and None standing for "never set" where Kubernetes has the
zero time and no time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod's spec and what it requests, by resource. `restarts` marks a restartable init container."""

    name: str
    requests_milli: Mapping[str, int] = field(default_factory=dict)
    restarts: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """The Ready condition: "True", "False" or "Unknown", and when it last changed."""

    status: str
    last_transition_s: float


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod that the selector matches. `pod_level_milli` are requests set on the pod itself (KEP-2837)."""

    name: str
    phase: str = "Running"
    start_time_s: float | None = None
    ready: Ready | None = None
    deleted: bool = False
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    pod_level_milli: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One pod's value of one metric, and the span it was measured over."""

    value_milli: int
    timestamp_s: float = 0.0
    window_s: float = 60.0


@dataclass(frozen=True, slots=True)
class ContainerUsage:
    """What one container used, by resource."""

    name: str
    usage_milli: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ResourceSample:
    """What the resource metrics API says of one pod."""

    pod: str
    containers: tuple[ContainerUsage, ...]
    timestamp_s: float = 0.0
    window_s: float = 60.0


Samples = dict[str, Sample]


def pod_usage(samples: tuple[ResourceSample, ...], resource: str, container: str | None) -> Samples:
    """Add up each pod's containers, or take the one named; a pod without a full sample is left out and so is missing.

    >>> one = ResourceSample("a", (ContainerUsage("x", {"cpu": 100}), ContainerUsage("y", {"cpu": 50})))
    >>> pod_usage((one,), "cpu", None)["a"].value_milli, pod_usage((one,), "cpu", "y")["a"].value_milli
    (150, 50)
    """
    found: Samples = {}
    for sample in samples:
        wanted = [used for used in sample.containers if container is None or used.name == container]
        if container is not None:
            wanted = wanted[:1]
        if wanted and all(resource in used.usage_milli for used in wanted):
            total = sum(used.usage_milli[resource] for used in wanted)
            found[sample.pod] = Sample(total, sample.timestamp_s, sample.window_s)
    return found
