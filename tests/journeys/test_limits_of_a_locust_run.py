"""A real Locust run against the example application becomes a load line, and a second run confirms it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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

STAIR_S = 12
FIRST_RUN = (4, 8, 12, 16, 20, 26, 32)
ATTEMPTS = 3  # other work on the machine may change between two runs; a wrong line would fail every time


def run_locust(service: RunningService, levels: tuple[int, ...], prefix: Path) -> Path:
    """Run Locust without a window; answer its history."""
    stairs = {"STAIRS": ",".join(map(str, levels)), "STAIR_S": str(STAIR_S)}
    command = [
        sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("locust_stairs.py")), "--headless",
        "--host", service.base_url, "--csv", str(prefix), "--only-summary", "--exit-code-on-error", "0",
    ]  # fmt: skip
    ran = subprocess.run(
        command, env={**os.environ, **stairs}, capture_output=True, text=True, check=False,
        timeout=len(levels) * STAIR_S + 90,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    return Path(f"{prefix}_stats_history.csv")


def steps_of(history: Path) -> Steps:
    recording = read_load_test([history])
    assert isinstance(recording, Recording)
    return cut_steps(recording)


def line_of(plimsoll: Plimsoll, history: Path, slo: str) -> dict[str, Any]:
    answer = plimsoll("limits", "from-loadtest", history, "--slo", slo, "-o", "json")
    assert answer.returncode == 0, answer.stderr
    return dict(json.loads(answer.stdout))


def confirmed(service: RunningService, plimsoll: Plimsoll, folder: Path) -> tuple[bool, str]:
    """Find the line of a first run and look, in a second one, at 0.8 and 1.25 times of it, three times each.

    Other work on the machine only ever adds latency, so the best of the three counts, above the line as below it.
    """
    first = run_locust(service, FIRST_RUN, folder / "first")
    seen = steps_of(first)
    bound_s = float(np.interp(19, seen.load, seen.latency_s["p90"]))  # so that the line lies within the stairs
    found = line_of(plimsoll, first, f"p90<{bound_s * 1000:.0f}ms")
    line = found["load_line"]
    assert line is not None, found["load_line_reason"]
    assert line["binding"].startswith("p90") or line["binding"] == "throughput peak"
    (limit,) = [one for one in found["objectives"] if one["objective"].startswith("p90")]
    users = limit["load"]["value"]
    below, above = round(0.8 * users), round(1.25 * users)
    second = steps_of(run_locust(service, (below, above) * 3, folder / "second"))
    latency = {level: np.min(second.latency_s["p90"][second.load == level]) for level in (below, above)}
    story = (
        f"line {users:.1f} users at {bound_s:.3f} s; then {below}: {latency[below]:.3f}, {above}: {latency[above]:.3f}"
    )
    return bool(latency[below] < bound_s < latency[above]), story


def test_the_load_line_of_a_locust_run_holds_at_four_fifths_and_breaks_at_five_fourths(
    plimsoll: Plimsoll, tmp_path: Path
) -> None:
    stories = []
    for attempt in range(ATTEMPTS):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        with example_service() as service:
            good, story = confirmed(service, plimsoll, folder)
        if good:
            return
        stories.append(story)
    pytest.fail("; ".join(stories))


def test_a_real_locust_history_is_read_with_its_users_and_its_steps(tmp_path: Path) -> None:
    with example_service() as service:
        steps = steps_of(run_locust(service, (2, 6), tmp_path / "short"))
    assert steps.load.tolist() == [2, 6]
    assert steps.throughput is not None
    assert np.all(steps.throughput > 5)
    assert set(steps.latency_s) >= {"mean", "p50", "p90", "p95", "p99"}
    in_flight = steps.throughput * steps.latency_s["mean"]
    assert in_flight == pytest.approx(steps.load, rel=0.3)  # Little's law on a closed loop without pauses
