"""Laws that every runway obeys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.planning.histories import LIMIT, history, runway_of

from plimsoll.domain.limit import Limit
from plimsoll.domain.runway import Breach, RunwayState
from plimsoll.domain.series import Series

SETTINGS = settings(max_examples=25, deadline=None)
SLOPES = st.floats(-0.01, 0.02)
SEEDS = st.integers(0, 10_000)
SERIES = st.builds(
    lambda per_day, noise, wave, seed, days: history(days, per_day=per_day, noise=noise, wave=wave, seed=seed),
    SLOPES,
    st.floats(0, 0.05),
    st.floats(0, 0.1),
    SEEDS,
    st.integers(30, 80),
)
FAR = datetime(9999, 1, 1, tzinfo=UTC)


def dates(breach: Breach | None) -> list[datetime]:
    parts = (breach.early, breach.p50, breach.late) if breach else (None, None, None)
    return [FAR if part is None else part for part in parts]


def at(series: Series, hard: float) -> Limit:
    """A limit above all samples."""
    return Limit("x", "ratio", "test", hard=float(series.values.max()) + hard)


@SETTINGS
@given(SERIES, st.floats(0.01, 0.5), st.floats(0, 0.3))
def test_a_tighter_limit_is_never_reached_later(series: Series, room: float, more: float) -> None:
    tight, wide = runway_of(series, at(series, room)).row, runway_of(series, at(series, room + more)).row
    assert all(a <= b for a, b in zip(dates(tight.breach), dates(wide.breach), strict=True))
    assert (tight.probability_none or 0) <= (wide.probability_none or 0)


@SETTINGS
@given(SERIES, st.floats(0.01, 0.4), st.integers(0, 60), st.integers(0, 60))
def test_more_lead_time_never_acts_later(series: Series, room: float, days: int, more: int) -> None:
    limit = at(series, room)
    short = runway_of(series, replace(limit, lead_time_s=days * 86400.0)).row
    long = runway_of(series, replace(limit, lead_time_s=(days + more) * 86400.0)).row
    assert (short.act_by is None) == (long.act_by is None)
    if short.act_by and long.act_by:
        assert short.act_by - long.act_by == timedelta(days=more)


@SETTINGS
@given(SERIES, st.floats(0.01, 0.4), st.sampled_from([1e-9, 0.01, 3.0, 1024.0**3, 1e12]))
def test_another_unit_changes_no_date(series: Series, room: float, factor: float) -> None:
    limit = at(series, room)
    scaled = replace(series, values=series.values * factor)
    plain = runway_of(series, limit).row
    other = runway_of(scaled, replace(limit, hard=(limit.hard or 0) * factor)).row
    assert plain.state is other.state
    assert plain.probability_none == pytest.approx(other.probability_none, abs=0.011)
    for a, b in zip(dates(plain.breach), dates(other.breach), strict=True):
        assert (a == FAR) == (b == FAR) or plain.probability_none == pytest.approx(0.5, abs=0.42)
        if FAR not in (a, b):
            assert abs(a - b) <= timedelta(days=1)


@SETTINGS
@given(SERIES, st.floats(0.01, 0.4), SEEDS)
def test_the_same_seed_gives_the_same_row(series: Series, room: float, seed: int) -> None:
    assert runway_of(series, at(series, room), seed=seed) == runway_of(series, at(series, room), seed=seed)


@SETTINGS
@given(SERIES, st.floats(0.01, 0.5))
def test_quantiles_are_in_order_and_agree_with_the_probability_of_none(series: Series, room: float) -> None:
    row = runway_of(series, at(series, room)).row
    early, p50, late = dates(row.breach)
    assert early <= p50 <= late
    none = row.probability_none
    assert none is not None
    assert 0 <= none <= 1
    assert (p50 == FAR) == (none > 0.5)
    assert (late == FAR) == (none > 0.1 + 1e-9)
    assert (row.breach is None) == (none > 0.9 + 1e-9)
    assert row.state is (RunwayState.NONE_WITHIN_HORIZON if row.breach is None else RunwayState.OK)


@SETTINGS
@given(SERIES, st.floats(0.01, 0.4))
def test_a_mirror_image_falls_to_its_limit_when_the_original_rises_to_it(series: Series, room: float) -> None:
    """-x against a floor is x against a ceiling; only growth rates, which need positive values, differ."""
    limit = at(series, room)
    negative = replace(series, values=series.values - 10.0)
    mirrored = replace(series, values=10.0 - series.values)
    up = runway_of(negative, replace(limit, hard=(limit.hard or 0) - 10.0)).row
    positive_floor = replace(limit, hard=10.0 - (limit.hard or 0), direction=type(limit.direction).LOW_IS_BAD)
    down = runway_of(mirrored, positive_floor).row
    assert up.state in {RunwayState.OK, RunwayState.NONE_WITHIN_HORIZON}
    assert down.state in {RunwayState.OK, RunwayState.NONE_WITHIN_HORIZON}
    assert abs((up.probability_none or 0) - (down.probability_none or 0)) < 0.5


@SETTINGS
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=64), min_size=0, max_size=80), SEEDS)
def test_no_values_whatever_make_it_fail(values: list[float], seed: int) -> None:
    series = history(max(1, len(values)) / 24)
    count = min(len(values), len(series))
    odd = replace(series, times_ms=series.times_ms[:count], values=np.array(values[:count], dtype=float))
    row = runway_of(odd, LIMIT, seed=seed).row
    assert row.state in RunwayState
    assert row.why
