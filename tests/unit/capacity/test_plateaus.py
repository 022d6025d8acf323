"""A run in seconds becomes steady steps: ramps and warm-up are left out, and both are reported."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from plimsoll.capacity.plateaus import cut_steps
from plimsoll.domain.errors import InputError, NothingToAnswer
from plimsoll.domain.latency_histogram import BUCKETS, RELATIVE_ERROR, bucket_of, quantile_s
from plimsoll.domain.load_test import LoadUnit, Recording


def run(users: list[float], rate: list[float], failures: float = 0.0) -> Recording:
    size = len(users)
    requests = np.array(rate)
    return Recording(
        times_s=np.arange(size, dtype=float), users=np.array(users), requests=requests,
        failures=requests * failures, latency_quantiles_s={"p50": np.full(size, 0.1)}, source="run",
    )  # fmt: skip


def test_stairs_with_ramps_between_them_give_their_plateaus() -> None:
    users = [10.0] * 40 + list(range(11, 20)) + [20.0] * 40 + list(range(21, 30)) + [30.0] * 40
    steps = cut_steps(run(users, [5 * n for n in users]))
    assert steps.load.tolist() == [10, 20, 30]
    assert steps.throughput == pytest.approx([50, 100, 150])
    assert "18 s of ramps" in " ".join(steps.notes)


def test_seconds_before_the_first_user_are_no_step() -> None:
    steps = cut_steps(run([0.0] * 40 + [10.0] * 40, [0.0] * 40 + [50.0] * 40))
    assert steps.load.tolist() == [10]


def test_the_warm_up_of_a_plateau_is_dropped_and_said() -> None:
    random = np.random.default_rng(1)
    warm = [20.0 * k for k in range(1, 6) for _ in range(5)]
    rate = warm + list(random.normal(200, 3, 60)) + list(random.normal(300, 3, 40))
    steps = cut_steps(run([10.0] * 85 + [20.0] * 40, rate))
    assert steps.throughput == pytest.approx([200, 300], rel=0.01)
    assert any("warm-up dropped (MSER-5)" in note for note in steps.notes)


def test_one_user_more_or_less_is_the_same_plateau_only_where_users_are_many() -> None:
    few = run([10.0, 11.0] * 30, [50.0] * 60)
    with pytest.raises(InputError, match="without plateaus"):
        cut_steps(few)
    many = run([100.0, 101.0] * 30, [50.0] * 60)
    assert len(cut_steps(many)) == 1


def test_without_users_the_request_rate_makes_the_steps() -> None:
    rate = [50.0] * 30 + [100.0] * 30
    steps = cut_steps(run([float("nan")] * 60, rate))
    assert steps.load_unit is LoadUnit.ARRIVALS_PER_S
    assert steps.load == pytest.approx([50, 100], rel=0.05)


def test_arrivals_by_chance_do_not_cut_a_level_into_several() -> None:
    rate = np.random.default_rng(1).poisson(np.repeat([50, 100, 150, 200], 60)).astype(float)
    steps = cut_steps(run([float("nan")] * 240, list(rate)))
    assert steps.load == pytest.approx([50, 100, 150, 200], rel=0.05)


@pytest.mark.parametrize(
    "rate",
    [
        pytest.param(np.linspace(50, 800, 240), id="evenly_spaced"),
        pytest.param(np.random.default_rng(2).poisson(np.linspace(50, 800, 240)), id="by_chance"),
        pytest.param(np.random.default_rng(3).poisson(np.linspace(800, 40, 900)), id="slowly_down"),
    ],
)
def test_a_ramp_of_arrivals_is_no_stairs_however_slow_it_goes(rate: NDArray[np.float64]) -> None:
    with pytest.raises(InputError, match="a ramp without plateaus"):
        cut_steps(run([float("nan")] * rate.size, list(rate)))


def arriving(rate: NDArray[np.float64], seed: int | None) -> Recording:
    """Arrivals at a rate: random, or evenly spaced without a seed."""
    even = np.diff(np.floor(np.cumsum(rate)), prepend=0.0)
    arrivals = even if seed is None else np.random.default_rng(seed).poisson(rate).astype(float)
    return run([float("nan")] * rate.size, list(arrivals))


@pytest.mark.parametrize("seed", [None, 0, 1], ids=["even", "by_chance", "by_chance_again"])
@pytest.mark.parametrize(
    ("rate", "levels"),
    [
        pytest.param(np.r_[np.linspace(10, 50, 300), np.full(300, 50.0)], [50], id="up_to_a_level"),
        pytest.param(np.r_[np.full(60, 50.0), np.linspace(50, 300, 300)], [50], id="from_a_level"),
        pytest.param(np.r_[np.linspace(0, 200, 200), np.full(200, 200.0), np.linspace(200, 0, 200)], [200], id="hill"),
        pytest.param(np.repeat([1000.0, 1100, 1200, 1300, 1400], 30), [1000, 1100, 1200, 1300, 1400], id="low_stairs"),
        pytest.param(np.repeat([500.0, 1000, 1500, 2000], 15), [500, 1000, 1500, 2000], id="short_stairs"),
    ],
)
def test_levels_are_the_steps_and_ramps_beside_them_are_none(
    rate: NDArray[np.float64], levels: list[float], seed: int | None
) -> None:
    assert cut_steps(arriving(rate, seed)).load == pytest.approx(levels, rel=0.03)


def test_ramps_between_stairs_are_no_steps() -> None:
    parts = [(np.linspace(level - 50, level, 60), np.full(60, level)) for level in (50.0, 100.0, 150.0, 200.0)]
    rate = np.concatenate([part for pair in parts for part in pair])
    assert cut_steps(arriving(rate, None)).load == pytest.approx([50, 100, 150, 200], rel=0.01)


def test_hours_at_one_level_are_cut_in_no_time() -> None:
    """Taking the median of a growing stretch at every second would take time in the square of its length."""
    hours = np.full(30_000, 50.0)
    began = time.process_time()
    assert cut_steps(run(list(hours), list(hours))).load == pytest.approx([50])
    assert time.process_time() - began < 2


@pytest.mark.parametrize("seconds", [40, 90])
def test_stairs_that_each_warm_up_are_no_ramp(seconds: int) -> None:
    warm = 1 - 0.4 * np.exp(-np.arange(seconds) / 10)
    rate = np.random.default_rng(4).poisson(np.concatenate([200 * k * warm for k in (1, 2, 3, 4)]))
    assert len(cut_steps(run([float("nan")] * rate.size, list(rate)))) >= 4


def steered(rates: list[float], latency_s: list[float], each_s: int = 40) -> Recording:
    """Fifty users throughout, each rate for a number of seconds with its mean latency."""
    requests = np.repeat(rates, each_s)
    return Recording(
        times_s=np.arange(requests.size, dtype=float), users=np.full(requests.size, 50.0), requests=requests,
        failures=np.zeros(requests.size), latency_sum_s=requests * np.repeat(latency_s, each_s), source="run",
    )  # fmt: skip


def test_where_users_stay_and_the_rate_is_stepped_the_load_is_arrivals() -> None:
    steps = cut_steps(steered([20, 40, 80, 120], [0.02, 0.02, 0.03, 0.09]))
    assert steps.load_unit is LoadUnit.ARRIVALS_PER_S
    assert steps.load == pytest.approx([20, 40, 80, 120], rel=0.05)
    assert any("users stayed" in note for note in steps.notes)


def test_the_rate_may_be_stepped_from_one_run_to_the_next_after_a_pause() -> None:
    paused = steered([20, 0, 40, 0, 80, 0, 120], [0.02, 0, 0.02, 0, 0.03, 0, 0.09])
    steps = cut_steps(replace(paused, users=np.where(paused.requests > 0, paused.users, np.nan)))
    assert steps.load_unit is LoadUnit.ARRIVALS_PER_S
    assert steps.load == pytest.approx([20, 40, 80, 120])


@pytest.mark.parametrize("rate", [np.linspace(0, 300, 600), np.linspace(300, 0, 200)], ids=["up", "down"])
def test_a_ramp_of_arrivals_at_the_same_users_is_no_step_of_users(rate: NDArray[np.float64]) -> None:
    """An arrival-rate executor keeps its users ready, and takes more only when they run out."""
    ramp = steered(list(rate), list(0.02 + rate / 1e4), each_s=1)
    with pytest.raises(InputError, match=r"a ramp without plateaus: .* requests/s"):
        cut_steps(ramp)
    grown = replace(ramp, users=np.where(rate > 250, 90.0, np.where(rate > 150, 60.0, 50.0)))
    with pytest.raises(InputError, match=r"a ramp without plateaus: .* requests/s"):
        cut_steps(grown)


@pytest.mark.parametrize(
    "rate",
    [
        pytest.param(np.r_[np.linspace(5, 60, 12), np.full(24, 60.0)], id="first_answers_come_late"),
        pytest.param(np.random.default_rng(3).poisson(5, 45).astype(float), id="chance"),
        pytest.param(np.isin(np.arange(45), [3, 8, 18, 25, 31, 36, 39, 43]).astype(float), id="two_requests_then_four"),
        pytest.param(np.repeat([100.0, 115.0, 100.0], 40), id="a_level_that_wanders"),
        pytest.param(np.repeat([20.0, 0.0, 20.0], 15), id="nothing_is_answered_for_a_while"),
    ],
)
def test_users_whose_rate_starts_or_scatters_are_still_the_load(rate: NDArray[np.float64]) -> None:
    steps = cut_steps(steered(list(rate), list(np.full(rate.size, 0.8)), each_s=1))
    assert steps.load_unit is LoadUnit.USERS


def test_where_latency_falls_as_the_rate_rises_it_is_users_who_wait() -> None:
    steps = cut_steps(steered([20, 80], [2.5, 0.625]))
    assert steps.load_unit is LoadUnit.USERS
    assert steps.load.tolist() == [50]


def test_a_ramp_without_plateaus_says_what_to_test_instead() -> None:
    with pytest.raises(InputError, match=r"a ramp without plateaus: 1 to 120 users .* test in stairs"):
        cut_steps(run([float(n) for n in range(1, 121)], [5.0 * n for n in range(1, 121)]))


@pytest.mark.parametrize("seconds", [200, 600, 1800])
def test_a_ramp_of_many_users_is_no_stairs_however_slow_it_goes(seconds: int) -> None:
    users = np.linspace(100, 1000, seconds).round()
    with pytest.raises(InputError, match="a ramp without plateaus"):
        cut_steps(run(list(users), list(2 * users)))


@pytest.mark.parametrize("ramp_s", [20, 60])
@pytest.mark.parametrize("hold_s", [30, 60])
def test_of_a_ramp_to_a_level_the_level_is_the_step(ramp_s: int, hold_s: int) -> None:
    parts = [(np.linspace(low, high, ramp_s).round(), np.full(hold_s, high)) for low, high in ((0, 500), (500, 1000))]
    users = np.concatenate([part for pair in parts for part in pair])
    assert cut_steps(run(list(users), list(2 * users))).load.tolist() == [500, 1000]


def test_a_run_in_which_every_request_failed_teaches_nothing() -> None:
    with pytest.raises(NothingToAnswer, match="every request failed"):
        cut_steps(run([10.0] * 60, [50.0] * 60, failures=1.0))


def sliding(levels: list[float], seconds: int, rate: float = 200.0) -> Recording:
    """Stairs with quantiles over the last ten seconds: 10 ms a user, mixed evenly while a step begins."""
    users = np.repeat(levels, seconds)
    own = 0.01 * users
    window = np.array([own[max(i - 9, 0) : i + 1].mean() for i in range(users.size)])
    return Recording(
        times_s=np.arange(users.size, dtype=float), users=users, requests=np.full(users.size, rate),
        failures=np.zeros(users.size), latency_quantiles_s={"p95": window}, quantile_window_s=10, source="run",
    )  # fmt: skip


def test_quantiles_that_reach_back_into_the_step_before_are_left_out_and_it_is_said() -> None:
    steps = cut_steps(sliding([10, 20, 30, 40], 14))
    assert steps.latency_s["p95"] == pytest.approx([0.1, 0.2, 0.3, 0.4], rel=1e-12)
    assert any("left out" in note and "10 s" in note for note in steps.notes)


@pytest.mark.parametrize(
    "recording",
    [
        pytest.param(sliding([10, 20, 30], 10), id="steps_as_long_as_the_window"),
        pytest.param(sliding([10, 20, 30], 30, rate=5.0), id="two_requests_of_a_window_beyond_the_quantile"),
    ],
)
def test_where_no_window_fits_a_step_the_quantile_is_unknown_and_what_would_mend_it_is_said(
    recording: Recording,
) -> None:
    steps = cut_steps(recording)
    assert not steps.latency_s
    assert "30 s or more" in steps.absent["p95"]


def test_a_quantile_is_left_out_where_too_few_requests_lie_beyond_it() -> None:
    counts = np.zeros((40, BUCKETS), dtype=np.int32)
    counts[:, bucket_of(np.array([0.05]))[0]] = 10
    recording = Recording(
        np.arange(40.0), np.full(40, 5.0), np.full(40, 10.0), np.zeros(40), latency_counts=counts, source="run"
    )
    steps = cut_steps(recording)
    assert steps.latency_s["p95"] == pytest.approx([0.05], rel=RELATIVE_ERROR)
    assert "p99.9" not in steps.latency_s


@pytest.mark.parametrize("probability", [0.5, 0.9, 0.99, 0.999])
def test_quantiles_of_buckets_are_within_their_stated_error(probability: float) -> None:
    latency = np.random.default_rng(2).lognormal(-3, 1, 20_000)
    counts = np.bincount(bucket_of(latency), minlength=BUCKETS)
    exact = float(np.quantile(latency, probability, method="inverted_cdf"))
    assert quantile_s(counts, probability) == pytest.approx(exact, rel=RELATIVE_ERROR * 1.001)
