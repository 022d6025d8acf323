"""Errors are a share of requests: zero at low loads, until they set in."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.capacity.choice import Choice, choose
from plimsoll.capacity.crossings import Crossing, crossing
from plimsoll.capacity.fit import normals_of
from plimsoll.capacity.load_line import Demand, Margin, draw_line
from plimsoll.capacity.model import Kind, Quantity
from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.models.piecewise import Piecewise
from plimsoll.domain.objective import objective

LOAD = np.linspace(20, 160, 8)
ERRORS = Quantity("errors", Kind.ERRORS, unit="ratio")


@pytest.fixture(scope="module")
def setting_in() -> Choice:
    """No failures up to 80, then one in fifty more with each step."""
    failed = np.array([0, 0, 0, 0, 0.021, 0.039, 0.062, 0.079])
    return choose((Linear(), Piecewise()), ERRORS, LOAD, failed, normals_of(1, 1024))


def crossed(choice: Choice, text: str) -> Crossing:
    return crossing(objective(text), choice, 1)


def test_no_failure_at_all_is_held_up_to_the_last_step_without_one(setting_in: Choice) -> None:
    found = crossed(setting_in, "errors<=0")
    line, _ = draw_line([found], (20, 160), Demand(None, True), Margin())
    assert found.limit.load is not None
    assert line is not None
    assert found.limit.load.value == line.safe_load == 80
    assert found.limit.load.high == pytest.approx(100, abs=1)
    assert "4 steps lie on the bound itself" in found.limit.why


@pytest.mark.parametrize(("text", "fourth", "fifth"), [("cpu<=40%", 0.4, 0.49), ("cpu<45%", 0.45, 0.45)])
def test_a_step_on_the_bound_or_several_that_break_it_leave_the_crossing_to_the_curve(
    text: str, fourth: float, fifth: float
) -> None:
    cpu = np.array([0.11, 0.19, 0.31, fourth, fifth, 0.61, 0.7, 0.79])
    choice = choose((Linear(), Piecewise()), Quantity("cpu", Kind.RESOURCE), LOAD, cpu, normals_of(1, 1024))
    found = crossed(choice, text).limit
    assert found.load is not None
    assert "lie on the bound" not in found.why
    assert found.load.value == pytest.approx(80, abs=1.5)


def test_two_lines_start_from_no_less_than_no_errors(setting_in: Choice) -> None:
    trial = setting_in.trial("piecewise")
    assert trial is not None
    base = trial.parameters()["base"]
    assert base.value >= 0
    assert base.low == 0
