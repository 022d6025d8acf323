"""Every measured step is shown, with both quantities that are called efficiency."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.capacity.test_limits_of_steps import TERMINAL, law, limits_of

from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.models.usl import UniversalScalabilityLaw
from plimsoll.domain.load_line import LoadTestLimits
from plimsoll.domain.load_test import LoadUnit, Steps
from plimsoll.render.load_line import tables
from plimsoll.render.table import to_text

LAW = (UniversalScalabilityLaw(), Linear())
PUBLISHED = (0.0277285, 1.044e-4, 89.995)  # specsdm91 by the R package usl


@pytest.fixture(scope="module")
def terminal() -> LoadTestLimits:
    return limits_of(TERMINAL, models=LAW)


def test_throughput_per_latency_is_what_the_guide_of_the_terminal_platform_calls_efficiency(
    terminal: LoadTestLimits,
) -> None:
    told = [3.75, 6.071, 6.667, 6.364, 5.536, 4.211, 2.981, 1.806, 0.75]  # requests a second per millisecond, by hand
    assert [step.throughput_per_latency for step in terminal.steps] == pytest.approx(
        [1000 * one for one in told], rel=1e-3
    )
    best = max(terminal.steps, key=lambda step: step.throughput_per_latency or 0)
    assert best.load == terminal.thresholds.optimal
    (shown,) = (table for table in tables(terminal) if table.title == "Steps")
    assert shown.columns == ("LOAD", "THROUGHPUT", "P95", "ERRORS", "CPU", "MEMORY", "THROUGHPUT/LATENCY")
    assert shown.rows[2] == ("50", "1200/s", "180ms", "0.1%", "35%", "45%", "6667")
    third = terminal.steps[2]
    assert (third.throughput, third.latency_s, third.error_ratio) == (1200, {"p95": 0.18}, 0.001)
    assert (third.resources, terminal.resource_units["cpu"]) == ({"cpu": 0.35, "memory": 0.45}, "ratio")


def test_overhead_is_that_which_the_r_package_publishes() -> None:
    steps = limits_of(law(np.array([1.0, 5, 10, 20, 50, 100, 200]), *PUBLISHED), models=LAW).steps
    told = {10: (0.1, 0.02496, 0.0004696), 20: (0.05, 0.02634, 0.0009915), 100: (0.01, 0.02745, 0.0051661),
            200: (0.005, 0.02759, 0.0103844)}  # fmt: skip
    for step in steps:
        part = step.overhead
        assert part is not None
        if step.load in told:
            assert (part.ideal, part.contention.value, part.coherency.value) == pytest.approx(
                told[int(step.load)], abs=5e-6
            )
        takes = part.ideal + part.contention.value + 2 * part.coherency.value
        assert step.efficiency is not None
        assert step.efficiency.value == pytest.approx(1 / step.load / takes, rel=1e-6)  # these steps lie on the law


def test_efficiency_is_as_sure_as_the_rate_is(terminal: LoadTestLimits) -> None:
    (rate,) = (model.parameters["rate"] for model in terminal.models if (model.of, model.name) == ("throughput", "usl"))
    efficiency = terminal.steps[4].efficiency
    assert efficiency is not None
    assert rate.low is not None
    assert rate.high is not None
    sides = [15.5 / one for one in (rate.value, rate.high, rate.low)]
    assert (efficiency.value, efficiency.low, efficiency.high) == pytest.approx(sides)
    assert efficiency.low < efficiency.value < efficiency.high


def test_a_step_set_aside_is_named_and_nothing_is_derived_from_it() -> None:
    steps = law(np.array([1.0, 5, 10, 20, 50, 100, 150, 200, 250, 300]), *PUBLISHED, noise=0.005)
    throughput = steps.throughput.copy()
    throughput[4] /= 3
    found = limits_of(replace(steps, throughput=throughput, latency_s={"p95": steps.load / 1000}), models=LAW)
    assert [step.set_aside for step in found.steps if step.set_aside] == [("throughput",)]
    off = found.steps[4]
    assert (off.throughput, off.efficiency, off.throughput_per_latency) == (throughput[4], None, None)
    assert [row[-1] for row in next(table for table in tables(found) if table.title == "Steps").rows][4] == "throughput"


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(replace(TERMINAL, throughput=None), id="no_throughput"),
        pytest.param(replace(TERMINAL, load_unit=LoadUnit.ARRIVALS_PER_S), id="arrivals"),
    ],
)
def test_without_the_law_there_is_no_efficiency_and_no_table_of_it(steps: Steps) -> None:
    found = limits_of(steps, models=LAW)
    assert {(step.efficiency, step.overhead) for step in found.steps} == {(None, None)}
    assert "scalability law" not in to_text(tables(found))


def test_no_step_at_less_than_one_user_is_judged_by_a_law_of_sharing() -> None:
    steps = limits_of(law(np.array([0.0, 0.5, 1, 5, 10, 20, 50]), *PUBLISHED), models=LAW).steps
    assert [step.efficiency is None for step in steps] == [True, True, False, False, False, False, False]
    assert [step.overhead is None for step in steps] == [True, True, False, False, False, False, False]


def test_a_law_that_describes_throughput_worse_says_so() -> None:
    load = np.arange(1.0, 10)
    found = limits_of(Steps(load, LoadUnit.USERS, 30 + 5 * load + np.sin(load) / 9), models=LAW)
    said = to_text(tables(found))
    assert not next(model for model in found.models if model.name == "usl").chosen
    assert "throughput is better described by another model: error" in said


def test_a_table_of_very_many_steps_ends_and_says_so() -> None:
    load = np.linspace(1, 50, 45)
    found = limits_of(Steps(load, LoadUnit.ARRIVALS_PER_S, load, {"p95": 0.1 + load / 100}), models=(Linear(),))
    shown = next(table for table in tables(found) if table.title == "Steps")
    assert (len(shown.rows), len(found.steps)) == (40, 45)
    assert "and 5 more; -o json lists all" in shown.notes
