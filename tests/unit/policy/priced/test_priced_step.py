"""The priced policy: what it forecasts, buys, and what its account allows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.domain.decision import Action, Reason
from plimsoll.domain.observation import Fleet, Missing, Observation, Value
from plimsoll.domain.platform_policy import HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.priced_policy import Account, PricedPolicy, Season
from plimsoll.policy.compiled import compiled
from plimsoll.policy.engine import step
from plimsoll.policy.lagged_fleet import lagged_fleet
from plimsoll.policy.memory import Kept
from plimsoll.policy.priced.layout import BALANCE, EARNED, PRICE
from plimsoll.policy.priced.program import lag_of, memory_of, program_of
from plimsoll.simulation.course import fresh_course
from plimsoll.simulation.plain import run_priced
from plimsoll.simulation.runs import ready_for_replay

HPA = HpaPolicy("hpa70", 2, 500, (HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, 70),))
POLICY = PricedPolicy("priced", 2, 60, per_replica=100.0, price=0.1)


def run(policy: PricedPolicy, load, start: int = 2):
    """Course and memory at the end, by the compiled loop, which `test_compiled` holds to the functions themselves."""
    ready_for_replay()
    memory = memory_of(policy, start)
    course = fresh_course(np.asarray(load, dtype=np.float64), 0.0, policy.every_s, policy.per_replica)
    compiled(run_priced)(program_of(policy), memory, lagged_fleet(start, lag_of(policy)), course)
    return course, memory


def ready_by(policy: PricedPolicy, load, start: int = 2) -> np.ndarray:
    return run(policy, load, start)[0].ready


def test_a_steady_demand_is_served_with_the_least_that_holds_the_slo():
    ready = ready_by(replace(POLICY, price=0.5), np.full(300, 790.0))
    assert set(ready[60:].tolist()) == {10}


def test_a_price_near_nothing_buys_headroom_and_a_high_one_none():
    load = np.random.default_rng(1).normal(800, 60, size=400)
    dear, cheap = (ready_by(replace(POLICY, price=price), load) for price in (0.8, 0.005))
    missed = [np.mean(load[100:] > 80 * ready[100:]) for ready in (dear, cheap)]
    assert dear[100:].sum() < cheap[100:].sum()
    assert missed[0] > 0.02
    assert missed[1] < 0.005


def test_a_recurring_burst_is_served_before_it_is_seen():
    load = np.full(1200, 400.0)
    load[30::60] = load[31::60] = 1600.0
    policy = replace(POLICY, seasons=(Season(3600.0, 1.0),))
    with_season, without = ready_by(policy, load), ready_by(POLICY, load)
    bursts = np.arange(900 + 30, 1200, 60)
    assert np.all(with_season[bursts] >= 20)
    assert np.all(without[bursts] < 20)


def test_the_account_never_spends_more_than_the_reference_earns():
    load = np.random.default_rng(2).normal(1500, 200, size=1500).clip(0)
    policy = replace(POLICY, max=500, price=0.001, account=Account(HPA, opens_at_s=600 * 60.0))
    course, memory = run(policy, load, 20)
    ready = course.ready
    assert program_of(policy).referred == 1
    assert memory.state[BALANCE] > -ready.max()  # what the one step took that emptied it
    assert ready[600:].sum() == memory.state[EARNED] - memory.state[BALANCE]


def test_the_price_rises_while_more_is_spent_than_earned():
    load = np.random.default_rng(2).normal(1500, 200, size=400).clip(0)
    _, memory = run(replace(POLICY, max=500, price=0.001, account=Account(HPA)), load, 20)
    assert memory.state[PRICE] > 0.001


def test_a_miss_ratio_moves_the_price_down_until_it_holds():
    load = np.random.default_rng(3).normal(1500, 250, size=6000).clip(0)
    policy = replace(POLICY, max=500, price=0.8, account=Account(miss_ratio=0.02))
    ready = ready_by(policy, load, 20)
    missed = load[3000:] > 80 * ready[3000:]
    assert load[3000:][missed].sum() / load[3000:].sum() == pytest.approx(0.02, abs=0.01)


@pytest.mark.parametrize(
    ("before", "wanted_drop", "holds"),
    [pytest.param(20, 1, True, id="within_the_slack"), pytest.param(20, 2, False, id="beyond_the_slack")],
)
def test_a_small_scale_in_is_not_worth_the_churn(before, wanted_drop, holds):
    from plimsoll.policy.priced.step import worth_the_churn

    kept = worth_the_churn(program_of(replace(POLICY, slack_ratio=0.08)), before, before - wanted_drop)
    assert (kept == before) is holds


def test_nothing_below_what_was_wanted_within_the_window_is_scaled_in_to():
    load = np.concatenate([np.full(120, 800.0), np.full(60, 400.0)])
    at_once, waits = (ready_by(replace(POLICY, window_s=window_s), load) for window_s in (0.0, 1800.0))
    fell = [int(np.flatnonzero(ready[120:] < ready[119])[0]) for ready in (at_once, waits)]
    assert fell[1] >= fell[0] + 28


def first_falls(load: np.ndarray, starts: list[int]) -> list[int]:
    """After how many steps without demand, from each of the starts, fewer replicas are wanted than before."""
    wanted = run(POLICY, load)[0].desired
    return [int(np.flatnonzero(wanted[start:] < wanted[start - 1])[0]) for start in starts]


def test_a_fall_to_nothing_is_believed_after_ten_steps_and_where_it_is_usual_after_three():
    starts = [200 * nth for nth in range(1, 6)]
    load = np.full(1150, 2400.0)
    for start in starts:
        load[start : start + 60] = 0.0
    assert first_falls(load, starts) == [10, 10, 10, 3, 3]


def test_a_change_that_gains_less_than_it_costs_waits():
    load = np.random.default_rng(4).normal(1500, 60, size=600)
    policy = replace(POLICY, max=500, slack_ratio=0.0)
    restless, calm = (ready_by(replace(policy, change_cost=cost), load, 20) for cost in (0.0, 0.1))
    changes = [np.count_nonzero(np.diff(ready[200:])) for ready in (restless, calm)]
    assert changes[1] < 0.5 * changes[0]


def test_a_scale_out_does_not_wait_for_its_gain_once_most_outcomes_are_beyond_the_fleet():
    load = np.concatenate([np.full(120, 800.0), np.full(30, 1600.0)])
    assert ready_by(replace(POLICY, change_cost=10.0), load)[-1] >= 20


def test_a_season_too_long_or_too_short_for_its_step_is_left_out():
    policy = replace(POLICY, seasons=(Season(120.0, 1.0), Season(3600.0, 1.0), Season(86400.0 * 365, 1.0)))
    assert program_of(policy).seasons.tolist() == [60]


def test_a_decision_says_what_was_forecast_and_the_price():
    memory = Kept("priced")
    for place in range(20):
        seen = Observation(Fleet(10, 10), {"demand": Value(790.0)})
        decision, memory = step(POLICY, memory, seen, place * 60.0)
    (because,) = decision.reasons
    assert because.reason is Reason.WORTH_ITS_PRICE
    assert because.value == pytest.approx(790.0, rel=0.05)
    assert because.bound == 0.1


@pytest.mark.parametrize(
    "reading", [pytest.param(Missing("scrape failed"), id="no_sample"), pytest.param(Value(-1.0), id="below_zero")]
)
def test_a_missing_demand_holds_and_says_so(reading: Missing | Value):
    memory, seen = Kept("priced"), Observation(Fleet(10, 10), {"demand": reading})
    for place in range(3):
        decision, memory = step(POLICY, memory, seen, place * 60.0)
    assert (decision.action, decision.reasons[0].reason) == (Action.HOLD, Reason.SIGNAL_MISSING)
    assert decision.confidence == 0.0
