"""An interval that does not hold 95 % is marked, and one note says what the marked ones hold."""

from __future__ import annotations

import pytest

from plimsoll.domain.estimate import Coverage, Estimate
from plimsoll.domain.unit_cost import ResourceCost, UnitCosts
from plimsoll.render import unit_cost
from plimsoll.render.estimate import bound_notes, coverage_notes, curve_notes, estimate_text
from plimsoll.render.json_form import json_form
from plimsoll.render.table import Table, to_csv, to_markdown, to_text

WHY = "† too few steps to estimate how noise grows: such an interval covers the truth in"
PLAIN = Estimate(0.2, 0.1, 0.3)
TOLD = Estimate(0.1, 0.05, 0.15, coverage=Coverage(0.93, 0.98, "additive", "proportional"))
WIDER = Estimate(5.0, None, 6.0, coverage=Coverage(0.91, 0.97, "additive", "count"))
HANGS_ON_KNEE = Estimate(1.0, 0.5, 2.0, coverage=Coverage(0.84, 0.99, "proportional", "proportional"))


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        pytest.param(PLAIN, "0.2 (0.1..0.3)", id="plain"),
        pytest.param(TOLD, "0.1 (0.05..0.15)†", id="marked"),
        pytest.param(WIDER, "5 (...6)†", id="marked_with_an_open_side"),
    ],
)
def test_only_an_interval_that_says_what_it_holds_is_marked(estimate: Estimate, text: str) -> None:
    assert estimate_text(estimate) == text


@pytest.mark.parametrize(
    ("estimates", "notes"),
    [
        pytest.param((PLAIN, None), (), id="nothing_is_marked"),
        pytest.param(
            (PLAIN, TOLD, None),
            (
                (
                    f"{WHY} 93 to 98 % of tests, "
                    "least often if it does not grow, most often if it grows in proportion to what is measured"
                ),
            ),
            id="when_is_said_of_one",
        ),
        pytest.param(
            (PLAIN, TOLD, None, WIDER),
            (f"{WHY} 91 to 98 % of tests",),
            id="one_note_for_all_that_are_marked_and_no_shapes_of_unlike_curves",
        ),
        pytest.param(
            (HANGS_ON_KNEE,), (f"{WHY} 84 to 99 % of tests, by where the knee lies",), id="least_and_most_at_one_shape"
        ),
    ],
)
def test_one_note_spans_what_the_marked_ones_hold(
    estimates: tuple[Estimate | None, ...], notes: tuple[str, ...]
) -> None:
    assert coverage_notes(estimates) == notes


@pytest.mark.parametrize(
    ("parameters", "when"),
    [
        pytest.param({"slope": PLAIN}, None, id="nothing_is_marked"),
        pytest.param(
            {"base": TOLD, "slope": WIDER},
            "91 to 98 % of tests, "
            "least often if it does not grow, most often if it grows in proportion to what is measured",
            id="a_line",
        ),
        pytest.param(
            {"base": TOLD, "knee": PLAIN},
            "93 to 98 % of tests, by that and by where the knee lies: "
            "least often if it does not grow, most often if it grows in proportion to what is measured",
            id="two_lines",
        ),
        pytest.param(
            {"base": HANGS_ON_KNEE, "knee": WIDER}, "84 to 99 % of tests, by where the knee lies", id="only_the_knee"
        ),
    ],
)
def test_each_curve_says_what_its_parameters_hold_and_when(parameters: dict[str, Estimate], when: str | None) -> None:
    why = WHY.replace("†", "† cpu, piecewise:")
    assert curve_notes("cpu, piecewise", parameters) == (() if when is None else (f"{why} {when}",))


def test_the_mark_stands_in_text_and_markdown_and_not_in_csv_which_has_no_notes() -> None:
    table = Table(("WHAT",), (("0.1 (0.05..0.15)† users; †",),), notes=coverage_notes((TOLD,)))
    assert to_csv([table]) == "WHAT\n0.1 (0.05..0.15) users; †\n"
    for written in (to_text([table]), to_markdown([table])):
        assert "0.1 (0.05..0.15)† users" in written
        assert "\n† too few steps" in written
        assert "*" not in written


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
    assert [row[2] for row in table.rows] == ["0.1 (0.05..0.15)†", "0.2 (0.1..0.3)"]
    assert table.notes[-1].startswith("† too few steps")


def test_a_cost_of_nothing_to_nothing_is_said_to_lie_on_its_bound_and_one_that_is_untold_says_why() -> None:
    cost = ResourceCost("cpu", "cores", PLAIN, {"orders": Estimate(0.0, 0.0, 0.0)}, 0.9, 7, "", {"reports": "vary it"})
    (table,) = unit_cost.tables(UnitCosts("file", (cost,)))
    assert [row[1:3] for row in table.rows] == [
        ("idle", "0.2 (0.1..0.3)"),
        ("orders", "0 (0..0)"),
        ("reports", "cannot tell"),
    ]
    assert table.rows[2][-1] == "vary it"
    assert "cpu orders: on its bound, at or below which the measurements put it; 0..0 is no certainty" in table.notes


def test_intervals_of_measurements_without_scatter_are_said_to_have_no_width() -> None:
    (note,) = bound_notes([{"rate": Estimate(2.0, 2.0, 2.0)}, {"unsettled": Estimate(2.0)}, {"wide": PLAIN}])
    assert note.startswith("rate: the measurements lie on the curve")


def test_measurements_are_not_said_to_lie_on_a_curve_of_which_only_a_whole_number_is_certain() -> None:
    assert not bound_notes([{"servers": Estimate(4.0, 4.0, 4.0), "service_s": PLAIN}])
