"""Resources emptied again and again: their teeth are found and continued, and anything else stays a line."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from tests.unit.planning.histories import DAY_MS, LIMIT, history, runway_of

from plimsoll.domain.limit import Direction, Limit
from plimsoll.domain.runway import Breach, RunwayRow, RunwayState
from plimsoll.domain.series import Series, as_datetime
from plimsoll.planning.saw_teeth import Teeth, falls_in, teeth_of
from plimsoll.planning.tooth_paths import simulate_teeth

DAY = np.arange(60 * 24) / 24.0
HARD = replace(LIMIT, soft=None)
FLOOR = replace(HARD, hard=0.05, direction=Direction.LOW_IS_BAD)


def tooth(days: float, low: float = 0.3, high: float = 0.7, shift: float = 0.0) -> np.ndarray:
    return low + (high - low) * (((DAY + shift) % days) / days)


def row_of(values: np.ndarray, limit: Limit = HARD, **terms: Any) -> RunwayRow:
    series = history(per_day=0, wave=0, noise=0.003, level=0.0)
    return runway_of(replace(series, values=series.values + values), limit, **terms).row


def in_days(breach: Breach | None) -> list[float]:
    assert breach is not None
    end = as_datetime(int(history().times_ms[-1]))
    parts = (breach.early, breach.p50, breach.late)
    return [float("inf") if part is None else (part - end) / timedelta(days=1) for part in parts]


@pytest.mark.parametrize(
    ("values", "limit", "why"),
    [
        pytest.param(tooth(10), HARD, "falls back from 69.9% to 29.9% about every 10d", id="hourly_every_10_days"),
        pytest.param(tooth(2), HARD, "about every 2d", id="short_teeth"),
        pytest.param(tooth(10, shift=9.8), HARD, "about every 10d", id="just_fallen"),
        pytest.param(1 - tooth(10), FLOOR, "rises back from 30.1% to 70.1% about every 10d", id="low_is_bad"),
        pytest.param(np.round(tooth(10), 2), HARD, "about every 10d", id="whole_percents"),
        pytest.param(tooth(9) + 0.02 * np.sin(2 * np.pi * DAY), HARD, "about every 9d", id="with_a_daily_wave"),
    ],
)
def test_what_is_emptied_again_and_again_gets_no_date(values: np.ndarray, limit: Limit, why: str) -> None:
    row = row_of(values, limit)
    assert row.state is RunwayState.NONE_WITHIN_HORIZON
    assert row.probability_none is not None
    assert row.probability_none > 0.9
    assert why in row.why


def test_two_falls_are_enough_to_doubt_a_line_and_not_for_certainty() -> None:
    row = row_of(tooth(24, shift=7))
    assert "about every 24d" in row.why
    assert row.probability_none is not None
    assert 0.7 < row.probability_none < 1


def test_a_clean_up_of_hours_on_5_minute_samples_is_one_fall() -> None:
    series = history(days=45, per_day=0, wave=0, noise=0.003, level=0.0, step_ms=300_000)
    place = (np.arange(len(series)) / 288) % 9
    values = np.where(place < 8.875, place / 8.875, (9 - place) / 0.125)
    row = runway_of(replace(series, values=series.values + 0.3 + 0.4 * values), HARD).row
    assert row.state is RunwayState.NONE_WITHIN_HORIZON
    assert "about every 9d" in row.why


@pytest.mark.parametrize("days", [5, 10])
def test_daily_samples_show_teeth_of_days(days: int) -> None:
    series = history(per_day=0, wave=0, noise=0.003, level=0.0, step_ms=DAY_MS)
    values = 0.3 + 0.4 * (np.arange(60) % days) / days
    row = runway_of(replace(series, values=series.values + values), HARD).row
    assert row.state is RunwayState.NONE_WITHIN_HORIZON


@pytest.mark.parametrize("days", [2, 2.5, 3, 4])
def test_daily_samples_of_short_teeth_are_a_season(days: float) -> None:
    """Too few samples a tooth to see its climb: a line takes them for noise and predicts that any limit is passed."""
    series = history(per_day=0, wave=0, noise=0.003, level=0.0, step_ms=DAY_MS)
    values = 0.3 + 0.4 * ((np.arange(60) + 0.3) % days) / days
    row = runway_of(replace(series, values=series.values + values), replace(HARD, hard=0.75)).row
    assert row.state is RunwayState.NONE_WITHIN_HORIZON


def test_tops_that_grow_reach_the_limit_at_the_end_of_a_tooth() -> None:
    """Tops are 0.7 + 0.003 a day: the first above 0.96 is that of day 90."""
    grown = 0.3 + (0.4 + 0.003 * DAY) * ((DAY % 10) / 10)
    early, p50, late = in_days(row_of(grown, replace(HARD, hard=0.96)).breach)
    assert early < 31
    assert late > 30
    assert min(abs(p50 - top) for top in (30, 40)) < 1.5


def test_short_teeth_are_simulated_up_to_the_horizon_too() -> None:
    """Their periods are half a day: 0.7 + 0.002 a day passes 0.94 on day 120, 60 days ahead of 90."""
    early, p50, late = in_days(row_of(tooth(3) + 0.002 * DAY, replace(HARD, hard=0.94)).breach)
    assert 45 < early <= p50 < 75 < late < 90


def test_a_climb_that_is_faster_than_usual_is_not_held_back_by_past_tops() -> None:
    """Half of the way in 5 days of 10, then two and a half times the pace: 0.95 is reached before the next fall."""
    values = np.where(DAY >= 55, 0.3 + 0.1 * (DAY - 55), tooth(10, shift=5))
    early, _, late = in_days(row_of(values).breach)
    assert 1 < early <= late < 2


@pytest.mark.parametrize(
    ("missed", "least", "most"),
    [
        pytest.param(16, 0.5, 1.0, id="one_fall_missed_and_long_overdue"),
        pytest.param(13, 0.3, 0.9, id="late_by_a_third_of_its_time"),
    ],
)
def test_a_clean_up_that_has_not_come_is_not_counted_on(missed: int, least: float, most: float) -> None:
    values = np.where(60 - missed <= DAY, 0.3 + 0.04 * (DAY - 60 + missed), tooth(10, shift=missed))
    row = row_of(values)
    assert row.probability_none is not None
    assert least <= 1 - row.probability_none <= most
    assert ("assumed to continue" in row.why) == (missed < 15)


def test_a_fall_that_comes_at_a_height_comes_sooner_on_a_faster_climb() -> None:
    """Climbs of 6 to 14 days, all up to 0.7; the newest is at 0.62 after 4 days and at 0.7 after one more."""
    lengths = np.array([6.0, 14.0, 7.0, 13.0, 6.0, 10.0, 5.0])
    starts = np.concatenate([[0.0], np.cumsum(lengths)])[:-1]
    place = np.searchsorted(starts, DAY, side="right") - 1
    row = row_of(0.3 + 0.4 * (DAY - starts[place]) / lengths[place])
    assert row.state is RunwayState.NONE_WITHIN_HORIZON


@pytest.mark.parametrize(
    ("scatter", "by_height"),
    [pytest.param(0.0225, True, id="below_half_of_that_in_time"), pytest.param(0.0275, False, id="above_half_of_it")],
)
def test_falls_come_at_a_height_where_heights_differ_by_less_than_half_as_much_as_times(
    scatter: float, by_height: bool
) -> None:
    """Teeth of 9 and 11 days (0.1 of their mean), falls of 0.5; heights lie `scatter` off to either side."""
    falls, tops = np.array([5.0, 14.0, 25.0, 34.0, 45.0]), 2.0 + scatter * np.array([1, -1, 1, -1, 0])
    tops[-1] = np.nan
    teeth = Teeth(50, 1, falls, tops, tops - 0.5, 1.5, 0.1, np.zeros(2), np.arange(2), 0.0)
    assert teeth.by_height is by_height


def test_the_newest_teeth_count() -> None:
    levels = np.array([0.3 + 0.1 * (day % 5) for day in range(100)])
    teeth = teeth_of(levels, np.arange(5.0, 100.0, 5.0))
    assert teeth is not None
    assert teeth.falls.tolist() == list(range(40, 100, 5))
    assert teeth.tops == pytest.approx(0.75)
    assert teeth.bottoms == pytest.approx(0.25)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(0.4 + 0.005 * DAY, id="line"),
        pytest.param(0.5 + 0.3 * np.sin(2 * np.pi * DAY / 12), id="wave"),
        pytest.param(0.3 + 0.4 * (DAY % 10 > 5), id="square_wave"),
        pytest.param(1.0 - tooth(10), id="sudden_rises"),
        pytest.param(np.where(DAY > 30, 0.3, 0.6) + 0.003 * DAY, id="one_fall"),
        pytest.param(np.random.default_rng(3).normal(0.5, 0.1, DAY.size), id="noise"),
        pytest.param(np.full(DAY.size, 0.5), id="constant"),
        pytest.param(1.0 - 0.2 * (DAY // 12), id="falls_without_climbs"),
        pytest.param(tooth(15) + 0.15 * np.sin(2 * np.pi * DAY / 5), id="climbs_that_go_to_and_fro"),
    ],
)
def test_what_is_no_saw_tooth_stays_a_line(values: np.ndarray) -> None:
    noise = np.random.default_rng(0).normal(0, 0.003, DAY.size) if np.ptp(values) else 0.0
    slots = (values + noise).reshape(-1, 2).mean(axis=1)
    falls = falls_in(slots, 12)
    assert teeth_of(slots.reshape(-1, 12).mean(axis=1), falls) is None


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_gaps_do_no_harm_to_teeth(kept: float) -> None:
    series = history(per_day=0, wave=0, noise=0.003, level=0.0)
    keep = np.random.default_rng(2).random(len(series)) < kept
    keep[30 * 24 : 33 * 24], keep[-1] = False, True
    holed = Series(series.id, series.times_ms[keep], (series.values + tooth(9))[keep], series.unit, series.kind)
    row = runway_of(holed, HARD).row
    assert row.state is RunwayState.NONE_WITHIN_HORIZON
    assert re.search(r"about every (8\.9\d?|9)d", row.why)


def freed_in_part(seed: int) -> np.ndarray:
    """A disk that is cleaned at 0.7, of as much as there is to clean."""
    draw, height, found = np.random.default_rng(seed), 0.5, np.empty(DAY.size)
    for hour in range(DAY.size):
        height += 0.04 / 24 * draw.uniform(0.5, 1.5)
        if height > 0.7:
            height -= draw.uniform(0.1, 0.4)
        found[hour] = height
    return found


@pytest.mark.parametrize("seed", [0, 3])
def test_a_clean_up_that_frees_little_once_is_one_all_the_same(seed: int) -> None:
    """One climb in five regained less than half of the usual fall; a line would date these by their last climb."""
    row = row_of(freed_in_part(seed), replace(HARD, hard=0.8))
    assert "assumed to continue" in row.why
    assert row.breach is None or row.breach.p50 is None


SCATTERED = Teeth(
    length=53,
    sign=1,
    falls=np.array([0.0, 9.0, 21.0, 30.0, 42.0]),
    tops=np.array([np.nan, 0.66, 0.78, 0.66, 0.78]),
    bottoms=np.full(5, 0.3),
    now=0.74,
    pace=0.04,
    noise=np.array([-0.001, 0.001]),
    rows=np.array([3, 7]),
    resolution=0.1,
)
"""Teeth of 9 and of 12 periods by turns; the climb under way is in its 11th."""


def test_a_climb_that_has_outlasted_short_teeth_ends_as_the_long_ones() -> None:
    """If the time it has lasted is ignored, two of three futures fall at once, and dates come too late."""
    levels, _ = simulate_teeth(SCATTERED, 30, 400, np.random.default_rng(0))
    assert np.mean(levels[:, 0] > 0.73) > 0.75
    assert np.mean(levels[:, 3] > 0.73) < 0.1


def test_a_future_level_has_its_noise_and_its_shape_from_the_same_past_period() -> None:
    levels, rows = simulate_teeth(SCATTERED, 30, 200, np.random.default_rng(0))
    again, _ = simulate_teeth(replace(SCATTERED, noise=np.zeros(2)), 30, 200, np.random.default_rng(0))
    assert np.unique(rows).tolist() == [3, 7]
    np.testing.assert_allclose(levels[:, 0] - again[:, 0], np.where(rows[:, 0] == 7, 0.001, -0.001), atol=1e-4)


def test_what_belongs_together_in_a_tooth_comes_together() -> None:
    """Long climbs from 0.2 to 0.68 and short ones from 0.5 to 0.82: a long one from 0.5 would end at 0.98."""
    gaps, bottoms = np.array([12.0, 8, 12, 8, 12, 8, 12]), np.array([0.2, 0.5] * 4)
    falls, tops = 5 + np.concatenate([[0], np.cumsum(gaps)]), np.concatenate([[np.nan], bottoms[:-1] + 0.04 * gaps])
    teeth = replace(SCATTERED, length=85, falls=falls, tops=tops, bottoms=bottoms, now=0.54)
    levels, _ = simulate_teeth(teeth, 90, 300, np.random.default_rng(0))
    assert not teeth.by_height
    assert np.mean(levels > 0.9) < 0.04


def test_a_job_is_as_punctual_as_it_was_and_as_samples_can_tell() -> None:
    """Falls every 10 periods, the next in 5.5: on time if known to a hundredth, about on time if to a whole period."""
    clock = replace(SCATTERED, length=40, falls=np.arange(5.5, 45, 10), tops=np.full(4, 0.7), bottoms=np.full(4, 0.3))
    spreads = []
    for resolution in (0.01, 1.0):
        teeth = replace(clock, now=0.48, resolution=resolution)
        levels, _ = simulate_teeth(teeth, 10, 400, np.random.default_rng(0))
        spreads.append(float((levels < 0.45).argmax(axis=1).std()))
    assert spreads[0] < 0.1
    assert spreads[1] > 1.0


def test_clean_up_jobs_of_any_kind_give_no_date() -> None:
    """Treated as lines, most of these have a date, some within ten days and with certainty."""
    dated = 0
    for seed in range(20):
        draw = np.random.default_rng(seed)
        days, low, high = draw.uniform(5, 20), draw.uniform(0.15, 0.35), draw.uniform(0.6, 0.85)
        row = row_of(tooth(days, low, high, draw.uniform(0, days)), seed=seed, paths=100)
        dated += row.breach is not None and row.breach.p50 is not None
    assert dated == 0


def test_daily_samples_of_teeth_off_whole_days_pass_no_top_that_there_never_was() -> None:
    """The normal tails of a line would pass it: 19 of these 20 would have a date."""
    dated = 0
    for seed in range(20):
        series = history(per_day=0, wave=0, noise=0.005, level=0.0, step_ms=DAY_MS, seed=seed)
        draw = np.random.default_rng(seed)
        days = draw.uniform(2.05, 3.4)
        values = 0.3 + 0.4 * ((np.arange(60) + draw.uniform(0, days)) % days) / days
        row = runway_of(replace(series, values=series.values + values), replace(HARD, hard=0.78), paths=100).row
        dated += row.breach is not None and row.breach.p50 is not None
    assert dated <= 4
