"""A series of under two seasons borrows the season of its fleet, if the fleet has one and it helps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.forecast.panels import HOUR_MS, START_MS, panel_of, request

from plimsoll.domain.panel import Panel
from plimsoll.domain.series import Series, SeriesId
from plimsoll.forecast.borrowed import NAME, borrow_season, phases, shared_shape
from plimsoll.forecast.outlook import origins_of
from plimsoll.forecast.panel import forecast_panel, pools_of, prepare_all
from plimsoll.forecast.single import forecast_series

HOURS, SHORT, AHEAD = 240, 30, 24
ASKED = request(AHEAD)


def office(seed: int, size: int = HOURS + AHEAD, first: int = 0, shift: int = 0) -> np.ndarray:
    """A service of its own size that is busy by day."""
    draw = np.random.default_rng(seed)
    by_day = 1.0 + 0.8 * np.clip(np.sin(2 * np.pi * (first + np.arange(size) - 7 - shift) / 24), -0.4, 1.0)
    return draw.uniform(10, 1000) * by_day * (1 + 0.05 * draw.standard_normal(size))


def young(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The newest hours of a service, and what comes after them."""
    whole = office(seed)[-SHORT - AHEAD :]
    return whole[:SHORT], whole[SHORT:]


def times_of(size: int) -> np.ndarray:
    return START_MS + HOUR_MS * np.arange(HOURS - size, HOURS, dtype=np.int64)


def fleet(old: list[np.ndarray], new: list[np.ndarray]) -> Panel:
    values = [*old, *new]
    return panel_of(values, [times_of(one.size) for one in values])


OLD = [office(seed)[:HOURS] for seed in range(30)]


def test_the_season_of_the_fleet_beats_none():
    pairs = [young(100 + seed) for seed in range(10)]
    panel = fleet(OLD, [past for past, _ in pairs])
    pools = pools_of(panel, ASKED)
    without = {key: replace(pool, shape=None) for key, pool in pools.items()}
    lost, lost_without = (
        sum(
            np.abs(values[:, 2] - truth).mean() / truth.mean()
            for values, (_, truth) in zip(forecast_panel(panel, ASKED, known).values[30:], pairs, strict=True)
        )
        for known in (pools, without)
    )
    assert lost < 0.3 * lost_without


def test_alone_in_a_panel_or_by_itself_it_is_the_same_and_says_so():
    past, _ = young(100)
    pools = pools_of(fleet(OLD, []), ASKED)
    together = forecast_panel(fleet(OLD, [past]), ASKED, pools)
    alone = forecast_panel(fleet([], [past]), ASKED, pools)
    series = Series(SeriesId("young"), times_of(SHORT), past)
    single = forecast_series(series, AHEAD, ASKED.levels, pools=pools)
    np.testing.assert_array_equal(together.values[30], alone.values[0])
    np.testing.assert_array_equal(single.values, alone.values[0])
    assert NAME in alone.whys[0]
    assert NAME in single.why
    assert single.accuracy is not None
    assert single.accuracy.skill > 0


@pytest.mark.parametrize(
    "old",
    [
        OLD[:9],
        [office(seed, shift=int(np.random.default_rng(seed).integers(0, 24)))[:HOURS] for seed in range(30)],
        [np.random.default_rng(seed).uniform(10, 20, HOURS) for seed in range(30)],
        [one - 500 for one in OLD],
    ],
    ids=["too_few", "each_at_its_own_hours", "no_season", "below_zero"],
)
def test_a_fleet_that_does_not_agree_lends_nothing(old):
    assert shared_shape(prepare_all(fleet(old, []), ASKED)) is None


def test_a_short_series_that_does_not_follow_its_fleet_goes_its_own_way():
    steady = 100 + np.random.default_rng(0).normal(0, 1, SHORT)
    forecast = forecast_panel(fleet(OLD, [steady]), ASKED, pools_of(fleet(OLD, []), ASKED))
    assert NAME not in forecast.whys[30]
    assert np.ptp(forecast.values[30, :, 2]) < 10


def test_the_errors_on_a_lent_season_are_those_of_the_series_itself():
    """The prediction for a past hour is the value less the error, and is proportional to the season."""
    (prepared,), (pool,) = prepare_all(fleet([], [young(100)[0]]), ASKED), pools_of(fleet(OLD, []), ASKED).values()
    lent = borrow_season(prepared, AHEAD, pool)
    assert lent is not None
    assert pool.shape is not None
    for origin, errors in zip(origins_of(prepared, AHEAD), lent.errors, strict=False):
        came = prepared.values[origin : origin + AHEAD]
        level = (came - errors[: came.size]) / pool.shape[phases(prepared, int(origin), came.size)]
        assert level == pytest.approx(np.full(came.size, level.mean()), rel=0.01)


def test_a_season_with_hours_of_nothing_is_not_lent():
    closed = [np.where(one < 0.8 * one.mean(), 0.0, one) for one in OLD]
    prepared = prepare_all(fleet(closed, []), ASKED)
    assert min(one.values.min() for one in prepared) == 0.0
    assert shared_shape(prepared) is None
    assert shared_shape(prepare_all(fleet(OLD, []), ASKED)) is not None
