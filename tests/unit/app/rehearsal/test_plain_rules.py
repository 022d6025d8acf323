"""Plain rules: exactly the same replicas as an independent program of these rules."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from plimsoll.adapters.trace_file import read_trace
from plimsoll.app.rehearsal.replays import ReplayOptions, replay
from plimsoll.domain.platform_policy import HpaController, HpaMetric, HpaPolicy, MetricType, TargetType
from plimsoll.domain.system import Component, Replicas, Slo, Startup
from plimsoll.simulation.setting import Rules

TRACES = (
    "azure_llm2023_conv_requests_per_10s", "ms_data_ingress_rate_ingress_01", "ms_data_ingress_rate_ingress_04",
    "ms_ecommerce_api_incoming_rps_api_01", "ms_mongodb_application_rps_mongo_01",
    "ms_mongodb_application_rps_mongo_02",
    "nab_cpu_utilization_asg_misconfiguration", "nab_elb_request_count_8c0756", "nasa_http_jul95_requests_per_minute",
    "twitter_stream_2021_08_tweets_per_minute",
)  # fmt: skip
VARIANTS = {
    "hpa70": (70, 0.1, 300.0),
    "hpa50": (50, 0.1, 300.0),
    "tight": (70, 0.02, 300.0),
    "no_window": (70, 0.1, 0.0),
    "long_window": (60, 0.1, 900.0),
}
NAMES = {
    "slo_miss_load_pct": ("slo_miss_load_ratio", 100), "replica_hours": ("replica_hours", 1),
    "ideal_replica_hours": ("ideal_replica_hours", 1), "theta_u_pct": ("theta_u", 100), "theta_o_pct": ("theta_o", 100),
    "tau_u_pct": ("tau_u", 100), "tau_o_pct": ("tau_o", 100), "changes": ("changes", 1),
}  # fmt: skip


def policy(target: int, tolerance_up: float, window_s: float) -> HpaPolicy:
    metric = HpaMetric(MetricType.RESOURCE, "cpu", TargetType.UTILIZATION, target)
    controller = HpaController(tolerance_up=tolerance_up, downscale_stabilization_s=window_s)
    return HpaPolicy("hpa", 2, 500, (metric,), controller=controller)


def component(load) -> Component:
    capacity = float(np.sort(load)[int(0.995 * (load.size - 1))]) / 40
    return Component(
        "web", capacity=capacity, slo=Slo(utilization=0.8), startup=Startup(120.0), replicas=Replicas(2, 500)
    )


def rules(shared_data: Path, path: Path, *words: str) -> dict[str, float]:
    program = shared_data.parent / "tools" / "replay_rules.py"
    done = subprocess.run([sys.executable, program, path, *words], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("last", ["0.4", "0"])
@pytest.mark.parametrize("name", TRACES)
def test_replay_agrees_with_the_rules_on_every_score(shared_data, tmp_path, name, last):
    path = shared_data / "traces" / f"{name}.csv"
    trace = read_trace(path)
    options = ReplayOptions(rules=Rules.PLAIN, score_last=float(last) or 1.0)
    result = replay(trace, component(trace.load), [policy(*VARIANTS["hpa70"])], options)
    theirs, ours = rules(shared_data, path, "--last", last), result.document.policies[0]
    for their_name, (name_here, factor) in NAMES.items():
        assert getattr(ours, name_here) * factor == pytest.approx(theirs[their_name], abs=6e-4), their_name


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name != "hpa70"])  # that one: above, on every score
@pytest.mark.parametrize("name", ["nasa_http_jul95_requests_per_minute", "nab_elb_request_count_8c0756"])
def test_other_targets_tolerances_and_windows_agree_too(shared_data, name, variant):
    path = shared_data / "traces" / f"{name}.csv"
    trace = read_trace(path)
    target, tolerance, window_s = VARIANTS[variant]
    words = ("--target", str(target), "--tolerance-up", str(tolerance), "--window", str(window_s))
    found = replay(trace, component(trace.load), [policy(target, tolerance, window_s)], ReplayOptions(Rules.PLAIN))
    theirs, ours = rules(shared_data, path, *words), found.document.policies[0]
    assert ours.changes == theirs["changes"]
    assert ours.replica_hours == pytest.approx(theirs["replica_hours"], abs=6e-4)


@pytest.mark.parametrize("name", TRACES)
def test_the_trajectory_scores_the_same_step_for_step(shared_data, tmp_path, name):
    path = shared_data / "traces" / f"{name}.csv"
    trace = read_trace(path)
    found = replay(trace, component(trace.load), [policy(*VARIANTS["hpa50"])], ReplayOptions(Rules.PLAIN))
    ready = tmp_path / "ready.csv"
    ready.write_text("\n".join(map(str, found.runs[0].ready.tolist())))
    assert rules(shared_data, path, "--ready", str(ready)) == rules(shared_data, path, "--target", "50")
