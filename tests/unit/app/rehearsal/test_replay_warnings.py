"""A rule that the recorded loads cannot trigger is reported with the load at which it would fire."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.app.rehearsal.replay_warnings import warnings
from plimsoll.domain.policy import Policy
from plimsoll.domain.policy_proposals import (
    Condition,
    Direction,
    Side,
    SignalUse,
    StepBand,
    StepTable,
    TriggerRule,
)
from plimsoll.domain.policy_restraints import Limits
from plimsoll.domain.priced_policy import PricedPolicy
from plimsoll.domain.response import Response
from plimsoll.domain.system import Startup
from plimsoll.simulation.setting import Rules, Setting

SETTING = Setting(np.array([80.0, 160.0, 240.0]), 0.0, 60.0, 100.0, 0.8, Startup(60.0), 1, 20)


def hot(threshold: float, lowest: float) -> StepTable:
    return StepTable("hot", Direction.OUT, "cpu", threshold, (StepBand(lowest, None, 1),))


def busy(side: Side, threshold: float) -> TriggerRule:
    return TriggerRule("busy", Direction.OUT, (Condition("cpu", side, threshold),))


@pytest.mark.parametrize(
    ("rules", "takes"),
    [
        pytest.param({"triggers": (busy(Side.ABOVE, 1.19),)}, "", id="the_largest_load_on_the_fewest_replicas"),
        pytest.param(
            {"triggers": (busy(Side.ABOVE, 1.3),)}, "a load of more than 260 a step at 2 replicas", id="above"
        ),
        pytest.param(
            {"triggers": (busy(Side.BELOW, 0.02),)}, "a load of less than 40 a step at 20 replicas", id="below"
        ),
        pytest.param({"step_tables": (hot(0.9, 0.2),)}, "", id="the_lowest_band_is_reached"),
        pytest.param({"step_tables": (hot(0.9, 0.4),)}, "a load of more than 260 a step at 2 replicas", id="band"),
    ],
)
def test_a_rule_that_can_never_fire_is_told_with_the_load_at_which_it_would(rules: dict[str, object], takes: str):
    policy = Policy("p", Limits(2, 20), (SignalUse("cpu"),), **rules)  # type: ignore[arg-type]
    found = warnings([policy], SETTING)
    assert [one.rule for one in found] == (["never-fires"] if takes else [])
    assert all(takes in one.message for one in found)


@pytest.mark.parametrize(
    ("threshold", "takes"),
    [
        pytest.param(0.49, [], id="passed"),
        pytest.param(0.5, ["it takes a load of more than 240 a step at 2 replicas"], id="met_and_not_passed"),
        pytest.param(0.8, ["it takes a load of more than 352 a step at 2 replicas"], id="between_two_points"),
        pytest.param(0.95, ["memory reaches 50% at most, whatever the load"], id="past_the_last_point"),
    ],
)
def test_a_signal_that_follows_a_line_is_held_against_it(threshold: float, takes: list[str]) -> None:
    line = Response("memory", (0.0, 80.0, 160.0, 200.0), (0.25, 0.25, 0.75, 0.875))
    rule = TriggerRule("full", Direction.OUT, (Condition("memory", Side.ABOVE, threshold),))
    policy = Policy("p", Limits(2, 20), (SignalUse("memory", unit="ratio"),), triggers=(rule,))
    found = [one.message for one in warnings([policy], replace(SETTING, responses=(line,)))]
    assert [message[message.index(part) :] for message, part in zip(found, takes, strict=True)] == takes


@pytest.mark.parametrize(
    ("delay_s", "rules", "said"),
    [
        pytest.param(120.0, Rules.QUEUED, [], id="as_old_as_is_trusted"),
        pytest.param(
            121.0, Rules.QUEUED, ["policy own sees cpu 3m late", "policy learned sees demand 3m late"], id="too_old"
        ),
        pytest.param(121.0, Rules.PLAIN, [], id="the_plain_rules_show_it_at_once"),
    ],
)
def test_a_policy_that_sees_everything_too_late_to_act_on_is_named(delay_s: float, rules: Rules, said: list[str]):
    own = Policy("own", Limits(2, 20), (SignalUse("cpu"),))
    learned = PricedPolicy("learned", 2, 20, per_replica=100.0, price=0.1)
    found = warnings([own, learned], replace(SETTING, metric_delay_s=delay_s, rules=rules))
    assert [one.message.partition(",")[0] for one in found] == said
    assert all("stale after 2m" in one.message for one in found)


def test_a_policy_that_waits_for_another_is_said_to_be_replayed_alone() -> None:
    alone, second = (Policy("p", Limits(2, 20), (SignalUse("cpu"),), after=after) for after in ("", "bigger"))
    assert warnings([alone], SETTING) == ()
    (told,) = warnings([second], SETTING)
    assert str(told) == (
        "policy p waits until bigger stands at its maximum; a replay runs it alone; bigger is taken to stand there"
        " [replayed-alone]"
    )
