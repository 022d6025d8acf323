"""Steps are checked before anything is fitted: the impossible is refused, the odd is reported."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.capacity.steps_check import checked
from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.load_test import LoadUnit, Steps

LOAD = np.array([10.0, 20, 30, 40, 50, 60])
STEPS = Steps(LOAD, LoadUnit.USERS, 10 * LOAD, {"mean": np.full(6, 0.05)}, source="steps")
CPU = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])


def with_cpu(cpu: np.ndarray) -> Steps:
    return replace(STEPS, resources={"cpu": cpu}, resource_units={"cpu": "ratio"})


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        pytest.param(
            with_cpu(np.where(LOAD < 30, CPU / 100, CPU)), "cpu rises by a factor of 150", id="percent_after_ratio"
        ),
        pytest.param(
            replace(STEPS, throughput=np.where(LOAD < 40, 10 * LOAD, 600 * LOAD)),
            "throughput rises by a factor of 80",
            id="minutes",
        ),
    ],
)
def test_a_column_in_two_units_is_refused(steps: Steps, words: str) -> None:
    with pytest.raises(InputError, match=f"{words}.*units mixed up"):
        checked(steps)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(replace(STEPS, throughput=np.where(LOAD == 30, 1.0, 10 * LOAD)), id="one_step_stalled"),
        pytest.param(replace(STEPS, throughput=np.where(LOAD == 10, 0.0, 10 * LOAD)), id="nothing_at_first"),
        pytest.param(replace(STEPS, throughput=np.where(LOAD > 40, 0.1, 10 * LOAD)), id="collapse"),
        pytest.param(replace(STEPS, load=np.array([1.0, 100, 200, 300, 400, 500]), throughput=None), id="far_apart"),
        pytest.param(with_cpu(CPU), id="cpu_by_load"),
    ],
)
def test_what_may_happen_is_not_taken_for_two_units(steps: Steps) -> None:
    assert checked(steps).notes == ()


CLIFF = replace(STEPS, latency_s={"p50": np.where(LOAD > 40, 4.0, 0.01)})


@pytest.mark.parametrize("errors", [None, np.zeros(6), np.where(LOAD > 40, np.nan, 0), np.where(LOAD > 40, 0, 0.3)])
def test_a_leap_of_latency_with_no_more_errors_is_taken_for_two_units(errors: np.ndarray | None) -> None:
    with pytest.raises(InputError, match="p50 changes by a factor of 400"):
        checked(replace(CLIFF, error_ratio=errors))


def test_a_leap_of_latency_where_requests_fail_is_overload() -> None:
    assert checked(replace(CLIFF, error_ratio=np.where(LOAD > 40, 0.3, 0.0)))


def test_with_no_load_nothing_has_a_latency() -> None:
    idle = replace(STEPS, load=LOAD - 10, latency_s={"p99": np.where(LOAD > 10, 0.05, 0.0)})
    assert np.flatnonzero(np.isnan(checked(idle).latency_s["p99"])).tolist() == [0]


def test_many_requests_in_flight_may_be_those_of_a_minute() -> None:
    (note,) = checked(replace(STEPS, throughput=1200 * LOAD)).notes
    assert "60 per user" in note
    assert "throughput=COLUMN:/min" in note


def test_two_tests_in_one_file_are_noticed() -> None:
    twice = replace(STEPS, load=np.repeat(LOAD, 2), throughput=np.repeat(10 * LOAD, 2) * np.tile([1, 0.3], 6))
    (note,) = checked(replace(twice, latency_s={})).notes
    assert "two tests" in note
    assert "by a factor of up to 3.3" in note
    again = replace(STEPS, load=np.repeat(LOAD, 2), throughput=np.repeat(10 * LOAD, 2) * np.tile([1, 0.8], 6))
    assert checked(replace(again, latency_s={})).notes == ()


def with_load(load: list[float], unit: LoadUnit = LoadUnit.USERS) -> Steps:
    return Steps(np.array(load), unit, source="steps")


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        pytest.param(with_load([8.0]), "one step only at 8 users.*next 2, 4, 7, 9, 11, 14, 16 users", id="one_step"),
        pytest.param(with_load([8.0] * 3), "constant load: 3 steps, all at 8 users", id="one_load"),
        pytest.param(with_load([100.0, 101.9], LoadUnit.ARRIVALS_PER_S), "constant load: 2 steps", id="scatter"),
        pytest.param(replace(STEPS, throughput=0 * LOAD), "zero in every step.*next 1, 4, 7, 10 users", id="nothing"),
        pytest.param(replace(STEPS, error_ratio=np.r_[np.nan, np.ones(5)]), "every request failed", id="all_fail"),
    ],
)
def test_from_what_teaches_nothing_nothing_is_learned_and_what_to_test_is_said(steps: Steps, words: str) -> None:
    with pytest.raises(NothingToAnswer, match=words):
        checked(steps)


def with_p95(*seconds: float) -> Steps:
    return Steps(LOAD[: len(seconds)], LoadUnit.USERS, None, {"p95": np.array(seconds)}, source="steps")


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        pytest.param(with_p95(0.05, 0, 0.5), "p95 is 0 at load 20", id="zero"),
        pytest.param(with_p95(0.001, 0.31), "changes by a factor of 310", id="up"),
        pytest.param(with_p95(0.31, 0.001), "changes by a factor of 310 between loads 10 and 20:", id="down"),
        pytest.param(
            Steps(LOAD[:2], LoadUnit.USERS, np.r_[1.0, 62]), "throughput rises by a factor of 62", id="rise_at_once"
        ),
        pytest.param(replace(STEPS, throughput=1e306 * LOAD), r"throughput reaches 6e\+307", id="endless"),
        pytest.param(replace(STEPS, throughput=2010 * LOAD), "1005 requests in flight at 10 users", id="in_flight"),
    ],
)
def test_what_cannot_be_is_refused_from_where_it_begins(steps: Steps, words: str) -> None:
    with pytest.raises(InputError, match=words):
        checked(steps)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(with_load([8.0, 8.5]), id="half_a_user_more"),
        pytest.param(with_load([100.0, 103.0], LoadUnit.ARRIVALS_PER_S), id="another_rate"),
        pytest.param(replace(STEPS, throughput=np.r_[0.5, 1, 2, 3, 4, 5]), id="less_than_one_a_second"),
        pytest.param(replace(STEPS, error_ratio=np.r_[np.ones(5), 0.99]), id="nearly_all_fail"),
        pytest.param(with_p95(0.001, 0.29, 0.001), id="far"),
        pytest.param(replace(STEPS, latency_s={}, throughput=np.r_[1, 58, 90, 120, 150, 180.0]), id="steep"),
        pytest.param(replace(STEPS, throughput=24 * LOAD), id="one_and_a_fifth_in_flight"),
    ],
)
def test_what_is_odd_but_possible_passes(steps: Steps) -> None:
    assert checked(steps).notes == ()


@pytest.mark.parametrize(("times", "of_a_minute"), [(1.3, False), (29.0, False), (31.0, True), (99.0, True)])
def test_more_in_flight_than_users_is_told(times: float, of_a_minute: bool) -> None:
    (note,) = checked(replace(STEPS, throughput=20 * times * LOAD)).notes
    assert "several requests at once" in note
    assert ("/min" in note) is of_a_minute


def test_two_loads_that_were_tested_again_are_enough_to_see_two_tests() -> None:
    load = np.array([10.0, 10, 20, 20, 30])
    for ratio, is_noted in ((1.6, True), (1.4, False)):
        throughput = np.array([100, 100 * ratio, 200, 200 * ratio, 300])
        notes = checked(Steps(load, LoadUnit.USERS, throughput, source="steps")).notes
        assert any("two tests" in note for note in notes) is is_noted
