"""Replay policies on a recorded demand, side by side: trace and component -> runs -> scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from plimsoll.app.rehearsal.replay_scores import Scorer
from plimsoll.app.rehearsal.replay_warnings import warnings
from plimsoll.domain.decision import Decision
from plimsoll.domain.errors import InputError, ModelError, NothingToAnswer, UsageError
from plimsoll.domain.finding import Finding
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.quantity import format_duration
from plimsoll.domain.replay import Conditions, Replay
from plimsoll.domain.response import ServiceCurve
from plimsoll.domain.series import Times
from plimsoll.domain.system import REHEARSED_UTILIZATION, Component, Slo
from plimsoll.domain.trace import Trace
from plimsoll.policy.refusals import refusals, remarks
from plimsoll.simulation.explained import explained
from plimsoll.simulation.faults import Fault
from plimsoll.simulation.runs import Run, replayed
from plimsoll.simulation.scores import demanded
from plimsoll.simulation.setting import Rules, Setting

_MOST = 10_000
_MOST_NEEDED = 1e9  # replicas


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """The caller's options; `score_last` is the share at the end that is scored.

    `explain_s` is the moment (epoch seconds) whose decisions are explained. `notes` are added to the findings.
    """

    rules: Rules = Rules.QUEUED
    score_last: float = 1.0
    faults: tuple[Fault, ...] = ()
    quota: int | None = None
    metric_delay_s: float = 0.0
    deadline_s: float = 30.0
    service_s: float | None = None
    currency: str | None = None
    seed: int = 1
    explain_s: float | None = None
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, eq=False)
class Replayed:
    """The document, and the runs behind it in the order of the policies."""

    document: Replay
    runs: tuple[Run, ...]
    need: Times
    trace: Trace
    first: int


def chosen_component(components: Sequence[Component], name: str | None, tested: frozenset[str]) -> Component:
    """Find the component to replay: the one named, or the only one with a capacity, stated or among the `tested`."""
    if name is not None:
        found = next((one for one in components if one.name == name), None)
        if found is None:
            raise UsageError(f"the model has no component {name!r}; it has {', '.join(c.name for c in components)}")
        return found
    able = [one for one in components if one.capacity is not None or one.name in tested]
    if not able:
        raise UsageError("no component of the model says what one replica carries: give its `capacity`, or --loadtest")
    if len(able) > 1:
        which = ", ".join(one.name for one in able)
        raise UsageError(f"name the component with --component; those with a capacity are: {which}")
    return able[0]


def setting_of(trace: Trace, component: Component, options: ReplayOptions) -> Setting:
    """Take the service from the model; raises NothingToAnswer where the capacity of a replica is unknown."""
    if component.capacity is None:
        raise NothingToAnswer(
            f"{component.name}: the model does not say what one replica carries; write capacity.per_replica"
        )
    _refuse_unlikely(trace, component)
    queued = options.rules is Rules.QUEUED  # the plain rules use nothing of the service but a replica's capacity
    measured = component.measured if queued else None
    return Setting(
        load=trace.load,
        first_s=float(trace.times_s[0]),
        step_s=trace.step_s,
        per_replica=component.capacity,
        utilization=component.slo.utilization or REHEARSED_UTILIZATION,
        startup=component.startup,
        least=component.replicas.min,
        most=component.replicas.max or _MOST,
        rules=options.rules,
        quota=options.quota,
        metric_delay_s=options.metric_delay_s,
        deadline_s=options.deadline_s,
        service_s=options.service_s,
        latency_slo_s=_latency_slo_s(component.slo, measured),
        error_slo=component.slo.error_ratio,
        seed=options.seed,
        demand=frozenset(filter(None, (component.demand.unit, component.demand.driver)))
        if component.demand
        else frozenset(),
        recorded=trace.columns,
        responses=tuple(one for one in component.responses if queued or not one.served),
        measured=measured,
    )


def _latency_slo_s(slo: Slo, measured: ServiceCurve | None) -> float | None:
    """Return the latency bound of a replay: for a measured latency its own objective, for a mean the strictest one."""
    if measured is not None and measured.latency_s:
        return measured.latency_slo_s
    return min((one.below_s for one in slo.latencies), default=None)


def _refuse_unlikely(trace: Trace, component: Component) -> None:
    """Refuse a demand that no fleet could serve: it is in another unit than the capacity, or not a demand."""
    needed = float(trace.load.max()) / (component.capacity or 1.0)
    if needed > _MOST_NEEDED:
        needs = f"a step of {trace.load.max():.3g} asks for {needed:.3g} replicas of {component.name}"
        raise InputError(f"{trace.name}: {needs}; are demand and capacity.per_replica in the same unit?")


def replay(
    trace: Trace,
    component: Component,
    policies: Sequence[AnyPolicy],
    options: ReplayOptions,
    progress: Callable[[str], None] = lambda _: None,
) -> Replayed:
    """Replay the policies; `progress` is called with the name of what is replayed next.

    Raises ModelError for a policy that cannot be carried out, NothingToAnswer without a capacity.
    """
    _refuse(policies)
    setting = setting_of(trace, component, options)
    first = first_scored(trace.load.size, options.score_last)
    need = demanded(trace.load, setting.per_replica, setting.utilization)
    runs = []
    for policy in policies:
        progress(policy.name)
        runs.append(replayed(policy, setting))
    scorer = Scorer(setting, need, first, component.instance.price_per_hour, options.currency)
    scores = tuple(scorer.score(run, runs[0]) for run in runs)
    under = tuple(
        scorer.under_fault(fault, replayed(policy, replace(setting, fault=fault)), score)
        for fault in (options.faults if setting.rules is Rules.QUEUED else ())
        for policy, score in zip(policies, scores, strict=True)
    )
    document = Replay(
        trace=trace.name,
        component=component.name,
        steps=trace.load.size,
        step_s=trace.step_s,
        scored_steps=trace.load.size - first,
        scored_from=moment(trace.times_s[first]),
        scored_to=moment(trace.times_s[-1] + trace.step_s),
        conditions=conditions_of(setting),
        policies=scores,
        faults=under,
        explained=_explained(policies, setting, trace, options.explain_s),
        findings=findings_of(trace, component, policies, setting, options),
    )
    return Replayed(document, tuple(runs), need, trace, first)


def findings_of(
    trace: Trace, component: Component, policies: Sequence[AnyPolicy], setting: Setting, options: ReplayOptions
) -> tuple[Finding, ...]:
    """List what is odd about a rehearsal: its trace, its component, and its policies."""
    return (
        *trace.findings,
        *options.notes,
        *_unused(options),
        *_span(trace, component),
        *_mean(component, setting),
        *_odd(policies),
        *warnings(policies, setting),
    )


def _explained(
    policies: Sequence[AnyPolicy], setting: Setting, trace: Trace, moment_s: float | None
) -> tuple[Decision, ...]:
    """Explain what each policy decided at a moment: after the step that it lies in."""
    if moment_s is None:
        return ()
    last_s = float(trace.times_s[-1] + trace.step_s)
    if not float(trace.times_s[1]) <= moment_s < last_s:
        span = f"{moment(trace.times_s[1]):%Y-%m-%dT%H:%MZ} up to {moment(last_s):%Y-%m-%dT%H:%MZ}"
        raise UsageError(
            f"{trace.name}: decisions can be explained from {span}, not at {moment(moment_s):%Y-%m-%dT%H:%MZ}"
        )
    step = int(np.searchsorted(trace.times_s, moment_s, side="right")) - 1
    return tuple(explained(policy, setting, step) for policy in policies)


def first_scored(steps: int, score_last: float) -> int:
    """Return the first step that is scored, as int(steps x (1 - share))."""
    if not 0 < score_last <= 1:
        raise UsageError(f"--score-last is a share above 0 and at most 1, not {score_last:g}")
    return int(steps * (1 - score_last)) if score_last < 1 else 0


def _refuse(policies: Sequence[AnyPolicy]) -> None:
    faults = [fault for policy in policies if isinstance(policy, Policy) for fault in refusals(policy)]
    if faults:
        raise ModelError(faults)


def _odd(policies: Sequence[AnyPolicy]) -> tuple[Finding, ...]:
    """List what is odd about policies that can be carried out, such as a bound that a stricter one overrides."""
    return tuple(finding for policy in policies if isinstance(policy, Policy) for finding in remarks(policy))


def _unused(options: ReplayOptions) -> Iterator[Finding]:
    """Note what was asked of a service that the plain rules do not simulate."""
    usual = ReplayOptions()
    asked = {
        "--faults": bool(options.faults),
        "--quota": options.quota is not None,
        "--metric-delay": options.metric_delay_s != usual.metric_delay_s,
        "--service-time": options.service_s is not None,
        "--deadline": options.deadline_s != usual.deadline_s,
    }
    idle = [name for name, is_asked in asked.items() if is_asked]
    if options.rules is Rules.PLAIN and idle:
        message = "the plain rules simulate no service, and show every policy what is true"
        yield Finding("not-of-plain-rules", message, f"{', '.join(idle)} not used: leave out --rules plain")


def _span(trace: Trace, component: Component) -> tuple[Finding, ...]:
    per_s = component.demand.per_s if component.demand else None
    if per_s is None or per_s == trace.step_s:
        return ()
    message = f"the model counts demand per {per_s:g} s, the rows of {trace.name} are {trace.step_s:g} s apart"
    return (Finding("trace-span", message, "each row is taken as the demand of one span of the model"),)


def _mean(component: Component, setting: Setting) -> tuple[Finding, ...]:
    """Note that a mean stands in for the quantile of an objective, if no load test measured the quantile."""
    if setting.latency_slo_s is None or setting.service_s is None or (setting.measured and setting.measured.latency_s):
        return ()
    strictest = min(component.slo.latencies, key=lambda one: one.below_s)
    bound = f"p{strictest.quantile * 100:g} < {format_duration(strictest.below_s)}"
    message = f"{component.name}: the mean time in the system is held against {bound}"
    return (Finding("mean-latency", message, "a load test that measures the quantile tells more: --loadtest"),)


def conditions_of(setting: Setting) -> Conditions:
    """State the assumptions of a replay."""
    return Conditions(
        rules=setting.rules.value,
        per_replica=setting.per_replica,
        utilization=setting.utilization,
        startup_s=setting.startup.median_s,
        startup_p95_s=setting.startup.p95_s,
        startup_failure_ratio=setting.startup.failure_ratio,
        min=setting.least,
        max=setting.most,
        quota=setting.quota,
        metric_delay_s=setting.metric_delay_s,
        seed=setting.seed,
    )


def moment(epoch_s: float) -> datetime:
    """Turn epoch seconds into an aware time."""
    return datetime.fromtimestamp(float(epoch_s), UTC)
