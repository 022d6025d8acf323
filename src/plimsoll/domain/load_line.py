"""How much one replica carries, and how sure is that? The answer of the `limits` commands.

The load line is the most demand one replica serves with every SLO met. A number that the measurements cannot settle is
absent and its reason is given; a number past the tested range is labeled so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from plimsoll.domain.document import Document
from plimsoll.domain.estimate import Estimate


class PeakState(str, Enum):
    """Whether the measurements settle where throughput peaks."""

    IDENTIFIED = "identified"
    NOT_IDENTIFIED = "not_identified"  # the interval of the retrograde term holds zero
    BEYOND_TESTED = "beyond_tested"  # a peak exists, at a load that nobody has tested


@dataclass(frozen=True)
class ModelFit:
    """One model tried on one measured quantity (`of`): its parameters, and why it was or was not chosen.

    `error` is the root mean square of the leave-one-step-out prediction errors as a ratio of the mean of what was
    measured; None where the model could not be fitted without each step. `excuse` is empty for the one chosen.
    """

    name: str
    parameters: Mapping[str, Estimate]
    error: float | None
    chosen: bool
    excuse: str
    of: str = "throughput"
    formula: str = ""


def error_text(error: float | None) -> str:
    """Write an error on unseen steps for a reader, in percent of what was measured.

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
    """The throughput that no load passes, rate / contention, were there no coherency cost: an asymptote, not a plan."""

    throughput: Estimate | None
    why: str = ""


@dataclass(frozen=True)
class LoadLine:
    """The most load one replica serves with every SLO met, and which objective or resource binds first.

    `safe_load` is the load at which every SLO is met with probability `safety_probability`, given what was measured.
    `beyond_tested` says that the line lies past `at_least`, the highest load at which all that is bounded was measured.
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
    """Where one objective alone would stop the load: `latency p99 < 0.25` at so much load, by such a model or none.

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
    """How many replicas a load takes by the rules' formula: `needed` by the optimal load, `with_buffer` to run."""

    load: float
    needed: int
    with_buffer: int


@dataclass(frozen=True)
class TestedRange:
    """What was measured: lowest and highest load, the number of steady steps, and what was done to the file."""

    low: float
    high: float
    steps: int
    load_unit: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NextTest:
    """What to measure to turn `cannot tell` into an answer: loads, how long each, and why these."""

    loads: tuple[float, ...]
    step_s: float
    why: str


@dataclass(frozen=True)
class Overhead:
    """Where the time of one unit of work goes by the scalability law, as shares of what it takes at load 1.

    `ideal` is 1 / load, were the work only divided; `contention` waits for what is shared; `coherency` is exchange
    between pairs, each counted once, as is usual: the law's time is ideal + contention + 2 x coherency.
    """

    ideal: float
    contention: Estimate
    coherency: Estimate


@dataclass(frozen=True)
class MeasuredStep:
    """What was measured at one steady load; None where it is not known.

    Two things are called efficiency. `throughput_per_latency` (1/s per second, Kleinrock's power) is measured: the
    rules' optimal load is where it is highest. `efficiency` is what a unit of load gives as a ratio of what it gives
    alone, throughput / (rate x load), by the rate of the scalability law where that was fitted, as `overhead` is.
    `set_aside` names the quantities that lie off by more than chance allows here; nothing is derived from them.
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
    """What a page draws for one measured quantity: points, the fitted curve with its band, and marks at loads.

    `curve_*` run over the tested range; `curve_extrapolated` tells point by point which part lies past it. Where no
    model describes the quantity (`described` is false) the curve joins the steps, and has no band (NaN). `set_aside`
    are the loads of steps that the curve has not been told of: they lie off by more than chance allows.
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
