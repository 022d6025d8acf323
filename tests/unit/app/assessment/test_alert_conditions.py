"""Alert rules of each kind: below, down, of one component, of several series, and nothing after the as-of time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.app.assessment.test_assessing import GAP, MINUTE_MS, assessed, series

from plimsoll.domain.assessment import Truth
from plimsoll.domain.series import Series, SeriesId

BELOW = "alerts: {rules: [{name: a, signal: cache_hits, below: 80%, for: 5min}]}\n"
DOWN = (
    "sources: [{name: probe, kind: health, url: 'http://localhost/health'}]\n"
    "components: [{name: web}, {name: db}]\n"
    "signals: [{name: alive, component: web, source: probe}, {name: alive_db, component: db, source: probe},"
    " {name: cpu, component: web}]\n"
    "alerts: {rules: [{name: a, component: web, down: true, for: 2min}]}\n"
)


@pytest.mark.parametrize(
    ("values", "holds", "why"),
    [
        pytest.param([0.7] * 10, Truth.YES, "6 samples, all below 80%", id="all_of_it"),
        pytest.param([0.9] * 10, Truth.NO, "6 of 6 samples not below 80%", id="none_of_it"),
    ],
)
def test_a_rule_below_its_threshold(values: list[float], holds: Truth, why: str) -> None:
    (condition,) = assessed(BELOW, series("cache_hits", values)).conditions
    assert (condition.holds, condition.why, condition.above, condition.below) == (holds, why, None, 0.8)


@pytest.mark.parametrize(
    ("alive", "holds"), [(1.0, Truth.NO), (0.5, Truth.NO), (0.0, Truth.YES), pytest.param(GAP, Truth.UNKNOWN, id="gap")]
)
def test_a_component_is_down_where_its_own_health_says_so(alive: float, holds: Truth) -> None:
    others = series("alive_db", [0.0] * 5), series("cpu", [0.0] * 5)
    (condition,) = assessed(DOWN, series("alive", [alive] * 5), *others).conditions
    assert condition.holds is holds


RULE = "components: [{name: web}]\nalerts: {rules: [{name: a, signal: cpu, above: 80%, COMPONENT for: 5min}]}\n"


@pytest.mark.parametrize(
    ("component", "held", "holds"),
    [
        pytest.param("", ("web/cpu", "db/cpu"), Truth.YES, id="of_any"),
        pytest.param("component: web,", ("web/cpu", "db/cpu"), Truth.NO, id="of_its_own"),
        pytest.param("component: web,", ("web/cpu", "cpu"), Truth.YES, id="what_names_no_component_is_its_own"),
    ],
)
def test_a_rule_is_judged_by_the_series_of_its_component(component: str, held: tuple[str, str], holds: Truth) -> None:
    calm, busy = series(held[0], [0.1] * 10), series(held[1], [0.9] * 10)
    (condition,) = assessed(RULE.replace("COMPONENT", component), calm, busy).conditions
    assert condition.holds is holds


def of_host(host: str, values: list[float], ago_ms: int = 0) -> Series:
    found = series("cpu", values)
    return replace(found, id=SeriesId("cpu", (("host", host),)), times_ms=found.times_ms - ago_ms)


def test_of_several_series_one_breach_is_enough_and_one_that_fell_silent_is_not_taken_for_well() -> None:
    rule = RULE.replace("COMPONENT", "")
    calm, silent = of_host("a", [0.1] * 10), of_host("b", [0.1] * 10, 60 * MINUTE_MS)
    (condition,) = assessed(rule, calm, silent).conditions
    assert (condition.holds, condition.why) == (Truth.UNKNOWN, "cannot tell: no sample in the last 5m")
    (condition,) = assessed(rule, calm, silent, of_host("c", [0.9] * 10)).conditions
    assert condition.holds is Truth.YES


def test_what_comes_after_the_moment_counts_for_nothing() -> None:
    held = of_host("a", [0.9] * 10 + [0.1] * 3, -3 * MINUTE_MS)
    (condition,) = assessed(RULE.replace("COMPONENT", ""), held).conditions
    assert (condition.holds, condition.why) == (Truth.YES, "6 samples, all above 80%")
    (condition,) = assessed(RULE.replace("COMPONENT", ""), of_host("a", [0.9], -3 * MINUTE_MS)).conditions
    assert condition.holds is Truth.UNKNOWN
