"""The forecast that a rehearsed policy is fed knows the past as the policy is shown it, and no more."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.simulation.test_explained import ALL

from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Limits, Policy
from plimsoll.domain.policy_proposals import Form, PredictiveFloor, SignalUse
from plimsoll.domain.system import Startup
from plimsoll.simulation.faults import NONE, Fault, faults_by_step
from plimsoll.simulation.foresight import seasonal_ahead
from plimsoll.simulation.runs import replayed
from plimsoll.simulation.setting import Rules, Setting

STEP_S, DAY = 1800.0, 48
LOAD = 1500 + 900 * np.sin(np.arange(5 * DAY) / DAY * 2 * math.pi)
SETTING = Setting(LOAD, 1_767_225_600.0, STEP_S, 100.0, 0.8, Startup(120.0), 2, 60)
FORESEES = Policy(
    "foresees", Limits(2, 60), (SignalUse("demand", Form.TOTAL),), evaluate_every_s=STEP_S,
    predictive=PredictiveFloor("demand", 100.0, lead_s=2 * STEP_S, coverage_slack=1.0),  # never demoted
)  # fmt: skip


def test_a_day_that_repeats_is_foretold_once_two_are_known() -> None:
    ahead, for_now = seasonal_ahead(LOAD, STEP_S, 2, 0.9)
    assert np.isnan(ahead[: 2 * DAY]).all()
    settled = np.arange(2 * DAY + 8, LOAD.size - 2)  # the level of the first steps is of fewer
    assert ahead[settled] == pytest.approx(LOAD[settled + 2])
    assert np.array_equal(for_now[2:], ahead[:-2], equal_nan=True)


@pytest.mark.parametrize(("quantile", "expected"), [(0.0, 200.0), (0.25, 250.0), (0.9, 380.0), (1.0, 400.0)])
def test_a_quantile_lies_between_the_days_that_are_known(quantile: float, expected: float) -> None:
    """At the same hour of three days the demand rose to 2, 3 and 4 times its level."""
    load = np.full(4 * DAY, 100.0)
    load[40::DAY] = 200.0, 300.0, 400.0, 100.0
    ahead, _ = seasonal_ahead(load, STEP_S, 1, quantile)
    assert ahead[3 * DAY + 39] == pytest.approx(expected)


@pytest.mark.parametrize("late_steps", [0, 3])
@pytest.mark.parametrize("policy", [FORESEES, *ALL], ids=lambda policy: policy.name)
def test_what_a_policy_has_not_been_shown_changes_no_decision(policy: AnyPolicy, late_steps: int) -> None:
    setting = replace(SETTING, rules=Rules.QUEUED, metric_delay_s=late_steps * STEP_S)
    surge = 4 * DAY + DAY // 4  # on top of the busiest hour
    other = np.where(np.arange(LOAD.size) < surge, LOAD, 2 * LOAD)
    told, otherwise = (replayed(policy, replace(setting, load=load)).desired for load in (LOAD, other))
    first = surge + late_steps
    assert np.array_equal(told[:first], otherwise[:first])
    assert told[first] < otherwise[first] or policy is not FORESEES


@pytest.mark.parametrize("fault", [Fault.MISSING, Fault.STALE, Fault.ZERO])
def test_a_surge_that_a_fault_hides_changes_no_decision(fault: Fault) -> None:
    """A surge begins while demand is shown falsely: no forecast knows of it before the fault ends."""
    busy = 4 * DAY + DAY // 4
    hides = next(
        replace(SETTING, rules=Rules.QUEUED, fault=fault, seed=seed)
        for seed in range(1000)
        if faults_by_step(fault, LOAD.size, seed)[busy - 2 : busy + 6].all()
        and faults_by_step(fault, LOAD.size, seed)[busy - 3] == NONE
    )
    ends = busy + int(np.flatnonzero(faults_by_step(fault, LOAD.size, hides.seed)[busy:] == NONE)[0])
    other = np.where(np.arange(LOAD.size) < busy, LOAD, 2 * LOAD)
    told, otherwise = (replayed(FORESEES, replace(hides, load=load)).desired for load in (LOAD, other))
    assert np.array_equal(told[:ends], otherwise[:ends])
    assert told[ends] < otherwise[ends]


def test_a_delay_as_long_as_the_history_leaves_no_forecast() -> None:
    late = replace(SETTING, load=LOAD[:DAY], rules=Rules.QUEUED, metric_delay_s=2 * DAY * STEP_S)
    assert set(replayed(FORESEES, late).desired) == {late.start}
