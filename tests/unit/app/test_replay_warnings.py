"""A rule that the recorded loads can never set off is told with the load at which it would."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.app.replay_warnings import warnings
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
from plimsoll.domain.system import Startup
from plimsoll.simulation.setting import Setting

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
