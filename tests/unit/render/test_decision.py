"""A decision reads as one sentence, and as a table of all that was weighed."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.unit.policy.rehearsal import above, policy_of, rehearse

from plimsoll.domain.decision import Because, Guard, Proposal, Reason
from plimsoll.domain.policy_proposals import SignalUse, Target
from plimsoll.domain.policy_restraints import Cooldowns, Limits
from plimsoll.render.decision import _GUARDS, _REASONS, because, sentence, tables
from plimsoll.render.json_form import json_form

POLICY = policy_of(
    above("cpu", 0.7, for_s=60, step=5),
    limits=Limits(2, 20, max_step_out=3),
    cooldowns=Cooldowns(out_s=90),
    signals=(SignalUse("cpu"),),
)


def test_a_scale_out_names_its_rule_its_evidence_and_what_bound_it():
    decision = rehearse(POLICY, [{"cpu": 0.8}] * 3)[-1]
    assert sentence(decision) == "22:14 web 4 -> 7: cpu 80% > 70% for 1m (held); step limit 9 -> 7"


def test_a_wait_says_how_long_it_still_is():
    decision = rehearse(POLICY, [{"cpu": 0.8}] * 2)[-1]
    assert sentence(decision).endswith("holds 4: cpu 80% > 70% for 30s of 1m (not yet for long enough)")


def test_what_is_unknown_is_named():
    decision = rehearse(POLICY, [{"cpu": None}])[0]
    assert sentence(decision).endswith("holds 4: cpu (missing)")


def test_a_blocked_decision_says_what_it_wanted_and_what_held_it():
    decision = rehearse(POLICY, [{"cpu": 0.8}] * 4)[-1]
    assert sentence(decision).endswith("holds 7: cpu 80% > 70% for 90s (held); cooldown 12 -> 7")


def test_the_table_shows_every_rule_and_every_guard():
    policy = policy_of(above("cpu", 0.7), targets=(Target("memory", 0.5),), limits=Limits(1, 5))
    rules, guards = tables(rehearse(policy, [{"cpu": 0.8, "memory": 0.9}])[0])
    assert [row[2] for row in rules.rows] == ["5", "8"]
    assert guards.rows == (("maximum", "8", "5"),)


def test_a_price_is_no_threshold_of_the_demand_beside_it():
    bought = Because(Reason.WORTH_ITS_PRICE, signal="demand", value=688.3, bound=0.2211)
    assert because(bought).startswith("demand 688.3 ahead, at the price 0.2211 (")


def test_a_rule_without_a_name_goes_by_its_signal():
    decision = rehearse(POLICY, [{"cpu": 0.8}])[0]
    bought = Proposal(Because(Reason.WORTH_ITS_PRICE, signal="demand", value=9.0, bound=0.2), 5)
    assert tables(replace(decision, trail=(bought,)))[0].rows[0][0] == "demand"


def test_every_reason_and_guard_has_its_words():
    assert set(_REASONS) == set(Reason)
    assert set(_GUARDS) == set(Guard)


def test_reasons_are_told_apart():
    decision = rehearse(POLICY, [{"cpu": 0.2}])[0]
    assert because(decision.reasons[0]) == "nothing asks for a change"


def test_a_decision_is_data():
    data = json.loads(json.dumps(json_form(rehearse(POLICY, [{"cpu": 0.8}] * 3)[-1]), allow_nan=False))
    assert (data["kind"], data["from_replicas"], data["to_replicas"], data["bound_by"]) == (
        "Decision",
        4,
        7,
        "step_limit",
    )
    assert data["reasons"][0]["reason"] == "trigger_held"
