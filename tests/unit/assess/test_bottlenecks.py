"""Bottlenecks: every threshold evaluated, severity, urgency, advice on evidence, one priority."""

from __future__ import annotations

import pytest

from plimsoll.adapters.knowledge import knowledge
from plimsoll.app.model.kept import kept_for
from plimsoll.app.model.prices import CostReviewSection
from plimsoll.assess.bottlenecks import actions_of, bottlenecks_of, level_passed, priority_of
from plimsoll.domain.assessment import Advice, Level, Priority, Resource, Severity, Term, Threshold
from plimsoll.domain.limit import Direction
from plimsoll.domain.observation import Missing, Value

KNOWN = knowledge("advice/advice.yaml")
ADVICE = tuple(
    Advice(
        item["id"],
        item["text"],
        tuple(item["topics"]),
        Term(item["term"]),
        tuple(item.get("needs", ())),
        tuple(item.get("unless", ())),
    )
    for item in KNOWN["advice"]
)
NOTHING: frozenset[str] = frozenset()

CPU = Threshold((Level(0.70, Severity.HIGH), Level(0.90, Severity.CRITICAL)))
LATENCY = Threshold((Level(0.250, Severity.MEDIUM), Level(0.500, Severity.CRITICAL)))
CACHE = Threshold((Level(0.7, Severity.MEDIUM), Level(0.5, Severity.HIGH)), Direction.LOW_IS_BAD)


def resource(name: str, value: float, threshold: Threshold, *topics: str) -> Resource:
    return Resource("app", name, "ratio", Value(value), threshold=threshold, topics=topics)


@pytest.mark.parametrize(
    ("value", "threshold", "passed"),
    [
        pytest.param(0.69, CPU, None, id="below_warning"),
        pytest.param(0.70, CPU, Level(0.70, Severity.HIGH), id="at_warning"),
        pytest.param(0.95, CPU, Level(0.90, Severity.CRITICAL), id="past_critical"),
        pytest.param(0.3, LATENCY, Level(0.250, Severity.MEDIUM), id="severity_of_warning_is_data"),
        pytest.param(0.65, CACHE, Level(0.7, Severity.MEDIUM), id="low_is_bad_warning"),
        pytest.param(0.4, CACHE, Level(0.5, Severity.HIGH), id="low_is_bad_critical"),
    ],
)
def test_the_worst_level_that_is_passed_counts(value: float, threshold: Threshold, passed: object) -> None:
    assert level_passed(value, threshold) == passed


@pytest.mark.parametrize(
    ("value", "urgent"),
    [pytest.param(0.84, False, id="exactly_a_fifth_past"), pytest.param(0.85, True, id="more_than_a_fifth_past")],
)
def test_urgency_is_high_more_than_a_fifth_past_the_level(value: float, urgent: bool) -> None:
    (found,) = bottlenecks_of(
        [resource("cpu", value, Threshold((Level(0.70, Severity.HIGH),)), "cpu")], ADVICE, {}, NOTHING
    )
    assert found.urgent is urgent


def test_a_resource_that_was_not_read_is_no_bottleneck() -> None:
    assert bottlenecks_of([Resource("app", "cpu", "ratio", Missing("gone"), threshold=CPU)], ADVICE, {}, NOTHING) == ()


def test_the_worst_comes_first_and_decides_the_priority() -> None:
    found = bottlenecks_of(
        [resource("p95", 0.3, LATENCY, "latency"), resource("cpu", 0.95, CPU, "cpu")], ADVICE, KNOWN["impacts"], NOTHING
    )
    assert [item.resource for item in found] == ["cpu", "p95"]
    assert found[0].impact == KNOWN["impacts"]["cpu"]
    assert priority_of(found) is Priority.IMMEDIATE
    assert priority_of(found[1:]) is Priority.PLANNED
    assert priority_of(()) is Priority.NONE


def test_a_leak_is_looked_for_before_memory_is_added() -> None:
    tight = [resource("memory", 0.9, Threshold((Level(0.8, Severity.HIGH), Level(0.95, Severity.CRITICAL))), "memory")]
    rising = frozenset({"memory_rises"})
    with_leak = {item.id for item in actions_of(tight, bottlenecks_of(tight, ADVICE, {}, rising), ADVICE, rising)}
    without = {item.id for item in actions_of(tight, bottlenecks_of(tight, ADVICE, {}, NOTHING), ADVICE, NOTHING)}
    assert "memory_leak_first" in with_leak
    assert "memory_add" not in with_leak
    assert "memory_add" in without
    assert "memory_leak_first" not in without


def test_an_action_names_every_resource_it_is_for_and_its_evidence() -> None:
    tight = [resource("cpu", 0.8, CPU, "cpu"), resource("p95", 0.3, LATENCY, "latency")]
    actions = actions_of(tight, bottlenecks_of(tight, ADVICE, {}, NOTHING), ADVICE, NOTHING)
    profile = next(item for item in actions if item.id == "slow_endpoints")
    assert set(profile.for_resources) == {"app/cpu", "app/p95"}
    assert {item.term for item in actions} == set(Term)


def test_every_piece_of_advice_has_a_known_topic_term_and_fact() -> None:
    for entry in ADVICE:
        assert set(entry.needs) | set(entry.unless) <= {*KNOWN["facts"], *KNOWN["unseen"]}, entry.id
        assert entry.text.endswith((".", "?")), entry.id
    assert len({entry.id for entry in ADVICE}) == len(ADVICE)


def test_advice_on_what_no_command_sees_is_known_and_never_given() -> None:
    never = {entry.id for entry in ADVICE if set(entry.needs) & set(KNOWN["unseen"])}
    every = [resource(topic, 0.99, CPU, topic) for topic in KNOWN["topics"]]
    seen = frozenset(KNOWN["facts"])
    given = {item.id for item in actions_of(every, bottlenecks_of(every, ADVICE, {}, seen), ADVICE, seen)}
    assert never == {"cdn"}
    assert not given & never
    assert kept_for(CostReviewSection, "cdn_above") == "for reviews of cost"
