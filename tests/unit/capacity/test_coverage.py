"""An interval reports its coverage where few steps cannot make it 95 %, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from plimsoll.capacity.choice import choose
from plimsoll.capacity.coverage import AT_FIXED, Tail, coverage_of, near_enough
from plimsoll.capacity.crossings import Crossing
from plimsoll.capacity.fit import Fit, fit, normals_of
from plimsoll.capacity.load_line import Demand, Margin, draw_line
from plimsoll.capacity.model import CapacityModel, Kind, Quantity
from plimsoll.capacity.models.base_plus_per_unit import BasePlusPerUnit
from plimsoll.capacity.models.exponential import Exponential
from plimsoll.capacity.models.ggc_latency import GgcLatency
from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.models.mmc_latency import MmcLatency
from plimsoll.capacity.models.piecewise import Piecewise
from plimsoll.capacity.models.usl import UniversalScalabilityLaw
from plimsoll.domain.estimate import Coverage, Estimate
from plimsoll.domain.load_line import ObjectiveLimit
from plimsoll.domain.load_test import LoadUnit

DOUBT = 0.004
SPEC = np.array([1, 18, 36, 72, 108, 144, 216.0])
SEVEN, TWELVE = np.linspace(300 / 7, 300, 7), np.linspace(25, 300, 12)
TWO_LINES = tuple(Piecewise(knee, 10.0) for knee in (90.0, 120.0, 150.0, 180.0, 210.0, 240.0))
QUEUES = (MmcLatency(3), MmcLatency(4), MmcLatency(6))  # the other two fit nearly as well and get weight


def fitted(variants: Sequence[CapacityModel], truth: tuple[float, ...], load: np.ndarray, which: int = 0) -> Fit:
    true = variants[which].predict(np.array(truth), load)
    found = fit(variants, load, true * (1 + 0.03 * np.random.default_rng(3).standard_normal(load.size)), normals_of(1))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("missed", "enough"),
    [
        pytest.param([0.05, 0.05, 0.05], True, id="as_wanted"),
        pytest.param([0.03, 0.05, 0.07], True, id="both_ends_of_93_to_97"),
        pytest.param([0.03 - DOUBT, 0.05, 0.05], True, id="within_the_doubt_of_the_count"),
        pytest.param([0.029 - DOUBT, 0.05, 0.05], False, id="one_shape_is_held_too_often"),
        pytest.param([0.05, 0.05, 0.071 + DOUBT], False, id="one_shape_is_missed_too_often"),
    ],
)
def test_95_percent_is_near_enough_from_93_to_97_under_every_shape(missed: list[float], enough: bool) -> None:
    assert near_enough(np.array(missed), DOUBT) is enough


def test_what_is_held_goes_from_the_most_to_the_least_missed_shape_and_never_to_a_hundred() -> None:
    coverage = coverage_of(np.array([[0.04, 0.028], [0.05, 0.05], [0.061, 0.082]]))
    assert coverage is not None
    assert (coverage.low, coverage.low_if) == (0.91, "proportional")
    assert (coverage.high, coverage.high_if) == (0.98, "additive")
    hardly_missed = coverage_of(np.full((3, 1), 0.001))
    assert hardly_missed is not None
    assert (hardly_missed.low, hardly_missed.high) == (0.99, 0.999)


@pytest.mark.parametrize(
    ("missed", "says"),
    [
        pytest.param([[0.07], [0.05], [0.03]], False, id="93_to_97"),
        pytest.param([[0.062], [0.05], [0.038]], False, id="93_to_97_when_rounded_outward"),
        pytest.param([[0.071], [0.05], [0.05]], True, id="92"),
        pytest.param([[0.05], [0.05], [0.029]], True, id="98"),
        pytest.param([[np.nan], [np.nan], [np.nan]], False, id="nothing_was_counted"),
    ],
)
def test_a_range_that_95_percent_may_mean_anyway_or_that_was_never_counted_is_not_said(
    missed: list[list[float]], says: bool
) -> None:
    assert (coverage_of(np.array(missed)) is not None) is says


@pytest.mark.parametrize("load_is_demand", [True, False], ids=["arrivals", "users"])
def test_throughput_at_the_line_says_what_the_load_holds_only_where_it_is_the_load(load_is_demand: bool) -> None:
    load, throughput = np.linspace(20, 140, 7), Quantity("throughput", Kind.THROUGHPUT, LoadUnit.USERS)
    served = choose((Linear(),), throughput, load, 3 * load + np.cos(load), normals_of(1, 1024))
    limit = ObjectiveLimit("cpu<80%", "identified", Estimate(100.0), "piecewise", "")
    tail = Tail(0.05, Coverage(0.91, 0.98, "additive", "proportional"))
    crossed = Crossing(limit, np.random.default_rng(1).normal(100, 5, 2000), tail)
    line, _ = draw_line([crossed], (20.0, 140.0), Demand(served, load_is_demand), Margin())
    assert line is not None
    assert line.load is not None
    assert line.throughput is not None
    assert line.load.coverage == tail.coverage
    assert line.throughput.coverage == (tail.coverage if load_is_demand else None)


def test_what_cannot_be_calibrated_is_told_no_share_that_it_holds() -> None:
    found = fitted((BasePlusPerUnit(),), (0.02, 0.005), np.geomspace(5, 300, 4))
    assert found.parameters()["per_unit"].coverage is not None
    assert found.calibration is not None
    (tail,) = found.calibration.of_parameters(lambda _, drawn: np.ones((drawn.shape[0], 1)))
    assert tail == AT_FIXED


@pytest.mark.parametrize(
    ("variants", "truth", "load", "says"),
    [
        pytest.param(TWO_LINES, (0.1, 0.0054, -0.0038), SEVEN, True, id="two_lines_at_seven_steps"),
        pytest.param(TWO_LINES, (0.1, 0.0054, -0.0038), TWELVE, False, id="two_lines_at_twelve"),
        pytest.param(QUEUES, (0.05,), SEVEN * 0.24, True, id="a_queue_at_seven"),
        pytest.param(QUEUES, (0.05,), np.linspace(2.4, 72, 30), False, id="a_queue_at_thirty"),
        pytest.param((BasePlusPerUnit(),), (0.13, 0.005), SEVEN / 2, False, id="a_line_at_seven"),
        pytest.param((Exponential(),), (0.12, 0.0075), SEVEN, False, id="an_exponential_at_seven"),
        pytest.param((UniversalScalabilityLaw(),), (0.0277, 1.044e-4, 90.0), SPEC, False, id="specsdm91"),
    ],
)
def test_parameters_say_what_they_hold_where_the_steps_are_too_few(
    variants: Sequence[CapacityModel], truth: tuple[float, ...], load: np.ndarray, says: bool
) -> None:
    found = fitted(variants, truth, load, which=1 if len(variants) > 1 else 0)
    coverage = [one.coverage for one in found.parameters().values()]
    assert any(one is not None for one in coverage) is says
    assert all(one is None or one.low < 0.93 or one.high > 0.97 for one in coverage)


def test_a_number_that_holds_95_percent_says_nothing_even_where_the_parameters_must() -> None:
    found = fitted(TWO_LINES, (0.1, 0.0054, -0.0038), SEVEN, which=1)
    assert found.parameters()["base"].coverage is not None
    middle = found.estimate(0.7, lambda model, drawn: model.predict(drawn, np.array([170.0]))[:, 0])
    assert middle.coverage is None


def test_a_number_that_is_itself_off_says_so_by_as_much_as_was_counted() -> None:
    load = np.linspace(6, 72, 12)
    found = fitted((GgcLatency(4, 0.95),), (0.05, 2.5), load)
    (tail,) = found.tails(lambda model, drawn: model.predict(drawn, np.array([67.0])))
    assert tail.coverage is not None
    assert (tail.coverage.low, tail.coverage.low_if) == (0.92, "proportional")
