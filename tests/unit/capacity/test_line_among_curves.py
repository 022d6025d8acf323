"""A load line accounts for every curve that may be the right one, and its safe load is as safe as stated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.capacity.choice import Choice, choose
from plimsoll.capacity.coverage import MISSED, Tail
from plimsoll.capacity.crossings import Crossing, crossing
from plimsoll.capacity.fit import normals_of
from plimsoll.capacity.load_line import Demand, Margin, draw_line
from plimsoll.capacity.model import Kind, Quantity
from plimsoll.capacity.models.base_plus_per_unit import BasePlusPerUnit
from plimsoll.capacity.models.exponential import Exponential
from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.models.piecewise import Piecewise
from plimsoll.domain.estimate import Estimate
from plimsoll.domain.load_line import ObjectiveLimit
from plimsoll.domain.load_test import LoadUnit
from plimsoll.domain.objective import objective

LOAD = np.linspace(40, 300, 7)
BELOW_80 = objective("cpu<80%")
LEAST, MOST = float(LOAD[0]), float(LOAD[-1])


def bent(noise: float) -> Choice:
    """Seven steps of two lines whose bend may be hidden by noise."""
    cpu = Piecewise(120.0).predict(np.array([0.1, 0.0054, -0.0034]), LOAD)
    scatter = 1 + noise * np.random.default_rng(6).standard_normal(LOAD.size)
    models = (Linear(), BasePlusPerUnit(), Piecewise())
    return choose(models, Quantity("cpu", Kind.RESOURCE), LOAD, cpu * scatter, normals_of(1, 2048))


def line_of(choice: Choice) -> Estimate:
    found = crossing(BELOW_80, choice, 1).limit.load
    assert found is not None
    return found


def test_shares_add_up_to_one_favor_what_foretells_better_and_count_the_same_curve_once() -> None:
    choice = bent(0.05)
    shares = {trial.model.name: share for trial, share in choice.shares()}
    assert sum(shares.values()) == pytest.approx(1)
    assert len(shares) == 2  # with a base above zero, base_plus_per_unit is the same line as linear
    assert choice.best is not None
    assert max(shares, key=lambda name: shares[name]) == choice.best.model.name


def test_an_error_counts_by_how_large_scatter_is_there() -> None:
    load = np.array([19.455, 40.0, 62.2, 80.9, 90.9, 109.1, 114.9, 128.9, 150.4])
    p95_s = np.array([0.021, 0.037, 0.031, 0.056, 0.070, 3.69, 4.03, 3.02, 6.26])  # a cliff: a hundred times as slow
    quantity = Quantity("p95", Kind.LATENCY, LoadUnit.ARRIVALS_PER_S, 0.95, "seconds")
    choice = choose((Linear(), Exponential(), Piecewise()), quantity, load, p95_s, normals_of(1, 2048))
    assert {trial.model.name: share for trial, share in choice.shares()}["piecewise"] > 0.95
    line = crossing(objective("p95<250ms"), choice, 1).limit.load
    assert line is not None
    assert line.low is not None
    assert line.low > 50  # curves that miss a low step by seconds would cross at the lowest load


def test_where_another_curve_is_as_likely_the_interval_of_the_line_reaches_to_its_crossing() -> None:
    choice = bent(0.05)
    only = replace(choice, trials=tuple(one for one in choice.trials if one is choice.chosen))
    alone, among = line_of(only), line_of(choice)
    assert among.value == alone.value
    assert (among.low or 0) < (alone.low or 0)


def test_where_one_curve_foretells_far_better_the_others_count_for_nothing() -> None:
    choice = bent(0.001)
    only = replace(choice, trials=tuple(one for one in choice.trials if one is choice.chosen))
    assert [share for _, share in choice.shares()] == [1.0]
    assert line_of(choice) == line_of(only)


@pytest.mark.parametrize(("missed", "below"), [(0.02, 1.0), (MISSED, 1.0), (0.12, 1.0), (MISSED, 0.5)])
def test_the_safe_load_is_read_as_far_out_as_the_interval(missed: float, below: float) -> None:
    draws = np.random.default_rng(1).permutation(np.linspace(100, 200, 2001))
    limit = ObjectiveLimit(BELOW_80.text, "identified", Estimate(199.0), "linear", "")
    found = Crossing(limit, draws, Tail(missed), below=below)
    line, _ = draw_line([found], (LEAST, MOST), Demand(None, True), Margin(0.95))
    assert line is not None
    assert line.safe_load == pytest.approx(100 + 100 * below * missed, abs=0.1)


@pytest.mark.parametrize("missed", [0.01, MISSED, 0.2])
def test_a_margin_of_even_odds_is_the_middle_however_far_out_the_interval_is_read(missed: float) -> None:
    draws = np.random.default_rng(1).permutation(np.linspace(100, 200, 2001))
    limit = ObjectiveLimit(BELOW_80.text, "identified", Estimate(199.0), "linear", "")
    safe = []
    for probability in (0.5, 0.6, 0.8, 0.99):
        line, _ = draw_line(
            [Crossing(limit, draws, Tail(missed))], (LEAST, MOST), Demand(None, True), Margin(probability)
        )
        assert line is not None
        safe.append(line.safe_load or 0.0)
    assert safe[0] == pytest.approx(150, abs=0.1)
    assert sorted(safe, reverse=True) == safe


@pytest.mark.parametrize(("steps", "below"), [(7, 0.5), (30, 1.0)])
def test_a_safe_load_keeps_twice_as_far_away_where_steps_cannot_tell_how_scatter_grows(
    steps: int, below: float
) -> None:
    load = np.linspace(40, 300, steps)
    cpu = Piecewise(120.0).predict(np.array([0.1, 0.0054, -0.0038]), load)
    cpu *= 1 + 0.02 * np.random.default_rng(3).standard_normal(steps)
    choice = choose((Piecewise(),), Quantity("cpu", Kind.RESOURCE), load, cpu, normals_of(1, 2048))
    assert crossing(BELOW_80, choice, 1).below == below


def test_an_end_that_a_curve_knows_little_of_is_not_held_against_it() -> None:
    load = np.linspace(300 / 7, 300, 7)  # two lines, the knee past the second step, 80 % at a load of 152.5
    cpu = np.array([0.348, 0.51, 0.766, 0.813, 0.937, 0.976, 1.033])
    choice = choose((Linear(), Piecewise()), Quantity("cpu", Kind.RESOURCE), load, cpu, normals_of(1, 2048))
    shares = {trial.model.name: share for trial, share in choice.shares()}
    line, _ = draw_line([crossing(BELOW_80, choice, 1)], (load[0], load[-1]), Demand(None, True), Margin())
    assert shares["piecewise"] > 0.7  # without the lowest step, a line through the next two leads anywhere
    assert line is not None
    assert line.safe_load is not None
    assert line.safe_load < 152.5
