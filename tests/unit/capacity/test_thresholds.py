"""Marks are read off measured steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from plimsoll.adapters.knowledge import knowledge
from plimsoll.app.load_line.load_rules import load_rules
from plimsoll.capacity.thresholds import thresholds
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import LoadUnit, Steps

ARRIVALS = np.array([100.0, 200, 300, 400, 500])
SERVED = np.array([100.0, 200, 290, 200, 100])
DEFAULT = load_rules(knowledge("loadtest_rules/default.yaml"), "default")
P95 = np.array([0.05, 0.05, 0.06, 0.05, 0.03])  # fast failures look like low latency


@pytest.mark.parametrize(("served", "optimal"), [(SERVED, 300), (None, 500)], ids=["served_less", "all_served"])
def test_of_arrivals_that_fail_the_optimal_load_counts_those_served(served: np.ndarray | None, optimal: float) -> None:
    steps = Steps(ARRIVALS, LoadUnit.ARRIVALS_PER_S, served, {"p95": P95}, source="open")
    marks, notes = thresholds(steps, DEFAULT)
    assert marks.optimal == optimal
    assert any("may lie past it" in note for note in notes) is (optimal == 500)


def test_where_a_value_is_not_known_no_mark_is_read_and_it_is_said() -> None:
    p95 = np.array([0.05, np.nan, 0.06, 0.4, 0.7])
    marks, notes = thresholds(Steps(ARRIVALS, LoadUnit.ARRIVALS_PER_S, None, {"p95": p95}), DEFAULT)
    assert (marks.warning, marks.critical) == (400, 500)
    assert any("no mark is read off p95 at load 200" in note for note in notes)


def test_marks_in_no_order_are_said_to_contradict_each_other() -> None:
    """The most throughput per latency lies where the processor has long been full."""
    busy = np.array([0.7, 0.85, 0.9, 0.95, 0.99])
    steps = Steps(
        ARRIVALS,
        LoadUnit.ARRIVALS_PER_S,
        None,
        {"p95": np.full(5, 0.05)},
        resources={"cpu": busy},
        resource_units={"cpu": "ratio"},
    )
    marks, notes = thresholds(steps, DEFAULT)
    assert (marks.optimal, marks.warning, marks.scale_in, marks.scale_out) == (500, 200, 300, 160)
    assert any("optimal (500) lies above warning (200)" in note for note in notes)
    assert any("scale in (300) lies above scale out (160)" in note for note in notes)
    ordered = thresholds(Steps(ARRIVALS, LoadUnit.ARRIVALS_PER_S, SERVED, {"p95": ARRIVALS / 1000}), DEFAULT)[1]
    assert not any("lies above" in note for note in ordered)


@pytest.mark.parametrize(
    ("rules", "key"),
    [
        ({"instances": {"buffer_ratio": np.inf}}, "instances.buffer_ratio"),
        ({"instances": {"buffer_at_least": np.inf}}, "instances.buffer_at_least"),
        ({"optimal": {"any": ["cpu > 80%"]}, "scale_in": {"of": "optimal", "times": np.inf}}, "scale_in.times"),
    ],
)
def test_a_number_of_a_rules_file_without_end_is_refused(rules: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError, match=f"{key}: inf is not a number from 0 up to"):
        load_rules(rules, "r.yaml")
