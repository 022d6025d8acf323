"""What cannot be carried out is refused with both places; what is only odd is a finding."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.policy.rehearsal import above, all_below, policy_of

from plimsoll.domain.errors import Place
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
    Corroboration,
    DropGuard,
    Granularity,
    Limits,
    PeakWindow,
    Rate,
    Schedule,
    Stabilization,
)
from plimsoll.policy.refusals import refusals, remarks

SOUND = policy_of(above("cpu", 0.7, for_s=60), all_below({"cpu": 0.3}, for_s=60), targets=(Target("cpu", 0.6),))


def rule(direction: Direction, side: Side, threshold: float, line: int) -> TriggerRule:
    return TriggerRule(direction.value, direction, (Condition("cpu", side, threshold, Place("p.yaml", line)),))


def changed(**fields: object) -> Policy:
    return replace(SOUND, **fields)  # type: ignore[arg-type]


def test_a_sound_policy_is_not_refused_and_draws_no_remark():
    assert (refusals(SOUND), remarks(SOUND)) == ((), ())


def test_a_scale_in_above_a_scale_out_threshold_is_refused_with_both_lines():
    rules = (rule(Direction.OUT, Side.ABOVE, 0.4, 8), rule(Direction.IN, Side.BELOW, 0.5, 11))
    (error,) = refusals(changed(triggers=rules))
    assert str(error) == "p.yaml:11: cpu: scale-in below 0.5 overlaps scale-out above 0.4 (see p.yaml:8)"
    meeting = (rules[0], rule(Direction.IN, Side.BELOW, 0.4, 11))
    assert refusals(changed(triggers=meeting)) == ()  # no value is both above and below 0.4


def test_a_minimum_above_the_maximum_is_refused_with_both_lines():
    limits = Limits(9, 3, place=Place("p.yaml", 4), max_place=Place("p.yaml", 5))
    assert [str(one) for one in refusals(changed(limits=limits))] == ["p.yaml:4: min 9 is above max 3 (see p.yaml:5)"]


def test_a_duration_shorter_than_the_time_between_two_looks_is_refused_with_both_lines():
    short = replace(above("cpu", 0.7, for_s=10), place=Place("p.yaml", 7))
    (error,) = refusals(replace(policy_of(short), place=Place("p.yaml", 2)))
    assert str(error) == (
        "p.yaml:7: the duration of rule 'cpu high', 10s, is shorter than the 30s between two evaluations (see p.yaml:2)"
    )


def both(above: float, below: float, direction: Direction) -> TriggerRule:
    sides = Condition("cpu", Side.ABOVE, above), Condition("cpu", Side.BELOW, below)
    return TriggerRule("both", direction, sides, Mode.ALL)


DOUBLES = Limits(4, 64, granularity=Granularity.POWER_OF_TWO)
REFUSED = [
    pytest.param({"stabilization": Stabilization(down_s=10)}, "a stabilization window", id="window"),
    pytest.param({"rates": (Rate(Direction.OUT, 10, actions=1),)}, "the period of a rate", id="rate"),
    pytest.param({"drop_guard": DropGuard("cpu", 0.5, over_s=10)}, "the drop guard's span", id="drop_guard"),
    pytest.param({"targets": (Target("cpu", 0.0),)}, "is not above zero", id="setpoint"),
    pytest.param({"targets": (Target("p95", 0.2),)}, "is a level", id="level_as_a_target"),
    pytest.param({"targets": (Target("nothing", 0.2),)}, "is not among the policy's signals", id="unknown_signal"),
    pytest.param({"queues": (QueueDrain("cpu", 0.0, 60.0),)}, "must be above zero", id="queue"),
    pytest.param({"schedules": (Schedule("s", 0.0, min=5, max=3),)}, "min 5 is above max 3", id="schedule"),
    pytest.param(
        {"schedules": (Schedule("s", 0.0, min=500),)}, "min 500 is above max 100", id="schedule_above_maximum"
    ),
    pytest.param({"schedules": (Schedule("s", 0.0, time_zone="Mars/Base"),)}, "is not known", id="time_zone"),
    pytest.param({"peaks": (PeakWindow("p", 10.0, 10.0),)}, "ends before it starts", id="peak"),
    pytest.param({"limits": Limits(3, 64, granularity=Granularity.POWER_OF_TWO)}, "3 is not among", id="not_allowed"),
    pytest.param(
        {"limits": Limits(4, 66, granularity=Granularity.MULTIPLE, granule=4)}, "66 is not among", id="no_multiple"
    ),
    pytest.param(
        {"limits": Limits(4, 64, 3, granularity=Granularity.MULTIPLE, granule=4)}, "can never reach", id="step"
    ),
    pytest.param({"limits": DOUBLES, "schedules": (Schedule("s", 0.0, min=5),)}, "'s': 5 is not", id="scheduled_min"),
    pytest.param({"limits": DOUBLES, "schedules": (Schedule("s", 0.0, max=6),)}, "'s': 6 is not", id="scheduled_max"),
    pytest.param({"limits": DOUBLES, "peaks": (PeakWindow("p", 0.0, 9.0, min=7),)}, "'p': 7 is not", id="peak_min"),
    pytest.param({"evaluate_every_s": 0.0}, "between two evaluations is less than 100ms", id="no_time_between_looks"),
    pytest.param(
        {"stabilization": Stabilization(down_s=1e12)}, "spans more than 1,000,000 evaluations", id="endless_window"
    ),
    pytest.param({"predictive": PredictiveFloor("cpu", 0.0)}, "must be above zero", id="nothing_carried"),
    pytest.param(
        {"predictive": PredictiveFloor("cpu", 1.0, coverage_window=10)}, "the first not above the second", id="coverage"
    ),
    pytest.param({"limits": Limits(-1, 3)}, "below zero", id="negative"),
    pytest.param(
        {"step_tables": (StepTable("t", Direction.OUT, "cpu", 0.7, (StepBand(0, 2, 1), StepBand(1, None, 2))),)},
        "two bands overlap",
        id="bands",
    ),
    pytest.param(
        {"step_tables": (StepTable("t", Direction.OUT, "cpu", 0.7, (StepBand(0, None, -1),)),)},
        "a change below zero",
        id="a_band_of_the_other_direction",
    ),
    pytest.param(
        {"limits": Limits(1, 64, 4, granularity=Granularity.POWER_OF_TWO)},
        "a step of 4 never scales out from 8 to 16, the next power of two",
        id="doubling",
    ),
    pytest.param(
        {"limits": Limits(1, 8, 3, granularity=Granularity.POWER_OF_TWO)},
        "a step of 3 never scales out from 4 to 8",
        id="doubling_by_a_step_that_is_no_power",
    ),
    pytest.param(
        {"limits": Limits(1, 64, 64, 2, granularity=Granularity.POWER_OF_TWO)},
        "a step of 2 never scales in from 8 to 4",
        id="halving",
    ),
    pytest.param({"triggers": (both(0.8, 0.6, Direction.OUT),)}, "never above 0.8 and below 0.6", id="never_both"),
    pytest.param(
        {
            "triggers": (rule(Direction.IN, Side.BELOW, 0.3, 8),),
            "corroboration": Corroboration((Condition("cpu", Side.ABOVE, 0.5),)),
        },
        "never above 0.5 and below 0.3",
        id="never_corroborated",
    ),
    pytest.param({"after": SOUND.name}, "would wait for itself", id="after_itself"),
]


@pytest.mark.parametrize(("fields", "said"), REFUSED)
def test_what_cannot_be_carried_out_is_refused(fields: dict[str, object], said: str):
    policy = changed(signals=(*SOUND.signals, SignalUse("p95", Form.LEVEL)), **fields)
    assert any(said in str(one) for one in refusals(policy))


def test_the_stricter_of_two_bounds_wins_with_a_remark():
    policy = changed(limits=Limits(2, 9), schedules=(Schedule("night", 0.0, min=1, max=20),))
    assert [one.taken for one in remarks(policy)] == ["the stricter wins: 2", "the stricter wins: 9"]
    assert refusals(policy) == ()


def test_a_scheduled_count_is_one_that_the_granularity_allows_unless_a_stricter_one_wins():
    schedules = Schedule("day", 0.0, min=8, max=32), Schedule("night", 9.0, min=3, max=100)
    assert refusals(changed(limits=DOUBLES, schedules=schedules)) == ()


def test_a_power_of_two_is_reached_by_a_step_of_half_of_it():
    assert refusals(changed(limits=Limits(1, 64, 32, granularity=Granularity.POWER_OF_TWO))) == ()


def test_a_step_that_nothing_needs_is_no_contradiction():
    assert refusals(changed(limits=Limits(8, 8, 2, 2, granularity=Granularity.POWER_OF_TWO))) == ()


def test_a_multiple_is_reached_by_a_step_of_as_many():
    assert refusals(changed(limits=Limits(4, 64, 4, granularity=Granularity.MULTIPLE, granule=4))) == ()


def test_conditions_that_can_hold_together_are_no_contradiction():
    assert refusals(changed(triggers=(both(0.6, 0.8, Direction.OUT),))) == ()
    either = replace(both(0.8, 0.6, Direction.OUT), mode=Mode.ANY)
    assert refusals(changed(triggers=(either,))) == ()


@pytest.mark.parametrize(
    ("fields", "rule_of_the_finding", "taken"),
    [
        (
            {"schedules": (Schedule("day", 0.0, min=20), Schedule("lunch", 0.0, max=10))},
            "schedules-disagree",
            "where both hold, the minimum wins",
        ),
        ({"targets": (Target("cpu", 0.9), Target("cpu", 0.6))}, "target-twice", "the stricter wins: 0.6"),
        ({"rates": (Rate(Direction.OUT, 3600.0, actions=0),)}, "rate-of-nothing", "a pause does the same"),
    ],
)
def test_what_is_only_stricter_or_says_nothing_is_remarked_on(
    fields: dict[str, object], rule_of_the_finding: str, taken: str
):
    policy = changed(**fields)
    (found,) = remarks(policy)
    assert found.rule == rule_of_the_finding
    assert found.taken.startswith(taken)
    assert refusals(policy) == ()


def test_thresholds_without_room_between_them_are_remarked_on():
    rules = (rule(Direction.OUT, Side.ABOVE, 0.5, 8), rule(Direction.IN, Side.BELOW, 0.5, 11))
    assert [one.rule for one in remarks(changed(triggers=rules))] == ["no-dead-band"]


def test_a_step_table_with_a_gap_or_that_does_less_further_on_is_remarked_on():
    bands = (StepBand(0, 0.1, 3), StepBand(0.2, None, 1))
    policy = changed(step_tables=(StepTable("t", Direction.OUT, "cpu", 0.7, bands),))
    assert [one.rule for one in remarks(policy)] == ["step-table-gap", "step-table-falls"]
