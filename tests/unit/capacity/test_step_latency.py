"""A steady step has latencies from counts or from a tool's windows, with the standard error of each statistic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plimsoll.capacity.plateaus import cut_steps
from plimsoll.domain.latency_histogram import BUCKETS, RELATIVE_ERROR, bucket_of
from plimsoll.domain.load_test import Recording


def in_waves(level_s: int, window_s: int = 10) -> tuple[Recording, Recording]:
    """One run of latencies that come in waves: once with all of them, and once with a tool's windows."""
    random, size, rate = np.random.default_rng(4), 2 * level_s, 150
    scale = 0.05 * np.exp(0.8 * np.sin(np.arange(size) * 2 * np.pi / 53))
    latency = random.exponential(scale[:, None], (size, rate))
    counts = np.stack([np.bincount(bucket_of(second), minlength=BUCKETS) for second in latency]).astype(np.int32)
    ends = [latency[max(second - window_s + 1, 0) : second + 1] for second in range(size)]
    told = {f"p{100 * q:g}": np.array([np.quantile(one, q) for one in ends]) for q in (0.5, 0.75, 0.9, 0.95, 0.99)}
    whole = Recording(
        np.arange(size, dtype=float), np.repeat([5.0, 9.0], level_s), np.full(size, float(rate)), np.zeros(size),
        latency_counts=counts, latency_sum_s=latency.sum(axis=1), source="run",
    )  # fmt: skip
    return whole, replace(whole, latency_counts=None, latency_quantiles_s=told, quantile_window_s=window_s)


def test_windows_of_a_run_that_comes_in_waves_tell_what_all_of_its_requests_tell() -> None:
    whole, windows = (cut_steps(one) for one in in_waves(150))
    for name in ("p50", "p90", "p95", "p99"):
        assert windows.latency_s[name] == pytest.approx(whole.latency_s[name], rel=0.05)
        ratio = windows.standard_errors[name] / whole.standard_errors[name]
        assert np.all((ratio > 0.7) & (ratio < 1.6)), name
    assert "p75" not in windows.latency_s


def test_a_step_that_holds_one_window_only_does_not_tell_how_well_it_settles_its_quantiles() -> None:
    _, windows = in_waves(21)
    steps = cut_steps(windows)
    assert np.all(np.isfinite(steps.latency_s["p95"]))
    assert np.all(np.isnan(steps.standard_errors["p95"]))
    assert np.all(np.isfinite(cut_steps(in_waves(22)[1]).standard_errors["p95"]))


def test_the_fifths_of_a_step_tell_how_well_it_settles_its_mean() -> None:
    whole, _ = in_waves(50)
    assert whole.latency_sum_s is not None
    fifths = whole.latency_sum_s[:50].reshape(5, 10).sum(axis=1) / 1500
    assert cut_steps(whole).standard_errors["mean"][0] == pytest.approx(np.std(fifths, ddof=1) / np.sqrt(5))


def test_the_fifths_of_a_step_tell_how_well_it_settles_its_latency() -> None:
    fifths = np.array([0.05, 0.06, 0.05, 0.08, 0.05])
    counts = np.zeros((40, BUCKETS), dtype=np.int32)
    counts[np.arange(40), bucket_of(np.repeat(fifths, 8))] = 10
    recording = Recording(
        np.arange(40.0), np.full(40, 5.0), np.full(40, 10.0), np.zeros(40), latency_counts=counts, source="run"
    )
    known = cut_steps(recording).standard_errors["p50"]
    assert known == pytest.approx([np.std(fifths, ddof=1) / np.sqrt(5)], rel=4 * RELATIVE_ERROR)
    steady = replace(recording, latency_counts=np.repeat(counts[:1], 40, axis=0))
    assert cut_steps(steady).standard_errors["p50"] == pytest.approx([0.0])
