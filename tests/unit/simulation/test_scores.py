"""The measures of a trajectory, by the worked example that is shipped and by edges."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.adapters.knowledge import knowledge
from plimsoll.simulation.scores import demanded, flaps, measure, outside_slo

EXAMPLE = knowledge("elasticity/measures.yaml")["example"]
NAMES = [item["name"] for item in knowledge("elasticity/measures.yaml")["measures"]]


def measured():
    load, ready = np.array(EXAMPLE["load"], float), np.array(EXAMPLE["ready"])
    need = demanded(load, EXAMPLE["per_replica"], EXAMPLE["utilization"])
    missed = outside_slo(load, ready, EXAMPLE["per_replica"], EXAMPLE["utilization"])
    return need, measure(load, ready, need, missed, EXAMPLE["step_s"])


def test_the_worked_example_demands_what_it_says():
    assert measured()[0].tolist() == EXAMPLE["demanded"]


@pytest.mark.parametrize("name", NAMES)
def test_every_measure_is_what_the_worked_example_says(name):
    assert getattr(measured()[1], name) == pytest.approx(EXAMPLE[name], rel=1e-12)


def test_a_load_exactly_at_the_line_is_within_the_slo():
    assert not outside_slo(np.array([160.0]), np.array([2]), 100.0, 0.8).any()


def test_minutes_outside_the_slo_are_those_of_the_steps_that_missed_it():
    load, ready = np.full(6, 100.0), np.full(6, 2)
    assert measure(load, ready, ready, np.arange(6) < 3, 30.0).slo_minutes == 1.5


@pytest.mark.parametrize(
    ("ready", "expected"),
    [
        pytest.param([2, 2, 2], 0, id="nothing_moves"),
        pytest.param([2, 3, 4, 5], 0, id="one_direction"),
        pytest.param([2, 3, 2], 1, id="taken_back_at_once"),
        pytest.param([2, 3] + [3] * 9 + [2], 1, id="taken_back_at_ten_minutes"),
        pytest.param([2, 3] + [3] * 10 + [2], 0, id="taken_back_after_ten_minutes"),
        pytest.param([2, 3, 2, 3], 2, id="back_and_forth"),
    ],
)
def test_a_flap_takes_back_a_change_within_ten_minutes(ready, expected):
    assert flaps(np.array(ready), 60.0) == expected
