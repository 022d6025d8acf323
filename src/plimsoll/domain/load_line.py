"""How much does one replica carry, and how certain is that? The answer of the `limits` commands.

The load line is the highest demand that one replica serves with every SLO met. A number that the measurements do not
identify is absent, with the reason; a number past the tested range is labeled as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.estimate import Estimate


class PeakState(str, Enum):
    """Whether the measurements identify where throughput peaks."""

    IDENTIFIED = "identified"
    NOT_IDENTIFIED = "not_identified"  # the interval of the retrograde term includes zero
    BEYOND_TESTED = "beyond_tested"  # a peak exists, at a load past the tested range


@dataclass(frozen=True)
class ModelFit:
    """One model fitted to one measured quantity (`of`): its parameters, and why it was or was not chosen.

    `error` is the root mean square of the leave-one-step-out prediction errors, relative to the mean of the measured
    values; None where the model could not be refitted with each step left out. `excuse` is empty for the chosen model.
    """

    name: str
    parameters: Mapping[str, Estimate]
    error: float | None
    chosen: bool
    excuse: str
    of: str = "throughput"
    formula: str = ""


def error_text(error: float | None) -> str:
    """Write an error on held-out steps for a reader, in percent of what was measured.

    >>> error_text(0.0173), error_text(6e16), error_text(None)
    ('1.7%', 'over 1000%', '-')
    """
    if error is None:
        return "-"
    return f"{error:.1%}" if error <= 10 else "over 1000%"


@dataclass(frozen=True)
class Peak:
    """The load at which throughput is greatest; numbers only where `state` is identified."""

    state: PeakState
    load: Estimate | None
    throughput: Estimate | None
    why: str


@dataclass(frozen=True)
class Ceiling:
    """The asymptote of throughput without coherency cost, rate / contention: an upper bound, not a load to plan for."""

    throughput: Estimate | None
    why: str = ""


@dataclass(frozen=True)
class LoadLine:
    """The highest load one replica serves with every SLO met, and which objective or resource binds first.

    `safe_load` is the load at which every SLO is met with probability `safety_probability`, given the measurements.
    `beyond_tested` means that the line lies past `at_least`, the highest load at which every bounded quantity was
    measured.
    """

    load: Estimate | None
    throughput: Estimate | None
    binding: str
    safe_load: float | None
    safe_throughput: float | None
    safety_probability: float
    beyond_tested: bool
    why: str
    at_least: float | None = None


@dataclass(frozen=True)
class ObjectiveLimit:
    """The load up to which one objective alone (`latency p99 < 0.25`) holds, and the model that says so, if any.

    `state` is `identified`, `beyond_tested` (met at every tested load), `never_met` or `cannot_tell`.
    """

    objective: str
    state: str
    load: Estimate | None
    model: str
    why: str


@dataclass(frozen=True)
class Thresholds:
    """Loads read off the measured steps by a rules file; None where no step meets the rule."""

    optimal: float | None
    warning: float | None
    critical: float | None
    maximum: float | None
    scale_out: float | None
    scale_in: float | None
    emergency: float | None


@dataclass(frozen=True)
class InstancePlan:
    """Replicas for a load by the formula of the rules: `needed` at the optimal load each, `with_buffer` to run."""

    load: float
    needed: int
    with_buffer: int


@dataclass(frozen=True)
class TestedRange:
    """What was measured: lowest and highest load, the number of steady steps, and how the file was processed."""

    low: float
    high: float
    steps: int
    load_unit: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NextTest:
    """What to measure to turn `cannot tell` into an answer: the loads, the duration of each, and why these loads."""

    loads: tuple[float, ...]
    step_s: float
    why: str


@dataclass(frozen=True)
class Overhead:
    """Where the time of one unit of work goes by the scalability law, as shares of the time it takes at load 1.

    `ideal` is 1 / load, the time of perfectly divided work; `contention` is waiting for shared resources; `coherency`
    is exchange between pairs, each counted once, as is usual: the law's time is ideal + contention + 2 x coherency.
    """

    ideal: float
    contention: Estimate
    coherency: Estimate


@dataclass(frozen=True)
class MeasuredStep:
    """What was measured at one steady load; None where it is not known.

    Two quantities are called efficiency. `throughput_per_latency` (1/s per second, Kleinrock's power) is measured: the
    rules' optimal load is where it is highest. `efficiency` is the throughput per unit of load relative to that of a
    single unit, throughput / (rate x load). It and `overhead` rest on the scalability law, where that was fitted.
    `set_aside` names the quantities that are outliers at this step; nothing is derived from them.
    """

    load: float
    duration_s: float | None
    throughput: float | None
    latency_s: Mapping[str, float | None]
    error_ratio: float | None
    resources: Mapping[str, float | None]
    throughput_per_latency: float | None
    efficiency: Estimate | None
    overhead: Overhead | None
    set_aside: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadChart:
    """The chart of one measured quantity: points, the fitted curve with its band, and marks at loads.

    `curve_extrapolated` marks the points of the curve that lie past the tested range. Where no model describes the
    quantity (`described` is false) the curve joins the steps and has no band (NaN). `set_aside` holds the loads of
    outlying steps, which the curve was not fitted to.
    """

    of: str
    unit: str
    load: tuple[float, ...]
    measured: tuple[float, ...]
    curve_load: tuple[float, ...]
    curve: tuple[float, ...]
    curve_low: tuple[float, ...]
    curve_high: tuple[float, ...]
    curve_extrapolated: tuple[bool, ...]
    tested: tuple[float, float]
    knee: float | None
    load_line: float | None
    objective: float | None = None
    set_aside: tuple[float, ...] = ()
    described: bool = True


@dataclass(frozen=True)
class LoadTestLimits(Document):
    """What a load test, or a window of telemetry, says about one replica."""

    KIND: ClassVar[str] = "LoadTestLimits"

    models: tuple[ModelFit, ...]
    peak: Peak
    ceiling: Ceiling
    load_line: LoadLine | None
    load_line_reason: str
    thresholds: Thresholds
    tested: TestedRange
    objectives: tuple[ObjectiveLimit, ...] = ()
    instances: tuple[InstancePlan, ...] = ()
    next_test: NextTest | None = None
    noise: str = ""
    rules: str = ""
    source: str = ""
    charts: tuple[LoadChart, ...] = field(default=())
    steps: tuple[MeasuredStep, ...] = ()
    resource_units: Mapping[str, str] = field(default_factory=dict)
