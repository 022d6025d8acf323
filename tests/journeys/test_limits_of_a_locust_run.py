"""A real Locust run against the example application becomes a load line; the requests of a second run confirm it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conftest import Plimsoll

from plimsoll.adapters.example_service import RunningService, example_service
from plimsoll.adapters.loadtests.reader import read_load_test
from plimsoll.capacity.plateaus import cut_steps
from plimsoll.domain.load_test import Recording, Steps

pytestmark = [pytest.mark.system, pytest.mark.quiet]

STAIR_S = 13  # quantiles of a full history cover ten seconds, so three seconds of a step are entirely its own
FIRST_RUN = (4, 9, 14, 20, 28)
# Connections that wait limit the service to 50 requests/s, whatever other processes do to the machine's processors.
SLOW_QUERIES = ("--pool-size", "4", "--query-ms", "80")
ATTEMPTS = 2  # pairs of runs: other load may stall one of them; a wrong line would fail every time


@dataclass(frozen=True)
class Run:
    """What one run of Locust left: its history in full and as by default, and each request (end in s, ms)."""

    full: Path
    default: Path
    requests: Path


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with example_service(*SLOW_QUERIES) as running:
        yield running


@pytest.fixture(scope="module")
def first_run(service: RunningService, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_locust(service, FIRST_RUN, tmp_path_factory.mktemp("first"))


def run_locust(service: RunningService, levels: tuple[int, ...], folder: Path) -> Run:
    """Run Locust without a window."""
    stairs = {"STAIRS": ",".join(map(str, levels)), "STAIR_S": str(STAIR_S), "PLAIN_PREFIX": str(folder / "plain")}
    command = [
        sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("locust_stairs.py")), "--headless",
        "--host", service.base_url, "--csv", str(folder / "full"), "--csv-full-history", "--only-summary",
        "--exit-code-on-error", "0",
    ]  # fmt: skip
    ran = subprocess.run(
        command, env={**os.environ, **stairs}, capture_output=True, text=True, check=False,
        timeout=len(levels) * STAIR_S + 60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    history = "stats_history.csv"
    return Run(folder / f"full_{history}", folder / f"plain_{history}", folder / "plain_requests.csv")


def steps_of(history: Path) -> Steps:
    recording = read_load_test([history])
    assert isinstance(recording, Recording)
    return cut_steps(recording)


def line_of(plimsoll: Plimsoll, history: Path, slo: str) -> dict[str, Any]:
    answer = plimsoll("limits", "from-loadtest", history, "--slo", slo, "-o", "json")
    assert answer.returncode == 0, answer.stderr
    return dict(json.loads(answer.stdout))


def test_the_load_line_of_a_locust_run_holds_at_four_fifths_and_breaks_at_five_fourths(
    first_run: Run, service: RunningService, plimsoll: Plimsoll, tmp_path: Path
) -> None:
    missed = []
    for number in range(ATTEMPTS):
        first = run_locust(service, FIRST_RUN, made(tmp_path / f"first_{number}")) if number else first_run
        bound_s, users = load_line(plimsoll, first.full)
        second = run_locust(service, (round(0.8 * users), round(1.25 * users)), made(tmp_path / f"second_{number}"))
        below_s, above_s = truth(second, 0.9, 2)
        if below_s < bound_s < above_s:
            return
        missed.append(f"{bound_s:.3f} s at {users:.1f} users; {below_s:.3f} s at .8, {above_s:.3f} s at 1.25 of them")
    pytest.fail("; ".join(missed))


def load_line(plimsoll: Plimsoll, history: Path) -> tuple[float, float]:
    """Give an objective for the p90 in s, met up to some 19 users, and the users that meet it as the command says."""
    seen = steps_of(history)
    bound_s = float(np.interp(19, seen.load, seen.latency_s["p90"]))  # so that the line lies within the stairs
    found = line_of(plimsoll, history, f"p90<{bound_s * 1000:.0f}ms")
    line = found["load_line"]
    assert line is not None, found["load_line_reason"]
    assert line["binding"].startswith("p90") or line["binding"] == "throughput peak"
    (limit,) = [one for one in found["objectives"] if one["objective"].startswith("p90")]
    return bound_s, limit["load"]["value"]


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_full_history_is_read_with_its_users_its_steps_and_the_quantiles_of_each(first_run: Run) -> None:
    steps = steps_of(first_run.full)
    assert tuple(steps.load) == FIRST_RUN
    assert steps.throughput is not None
    in_flight = steps.throughput * steps.latency_s["mean"]
    assert in_flight == pytest.approx(steps.load, rel=0.3)  # Little's law on a closed loop without pauses
    for number, name in enumerate(("p50", "p90")):
        assert steps.latency_s[name] == pytest.approx(truth(first_run, (0.5, 0.9)[number], len(FIRST_RUN)), rel=0.15)


def test_a_default_history_gives_the_mean_of_each_step_and_no_quantile_of_the_whole_run(first_run: Run) -> None:
    steps = steps_of(first_run.default)
    assert tuple(steps.load) == FIRST_RUN
    assert steps.latency_s["mean"] == pytest.approx(steps_of(first_run.full).latency_s["mean"], rel=0.1)
    assert set(steps.latency_s) == {"mean"}
    assert "--csv-full-history" in steps.absent["p90"]


def truth(run: Run, probability: float, steps: int) -> list[float]:
    """Compute a quantile in seconds of each step from the single requests of its last ten seconds."""
    ended, latency_ms = np.loadtxt(run.requests, delimiter=",", unpack=True)
    begun = ended.min()
    ends = begun + STAIR_S * np.arange(1, steps + 1)
    return [float(np.quantile(latency_ms[(ended > end - 10) & (ended <= end)], probability)) / 1000 for end in ends]
