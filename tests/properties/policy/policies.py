"""Random policies of every kind and random observations, for the laws of policies."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from plimsoll.domain.observation import MISSING, Fleet, ForecastReading, Missing, Observation, Reading, Stale, Value
from plimsoll.domain.platform_policy import (
    Adjustment,
    AwsStep,
    AwsStepPolicy,
    AwsStepScaling,
    AwsTargetTracking,
    FallbackBehavior,
    HpaBehavior,
    HpaMetric,
    HpaPolicy,
    HpaRate,
    HpaRules,
    KedaFallback,
    KedaPolicy,
    KedaTrigger,
    MetricType,
    NomadCheck,
    NomadPolicy,
    NomadTargetValue,
    NomadThreshold,
    TargetType,
)
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import (
    Condition,
    Direction,
    Form,
    Mode,
    PredictiveFloor,
    QueueDrain,
    Side,
    SignalUse,
    StepBand,
    StepTable,
    Target,
    TriggerRule,
)
from plimsoll.domain.policy_restraints import (
    Cooldowns,
    Corroboration,
    DropGuard,
    Granularity,
    HealthGuard,
    Limits,
    Rate,
    ReversalGuard,
    Schedule,
    Stabilization,
)
from plimsoll.domain.priced_policy import Account, PricedPolicy, Season

EVERY_S = 30.0
START_S = 1_700_000_000.0
SIGNALS = (
    SignalUse("cpu", Form.AVERAGE),
    SignalUse("p95", Form.LEVEL, "seconds"),
    SignalUse("queue", Form.TOTAL, "count"),
)


def _spans(*choices: float) -> st.SearchStrategy[float]:
    return st.sampled_from(choices)


@st.composite
def own_policies(draw: st.DrawFn, *, with_drop_guard: bool = True) -> Policy:
    """Draw one of Plimsoll's own policies, any rules and guards switched on or off."""
    low, high = sorted((draw(st.floats(0.1, 0.5)), draw(st.floats(0.55, 0.95))))
    least = draw(st.integers(0, 4))
    limits = Limits(
        least,
        least + draw(st.integers(0, 40)),
        draw(st.none() | st.integers(1, 5)),
        draw(st.none() | st.integers(1, 5)),
    )
    if draw(st.booleans()) and draw(st.booleans()):
        limits = Limits(2, 64, granularity=Granularity.POWER_OF_TWO)
    out = TriggerRule(
        "busy",
        Direction.OUT,
        (Condition("cpu", Side.ABOVE, high), Condition("p95", Side.ABOVE, 0.5)),
        Mode.ANY,
        draw(_spans(0, 30, 90)),
        draw(_spans(0, 60, 300)),
        draw(st.integers(1, 4)),
        draw(st.sampled_from([0.0, 0.3])),
    )
    quiet = (Condition("cpu", Side.BELOW, low), Condition("p95", Side.BELOW, 0.3))
    inwards = TriggerRule(
        "quiet", Direction.IN, quiet, Mode.ALL, draw(_spans(0, 60)), draw(_spans(0, 60)), draw(st.integers(1, 3))
    )
    table = StepTable(
        "table", Direction.OUT, "cpu", high, (StepBand(0, 0.1, 1), StepBand(0.1, None, 4)), draw(_spans(0, 60))
    )
    optional = {
        "triggers": draw(st.sampled_from([(), (out,), (out, inwards), (inwards,)])),
        "targets": draw(st.sampled_from([(), (Target("cpu", 0.6, 0.1, 0.1),), (Target("queue", 25.0, 0.0, 0.2),)])),
        "step_tables": draw(st.sampled_from([(), (table,)])),
        "queues": draw(st.sampled_from([(), (QueueDrain("queue", 0.5, 60.0),)])),
        "schedules": draw(st.sampled_from([(), (Schedule("night", 7200.0, min=2, max=9, target=5),)])),
        "stabilization": Stabilization(draw(_spans(0, 60)), draw(_spans(0, 120, 300))),
        "cooldowns": Cooldowns(draw(_spans(0, 60)), draw(_spans(0, 90))),
        "rates": draw(
            st.sampled_from([(), (Rate(Direction.BOTH, 600.0, actions=3), Rate(Direction.OUT, 300.0, replicas=6))])
        ),
        "drop_guard": draw(st.sampled_from([None, DropGuard("cpu", 0.4, 120, 90)])) if with_drop_guard else None,
        "reversal_guard": draw(st.sampled_from([None, ReversalGuard(0.05)])),
        "health_guard": draw(st.sampled_from([None, HealthGuard(0.3)])),
        "corroboration": draw(st.sampled_from([None, Corroboration((Condition("p95", Side.BELOW, 0.4),))])),
        "predictive": draw(
            st.sampled_from([None, PredictiveFloor("queue", 10.0, 0.8, coverage_window=6, coverage_min=3)])
        ),
    }
    return Policy("own", limits, SIGNALS, evaluate_every_s=EVERY_S, **optional)


@st.composite
def hpa_policies(draw: st.DrawFn) -> HpaPolicy:
    """Draw a HorizontalPodAutoscaler."""
    metrics = draw(
        st.sampled_from(
            [
                (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 60),),
                (HpaMetric(MetricType.EXTERNAL, "queue", TargetType.AVERAGE_VALUE, 25_000),),
                (
                    HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 60),
                    HpaMetric(MetricType.EXTERNAL, "queue", TargetType.VALUE, 100_000),
                ),
            ]
        )
    )
    rules = HpaRules(
        (HpaRate(draw(st.booleans()), draw(st.integers(1, 50)), 60),), None, draw(st.sampled_from([0, 120]))
    )
    behavior = draw(st.sampled_from([None, HpaBehavior(), HpaBehavior(rules, rules)]))
    least = draw(st.integers(1, 4))
    return HpaPolicy("hpa", least, least + draw(st.integers(0, 40)), metrics, behavior)


@st.composite
def platform_policies(draw: st.DrawFn) -> AnyPolicy:
    """Draw a policy of one of the platforms."""
    least = draw(st.integers(1, 3))
    most = least + draw(st.integers(0, 30))
    fallback = KedaFallback(draw(st.integers(0, 3)), draw(st.integers(0, 9)), draw(st.sampled_from(FallbackBehavior)))
    trigger = KedaTrigger("prometheus", "queue", 25.0, activation_threshold=draw(st.sampled_from([0.0, 5.0])))
    keda_min = draw(st.sampled_from([0, least]))
    steps = (AwsStep(0, 0.1, 1), AwsStep(0.1, None, draw(st.sampled_from([2, 50]))))
    kind = draw(st.sampled_from([Adjustment.CHANGE, Adjustment.PERCENT]))
    down = AwsStepPolicy("cpu", 0.3, False, (AwsStep(None, 0, -1),), Adjustment.CHANGE)
    target = NomadTargetValue(0.6, 0.05, draw(st.none() | st.integers(1, 3)), draw(st.none() | st.integers(1, 3)))
    bands = NomadThreshold(0.8, None, delta=2, within_bounds_trigger=draw(st.integers(1, 2)))
    return draw(
        st.sampled_from(
            [
                KedaPolicy(
                    "keda", (trigger,), keda_min, max(most, 1), fallback=draw(st.sampled_from([None, fallback]))
                ),
                AwsTargetTracking("track", "cpu", 0.6, least, most, draw(st.booleans()), 60, 60, period_s=EVERY_S),
                AwsStepScaling("steps", (AwsStepPolicy("cpu", 0.7, True, steps, kind), down), least, most, 60),
                NomadPolicy(
                    "nomad", (NomadCheck("cpu", "cpu", target), NomadCheck("hot", "cpu", bands, "g")), least, most, 60
                ),
            ]
        )
    )


@st.composite
def priced_policies(draw: st.DrawFn) -> PricedPolicy:
    """Draw a policy that buys replicas for what they are worth, with or without a reference."""
    least = draw(st.integers(0, 5))
    opens_at_s = draw(st.sampled_from([0.0, 1e12]))
    accounts = (None, Account(draw(hpa_policies()), opens_at_s=opens_at_s), Account(miss_ratio=0.01))
    return PricedPolicy(
        name="priced",
        min=least,
        max=least + draw(st.integers(0, 50)),
        per_replica=10.0,
        price=draw(st.sampled_from([0.001, 0.2, 0.9])),
        every_s=EVERY_S,
        demand_signal="queue",
        seasons=draw(st.sampled_from([(), (Season(6 * EVERY_S, 1.0),)])),
        account=draw(st.sampled_from(accounts)),
        change_cost=draw(st.sampled_from([0.0, 0.05])),
    )


def every_policy() -> st.SearchStrategy[AnyPolicy]:
    """Draw a policy of any kind."""
    return st.one_of(own_policies(), hpa_policies(), platform_policies())


def readings(value: st.SearchStrategy[float]) -> st.SearchStrategy[Reading]:
    """Draw a value, mostly, or one that is stale or missing."""
    known = value.map(Value)
    return st.one_of(known, known, known, known, value.map(lambda v: Stale(v, 999.0)), st.just(Missing("gone")))


@st.composite
def sights(draw: st.DrawFn, *, known: bool = False) -> dict[str, object]:
    """Draw the input of one step, apart from the size; with `known` nothing is missing."""
    cpu, p95, queue = st.floats(0.0, 1.2), st.floats(0.0, 1.0), st.floats(0.0, 400.0)
    wrap = (lambda one: one.map(Value)) if known else readings
    ahead = draw(st.floats(0.0, 300.0))
    forecast = ForecastReading(ahead, draw(st.floats(0.0, 300.0)))
    return {
        "signals": {"cpu": draw(wrap(cpu)), "p95": draw(wrap(p95)), "queue": draw(wrap(queue))},
        "forecast": forecast if known or draw(st.booleans()) else MISSING,
        "unhealthy": draw(st.integers(0, 2)),
        "rolling_out": draw(st.booleans()),
        "wait_s": draw(st.sampled_from([EVERY_S, EVERY_S, EVERY_S, 10.0, 600.0, -300.0])),
    }


def observation(sight: dict[str, object], desired: int) -> Observation:
    """Make an observation of a sight."""
    fleet = Fleet(desired, desired, unhealthy=int(str(sight["unhealthy"])), rolling_out=bool(sight["rolling_out"]))
    return Observation(fleet, sight["signals"], sight["forecast"])  # type: ignore[arg-type]


def louder(sight: dict[str, object], factor: float) -> dict[str, object]:
    """Make the same sight with more load: every known signal is larger."""
    signals = {
        name: replace(reading, value=reading.value * factor) if isinstance(reading, Value) else reading
        for name, reading in sight["signals"].items()  # type: ignore[attr-defined]
    }
    return {**sight, "signals": signals}
