"""Laws of the policy that buys replicas for what they are worth, over random demands and settings.

Doubting a fall is its drop guard. As with other kinds, more load never gives fewer replicas unless a demand is doubted,
and doubt never gives fewer replicas than there would be without it.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import fields, replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plimsoll.domain.observation import Fleet, Missing, Observation, Stale, Value
from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.priced_policy import Account, Learning, PricedPolicy, Season
from plimsoll.policy.compiled import compiled
from plimsoll.policy.engine import step
from plimsoll.policy.lagged_fleet import arrive, lagged_fleet, order
from plimsoll.policy.memory import Kept
from plimsoll.policy.priced.layout import DOUBTED
from plimsoll.policy.priced.program import lag_of, memory_of, program_of
from plimsoll.policy.priced.step import doubtful, priced_decide
from plimsoll.simulation.course import fresh_course
from plimsoll.simulation.plain import run_priced
from plimsoll.simulation.runs import ready_for_replay

EVERY_S, START_S = 60.0, 1_700_000_000.0
HPA = HpaPolicy("hpa", 2, 30, (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70),))
LAWS, FAST_LAWS = settings(max_examples=12, deadline=None), settings(max_examples=60, deadline=None)


@st.composite
def policies(draw) -> PricedPolicy:
    least = draw(st.integers(0, 4))
    accounts = (None, Account(HPA, opens_at_s=START_S + 10 * EVERY_S), Account(miss_ratio=0.01))
    return PricedPolicy(
        name="priced",
        min=least,
        max=least + draw(st.integers(1, 40)),
        per_replica=100.0,
        price=draw(st.floats(1e-4, 0.9)),
        startup_s=draw(st.sampled_from([0.0, 60.0, 120.0, 300.0])),
        every_s=EVERY_S,
        seasons=draw(st.sampled_from([(), (Season(900.0, 0.5),)])),
        learning=replace(Learning(), recent=draw(st.integers(1, 20))),
        account=draw(st.sampled_from(accounts)),
        change_cost=draw(st.sampled_from([0.0, 0.05])),
        window_s=draw(st.sampled_from([0.0, 300.0])),
    )


demands = st.lists(st.floats(0, 5000, allow_subnormal=False) | st.none() | st.just("stale"), min_size=5, max_size=45)


def observed(value, fleet: Fleet, scale: float = 1.0) -> Observation:
    reading = {None: Missing("gone"), "stale": Stale(5.0, 900.0)}.get(value) if not isinstance(value, float) else None
    return Observation(fleet, {"demand": reading or Value(float(value) * scale)})


def course(policy: PricedPolicy, values, *, scale: float = 1.0, restore: bool = False) -> list[int]:
    """The counts after each step, applied at once; with `restore` memory goes through JSON between any two steps."""
    memory, count, counts = Kept(policy.name), max(policy.min, 2), []
    for place, value in enumerate(values):
        fleet = Fleet(count, count)
        decision, memory = step(policy, memory, observed(value, fleet, scale), START_S + place * EVERY_S)
        if restore:
            memory = Kept(**json.loads(json.dumps({one.name: getattr(memory, one.name) for one in fields(memory)})))
        count = decision.to_replicas
        counts.append(count)
    return counts


def replayed_course(policy: PricedPolicy, values) -> list[int]:
    """As `course`, by the compiled loop: a demand that is not a number is unknown, counts are applied at once."""
    ready_for_replay()
    start = max(policy.min, 2)
    load = np.array([value if isinstance(value, float) else np.nan for value in values])
    played = fresh_course(load, START_S, policy.every_s, policy.per_replica)
    compiled(run_priced)(program_of(policy), memory_of(policy, start), lagged_fleet(start, 1), played)
    return played.desired.tolist()


@LAWS
@given(policies(), demands)
def test_limits_always_hold_once_demand_was_seen(policy, values):
    for place, (value, count) in enumerate(zip(values, course(policy, values), strict=True)):
        if place > 0 and isinstance(value, float):
            assert policy.min <= count <= policy.max


@LAWS
@given(policies(), demands)
def test_unknown_demand_never_scales(policy, values):
    counts = [max(policy.min, 2), *course(policy, values)]
    for place, value in enumerate(values):
        if not isinstance(value, float):
            assert counts[place + 1] == counts[place]


@FAST_LAWS
@given(policies(), st.lists(st.sampled_from([0.0, 0.0, 90.0, 2400.0]), max_size=40), st.integers(1, 10))
def test_no_zero_is_believed_within_ten_steps_whatever_zeros_history_held(policy, history, zeros):
    # Fewer than the three falls that lasted, after which a fall to none is usual.
    counts = replayed_course(policy, [*history, *[2400.0] * 40, *[0.0] * zeros])
    assert min(counts[-zeros:]) >= counts[-zeros - 1]


@LAWS
@given(policies(), demands)
def test_it_is_deterministic_and_survives_being_killed_between_any_two_steps(policy, values):
    assert course(policy, values) == course(policy, values, restore=True)


@LAWS
@given(policies(), demands)
def test_the_unit_of_demand_does_not_matter(policy, values):
    scale = 1024.0  # a power of two, so that no rounding differs
    other = replace(policy, per_replica=policy.per_replica * scale)
    assert course(policy, values) == course(other, values, scale=scale)


@FAST_LAWS
@given(policies(), st.floats(0.001, 0.4))
def test_a_lower_price_never_buys_fewer_replicas(policy, price):
    # A law of the purchase. If changes may wait, the count also depends on the path to this state.
    values = np.random.default_rng(1).uniform(200, 900, size=30).tolist()
    bare = replace(policy, account=None, slack_ratio=0.0, change_cost=0.0, window_s=0.0)
    dear, cheap = (replace(bare, price=price * factor) for factor in (2.0, 1.0))
    assert all(
        one <= other for one, other in zip(*(replayed_course(one, values) for one in (dear, cheap)), strict=True)
    )


KINDS = ("even", "season", "spikes", "walk", "to_and_fro", "zeros")


def history(kind: str, seed: int, steps: int) -> np.ndarray:
    """Recorded demand of one kind."""
    rng, t = np.random.default_rng(seed), np.arange(steps)
    noise = rng.normal(0, 10 ** rng.uniform(-3, -0.5), steps)
    shape = {
        "even": 1.0 + noise,
        "season": 1.0 + 0.8 * (t % 15 < 3) + noise,
        "spikes": np.where(rng.random(steps) < 0.1, rng.uniform(2, 12, steps), 1.0),
        "walk": np.exp(np.cumsum(noise)),
        "to_and_fro": 1.0 + (-1.0) ** t * rng.uniform(0, 0.9) + noise,
        "zeros": rng.random(steps) > 0.2,
    }[kind]
    return np.maximum(shape, 0.0) * 10 ** rng.uniform(1.5, 4.0)


@st.composite
def states(draw):
    """A policy and its memory after 0 to 60 steps, the next step, and a demand similar to the last."""
    policy = replace(draw(policies()), max=draw(st.sampled_from([20, 500, 100_000])))
    steps, start = draw(st.integers(0, 60)), max(policy.min, 2)
    demand = history(draw(st.sampled_from(KINDS)), draw(st.integers(0, 9999)), steps + 1)
    program, memory, fleet = program_of(policy), memory_of(policy, start), lagged_fleet(start, lag_of(policy))
    for t in range(steps):
        ready = arrive(fleet, t)
        count = priced_decide(program, memory, START_S + t * EVERY_S, float(demand[t]), int(fleet.counts[0]), ready)
        order(fleet, t, count)
    desired = draw(st.integers(0, 60)) if draw(st.booleans()) else int(fleet.counts[0])
    return program, memory, steps, desired, arrive(fleet, steps), float(demand[steps])


def decided(state, demand: float, *, doubt: bool = True) -> int:
    """The count at a state, which is not modified; without doubt, every fall counts as confirmed."""
    program, memory, step_of, desired, ready, _ = deepcopy(state)
    if not doubt:
        memory.state[DOUBTED] = 10.0
    return priced_decide(program, memory, START_S + step_of * EVERY_S, demand, desired, ready)


@settings(max_examples=40, deadline=None)
@given(states(), st.floats(-3.0, 1.0), st.lists(st.floats(0.0, 0.3), min_size=6, max_size=6))
def test_more_load_never_gives_fewer_replicas_at_the_same_state(state, first, rises):
    logs = np.cumsum([first, *rises])
    ladder = [state[-1] * float(np.exp(one)) for one in logs]
    program, memory, step_of, *_ = deepcopy(state)
    assume(not doubtful(program, memory, step_of, ladder[0]))
    counts = [decided(state, demand) for demand in ladder]
    assert counts == sorted(counts)


@LAWS
@given(states(), st.floats(0.0, 0.3))
def test_doubt_never_gives_fewer_replicas_than_there_would_be_without_it(state, share):
    assert decided(state, share * state[-1]) >= decided(state, share * state[-1], doubt=False)
