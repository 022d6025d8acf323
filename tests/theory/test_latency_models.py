"""From a queue's latency at some arrival rates its servers, service time and variability are recovered."""

from __future__ import annotations

import numpy as np
import pytest

from plimsoll.capacity.choice import choose
from plimsoll.capacity.erlang import residence_quantile
from plimsoll.capacity.fit import fit, normals_of
from plimsoll.capacity.model import Kind, Quantity
from plimsoll.capacity.models.ggc_latency import GgcLatency
from plimsoll.capacity.models.linear import Linear
from plimsoll.capacity.models.mmc_latency import MmcLatency
from plimsoll.capacity.residence_table import residence_table
from plimsoll.domain.load_test import LoadUnit

RATES = np.array([10, 25, 50, 75, 100, 120, 140, 152.0])


@pytest.mark.parametrize("quantile", [None, 0.95], ids=["mean", "p95"])
def test_four_servers_of_25_ms_are_found_in_the_latency_they_make(quantile: float | None) -> None:
    true = MmcLatency(4, quantile).predict(np.array([0.025]), RATES)
    measured = true * (1 + 0.02 * np.random.default_rng(1).standard_normal(RATES.size))
    quantity = Quantity("latency", Kind.LATENCY, LoadUnit.ARRIVALS_PER_S, quantile, "seconds")
    found = choose((Linear(), MmcLatency()), quantity, RATES, measured, normals_of(1))
    assert found.chosen is not None
    assert found.chosen.model.name == "mmc_latency"
    parameters = found.chosen.parameters()
    assert parameters["servers"].value == 4
    assert parameters["service_s"].value == pytest.approx(0.025, rel=0.02)
    assert parameters["service_s"].low is not None
    assert parameters["service_s"].high is not None
    assert parameters["service_s"].low <= 0.025 <= parameters["service_s"].high


@pytest.mark.parametrize("servers", [5, 11, 17, 34])
def test_intervals_hold_the_truth_whatever_whole_number_of_servers_it_is(servers: int) -> None:
    """Were it not among the variants, neighbors would fit with service times that look certain and are not."""
    load = np.linspace(0.2, 0.93, 12) * servers / 0.02
    true = MmcLatency(servers, 0.95).predict(np.array([0.02]), load)
    measured = true * (1 + 0.01 * np.random.default_rng(3).standard_normal(load.size))
    quantity = Quantity("p95", Kind.LATENCY, LoadUnit.ARRIVALS_PER_S, 0.95, "seconds")
    variants = MmcLatency().variants(quantity, load, measured)
    assert not isinstance(variants, str)
    found = fit(variants, load, measured, normals_of(1, 1024))
    assert found is not None
    number, service_s = found.parameters()["servers"], found.parameters()["service_s"]
    assert (number.low or 0.0) <= servers <= (number.high or 0.0)
    assert (service_s.low or 0.0) <= 0.02 <= (service_s.high or 0.0)
    assert (service_s.high or 1.0) - (service_s.low or 0.0) < 0.2 * 0.02


def test_intervals_hold_the_service_time_of_servers_whose_number_is_tried_only_beside_likely_ones() -> None:
    """Of 20 and 22 servers each knows a service time to within a percent, and neither knows that of 21."""
    load = np.linspace(12.6, 378, 30)
    true = MmcLatency(21).predict(np.array([0.05]), load)
    quantity = Quantity("mean", Kind.LATENCY, LoadUnit.ARRIVALS_PER_S, None, "seconds")
    held = []
    for seed in range(6):
        measured = true * (1 + 0.02 * np.random.default_rng(seed).standard_normal(load.size))
        variants = MmcLatency().variants(quantity, load, measured)
        assert not isinstance(variants, str)
        assert 21 not in {dict(variant.fixed)["servers"] for variant in variants}
        found = fit(variants, load, measured, normals_of(1, 1024))
        assert found is not None
        service_s = found.parameters()["service_s"]
        held.append((service_s.low or 0.0) <= 0.05 <= (service_s.high or 0.0))
    assert sum(held) >= 5  # with 20 and 22 alone: 1


@pytest.mark.parametrize("servers", [1, 4, 21, 64])
def test_the_slope_of_the_mean_is_that_of_the_curve(servers: int) -> None:
    load = np.array([0.0, 0.1, 0.5, 0.9, 0.99, 1.2]) * servers / 0.05
    mean, slope = MmcLatency(servers).with_slope(np.array([0.05]), load)
    below, above = (MmcLatency(servers).predict(np.array([0.05 + size]), load) for size in (-1e-8, 1e-8))
    assert mean == pytest.approx(MmcLatency(servers).predict(np.array([0.05]), load), rel=1e-12, nan_ok=True)
    assert slope == pytest.approx((above - below) / 2e-8, rel=1e-5, nan_ok=True)


def test_the_general_queue_is_m_m_c_where_arrivals_and_service_are_by_chance() -> None:
    for quantile in (None, 0.5, 0.99):
        general = GgcLatency(4, quantile).predict(np.array([0.025, 1.0]), RATES)
        assert general == pytest.approx(MmcLatency(4, quantile).predict(np.array([0.025]), RATES), rel=1e-9)


@pytest.mark.parametrize("quantile", [0.5, 0.95, 0.999])
@pytest.mark.parametrize("servers", [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64])
def test_a_quantile_looked_up_is_the_exact_one_and_its_slope_that_of_the_curve(servers: int, quantile: float) -> None:
    utilization = np.append(np.random.default_rng(servers).uniform(0, 1, 2000), [0, 0.999, 0.9999])
    offered, one = utilization * servers, np.ones(utilization.size)
    exact = residence_quantile(offered, servers, one, quantile)
    found, slope = residence_table(servers, quantile).at(offered)
    assert found == pytest.approx(exact, rel=2e-7)
    inner = (utilization > 0.01) & (utilization < 0.99)
    size = 1e-5 * servers
    rise = residence_quantile(offered + size, servers, one, quantile)
    rise = rise - residence_quantile(offered - size, servers, one, quantile)
    assert slope[inner] == pytest.approx((rise / (2 * size))[inner], rel=1e-4, abs=1e-5)


def test_numbers_of_servers_that_come_nowhere_near_have_no_say() -> None:
    """Hardly any noise, and not quite a queue: 24 servers fit only if nothing bounds their variability."""
    load = np.array([20, 40, 60, 80, 100, 120.5, 140])
    measured = np.array([0.03307, 0.04539, 0.06483, 0.0926, 0.12966, 0.1745, 0.22574])
    quantity = Quantity("p95", Kind.LATENCY, LoadUnit.ARRIVALS_PER_S, 0.95, "seconds")
    variants = GgcLatency().variants(quantity, load, measured)
    assert not isinstance(variants, str)
    found = fit(variants, load, measured, normals_of(1))
    assert found is not None
    assert found.parameters()["servers"].high == 1
    variability = found.parameters()["variability"]
    assert variability.low is not None
    assert variability.high is not None
    assert variability.low < variability.value < variability.high
    low, high = found.band(load)
    assert np.all((high - low) < 0.05)


def test_half_the_burstiness_is_half_the_wait() -> None:
    alone = 0.025
    full = GgcLatency(4).predict(np.array([alone, 1.0]), RATES) - alone
    half = GgcLatency(4).predict(np.array([alone, 0.5]), RATES) - alone
    assert half == pytest.approx(full / 2)


def test_past_full_use_there_is_no_latency() -> None:
    assert np.isnan(MmcLatency(4).predict(np.array([0.025]), np.array([160.0]))).all()


def test_servers_so_many_that_nobody_waits_are_not_the_likeliest_because_their_variability_is_free() -> None:
    load = np.array([40.9, 57.9, 79.7, 101.1, 119.7, 145.5, 150.1])
    p95_s = np.array([0.161, 0.143, 0.149, 0.155, 0.155, 0.235, 0.298])  # of an M/M/8 queue, 160 a second at most
    quantity = Quantity("p95", Kind.LATENCY, LoadUnit.ARRIVALS_PER_S, 0.95, "seconds")
    found = fit(GgcLatency().variants(quantity, load, p95_s), load, p95_s, normals_of(1, 1024))
    assert found is not None
    likely = {dict(one.model.fixed)["servers"]: one.draws.weights.sum() for one in found.drawn}
    assert max(likely, key=lambda servers: likely[servers]) == dict(found.point.model.fixed)["servers"] == 8
    drawn, weights = found.drawn_values(lambda model, values: model.predict(values, np.array([119.7]))[:, 0])
    assert weights[~(np.abs(drawn - 0.155) < 0.05)].sum() < 0.05 * weights.sum()
