"""Quantiles of short windows, combined, are those of all their requests."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from plimsoll.capacity.model import Values
from plimsoll.capacity.window_quantiles import quantile_of_windows

TOLD = np.array([0.5, 0.95])
MEANS = np.array([0.1, 0.1, 0.4])
REQUESTS = np.array([10.0, 30.0, 20.0])


def exponential(means: Values) -> Values:
    """Return the known quantiles of windows whose latencies are exponential."""
    return -np.outer(means, np.log1p(-TOLD))


@pytest.mark.parametrize("probability", [0.3, 0.5, 0.9, 0.95, 0.999])
def test_windows_that_are_exponential_give_the_quantile_of_their_mixture(probability: float) -> None:
    def off(time: float) -> float:
        return float(REQUESTS @ np.exp(-time / MEANS)) / float(REQUESTS.sum()) - (1 - probability)

    found = quantile_of_windows(exponential(MEANS), TOLD, REQUESTS, probability)
    assert found == pytest.approx(brentq(off, 0, 10, xtol=1e-12), rel=1e-9)


@pytest.mark.parametrize("probability", [0.9, 0.95, 0.999])
def test_where_one_quantile_is_told_waves_hold_all_their_requests_up(probability: float) -> None:
    """Were latencies of a wave spread from zero on, half of those that it delays would look quick."""
    waits, service_s = np.array([0.0, 0.1, 0.4]), 0.05

    def off(time: float) -> float:
        beyond = np.exp(-np.maximum(time - waits, 0) / service_s)
        return float(REQUESTS @ beyond) / float(REQUESTS.sum()) - (1 - probability)

    told = waits - service_s * np.log1p(-0.95)
    found = quantile_of_windows(told[:, None], np.array([0.95]), REQUESTS, probability)
    assert found == pytest.approx(brentq(off, 0, 10, xtol=1e-12), rel=1e-9)


@pytest.mark.parametrize("probability", TOLD.tolist())
def test_windows_that_are_alike_give_what_each_of_them_tells(probability: float) -> None:
    alike = np.tile([0.07, 0.08], (4, 1))
    found = quantile_of_windows(alike, TOLD, np.ones(4), probability)
    assert found == pytest.approx(alike[0, TOLD.tolist().index(probability)], rel=1e-9)


def test_latencies_that_were_rounded_to_nothing_stay_nothing() -> None:
    assert quantile_of_windows(np.zeros((3, 2)), TOLD, np.ones(3), 0.95) == 0


def test_quantiles_that_were_rounded_to_the_same_give_it() -> None:
    assert quantile_of_windows(np.full((3, 2), 0.07), TOLD, np.ones(3), 0.7) == pytest.approx(0.07, rel=1e-6)


@pytest.mark.parametrize(("requests", "quantile"), [(5.0, np.nan), (0.0, 9.0)], ids=["untold", "without_requests"])
def test_a_window_that_tells_nothing_changes_nothing(requests: float, quantile: float) -> None:
    told = exponential(MEANS)
    more = np.vstack([told, [quantile, 9.0]])
    found = quantile_of_windows(more, TOLD, np.append(REQUESTS, requests), 0.95)
    assert found == quantile_of_windows(told, TOLD, REQUESTS, 0.95)


def test_no_window_tells_nothing() -> None:
    assert np.isnan(quantile_of_windows(np.full((2, 2), np.nan), TOLD, np.ones(2), 0.95))
