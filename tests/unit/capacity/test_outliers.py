"""An outlying step is set aside, with noise or without, and a rounded one is not. Unseen steps are at other loads."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.capacity.choice import choose
from plimsoll.capacity.fit import normals_of
from plimsoll.capacity.left_out import leave_one_out
from plimsoll.capacity.model import CapacityModel, Kind, Quantity
from plimsoll.capacity.models.exponential import Exponential
from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.models.mmc_latency import MmcLatency
from plimsoll.capacity.models.usl import UniversalScalabilityLaw
from plimsoll.capacity.near_variants import optima_of
from plimsoll.domain.load_test import LoadUnit

MODELS = (Linear(), Exponential(), UniversalScalabilityLaw(), MmcLatency())
SEVEN, TWELVE = np.linspace(20.0, 140.0, 7), np.linspace(10.0, 175.0, 12)
LAW = (UniversalScalabilityLaw(), (0.028, 1e-4, 90.0), Kind.THROUGHPUT, LoadUnit.USERS)
LINE = (Linear(), (5.0, 0.5), Kind.RESOURCE, LoadUnit.ARRIVALS_PER_S)
GROWTH = (Exponential(), (0.02, 0.015), Kind.LATENCY, LoadUnit.ARRIVALS_PER_S)
QUEUE = (MmcLatency(4), (0.02,), Kind.LATENCY, LoadUnit.ARRIVALS_PER_S)

Curve = tuple[CapacityModel, tuple[float, ...], Kind, LoadUnit]


def set_aside(curve: Curve, load: np.ndarray, measured: np.ndarray) -> list[float]:
    quantity = Quantity(curve[2].value, curve[2], curve[3])
    return [float(one) for one in choose(MODELS, quantity, load, measured, normals_of(1, 200)).set_aside]


def true(curve: Curve, load: np.ndarray) -> np.ndarray:
    return curve[0].predict(np.array(curve[1]), load)


@pytest.mark.parametrize("times", [0.7, 1.3], ids=["30_percent_low", "30_percent_high"])
@pytest.mark.parametrize(
    ("curve", "load", "at"),
    [
        pytest.param(LAW, SEVEN, 3, id="law_of_seven_steps"),
        pytest.param(LAW, TWELVE, 1, id="law_of_twelve_steps_second_lowest"),
        pytest.param(LINE, SEVEN, 5, id="line_second_highest"),
        pytest.param(GROWTH, SEVEN, 2, id="growth_by_a_factor"),
        pytest.param(GROWTH, TWELVE, 9, id="growth_by_a_factor_where_it_is_steep"),
        pytest.param(QUEUE, TWELVE, 4, id="queue"),
    ],
)
def test_a_step_off_by_a_third_among_steps_without_noise_is_set_aside(
    curve: Curve, load: np.ndarray, at: int, times: float
) -> None:
    measured = true(curve, load)
    measured[at] *= times
    assert set_aside(curve, load, measured) == [load[at]]


def test_two_steps_off_are_both_set_aside_one_after_the_other() -> None:
    measured = true(LAW, TWELVE)
    measured[[3, 8]] *= [3.0, 0.7]  # two similar mistakes would hide each other
    assert sorted(set_aside(LAW, TWELVE, measured)) == [TWELVE[3], TWELVE[8]]


def test_one_slip_in_a_table_typed_with_two_digits_is_set_aside() -> None:
    measured = np.array([0.15, 0.25, 0.35, 0.54, 0.55, 0.65, 0.75])
    assert set_aside(LINE, SEVEN, measured) == [SEVEN[3]]


@pytest.mark.parametrize(
    "measured",
    [
        pytest.param([4, 4, 4, 5, 4, 4, 4], id="one_unit_more"),
        pytest.param([10, 20, 30, 41, 50, 60, 70], id="one_unit_off_a_line"),
        pytest.param([230e6, 240e6, 250e6, 261e6, 270e6, 280e6, 290e6], id="one_megabyte_off_a_line"),
        pytest.param([one * 2**20 for one in (230, 240, 250, 261, 270, 280, 290)], id="one_mebibyte_off_a_line"),
        pytest.param([0.33, 0.33, 0.34, 0.33, 0.33, 0.33, 0.33], id="hundredths"),
        pytest.param([0, 0, 0, 0, 0, 0, 0], id="nothing_at_all"),
        pytest.param(list(true(LINE, SEVEN)), id="exactly_on_a_line"),
        pytest.param([round(value, 2) for value in true(GROWTH, SEVEN)], id="rounded_to_hundredths"),
    ],
)
def test_what_rounding_explains_is_not_set_aside(measured: list[float]) -> None:
    assert set_aside(LINE, SEVEN, np.array(measured, dtype=np.float64)) == []


@pytest.mark.parametrize("curve", [LAW, LINE], ids=["law", "line"])
def test_chance_is_seldom_called_a_slip(curve: Curve) -> None:
    curve_of_twelve, random = true(curve, TWELVE), np.random.default_rng(5)
    noise = 1 + 0.04 * random.standard_normal((40, TWELVE.size))
    assert sum(bool(set_aside(curve, TWELVE, curve_of_twelve * row)) for row in noise) <= 3


def test_steps_at_the_same_load_are_unseen_together() -> None:
    load = np.repeat([10.0, 20.0, 40.0, 80.0], 3)
    measured = load**2 / 100 + np.tile([0.0, 0.1, -0.1], 4)
    found = leave_one_out(
        Linear(), optima_of((Linear(),), load, measured), Quantity("cpu", Kind.RESOURCE), load, measured
    )
    for i, one in enumerate(load):
        others = load != one
        slope, intercept = np.polyfit(load[others], measured[others], 1)
        assert found.error[i] == pytest.approx(intercept + slope * one - measured[i])
