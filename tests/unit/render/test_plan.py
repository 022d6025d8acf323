"""The plan as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from plimsoll.domain.plan import Cost, Period, Plan
from plimsoll.render.plan import tables


def plan_of(*costs: Cost) -> Plan:
    day = date(2026, 1, 1)
    periods = tuple(
        Period(day, month, f"month {month}", None, None, None, {}, None, (), cost) for month, cost in enumerate(costs)
    )
    return Plan("s", None, None, day, periods, (), (), (), (), (), (), costs[-1], 0.8)


@pytest.mark.parametrize(
    ("amounts", "shown"),
    [
        pytest.param((988.5, 991.25, 1000.75), ("988", "991", "1,001"), id="large_ones_without_cents"),
        pytest.param((0.5, 991.25, 1000.75), ("0.50", "991.25", "1,000.75"), id="a_small_one_beside_large_ones"),
        pytest.param((88.0, 99.5, 120.0), ("88.00", "99.50", "120.00"), id="cents_for_all_or_none"),
        pytest.param((88.0, 99.0, None), ("88", "99", "-"), id="whole_and_unknown"),
    ],
)
def test_costs_that_are_read_together_have_as_many_digits(
    amounts: tuple[float, float, float | None], shown: tuple[str, str, str]
) -> None:
    whole = Cost(10.0, 20.0, 30.0, "EUR")
    table = tables(plan_of(Cost(*amounts, "EUR"), whole))[0]
    assert table.rows[0][-3:] == shown
    assert {cell.count(".") for row in table.rows for cell in row[-3:] if cell != "-"} == {shown[0].count(".")}


def test_what_no_total_leaves_out_is_named() -> None:
    unknown = Cost(10.0, None, None, "EUR", left_out=("a tier that is enough",))
    (note,) = tables(plan_of(unknown))[0].notes
    assert note == "No total: not every month has a price. Without a price, and left out: a tier that is enough."
    assert tables(replace(plan_of(unknown), total_cost=None))[0].notes == ("No total: not every month has a price.",)


def test_a_total_says_which_side_of_it_is_not_known() -> None:
    (note,) = tables(plan_of(Cost(10.0, 20.0, None, "EUR")))[0].notes
    assert note == "Total 20 EUR (10 to -). Not all that the high demand takes has a price."


def test_a_bill_of_several_lines_is_told_line_by_line() -> None:
    first = Cost(300.0, 300.0, 300.0, "EUR", lines={"compute": 200.0, "disks": 100.0})
    later = Cost(260.5, 260.5, 260.5, "EUR", lines={"compute": 260.5})
    (bill,) = (table for table in tables(plan_of(first, later)) if table.title.startswith("What the cost is made of"))
    assert bill.columns == ("PERIOD", "COMPUTE", "DISKS", "COST")
    assert bill.rows == (("month 0", "200.00", "100.00", "300.00"), ("month 1", "260.50", "-", "260.50"))


def test_a_bill_of_one_line_is_its_cost() -> None:
    titles = [table.title for table in tables(plan_of(Cost(1.0, 1.0, 1.0, "EUR", lines={"web": 1.0})))]
    assert titles == ["s: scenario none; cost in EUR a month"]
