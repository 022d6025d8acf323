"""A policy is replayed at its own interval: no more often than its `every`, and after each row by the plain rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.simulation.test_explained import ALL, HPA, OWN
from tests.unit.simulation.test_platform_replays import POLICIES, SETTING

from plimsoll.domain.errors import UsageError
from plimsoll.domain.platform_policy import HpaController
from plimsoll.domain.policies import AnyPolicy
from plimsoll.domain.policy import Axis
from plimsoll.simulation.explained import explained
from plimsoll.simulation.runs import reason_word, replayed
from plimsoll.simulation.setting import Rules

KEDA, NOMAD = POLICIES[0], POLICIES[3]
EVERY_10_STEPS: tuple[AnyPolicy, ...] = (
    replace(OWN, evaluate_every_s=600.0),
    replace(HPA, controller=HpaController(sync_period_s=600.0)),
    replace(KEDA, controller=HpaController(sync_period_s=600.0)),
    replace(NOMAD, evaluation_interval_s=590.0),
)
QUEUED = replace(SETTING, rules=Rules.QUEUED)


@pytest.mark.parametrize("policy", EVERY_10_STEPS, ids=lambda policy: policy.name)
def test_between_two_looks_nothing_changes(policy: AnyPolicy) -> None:
    changed = np.flatnonzero(np.diff(replayed(policy, QUEUED).desired)) + 1
    assert changed.size > 5
    assert set(changed % 10) == {0}


def test_by_the_plain_rules_it_decides_after_each_row() -> None:
    often, seldom = (replayed(policy, SETTING).desired for policy in (OWN, EVERY_10_STEPS[0]))
    assert np.array_equal(often, seldom)


@pytest.mark.parametrize("policy", EVERY_10_STEPS, ids=lambda policy: policy.name)
def test_what_is_explained_is_the_latest_look(policy: AnyPolicy) -> None:
    found = explained(policy, QUEUED, 57)
    assert found.time_s == QUEUED.first_s + 50 * QUEUED.step_s
    assert found.to_replicas == replayed(policy, QUEUED).desired[57]
    with pytest.raises(UsageError, match="at the steps 10 to 479, not at 9"):
        explained(policy, QUEUED, 9)


MOVES = {"scale_out": 1, "stayed": 0, "scale_in": -1}


@pytest.mark.parametrize("rules", list(Rules))
@pytest.mark.parametrize("policy", ALL, ids=lambda policy: policy.name)
def test_each_step_says_what_it_changed_and_the_first_changes_nothing(policy: AnyPolicy, rules: Rules) -> None:
    setting = replace(SETTING, load=SETTING.load[::8].copy(), rules=rules)
    run = replayed(policy, setting)
    first, *words = [reason_word(code) for code in run.reasons.tolist()]
    assert (first, run.desired[0]) == ("first_look", setting.start)
    assert set(words) >= set(MOVES)
    changes = np.sign(np.diff(run.desired)).tolist()
    assert all(MOVES.get(word, change) == change for word, change in zip(words, changes, strict=True))


def test_an_hpa_without_a_behavior_adds_four_pods_or_doubles_in_a_step_of_the_plain_rules() -> None:
    surge = replace(SETTING, load=np.array([100.0, *[9000.0] * 5]))
    assert replayed(HPA, surge).desired.tolist() == [2, 6, 12, 24, 48, 60]


@pytest.mark.parametrize("rules", list(Rules))
def test_a_ladder_of_sizes_is_not_taken_for_replicas(rules: Rules) -> None:
    with pytest.raises(UsageError, match="policy own counts rungs of a ladder of sizes"):
        replayed(replace(OWN, axis=Axis.RUNGS), replace(SETTING, rules=rules))
