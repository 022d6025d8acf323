"""An interval that does not hold 95 % is marked, and one note says what the marked ones hold."""

from __future__ import annotations

import pytest

from plimsoll.domain.estimate import Coverage, Estimate
from plimsoll.domain.unit_cost import ResourceCost, UnitCosts
from plimsoll.render import unit_cost
from plimsoll.render.estimate import coverage_notes, estimate_text
from plimsoll.render.json_form import json_form

PLAIN = Estimate(0.2, 0.1, 0.3)
TOLD = Estimate(0.1, 0.05, 0.15, coverage=Coverage(0.93, 0.98, "additive", "proportional"))
WIDER = Estimate(5.0, None, 6.0, coverage=Coverage(0.91, 0.97, "additive", "count"))


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        pytest.param(PLAIN, "0.2 (0.1..0.3)", id="plain"),
        pytest.param(TOLD, "0.1 (0.05..0.15)*", id="marked"),
        pytest.param(WIDER, "5 (...6)*", id="marked_with_an_open_side"),
    ],
)
def test_only_an_interval_that_says_what_it_holds_is_marked(estimate: Estimate, text: str) -> None:
    assert estimate_text(estimate) == text


@pytest.mark.parametrize(
    ("estimates", "notes"),
    [
        pytest.param((PLAIN, None), (), id="nothing_is_marked"),
        pytest.param(
            (PLAIN, TOLD, None, WIDER),
            (
                (
                    "* too few steps to tell how scatter grows: such an interval holds the truth in 91 to 98 % of "
                    "tests, least often if it does not grow, most often if it grows in proportion to what is measured"
                ),
            ),
            id="one_note_for_all_that_are_marked",
        ),
    ],
)
def test_one_note_spans_what_the_marked_ones_hold(
    estimates: tuple[Estimate | None, ...], notes: tuple[str, ...]
) -> None:
    assert coverage_notes(estimates) == notes


def test_in_json_what_is_held_stands_beside_the_interval() -> None:
    assert json_form(PLAIN)["coverage"] is None
    assert json_form(TOLD)["coverage"] == {
        "low": 0.93,
        "high": 0.98,
        "low_if": "additive",
        "high_if": "proportional",
    }


def test_costs_of_requests_carry_the_mark_and_the_note() -> None:
    costs = UnitCosts("file", (ResourceCost("cpu", "cores", TOLD, {"orders": PLAIN}, 0.9, 7, ""),))
    (table,) = unit_cost.tables(costs)
    assert [row[2] for row in table.rows] == ["0.1 (0.05..0.15)*", "0.2 (0.1..0.3)"]
    assert table.notes[-1].startswith("* too few steps")
