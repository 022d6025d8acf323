"""Queues against closed forms, against an independent simulator, and against Little's law."""

from __future__ import annotations

import math
from fractions import Fraction

import ciw
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.capacity.erlang import (
    erlang_b,
    erlang_c,
    mmc_queue,
    residence_quantile,
    servers_for,
    square_root_servers,
    wait_probability,
)


def exact_c(servers: int, offered: Fraction) -> Fraction:
    """Erlang's C formula as a sum of exact fractions."""
    top = offered**servers / math.factorial(servers) * servers / (servers - offered)
    return top / (sum(offered**k / Fraction(math.factorial(k)) for k in range(servers)) + top)


@pytest.mark.parametrize(
    ("servers", "offered"), [(1, "1/2"), (2, "3/2"), (3, "2"), (10, "9"), (40, "77/2"), (100, "95")]
)
def test_erlang_c_is_its_sum_in_exact_fractions(servers: int, offered: str) -> None:
    assert erlang_c(servers, float(Fraction(offered))) == pytest.approx(
        float(exact_c(servers, Fraction(offered))), rel=1e-12
    )


@pytest.mark.parametrize("rho", [0.1, 0.5, 0.9, 0.99])
def test_one_server_has_its_closed_forms(rho: float) -> None:
    queue = mmc_queue(rho, 1.0, 1)
    assert queue is not None
    assert queue.wait_probability == pytest.approx(rho)
    assert queue.residence == pytest.approx(1 / (1 - rho))
    assert queue.in_system == pytest.approx(rho / (1 - rho))
    p99 = residence_quantile(np.array([rho]), 1, np.array([1.0]), 0.99)[0]
    assert p99 == pytest.approx(-math.log(0.01) / (1 - rho), rel=1e-6)


@pytest.mark.parametrize("servers", [10**3, 10**4, 10**5])
def test_a_hundred_thousand_servers_neither_overflow_nor_lose_the_limit_law(servers: int) -> None:
    beta = 1.0
    offered = servers - beta * math.sqrt(servers)
    normal, density = 0.5 * math.erfc(-beta / math.sqrt(2)), math.exp(-0.5) / math.sqrt(2 * math.pi)
    limit = 1 / (1 + beta * normal / density)
    assert erlang_c(servers, offered) == pytest.approx(limit, rel=2 / math.sqrt(servers))


@pytest.mark.parametrize(
    ("servers", "offered", "service"),
    [(1, 0.7, 1.0), (3, 2.4, 0.5), (8, 6.0, 2.0), (8, 7.99, 1.0), (64, 30.0, 0.1), (64, 63.9, 1.0)],
)
def test_the_tail_of_residence_falls_to_one_in_a_hundred_at_the_99_percent_quantile(
    servers: int, offered: float, service: float
) -> None:
    t = float(residence_quantile(np.array([offered]), servers, np.array([service]), 0.99)[0]) / service
    waits = erlang_c(servers, offered)
    spare = servers - 1 - offered
    tail = math.exp(-t) * (1 + waits * (1 - math.exp(-t * spare)) / spare)
    assert tail == pytest.approx(0.01, rel=1e-6)


@given(st.integers(1, 400), st.floats(0.01, 0.99), st.floats(1e-3, 1e3))
def test_littles_law_holds_for_every_stable_queue(servers: int, utilization: float, service: float) -> None:
    rate = servers * utilization / service
    queue = mmc_queue(rate, service, servers)
    assert queue is not None
    assert queue.in_system == pytest.approx(rate * queue.residence)
    assert queue.in_system - servers * queue.utilization == pytest.approx(
        rate * queue.wait, rel=1e-9, abs=1e-9 * servers
    )


@given(st.floats(0.05, 2000.0), st.floats(1e-4, 0.9))
@settings(max_examples=60)
def test_staffing_is_the_fewest_servers_that_keep_the_promise(offered: float, promise: float) -> None:
    servers = servers_for(offered, promise)
    assert erlang_c(servers, offered) <= promise
    assert servers - 1 <= offered or erlang_c(servers - 1, offered) > promise


@pytest.mark.parametrize("promise", [1e-12, 1e-300, 5e-324], ids=["rare", "below_any_chance", "least_number_there_is"])
@pytest.mark.parametrize("offered", [5e-324, 1e-4, 10.0, 4e5])
def test_staffing_ends_for_any_wait_probability(offered: float, promise: float) -> None:
    servers = servers_for(offered, promise)
    assert erlang_c(servers, offered) <= promise
    assert servers == 1 or erlang_c(servers - 1, offered) > promise


def test_a_loss_too_small_for_most_numbers_is_its_closed_form() -> None:
    inverse = sum(Fraction(math.factorial(280), math.factorial(k) * 10 ** (280 - k)) for k in range(281))
    assert erlang_b(280, 10.0) == pytest.approx(float(1 / inverse), rel=1e-12)
    assert erlang_b(280, 10.0) < 1e-280


@pytest.mark.parametrize(("rate", "service", "servers"), [(100, 0.29, 29), (1.1, 10, 11), (3, 1, 3)])
def test_servers_that_are_full_to_the_last_digit_are_full(rate: float, service: float, servers: int) -> None:
    assert mmc_queue(rate, service, servers) is None
    assert servers_for(rate * service, 0.999) > servers
    assert square_root_servers(rate * service, 0.999) > servers


@pytest.mark.parametrize(("servers", "spare"), [(1, 1e-6), (100_000, 1e-4), (1_000_000, 1e-3)])
def test_servers_that_are_nearly_full_wait_as_one_does_in_heavy_traffic(servers: int, spare: float) -> None:
    offered = servers - spare
    queue = mmc_queue(offered, 1.0, servers)
    assert queue is not None
    assert queue.wait == pytest.approx(1 / spare, rel=2e-2 if servers > 1 else 1e-5)
    p99 = residence_quantile(np.array([offered]), servers, np.array([1.0]), 0.99)[0]
    assert p99 == pytest.approx(-math.log(0.01) / spare, rel=2e-3)


@given(st.floats(1.0, 20000.0), st.floats(0.01, 0.8))
@settings(max_examples=60)
def test_the_square_root_rule_stays_near_the_exact_answer(offered: float, promise: float) -> None:
    assert abs(square_root_servers(offered, promise) - servers_for(offered, promise)) <= 2 + 0.05 * math.sqrt(offered)


@given(st.integers(1, 200), st.floats(0.0, 0.999))
def test_arrays_and_single_numbers_agree(servers: int, utilization: float) -> None:
    offered = servers * utilization
    assert wait_probability(np.array([offered]), servers)[0] == pytest.approx(
        erlang_c(servers, offered), rel=1e-9, abs=1e-15
    )


@given(st.integers(1, 200), st.floats(0.01, 300.0))
def test_loss_is_a_probability_that_falls_with_servers(servers: int, offered: float) -> None:
    assert 0 <= erlang_b(servers + 1, offered) <= erlang_b(servers, offered) <= 1


def test_a_simulation_by_another_hand_sees_the_same_waits() -> None:
    """Ciw, 12 independent runs; the closed form must lie within four standard errors of their mean."""
    rate, service, servers = 2.0, 1.0, 3
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate)],
        service_distributions=[ciw.dists.Exponential(1 / service)],
        number_of_servers=[servers],
    )
    waits, late, p95 = [], [], []
    for seed in range(12):
        ciw.seed(seed)
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_time(1500)
        records = [one for one in simulation.get_all_records() if 200 < one.arrival_date < 1400]
        waits.append(np.mean([one.waiting_time for one in records]))
        late.append(np.mean([one.waiting_time > 0 for one in records]))
        p95.append(np.quantile([one.waiting_time + one.service_time for one in records], 0.95))
    queue = mmc_queue(rate, service, servers)
    assert queue is not None
    residence = residence_quantile(np.array([rate * service]), servers, np.array([service]), 0.95)[0]
    for seen, told in ((waits, queue.wait), (late, queue.wait_probability), (p95, residence)):
        error = np.std(seen, ddof=1) / math.sqrt(len(seen))
        assert abs(np.mean(seen) - told) < 4 * error
        assert error < 0.1 * told
