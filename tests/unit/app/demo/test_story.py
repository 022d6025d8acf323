"""The demo's chain on every kind of ramp: what it says, what it writes, and when it cannot continue."""

from __future__ import annotations

import re

import pytest
from tests.demo_page import check_demo_page
from tests.unit.app.demo.ramps import RATES_RPS, TURNS, outcome, outcome_of, ramp

from plimsoll.bootstrap import report_page
from plimsoll.domain.errors import NothingToAnswer

every_turn = pytest.mark.parametrize("turn", TURNS)


@every_turn
def test_what_one_replica_carries_and_what_is_tight_is_told_first(turn: str) -> None:
    expected, headlines = TURNS[turn], outcome(turn).report.headlines
    (carried,) = [line for line in headlines if "One replica carries " in line]
    load, past = re.search(r"carries (?:at least )?([\d.]+) arrivals/s", carried), "carries at least " in carried
    assert load is not None
    assert expected.between[0] <= float(load[1]) <= expected.between[1], carried
    assert past or carried.endswith(f"; bound by {expected.by}."), carried
    assert past is not bool(expected.by)
    assert expected.tight in headlines


@every_turn
def test_the_page_holds_whatever_was_measured(turn: str) -> None:
    check_demo_page(report_page(outcome(turn).report))


@every_turn
def test_the_cost_of_a_request_is_told_where_enough_steps_lie_within_the_line(turn: str) -> None:
    (costs,) = [part for part in outcome(turn).report.parts if part.title == "What one request costs"]
    kinds = [row[1] for row in costs.tables[0].rows]
    assert kinds == (["idle", "orders", "report"] if TURNS[turn].costs else ["-"])
    assert ("cannot tell" in repr(costs)) is not TURNS[turn].costs


def test_a_line_past_the_ramp_is_said_to_lie_there_and_the_chain_goes_on_from_what_was_tested() -> None:
    found = outcome("line_past_the_ramp")
    assert "the load line lies past 150, where nothing was measured" in repr(found.report)
    assert "per_replica: 150.0" in found.files["plimsoll.yaml"]


def test_steps_that_served_nothing_stand_in_the_file_without_a_latency() -> None:
    last = outcome("nothing_served").files["loadtest.csv"].splitlines()[-1]
    assert last == "150.000,0.000,,,,1.00000,1.0000,101500000"


@every_turn
def test_a_machine_that_was_busy_before_is_said_beside_what_it_carries(turn: str) -> None:
    said = "the host was 60% busy before the ramp began" in repr(outcome(turn).report)
    assert said is (TURNS[turn].ramp.busy_before_ratio == 0.6)


@pytest.mark.parametrize(
    ("p95_s", "offered_rps", "words"),
    [
        pytest.param(0.4, RATES_RPS, r"broken at the lowest tested load, 20; try again when the mach", id="too_busy"),
        pytest.param(0.1, (2.0,) * 9, "constant load: 9 steps, all at 2 arrivals/s", id="no_ramp"),
    ],
)
def test_a_ramp_that_settles_no_line_is_said_with_what_to_do(p95_s, offered_rps, words: str) -> None:
    with pytest.raises(NothingToAnswer, match=words):
        outcome_of(ramp((p95_s,) * len(RATES_RPS), offered_rps=offered_rps, completed_rps=offered_rps))
