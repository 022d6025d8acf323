"""Steps are looked at before anything is fitted: what cannot be is refused, what is odd is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.capacity.steps_check import checked
from plimsoll.domain.errors import InputError
from plimsoll.domain.load_test import LoadUnit, Steps

LOAD = np.array([10.0, 20, 30, 40, 50, 60])
STEPS = Steps(LOAD, LoadUnit.USERS, 10 * LOAD, {"mean": np.full(6, 0.05)}, source="steps")
CPU = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])


def with_cpu(cpu: np.ndarray) -> Steps:
    return replace(STEPS, resources={"cpu": cpu}, resource_units={"cpu": "ratio"})


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        pytest.param(with_cpu(np.where(LOAD < 30, CPU / 100, CPU)), "cpu rises 150 times", id="percent_after_ratio"),
        pytest.param(
            replace(STEPS, throughput=np.where(LOAD < 40, 10 * LOAD, 600 * LOAD)), "throughput rises 80", id="minutes"
        ),
    ],
)
def test_a_column_in_two_units_is_refused(steps: Steps, words: str) -> None:
    with pytest.raises(InputError, match=f"{words}.*units mixed up"):
        checked(steps)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(replace(STEPS, throughput=np.where(LOAD == 30, 1.0, 10 * LOAD)), id="one_step_stalled"),
        pytest.param(replace(STEPS, throughput=np.where(LOAD == 10, 0.0, 10 * LOAD)), id="nothing_at_first"),
        pytest.param(replace(STEPS, throughput=np.where(LOAD > 40, 0.1, 10 * LOAD)), id="collapse"),
        pytest.param(replace(STEPS, load=np.array([1.0, 100, 200, 300, 400, 500]), throughput=None), id="far_apart"),
        pytest.param(with_cpu(CPU), id="cpu_by_load"),
    ],
)
def test_what_may_happen_is_not_taken_for_two_units(steps: Steps) -> None:
    assert checked(steps).notes == ()


def test_with_no_load_nothing_has_a_latency() -> None:
    idle = replace(STEPS, load=LOAD - 10, latency_s={"p99": np.where(LOAD > 10, 0.05, 0.0)})
    assert np.flatnonzero(np.isnan(checked(idle).latency_s["p99"])).tolist() == [0]


def test_many_requests_in_flight_may_be_those_of_a_minute() -> None:
    (note,) = checked(replace(STEPS, throughput=1200 * LOAD)).notes
    assert "60 times" in note
    assert "throughput=COLUMN:/min" in note


def test_two_tests_in_one_file_are_noticed() -> None:
    twice = replace(STEPS, load=np.repeat(LOAD, 2), throughput=np.repeat(10 * LOAD, 2) * np.tile([1, 0.3], 6))
    (note,) = checked(replace(twice, latency_s={})).notes
    assert "two tests" in note
    assert "3.3 times" in note
    again = replace(STEPS, load=np.repeat(LOAD, 2), throughput=np.repeat(10 * LOAD, 2) * np.tile([1, 0.8], 6))
    assert checked(replace(again, latency_s={})).notes == ()
