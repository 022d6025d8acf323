"""Rows that are moments of a run become its steady steps; rows that lie far apart stay as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.app.load_line.limits import steady
from plimsoll.capacity.model import Values
from plimsoll.capacity.row_steps import cut_rows
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import Column, LoadUnit, Steps


def run(load: Values, every_s: float = 1.0, unit: LoadUnit = LoadUnit.USERS, **columns: Column) -> Steps:
    """A row every few seconds; throughput is ten times the load, p95 a hundredth of it."""
    return Steps(
        load, unit, throughput=columns.get("throughput", 10 * load), latency_s={"p95": columns.get("p95", load / 100)},
        error_ratio=columns.get("errors"), resources={"cpu": columns.get("cpu", load / 1000)},
        resource_units={"cpu": "ratio"}, source="run", times_s=every_s * np.arange(load.size),
    )  # fmt: skip


STAIRS = np.concatenate(
    [np.full(40, 10.0), np.arange(11.0, 20), np.full(40, 20.0), np.arange(21.0, 40), np.full(40, 40.0)]
)


def test_stairs_give_their_levels_and_ramps_are_left_out_and_said() -> None:
    steps = steady(run(STAIRS))
    assert steps.load.tolist() == [10, 20, 40]
    assert steps.duration_s is not None
    assert steps.duration_s.tolist() == [40, 40, 40]
    assert steps.throughput == pytest.approx([100, 200, 400])
    assert steps.latency_s["p95"] == pytest.approx([0.1, 0.2, 0.4])
    assert steps.resources["cpu"] == pytest.approx([0.01, 0.02, 0.04])
    assert steps.resource_units == {"cpu": "ratio"}
    assert any("120 rows kept, 28 rows of" in note for note in steps.notes)


@pytest.mark.parametrize("every_s", [0.25, 2.0, 5.0, 15.0])
def test_rows_may_be_of_any_length(every_s: float) -> None:
    stairs = np.repeat([10.0, 20.0, 40.0], 60)
    steps = cut_rows(run(stairs, every_s))
    assert steps.load.tolist() == [10, 20, 40]
    assert steps.duration_s == pytest.approx([60 * every_s] * 3)


def test_ramps_between_stairs_of_long_rows_are_no_steps() -> None:
    steps = cut_rows(run(np.array([10.0] * 8 + [15.0] + [20.0] * 8 + [30.0] + [40.0] * 8), 15.0))
    assert steps.load.tolist() == [10, 20, 40]


def test_a_table_of_steps_with_the_time_of_each_stays_what_it_is() -> None:
    table = run(np.array([10.0, 20.0, 40.0, 80.0]), 300.0)
    steps = cut_rows(table)
    assert steps.load.tolist() == table.load.tolist()
    assert steps.latency_s["p95"] == pytest.approx(table.latency_s["p95"])
    assert not steps.standard_errors, "one row does not tell how well it is known"


def test_a_break_between_two_loads_makes_neither_longer() -> None:
    rows = run(np.repeat([10.0, 20.0], 30))
    assert rows.times_s is not None
    rows.times_s[30:] += 600
    steps = cut_rows(rows)
    assert steps.duration_s is not None
    assert steps.duration_s.tolist() == [30, 30]


@pytest.mark.parametrize("unit", list(LoadUnit))
def test_a_ramp_is_no_stairs(unit: LoadUnit) -> None:
    with pytest.raises(InputError, match="a ramp without plateaus: 1 to 300 "):
        cut_rows(run(np.linspace(1, 300, 300), unit=unit))


def test_loads_below_one_are_told_apart() -> None:
    assert cut_rows(run(np.repeat([0.1, 0.2, 0.4], 40))).load == pytest.approx([0.1, 0.2, 0.4])


def test_arrivals_that_are_counted_and_not_asked_for_scatter_about_their_levels() -> None:
    counted = np.random.default_rng(3).poisson(np.repeat([100, 200, 400], 60)).astype(float)
    steps = cut_rows(run(counted, unit=LoadUnit.ARRIVALS_PER_S))
    assert steps.load == pytest.approx([100, 200, 400], rel=0.05)


def test_rows_of_a_step_are_weighed_by_their_requests_and_unknown_ones_by_nothing() -> None:
    throughput = np.tile([100.0, 300.0], 20)
    p95, errors = np.tile([0.1, 0.4], 20), np.tile([0.0, 0.04], 20)
    cpu = np.tile([0.2, np.nan], 20)
    steps = cut_rows(run(np.full(40, 7.0), throughput=throughput, p95=p95, errors=errors, cpu=cpu))
    assert steps.error_ratio == pytest.approx([0.03])
    assert steps.throughput == pytest.approx([200])
    assert steps.resources["cpu"] == pytest.approx([0.2])
    (mixed,) = steps.latency_s["p95"]
    assert 0.25 * 0.05 ** (mixed / 0.1) + 0.75 * 0.05 ** ((mixed - 0.3) / 0.1) == pytest.approx(0.05)


def test_where_rows_tell_one_quantile_alone_it_is_said_that_it_lies_too_low() -> None:
    rows = run(np.full(40, 7.0))
    assert any("p95 is the only quantile of a row" in note for note in cut_rows(rows).notes)
    more = replace(rows, latency_s={**rows.latency_s, "p50": rows.latency_s["p95"] / 2})
    assert not any("only quantile" in note for note in cut_rows(more).notes)


def test_the_fifths_of_a_step_tell_how_well_it_settles_each_value() -> None:
    fifths = np.array([0.2, 0.25, 0.2, 0.3, 0.22])
    cpu = np.repeat(fifths, 8)
    known = cut_rows(run(np.full(40, 7.0), throughput=np.full(40, 70.0), cpu=cpu)).standard_errors
    assert known["cpu"] == pytest.approx([np.std(fifths, ddof=1) / np.sqrt(5)])
    assert known["p95"] == pytest.approx([0.0])


@pytest.mark.parametrize(("rate", "is_known"), [(59.0, False), (60.0, True)])
def test_a_quantile_is_left_out_where_rows_hold_too_few_requests_for_it(rate: float, is_known: bool) -> None:
    steps = cut_rows(run(np.full(40, 7.0), throughput=np.full(40, rate)))
    assert np.all(np.isfinite(steps.latency_s["p95"])) == is_known
    assert any("p95 is left out" in note for note in steps.notes) != is_known
