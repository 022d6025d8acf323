"""A series of a source, taken as the demand of a replay."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.app.rehearsal.demand_history import demand_of
from plimsoll.domain.errors import NothingToAnswer, UsageError
from plimsoll.domain.series import Harvest, MetricKind, Series, SeriesId

STEPS = np.arange(5, dtype=np.int64) * 60_000


def harvest(values, times_ms=STEPS, kind=MetricKind.COUNT, **labels) -> Harvest:
    series = Series(SeriesId.of("requests", labels), times_ms, np.array(values, float), kind=kind)
    return Harvest("store", (series,))


def test_samples_become_steps():
    trace = demand_of(harvest([1, 2, 3, 4, 5]), "requests")
    assert (trace.step_s, trace.load.tolist(), trace.findings) == (60.0, [1, 2, 3, 4, 5], ())


def test_a_rate_is_counted_over_its_step():
    assert demand_of(harvest([1, 2, 3, 4, 5], kind=MetricKind.RATE), "requests").load.tolist() == [
        60,
        120,
        180,
        240,
        300,
    ]


@pytest.mark.parametrize(
    ("kind", "values", "demand"),
    [
        pytest.param(MetricKind.RATE, [1, 2, 3, 4, 5], [10, 20, 30, 40, 50], id="rate"),
        pytest.param(MetricKind.COUNTER, [0, 60, 120, 180, 240], [10] * 4, id="counter"),
        pytest.param(MetricKind.COUNT, [1, 2, 3, 4, 5], [1, 2, 3, 4, 5], id="counted_by_whoever_recorded_it"),
    ],
)
def test_what_a_second_brings_is_counted_over_the_span_of_the_model(kind, values, demand):
    trace = demand_of(harvest(values, kind=kind), "requests", span_s=10.0)
    assert trace.load.tolist() == pytest.approx(demand)
    assert trace.step_s == 60.0


def test_a_counter_is_what_it_gained_in_each_step_and_a_reset_is_not_known():
    times, values = np.arange(13, dtype=np.int64) * 60_000, [*range(100, 130, 3), 2, 8, 14]
    trace = demand_of(harvest(values, times, MetricKind.COUNTER), "requests")
    assert trace.load.tolist() == pytest.approx([3] * 9 + [6, 6])
    assert [finding.rule for finding in trace.findings] == ["trace-gaps"]


@pytest.mark.parametrize(
    ("values", "times_ms"),
    [
        pytest.param([1, np.nan, 3, 4, 5], STEPS, id="not_a_number"),
        pytest.param([1, 3, 4, 5], np.delete(STEPS, 1), id="no_sample"),
        pytest.param([1, -1, 3, 4, 5], STEPS, id="below_zero"),
    ],
)
def test_steps_that_are_not_known_are_left_out_and_said(values, times_ms):
    trace = demand_of(harvest(values, times_ms), "requests")
    assert trace.load.tolist() == [1, 3, 4, 5]
    (finding,) = trace.findings
    assert finding.rule == "trace-gaps"
    assert finding.message == "1 of 5 steps of requests have no sample, or one that is no demand"
    assert finding.taken == "they are left out, so that the clock of schedules is 1m off at the end"


def test_a_series_can_be_named_with_its_labels():
    assert demand_of(harvest([1, 2, 3, 4, 5], pod="a"), 'requests{pod="a"}').load.size == 5


def test_an_unknown_series_is_one_clear_line():
    with pytest.raises(UsageError, match="no series 'rps'; it holds requests"):
        demand_of(harvest([1, 2, 3, 4, 5]), "rps")


def test_a_single_sample_answers_nothing():
    with pytest.raises(NothingToAnswer, match="at least two"):
        demand_of(harvest([1], STEPS[:1]), "requests")
