"""A load ramp as it was driven: steps of steady load, and what was measured in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RampStep:
    """One step: load offered and answered (requests/s), latency quantiles of all answers, and what it cost.

    Quantiles are NaN where nothing was answered. `cpu_cores` and `memory_bytes` are of the service's process,
    `host_cpu_ratio` of the whole machine; each is the mean over the step. `by_kind` holds the answered requests/s of
    each kind.
    """

    offered_rps: float
    completed_rps: float
    p50_s: float
    p95_s: float
    p99_s: float
    error_ratio: float
    cpu_cores: float
    memory_bytes: float
    host_cpu_ratio: float
    by_kind: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ramp:
    """A whole ramp: when it began (UTC epoch milliseconds), how long each step took, its steps.

    `alone` holds steps with a single kind of request, which identify the cost of each kind; they are not part of the
    ramp. `busy_before_ratio` is the CPU utilization of the host before any load was driven.
    """

    started_ms: int
    step_s: float
    steps: tuple[RampStep, ...]
    alone: tuple[RampStep, ...] = ()
    busy_before_ratio: float = 0.0
