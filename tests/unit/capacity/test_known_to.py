"""A load line goes no farther than every bounded quantity was measured."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.adapters.knowledge import knowledge
from plimsoll.app.load_line.limits import LimitsAsk, limits
from plimsoll.app.load_line.load_rules import load_rules
from plimsoll.capacity.columns import column_of
from plimsoll.capacity.models.linear import Linear
from plimsoll.domain.load_line import LoadLine, LoadTestLimits
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.objective import objective, objectives
from plimsoll.render.load_line import tables
from plimsoll.render.table import to_text

LOAD = np.arange(10.0, 90, 10)
CPU = 0.01 * LOAD + 0.001 * (-1) ** np.arange(8)
P99 = np.where(LOAD <= 50, 0.002 * LOAD + 0.0005 * (-1) ** np.arange(8), np.nan)  # no percentiles past 50


def found(*slo: str) -> LoadTestLimits:
    steps = Steps(LOAD, LoadUnit.ARRIVALS_PER_S, LOAD, {"p99": P99}, None, {"cpu": CPU}, {"cpu": "ratio"}, source="s")
    rules = load_rules(knowledge("loadtest_rules/default.yaml"), "default")
    return limits(steps, LimitsAsk(objectives(slo), rules), (Linear(),))


def line_of(document: LoadTestLimits) -> LoadLine:
    assert document.load_line is not None
    return document.load_line


@pytest.mark.parametrize("slo", [("p99<200ms",), ("p99<200ms", "cpu<60%")], ids=["alone", "another_gives_way_past_it"])
def test_past_where_an_objective_was_measured_nothing_is_claimed(slo: tuple[str, ...]) -> None:
    document = found(*slo)
    line = line_of(document)
    assert (line.load, line.at_least, line.beyond_tested) == (None, 50, True)
    assert line.safe_load is not None
    assert line.safe_load <= 50
    assert line.why == "p99<200ms: met up to 50, past which it was not measured"
    assert document.next_test is not None
    assert document.next_test.loads == (50, 58, 65, 72, 80)
    assert "past 50 arrivals/s" in to_text(tables(document))


def test_what_gives_way_before_that_is_the_line() -> None:
    line = line_of(found("p99<200ms", "cpu<40%"))
    assert line.load is not None
    assert line.load.value == pytest.approx(40, abs=0.5)
    assert line.binding == "cpu<40%"


def test_where_all_was_measured_the_highest_load_is_what_the_line_lies_past() -> None:
    line = line_of(found("cpu<95%"))
    assert (line.load, line.at_least) == (None, 80)
    assert "met at every tested load; the load line lies past 80" in line.why


def test_an_objective_that_another_implies_changes_nothing() -> None:
    alone, both, twice = (
        line_of(found(*slo)) for slo in (("cpu<40%",), ("cpu<40%", "cpu<70%"), ("cpu<40%", "cpu<40%"))
    )
    assert (both.load, both.safe_load) == (twice.load, twice.safe_load) == (alone.load, alone.safe_load)


@pytest.mark.parametrize(
    ("slo", "said"),
    [("cpu<0.4", ""), ("cpu<40%", "write it like cpu<0.5")],
    ids=["a_plain_number_is_cores", "a_share_of_cores_is_unknown"],
)
def test_processor_in_cores_is_bounded_in_cores(slo: str, said: str) -> None:
    cores = Steps(LOAD, LoadUnit.ARRIVALS_PER_S, LOAD, resources={"cpu": CPU}, resource_units={"cpu": "count"})
    found = column_of(cores, objective(slo))
    assert said in found if isinstance(found, str) else (said, found[0].unit) == ("", "count")
