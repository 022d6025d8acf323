"""Mistakes that reference autoscalers make, each put right here, and named."""

from __future__ import annotations

import pytest
from tests.unit.policy.rehearsal import above, all_below, policy_of, rehearse, sizes

from plimsoll.domain.decision import Action, Guard, Reason
from plimsoll.domain.observation import Stale, Value
from plimsoll.domain.policy_proposals import Direction, Target
from plimsoll.domain.policy_restraints import Cooldowns, Rate


def test_a_duration_is_really_waited_for_not_only_looked_at_once():
    waits = policy_of(above("cpu", 0.7, for_s=300))
    assert sizes(waits, [{"cpu": 0.9}] * 10) == [4] * 10
    assert sizes(waits, [{"cpu": 0.9}] * 11)[-1] == 5


def test_a_breach_that_ends_starts_the_duration_anew():
    waits = policy_of(above("cpu", 0.7, for_s=300))
    assert sizes(waits, [{"cpu": 0.9}] * 9 + [{"cpu": 0.7}] + [{"cpu": 0.9}] * 10)[-1] == 4


def test_time_without_samples_does_not_count_towards_a_duration():
    waits = policy_of(above("cpu", 0.7, for_s=300))
    gapped = [{"cpu": 0.9}] * 6 + [{"cpu": None}] * 3 + [{"cpu": 0.9}] * 5
    found = sizes(waits, [*gapped, {"cpu": 0.9}])
    assert found.index(5) == 13  # 300 s of breach seen, after 90 s in which nothing was


def test_a_cooldown_belongs_to_its_trigger_and_not_to_all():
    rules = policy_of(above("cpu", 0.7, cooldown_s=600), above("errors", 0.02, cooldown_s=600, step=2))
    both = sizes(rules, [{"cpu": 0.9, "errors": 0.0}, {"cpu": 0.9, "errors": 0.05}, {"cpu": 0.9, "errors": 0.05}])
    assert both == [5, 7, 7]


def test_the_whole_seconds_elapsed_count_and_not_the_seconds_part_of_them():
    cools = policy_of(above("cpu", 0.7, cooldown_s=90))
    found = sizes(cools, [{"cpu": 0.9}] * 4, every_s=60.0)  # after 60 s the seconds part is 0, after 120 s too
    assert found == [5, 5, 6, 6]


def test_a_cooldown_of_more_than_a_day_is_one():
    cools = policy_of(above("cpu", 0.7, cooldown_s=90_000))
    found = sizes(cools, [{"cpu": 0.9}] * 3, every_s=86_400.0)
    assert found == [5, 5, 6]


def test_instances_needed_are_the_current_ones_times_the_ratio():
    held = policy_of(targets=(Target("cpu", 0.6),))
    assert sizes(held, [{"cpu": 0.9}], start=10) == [15]


def test_at_most_so_many_an_hour_means_any_hour_not_the_calendar_hour():
    rated = policy_of(above("cpu", 0.7), rates=(Rate(Direction.OUT, 3600, actions=2),))
    found = sizes(rated, [{"cpu": 0.9}] * 9, every_s=600.0)
    assert found == [5, 6, 6, 6, 6, 6, 7, 8, 8]


def test_a_per_replica_average_is_not_divided_by_the_replicas_again():
    sessions = policy_of(targets=(Target("sessions", 120.0, 0.0, 0.0),))
    assert sizes(sessions, [{"sessions": 160.0}], start=6) == [8]


def test_a_total_is_divided_by_what_one_replica_takes_and_not_multiplied():
    queue = policy_of(targets=(Target("connections", 25.0),))
    assert sizes(queue, [{"connections": 190.0}], start=3) == [8]


@pytest.mark.parametrize("seen", [None, float("nan"), float("inf"), Stale(0.1, 900.0), Value(0.1, age_s=900.0)])
def test_nothing_is_invented_when_a_metric_fails(seen: object):
    quiet = policy_of(all_below({"cpu": 0.3, "memory": 0.4}), targets=(Target("cpu", 0.6),))
    (decision,) = rehearse(quiet, [{"cpu": seen, "memory": 0.1}])  # type: ignore[dict-item]
    assert decision.action is Action.HOLD
    assert {one.because.reason for one in decision.trail} <= {
        Reason.SIGNAL_MISSING,
        Reason.SIGNAL_STALE,
        Reason.TRIGGER_QUIET,
    }


def test_a_failed_metric_does_not_hold_back_a_scale_out_that_another_asks_for():
    two = policy_of(above("cpu", 0.7), above("memory", 0.8))
    assert sizes(two, [{"cpu": None, "memory": 0.95}]) == [5]


def test_confidence_grows_with_the_triggers_and_falls_with_what_is_unknown():
    four = policy_of(*(above(name, 0.7) for name in ("cpu", "memory", "disk", "net")))
    one, two, blind = (
        rehearse(four, [signals])[0].confidence
        for signals in (
            {"cpu": 0.9, "memory": 0.1, "disk": 0.1, "net": 0.1},
            {"cpu": 0.9, "memory": 0.9, "disk": 0.1, "net": 0.1},
            {"cpu": 0.9, "memory": None, "disk": None, "net": 0.1},
        )
    )
    assert (one, two, blind) == (pytest.approx(0.7), pytest.approx(1.0), pytest.approx(0.35))


def test_a_blocked_decision_says_so_and_has_no_confidence():
    cools = policy_of(above("cpu", 0.7), cooldowns=Cooldowns(out_s=600))
    first, second = rehearse(cools, [{"cpu": 0.9}] * 2)
    assert (first.confidence, second.confidence, second.bound_by) == (pytest.approx(0.7), 0.0, Guard.COOLDOWN)
