"""A curve that misses precisely known steps is as uncertain at its crossing as at the steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.capacity.choice import choose
from plimsoll.capacity.crossings import crossing
from plimsoll.capacity.fit import Fit, normals_of
from plimsoll.capacity.lack_of_fit import lack_of_fit_error
from plimsoll.capacity.model import CapacityModel, Kind, Quantity, Values
from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.models.piecewise import Piecewise
from plimsoll.capacity.step_errors import StepErrors, step_errors
from plimsoll.capacity.telemetry import Moments, telemetry_steps
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.load_test import LoadUnit
from plimsoll.domain.objective import objective

MOMENTS = 6000
CPU = Quantity("cpu", Kind.RESOURCE, LoadUnit.ARRIVALS_PER_S)
TRUTH = 100.0  # where 0.1 + 0.002 * x + 2e-5 * x^2 is 0.5


def moments(scatter: float, *, bent: bool) -> Moments:
    """Processor use over demand with a bend that a straight line misses."""
    random = np.random.default_rng(5)
    each = random.uniform(20, 180, MOMENTS)
    cpu = 0.1 + (0.002 * each + 2e-5 * each**2 if bent else 0.004 * each) + scatter * random.standard_normal(MOMENTS)
    return Moments("m", each, np.ones(MOMENTS), {}, None, {"cpu": cpu}, {"cpu": "ratio"}, 60_000 * np.arange(MOMENTS))


def line_of(window: Moments, standard_errors: Values | None) -> Estimate:
    steps = telemetry_steps(window)
    choice = choose(
        (Linear(),), CPU, steps.load, steps.resources["cpu"], normals_of(1, 1024), StepErrors(standard_errors)
    )
    found = crossing(objective("cpu<50%"), choice, 1).limit.load
    assert found is not None
    return found


@pytest.mark.parametrize("bent", [True, False])
def test_readings_settle_the_middle_of_a_class_as_well_as_their_median_is_known(bent: bool) -> None:
    steps = telemetry_steps(moments(0.02, bent=bent))
    known = step_errors(steps, CPU).values
    assert known is not None
    expected = np.sqrt(np.pi / 2) * 0.02 / np.sqrt(MOMENTS / 15)  # standard error of the median of normal numbers
    assert np.median(known) == pytest.approx(expected, rel=0.25)


def test_a_column_that_was_never_read_settles_nothing() -> None:
    window = moments(0.02, bent=True)
    steps = telemetry_steps(replace(window, latency_s={"p99": np.full(MOMENTS, np.nan)}, resources={}))
    assert np.all(np.isnan(steps.standard_errors["p99"]))


def test_where_the_curve_misses_the_steps_its_interval_counts_that() -> None:
    window = moments(0.005, bent=True)
    known = telemetry_steps(window).standard_errors["cpu"]
    blind, counted = line_of(window, None), line_of(window, known)
    assert blind.value == counted.value
    assert blind.high is not None
    assert blind.high < TRUTH, "the scatter about the line, averaged out over fifteen steps, says too little"
    assert counted.low is not None
    assert counted.high is not None
    assert counted.low < TRUTH < counted.high


def fitted(model: CapacityModel, load: Values, cpu: Values) -> Fit:
    choice = choose((model,), CPU, load, cpu, normals_of(1, 1024))
    assert choice.chosen is not None
    assert choice.chosen.fit is not None
    return choice.chosen.fit


def untold(fit: Fit, load: Values, cpu: Values, standard_errors: Values, at: float) -> float:
    return float(lack_of_fit_error(fit, load, cpu, standard_errors, np.array([at]))[0])


def test_what_scatter_about_the_curve_does_not_tell_of_how_well_steps_are_known_is_counted() -> None:
    load = np.linspace(20, 180, 9)
    cpu = 0.1 + 0.004 * load + 0.01 * (-1.0) ** np.arange(9)
    fit = fitted(Linear(), load, cpu)
    misses = [untold(fit, load, cpu, np.full(9, known), 100.0) for known in (0.02, 0.005, 0.0)]
    assert misses[2] == pytest.approx(0.011, abs=0.002)
    assert misses[1] == pytest.approx(np.sqrt(misses[2] ** 2 - 0.005**2))
    assert misses[0] == pytest.approx(np.sqrt(0.02**2 - misses[2] ** 2))


def test_where_the_curve_meets_the_steps_as_well_as_they_are_known_nothing_is_beside_its_draws() -> None:
    load = np.linspace(20, 180, 9)
    cpu = 0.1 + 0.004 * load + 0.01 * (-1.0) ** np.arange(9)
    fit = fitted(Linear(), load, cpu)
    scatter = untold(fit, load, cpu, np.zeros(9), 100.0)
    assert untold(fit, load, cpu, np.full(9, scatter), 100.0) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("model", "without_freedom"), [(Linear(), 2), (Piecewise(), 4)], ids=["a_line", "two_lines_and_where_they_meet"]
)
def test_steps_that_leave_no_freedom_tell_no_scatter_and_only_how_well_they_are_known_is_beside_the_draws(
    model: CapacityModel, without_freedom: int
) -> None:
    load = np.linspace(20, 180, 9)
    cpu = 0.1 + 0.004 * load + 0.003 * np.maximum(load - 110, 0) + 0.01 * (-1.0) ** np.arange(9)
    fit, some = fitted(model, load, cpu), slice(0, without_freedom)
    known = np.full(without_freedom, 0.02)
    assert untold(fit, load[some], cpu[some], known, 30.0) == 0.02
    one_more = slice(0, without_freedom + 1)
    assert untold(fit, load[one_more], cpu[one_more], np.append(known, 0.02), 30.0) != 0.02


def test_a_step_that_does_not_tell_how_well_it_is_known_stands_aside() -> None:
    load = np.linspace(20, 180, 9)
    cpu = 0.1 + 0.004 * load + 0.01 * (-1.0) ** np.arange(9)
    fit, known = fitted(Linear(), load, cpu), np.linspace(0.03, 0.11, 9)
    all_known = untold(fit, load, cpu, known, 110.0)
    known[[4, 5]] = np.nan
    assert untold(fit, load, cpu, known, 110.0) == pytest.approx(all_known)
    assert untold(fit, load, cpu, np.full(9, np.nan), 110.0) == 0.0


def test_what_one_noisy_step_does_not_tell_is_beside_the_curve_there_and_not_at_steps_that_are_known_well() -> None:
    load = np.linspace(20, 180, 9)
    cpu = 0.1 + 0.004 * load + 0.01 * (-1.0) ** np.arange(9)
    fit, known = fitted(Linear(), load, cpu), np.full(9, 0.011)
    known[-1] = 0.2
    here, there = lack_of_fit_error(fit, load, cpu, known, np.array([60.0, 180.0]))
    assert here < 0.005
    assert there == pytest.approx(0.2, rel=0.01)
