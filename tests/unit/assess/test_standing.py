"""Standing: utilization of the theoretical and the practical limit, and the verdict."""

from __future__ import annotations

import math

import pytest

from plimsoll.assess.standing import standing_of
from plimsoll.domain.assessment import Band, Level, Resource, Severity, Threshold, Verdict
from plimsoll.domain.limit import Direction
from plimsoll.domain.observation import Missing, Reading, Stale, Value

GIB = 2.0**30


def memory(reading: Reading) -> Resource:
    return Resource("app", "memory", "bytes", reading, theoretical=6 * GIB, practical=4.8 * GIB)


@pytest.mark.parametrize(
    ("used_gib", "verdict"),
    [
        pytest.param(1.0, Verdict.MONITOR, id="well_below"),
        pytest.param(3.84, Verdict.PLAN, id="eighty_percent_of_the_practical_limit"),
        pytest.param(4.8, Verdict.IMMEDIATE, id="at_the_practical_limit"),
        pytest.param(7.0, Verdict.IMMEDIATE, id="past_the_theoretical_limit"),
    ],
)
def test_the_verdict_follows_the_practical_limit(used_gib: float, verdict: Verdict) -> None:
    assert standing_of(memory(Value(used_gib * GIB))).verdict is verdict


def test_utilization_is_given_of_both_limits_and_headroom_of_the_practical_one() -> None:
    standing = standing_of(memory(Value(3.0 * GIB)))
    assert standing.theoretical_utilization == pytest.approx(0.5)
    assert standing.practical_utilization == pytest.approx(0.625)
    assert standing.headroom == pytest.approx(1.8 * GIB)


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        pytest.param(Missing("prometheus did not answer"), "prometheus did not answer", id="missing"),
        pytest.param(Stale(1.0, age_s=900), "15m old", id="stale"),
    ],
)
def test_what_was_not_seen_is_unknown_and_says_why(reading: Reading, words: str) -> None:
    standing = standing_of(memory(reading))
    assert (standing.verdict, standing.now, standing.headroom) == (Verdict.UNKNOWN, None, None)
    assert words in standing.why


def test_a_level_called_immediate_by_the_model_wins_over_headroom() -> None:
    cpu = Resource("app", "cpu", "ratio", Value(0.71), theoretical=1.0, practical=0.9, immediate_above=0.7)
    assert standing_of(cpu).verdict is Verdict.IMMEDIATE


@pytest.mark.parametrize(
    ("hit_ratio", "verdict"),
    [(0.9, Verdict.MONITOR), (0.7, Verdict.PLAN), (0.5, Verdict.IMMEDIATE)],
    ids=["above_warning", "at_warning", "at_critical"],
)
def test_where_low_is_bad_the_threshold_decides(hit_ratio: float, verdict: Verdict) -> None:
    threshold = Threshold((Level(0.7, Severity.HIGH), Level(0.5, Severity.CRITICAL)), Direction.LOW_IS_BAD)
    cache = Resource("cache", "hit_ratio", "ratio", Value(hit_ratio), practical=0.8, threshold=threshold)
    assert standing_of(cache).verdict is verdict


def test_without_any_limit_the_verdict_is_unknown_and_says_what_would_mend_it() -> None:
    standing = standing_of(Resource("app", "threads", "threads", Value(200.0)))
    assert standing.verdict is Verdict.UNKNOWN
    assert "give one in the model" in standing.why


def test_the_band_is_named_beside_the_number() -> None:
    bands = (Band("normal", 0, 0.5), Band("warning", 0.5, None))
    resource = Resource("app", "cpu", "ratio", Value(0.6), practical=1.0, bands=bands)
    assert standing_of(resource).band == "warning"
    assert math.isclose(standing_of(resource).practical_utilization or 0, 0.6)
