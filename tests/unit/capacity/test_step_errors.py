"""A queue that was watched for a finite time tells its latency at a load, and so the load itself, only so well."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.capacity.choice import choose
from plimsoll.capacity.crossings import crossing
from plimsoll.capacity.fit import normals_of
from plimsoll.capacity.model import Kind, Quantity
from plimsoll.capacity.models.exponential import Exponential
from plimsoll.capacity.step_errors import StepErrors, step_errors
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.domain.objective import objective

P95 = Quantity("p95", Kind.LATENCY, LoadUnit.ARRIVALS_PER_S, 0.95)
LOAD = np.array([25.0, 50.0, 75.0, 100.0, 125.0, 150.0])
LATENCY_S = 0.1 * np.exp(0.008 * LOAD) * (1 + 0.01 * np.array([1, -1, 1, -1, 1, -1]))
MINUTES = Steps(LOAD, LoadUnit.ARRIVALS_PER_S, latency_s={"p95": LATENCY_S}, duration_s=np.full(6, 60.0))


def test_a_minute_at_a_hundred_arrivals_a_second_tells_their_load_to_a_fortieth() -> None:
    found = step_errors(MINUTES, P95).loads
    assert found is not None
    assert found[3] == pytest.approx(2 / np.sqrt(6000))


@pytest.mark.parametrize("utilization", [0.9, 0.95, 0.99])
def test_near_full_utilization_it_is_the_known_error_of_the_mean_number_in_a_queue(utilization: float) -> None:
    arrivals = 10_000  # M/M/1, exact: W. Whitt, Management Science 35, 1989
    variance = 2 * utilization * (1 + utilization) / (1 - utilization) ** 4 / (arrivals / utilization)
    of_number = np.sqrt(variance) / (utilization / (1 - utilization))
    steps = replace(MINUTES, load=np.array([1000.0]), duration_s=np.array([arrivals / 1000]))
    found = step_errors(steps, P95).loads
    assert found is not None
    slope = 1 / (1 - utilization)  # d log number / d log load
    assert found[0] * slope == pytest.approx(of_number, rel=0.06)


@pytest.mark.parametrize(
    ("steps", "quantity"),
    [
        (replace(MINUTES, load_unit=LoadUnit.USERS), P95),
        (replace(MINUTES, duration_s=None), P95),
        (MINUTES, Quantity("cpu", Kind.RESOURCE, LoadUnit.ARRIVALS_PER_S)),
    ],
    ids=["users", "of_unknown_duration", "a_resource"],
)
def test_what_is_no_latency_of_arrivals_tells_no_error_of_its_load(steps: Steps, quantity: Quantity) -> None:
    assert step_errors(steps, quantity).loads is None
    assert step_errors(steps, quantity).of_load(steps.load, 100.0) == 0.0


def test_a_step_without_a_duration_stands_aside() -> None:
    known = step_errors(replace(MINUTES, duration_s=np.array([60, 60, 0, np.nan, 60, 60])), P95)
    assert known.of_load(LOAD, 100.0) == pytest.approx(np.interp(100, [50, 125], 2 / np.sqrt([3000, 7500])))
    assert StepErrors(loads=np.full(6, np.nan)).of_load(LOAD, 100.0) == 0.0


def test_the_interval_of_a_load_line_from_short_steps_is_as_wide_as_they_tell_the_load() -> None:
    def width(seconds: float) -> float:
        known = step_errors(replace(MINUTES, duration_s=np.full(6, seconds)), P95)
        choice = choose((Exponential(),), P95, LOAD, LATENCY_S, normals_of(1, 1024), known)
        found = crossing(objective("p95<250ms"), choice, 1).limit.load
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        return (found.high - found.low) / found.value

    an_hour, ten_seconds = width(3600), width(10)
    both = np.hypot(an_hour, 2 * 1.96 * 2 / np.sqrt(115 * 10))
    assert ten_seconds == pytest.approx(both, rel=0.15)  # tails are read a little farther out than at 2.5 %
