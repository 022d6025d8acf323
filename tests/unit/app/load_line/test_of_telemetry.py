"""Signals are aligned with the moments of demand: counters as rates, errors as a share of demand."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.app.load_line.of_telemetry import moments_of, roles_of
from plimsoll.domain.errors import InputError, NothingToAnswer, UsageError
from plimsoll.domain.series import Harvest, MetricKind, Series, SeriesId

MINUTES = 60_000 * np.arange(200)
RATES = 100 + 50 * np.sin(np.arange(200) / 20)


def series(word: str, values: np.ndarray, kind: MetricKind = MetricKind.UNKNOWN, unit: str = "") -> Series:
    return Series(SeriesId(word), MINUTES, values, unit, kind)


def harvest(*found: Series, notes: tuple[str, ...] = ()) -> Harvest:
    return Harvest("f.csv", found, notes=notes)


def counted(rates: np.ndarray) -> np.ndarray:
    """Accumulate amounts per minute into a counter."""
    return np.cumsum(rates * 60)


ROLES = roles_of(("demand=d", "errors=e"))
DEMAND = roles_of(("demand=d",))


def test_counters_are_taken_as_what_they_gain_and_a_reset_is_unknown() -> None:
    total = counted(RATES)
    total[100:] -= total[99]
    failed = counted(RATES * 0.02)
    found = moments_of(
        harvest(series("demand", total, MetricKind.COUNTER), series("errors", failed, MetricKind.COUNTER)), ROLES
    )
    known = np.isfinite(found.demand)
    assert np.flatnonzero(~known).tolist() == [99]
    assert found.demand[known] == pytest.approx(RATES[1:][known])
    assert found.error_ratio is not None
    assert found.error_ratio[known] == pytest.approx(0.02)
    assert any("a second: demand, errors" in note for note in found.notes)


def test_what_a_counter_gained_over_a_gap_is_no_demand_of_a_moment() -> None:
    kept = np.r_[0:50, 120:200]
    one = Series(SeriesId("demand"), MINUTES[kept], counted(RATES)[kept], kind=MetricKind.COUNTER)
    assert np.flatnonzero(np.isnan(moments_of(harvest(one), DEMAND).demand)).tolist() == [49]


def test_errors_a_second_are_a_share_of_demand() -> None:
    errors = series("errors", RATES * 0.003, MetricKind.RATE, "per second")
    found = moments_of(harvest(series("demand", RATES), errors), ROLES)
    assert found.error_ratio == pytest.approx(np.full(200, 0.003))


@pytest.mark.parametrize(
    ("values", "kind", "words"),
    [
        pytest.param(counted(RATES), MetricKind.UNKNOWN, "is it a counter", id="a_counter_that_is_not_called_one"),
        pytest.param(RATES, MetricKind.COUNTER, "is no counter", id="called_a_counter_and_falls"),
    ],
)
def test_a_demand_that_cannot_be_one_is_refused(values: np.ndarray, kind: MetricKind, words: str) -> None:
    with pytest.raises(InputError, match=words):
        moments_of(harvest(series("demand", values, kind)), DEMAND)


def test_a_stated_unit_outvotes_the_name() -> None:
    found = moments_of(harvest(series("demand", RATES, MetricKind.COUNTER)), roles_of(("demand:/min=requests_total",)))
    assert found.demand == pytest.approx(RATES / 60)


def test_what_the_reader_said_is_said() -> None:
    told = "times without a zone taken as UTC"
    assert told in moments_of(harvest(series("demand", RATES), notes=(told,)), DEMAND).notes
    with pytest.raises(NothingToAnswer, match="no sample in"):
        moments_of(harvest(notes=("f.csv: no sample in the 14 d before now",)), DEMAND)


@pytest.mark.parametrize("late_ms", [0, 29_000, -29_000])
def test_a_reading_counts_for_the_moment_beside_it_and_fills_no_other(late_ms: int) -> None:
    """Where a scrape failed, the readings before and after it were taken at another demand."""
    kept = np.delete(np.arange(200), 100)
    latency = Series(SeriesId("p95"), MINUTES[kept] + late_ms, kept / 1000, "seconds")
    found = moments_of(harvest(series("demand", RATES), latency), roles_of(("demand=d", "p95=l"))).latency_s["p95"]
    assert np.flatnonzero(np.isnan(found)).tolist() == [100]
    assert found[kept] == pytest.approx(kept / 1000)


def test_several_series_are_named() -> None:
    two = [Series(SeriesId.of("demand", {"pod": pod}), MINUTES, RATES) for pod in "ab"]
    with pytest.raises(InputError, match='pod="a"'):
        moments_of(harvest(*two), DEMAND)


@pytest.mark.parametrize("twice", ["errors=f", "error_rate=f", "demand=f"])
def test_one_part_is_played_by_one_signal(twice: str) -> None:
    with pytest.raises(UsageError, match="twice"):
        roles_of(("demand=d", "errors=e", twice))


def test_signals_take_the_words_that_objectives_take() -> None:
    held = harvest(series("demand", RATES), series("mean", RATES / 1000, unit="seconds"))
    assert set(moments_of(held, roles_of(("demand=d", "avg=l"))).latency_s) == {"mean"}


def test_what_is_taken_as_of_one_replica_is_said() -> None:
    held = [series(word, values) for word, values in (("demand", RATES), ("replicas", RATES), ("pool", RATES))]
    notes = moments_of(harvest(*held), roles_of(("demand=d", "replicas=r", "pool=p"))).notes
    assert "pool: taken as of one replica; demand alone is parted among them" in notes
