"""Laws of every policy: limits hold, nothing is random, units do not matter, unknown signals never scale in.

In the same state more load never means fewer replicas, and saving and restoring memory between any two steps changes
nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.properties.policy.policies import (
    START_S,
    every_policy,
    hpa_policies,
    louder,
    observation,
    own_policies,
    platform_policies,
    priced_policies,
    sights,
)

from plimsoll.domain.decision import Action
from plimsoll.domain.observation import MISSING, Missing, Stale, Value
from plimsoll.domain.platform_policy import AwsTargetTracking, HpaPolicy, KedaPolicy, NomadPolicy
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Policy
from plimsoll.domain.priced_policy import PricedPolicy
from plimsoll.policy.engine import step
from plimsoll.policy.memory import Kept
from plimsoll.policy.priced.layout import DOUBTED

Sight = dict[str, Any]
runs = st.lists(sights(), min_size=1, max_size=12)
laws = settings(max_examples=60, deadline=None)


def bounds(policy: AnyPolicy) -> tuple[int, int]:
    if isinstance(policy, Policy):
        return policy.limits.min, policy.limits.max
    return policy.min, policy.max


def trajectory(policy: AnyPolicy, run: list[Sight], start: int, *, through_json: bool = False) -> list[int]:
    memory, count, now_s, found = Kept(policy.name), start, START_S, []
    for sight in run:
        decision, memory = step(policy, memory, observation(sight, count), now_s)
        if through_json:
            memory = Kept(**{**json.loads(json.dumps(asdict(memory), allow_nan=False)), "rules": memory.rules})
        count, now_s = decision.to_replicas, now_s + sight["wait_s"]
        found.append(count)
    return found


@laws
@given(every_policy(), runs, st.integers(0, 60))
def test_limits_always_hold(policy: AnyPolicy, run: list[Sight], start: int):
    least, most = bounds(policy)
    asleep = {0} if isinstance(policy, HpaPolicy | KedaPolicy) else set()
    if isinstance(policy, NomadPolicy):  # it leaves a size outside alone for as long as it has no metrics
        start = max(least, min(most, start))
    assert all(least <= count <= most or count in asleep for count in trajectory(policy, run, start))


@laws
@given(every_policy(), runs, st.integers(0, 60))
def test_the_same_input_gives_the_same_decisions(policy: AnyPolicy, run: list[Sight], start: int):
    assert trajectory(policy, run, start) == trajectory(policy, run, start)


@laws
@given(every_policy(), runs, st.integers(0, 60))
def test_killed_and_restored_between_any_two_steps_gives_the_same_trajectory(
    policy: AnyPolicy, run: list[Sight], start: int
):
    assert trajectory(policy, run, start, through_json=True) == trajectory(policy, run, start)


@laws
@given(own_policies(), runs, sights(known=True), st.sampled_from(["cpu", "p95", "queue"]), st.booleans(), st.data())
def test_what_is_unknown_never_scales_in(
    policy: Policy, run: list[Sight], last: Sight, lost: str, stale: bool, data: st.DataObject
):
    start = data.draw(st.integers(policy.limits.min, policy.limits.max))
    memory, count, now_s = Kept(policy.name), start, START_S
    for sight in run:
        decision, memory = step(policy, memory, observation(sight, count), now_s)
        count, now_s = decision.to_replicas, now_s + sight["wait_s"]
    reading = Stale(last["signals"][lost].value, 999.0) if stale else Missing("gone")
    blind = {**last, "signals": {**last["signals"], lost: reading}}
    decision, _ = step(policy, memory, observation(blind, count), now_s)
    assert decision.action is not Action.SCALE_IN


@laws
@given(own_policies(), sights(known=True), st.data())
def test_an_unknown_forecast_or_fleet_never_scales_in(policy: Policy, sight: Sight, data: st.DataObject):
    count = data.draw(st.integers(policy.limits.min, policy.limits.max))
    seen = observation(sight, count)
    nobody_knows = replace(seen, fleet=replace(seen.fleet, ready=None))
    decisions = [step(policy, Kept(policy.name), nobody_knows, START_S)[0]]
    if policy.predictive is not None:
        decisions.append(step(policy, Kept(policy.name), replace(seen, forecast=MISSING), START_S)[0])
    assert all(decision.action is not Action.SCALE_IN for decision in decisions)


@laws
@given(
    st.one_of(own_policies(with_drop_guard=False), hpa_policies(), platform_policies(), priced_policies()),
    st.lists(sights(known=True), max_size=8),
    sights(known=True),
    st.floats(1.0, 3.0),
    st.data(),
)
def test_more_load_never_gives_fewer_replicas_at_the_same_state(
    policy: AnyPolicy, run: list[Sight], last: Sight, factor: float, data: st.DataObject
):
    least, most = bounds(policy)
    memory, count, now_s = Kept(policy.name), data.draw(st.integers(max(least, 1), max(most, 1))), START_S
    for sight in run:
        decision, memory = step(policy, memory, observation(sight, count), now_s)
        count, now_s = decision.to_replicas, now_s + sight["wait_s"]
    low, after = step(policy, memory, observation(last, count), now_s)
    assume(not doubted(policy, after))
    high, _ = step(policy, memory, observation(louder(last, factor), count), now_s)
    assert high.to_replicas >= low.to_replicas


def doubted(policy: AnyPolicy, memory: Kept) -> bool:
    """Whether a priced policy doubts its last demand: this is its drop guard, which is always on."""
    return isinstance(policy, PricedPolicy) and memory.arrays["state"][""][DOUBTED] != 0


@laws
@given(own_policies(), runs, st.integers(0, 60))
def test_the_drop_guard_never_gives_fewer_replicas_than_there_would_be_without_it(
    policy: Policy, run: list[Sight], start: int
):
    assume(policy.drop_guard is not None)
    sight = run[0]
    guarded, _ = step(policy, Kept("own"), observation(sight, start), START_S)
    free, _ = step(replace(policy, drop_guard=None), Kept("own"), observation(sight, start), START_S)
    assert guarded.to_replicas >= free.to_replicas


@laws
@given(own_policies(), runs, st.integers(0, 60), st.sampled_from([0.25, 8.0, 1024.0]))
def test_a_change_of_units_changes_nothing(policy: Policy, run: list[Sight], start: int, unit: float):
    """Powers of two rescale floats exactly, so not even rounding differs between units."""
    rescaled = [{**sight, "signals": _scaled(sight["signals"], unit)} for sight in run]
    assert trajectory(_in_units(policy, unit), rescaled, start) == trajectory(policy, run, start)


def _scaled(signals: dict[str, Any], unit: float) -> dict[str, Any]:
    cpu = signals["cpu"]
    return {**signals, "cpu": replace(cpu, value=cpu.value * unit) if isinstance(cpu, Value | Stale) else cpu}


def _in_units(policy: Policy, unit: float) -> Policy:
    def condition(one: Any) -> Any:
        return replace(one, threshold=one.threshold * unit) if one.signal == "cpu" else one

    def band(one: Any) -> Any:
        return replace(one, lower=one.lower * unit, upper=None if one.upper is None else one.upper * unit)

    return replace(
        policy,
        triggers=tuple(replace(r, conditions=tuple(map(condition, r.conditions))) for r in policy.triggers),
        targets=tuple(replace(t, setpoint=t.setpoint * unit) if t.signal == "cpu" else t for t in policy.targets),
        step_tables=tuple(
            replace(t, threshold=t.threshold * unit, bands=tuple(map(band, t.bands))) for t in policy.step_tables
        ),
    )


@laws
@given(st.sampled_from([0.5, 2.0, 64.0]), runs, st.integers(1, 9))
def test_a_change_of_units_changes_nothing_for_target_tracking(unit: float, run: list[Sight], start: int):
    one = AwsTargetTracking("track", "cpu", 0.6, 1, 50, period_s=30)
    rescaled = [{**sight, "signals": _scaled(sight["signals"], unit)} for sight in run]
    assert trajectory(replace(one, target=0.6 * unit), rescaled, start) == trajectory(one, run, start)
