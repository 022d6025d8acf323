"""Marks are read off measured steps."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.adapters.knowledge import knowledge
from plimsoll.app.load_rules import load_rules
from plimsoll.capacity.thresholds import thresholds
from plimsoll.domain.load_test import LoadUnit, Steps

ARRIVALS = np.array([100.0, 200, 300, 400, 500])
SERVED = np.array([100.0, 200, 290, 200, 100])
P95 = np.array([0.05, 0.05, 0.06, 0.05, 0.03])  # what fails fast seems quick


@pytest.mark.parametrize(("served", "optimal"), [(SERVED, 300), (None, 500)], ids=["served_less", "all_served"])
def test_of_arrivals_that_fail_the_optimal_load_counts_those_served(served: np.ndarray | None, optimal: float) -> None:
    steps = Steps(ARRIVALS, LoadUnit.ARRIVALS_PER_S, served, {"p95": P95}, source="open")
    marks, notes = thresholds(steps, load_rules(knowledge("loadtest_rules/default.yaml"), "default"))
    assert marks.optimal == optimal
    assert any("may lie past it" in note for note in notes) is (optimal == 500)
